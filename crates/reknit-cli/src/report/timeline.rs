//! A conversation as swimlanes: one lane a channel, one dot a message, one curve a link.
//!
//! Time runs to the right, but not evenly: a pause of a minute and one of a week both have to be
//! seen, so the width of a pause grows with the logarithm of its length. Dates below the lanes say
//! what was when.

use std::fmt::Write;

use super::escape::{Text, clip};
use super::{Conversation, Input, chart};

const WIDTH: f64 = 1040.0;
const LEFT: f64 = 96.0;
const RIGHT: f64 = 30.0;
const LANE: f64 = 34.0;
const TOP: f64 = 8.0;

/// The picture of `conversation`.
pub(crate) fn swimlanes(input: &Input, conversation: &Conversation) -> String {
    let mut lanes: Vec<&str> = Vec::new();
    for said in &conversation.messages {
        if !lanes.contains(&said.channel.as_str()) {
            lanes.push(&said.channel);
        }
    }
    let height = TOP + lanes.len() as f64 * LANE + 22.0;
    let xs = places(conversation);
    let lane_of = |channel: &str| lanes.iter().position(|lane| *lane == channel).unwrap_or(0);
    let y_of = |channel: &str| TOP + (lane_of(channel) as f64 + 0.5) * LANE;
    let mut svg = format!(
        r#"<svg class="lanes" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Timeline by channel">"#
    );
    for lane in &lanes {
        let (y, class) = (y_of(lane), chart::color(input, lane));
        let _ = write!(
            svg,
            r#"<line class="lane" x1="{LEFT}" x2="{:.0}" y1="{y}" y2="{y}"/><circle class="c{class}" cx="8" cy="{y}" r="4"/><text class="lane-name" x="18" y="{:.1}">{}</text>"#,
            WIDTH - 8.0,
            y + 4.0,
            Text(&clip(lane, 14))
        );
    }
    for (at, said) in conversation.messages.iter().enumerate() {
        let Some(parent) = said.parent.filter(|&parent| parent < conversation.messages.len()) else {
            continue;
        };
        let before = &conversation.messages[parent];
        let (x1, y1, x2, y2) = (xs[parent], y_of(&before.channel), xs[at], y_of(&said.channel));
        let class = if before.channel == said.channel { "link" } else { "link hop" };
        let bend = if before.channel == said.channel { 13.0 } else { 0.0 };
        let middle = f64::midpoint(x1, x2);
        let _ = write!(
            svg,
            r#"<path class="{class}" d="M{x1:.1} {y1:.1}C{middle:.1} {:.1} {middle:.1} {:.1} {x2:.1} {y2:.1}"/>"#,
            y1 - bend,
            y2 - bend
        );
    }
    let mut labelled = f64::NEG_INFINITY;
    for (at, said) in conversation.messages.iter().enumerate() {
        let (x, y, class) = (xs[at], y_of(&said.channel), chart::color(input, &said.channel));
        let side = if said.from_customer { "" } else { " staff" };
        let hint = format!("{} {}: {}", said.when, said.author, clip(&said.text, 160));
        let _ = write!(
            svg,
            r#"<circle class="c{class}{side}" cx="{x:.1}" cy="{y:.1}" r="6"><title>{}</title></circle>"#,
            Text(&hint)
        );
        let hop = at == 0 || conversation.messages[at - 1].channel != said.channel;
        if hop && x - labelled > 74.0 {
            labelled = x;
            let when = said.when.get(5..16).unwrap_or(&said.when);
            let _ = write!(
                svg,
                r#"<text class="tick" x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
                height - 6.0,
                Text(when)
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Where each message lies, from the logarithms of the pauses.
fn places(conversation: &Conversation) -> Vec<f64> {
    let mut at = 0.0;
    let mut before: Option<i64> = None;
    let mut places: Vec<f64> = Vec::with_capacity(conversation.messages.len());
    for said in &conversation.messages {
        if let (Some(before), Some(now)) = (before, said.sent_ms) {
            let minutes = now.saturating_sub(before).max(0) as f64 / 60_000.0;
            at += 1.0 + (1.0 + minutes).ln() * 0.7;
        } else if !places.is_empty() {
            at += 1.0;
        }
        before = said.sent_ms.or(before);
        places.push(at);
    }
    let scale = (WIDTH - LEFT - RIGHT - 40.0) / at.max(1.0);
    places.into_iter().map(|place| LEFT + 20.0 + place * scale).collect()
}
