//! Finds emoji: one picture on the screen is one token, however many code points it takes.
//!
//! A family, a flag, a keycap or a waving hand with a skin tone is a *sequence* of code points:
//! pictures joined by U+200D, pairs of regional indicators, a digit with U+20E3, tags. The grammar
//! is the possible-emoji pattern of Unicode Technical Standard #51 (revision 25, section 1.4.9),
//! read without backtracking; the ranges are the `Extended_Pictographic` property of
//! `emoji-data.txt`. Cost: `O(n)` in the bytes of the sequence, no allocation except in [`base`].

/// `Extended_Pictographic` code points that are drawn as pictures on their own.
const PICTURES: &[(u32, u32)] = &[
    (0x231A, 0x231B),
    (0x2328, 0x2328),
    (0x2388, 0x2388),
    (0x23CF, 0x23CF),
    (0x23E9, 0x23F3),
    (0x23F8, 0x23FA),
    (0x24C2, 0x24C2),
    (0x25AA, 0x25AB),
    (0x25B6, 0x25B6),
    (0x25C0, 0x25C0),
    (0x25FB, 0x25FE),
    (0x2600, 0x2605),
    (0x2607, 0x2612),
    (0x2614, 0x2685),
    (0x2690, 0x2705),
    (0x2708, 0x2712),
    (0x2714, 0x2714),
    (0x2716, 0x2716),
    (0x271D, 0x271D),
    (0x2721, 0x2721),
    (0x2728, 0x2728),
    (0x2733, 0x2734),
    (0x2744, 0x2744),
    (0x2747, 0x2747),
    (0x274C, 0x274C),
    (0x274E, 0x274E),
    (0x2753, 0x2755),
    (0x2757, 0x2757),
    (0x2763, 0x2767),
    (0x2795, 0x2797),
    (0x27A1, 0x27A1),
    (0x27B0, 0x27B0),
    (0x27BF, 0x27BF),
    (0x2934, 0x2935),
    (0x2B05, 0x2B07),
    (0x2B1B, 0x2B1C),
    (0x2B50, 0x2B50),
    (0x2B55, 0x2B55),
    (0x3297, 0x3297),
    (0x3299, 0x3299),
    (0x1F000, 0x1F0FF),
    (0x1F10D, 0x1F10F),
    (0x1F12F, 0x1F12F),
    (0x1F16C, 0x1F171),
    (0x1F17E, 0x1F17F),
    (0x1F18E, 0x1F18E),
    (0x1F191, 0x1F19A),
    (0x1F1AD, 0x1F1E5),
    (0x1F201, 0x1F20F),
    (0x1F21A, 0x1F21A),
    (0x1F22F, 0x1F22F),
    (0x1F232, 0x1F23A),
    (0x1F23C, 0x1F23F),
    (0x1F249, 0x1F3FA),
    (0x1F400, 0x1F53D),
    (0x1F546, 0x1F64F),
    (0x1F680, 0x1F6FF),
    (0x1F774, 0x1F77F),
    (0x1F7D5, 0x1F7FF),
    (0x1F80C, 0x1F80F),
    (0x1F848, 0x1F84F),
    (0x1F85A, 0x1F85F),
    (0x1F888, 0x1F88F),
    (0x1F8AE, 0x1F8FF),
    (0x1F90C, 0x1F93A),
    (0x1F93C, 0x1F945),
    (0x1F947, 0x1FAFF),
    (0x1FC00, 0x1FFFD),
];

/// Signs that are letters or punctuation in running text and pictures only before U+FE0F.
const TEXT_BY_DEFAULT: &[(u32, u32)] = &[
    (0xA9, 0xA9),
    (0xAE, 0xAE),
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2122, 0x2122),
    (0x2139, 0x2139),
    (0x2194, 0x2199),
    (0x21A9, 0x21AA),
    (0x3030, 0x3030),
    (0x303D, 0x303D),
];

const JOINER: char = '\u{200D}';
const PICTURE_STYLE: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';

fn within(ranges: &[(u32, u32)], c: char) -> bool {
    let code = c as u32;
    let place = ranges.partition_point(|&(_, last)| last < code);
    ranges.get(place).is_some_and(|&(first, _)| first <= code)
}

fn is_skin_tone(c: char) -> bool {
    ('\u{1F3FB}'..='\u{1F3FF}').contains(&c)
}

