//! The text of a mail written in HTML.
//!
//! Tags are read one after the other (`tags`) by a state that holds only what changes the text: the
//! line begun, how deep it is quoted, the elements still open. No tree is built and nothing calls itself,
//! so any bytes have a text, however deep they nest. Paragraphs, line breaks, list items and rows become
//! lines, cells are parted by a tab, runs of white space are one blank and of blank lines one line.
//! Scripts, styles, comments and what is hidden from the reader (preview texts) are left out.
//!
//! What the markup knows of quotations is handed on in the notation of plain text, so that
//! [`body::split`](super::body::split) sees it in any language: lines inside `blockquote` and inside
//! the containers of Gmail, Yahoo, Zoho, Proton, GMX and Web.de bear `>` marks; where Outlook puts an
//! invisible mark above the mail it answers, the line stands that Outlook writes in plain text; a
//! signature's container starts with the `-- ` line of RFC 3676. A sentence above a quotation ("On ...
//! Ana wrote:") stays unmarked.
//!
//! Sources: HTML 5 (tokens, sections 13.2.5 and 13.5 for characters), RFC 3676 for marks, and the markup
//! that the programs write. Cost: linear in the length.
//!
//! ```
//! use reknit::text::{body, html};
//! let text = html::to_text(
//!     "<div>It came,<br>thank you &amp; bye</div><div class=gmail_quote>On Mon, 2 Mar 2026 at 10:13, Desk wrote:\
//!      <blockquote>Has it come?</blockquote></div>",
//! );
//! assert_eq!(text, "It came,\nthank you & bye\nOn Mon, 2 Mar 2026 at 10:13, Desk wrote:\n> Has it come?");
//! assert_eq!(body::split(&text).reply_text(&text), "It came,\nthank you & bye");
//! ```

mod entities;
mod tags;

use tags::{Tag, Token, Tokens};

/// Deeper quotations show this many marks: a quotation of quotations of ... by the thousand would
/// otherwise have a text of the square of its length.
const MOST_MARKS: i32 = 32;

/// The text of `html`, lines parted by `\n`, without blank lines at its ends.
///
/// Any text is allowed; one without markup keeps its words, with its white space collapsed.
pub fn to_text(html: &str) -> String {
    let mut page = Page::default();
    for token in Tokens::of(html) {
        match token {
            Token::Text(text) => page.text(text),
            Token::Start(tag) => page.start(&tag),
            Token::End(name) => page.end(name),
        }
    }
    page.finish()
}

/// Elements whose end must be known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Div,
    Blockquote,
    List,
    Pre,
    /// Tables and cells are walls: an end tag inside closes nothing outside.
    Table,
    Cell,
}

const KINDS: usize = 6;

/// What an open element means for the text inside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    None,
    /// Quoted one deeper.
    Quote,
    /// Quoted, unless quotations stand inside: see [`Page::close_container`].
    Container,
    Signature,
    /// The sentence above a quotation.
    Introduction,
}

/// An open element.
struct Open {
    kind: Kind,
    effect: Effect,
    /// The innermost open element of its kind before it, as in [`Page::innermost`].
    before: u32,
}

/// A line: where its text stands in [`Page::text`].
struct Row {
    start: usize,
    end: usize,
    depth: i32,
    /// A blank line stands above it.
    gap: bool,
}

#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "each waits for a row of its own accord")]
struct Page {
    /// The texts of all rows, and of the row begun, which starts at `begun`.
    text: String,
    begun: usize,
    rows: Vec<Row>,
    /// White space met since the last character, and what a list item starts with.
    pending: Option<char>,
    item: Option<String>,
    gap: bool,
    /// A hard blank stands alone on the row: the blank line of many programs.
    hard_blank: bool,
    /// The last paragraph keeps a distance.
    spaced: bool,
    open: Vec<Open>,
    /// The innermost open element of each kind: its place in `open` plus one, or 0 for none.
    innermost: [u32; KINDS],
    depth: i32,
    pre: u32,
    /// The number of the next item of each open list; 0 without numbers.
    lists: Vec<u32>,
    /// The row a container starts at, and how many quotations there were before.
    containers: Vec<(usize, usize)>,
    quotations: usize,
    /// The rows the sentences above quotations start at.
    introductions: Vec<usize>,
    /// Rows from which the depth changes after all.
    shifts: Vec<(usize, i32)>,
    /// A hidden element, and how many of its name are open inside and with it.
    hidden: Option<(String, u32)>,
    /// The row to come is the first of a signature.
    signs: bool,
}

