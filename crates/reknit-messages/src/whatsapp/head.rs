//! The beginning of a line of a WhatsApp export: date, time and what follows.
//!
//! WhatsApp writes it as the phone's region does. Seen are `[05/02/24, 10:15:32] ` (iOS) and
//! `05/02/2024, 10:15 - ` (Android), with slashes, dots or dashes, `2024年2月5日`, `2024. 2. 5.`, twelve-hour
//! clocks whose mark stands before or after the time and behind a narrow no-break space (U+202F),
//! words between date and time (`klo`), digits of other scripts and marks of direction anywhere.
//! So nothing is compared with a pattern of one region: three numbers, a gap, two or three numbers, an
//! end. One pass over the line's beginning, without going back.

use crate::DateOrder;

/// A date and time as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) date: [u32; 3],
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    half: Option<Half>,
    /// Whether the date is written with dots or dashes, which no region does that puts the month first.
    pub(super) undivided: bool,
}

/// The half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Before,
    After,
}

/// The first year there can be: WhatsApp was founded in 2009.
const FIRST_YEAR: u32 = 2009;
/// The last; every shipped order of parts would need a rule of its own after it.
const LAST_YEAR: u32 = 2099;
/// What a Thai year (Buddhist era) is ahead.
const BUDDHIST: u32 = 543;

/// How long a gap between date and time, or a mark of the half of the day, can be.
const LONGEST_WORD: usize = 16;

const BEFORE_NOON: &[&str] = &[
    "am", "vorm", "fm", "de", "sa", "pd", "öö", "πμ", "ص", "قظ", "오전", "上午", "午前", "凌晨", "早上",
    "清晨",
];
const AFTER_NOON: &[&str] =
    &["pm", "nachm", "em", "du", "ch", "md", "ös", "μμ", "م", "بظ", "오후", "下午", "午後", "中午", "晚上"];

impl Stamp {
    /// The date read in this order, if there is such a day.
    pub(super) fn date_in(&self, order: DateOrder) -> Option<jiff::civil::Date> {
        let [a, b, c] = self.date;
        let (year, month, day) = match order {
            DateOrder::Dmy => (c, b, a),
            DateOrder::Mdy => (c, a, b),
            DateOrder::Ymd => (a, b, c),
        };
        let year = if year < 100 { year + 2000 } else { year };
        let year = if year > LAST_YEAR + BUDDHIST / 2 { year.checked_sub(BUDDHIST)? } else { year };
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return None;
        }
        jiff::civil::Date::new(year as i16, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    /// Milliseconds since midnight; `None` for no time of day.
    pub(super) fn millis_of_day(&self) -> Option<i64> {
        let hour = match self.half {
            Some(Half::After) if self.hour < 12 => self.hour + 12,
            Some(Half::Before) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let right = hour < 24 && self.minute < 60 && self.second < 60;
        right.then(|| i64::from((hour * 60 + self.minute) * 60 + self.second) * 1000)
    }

    /// Whether it was written by a clock of twelve hours.
    pub(super) fn has_half(&self) -> bool {
        self.half.is_some()
    }
}

/// A line that begins a message: its time, and the text after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'t> {
    pub(super) stamp: Stamp,
    pub(super) rest: &'t str,
}

/// Reads the beginning of a line; `None` when it begins no message.
pub(super) fn read(line: &str) -> Option<Head<'_>> {
    let mut at = Cursor { rest: line };
    at.blanks();
    let bracket = at.take('[');
    at.blanks();
    let mut marks = ['\0'; 2];
    let mut date = [0; 3];
    for (place, part) in date.iter_mut().enumerate() {
        *part = at.number(4)?;
        if place < 2 {
            at.blanks();
            marks[place] = at.one_of(&['/', '.', '-', '年', '月', '년', '월', '\u{2010}', '\u{2011}'])?;
            at.blanks();
        }
    }
    let asian = matches!(marks[0], '年' | '년');
    if at.one_of(&['日', '일']).is_none() {
        at.one_of(&['.']);
    }
    let word_before = at.word(&[',', '،', '.', '/'])?;
    let hour = at.number(2)?;
    at.marks();
    at.one_of(&[':', '.', '：'])?;
    at.marks();
    let minute = at.number(2)?;
    at.marks();
    let mut second = 0;
    let before_second = at;
    if at.one_of(&[':', '.', '：']).is_some() {
        match at.number(2) {
            Some(number) => second = number,
            None => at = before_second,
        }
    }
    let end = before_end(at.rest, bracket, asian)?;
    let half = half(&word_before).or_else(|| half(&plain(&at.rest[..end.0])));
    let stamp = Stamp { date, hour, minute, second, half, undivided: marks[0] != '/' };
    Some(Head { stamp, rest: &at.rest[end.1..] })
}