fn is_regional(c: char) -> bool {
    ('\u{1F1E6}'..='\u{1F1FF}').contains(&c)
}

fn is_tag(c: char) -> bool {
    ('\u{E0020}'..='\u{E007F}').contains(&c)
}

/// The length in bytes of the emoji that `text` begins with, if it begins with one.
///
/// ```
/// use reknit::text::emoji;
/// assert_eq!(emoji::sequence("👩🏽‍🚀 up"), Some("👩🏽‍🚀".len()));
/// assert_eq!(emoji::sequence("🇩🇰🇳🇴"), Some("🇩🇰".len()));
/// assert_eq!(emoji::sequence("1 up"), None);
/// ```
pub fn sequence(text: &str) -> Option<usize> {
    let mut end = element(text)?;
    while let Some(rest) = text[end..].strip_prefix(JOINER) {
        match element(rest) {
            Some(length) => end += JOINER.len_utf8() + length,
            None => break,
        }
    }
    Some(end)
}

/// One picture without joiners: flag, keycap, or picture with its style, tone and tags.
fn element(text: &str) -> Option<usize> {
    let mut rest = text.chars();
    let first = rest.next()?;
    if first < '\u{A9}' && !first.is_ascii_digit() && first != '#' && first != '*' {
        return None;
    }
    if is_regional(first) {
        let second = rest.next().filter(|&c| is_regional(c));
        return Some(first.len_utf8() + second.map_or(0, char::len_utf8));
    }
    if first.is_ascii_digit() || first == '#' || first == '*' {
        return keycap(text);
    }
    let picture = within(PICTURES, first) || is_skin_tone(first);
    let styled = within(TEXT_BY_DEFAULT, first) && rest.clone().next() == Some(PICTURE_STYLE);
    if !(picture || styled) {
        return None;
    }
    let mut end = first.len_utf8();
    for c in rest {
        if !(c == PICTURE_STYLE || c == KEYCAP || is_skin_tone(c) || is_tag(c)) {
            break;
        }
        end += c.len_utf8();
    }
    Some(end)
}

fn keycap(text: &str) -> Option<usize> {
    let rest = &text[1..];
    let styled = rest.strip_prefix(PICTURE_STYLE).unwrap_or(rest);
    styled.strip_prefix(KEYCAP).map(|after| text.len() - after.len())
}

/// The emoji without skin tones and style marks, so that 👍🏿 and 👍 are one word.
///
/// ```
/// assert_eq!(reknit::text::emoji::base("👍🏿"), "👍");
/// assert_eq!(reknit::text::emoji::base("❤️"), "❤");
/// ```
pub fn base(sequence: &str) -> String {
    let mut bare = String::with_capacity(sequence.len());
    base_into(sequence, &mut bare);
    bare
}

/// [`base`] at the end of a buffer. A tone that is joined to a picture goes with its joiner, which would stand at the
/// border of the form and be no part of it.
pub(crate) fn base_into(sequence: &str, bare: &mut String) {
    let before = bare.len();
    for element in sequence.split(JOINER) {
        let begin = bare.len();
        if begin > before {
            bare.push(JOINER);
        }
        let joined = bare.len();
        bare.extend(element.chars().filter(|&c| c != PICTURE_STYLE && !is_skin_tone(c)));
        if bare.len() == joined {
            bare.truncate(begin);
        }
    }
    if bare.len() == before {
        bare.push_str(sequence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_sorted_for_the_binary_search() {
        for ranges in [PICTURES, TEXT_BY_DEFAULT] {
            assert!(ranges.windows(2).all(|w| w[0].1 < w[1].0));
        }
    }

    #[test]
    fn one_picture_is_one_sequence() {
        for one in ["😀", "👍🏾", "❤️", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪", "1️⃣", "™️", "🏳️‍🌈"]
        {
            assert_eq!(sequence(&format!("{one}x")), Some(one.len()), "{one}");
        }
        for none in ["a", "1", "#x", "™", "", " 😀", "é"] {
            assert_eq!(sequence(none), None, "{none}");
        }
    }

    #[test]
    fn a_joiner_without_a_picture_after_it_stays_out() {
        assert_eq!(sequence("😀\u{200D}x"), Some(4));
    }
}
