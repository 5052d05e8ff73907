//! Lines that introduce a quotation or a forward.
//!
//! Four shapes: a mark between dashes, a forward's mark before a colon, a block of header fields (one a
//! line, or all on one line), and a sentence with a date, a name and a verb of writing, on one line or
//! wrapped. A line is looked at in full only if its first word or its end lets it be one of them.

use super::words::{ABOVE_THIS_LINE, FIELDS, FORWARDED, Field, ON, ORIGINAL, QUOTING, UNSPACED_VERBS, VERBS};
use super::{AT, BRACKET, COLON, DASH, DIGIT, FIELD, LONG, Lines, MARK, unmarked};

/// An introduction, from the line asked about up to the line before `end`.
#[allow(clippy::struct_excessive_bools, reason = "each is one thing that an introduction tells")]
pub(super) struct Found {
    pub(super) end: usize,
    /// Something is passed on, not answered.
    pub(super) forward: bool,
    /// With a block of headers, as against a sentence.
    pub(super) block: bool,
    /// It introduces nothing on top of a mail: a sender and no other field, as git names the author of a
    /// patch that somebody else sends, or the line under which a help desk wants its answer.
    pub(super) lone: bool,
    /// The quoted lines that follow carry marks of their own.
    pub(super) marks_follow: bool,
}

/// A sentence of introduction is at most this long in bytes and runs over at most [`MOST_LINES`]
/// lines: two long names with addresses and a date are some 250, a list of recipients more.
pub(super) const LONGEST: usize = 600;
const MOST_LINES: usize = 7;
/// Lines looked at for further fields of a block: recipients may take several lines.
const BLOCK_LINES: usize = 12;
/// The name of a field ends within this many bytes; the longest has 34.
pub(super) const FIELD_BYTES: usize = 48;
/// A block of headers on one line is at most this long.
const LONGEST_BLOCK: usize = 1000;

/// The introduction that starts at line `at`, if one does.
pub(super) fn at(lines: &Lines<'_>, at: usize) -> Option<Found> {
    let look = lines.line(at).look;
    let window = lines.looks(at, MOST_LINES);
    if look & (DASH | COLON | FIELD) == 0 && window & (COLON | AT) == 0 && lines.looks(at + 1, 2) & FIELD == 0
    {
        return None;
    }
    let line = lines.bare(at);
    let first = line.chars().next()?;
    if look & DASH != 0 && is_dash(first) {
        if let Some(found) = dashed(lines, at, line).or_else(|| desk_line(lines, at, line)) {
            return Some(found);
        }
        if is_rule(line) {
            let next = next_filled(lines, at + 1)?;
            return block(lines, next);
        }
    }
    // The shortest mark of a forward has twelve bytes, and none has a digit.
    if look & (LONG | DIGIT) == 0 && line.len() > 12 && line.ends_with([':', '：']) {
        let mark = line.trim_end_matches([':', '：']).trim().to_lowercase();
        if FORWARDED.contains(&mark.as_str()) {
            return Some(forward(lines, at + 1));
        }
    }
    if lines.looks(at, 3) & FIELD != 0 {
        let headers = bare_mark(lines, at, line).or_else(|| block(lines, at));
        if headers.is_some() {
            return headers;
        }
    }
    if look & LONG == 0 && may_end(lines, at, window) { sentence(lines, at) } else { None }
}

/// Whether the lines from `at` on, which show `window` together, hold what every sentence needs: an end,
/// and a date or an address, or else quote marks below its only line.
fn may_end(lines: &Lines<'_>, at: usize, window: u8) -> bool {
    let told = window & (DIGIT | AT) != 0;
    let marked = lines.line(at).look & COLON != 0 && lines.looks(at + 1, 2) & MARK != 0;
    window & (COLON | AT) != 0 && (told || marked)
}

/// `Original Message` without dashes, above a block of headers.
fn bare_mark(lines: &Lines<'_>, at: usize, line: &str) -> Option<Found> {
    let inner = line.trim_matches(|c: char| is_dash(c) || matches!(c, '[' | ']' | ':' | ' '));
    // "Message" alone is a word like any other.
    if inner.len() > FIELD_BYTES || inner.contains(':') || (inner.is_ascii() && !inner.contains(' ')) {
        return None;
    }
    let next = next_filled(lines, at + 1)?;
    field(lines.bare(next))?;
    let inner = inner.to_lowercase();
    let headers = ORIGINAL.contains(&inner.as_str()).then(|| block(lines, next)).flatten()?;
    Some(found(lines, headers.end, false, true))
}