/// Where a mark of the half of the day ends, and where the text after the head begins.
fn before_end(rest: &str, bracket: bool, asian: bool) -> Option<(usize, usize)> {
    let ends: &[&str] = match (bracket, asian) {
        (true, _) => &["]"],
        (false, true) => &[" - ", " – ", ", "],
        (false, false) => &[" - ", " – "],
    };
    let mut longest = LONGEST_WORD;
    for (place, sign) in rest.char_indices() {
        if let Some(end) = ends.iter().find(|end| rest[place..].starts_with(**end)) {
            let after = place + end.len();
            let blank = bracket && rest[after..].starts_with(' ');
            return Some((place, after + usize::from(blank)));
        }
        longest = longest.checked_sub(1)?;
        if !(sign.is_alphabetic() || sign == '.' || is_blank(sign) || is_combining(sign)) {
            return None;
        }
    }
    None
}

fn half(word: &str) -> Option<Half> {
    if BEFORE_NOON.contains(&word) {
        Some(Half::Before)
    } else if AFTER_NOON.contains(&word) {
        Some(Half::After)
    } else {
        None
    }
}

/// A word in lower case, without blanks, dots and marks.
fn plain(word: &str) -> String {
    word.chars().filter(|&sign| !is_blank(sign) && sign != '.').flat_map(char::to_lowercase).collect()
}

/// Vowel signs of Indian scripts, which are no letters.
fn is_combining(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{DFF}' | '\u{E31}'..='\u{E4E}')
}

/// A blank or a mark of direction.
fn is_blank(sign: char) -> bool {
    sign.is_whitespace() || is_mark(sign)
}

/// Marks of direction and the byte order mark, none of which is seen (Unicode 16, section 23.2).
pub(super) fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The value of a decimal digit in the scripts phones write dates in.
fn digit(sign: char) -> Option<u32> {
    // Zero of: ASCII, Arabic-Indic, its eastern form, Devanagari, Bengali, Gujarati, Tamil, Thai, Burmese.
    const ZEROS: [u32; 9] = [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xAE6, 0xBE6, 0xE50, 0x1040];
    let code = u32::from(sign);
    ZEROS.iter().map(|&zero| code.wrapping_sub(zero)).find(|&value| value < 10)
}

/// What is left of a line.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    rest: &'t str,
}

