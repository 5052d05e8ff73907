//! A conversation as swimlanes: one lane a channel, one dot a message, one curve a link.
//!
//! Time runs to the right, but not evenly: within a session the width of a pause grows with the
//! logarithm of its length, and the silence between two sessions is a break of one width that says how
//! long it was. Sessions are shaded, a change of channel is a dark arrow with the time it took, and a
//! dot with a mark is where somebody had to say a thing again. Every dot is a link to its message and
//! shows who wrote when to a pointer and to the keyboard alike; the style does that, without a script.
//! What the picture shows stands below it in words.

use std::fmt::Write;

use super::escape::{Text, clip};
use super::{Conversation, HandOff, Input, Repeat, Said, chart};

const WIDTH: f64 = 1040.0;
const LEFT: f64 = 112.0;
const RIGHT: f64 = 40.0;
const LANE: f64 = 40.0;
const TOP: f64 = 26.0;
/// The break between two sessions, in steps of the axis: as wide as a pause of an hour.
const BREAK: f64 = 4.0;
/// Labels need so much room to stand beside each other.
const LABEL: f64 = 80.0;

/// The picture of `conversation`.
pub(crate) fn swimlanes(input: &Input, conversation: &Conversation) -> String {
    let frame = Frame::of(conversation);
    let mut svg = format!(
        "<div class=\"scroll\"><svg class=\"lanes\" viewBox=\"0 0 {WIDTH} {:.0}\" role=\"group\" aria-label=\"Timeline: {} messages, {} channels, {} sessions, {} changes of channel\">",
        frame.height(),
        conversation.messages.len(),
        frame.lanes.len(),
        frame.sessions.len(),
        conversation.hand_offs.len()
    );
    frame.sessions(&mut svg);
    frame.lanes(&mut svg, input);
    frame.links(&mut svg);
    frame.hand_offs(&mut svg);
    frame.dots(&mut svg, input);
    svg.push_str("</svg></div>");
    svg
}

/// Where the parts of the picture lie.
struct Frame<'a> {
    conversation: &'a Conversation,
    lanes: Vec<&'a str>,
    /// First and last message of each session shown.
    sessions: Vec<(usize, usize)>,
    /// The place of each message on the axis.
    xs: Vec<f64>,
}

impl<'a> Frame<'a> {
    fn of(conversation: &'a Conversation) -> Self {
        let mut lanes: Vec<&str> = Vec::new();
        for said in &conversation.messages {
            if !lanes.contains(&said.channel.as_str()) {
                lanes.push(&said.channel);
            }
        }
        Self { conversation, lanes, sessions: sessions(conversation), xs: places(conversation) }
    }

    fn height(&self) -> f64 {
        self.floor() + 22.0
    }

    /// Where the lanes end.
    fn floor(&self) -> f64 {
        TOP + self.lanes.len() as f64 * LANE
    }

    fn y(&self, channel: &str) -> f64 {
        let lane = self.lanes.iter().position(|lane| *lane == channel).unwrap_or(0);
        TOP + (lane as f64 + 0.5) * LANE
    }

    fn point(&self, at: usize) -> (f64, f64) {
        (self.xs[at], self.y(&self.conversation.messages[at].channel))
    }

    fn sessions(&self, svg: &mut String) {
        let mut labelled = f64::NEG_INFINITY;
        for (number, &(first, last)) in self.sessions.iter().enumerate() {
            let (from, to) = (self.xs[first] - 13.0, self.xs[last] + 13.0);
            let _ = write!(
                svg,
                "<rect class=\"session\" x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"8\"><title>Session {}: {} to {}</title></rect>",
                to - from,
                self.floor() - TOP,
                number + 1,
                Text(&self.conversation.messages[first].when),
                Text(&self.conversation.messages[last].when)
            );
            if from - labelled > LABEL {
                labelled = from;
                let y = self.floor() + 15.0;
                let when = day_and_time(&self.conversation.messages[first].when);
                let _ =
                    write!(svg, "<text class=\"tick\" x=\"{from:.1}\" y=\"{y:.1}\">{}</text>", Text(when));
            }
            if let Some(&(next, _)) = self.sessions.get(number + 1) {
                let silence = pause_ms(&self.conversation.messages[last], &self.conversation.messages[next]);
                let (x, y) = (f64::midpoint(self.xs[last], self.xs[next]), f64::midpoint(TOP, self.floor()));
                let _ = write!(
                    svg,
                    "<text class=\"silence\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{}</text>",
                    silence.map_or_else(|| "…".to_owned(), duration)
                );
            }
        }
    }