/// An introduction up to `end`, with what follows looked at.
fn found(lines: &Lines<'_>, end: usize, forward: bool, block: bool) -> Found {
    Found { end, forward, block, lone: false, marks_follow: marks_follow(lines, end) }
}

fn marks_follow(lines: &Lines<'_>, end: usize) -> bool {
    next_filled(lines, end).is_some_and(|next| unmarked(lines.bare(next)).0 > 0)
}

/// A forward mark that ends before `end`, with the block of headers under it.
fn forward(lines: &Lines<'_>, end: usize) -> Found {
    let headers = next_filled(lines, end).and_then(|next| block(lines, next));
    found(lines, headers.map_or(end, |block| block.end), true, false)
}

/// The next line that is not blank; blank lines in a row are one.
fn next_filled(lines: &Lines<'_>, from: usize) -> Option<usize> {
    (from..lines.len().min(from + 2)).find(|&at| !lines.is_blank(at))
}

/// Hyphens of all widths, and what else rules are drawn with.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '*' | '#' | '‐'..='―')
}

/// `-----Original Message-----`, `---- Ana wrote ----`.
fn dashed(lines: &Lines<'_>, at: usize, line: &str) -> Option<Found> {
    let inner = line.trim_matches(|c: char| is_dash(c) || c.is_whitespace());
    // A webmail of China writes its blanks so, in plain text too.
    let inner = inner.trim_start_matches("&nbsp;").trim_end_matches("&nbsp;");
    let before = line.chars().take_while(|&c| is_dash(c)).count();
    if before < 2 || inner.is_empty() || inner.len() > LONGEST {
        return None;
    }
    let inner = inner.to_lowercase();
    if FORWARDED.iter().any(|mark| inner.starts_with(mark)) {
        return Some(forward(lines, at + 1));
    }
    if ORIGINAL.contains(&inner.trim_end_matches(':')) {
        let headers = next_filled(lines, at + 1).and_then(|next| block(lines, next));
        let end = headers.as_ref().map_or(at + 1, |block| block.end);
        return Some(found(lines, end, false, headers.is_some()));
    }
    let after = line.chars().rev().take_while(|&c| is_dash(c)).count();
    let mut seen = Seen::default();
    seen.add(&inner);
    (after >= 2 && seen.ends_in_verb).then(|| found(lines, at + 1, false, false))
}

/// `##- Please type your reply above this line -##`, as help desks put above what they send.
fn desk_line(lines: &Lines<'_>, at: usize, line: &str) -> Option<Found> {
    let marked = line.chars().take_while(|&c| is_dash(c)).count() >= 2 && line.len() <= LONGEST / 4;
    let said = marked && {
        let folded = line.to_lowercase();
        ABOVE_THIS_LINE.iter().any(|words| folded.contains(words))
    };
    said.then(|| Found { lone: true, ..found(lines, at + 1, false, false) })
}

/// A line of dashes or underscores only.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let all_of = |set: &[u8]| line.bytes().all(|c| set.contains(&c));
    line.len() >= 5 && (all_of(b"_") || all_of(b"-="))
}

/// The header field a line shows, if it shows one: `From:`, `*Gesendet:*`, `De :`.
fn field(line: &str) -> Option<Field> {
    let line = line.trim_start_matches(['*', '|', ' ', '\u{a0}']);
    let colon = colon_in(line, FIELD_BYTES)?;
    field_named(line[..colon].trim_end_matches(['*', ' ', '\u{a0}']))
}

/// Where the first colon within some bytes stands.
fn colon_in(line: &str, most: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    (0..bytes.len().min(most)).find(|&at| bytes[at] == b':' || bytes[at..].starts_with("：".as_bytes()))
}

fn field_named(name: &str) -> Option<Field> {
    let name = Folded::of(name);
    let at = FIELDS.binary_search_by(|(known, _)| (*known).cmp(name.as_str())).ok()?;
    Some(FIELDS[at].1)
}

/// Which fields a block has shown so far, in the order of [`Field`].
#[derive(Default)]
struct Fields([bool; 4]);

