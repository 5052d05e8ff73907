//! How people write a number: digits, marks between them, letters for keys, an extension behind.
//!
//! The text is read once from the first digit or plus. Marks between digits go; at a letter or a mark
//! that may begin an extension it is asked whether the rest is one, then whether it is a word to be
//! typed on a keypad; any other word is a label behind the number and ends it. A second plus means two
//! numbers in one text, and nobody knows which was meant: the text is refused.
//!
//! Sources: RFC 3966 (`tel:`, `;ext=`, `;phone-context=`), ITU-T E.123 (notation) and E.161 (keypad), and
//! the notations that libphonenumber reads. Cost: linear, nothing allocated but the extension.

use super::digits::Digits;
use crate::text::fold::is_invisible;

/// Longest text looked at, in characters; no notation of one number with its words comes near it.
const MAX_TEXT: usize = 250;
/// Fewer digits than this are an extension or an emergency code, not somebody's number.
const MIN_DIGITS: usize = 3;

/// What was dialled: digits, whether a plus stood before them, and an extension.
#[derive(Debug)]
pub(super) struct Dialled {
    pub(super) plus: bool,
    pub(super) digits: Digits,
    pub(super) extension: Option<String>,
}

impl Dialled {
    pub(super) fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT && text.chars().nth(MAX_TEXT).is_some() {
            return None;
        }
        match text.find(CONTEXT) {
            Some(at) => Self::read_plain(&in_context(text, at)?),
            None => Self::read_plain(text),
        }
    }

    fn read_plain(text: &str) -> Option<Self> {
        let start = text.find(|c: char| is_plus(c) || value(c).is_some())?;
        let bare = text[start..].trim_start_matches(is_plus);
        let mut dialled =
            Self { plus: bare.len() < text.len() - start, digits: Digits::new(), extension: None };
        dialled.read_digits(bare)?;
        (dialled.digits.len() >= MIN_DIGITS).then_some(dialled)
    }

    /// Reads up to the end of the number; `None` for two numbers, or for too many digits.
    fn read_digits(&mut self, text: &str) -> Option<()> {
        // Digits before the last blank or hyphen, for the extension in `253-0000 503#`.
        let mut grouped = 0;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            if let Some(digit) = value(c) {
                if !self.digits.push(digit) {
                    return None;
                }
            } else if matches!(c, ' ' | '-') {
                grouped = self.digits.len();
            } else if is_plus(c) {
                return None;
            } else if starts_second_extension(rest) {
                break;
            } else if let Some(extension) = self.extension(rest, grouped) {
                self.extension = Some(extension);
                break;
            } else if !is_punctuation(c) && !self.is_slip(c, after) {
                self.read_word(rest)?;
                break;
            }
            rest = after;
        }
        Some(())
    }

    /// The extension that `rest` is, with the mark at its head. A hash may also stand behind it, and
    /// then it has been read as a part of the number.
    fn extension(&mut self, rest: &str, grouped: usize) -> Option<String> {
        if self.digits.len() < 2 {
            return None;
        }
        if let Some(digits) = extension(rest) {
            return Some(digits);
        }
        let last = self.digits.tail(grouped);
        let follows = rest.strip_prefix('#').is_some_and(|after| is_end(after, false));
        if !follows || grouped < MIN_DIGITS || !(1..=6).contains(&last.len()) {
            return None;
        }
        self.digits = self.digits.replaced("", 0..grouped, self.digits.len());
        let mut digits = String::new();
        last.write_to(&mut digits);
        Some(digits)
    }

    /// Whether a lone letter before a digit slipped into a number that has only begun: `07e00 900123`.
    fn is_slip(&self, c: char, after: &str) -> bool {
        let only_begun = self.digits.len() < MIN_SUBSCRIBER;
        only_begun && c.is_ascii_lowercase() && after.chars().next().and_then(value).is_some()
    }

    /// Reads letters as the keys they are typed with, or passes over a label behind the number.
    fn read_word(&mut self, rest: &str) -> Option<()> {
        if self.digits.len() <= MAX_BEFORE_WORD && is_keypad_word(rest) {
            for letter in rest.chars().filter(char::is_ascii_uppercase) {
                self.digits.push(key(letter));
            }
            return Some(());
        }
        (!rest.contains(is_plus)).then_some(())
    }
}

const CONTEXT: &str = ";phone-context=";

/// The text with its `;phone-context=` (at `at`) put where a reader looks for it: before the number if
/// it is a prefix, nowhere if it is a domain. `None` when it is neither.
fn in_context(text: &str, at: usize) -> Option<String> {
    let number = text[..at].split_once("tel:").map_or(&text[..at], |(_, number)| number);
    let context = text[at + CONTEXT.len()..].split(';').next().unwrap_or_default();
    if let Some(prefix) = context.strip_prefix('+') {
        let is_prefix = prefix.chars().all(|c| value(c).is_some() || "-.()".contains(c))
            && prefix.contains(|c| value(c).is_some());
        return is_prefix.then(|| format!("{context}{number}"));
    }
    is_domain(context).then(|| number.to_owned())
}

/// RFC 3966 `domainname`: labels of letters, digits and inner hyphens, the last beginning with a letter.
fn is_domain(context: &str) -> bool {
    let context = context.strip_suffix('.').unwrap_or(context);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
    };
    let last = context.rsplit('.').next().unwrap_or_default();
    context.split('.').all(is_label) && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// A slash and an `x`, as in `583-6985 x302/x2303`: the second of two extensions.
fn starts_second_extension(rest: &str) -> bool {
    rest.strip_prefix(['/', '\\']).is_some_and(|rest| rest.trim_start_matches(' ').starts_with('x'))
}

