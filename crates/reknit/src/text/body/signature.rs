//! The signature at the end of a stretch of own lines.
//!
//! Either a line of two dashes starts it (RFC 3676 section 4.3), or its wording gives it away: then it is
//! searched from the end, over few and short lines.

use super::attribution::is_rule;
use super::words::{NOTICES, REGARDS, SENT_FROM, THANKS, with_initial};
use super::{BEHIND, DASH, Lines, PartKind};

/// A signature has at most this many filled lines when only its wording gives it away.
const MOST_LINES: usize = 7;
/// Below `---` and its like there are at most this many: more are a chapter, not a signature.
const MOST_BELOW: usize = 16;
/// Lines walked over; footers and notices may add to a signature without end.
const MOST_WALKED: usize = BEHIND / 2;
/// A line of a signature is at most this long in bytes.
const LONGEST: usize = 80;

/// A stretch of own or forwarded lines, and what is known of it line by line.
pub(super) struct Stretch {
    pub(super) kind: PartKind,
    /// The byte it starts at.
    pub(super) start: usize,
    /// Its first line is the first of the text.
    on_top: bool,
    /// Its first filled line.
    first: Option<usize>,
    /// The line of two dashes, and the byte where the signature with it starts.
    dashes: Option<(usize, usize)>,
}

impl Stretch {
    /// One that starts with line `from`, at byte `start`.
    pub(super) fn new(kind: PartKind, from: usize, start: usize) -> Self {
        Self { kind, start, on_top: from == 0, first: None, dashes: None }
    }

    /// Looks at its next line.
    pub(super) fn see(&mut self, lines: &Lines<'_>, at: usize) {
        let Some(earliest) = self.earliest() else {
            if !lines.is_blank(at) {
                self.first = Some(at);
                // The first line of a message starts no signature.
                if !self.on_top {
                    self.see(lines, at);
                }
            }
            return;
        };
        if self.dashes.is_none() && at >= earliest && is_dashes(lines, at) {
            // Closing words may stand above the dashes.
            let start = by_wording(lines, earliest, at).unwrap_or(at);
            self.dashes = Some((at, lines.line(start).start));
        }
    }

    /// The first line that a signature may start with: never the first filled one of a message.
    fn earliest(&self) -> Option<usize> {
        self.first.map(|first| if self.on_top { first + 1 } else { first })
    }

    /// The byte where its signature starts, if it ends with one before line `to`.
    pub(super) fn signature(&self, lines: &Lines<'_>, to: usize) -> Option<usize> {
        let earliest = self.earliest()?;
        // Each line below may have a blank one above it.
        let near = earliest.max(to.saturating_sub(2 * MOST_BELOW + 2));
        let above = self.dashes.map_or(to, |(dashes, _)| dashes);
        let start = match ((near..above).find(|&at| is_drawn(lines, at, to)), self.dashes) {
            (Some(drawn), _) => by_wording(lines, earliest, drawn).or(Some(drawn)),
            (None, Some((_, start))) => return Some(start),
            (None, None) => by_wording(lines, earliest, to),
        };
        start.map(|start| lines.line(start).start)
    }
}

/// `--`, `-- ` alone on a line, or one wide dash.
fn is_dashes(lines: &Lines<'_>, at: usize) -> bool {
    lines.line(at).look & DASH != 0 && matches!(lines.bare(at), "--" | "–" | "—" | "―")
}

/// A line drawn with two to four dashes or their like, with few lines below.
fn is_drawn(lines: &Lines<'_>, at: usize, to: usize) -> bool {
    let line = lines.bare(at).as_bytes();
    let drawn =
        (2..=4).contains(&line.len()) && b"-_=+".contains(&line[0]) && line.iter().all(|c| *c == line[0]);
    let mut below = (at + 1..to).map(|at| lines.bare(at)).filter(|line| !line.is_empty());
    drawn && below.by_ref().take(MOST_BELOW).all(|line| line.len() <= LONGEST) && below.next().is_none()
}

/// Walks up from line `to` over what may be a signature, and keeps the highest line that must be one.
fn by_wording(lines: &Lines<'_>, earliest: usize, to: usize) -> Option<usize> {
    let earliest = earliest.max(to.saturating_sub(MOST_WALKED));
    let mut found = None;
    let mut filled = 0;
    for at in (earliest..to).rev() {
        let line = lines.bare(at);
        if line.is_empty() {
            continue;
        }
        let closes =
            found.is_some_and(|found| found == at + 1 || (found == at + 2 && lines.is_blank(at + 1)));
        if is_rule(line) && line.len() >= 20 && (line.starts_with('_') || closes) {
            // A mailing list's footer: what stands above it may still end in a signature.
            found = Some(at);
            filled = 0;
            continue;
        }
        if is_notice(line) {
            found = Some(at);
            filled = 0;
            continue;
        }
        filled += 1;
        if filled > MOST_LINES || line.len() > LONGEST * 2 {
            break;
        }
        let folded = line.to_lowercase();
        if is_closing(&folded, filled - 1)
            || is_sent_from(line, &folded)
            || is_dashed_name(lines, at, earliest, to)
        {
            found = Some(at);
        } else if line.len() > LONGEST {
            break;
        }
    }
    found
}