impl Fields {
    /// Notes a field; whether it is a new one.
    fn note(&mut self, field: Field) -> bool {
        !std::mem::replace(&mut self.0[field as usize], true)
    }

    fn has(&self, field: Field) -> bool {
        self.0[field as usize]
    }

    fn count(&self) -> usize {
        self.0.into_iter().filter(|&shown| shown).count()
    }

    /// Sender and date or subject, or two with an address: "From: the airport" and "To: the hotel" are no
    /// headers.
    fn are_headers(&self, addressed: bool) -> bool {
        let [sender, date, recipient, subject] = self.0;
        (sender && (date || subject || (recipient && addressed)))
            || (date && recipient && (addressed || subject))
    }
}

/// A block of headers that starts at line `at`: two different fields at least, the sender or the
/// date first, or three with any first.
fn block(lines: &Lines<'_>, at: usize) -> Option<Found> {
    let first = field(lines.bare(at))?;
    if let Some(found) = one_line_block(lines, at) {
        return Some(found);
    }
    let is_sender = first == Field::From && shows_address(lines, at);
    let mut fields = Fields::default();
    fields.note(first);
    let mut end = at + 1;
    let mut addressed = lines.bare(at).contains('@');
    for next in at + 1..lines.len().min(at + 1 + BLOCK_LINES) {
        let field = field(lines.bare(next));
        addressed |= field.is_some() && lines.bare(next).contains('@');
        if let Some(field) = field {
            // Only recipients are listed twice; another sender is another block.
            if !fields.note(field) && field != Field::To {
                break;
            }
            end = next + 1;
        } else if lines.is_blank(next) && !goes_on(lines, next + 1, &fields) {
            break;
        }
    }
    let opens = matches!(first, Field::From | Field::Date) || fields.count() >= 3;
    let lone = fields.count() == 1;
    (opens && (fields.are_headers(addressed) || is_sender))
        .then(|| Found { lone, ..found(lines, end, false, true) })
}

/// Whether a sender is shown as programs do, "Ana <ana@x.io>" or "Ana [mailto:ana@x.io]", the address
/// perhaps on the next line.
fn shows_address(lines: &Lines<'_>, at: usize) -> bool {
    let in_brackets = |line: &str| line.contains('@') && line.ends_with(['>', ']']) && line.len() < LONGEST;
    let below = if at + 1 < lines.len() { lines.bare(at + 1) } else { "" };
    in_brackets(lines.bare(at)) || (below.starts_with(['<', '[']) && in_brackets(below))
}

/// Whether the line under a blank one shows a field that is still missing: some programs space them.
fn goes_on(lines: &Lines<'_>, next: usize, fields: &Fields) -> bool {
    let shown = (next < lines.len()).then(|| field(lines.bare(next))).flatten();
    shown.is_some_and(|field| !fields.has(field))
}

/// `From: Ana <ana@x.io> Sent: Monday To: Desk Subject: Late parcel`: a block whose line ends are lost.
fn one_line_block(lines: &Lines<'_>, at: usize) -> Option<Found> {
    let line = lines.bare(at);
    if line.len() > LONGEST_BLOCK {
        return None;
    }
    let mut fields = Fields::default();
    for (colon, mark) in line.match_indices([':', '：']) {
        let spaced = line[colon + mark.len()..].starts_with(|c: char| c.is_whitespace() || c == '*');
        let before = line[..colon].trim_end_matches(['*', ' ', '\u{a0}']);
        let word = before.rsplit([' ', '\u{a0}', '*']).next().unwrap_or(before);
        let upper = word.chars().next().is_some_and(|c| !c.is_lowercase());
        if let Some(field) = (spaced && upper).then(|| field_named(word)).flatten() {
            fields.note(field);
        }
    }
    let sure = fields.count() >= 3 || (fields.count() == 2 && line.contains('@'));
    (sure && fields.has(Field::From) && fields.has(Field::Date)).then(|| found(lines, at + 1, false, true))
}

