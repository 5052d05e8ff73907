//! What somebody wrote in a message, apart from what is quoted, forwarded or a signature.
//!
//! The body is read as lines. Each line is told by its own look: a `>` mark, a line that introduces a
//! quotation ("On ... Ana wrote:" in many languages, also over several lines), a block of headers as
//! Outlook shows it, a mark such as `-----Original Message-----`, a rule of underscores. A state says
//! what the unmarked lines after it are: the author's own, quoted down to the end (answers above), or
//! forwarded. Then each stretch of own lines gives up the signature at its end. The parts cover the
//! text without a gap, so nothing is lost.
//!
//! No pattern engine: each line is looked at a fixed number of times, so the cost is linear in the
//! length for any input. Sources: RFC 3676 (quote marks and the `-- ` line), the public test suites
//! of GitHub's, Zapier's, Crisp's, alfonsrv's and Mailgun's reply parsers for what people expect.
//!
//! ```
//! use reknit::text::body;
//! let text = "It came, thank you.\n\n-- \nAna\n\nOn Mon, 2 Mar 2026 at 10:13, Desk <d@x.io> wrote:\n> Has it come?\n";
//! let body = body::split(text);
//! assert_eq!(body.reply_text(text), "It came, thank you.");
//! assert_eq!(body.quoted_lines(text).collect::<Vec<_>>(), [(1, "Has it come?")]);
//! ```

mod attribution;
mod signature;
mod words;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use signature::Stretch;

/// What a part of a body is.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// The author's own words.
    Reply,
    /// Somebody else's words that are answered.
    Quote,
    /// The lines that introduce a quotation: who wrote it and when.
    Attribution,
    /// A message passed on, with the lines that introduce it.
    Forward,
    /// The author's closing: greeting, name, a program's or a list's footer.
    Signature,
}

/// A stretch of whole lines of one kind (a line is cut in two only where a reply and the
/// introduction of a quotation share it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// How deep it is quoted: 0 for own words, 1 for what is answered, 2 for what that answered.
    pub depth: u32,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
}

/// A body in parts, in order and without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Body {
    /// The parts; none for an empty body.
    pub parts: Vec<Part>,
}

impl Body {
    /// The author's own words, the stretches joined by line ends (and a blank line where one stood above
    /// the next), without blank lines at the ends. `text` must be the text that was split.
    pub fn reply_text(&self, text: &str) -> String {
        self.text_of(text, |kind| kind == PartKind::Reply)
    }

    /// The parts of the kinds wanted. What stands together stays as it stands; where something was left
    /// out between, one line end stands, or a blank line if there was one above the next part.
    ///
    /// ```
    /// use reknit::text::body::{self, PartKind};
    /// let text = "Yes.\n> When?\n\nToday.\n-- \nAna\n";
    /// let unquoted = |kind| matches!(kind, PartKind::Reply | PartKind::Signature);
    /// assert_eq!(body::split(text).text_of(text, unquoted), "Yes.\n\nToday.\n-- \nAna");
    /// ```
    pub fn text_of(&self, text: &str, wanted: impl Fn(PartKind) -> bool) -> String {
        let mut joined = String::new();
        let mut last_end = 0;
        for part in self.parts.iter().filter(|part| wanted(part.kind)) {
            let own = text.get(part.span.clone()).unwrap_or_default();
            if part.span.start != last_end && !joined.is_empty() {
                joined.truncate(joined.trim_end().len());
                let above = text.get(..part.span.start).unwrap_or_default();
                let blanks = &above[above.trim_end().len()..];
                joined.push_str(if blanks.matches('\n').count() > 1 { "\n\n" } else { "\n" });
            }
            joined.push_str(own);
            last_end = part.span.end;
        }
        joined.trim().to_owned()
    }