/// A notice of a list, a firm or a virus checker; of a long line the start tells.
fn is_notice(line: &str) -> bool {
    let start = line.trim_start_matches(['*', '_', '[', '(']);
    let start: String = start.chars().take(40).flat_map(char::to_lowercase).collect();
    with_initial(NOTICES, &start).iter().any(|words| start.starts_with(words))
}

/// A closing word with little else on its line; thanks count only above a name.
fn is_closing(folded: &str, below: usize) -> bool {
    let starts = |words: &'static [&'static str]| {
        with_initial(words, folded).iter().any(|word| {
            let rest = folded.strip_prefix(word);
            rest.is_some_and(|rest| {
                let ended = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
                ended && rest.split_whitespace().count() <= 3 && !rest.contains(['?', ':'])
            })
        })
    };
    let named = (1..=MOST_LINES).contains(&below);
    starts(REGARDS)
        || (named && starts(THANKS) && folded.ends_with([',', '!', '.', ';']))
        || (named && with_initial(THANKS, folded).contains(&folded))
}

/// "Sent from my phone", without more to say.
fn is_sent_from(line: &str, folded: &str) -> bool {
    let folded = folded.trim_start_matches(['<', '[', '*', '(', '_']);
    let known = with_initial(SENT_FROM, folded).iter().any(|words| folded.starts_with(words))
        || ["から送信", "에서 보냄"].iter().any(|end| folded.ends_with(end));
    let plain = line.split('<').next().unwrap_or(line);
    // "Sent from my phone", "Sent via Outlook"; "sent by courier" is a sentence.
    let joints = ["sent", "wirelessly", "from", "via", "with", "using", "by", "on"];
    let mut words = line.split_whitespace().zip(folded.split_whitespace());
    let english = words.find(|(_, folded)| !joints.contains(folded)).map(|(word, _)| word);
    let english = english.filter(|_| folded.starts_with("sent "));
    let by_courier = english.is_some_and(|word| {
        let small = word.starts_with(char::is_lowercase) && !word.starts_with("iP");
        small && !(matches!(word, "my" | "a" | "an") || (word == "the" && !line.ends_with('.')))
    });
    // "Sent from my Verizon, Samsung Galaxy smartphone" is no sentence, in spite of its comma.
    let phone = ["smartphone", "galaxy", "iphone", "android", "device"].iter().any(|it| folded.contains(it));
    !by_courier && known && (phone || !plain.contains(", ")) && plain.split_whitespace().count() <= 12
}

/// `-ana`, `- Ana Petrova`, `/John` at the end, and no list above it.
fn is_dashed_name(lines: &Lines<'_>, at: usize, earliest: usize, to: usize) -> bool {
    let Some(name) = lines.bare(at).strip_prefix(['-', '/', '~', '—', '–']) else { return false };
    let name = name.strip_prefix('/').unwrap_or(name);
    let name = name.trim_start().trim_end_matches(['.', '!']);
    let words = name.split_whitespace().count();
    let letters = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '\''));
    let listed = |at: usize| lines.bare(at).starts_with(['-', '/', '*']);
    let above = (earliest.saturating_sub(1)..at).rev().find(|&at| !lines.is_blank(at));
    let mut below = (at + 1..to).filter(|&at| !lines.is_blank(at)).take(4);
    let next = below.next();
    (1..=3).contains(&words)
        && letters
        && below.count() < 3
        && !above.is_some_and(listed)
        && !next.is_some_and(listed)
}

#[cfg(test)]
mod tests {
    use super::super::split;

    fn parts(text: &str) -> (String, String) {
        let body = split(text);
        (body.reply_text(text), body.signature(text).to_owned())
    }

    #[test]
    fn signatures_come_off() {
        assert_eq!(parts("Hey!\n--\nRoman"), ("Hey!".into(), "--\nRoman".into()));
        assert_eq!(parts("Hey!\n\n-roman"), ("Hey!".into(), "-roman".into()));
        assert_eq!(parts("Hey!\n\nThanks,\nBob"), ("Hey!".into(), "Thanks,\nBob".into()));
        assert_eq!(parts("Hey!\nSent from my iPhone"), ("Hey!".into(), "Sent from my iPhone".into()));
        assert_eq!(parts("Ja.\n\nViele Grüße\nAna"), ("Ja.".into(), "Viele Grüße\nAna".into()));
    }

    #[test]
    fn text_that_looks_like_one_stays() {
        for text in [
            "-- \nRoman",
            "Please check it.\n\nThanks!",
            "Sent from my desk, much easier than my phone.",
            "Two:\n- one\n- two",
        ] {
            assert_eq!(parts(text), (text.trim().into(), String::new()), "{text}");
        }
    }
}
