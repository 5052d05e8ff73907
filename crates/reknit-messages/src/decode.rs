//! Bytes to text, whatever the encoding.
//!
//! Byte order marks (Unicode 16, section 23.8) choose UTF-8 or UTF-16; UTF-16 without a mark is known
//! by the zero bytes beside ASCII letters that Windows tools write. What is no UTF-8 is read as
//! Windows-1252, the superset of Latin-1 that old exports are written in (WHATWG Encoding Standard),
//! byte by byte, so that one wrong byte spoils one sign. Cost: linear.

use std::borrow::Cow;

use crate::collect::Collector;
use crate::problem::Place;

/// The text without its byte order mark for UTF-8.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// UTF-16 as UTF-8; all else as it is.
pub fn from_utf16(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(encoding) = utf16(bytes) else { return Cow::Borrowed(bytes) };
    Cow::Owned(encoding.decode_with_bom_removal(bytes).0.into_owned().into_bytes())
}

/// UTF-16 by its mark, or by the zero bytes beside ASCII.
fn utf16(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match head {
        [0xFF, 0xFE, ..] => Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] => Some(encoding_rs::UTF_16BE),
        [a, 0, b, 0, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => Some(encoding_rs::UTF_16LE),
        [0, a, 0, b, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// UTF-8, or what is none of it sign by sign as Windows-1252.
///
/// ```
/// assert_eq!(reknit_messages::decode::mixed(b"Zo\xEB caf\xC3\xA9"), "Zoë café");
/// ```
pub fn mixed(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    Cow::Owned(text)
}

/// The same, saying so in the collector's problems; a sign cut off by the end of the file is left out.
pub(crate) fn text<'b>(bytes: &'b [u8], into: &mut Collector<'_>) -> Cow<'b, str> {
    let Err(error) = std::str::from_utf8(bytes) else { return mixed(bytes) };
    let line = bytes[..error.valid_up_to()].split(|&byte| byte == b'\n').count() as u64;
    if error.error_len().is_none() {
        into.problem(Place::line(line), "the file ends inside a sign, which was left out");
        return mixed(&bytes[..error.valid_up_to()]);
    }
    into.problem(Place::line(line), "not UTF-8 from here on; what is not was read as Windows-1252");
    mixed(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_known_with_and_without_a_mark() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        assert_eq!(&*from_utf16(&wide("\u{feff}Zoë")), "Zoë".as_bytes());
        assert_eq!(&*from_utf16(&wide("ab ë")), "ab ë".as_bytes());
        assert_eq!(&*from_utf16(b"ab"), b"ab");
    }
}