    /// What a reader needs to follow the author: the own words with the quotations between and above
    /// them, without the quotation at the end and without signatures.
    ///
    /// ```
    /// let text = "Ana wrote:\n> Blue or red?\nBlue.\n> When?\n";
    /// assert_eq!(reknit::text::body::split(text).visible_text(text), "Ana wrote:\n> Blue or red?\nBlue.");
    /// ```
    pub fn visible_text(&self, text: &str) -> String {
        let last = self.parts.iter().rposition(|part| part.kind == PartKind::Reply);
        let shown = self.parts.get(..=last.unwrap_or(0)).filter(|_| last.is_some()).unwrap_or_default();
        let shown = shown.iter().filter(|part| part.kind != PartKind::Signature);
        let visible: String = shown.filter_map(|part| text.get(part.span.clone())).collect();
        visible.trim().to_owned()
    }

    /// The signature, as it stands there; empty without one.
    pub fn signature<'t>(&'t self, text: &'t str) -> &'t str {
        self.stretches(text, PartKind::Signature).last().map_or("", str::trim)
    }

    /// Whether something is passed on.
    pub fn forwards(&self) -> bool {
        self.parts.iter().any(|part| part.kind == PartKind::Forward)
    }

    /// The lines the author wrote, trimmed, without blank ones.
    pub fn own_lines<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t str> {
        self.stretches(text, PartKind::Reply)
            .flat_map(str::lines)
            .map(str::trim)
            .filter(|line| !line.is_empty())
    }

    /// The quoted lines with their depth (1 = what is answered), without marks and blank lines.
    pub fn quoted_lines<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (u32, &'t str)> {
        let quotes = self.parts.iter().filter(|part| part.kind == PartKind::Quote);
        quotes.flat_map(move |part| {
            let lines = text.get(part.span.clone()).unwrap_or_default().lines();
            lines.map(|line| (part.depth, unmarked(line).1)).filter(|(_, line)| !line.is_empty())
        })
    }

    fn stretches<'t>(&'t self, text: &'t str, kind: PartKind) -> impl Iterator<Item = &'t str> {
        let parts = self.parts.iter().filter(move |part| part.kind == kind);
        parts.filter_map(|part| text.get(part.span.clone()))
    }
}

/// A body as a caller of the bindings sees it: what was said, what closes it, and the parts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// The author's own words.
    pub reply: String,
    /// The signature; empty without one.
    pub signature: String,
    /// Whether something is passed on.
    pub forwards: bool,
    /// The parts with their places in bytes.
    pub parts: Vec<Part>,
}

impl Reading {
    /// Reads `text`.
    pub fn of(text: &str) -> Self {
        let body = split(text);
        Self {
            reply: body.reply_text(text),
            signature: body.signature(text).to_owned(),
            forwards: body.forwards(),
            parts: body.parts,
        }
    }
}

/// A line and what it is taken for; blank lines in a row are one.
struct Line {
    start: usize,
    depth: u32,
    kind: PartKind,
    /// What its bytes show, as [`look`] tells.
    look: u8,
}

impl Line {
    fn own(start: usize, line: &str) -> Self {
        Self { start, depth: 0, kind: PartKind::Reply, look: look(line) }
    }
}

/// It starts with a dash of some kind, or may do.
const DASH: u8 = 1;
/// It ends with a colon.
const COLON: u8 = 2;
/// It ends with a bracket.
const BRACKET: u8 = 4;
/// There is a colon where the name of a header field may end.
const FIELD: u8 = 8;
const AT: u8 = 16;
const DIGIT: u8 = 32;
/// It starts with a quote mark, or may do.
const MARK: u8 = 64;
/// It is longer than an introduction can be.
const LONG: u8 = 128;

/// What the bytes of a line show. Most lines are told by this alone to be no introduction.
fn look(line: &str) -> u8 {
    let bytes = line.trim_ascii().as_bytes();
    let mut look = match bytes.first() {
        Some(b'-' | b'_' | b'=' | b'*' | b'[' | b'#') => DASH,
        Some(b'>' | b'&') => MARK,
        Some(0x80..) => DASH | MARK,
        _ => 0,
    };
    // The wide colon and the blanks of other scripts end in bytes of their own.
    look |= match bytes.last() {
        Some(b':') => COLON,
        Some(b'>' | b')' | b']') => BRACKET,
        Some(0x80..) => COLON | BRACKET,
        _ => 0,
    };
    for (at, byte) in bytes.iter().take(attribution::LONGEST).enumerate() {
        look |= match byte {
            b'0'..=b'9' => DIGIT,
            b'@' => AT,
            b':' | 0xef if at < attribution::FIELD_BYTES => FIELD,
            _ => 0,
        };
    }
    if bytes.len() > attribution::LONGEST { look | LONG } else { look }
}