/// "On ... Ana wrote:", on one line or wrapped over several.
fn sentence(lines: &Lines<'_>, at: usize) -> Option<Found> {
    let first = lines.bare(at).trim_start_matches(['*', ' ']);
    let mut seen = Seen { starts: may_start(first), ..Seen::default() };
    if !seen.starts && lines.line(at).look & (COLON | BRACKET | AT) == 0 {
        return None;
    }
    // Without the words that open a sentence, only a name and its address are wrapped.
    let most = if seen.starts { MOST_LINES } else { 2 };
    let mut gaps = 0;
    for next in at..lines.len().min(at + most) {
        let line = lines.bare(next);
        if line.is_empty() {
            gaps += 1;
            // Some programs put the address into a paragraph of its own.
            if gaps > 1 || !(seen.starts && seen.timed) {
                return None;
            }
            continue;
        }
        // The end of "<ana@x.io>" wrapped looks like a mark.
        let marked = unmarked(line).0 > 0 && seen.open == 0;
        if marked || seen.length + line.len() > LONGEST {
            return None;
        }
        seen.add(line);
        if let Some(found) = introduction(&seen, line, lines, next + 1) {
            return Some(found);
        }
        // A colon ends a sentence, unless it stands in an address begun.
        if seen.open == 0 && line.ends_with([':', '：']) {
            return None;
        }
    }
    None
}

/// What the lines of a sentence have shown so far.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is one thing that a sentence shows")]
struct Seen {
    length: usize,
    lines: usize,
    /// It starts as an introduction may.
    starts: bool,
    /// A digit.
    dated: bool,
    /// A time of the day, or a year.
    timed: bool,
    addressed: bool,
    verb: bool,
    ends_in_verb: bool,
    /// How many `<` have no `>` yet.
    open: usize,
}

impl Seen {
    fn add(&mut self, line: &str) {
        self.length += line.len() + 1;
        self.lines += 1;
        self.addressed |= line.contains('@');
        for byte in line.bytes() {
            match byte {
                b'<' => self.open += 1,
                b'>' => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
        if line.bytes().any(|c| c.is_ascii_digit()) {
            self.dated = true;
            self.timed |= is_timed(line);
        }
        self.ends_in_verb = false;
        // A verb inside a link is none.
        let is_end = |c: char| c.is_whitespace() || matches!(c, '>' | '(' | ')' | ']' | ',');
        for word in line.split(is_end) {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            // The shortest verb has four letters, and "napsal(a)" two endings.
            if word.len() < 4 || word.len() > 40 {
                continue;
            }
            let folded = Folded::of(word);
            let is_verb = VERBS.binary_search(&folded.as_str()).is_ok();
            self.verb |= is_verb;
            // "Sent" tells too much else to count inside a sentence.
            self.ends_in_verb = is_verb || (self.dated && folded.as_str() == "sent");
        }
        self.verb |= self.ends_in_verb;
        if !line.is_ascii() && UNSPACED_VERBS.iter().any(|verb| line.contains(verb)) {
            self.verb = true;
            self.ends_in_verb =
                UNSPACED_VERBS.iter().any(|verb| line.trim_end_matches([':', '：']).ends_with(verb));
        }
    }
}

/// Whether a line shows a time of the day (10:13, 10.13, 10h13) or a year (1990 to 2099).
fn is_timed(line: &str) -> bool {
    let bytes = line.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).filter(|&at| digit(at)).any(|at| {
        let is_time = matches!(bytes.get(at + 1), Some(b':' | b'.' | b'h'))
            && digit(at + 2)
            && digit(at + 3)
            && !digit(at + 4);
        let starts = at == 0 || !digit(at - 1);
        let is_year = starts
            && (bytes[at..].starts_with(b"20") || bytes[at..].starts_with(b"199"))
            && digit(at + 2)
            && digit(at + 3)
            && !digit(at + 4);
        is_time || is_year
    })
}

/// The introduction that ends with `line`, if what was `seen` makes one; `end` is the line after it.
fn introduction(seen: &Seen, line: &str, lines: &Lines<'_>, end: usize) -> Option<Found> {
    let colon = line.ends_with([':', '：']);
    let bare = line.trim_end_matches([':', '：', ' ', '-']);
    let ends_in_address = seen.addressed && bare.ends_with(['>', ')', ']']);
    if !colon && !ends_in_address && !seen.ends_in_verb {
        let runs = seen.starts && seen.timed && seen.addressed && runs_into_the_quotation(line);
        return runs.then_some(Found { end, forward: false, block: false, lone: false, marks_follow: false });
    }
    let told = seen.timed || seen.addressed;
    let verb = seen.verb && !tells_of_oneself(bare);
    let single = seen.lines == 1;
    let sure = (colon && verb && seen.starts && told)
        || (colon && verb && seen.dated && ends_in_address)
        || (colon && verb && seen.timed && (seen.addressed || seen.length < LONGEST / 2))
        || (colon && single && verb && seen.dated && (seen.addressed || bare.ends_with('>')))
        || (colon && (seen.starts || seen.timed) && seen.dated && ends_in_address)
        || (seen.starts && seen.dated && seen.addressed && seen.ends_in_verb);
    if sure {
        return Some(found(lines, end, false, false));
    }
    // The rest needs quote marks below; then no language is needed.
    let likely = (colon && single && (seen.verb || seen.addressed || seen.timed))
        || (colon && seen.starts && seen.timed)
        || (seen.starts && seen.dated && ends_in_address);
    (likely && seen.open == 0 && marks_follow(lines, end)).then(|| found(lines, end, false, false))
}

/// "On 3 March 2026 I wrote:" is the author's own word.
fn tells_of_oneself(bare: &str) -> bool {
    ["I wrote", "we wrote", "ich schrieb", "wir schrieben"].iter().any(|end| bare.ends_with(end))
}

/// "Ana <ana@x.io> wrote:Hello": nothing parts the introduction from what it introduces.
fn runs_into_the_quotation(line: &str) -> bool {
    line.match_indices('>').any(|(at, _)| {
        let after = line[at + 1..].trim_start();
        let verb = colon_in(after, 24).map(|colon| &after[..colon]);
        verb.is_some_and(|verb| VERBS.binary_search(&Folded::of(verb.trim()).as_str()).is_ok())
    })
}

/// Whether a line may be the first of a longer introduction.
fn may_start(line: &str) -> bool {
    let is_end = |c: char| matches!(c, ' ' | ',' | '.' | '\u{a0}');
    let line = line.trim_start_matches(is_end);
    if line.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '在' | '于' | '於')) {
        return true;
    }
    let first = line.split(is_end).next().unwrap_or_default();
    first.len() <= 24 && ON.binary_search(&Folded::of(first).as_str()).is_ok() || quotes_somebody(line)
}

