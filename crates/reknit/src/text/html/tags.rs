//! The markup of HTML as a row of texts and tags.
//!
//! A reader of its own small grammar: comments, declarations, start tags with attributes, end tags, and
//! the elements whose content is no text (scripts, styles). What looks like markup and is none ("a < b",
//! a comment or a quoted value that never ends) is text. After HTML 5 section 13.2.5 where programs obey
//! it; where they do not, nothing is lost.
//!
//! Cost: linear. What a search to the end did not find is remembered, so that no search to the end is
//! made twice.

/// A piece of markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'h> {
    Text(&'h str),
    Start(Tag<'h>),
    End(&'h str),
}

/// A start tag: its name as it stands there, and all that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'h> {
    pub(super) name: &'h str,
    attributes: &'h str,
}

impl<'h> Tag<'h> {
    /// The value of an attribute, without its quotes; empty without a value.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&'h str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let (name, value, after) = first_attribute(rest);
            if name.eq_ignore_ascii_case(wanted) {
                return Some(value);
            }
            rest = after;
        }
    }
}

/// Name and value of the attribute at the start of `text`, and what follows; takes one byte at least.
fn first_attribute(text: &str) -> (&str, &str, &str) {
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/');
    // A name may start with "=": so does HTML 5.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let end = text[first..].find(is_end).map_or(text.len(), |end| first + end);
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.trim_ascii_start().strip_prefix('=').map(str::trim_ascii_start) else {
        return (name, "", rest);
    };
    for quote in ['"', '\''] {
        if let Some((value, after)) = value.strip_prefix(quote).and_then(|inner| inner.split_once(quote)) {
            return (name, value, after);
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
    (name, &value[..end], &value[end..])
}

/// Elements whose content is not shown, or not as text.
const UNSHOWN: [&str; 8] = ["script", "style", "title", "xml", "template", "iframe", "noframes", "select"];

/// Reads markup from the start to the end.
pub(super) struct Tokens<'h> {
    html: &'h str,
    at: usize,
    /// Where the last `>`, the last `-->` and the last quotes stand: there is none to find beyond.
    last_close: Option<usize>,
    last_comment_end: Option<usize>,
    last_quotes: [Option<usize>; 2],
    /// A tag was seen whose quotes do not end, so quotes no longer count.
    quotes_broken: bool,
    /// Which elements of [`UNSHOWN`] have no end tag any more.
    unended: [bool; UNSHOWN.len()],
}

impl<'h> Tokens<'h> {
    pub(super) fn of(html: &'h str) -> Self {
        Self {
            html,
            at: 0,
            last_close: html.rfind('>'),
            last_comment_end: html.rfind("-->"),
            last_quotes: [html.rfind('"'), html.rfind('\'')],
            quotes_broken: false,
            unended: [false; UNSHOWN.len()],
        }
    }

    /// The tag, comment or declaration at the start of `rest`: its length, and what it is if it matters.
    fn markup(&mut self, rest: &'h str) -> Option<(usize, Option<Token<'h>>)> {
        let mut bytes = rest.bytes().skip(1);
        let (first, second) = (bytes.next()?, bytes.next());
        if self.last_close.is_none_or(|last| self.at > last) {
            return None;
        }
        match first {
            b'!' | b'?' => Some((self.declaration(rest)?, None)),
            b'/' if second.is_some_and(|c| c.is_ascii_alphabetic()) => {
                let end = rest.find('>')?;
                Some((end + 1, Some(Token::End(name(&rest[2..end])))))
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                let end = self.tag_end(rest)?;
                let inner = &rest[1..end];
                let name = name(inner);
                // An address that nobody escaped: "Ana <ana@x.io>".
                if name.contains('@') {
                    return None;
                }
                let tag = Tag { name, attributes: &inner[name.len()..] };
                Some((end + 1 + self.unshown(name, &rest[end + 1..]), Some(Token::Start(tag))))
            }
            _ => None,
        }
    }

    /// The length of a comment, of `<!DOCTYPE ...>` or of `<?xml ...>`.
    fn declaration(&self, rest: &str) -> Option<usize> {
        let has_end = self.last_comment_end.is_some_and(|last| self.at + 2 <= last);
        if rest.starts_with("<!--") && has_end {
            return rest[2..].find("-->").map(|end| end + 5);
        }
        rest.find('>').map(|end| end + 1)
    }

    /// Where the `>` of a start tag stands; one inside a quoted value does not count.
    fn tag_end(&mut self, rest: &str) -> Option<usize> {
        if !self.quotes_broken {
            if let Some(end) = self.quoted_tag_end(rest) {
                return Some(end);
            }
            self.quotes_broken = true;
        }
        rest.find('>')
    }

    fn quoted_tag_end(&self, rest: &str) -> Option<usize> {
        let mut quote = None;
        let mut last = b'<';
        for (at, byte) in rest.bytes().enumerate() {
            match (quote, byte) {
                (Some(open), _) => quote = (open != byte).then_some(open),
                (None, b'>') => return Some(at),
                (None, b'"' | b'\'') if last == b'=' => {
                    let closes = self.last_quotes[usize::from(byte == b'\'')];
                    quote = closes.is_some_and(|close| close > self.at + at).then_some(byte);
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                last = byte;
            }
        }
        None
    }

    /// How much of `rest` belongs to the unshown element that `name` has just opened.
    fn unshown(&mut self, name: &str, rest: &str) -> usize {
        let Some(which) = UNSHOWN.iter().position(|known| known.eq_ignore_ascii_case(name)) else { return 0 };
        if self.unended[which] {
            return 0;
        }
        let ends = |&(at, _): &(usize, &str)| {
            let tail = rest.as_bytes().get(at + 2..at + 2 + name.len());
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(name.as_bytes()))
        };
        let end = rest.match_indices("</").find(ends).map(|(at, _)| at);
        self.unended[which] = end.is_none();
        end.unwrap_or(0)
    }
}

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        loop {
            let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
            let markup = if rest.starts_with('<') { self.markup(rest) } else { None };
            if let Some((length, token)) = markup {
                self.at += length;
                if token.is_some() {
                    return token;
                }
            } else {
                let end = rest.bytes().skip(1).position(|c| c == b'<').map_or(rest.len(), |end| end + 1);
                self.at += end;
                return Some(Token::Text(&rest[..end]));
            }
        }
    }
}