impl Page {
    fn text(&mut self, raw: &str) {
        if self.hidden.is_some() {
            return;
        }
        let mut rest = raw;
        while let Some(character) = rest.chars().next() {
            let (decoded, length) =
                if character == '&' { reference(rest) } else { (character, character.len_utf8()) };
            self.character(decoded);
            rest = &rest[length..];
        }
    }

    fn character(&mut self, character: char) {
        match character {
            '\n' if self.pre > 0 => self.line_break(),
            ' ' | '\t' if self.pre > 0 && self.is_begun() => self.text.push(character),
            // The blanks of East Asia and the narrow ones.
            '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}' => {
                self.hard_blank |= !self.is_begun();
                self.pending = self.pending.or(Some(' '));
            }
            // Invisible: they fill preview texts and part long words.
            '\u{200b}' | '\u{feff}' | '\u{ad}' | '\u{34f}' | '\u{2060}' => {}
            c if c.is_whitespace() || c.is_control() => self.pending = self.pending.or(Some(' ')),
            c => {
                let pending = self.pending.take();
                if let Some(item) = self.item.take() {
                    self.text.push_str(&item);
                } else if let Some(blank) = pending.filter(|_| self.is_begun()) {
                    self.text.push(blank);
                }
                self.text.push(c);
            }
        }
    }

    fn is_begun(&self) -> bool {
        self.text.len() > self.begun
    }

    /// Ends the row begun, if there is one.
    fn end_row(&mut self) {
        self.pending = None;
        if !self.is_begun() {
            self.gap |= std::mem::take(&mut self.hard_blank);
            return;
        }
        self.hard_blank = false;
        let end = self.text.trim_end().len().max(self.begun);
        let is_mark = &self.text[self.begun..end] == "--";
        if std::mem::take(&mut self.signs) && !is_mark && !self.rows.is_empty() {
            let begun = self.begun;
            self.extra_row("-- ");
            self.push_row(begun, end);
        } else {
            self.push_row(self.begun, end);
        }
        self.begun = self.text.len();
    }

    fn push_row(&mut self, start: usize, end: usize) {
        let gap = std::mem::take(&mut self.gap);
        self.rows.push(Row { start, end, depth: self.depth, gap });
    }

    /// A row that no text of the page stands behind.
    fn extra_row(&mut self, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.push_row(start, start + text.len());
    }

    fn line_break(&mut self) {
        self.gap |= !self.is_begun();
        self.end_row();
    }

