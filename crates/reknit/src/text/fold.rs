//! Folding: one spelling for texts that differ only in case, accents, width or blanks.
//!
//! The text is decomposed by Unicode compatibility (NFKD, so full-width and ligature forms meet
//! their plain letters), put in lower case, relieved of the marks on Latin letters and of invisible
//! characters, and composed again (NFC). Latin letters without a decomposition are spelled out
//! (`ß` to `ss`, `ø` to `o`). Marks of other scripts carry meaning and stay: `й` is not `и`. All kinds
//! of apostrophe become `'`, of hyphen `-`, and runs of blanks and controls one blank.
//!
//! Sources: Unicode Standard Annex 15 (normalization forms) and Unicode Standard section 3.13
//! (default case conversion). Cost: linear; ASCII text takes one pass over its bytes.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The folded text. Folding it again changes nothing.
///
/// ```
/// use reknit::text::fold::fold;
/// assert_eq!(fold("  José  ÅSTRÖM-Groß "), "jose astrom-gross");
/// assert_eq!(fold("Ｏ’Brien"), "o'brien");
/// assert_eq!(fold("王 小明"), "王 小明");
/// ```
pub fn fold(text: &str) -> String {
    if text.is_ascii() { fold_ascii(text) } else { fold_unicode(text) }
}

fn fold_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for byte in text.bytes() {
        push_collapsed(&mut folded, char::from(byte.to_ascii_lowercase()));
    }
    trim_end(&mut folded);
    folded
}

fn fold_unicode(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut after_latin = false;
    for c in text.chars().map(apostrophe).nfkd().flat_map(char::to_lowercase) {
        if is_combining_mark(c) {
            if !after_latin {
                plain.push(c);
            }
        } else if !is_invisible(c) {
            let c = dash(apostrophe(c));
            after_latin = is_latin(c);
            match spelled_out(c) {
                Some(letters) => plain.push_str(letters),
                None => push_collapsed(&mut plain, c),
            }
        }
    }
    trim_end(&mut plain);
    plain.nfc().collect()
}

/// Appends `c`; a blank or control becomes one space, none at the start or after another.
fn push_collapsed(out: &mut String, c: char) {
    if !(c.is_whitespace() || c.is_control()) {
        out.push(c);
    } else if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

fn trim_end(text: &mut String) {
    if text.ends_with(' ') {
        text.pop();
    }
}

/// Whether `c` is an ASCII letter or digit or a letter of the Latin blocks, whose marks are dropped.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '\u{C0}'..='\u{2AF}' | '\u{1D00}'..='\u{1D7F}' | '\u{1E00}'..='\u{1EFF}'
            | '\u{2C60}'..='\u{2C7F}' | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB6F}')
}

/// Latin letters that Unicode does not decompose, as people type them without their key.
fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' | 'ɵ' => "o",
        'đ' | 'ð' | 'ɖ' | 'ɗ' => "d",
        'þ' => "th",
        'ł' | 'ƚ' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' | 'ɨ' => "i",
        'ŋ' => "ng",
        'ĸ' | 'ƙ' => "k",
        'ƀ' | 'ɓ' => "b",
        'ƴ' => "y",
        'ʉ' => "u",
        'ȷ' => "j",
        'ə' => "e",
        'ς' => "σ",
        _ => return None,
    })
}

fn apostrophe(c: char) -> char {
    match c {
        '´' | '`' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | '‘' | '’' | '‛' | '′' | '＇' | '\u{1FBD}' | '\u{1FBF}'
        | '\u{1FEF}' | '\u{1FFD}' | '\u{384}' | '\u{1FFE}' => '\'',
        _ => c,
    }
}

fn dash(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' | '－' | '⁃' => '-',
        _ => c,
    }
}

/// Characters that leave no ink: soft hyphens, joiners, direction marks, byte order marks.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn latin_loses_its_accents_and_other_scripts_keep_theirs() {
        for (raw, folded) in [
            ("Łukasz Żółć", "lukasz zolc"),
            ("Ærøskøbing", "aeroskobing"),
            ("İSTANBUL ıŞıK", "istanbul isik"),
            ("ﬁancé", "fiance"),
            ("ЙОЖИК", "йожик"),
            ("Ａｎａ　１２", "ana 12"),
            ("Οδυσσεύς", "οδυσσεύσ"),
            ("a\u{200B}b\u{AD}c", "abc"),
            ("O`Neil – Núñez", "o'neil - nunez"),
            (" \t\u{7}\n ", ""),
        ] {
            assert_eq!(fold(raw), folded, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn every_text_folds(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