impl Cursor<'_> {
    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        self.rest = self.rest.trim_start_matches(skipped);
    }

    fn blanks(&mut self) {
        self.skip(is_blank);
    }

    fn marks(&mut self) {
        self.skip(is_mark);
    }

    fn take(&mut self, sign: char) -> bool {
        self.one_of(&[sign]).is_some()
    }

    fn one_of(&mut self, signs: &[char]) -> Option<char> {
        let first = self.rest.chars().next().filter(|first| signs.contains(first))?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }

    /// A number of at most `most` digits.
    fn number(&mut self, most: usize) -> Option<u32> {
        let mut signs = self.rest.chars();
        let (mut number, mut count) = (0, 0);
        while let Some(value) = signs.clone().next().and_then(digit) {
            signs.next();
            (number, count) = (number * 10 + value, count + 1);
            if count > most {
                return None;
            }
        }
        self.rest = signs.as_str();
        (count > 0).then_some(number)
    }

    /// What stands up to the next digit, if it is short and made of letters, blanks and `signs`.
    fn word(&mut self, signs: &[char]) -> Option<String> {
        let end = self.rest.char_indices().take(LONGEST_WORD).find(|&(_, sign)| digit(sign).is_some())?.0;
        let (gap, rest) = self.rest.split_at(end);
        let fits = |sign: char| {
            sign.is_alphabetic() || is_blank(sign) || is_combining(sign) || signs.contains(&sign)
        };
        if gap.is_empty() || !gap.chars().all(fits) {
            return None;
        }
        self.rest = rest;
        Some(plain(gap.trim_matches(|sign| is_blank(sign) || signs.contains(&sign))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_many_regions_are_read() {
        let cases = [
            ("[05/02/24, 10:15:32] Ana: x", [5, 2, 24], 36_932_000, "Ana: x"),
            ("\u{200e}[2/5/24, 10:15:32\u{202f}PM] Ana: x", [2, 5, 24], 80_132_000, "Ana: x"),
            ("2/5/24, 10:15\u{202f}AM - Ana: x", [2, 5, 24], 36_900_000, "Ana: x"),
            ("05.02.24, 22:15 - Ana: x", [5, 2, 24], 80_100_000, "Ana: x"),
            ("5/2/2024, 12:15 a.\u{a0}m. - Ana: x", [5, 2, 2024], 900_000, "Ana: x"),
            ("05-02-2024 10:15 - Ana: x", [5, 2, 2024], 36_900_000, "Ana: x"),
            ("2024-02-05, 10:15 - Ana: x", [2024, 2, 5], 36_900_000, "Ana: x"),
            ("[5.2.2024 klo 10.15.32] Ana: x", [5, 2, 2024], 36_932_000, "Ana: x"),
            ("2024. 02. 05. 10:15 - Ana: x", [2024, 2, 5], 36_900_000, "Ana: x"),
            ("2024년 2월 5일 오후 10:15, Ana : x", [2024, 2, 5], 80_100_000, "Ana : x"),
            ("[2024. 2. 5. 오전 10:15:32] Ana: x", [2024, 2, 5], 36_932_000, "Ana: x"),
            ("2024/2/5 下午10:15 - Ana: x", [2024, 2, 5], 80_100_000, "Ana: x"),
            ("[2024年2月5日 10:15:32] Ana: x", [2024, 2, 5], 36_932_000, "Ana: x"),
            ("٥\u{200f}/٢\u{200f}/٢٠٢٤، ١٠:١٥ م - Ana: x", [5, 2, 2024], 80_100_000, "Ana: x"),
            ("05/02/24, 10:15 pm - Ana: x", [5, 2, 24], 80_100_000, "Ana: x"),
            ("5/2/2567 10:15 - Ana: x", [5, 2, 2567], 36_900_000, "Ana: x"),
            ("05.02.24 um 10:15 Uhr - Ana: x", [5, 2, 24], 36_900_000, "Ana: x"),
        ];
        for (line, date, millis, rest) in cases {
            let head = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(head.stamp.date, date, "{line}");
            assert_eq!(head.stamp.millis_of_day(), Some(millis), "{line}");
            assert_eq!(head.rest, rest, "{line}");
        }
    }

    #[test]
    fn other_lines_begin_no_message() {
        let lines = [
            "",
            "Hello",
            "[10:15] <ana> hi",
            "10:15 - Ana: x",
            "2024-02-05 is a Monday - I think",
            "5/2/24, about ten - Ana",
            "1/2/3",
            "123456/1/24, 10:15 - Ana: x",
            "2024-02-05T10:15:00Z ana hi",
        ];
        for line in lines {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn a_thai_year_is_taken_back_to_ours() {
        let stamp = read("5/2/2567 10:15 - A: x").expect("a head").stamp;
        assert_eq!(stamp.date_in(DateOrder::Dmy).map(jiff::civil::Date::year), Some(2024));
        assert_eq!(stamp.date_in(DateOrder::Ymd), None);
    }
}