    fn paragraph(&mut self) {
        self.end_row();
        self.gap = true;
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let mut buffer = [0; 12];
        let name = lower(tag.name, &mut buffer);
        if let Some((hidden, nested)) = &mut self.hidden {
            if hidden == name {
                *nested += 1;
            }
            // A paragraph ends where the next block starts.
            let ends = hidden == "p" && matches!(name, "p" | "div" | "table" | "blockquote" | "ul" | "ol");
            if !ends {
                return;
            }
            self.hidden = None;
        }
        if !is_void(name) && is_hidden(tag) {
            self.hidden = Some((name.to_owned(), 1));
            return;
        }
        match name {
            "br" => self.line_break(),
            "hr" => {
                self.paragraph();
                self.note_outlook(tag);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.paragraph(),
            "p" => {
                self.end_row();
                self.spaced = is_spaced(tag);
                self.gap |= self.spaced;
            }
            "div" => self.start_div(tag),
            "span" => self.note_outlook(tag),
            "blockquote" => {
                self.end_row();
                self.quotations += 1;
                self.open(Kind::Blockquote, Effect::Quote);
            }
            "ul" | "ol" | "menu" => {
                self.end_row();
                self.lists.push(u32::from(name == "ol"));
                self.open(Kind::List, Effect::None);
            }
            "li" => self.start_item(),
            "pre" => {
                self.end_row();
                let signs = classes(tag).any(|class| class == "moz-signature");
                self.signs |= signs;
                self.open(Kind::Pre, if signs { Effect::Signature } else { Effect::None });
            }
            "table" => {
                self.end_row();
                self.open(Kind::Table, Effect::None);
            }
            "tr" | "tbody" | "thead" | "tfoot" => {
                self.end_cell();
                self.end_row();
            }
            "td" | "th" => {
                self.end_cell();
                self.pending = self.is_begun().then_some('\t');
                self.open(Kind::Cell, Effect::None);
            }
            "img" => self.image(tag),
            _ if is_block(name) => self.end_row(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        let mut buffer = [0; 12];
        let name = lower(name, &mut buffer);
        if let Some((hidden, nested)) = &mut self.hidden {
            if hidden == name {
                *nested -= 1;
                if *nested == 0 {
                    self.hidden = None;
                }
            }
            return;
        }
        match name {
            "p" => {
                self.end_row();
                self.gap |= std::mem::take(&mut self.spaced);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.paragraph(),
            "div" => self.close(Kind::Div),
            "blockquote" => self.close(Kind::Blockquote),
            "ul" | "ol" | "menu" => self.close(Kind::List),
            "pre" => self.close(Kind::Pre),
            "table" => self.close(Kind::Table),
            "td" | "th" => self.end_cell(),
            "tr" => {
                self.end_cell();
                self.end_row();
            }
            _ if is_block(name) => self.end_row(),
            _ => {}
        }
    }

    fn start_div(&mut self, tag: &Tag<'_>) {
        self.end_row();
        self.note_outlook(tag);
        let id = plain(tag.attribute("id").unwrap_or_default());
        let is_named = tag.attribute("name").is_some_and(|name| QUOTING_NAMES.contains(&name));
        let is_quoting = |class: &str| QUOTING.contains(&class) || class.ends_with("yahoo_quoted");
        let effect = if is_named || id.contains("yahoo_quoted") || classes(tag).any(is_quoting) {
            self.containers.push((self.rows.len(), self.quotations));
            Effect::Container
        } else if SIGNATURE_IDS.contains(&id) || classes(tag).any(|it| SIGNING.contains(&it)) {
            self.signs = self.depth == 0;
            Effect::Signature
        } else if classes(tag).any(|class| INTRODUCING.contains(&class)) {
            self.introductions.push(self.rows.len());
            Effect::Introduction
        } else {
            Effect::None
        };
        self.open(Kind::Div, effect);
    }

    /// Writes what Outlook writes in plain text above the mail answered, where it stands in the markup
    /// without a word.
    fn note_outlook(&mut self, tag: &Tag<'_>) {
        let marks = tag.attribute("id").is_some_and(|id| OUTLOOK_IDS.contains(&plain(id)))
            || classes(tag).any(|class| class == "ms-outlook-mobile-reference-message")
            || tag.attribute("data-marker") == Some("__DIVIDER__")
            // A line above and nowhere else, in the order in which Word writes it.
            || tag.attribute("style").is_some_and(|style| {
                style.contains("border:none") && style.contains("border-top:solid #")
            });
        let noted = self.rows.last().is_some_and(|row| &self.text[row.start..row.end] == ORIGINAL);
        if marks && !noted && self.depth == 0 {
            self.paragraph();
            self.extra_row(ORIGINAL);
            self.begun = self.text.len();
        }
    }

    fn start_item(&mut self) {
        self.end_row();
        let number = self.lists.last_mut().filter(|next| **next > 0).map(|next| {
            *next += 1;
            *next - 1
        });
        self.item = Some(number.map_or_else(|| "* ".to_owned(), |number| format!("{number}. ")));
    }

    /// An emoji that a program shows as an image.
    fn image(&mut self, tag: &Tag<'_>) {
        let shown = tag.attribute("alt").unwrap_or_default();
        if !shown.is_ascii() && shown.chars().count() <= 4 && !shown.chars().any(char::is_alphabetic) {
            self.text(shown);
        }
    }

    fn open(&mut self, kind: Kind, effect: Effect) {
        // Of more than u32::MAX open elements the innermost close together.
        let place = u32::try_from(self.open.len() + 1).unwrap_or(u32::MAX);
        let before = std::mem::replace(&mut self.innermost[kind as usize], place);
        self.open.push(Open { kind, effect, before });
        self.pre += u32::from(kind == Kind::Pre);
        if effect == Effect::Quote {
            self.depth += 1;
        }
    }

    /// Closes the innermost element of the kind and all that was left open inside; nothing if there is
    /// none this side of the wall. Each element is closed once, so this is linear over all calls.
    fn close(&mut self, kind: Kind) {
        self.end_row();
        let innermost = |kind: Kind| self.innermost[kind as usize];
        // A table closes through the cell that is open in it; all else stops at either.
        let wall = innermost(Kind::Table).max(innermost(Kind::Cell));
        let is_open = match kind {
            Kind::Table => innermost(Kind::Table) > self.before_cell(),
            kind => innermost(kind) > wall,
        };
        if is_open {
            while self.pop().is_some_and(|closed| closed != kind) {}
        }
    }

    /// The innermost cell but one, if cells are the innermost walls.
    fn before_cell(&self) -> u32 {
        let innermost = |kind: Kind| self.innermost[kind as usize];
        if innermost(Kind::Cell) < innermost(Kind::Table) {
            return 0;
        }
        let cell = usize::try_from(innermost(Kind::Cell)).unwrap_or(usize::MAX);
        cell.checked_sub(1).and_then(|cell| self.open.get(cell)).map_or(0, |cell| cell.before)
    }

    /// Closes the cell that is open in the innermost table.
    fn end_cell(&mut self) {
        if self.innermost[Kind::Cell as usize] > self.innermost[Kind::Table as usize] {
            while self.pop().is_some_and(|closed| closed != Kind::Cell) {}
        }
    }

    fn pop(&mut self) -> Option<Kind> {
        let Open { kind, effect, before } = self.open.pop()?;
        self.innermost[kind as usize] = before;
        if effect != Effect::None {
            self.end_row();
        }
        match kind {
            Kind::Pre => self.pre -= 1,
            Kind::List => {
                self.lists.pop();
            }
            Kind::Div | Kind::Blockquote | Kind::Table | Kind::Cell => {}
        }
        match effect {
            Effect::Quote => self.depth -= 1,
            Effect::Container => self.close_container(),
            Effect::Signature => self.signs = false,
            Effect::Introduction => self.close_introduction(),
            Effect::None => {}
        }
        Some(kind)
    }

    /// A sentence above a quotation ends with a colon, and is known by that; one without belongs to the
    /// quotation as well, whatever its language.
    fn close_introduction(&mut self) {
        let Some(first) = self.introductions.pop() else { return };
        let rows = self.rows.get(first..).unwrap_or_default();
        let text = |row: &Row| &self.text[row.start..row.end];
        let told = rows.last().is_none_or(|row| text(row).ends_with([':', '：']))
            || rows.iter().any(|row| text(row).starts_with("--"));
        if !told && self.depth == 0 {
            self.shifts.extend([(first, 1), (self.rows.len(), -1)]);
        }
    }

    /// What stands in a program's container is quoted. Quotations inside bear their own marks: then the
    /// rest is the sentence above and answers between. Without them all of it is quoted but the sentence
    /// above; a forward starts with a line of dashes and is told by that.
    fn close_container(&mut self) {
        let Some((first, quotations)) = self.containers.pop() else { return };
        let rows = self.rows.get(first..).unwrap_or_default();
        let text = |row: &Row| &self.text[row.start..row.end];
        let is_forward = rows.first().is_some_and(|row| text(row).starts_with("--"));
        if self.quotations > quotations || rows.is_empty() || is_forward {
            return;
        }
        let above = rows.iter().take(3).position(|row| text(row).ends_with([':', '：']));
        let from = first + above.map_or(0, |above| above + 1);
        self.shifts.extend([(from, 1), (self.rows.len(), -1)]);
        self.quotations += 1;
    }

    /// All rows with their marks.
    fn finish(mut self) -> String {
        self.end_row();
        while self.pop().is_some() {}
        let mut shift = vec![0; if self.shifts.is_empty() { 0 } else { self.rows.len() + 1 }];
        for (row, change) in &self.shifts {
            shift[*row] += change;
        }
        let mut text = String::with_capacity(self.text.len() + self.rows.len());
        let (mut shifted, mut above) = (0, 0);
        for (at, row) in self.rows.iter().enumerate() {
            shifted += shift.get(at).unwrap_or(&0);
            let depth = (row.depth + shifted).clamp(0, MOST_MARKS);
            if at > 0 {
                text.push('\n');
                if row.gap {
                    text.extend((0..depth.min(above)).map(|_| '>'));
                    text.push('\n');
                }
            }
            text.extend((0..depth).map(|_| '>'));
            if depth > 0 {
                text.push(' ');
            }
            text.push_str(&self.text[row.start..row.end]);
            above = depth;
        }
        text
    }
}

const ORIGINAL: &str = "-----Original Message-----";

/// Where Outlook and its kin start the mail they answer or pass on; Outlook 2007 and later and Zimbra
/// are told by a style and by an attribute of their own.
const OUTLOOK_IDS: [&str; 5] = [
    "divRplyFwdMsg",
    "appendonsend",
    "OLK_SRC_BODY_SECTION",
    "mail-editor-reference-message-container",
    "stopSpelling",
];

/// Classes of the containers that hold the mail answered.
const QUOTING: [&str; 4] = ["gmail_quote", "gmail_quote_container", "zmail_extra", "protonmail_quote"];
/// Names of such containers: GMX and Web.de, Spark.
const QUOTING_NAMES: [&str; 2] = ["quote", "messageReplySection"];
/// Classes of the sentence above a quotation.
const INTRODUCING: [&str; 2] = ["gmail_attr", "moz-cite-prefix"];

const SIGNING: [&str; 3] = ["gmail_signature", "moz-signature", "protonmail_signature_block"];
const SIGNATURE_IDS: [&str; 3] = ["Signature", "ms-outlook-mobile-signature", "AppleMailSignature"];

fn classes<'h>(tag: &Tag<'h>) -> impl Iterator<Item = &'h str> {
    tag.attribute("class").unwrap_or_default().split_ascii_whitespace().map(plain)
}

/// An id or a class without what Outlook on the web puts before those of the mails it shows.
fn plain(name: &str) -> &str {
    name.trim_start_matches("x_")
}

/// The name in lower case; a name longer than any known stays as it is.
fn lower<'b>(name: &'b str, buffer: &'b mut [u8; 12]) -> &'b str {
    let Some(room) = buffer.get_mut(..name.len()) else { return name };
    room.copy_from_slice(name.as_bytes());
    room.make_ascii_lowercase();
    std::str::from_utf8(room).unwrap_or(name)
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "dl"
            | "dt"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "legend"
            | "main"
            | "nav"
            | "option"
            | "section"
    )
}

/// Elements that have no end, and those that hold the whole page.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "head"
            | "body"
            | "br"
            | "hr"
            | "img"
            | "input"
            | "meta"
            | "link"
            | "col"
            | "area"
            | "base"
            | "wbr"
    )
}