    fn lanes(&self, svg: &mut String, input: &Input) {
        for lane in &self.lanes {
            let (y, class) = (self.y(lane), chart::color(input, lane));
            let _ = write!(
                svg,
                "<line class=\"lane\" x1=\"{LEFT}\" x2=\"{:.0}\" y1=\"{y}\" y2=\"{y}\"/><circle class=\"c{class}\" cx=\"8\" cy=\"{y}\" r=\"5\"/><text class=\"lane-name\" x=\"20\" y=\"{:.1}\">{}</text>",
                WIDTH - 8.0,
                y + 4.0,
                Text(&clip(lane, 14))
            );
        }
    }

    /// What hangs on what, within a channel and across; changes of channel are drawn over it.
    fn links(&self, svg: &mut String) {
        for (at, said) in self.conversation.messages.iter().enumerate() {
            let Some(parent) = said.parent.filter(|&parent| parent < self.xs.len()) else { continue };
            let ((x1, y1), (x2, y2)) = (self.point(parent), self.point(at));
            let bend = if y1 == y2 { 14.0 } else { 0.0 };
            let middle = f64::midpoint(x1, x2);
            let _ = write!(
                svg,
                "<path class=\"link\" d=\"M{x1:.1} {y1:.1}C{middle:.1} {:.1} {middle:.1} {:.1} {x2:.1} {y2:.1}\"/>",
                y1 - bend,
                y2 - bend
            );
        }
    }

    fn hand_offs(&self, svg: &mut String) {
        let mut labelled = f64::NEG_INFINITY;
        for hand_off in &self.conversation.hand_offs {
            let ((x1, y1), (x2, y2)) = (self.point(hand_off.before), self.point(hand_off.after));
            let middle = f64::midpoint(x1, x2);
            // The arrow ends at the rim of the dot, straight above or below it.
            let down = if y2 > y1 { 1.0 } else { -1.0 };
            let tip = y2 - down * 8.0;
            let _ = write!(
                svg,
                "<g class=\"hop\"><title>{}</title><path d=\"M{x1:.1} {y1:.1}C{middle:.1} {y1:.1} {x2:.1} {:.1} {x2:.1} {:.1}\"/><path class=\"tip\" d=\"M{x2:.1} {tip:.1}l-4.5 {:.1}h9z\"/></g>",
                Text(&change(self.conversation, hand_off)),
                f64::midpoint(y1, y2),
                tip - down * 6.0,
                -down * 8.0
            );
            let own = !self.sessions.iter().any(|&(first, _)| first == hand_off.after);
            if let Some(gap) = hand_off.gap_ms.filter(|_| own && middle - labelled > LABEL / 2.0) {
                labelled = middle;
                let _ = write!(
                    svg,
                    "<text class=\"hop-gap\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                    f64::midpoint(y1, y2) + 4.0,
                    duration(gap)
                );
            }
        }
    }

    fn dots(&self, svg: &mut String, input: &Input) {
        for (at, said) in self.conversation.messages.iter().enumerate() {
            let ((x, y), class) = (self.point(at), chart::color(input, &said.channel));
            let side = if said.from_customer { "" } else { " staff" };
            let who = format!("{}, {}", said.when, clip(&said.author, 40));
            // A text that would leave the picture is turned to its other side.
            let anchor = if x < 260.0 {
                "start"
            } else if x > WIDTH - 200.0 {
                "end"
            } else {
                "middle"
            };
            let _ = write!(
                svg,
                "<a class=\"pt\" href=\"#{}\" aria-label=\"{} on {}\"><title>{}</title><circle class=\"hit\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"13\"/><circle class=\"c{class}{side}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6.5\"/>",
                anchor_of(self.conversation, at),
                Text(&who),
                Text(&said.channel),
                Text(&clip(&said.text, 160)),
            );
            if self.conversation.repeats.iter().any(|repeat| repeat.at == at) {
                let _ =
                    write!(svg, "<text class=\"again\" x=\"{:.1}\" y=\"{:.1}\">↻</text>", x + 7.0, y - 7.0);
            }
            let _ = write!(
                svg,
                "<text class=\"who\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text></a>",
                TOP - 10.0,
                Text(&who)
            );
        }
    }
}

/// What the picture shows, in words, with links to the messages.
pub(crate) fn in_words(conversation: &Conversation) -> String {
    let mut list = String::new();
    for hand_off in &conversation.hand_offs {
        let after = &conversation.messages[hand_off.after];
        let _ = write!(
            list,
            "<li><a href=\"#{}\">{}</a>{}</li>",
            anchor_of(conversation, hand_off.after),
            Text(&change(conversation, hand_off)),
            because(after)
        );
    }
    for repeat in &conversation.repeats {
        let said = &conversation.messages[repeat.at];
        let _ = write!(
            list,
            "<li class=\"again\"><a href=\"#{}\">{}</a>: “{}”{}</li>",
            anchor_of(conversation, repeat.at),
            Text(&again(said, repeat)),
            Text(&repeat.words),
            said_in(conversation, repeat)
        );
    }
    if list.is_empty() { list } else { format!("<ul class=\"changes\">{list}</ul>") }
}

