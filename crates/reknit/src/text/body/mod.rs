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
    /// The author's own words, the stretches joined by line ends, without blank lines at the ends.
    /// `text` must be the text that was split.
    pub fn reply_text(&self, text: &str) -> String {
        let own: Vec<&str> = self.stretches(text, PartKind::Reply).map(str::trim_end).collect();
        own.join("\n").trim().to_owned()
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

/// A line and what it is taken for.
struct Line<'t> {
    start: usize,
    text: &'t str,
    kind: PartKind,
    depth: u32,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Splits `text` into parts.
pub fn split(text: &str) -> Body {
    let mut lines = read_lines(text);
    mark_quotes(&mut lines);
    signature::mark(&mut lines);
    Body { parts: join(&lines, text.len()) }
}

/// The lines with their places; a line that a reply shares with an attribution is two.
fn read_lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let cut = attribution::shared_line(line).unwrap_or(0);
        for piece in [&line[..cut], &line[cut..]] {
            if !piece.is_empty() {
                lines.push(Line { start, text: piece, kind: PartKind::Reply, depth: 0 });
                start += piece.len();
            }
        }
    }
    lines
}

/// What the unmarked lines are at the moment.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// The author's own.
    Own,
    /// Of a message passed on.
    Forwarded,
    /// Quoted down to the end.
    QuotedToEnd,
}

/// Tells quotations, attributions and forwards from own lines.
fn mark_quotes(lines: &mut [Line<'_>]) {
    let mut mode = Mode::Own;
    let mut on_top = true;
    let mut at = 0;
    while at < lines.len() {
        let (depth, _) = unmarked(lines[at].text);
        let mut end = at + 1;
        if depth > 0 {
            set(lines, at..end, PartKind::Quote, depth + u32::from(mode == Mode::QuotedToEnd));
        } else if mode == Mode::QuotedToEnd {
            set(lines, at..end, PartKind::Quote, 1);
        } else if let Some(found) = attribution::at(lines, at) {
            end = found.end;
            mode = mark_introduction(lines, at, &found, mode, on_top);
        } else if mode == Mode::Forwarded {
            set(lines, at..end, PartKind::Forward, 0);
        }
        on_top &= lines[at].is_blank();
        at = end;
    }
    give_blanks_to_the_line_before(lines);
}

/// Marks the lines that introduce a quotation or a forward and says what follows them. A block of
/// headers with nothing above it shows a message as it was, so what follows is passed on.
fn mark_introduction(
    lines: &mut [Line<'_>],
    at: usize,
    found: &attribution::Found,
    mode: Mode,
    on_top: bool,
) -> Mode {
    if found.forward || (found.block && on_top) {
        set(lines, at..found.end, PartKind::Forward, 0);
        return Mode::Forwarded;
    }
    set(lines, at..found.end, PartKind::Attribution, 1);
    if found.marks_follow { mode } else { Mode::QuotedToEnd }
}

fn set(lines: &mut [Line<'_>], range: Range<usize>, kind: PartKind, depth: u32) {
    for line in &mut lines[range] {
        line.kind = kind;
        line.depth = depth;
    }
}

/// Blank lines belong to what stands above them.
fn give_blanks_to_the_line_before(lines: &mut [Line<'_>]) {
    for at in 1..lines.len() {
        if lines[at].is_blank() {
            lines[at].kind = lines[at - 1].kind;
            lines[at].depth = lines[at - 1].depth;
        }
    }
}

/// Consecutive lines of one kind and depth as one part.
fn join(lines: &[Line<'_>], end: usize) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in lines {
        match parts.last_mut() {
            Some(part) if part.kind == line.kind && part.depth == line.depth => {
                part.span.end = line.start + line.text.len();
            }
            _ => parts.push(Part {
                kind: line.kind,
                depth: line.depth,
                span: line.start..(line.start + line.text.len()).min(end),
            }),
        }
    }
    parts
}

/// How deep a line is quoted by its marks, and the line without them, trimmed.
fn unmarked(line: &str) -> (u32, &str) {
    let mut rest = line.trim();
    // An arrow drawn in text closes again; a quotation never does.
    if !rest.starts_with('>') || rest.ends_with("<<") {
        return (0, rest);
    }
    let mut depth = 0;
    while let Some(after) = rest.strip_prefix('>') {
        depth += 1;
        rest = after.trim_start();
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
        assert_eq!(reply(text), "Yes.\nNo.");
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