/// Whether the reader does not see the element.
fn is_hidden(tag: &Tag<'_>) -> bool {
    let styled = tag.attribute("style").is_some_and(|style| {
        let telling = ["isplay", "ISPLAY", "hide", "max-height", "isibility"];
        telling.iter().any(|word| style.contains(word)) && {
            let style: String =
                style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
            style.contains("display:none")
                || style.contains("mso-hide:all")
                || style.contains("visibility:hidden")
                || (style.contains("max-height:0") && style.contains("overflow:hidden"))
        }
    });
    styled || tag.attribute("hidden").is_some()
}

/// Whether a paragraph keeps a distance; those of Word do not.
fn is_spaced(tag: &Tag<'_>) -> bool {
    let of_word = classes(tag).any(|class| class.starts_with("Mso"));
    let style = tag.attribute("style").unwrap_or_default();
    let close = ["margin:0", "margin: 0", "margin-bottom:0", "margin-bottom: 0"];
    !of_word && !close.iter().any(|none| style.contains(none))
}

/// The character that a reference at the start of `text` stands for, and how long it is; `&` itself
/// where it starts none.
fn reference(text: &str) -> (char, usize) {
    const PLAIN: (char, usize) = ('&', 1);
    let inner = &text[1..];
    if let Some(number) = inner.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (number, 10),
        };
        let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        if end == 0 {
            return PLAIN;
        }
        // No character has more than eight digits; u32::MAX is none.
        let value = u32::from_str_radix(&digits[..end], radix).unwrap_or(u32::MAX);
        let ended = usize::from(digits[end..].starts_with(';'));
        return (entities::numbered(value), text.len() - digits.len() + end + ended);
    }
    let end = inner.bytes().take(9).take_while(u8::is_ascii_alphanumeric).count();
    // The shortest name has two letters.
    if end < 2 {
        return PLAIN;
    }
    let ended = inner[end..].starts_with(';');
    match entities::named(&inner[..end]) {
        Some(character) if ended => (character, end + 2),
        Some(character) if entities::is_legacy(character) => (character, end + 1),
        _ => PLAIN,
    }
}

