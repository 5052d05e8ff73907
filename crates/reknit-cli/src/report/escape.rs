//! The one way text from the data gets onto the page.

use std::fmt;

/// Text from the data: written with everything escaped that means something in HTML.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '`' => f.write_str("&#96;")?,
                '\n' | '\t' => fmt::Write::write_char(f, c)?,
                // Control characters have no place in HTML, and the bidirectional overrides could
                // make a name run over its surroundings.
                c if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) => f.write_str("\u{fffd}")?,
                c => fmt::Write::write_char(f, c)?,
            }
        }
        Ok(())
    }
}

/// The first `limit` characters of `text`, with a mark where something is left out.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{} …", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

/// A count with thin groups of three: `12 345`.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_data_stays_text() {
        let shown = Text("<script>alert('1')</script>&\"`\u{202e}\u{0}").to_string();
        assert_eq!(shown, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;&#96;\u{fffd}\u{fffd}");
    }

    #[test]
    fn clipping_keeps_whole_characters() {
        assert_eq!(clip("äöü", 2), "äö …");
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(123), "123");
    }
}
