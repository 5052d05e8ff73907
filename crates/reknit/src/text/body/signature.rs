//! The signature at the end of a stretch of own lines.

use super::attribution::is_rule;
use super::words::{REGARDS, SENT_FROM, THANKS};
use super::{Line, PartKind};

/// A signature has at most this many filled lines when only its wording gives it away.
const MOST_LINES: usize = 7;
/// A line of a signature is at most this long in bytes.
const LONGEST: usize = 80;

/// Marks the signature of every stretch of own (or forwarded) lines.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    let mut from = 0;
    while from < lines.len() {
        let kind = lines[from].kind;
        let to = (from..lines.len()).find(|&at| lines[at].kind != kind).unwrap_or(lines.len());
        let own = matches!(kind, PartKind::Reply | PartKind::Forward);
        if let Some(start) = own.then(|| start(&lines[from..to], from == 0)).flatten() {
            for line in &mut lines[from + start..to] {
                line.kind = PartKind::Signature;
            }
        }
        from = to;
    }
}

/// Where the signature of a stretch starts; never at the first filled line of a message.
fn start(lines: &[Line<'_>], opens: bool) -> Option<usize> {
    let first = lines.iter().position(|line| !line.is_blank())?;
    let earliest = if opens { first + 1 } else { first };
    let by_dashes = lines.iter().skip(earliest).position(|line| is_separator(line.text));
    if let Some(found) = by_dashes.map(|found| found + earliest) {
        return Some(found);
    }
    by_wording(lines, earliest)
}

/// `--`, `-- `, `---` alone on a line (RFC 3676 section 4.3 and its variants).
fn is_separator(line: &str) -> bool {
    matches!(line.trim(), "--" | "---" | "__")
}

/// Walks up from the end over what may be a signature, and keeps the highest line that must be one.
fn by_wording(lines: &[Line<'_>], earliest: usize) -> Option<usize> {
    let mut found = None;
    let mut filled = 0;
    let mut below = 0;
    for at in (earliest..lines.len()).rev() {
        let line = lines[at].text.trim();
        if line.is_empty() {
            continue;
        }
        if is_rule(line) && line.starts_with('_') && line.len() >= 20 {
            // A mailing list's footer: what stands above it may still end in a signature.
            found = Some(at);
            filled = 0;
            below = 0;
            continue;
        }
        filled += 1;
        if filled > MOST_LINES || line.len() > LONGEST * 2 {
            break;
        }
        if is_closing(line, below) || is_sent_from(line) || is_dashed_name(lines, at, line) {
            found = Some(at);
        } else if line.len() > LONGEST {
            break;
        }
        below += 1;
    }
    found
}

/// A closing word with little else on its line; thanks count only above a name.
fn is_closing(line: &str, below: usize) -> bool {
    let folded = line.to_lowercase();
    let starts = |words: &[&str]| {
        words.iter().any(|word| {
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
        || (named && THANKS.contains(&folded.as_str()))
}

/// "Sent from my phone", without more to say.
fn is_sent_from(line: &str) -> bool {
    let folded = line.trim_start_matches(['<', '[', '*', '(', '_']).to_lowercase();
    let known = SENT_FROM.iter().any(|words| folded.starts_with(words)) || folded.ends_with("から送信");
    let plain = line.split('<').next().unwrap_or(line);
    known && !plain.contains(", ") && plain.split_whitespace().count() <= 12
}

/// `-ana`, `- Ana Petrova`, `/John` at the end, and no list above it.
fn is_dashed_name(lines: &[Line<'_>], at: usize, line: &str) -> bool {
    let Some(name) = line.strip_prefix(['-', '/', '~', '—', '–']) else { return false };
    let name = name.trim_start().trim_end_matches(['.', '!']);
    let words = name.split_whitespace().count();
    let letters = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '\''));
    let listed = |line: &Line<'_>| line.text.trim_start().starts_with(['-', '/', '*']);
    let above = lines[..at].iter().rev().find(|line| !line.is_blank());
    let below = || lines[at + 1..].iter().filter(|line| !line.is_blank()).take(4);
    (1..=3).contains(&words)
        && letters
        && below().count() <= 3
        && !above.is_some_and(listed)
        && !below().next().is_some_and(listed)
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
