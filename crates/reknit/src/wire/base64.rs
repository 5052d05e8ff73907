//! Bytes as text and back: base 64 of RFC 4648, section 4, with its padding.
//!
//! What an engine saves is bytes; JSON carries text. Cost: one pass.

const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `bytes` as text.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let three = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let sign = SIGNS[(three >> (18 - 6 * at)) as usize % 64];
            text.push(if at as usize > chunk.len() { '=' } else { char::from(sign) });
        }
    }
    text
}

/// The bytes of `text`; none where it is not base 64.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let (fours, rest) = text.as_bytes().as_chunks::<4>();
    let mut bytes = Vec::with_capacity(fours.len() * 3);
    for (at, four) in fours.iter().enumerate() {
        let padding = four.iter().rev().take_while(|&&sign| sign == b'=').count();
        let last = at + 1 == fours.len();
        if padding > if last { 2 } else { 0 } {
            return None;
        }
        let mut three = 0;
        for &sign in &four[..4 - padding] {
            three = three << 6 | value(sign)?;
        }
        let [_, three @ ..] = (three << (6 * padding)).to_be_bytes();
        // Bits that nobody needs are 0, so that a text has one way to be written.
        three[3 - padding..].iter().all(|&byte| byte == 0).then_some(())?;
        bytes.extend(&three[..3 - padding]);
    }
    rest.is_empty().then_some(bytes)
}

fn value(sign: u8) -> Option<u32> {
    Some(u32::from(match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc() {
        let examples = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (count, text) in examples.into_iter().enumerate() {
            let bytes = &b"foobar"[..count];
            assert_eq!((encode(bytes).as_str(), decode(text).as_deref()), (text, Some(bytes)));
        }
    }

    #[test]
    fn every_byte_comes_back() {
        let bytes: Vec<u8> = (0..=255).chain([255, 0, 255]).collect();
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["Z", "Zg", "Zg=", "Zg===", "=g==", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Zm-v", "é==="]
        {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