#[cfg(test)]
mod tests {
    use super::super::body;
    use super::*;
    use proptest::prelude::*;

    fn reply(html: &str) -> String {
        let text = to_text(html);
        body::split(&text).reply_text(&text)
    }

    #[test]
    fn blocks_become_lines() {
        for (html, text) in [
            ("a\n b<br>c<br><br>d", "a b\nc\n\nd"),
            ("<p>a</p><p>b</p><div>c</div><div><br></div>d", "a\n\nb\n\nc\n\nd"),
            ("<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b</p>", "a\n\nb"),
            ("<ul><li>a<li>b</ul><ol><li>c</li><li><p>d</p></li></ol>", "* a\n* b\n1. c\n\n2. d"),
            ("<table><tr><td>a<td>b<tr><td>c</td><td>d</td></tr></table>e", "a\tb\nc\td\ne"),
            ("<pre>a\n  b\n\nc</pre>", "a\nb\n\nc"),
            ("a<span style='display: none'>b<span>c</span></span>d<!-- e --><style>f</style>", "ad"),
            ("a&amp;b&lt;c&#8364;&#x20ac;&#128;&euro;&copy d&nope; &", "a&b<c€€€€© d&nope; &"),
            ("Hi <img alt='😀' src=x><img alt='logo'>", "Hi 😀"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn quotations_bear_marks() {
        for (html, text) in [
            ("a<blockquote>b<blockquote>c</blockquote><p>d</p></blockquote>e", "a\n> b\n>> c\n>\n> d\n\ne"),
            ("a<div class='x gmail_quote'>Ana napsal:<div>b</div></div>c", "a\nAna napsal:\n> b\nc"),
            ("a<div name=quote><div>b</div>c</div>", "a\n> b\n> c"),
            ("a<div class=gmail_quote>-- Fwd --<br>b</div>", "a\n-- Fwd --\nb"),
            // A table is a wall: the end of the quotation inside closes nothing outside.
            (
                "<blockquote><table><tr><td>a</blockquote>b</td></tr></table>c</blockquote>d",
                "> a\n> b\n> c\nd",
            ),
            ("</div></blockquote></table>a", "a"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn programs_say_where_the_mail_answered_starts() {
        assert_eq!(reply("OK<hr><div id='divRplyFwdMsg'><b>Avsendare:</b> A<br>x</div><div>q</div>"), "OK");
        assert_eq!(reply("OK<div id=appendonsend></div><hr><div id=divRplyFwdMsg>q</div>"), "OK");
        let line_above = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm";
        assert_eq!(reply(&format!("OK<div style='{line_above}'><b>Xx:</b> A<br>y</div>q")), "OK");
        assert_eq!(reply("OK<span id=OLK_SRC_BODY_SECTION>q</span>"), "OK");
        assert_eq!(reply("OK<hr><div id=x_divRplyFwdMsg><b>Xx:</b> A<br>y</div><div>q</div>"), "OK");
        assert_eq!(reply("OK<div class=ms-outlook-mobile-reference-message>q</div>"), "OK");
        assert_eq!(
            reply("OK<div id=ydp1yahoo_quoted_12 class=ydp1yahoo_quoted><div>Qx zz:</div>q</div>"),
            "OK\nQx zz:"
        );
        assert_eq!(reply("OK<div name=messageReplySection>q</div>"), "OK");
        assert_eq!(reply("OK<div class=moz-cite-prefix>Qx A zz<br></div><blockquote>q</blockquote>"), "OK");
        assert_eq!(reply("OK<div class=gmail_signature>Ana<br>Shop</div>"), "OK");
        assert_eq!(reply("OK<div id=AppleMailSignature></div><div>more</div>"), "OK\nmore");
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_text(html in "(?s)(<|>|</|<!--|-->|&|;|\"|'|=|<div class=gmail_quote>|</div>|<blockquote>|</blockquote>|<table>|<td>|</td>|</table>|<pre>|<p style='display:none'>|<style>|</style>|<li>|<ol>|</ol>|\\PC|.){0,60}") {
            let text = to_text(&html);
            prop_assert!(text.len() <= html.len() * 8 + 64);
            prop_assert!(!text.starts_with('\n') && !text.ends_with('\n'));
        }

        #[test]
        fn plain_words_stay(words in "[a-z]{1,8}( [a-z]{1,8}){0,8}") {
            prop_assert_eq!(to_text(&words), words);
        }
    }
}