/// Lines that are read ahead of the one in question: no introduction is longer, with the block of
/// headers below it and what follows looked at.
const AHEAD: usize = 64;
/// Lines that are kept behind it; a signature is not looked for above these.
const BEHIND: usize = 1024;
/// Lines that are read, or forgotten, at once.
const BATCH: usize = 4096;

/// The lines of a text around the one in question, by number. Only a few thousand are held, so that a
/// text of many short lines needs no more room than one of few. Where one ends the next starts.
struct Lines<'t> {
    text: &'t str,
    /// Those held, of which the first has the number `first`.
    held: Vec<Line>,
    first: usize,
    /// How far the text is read.
    read: usize,
    blank_above: bool,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, held: Vec::new(), first: 0, read: 0, blank_above: false }
    }

    /// Sees to it that the lines around line `at` are held, and forgets those far above; whether there
    /// is such a line.
    fn reach(&mut self, at: usize) -> bool {
        if self.len() < at + AHEAD && self.read < self.text.len() {
            let far_above = at.saturating_sub(BEHIND + self.first);
            if far_above >= BATCH {
                self.held.drain(..far_above);
                self.first += far_above;
            }
            self.read_to(at + BATCH);
        }
        at < self.len()
    }

    /// Reads until `most` lines are known; one that a reply shares with an attribution is two.
    fn read_to(&mut self, most: usize) {
        let rest = &self.text[self.read..];
        for line in rest.split_inclusive('\n') {
            let blank = line.trim_start().is_empty();
            if !(blank && self.blank_above) {
                if self.len() >= most {
                    return;
                }
                let cut = attribution::shared_line(line).unwrap_or(0);
                let (own, rest) = line.split_at(cut);
                if cut > 0 {
                    self.held.push(Line::own(self.read, own));
                }
                self.held.push(Line::own(self.read + cut, rest));
            }
            self.read += line.len();
            self.blank_above = blank;
        }
    }

    /// How many lines are known.
    fn len(&self) -> usize {
        self.first + self.held.len()
    }

    fn line(&self, at: usize) -> &Line {
        &self.held[at - self.first]
    }

    fn raw(&self, at: usize) -> &'t str {
        let end = self.held.get(at + 1 - self.first).map_or(self.read, |next| next.start);
        &self.text[self.line(at).start..end]
    }

    /// The line without white space around it, and without the marks that turn its direction.
    fn bare(&self, at: usize) -> &'t str {
        let line = self.raw(at).trim();
        let turned = line.starts_with(is_turn) || line.ends_with(is_turn);
        if turned { line.trim_matches(|c: char| is_turn(c) || c.is_whitespace()) } else { line }
    }

    fn is_blank(&self, at: usize) -> bool {
        self.raw(at).trim_start().is_empty()
    }

    /// What some lines from `from` on show together.
    fn looks(&self, from: usize, most: usize) -> u8 {
        let lines = self.held.get(from - self.first..).unwrap_or_default();
        lines.iter().take(most).fold(0, |looks, line| looks | line.look)
    }

    fn set(&mut self, range: Range<usize>, kind: PartKind, depth: u32) {
        for line in &mut self.held[range.start - self.first..range.end - self.first] {
            line.kind = kind;
            line.depth = depth;
        }
    }
}