/// The name at the start of a tag's inside.
fn name(inner: &str) -> &str {
    let end = inner.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inner.len());
    &inner[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(html: &str) -> String {
        Tokens::of(html)
            .filter_map(|token| if let Token::Text(text) = token { Some(text) } else { None })
            .collect()
    }

    #[test]
    fn what_is_no_markup_is_text() {
        assert_eq!(texts("a < b <3 <ana@x.io> c"), "a < b <3 <ana@x.io> c");
        assert_eq!(texts("a<!-- b --><!DOCTYPE c><?d?>e<f>"), "ae");
        assert_eq!(texts("a<!-- b> c"), "a c");
        assert_eq!(texts("a<b"), "a<b");
        assert_eq!(texts("<i title=\"a>b\">c</i><i title=\"d>e"), "ce");
        assert_eq!(texts("<STYLE>p>q</style>a<style>b"), "ab");
    }

    #[test]
    fn attributes_are_found_in_any_notation() {
        let Some(Token::Start(tag)) = Tokens::of("<div ID=a class = 'b c' = hidden x=\"d\"/>").next() else {
            panic!("a start tag")
        };
        assert_eq!(tag.name, "div");
        assert_eq!(tag.attribute("id"), Some("a"));
        assert_eq!(tag.attribute("class"), Some("b c"));
        assert_eq!(tag.attribute("hidden"), Some(""));
        assert_eq!(tag.attribute("x"), Some("d"));
        assert_eq!(tag.attribute("y"), None);
    }
}