/// The name by which a message is linked to; the page puts it where the message stands.
pub(crate) fn anchor_of(conversation: &Conversation, at: usize) -> String {
    format!("c{}m{}", conversation.number, at)
}

fn change(conversation: &Conversation, hand_off: &HandOff) -> String {
    let (before, after) = (&conversation.messages[hand_off.before], &conversation.messages[hand_off.after]);
    let gap = hand_off.gap_ms.map_or_else(String::new, |gap| format!(" after {}", duration(gap)));
    let agent = match hand_off.agent_changed {
        Some(true) => ", another agent went on",
        Some(false) => ", the same agent went on",
        None => "",
    };
    format!("{} to {}{gap}{agent}", before.channel, after.channel)
}

fn because(said: &Said) -> String {
    let strongest = said
        .evidence
        .contributions
        .iter()
        .max_by(|a, b| a.weight.bits().total_cmp(&b.weight.bits()))
        .filter(|finding| said.parent.is_some() && finding.weight.bits() > 0.0);
    strongest.map_or_else(String::new, |finding| {
        format!(
            "<span class=\"id\"> joined by {}: {}, {:+.1} bits in all</span>",
            Text(&finding.name.replace('_', " ")),
            Text(&finding.level.replace('_', " ")),
            said.evidence.total.bits()
        )
    })
}

fn again(said: &Said, repeat: &Repeat) -> String {
    let who = clip(&said.author, 40);
    match &repeat.detail {
        Some(detail) => format!("{who} asks again for the {detail}"),
        None if repeat.by_staff => format!("{who} asks to say it again"),
        None => format!("{who} had said it before"),
    }
}

fn said_in(conversation: &Conversation, repeat: &Repeat) -> String {
    repeat.said_in.map_or_else(String::new, |at| {
        format!(
            "<span class=\"id\"> given <a href=\"#{}\">{}</a></span>",
            anchor_of(conversation, at),
            Text(&conversation.messages[at].when)
        )
    })
}

/// A silence in its largest unit: `40 s`, `12 min`, `3 h`, `5 d`.
pub(crate) fn duration(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    match seconds {
        0..60 => format!("{seconds}\u{202f}s"),
        60..3_600 => format!("{}\u{202f}min", seconds / 60),
        3_600..172_800 => format!("{}\u{202f}h", seconds / 3_600),
        _ => format!("{}\u{202f}d", seconds / 86_400),
    }
}

/// Month, day and time of a moment as the page writes it.
fn day_and_time(when: &str) -> &str {
    when.get(5..16).unwrap_or(when)
}

fn pause_ms(before: &Said, after: &Said) -> Option<i64> {
    Some(after.sent_ms?.saturating_sub(before.sent_ms?).max(0))
}

/// First and last message of each session, from where sessions begin.
fn sessions(conversation: &Conversation) -> Vec<(usize, usize)> {
    let shown = conversation.messages.len();
    let mut starts: Vec<usize> = conversation.sessions.iter().copied().filter(|&at| at < shown).collect();
    if starts.first() != Some(&0) && shown > 0 {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([shown]);
    starts.iter().copied().zip(ends).map(|(first, end)| (first, end.max(first + 1) - 1)).collect()
}

/// Where each message lies, from the logarithms of the pauses.
fn places(conversation: &Conversation) -> Vec<f64> {
    let mut at = 0.0;
    let mut before: Option<&Said> = None;
    let mut places: Vec<f64> = Vec::with_capacity(conversation.messages.len());
    for (number, said) in conversation.messages.iter().enumerate() {
        if let Some(before) = before {
            let minutes = pause_ms(before, said).unwrap_or(0) as f64 / 60_000.0;
            let opens = conversation.sessions.contains(&number);
            at += if opens { BREAK } else { 1.0 + (1.0 + minutes).ln().min(8.0) * 0.35 };
        }
        before = Some(said);
        places.push(at);
    }
    let scale = (WIDTH - LEFT - RIGHT - 20.0) / at.max(1.0);
    places.into_iter().map(|place| LEFT + 20.0 + place * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_is_told_in_its_largest_unit() {
        let told =
            [0, 59_999, 60_000, 7_200_000, 172_800_000, -5].map(|ms| duration(ms).replace('\u{202f}', " "));
        assert_eq!(told, ["0 s", "59 s", "1 min", "2 h", "2 d", "0 s"]);
    }
}