/// The marks of Unicode's bidirectional algorithm (UAX 9), which programs put around Hebrew and Arabic.
fn is_turn(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Splits `text` into parts.
pub fn split(text: &str) -> Body {
    let mut lines = Lines::of(text);
    let mut marking = Marking { mode: Mode::Own, on_top: true };
    let mut parts = Parts { found: Vec::new(), length: text.len() };
    let mut stretch: Option<Stretch> = None;
    let mut at = 0;
    while lines.reach(at) {
        let end = marking.mark(&mut lines, at);
        let &Line { kind, depth, start, .. } = lines.line(at);
        if let Some(ended) = stretch.take_if(|stretch| stretch.kind != kind) {
            parts.add_stretch(&ended, &lines, at);
        }
        if matches!(kind, PartKind::Reply | PartKind::Forward) {
            let stretch = stretch.get_or_insert_with(|| Stretch::new(kind, at, start));
            (at..end).for_each(|at| stretch.see(&lines, at));
        } else {
            parts.add(kind, depth, start);
        }
        at = end;
    }
    if let Some(ended) = stretch {
        parts.add_stretch(&ended, &lines, at);
    }
    Body { parts: parts.found }
}

/// The parts found so far; the last one ends where the text does until another comes.
struct Parts {
    found: Vec<Part>,
    length: usize,
}

impl Parts {
    /// Adds what starts at byte `start`; it goes on with the last part if it is alike.
    fn add(&mut self, kind: PartKind, depth: u32, start: usize) {
        match self.found.last_mut() {
            Some(part) if part.kind == kind && part.depth == depth => {}
            last => {
                if let Some(part) = last {
                    part.span.end = start;
                }
                self.found.push(Part { kind, depth, span: start..self.length });
            }
        }
    }

    /// Adds own or forwarded lines down to line `to`, and the signature they end in.
    fn add_stretch(&mut self, stretch: &Stretch, lines: &Lines<'_>, to: usize) {
        let signature = stretch.signature(lines, to);
        if signature != Some(stretch.start) {
            self.add(stretch.kind, 0, stretch.start);
        }
        if let Some(start) = signature {
            self.add(PartKind::Signature, 0, start);
        }
    }
}

/// What the unmarked lines are at the moment.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// The author's own.
    Own,
    /// Of a message passed on.
    Forwarded,
    /// Quoted down to the end, this deep.
    QuotedToEnd(u32),
}

impl Mode {
    /// How deep an unmarked line is quoted.
    fn depth(self) -> u32 {
        if let Self::QuotedToEnd(depth) = self { depth } else { 0 }
    }
}

/// Tells quotations, attributions and forwards from own lines.
struct Marking {
    mode: Mode,
    /// Only blank lines stand above.
    on_top: bool,
}

impl Marking {
    /// Marks line `at`, and all lines of an introduction that starts there; the line after them.
    fn mark(&mut self, lines: &mut Lines<'_>, at: usize) -> usize {
        let line = lines.bare(at);
        let (depth, _) = unmarked(line);
        let mut end = at + 1;
        if line.is_empty() {
            // Blank lines belong to what stands above them.
            let (kind, depth) = match at.checked_sub(1).map(|above| lines.line(above)) {
                Some(above) => (above.kind, above.depth),
                None => (PartKind::Reply, 0),
            };
            lines.set(at..end, kind, depth);
            return end;
        }
        if depth > 0 {
            lines.set(at..end, PartKind::Quote, depth.saturating_add(self.mode.depth()));
        } else if let Some(found) = attribution::at(lines, at).filter(|found| !(self.on_top && found.lone)) {
            end = found.end;
            self.mark_introduction(lines, at, &found);
        } else if self.mode != Mode::Forwarded && continues(lines, at) {
            let depth = lines.line(at - 1).depth;
            lines.set(at..end, PartKind::Quote, depth);
        } else if let Mode::QuotedToEnd(depth) = self.mode {
            lines.set(at..end, PartKind::Quote, depth);
        } else if self.mode == Mode::Forwarded {
            lines.set(at..end, PartKind::Forward, 0);
        }
        self.on_top = false;
        end
    }

    /// Marks the lines that introduce a quotation or a forward and notes what follows them. A block of
    /// headers with nothing above it shows a message as it was, so what follows is passed on; what is
    /// passed on or quoted to the end stays so, and only the depth of a quotation grows.
    fn mark_introduction(&mut self, lines: &mut Lines<'_>, at: usize, found: &attribution::Found) {
        let quoted = self.mode.depth();
        if quoted == 0 && (found.forward || (found.block && self.on_top)) {
            lines.set(at..found.end, PartKind::Forward, 0);
            self.mode = Mode::Forwarded;
            return;
        }
        let depth = quoted.saturating_add(1);
        lines.set(at..found.end, PartKind::Attribution, depth);
        if !found.marks_follow {
            self.mode = Mode::QuotedToEnd(depth);
        }
    }
}