/// Words that say an extension follows, in lower case, the longer before its head.
const WORDS: &[&str] = &[
    "extensio\u{301}n",
    "extensio\u{301}",
    "extensión",
    "extensió",
    "extension",
    "extensio",
    "extn",
    "ext",
    "xtn",
    "xt",
    "ｅｘｔｎ",
    "ｅｘｔ",
    "ｘｔｎ",
    "ｘｔ",
    "доб",
    "anexo",
];
/// Marks that may mean something else, so that fewer digits are believed behind them.
const MARKS: &[&str] = &["x", "ｘ", "#", "＃", "~", "～", "int", "ｉｎｔ"];

/// The extension that the rest of a text is: `ext. 12`, `x12`, `#12`, `;ext=12`, `,,12`. How many digits
/// are believed depends on how plainly the mark says so; the limits are libphonenumber's.
fn extension(rest: &str) -> Option<String> {
    if let Some(rest) = rest.strip_prefix(";ext=") {
        return extension_digits(rest, 20, true);
    }
    let behind = |words: &[&str]| words.iter().find_map(|word| behind_word(rest, word));
    if let Some(digits) = behind(WORDS).and_then(|rest| extension_digits(separated(rest), 20, true)) {
        return Some(digits);
    }
    if let Some(rest) = behind(MARKS) {
        return extension_digits(separated(rest), 9, rest.starts_with(|c| value(c).is_some()));
    }
    if let Some(rest) = rest.strip_prefix(";").or_else(|| rest.strip_prefix(",,")) {
        return extension_digits(separated(rest), 15, false);
    }
    rest.strip_prefix(',').and_then(|rest| extension_digits(separated(rest), 9, false))
}

/// What follows `word` (in lower case) at the head of `rest` in any case.
fn behind_word<'a>(rest: &'a str, word: &str) -> Option<&'a str> {
    let mut chars = rest.chars();
    let fits = word.chars().all(|c| chars.next().is_some_and(|found| is_same_letter(found, c)));
    fits.then_some(chars.as_str())
}

fn is_same_letter(c: char, lower: char) -> bool {
    c == lower || c.to_lowercase().eq(std::iter::once(lower))
}

fn separated(rest: &str) -> &str {
    let rest = rest.strip_prefix([':', '.', '\u{FF0E}']).unwrap_or(rest);
    rest.trim_start_matches([' ', '\u{A0}', '\t', ',', '-'])
}

/// Up to `most` digits with which the text ends; with `label`, words without digits may follow.
fn extension_digits(rest: &str, most: usize, label: bool) -> Option<String> {
    let end = rest.find(|c| value(c).is_none()).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    let after = after.strip_prefix('#').unwrap_or(after);
    let count = digits.chars().take(most + 1).count();
    ((1..=most).contains(&count) && is_end(after, label)).then(|| digits.chars().filter_map(digit).collect())
}

/// Whether nothing of the number follows; with `label`, words may.
fn is_end(rest: &str, label: bool) -> bool {
    let part =
        |c: char| if label { value(c).is_some() || is_plus(c) } else { c.is_alphanumeric() || c == '#' };
    !rest.contains(part) || starts_second_extension(rest)
}

/// Subscriber numbers of cities have seven digits or more; what follows letters after that many is
/// another number or an extension.
const MIN_SUBSCRIBER: usize = 7;

/// More digits than `1-800` or `0800` before letters mean a label behind a number: `555 1234 HOME`.
const MAX_BEFORE_WORD: usize = 4;

/// Whether all of `rest` is capitals to be typed on a keypad, as in `1-800-FLOWERS`.
fn is_keypad_word(rest: &str) -> bool {
    let letters = rest.chars().filter(char::is_ascii_uppercase).count();
    (6..=10).contains(&letters) && rest.chars().all(|c| c.is_ascii_uppercase() || is_punctuation(c))
}

/// The key of a capital letter, ITU-T E.161.
fn key(letter: char) -> u8 {
    match letter {
        'A'..='C' => 2,
        'D'..='F' => 3,
        'G'..='I' => 4,
        'J'..='L' => 5,
        'M'..='O' => 6,
        'P'..='S' => 7,
        'T'..='V' => 8,
        _ => 9,
    }
}

fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{FF0B}')
}

/// The ASCII digit that `c` stands for: ASCII, full-width, Arabic-Indic, Persian and Indic digits.
pub(in crate::text) fn digit(c: char) -> Option<char> {
    value(c).map(|value| char::from(b'0' + value))
}

/// The value of the digit `c`.
fn value(c: char) -> Option<u8> {
    let zero = match c {
        '0'..='9' => '0',
        _ if c.is_ascii() => return None,
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6F0}'..='\u{6F9}' => '\u{6F0}',
        '\u{966}'..='\u{96F}' => '\u{966}',
        '\u{9E6}'..='\u{9EF}' => '\u{9E6}',
        '\u{E50}'..='\u{E59}' => '\u{E50}',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        _ => return None,
    };
    Some((c as u32 - zero as u32) as u8)
}

/// Marks that people put between digits; `x` holds the place of a carrier's digits in Brazil.
#[rustfmt::skip]
fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '/' | '(' | ')' | '[' | ']' | '~' | '\'' | '*' | '_' | 'x' | '\u{AD}' | '·'
            | '\u{FF08}' | '\u{FF09}' | '\u{FF0D}' | '\u{FF0E}' | '\u{FF0F}' | '\u{FF3B}' | '\u{FF3D}'
            | '\u{30FC}' | '‐'..='―' | '−' | '\u{2053}' | '\u{223C}' | '\u{FF5E}' | '•'
    ) || c.is_whitespace()
        || is_invisible(c)
}