/// "Quoting Ana <ana@x.io>:".
fn quotes_somebody(line: &str) -> bool {
    let initial = line.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
    if line.len() > LONGEST || !(matches!(initial, b'q' | b'z' | b'c' | b'm' | b'e') || initial >= 0x80) {
        return false;
    }
    line.contains('@') && {
        let line = line.to_lowercase();
        QUOTING.iter().any(|words| line.starts_with(words))
    }
}

/// Where an introduction starts inside a line after other text: "Yes. On Mon, ... wrote:".
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
    (dated && before.contains(char::is_alphanumeric) && !bare.starts_with('>')).then_some(before.len())
}

/// A short text in lower case; kept on the stack where it is ASCII and at most 40 bytes long.
enum Folded {
    Short([u8; 40], usize),
    Long(String),
}

impl Folded {
    fn of(text: &str) -> Self {
        let mut buffer = [0; 40];
        match buffer.get_mut(..text.len()).filter(|_| text.is_ascii()) {
            Some(room) => {
                room.copy_from_slice(text.as_bytes());
                room.make_ascii_lowercase();
                Self::Short(buffer, text.len())
            }
            // Longer than any word that is looked up.
            None if text.len() > 160 => Self::Long(String::new()),
            None => Self::Long(text.to_lowercase()),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Short(buffer, length) => std::str::from_utf8(&buffer[..*length]).unwrap_or_default(),
            Self::Long(text) => text,
        }
    }
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
    fn a_wide_blank_before_the_word_of_a_colon_is_no_cut_letter() {
        for text in ["主题: 8D#0\u{a0}\u{202d}0:13", "From: a\u{a0}Sent: b\u{a0}To: c\u{a0}Subject: d"] {
            let body = split(text);
            assert!(body.parts.iter().all(|part| text.get(part.span.clone()).is_some()), "{text}");
        }
    }

    #[test]
    fn sentences_that_only_look_like_one_stay() {
        for text in ["On the one hand, it works.\nOn the other", "Date: Monday\nTime: 7 pm", "He wrote: no"] {
            assert_eq!(split(text).reply_text(text), text);
        }
    }
}
