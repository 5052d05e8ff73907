//! Lines that introduce a quotation or a forward.

use super::words::{FIELDS, FORWARDED, Field, ON, ORIGINAL, WROTE};
use super::{Line, unmarked};

/// An introduction, from the line asked about up to the line before `end`.
pub(super) struct Found {
    pub(super) end: usize,
    /// Something is passed on, not answered.
    pub(super) forward: bool,
    /// A block of headers, as against a sentence.
    pub(super) block: bool,
    /// The quoted lines that follow carry marks of their own.
    pub(super) marks_follow: bool,
}

/// A sentence of introduction is at most this long in bytes and runs over at most [`MOST_LINES`]
/// lines: two long names with addresses and a date are some 250.
const LONGEST: usize = 400;
const MOST_LINES: usize = 4;
/// Lines looked at for further fields of a block: recipients may take several lines.
const BLOCK_LINES: usize = 10;

/// The introduction that starts at line `at`, if one does.
pub(super) fn at(lines: &[Line<'_>], at: usize) -> Option<Found> {
    let line = lines[at].text.trim();
    if line.is_empty() {
        return None;
    }
    if let Some(found) = dashed(lines, at, line) {
        return Some(found);
    }
    if is_rule(line) {
        let next = next_filled(lines, at + 1)?;
        return (next <= at + 3).then(|| block(lines, next)).flatten();
    }
    if line.strip_suffix(':').is_some_and(|inner| FORWARDED.contains(&lower(inner).trim())) {
        return Some(forward(lines, at + 1));
    }
    block(lines, at).or_else(|| sentence(lines, at))
}

/// An introduction up to `end`, with what follows looked at.
fn found(lines: &[Line<'_>], end: usize, forward: bool, block: bool) -> Found {
    let marks_follow = next_filled(lines, end).is_some_and(|next| unmarked(lines[next].text).0 > 0);
    Found { end, forward, block, marks_follow }
}

/// A forward mark that ends before `end`, with the block of headers under it.
fn forward(lines: &[Line<'_>], end: usize) -> Found {
    let headers = next_filled(lines, end).and_then(|next| block(lines, next));
    found(lines, headers.map_or(end, |block| block.end), true, false)
}

/// The next line that is not blank, within five lines: programs leave no more between.
fn next_filled(lines: &[Line<'_>], from: usize) -> Option<usize> {
    (from..lines.len().min(from + 5)).find(|&at| !lines[at].is_blank())
}

/// `-----Original Message-----`, `---- Ana wrote ----`.
fn dashed(lines: &[Line<'_>], at: usize, line: &str) -> Option<Found> {
    let dash = |c: char| matches!(c, '-' | '_' | '—' | '=' | '*');
    let inner = line.trim_matches(|c: char| dash(c) || c.is_whitespace());
    let before = line.len() - line.trim_start_matches(dash).len();
    if before < 2 || inner.is_empty() || inner.len() > LONGEST {
        return None;
    }
    let after = line.len() - line.trim_end_matches(dash).len();
    let inner = lower(inner);
    let end = block(lines, at + 1).map_or(at + 1, |block| block.end);
    if FORWARDED.iter().any(|mark| inner.starts_with(mark)) {
        return Some(forward(lines, at + 1));
    }
    if ORIGINAL.contains(&inner.as_str()) {
        return Some(found(lines, end, false, false));
    }
    let says = after >= 2 && ends_with_verb(&inner);
    says.then(|| found(lines, at + 1, false, false))
}

/// A line of dashes or underscores only.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 5 && (line.bytes().all(|c| c == b'_') || line.bytes().all(|c| c == b'-' || c == b'='))
}

/// The header field a line shows, if it shows one: `From:`, `*Gesendet:*`, `De :`.
fn field(line: &str) -> Option<Field> {
    let line = line.trim().trim_start_matches('*');
    let colon = line.find([':', '：'])?;
    let name = line[..colon].trim_end_matches(['*', ' ', '\u{a0}']);
    // The longest name has 17 letters; longer ones need no folding.
    if name.is_empty() || name.len() > 40 {
        return None;
    }
    let name = lower(name);
    FIELDS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|&(field, _)| field)
}

/// A block of headers that starts at line `at`: two different fields at least, the sender or the
/// date first.
fn block(lines: &[Line<'_>], at: usize) -> Option<Found> {
    let first = field(lines.get(at)?.text)?;
    if first != Field::From && first != Field::Date {
        return None;
    }
    let mut seen = vec![first];
    let mut end = at + 1;
    for (next, line) in lines.iter().enumerate().skip(at + 1).take(BLOCK_LINES) {
        if line.is_blank() {
            break;
        }
        if let Some(field) = field(line.text) {
            seen.push(field);
            end = next + 1;
        }
    }
    let has = |field: Field| seen.contains(&field);
    let with_sender = has(Field::From) && (has(Field::Date) || has(Field::To) || has(Field::Subject));
    let with_date = has(Field::Date) && has(Field::To);
    (with_sender || with_date).then(|| found(lines, end, false, true))
}

/// "On ... Ana wrote:", on one line or wrapped over several.
fn sentence(lines: &[Line<'_>], at: usize) -> Option<Found> {
    let mut joined = String::new();
    for next in at..lines.len().min(at + MOST_LINES) {
        let line = lines[next].text.trim();
        if line.is_empty() || joined.len() + line.len() > LONGEST || unmarked(line).0 > 0 {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&lower(line));
        if next == at && !may_start(&joined) && !ends_like_one(&joined) {
            return None;
        }
        let after = found(lines, next + 1, false, false);
        if is_introduction(&joined, after.marks_follow, next > at) {
            return Some(after);
        }
    }
    None
}

/// Whether a line may be the first of a longer introduction.
fn may_start(line: &str) -> bool {
    let first = line.split([' ', ',', '.', '\u{a0}']).find(|word| !word.is_empty()).unwrap_or_default();
    first.starts_with(|c: char| c.is_ascii_digit()) || ON.contains(&first)
}

fn ends_like_one(line: &str) -> bool {
    line.ends_with([':', '：', '>']) || ends_with_verb(line)
}

/// Whether `text` is an introduction, `marked` saying that quote marks follow.
fn is_introduction(text: &str, marked: bool, wrapped: bool) -> bool {
    let colon = text.ends_with([':', '：']);
    let bare = text.trim_end_matches([':', '：', ' ', '-']);
    let verb = has_verb(bare);
    let dated = text.bytes().any(|c| c.is_ascii_digit());
    let addressed = text.contains('@');
    let starts = may_start(text);
    if colon && verb && starts && (dated || addressed) {
        return true;
    }
    if colon && verb && !wrapped && marked {
        return true;
    }
    if colon && verb && !wrapped && dated && (addressed || bare.ends_with('>')) {
        return true;
    }
    let ends_in_address = addressed && bare.ends_with(['>', ')']);
    if starts && dated && ends_in_address && (colon || marked) {
        return true;
    }
    starts && dated && addressed && ends_with_verb(text)
}

/// Whether some word of `text` is a verb of writing.
fn has_verb(text: &str) -> bool {
    WROTE.iter().any(|verb| {
        text.match_indices(verb).any(|(start, _)| {
            let before = text[..start].chars().next_back();
            let after = text[start + verb.len()..].chars().next();
            // Programs write "<ana@x.io>wrote:" too; scripts without blanks have no word ends.
            let open = before.is_none_or(|c| !c.is_alphanumeric()) || !verb.is_ascii();
            let closed = after.is_none_or(|c| !c.is_alphanumeric()) || !verb.is_ascii();
            open && closed
        })
    })
}

fn ends_with_verb(text: &str) -> bool {
    let bare = text.trim_end_matches([':', '：', ' ', '-']);
    WROTE.iter().any(|verb| bare.ends_with(verb))
}

/// Where an English introduction starts inside a line after other text: "Yes. On Mon, ... wrote:".
pub(super) fn shared_line(line: &str) -> Option<usize> {
    let bare = line.trim_end();
    if bare.len() > LONGEST || !(bare.ends_with("wrote:") || bare.ends_with("sent:")) {
        return None;
    }
    let start = bare.rfind(" On ")?;
    let before = bare[..start].trim_end_matches('-');
    let word = bare[start + 4..].split([' ', ',']).next()?.to_lowercase();
    let dated = word.starts_with(|c: char| c.is_ascii_digit())
        || ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|day| word.starts_with(day));
    (dated && !before.trim().is_empty() && !bare.starts_with('>')).then_some(before.len())
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::{PartKind, split};

    #[test]
    fn introductions_of_many_languages_are_known() {
        for line in [
            "On 11-Apr-2011, at 6:54 PM, Ana <a@x.io> wrote:",
            "On Nov 30, 2011, at 12:47 PM, Somebody <\n4f9@x.io>\nwrote:",
            "Am 03.03.2026 um 10:13 schrieb Ana:",
            "Le 23 janv. 2015 à 22:03, Ana <a@x.io> a écrit :",
            "El mar, 3 mar 2026 a las 10:13, Ana (<a@x.io>) escribió:",
            "Em ter., 3 de mar. de 2026 às 10:13, Ana <a@x.io> escreveu:",
            "Il giorno mar 3 mar 2026 alle ore 10:13 Ana <a@x.io> ha scritto:",
            "Op di 3 mrt 2026 om 10:13 schreef Ana <a@x.io>:",
            "Den tis 3 mars 2026 kl 10:13 skrev Ana <a@x.io>:",
            "ti 3. maalisk. 2026 klo 10.13 Ana (a@x.io) kirjoitti:",
            "W dniu 3 marca 2026 10:13 użytkownik Ana <a@x.io>\nnapisał:",
            "Dne 3. 3. 2026 v 10:13 Ana napsal(a):",
            "02.04.2012 14:20 пользователь \"Ana\" <\na@x.io> написал:",
            "Vào 14:24 8 tháng 6, 2017, Ana <a@x.io> đã viết:",
            "2026年3月3日(火) 10:13 アナ <a@x.io>:",
            "---- On Wed, 24 Feb 2021 14:02:50 +0530 a@x.io wrote ----",
        ] {
            let text = format!("Yes.\n\n{line}\n\nquoted to the end");
            let body = split(&text);
            assert_eq!(body.reply_text(&text), "Yes.", "{line}");
            assert!(body.parts.iter().any(|part| part.kind == PartKind::Attribution), "{line}");
        }
    }

    #[test]
    fn sentences_that_only_look_like_one_stay() {
        for text in ["On the one hand, it works.\nOn the other", "Date: Monday\nTime: 7 pm", "He wrote: no"] {
            assert_eq!(split(text).reply_text(text), text);
        }
    }
}