/// A line that a program broke off a quoted line without a mark: it stands between two marked lines,
/// and is a link, closes a bracket of the line above, or goes on in the middle of a long sentence.
fn continues(lines: &Lines<'_>, at: usize) -> bool {
    let Some(above) = at.checked_sub(1) else { return false };
    if lines.line(above).kind != PartKind::Quote || at + 1 >= lines.len() {
        return false;
    }
    let ((marks_above, above), (marks_below, _)) =
        (unmarked(lines.bare(above)), unmarked(lines.bare(at + 1)));
    if marks_above == 0 || marks_below == 0 {
        return false;
    }
    let line = lines.bare(at);
    let link =
        line.trim_matches(|c: char| matches!(c, '(' | ')' | '<' | '>' | '[' | ']') || c.is_whitespace());
    let is_link =
        (link.starts_with("http") || link.starts_with("www.")) && !link.contains(char::is_whitespace);
    let opens = above.rfind(['(', '<']) > above.rfind([')', '>']);
    let closes = line.ends_with([')', '>']) && !line.contains(['(', '<']);
    let goes_on =
        above.len() >= 60 && !above.ends_with(['.', '?', '!', ':']) && line.starts_with(char::is_lowercase);
    is_link || (opens && closes) || goes_on
}

/// How deep a line is quoted by its marks, and the line without them, trimmed. A mark may be wide, or
/// written as HTML writes it.
fn unmarked(line: &str) -> (u32, &str) {
    let mut rest = line.trim();
    // An arrow drawn in text closes again; a quotation never does.
    if !rest.starts_with(['>', '&', '＞']) || rest.ends_with("<<") {
        return (0, rest);
    }
    let mut depth: u32 = 0;
    let mark = |text: &'_ str| {
        [">", "&gt;", "＞"].iter().find(|mark| text.starts_with(**mark)).map(|mark| mark.len())
    };
    while let Some(length) = mark(rest) {
        depth = depth.saturating_add(1);
        rest = rest[length..].trim_start();
    }
    (depth, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reply(text: &str) -> String {
        split(text).reply_text(text)
    }

    #[test]
    fn answers_between_quoted_lines_are_all_kept() {
        let text = "Ana wrote:\n> One?\nYes.\n> Two?\n\nNo.\n";
        assert_eq!(reply(text), "Yes.\n\nNo.");
        let body = split(text);
        assert_eq!(body.quoted_lines(text).collect::<Vec<_>>(), [(1, "One?"), (1, "Two?")]);
    }

    #[test]
    fn what_stands_under_a_block_of_headers_is_quoted_to_the_end() {
        let text =
            "Ja, gern.\n\nVon: Ana <ana@x.io>\nGesendet: Montag\nAn: Tisch\nBetreff: Paket\n\nKommt es?\n";
        assert_eq!(reply(text), "Ja, gern.");
        assert_eq!(split(text).quoted_lines(text).collect::<Vec<_>>(), [(1, "Kommt es?")]);
    }

    #[test]
    fn a_forward_is_told_from_an_answer() {
        let text = "FYI\n\n---------- Forwarded message ----------\nFrom: a@x.io\nDate: Monday\n\nHello\n";
        assert_eq!(reply(text), "FYI");
        assert!(split(text).forwards());
    }

    proptest! {
        #[test]
        fn parts_cover_any_text_in_order(text in "(?s)(> ?|On |Mon, |wrote:|From: |Sent: |-- ?|_{5,30}|\n|\r\n|Thanks,|Sent from my |\\PC|.){0,60}") {
            let body = split(&text);
            let mut end = 0;
            for part in &body.parts {
                prop_assert_eq!(part.span.start, end);
                prop_assert!(part.span.end > part.span.start);
                prop_assert!(text.get(part.span.clone()).is_some());
                end = part.span.end;
            }
            prop_assert_eq!(end, text.len());
            let own = body.reply_text(&text);
            prop_assert!(own.len() <= text.len() + body.parts.len());
        }
    }
}
