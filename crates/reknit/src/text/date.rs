//! Calendar dates as people write them, with their doubt kept.
//!
//! `3/4/85` is the third of April in most of the world and March the fourth in America: the reading
//! takes one, says that it is ambiguous and offers the other. Two-digit years get a century and say
//! so. A year or a year and month alone are dates too: birthdays are often known no better.
//!
//! Sources: ISO 8601 (order and compact form), RFC 5322 section 4.3 (two-digit years exist), CLDR for
//! the habit of month first. Cost: linear, no allocation for dates of digits.

use std::fmt;

use serde::{Serialize, Serializer};

use super::fold::fold;

/// A calendar date: a year, perhaps a month, perhaps a day. No time, no zone.
///
/// As JSON: `{"normal": "1985-04-03", "year": 1985, "month": 4, "day": 3, "ambiguous": true,
/// "short_year": true}`; `month` and `day` are absent when unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    year: u16,
    /// 0 = unknown.
    month: u8,
    /// 0 = unknown.
    day: u8,
    ambiguous: bool,
    short_year: bool,
}

/// Longest text looked at; the longest month name with a weekday takes half of it.
const MAX_TEXT: usize = 64;
/// Two-digit years up to this one are of this century: a contact is rarely younger than a child
/// born in 2029 and often as old as one born in 1930.
const LAST_SHORT_YEAR: u16 = 29;
/// Years of four digits that are read as years: people of history up to appointments of the future.
const YEARS: std::ops::RangeInclusive<u16> = 1000..=2999;

impl CivilDate {
    /// The date of a year, a month and a day, if there is such a day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = YEARS.contains(&year) && day >= 1 && day <= days_in(year, month);
        exists.then_some(Self { year, month, day, ambiguous: false, short_year: false })
    }

    /// Reads a date, the day first where the order is in doubt. `None` when there is no such date.
    ///
    /// ```
    /// use reknit::text::date::CivilDate;
    /// let date = CivilDate::read("3/4/85").unwrap();
    /// assert_eq!(date.to_string(), "1985-04-03");
    /// assert_eq!(date.swapped().unwrap().to_string(), "1985-03-04");
    /// assert_eq!(CivilDate::read("19560409"), CivilDate::new(1956, 4, 9));
    /// assert_eq!(CivilDate::read("1. März 2024"), CivilDate::new(2024, 3, 1));
    /// assert_eq!(CivilDate::read("40/13/2024"), None);
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        Self::read_in(text, None)
    }

    /// Reads a date as written in a region (ISO 3166): month first in `US` and its neighbours in habit.
    pub fn read_in(text: &str, region: Option<&str>) -> Option<Self> {
        let month_first =
            region.is_some_and(|region| MONTH_FIRST.iter().any(|r| r.eq_ignore_ascii_case(region)));
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return None;
        }
        let parts = Parts::of(text)?;
        match parts.numbers() {
            [only] => parts.month.map_or_else(|| of_one(*only), |month| of_year_month(*only, month)),
            [a, b] => match parts.month {
                Some(month) => of_named_month(*a, month, *b),
                None => of_two(*a, *b),
            },
            [a, b, c] if parts.month.is_none() => of_three([*a, *b, *c], month_first),
            _ => None,
        }
    }

    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> Option<u8> {
        (self.month > 0).then_some(self.month)
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> Option<u8> {
        (self.day > 0).then_some(self.day)
    }

    /// Whether day and month could also be the other way round as it was written.
    pub fn is_ambiguous(self) -> bool {
        self.ambiguous
    }

    /// Whether the century is a guess from two digits.
    pub fn has_short_year(self) -> bool {
        self.short_year
    }

    /// The date with day and month exchanged, if that is another date: the slip people make most.
    #[must_use]
    pub fn swapped(self) -> Option<Self> {
        let swapped = Self { month: self.day, day: self.month, ..self };
        (self.day != self.month && self.day > 0 && self.day <= 12 && self.month > 0).then_some(swapped)
    }
}

impl fmt::Display for CivilDate {
    /// ISO 8601 as far as known: `1985-04-03`, `1985-04` or `1985`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month > 0 {
            write!(f, "-{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(f, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

impl Serialize for CivilDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Reading {
            normal: String,
            year: u16,
            #[serde(skip_serializing_if = "Option::is_none")]
            month: Option<u8>,
            #[serde(skip_serializing_if = "Option::is_none")]
            day: Option<u8>,
            ambiguous: bool,
            short_year: bool,
        }
        Reading {
            normal: self.to_string(),
            year: self.year,
            month: self.month(),
            day: self.day(),
            ambiguous: self.ambiguous,
            short_year: self.short_year,
        }
        .serialize(serializer)
    }
}

/// Regions that write the month before the day in digits.
const MONTH_FIRST: &[&str] = &["US", "PH", "FM", "MH", "PW", "GU", "AS", "PR", "VI", "UM"];

/// One run of digits: its value and how many there were.
#[derive(Debug, Clone, Copy)]
struct Digits {
    value: u32,
    count: u8,
}

/// The runs of digits in a text and the month it names.
struct Parts {
    numbers: [Digits; 3],
    count: usize,
    month: Option<u8>,
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let folded;
        let text = if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_alphabetic()) {
            text
        } else {
            folded = fold(text);
            &folded
        };
        let mut parts = Self { numbers: [Digits { value: 0, count: 0 }; 3], count: 0, month: None };
        let mut rest = without_time(text);
        while let Some(c) = rest.chars().next() {
            let is_digit = c.is_ascii_digit();
            let same = |d: char| if is_digit { d.is_ascii_digit() } else { d.is_alphabetic() };
            let end = rest.find(|d: char| !same(d)).unwrap_or(rest.len());
            if end == 0 {
                is_separator(c).then_some(())?;
                rest = &rest[c.len_utf8()..];
                continue;
            }
            let (run, tail) = rest.split_at(end);
            if is_digit { parts.number(run) } else { parts.word(run) }?;
            rest = tail;
        }
        Some(parts)
    }

    fn number(&mut self, run: &str) -> Option<()> {
        let place = self.numbers.get_mut(self.count)?;
        *place = Digits { value: run.parse().ok()?, count: run.len() as u8 };
        self.count += 1;
        Some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        match word {
            "st" | "nd" | "rd" | "th" | "er" | "of" | "de" | "del" | "den" | "der" | "am" | "le" | "the"
            | "d" | "i" | "год" | "года" | "г" | "р" | "року" | "r" | "roku" | "tháng" | "thang" | "nam"
            | "ngay" | "年" | "月" | "日" | "년" | "월" | "일" | "ב" | "في" | "di" | "do" => {
                Some(())
            }
            _ if is_weekday(word) && self.month.is_none() => Some(()),
            _ if self.month.is_some() => None,
            _ => {
                self.month = Some(month(word)?);
                Some(())
            }
        }
    }

    fn numbers(&self) -> &[Digits] {
        &self.numbers[..self.count]
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '/' | '.' | ',' | ' ' | '_' | '\'' | '(' | ')')
}

/// The text before a time of day (`1985-04-03T00:00:00`, `3.4.1985 00:00`).
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text };
    let head = &text[..colon];
    head.rfind([' ', 't', 'T']).map_or(text, |cut| &head[..cut])
}

fn of_one(only: Digits) -> Option<CivilDate> {
    match only.count {
        4 => of_year(only),
        6 => of_year_month(Digits { value: only.value / 100, count: 4 }, (only.value % 100) as u8),
        8 => of_compact(only.value),
        _ => None,
    }
}

/// `yyyymmdd`, or `ddmmyyyy` where that is the only way it is a date.
fn of_compact(digits: u32) -> Option<CivilDate> {
    let day = |year: u32, month: u32, day: u32| CivilDate::new(year as u16, month as u8, day as u8);
    day(digits / 10_000, digits / 100 % 100, digits % 100)
        .or_else(|| day(digits % 10_000, digits / 10_000 % 100, digits / 1_000_000))
        .or_else(|| day(digits % 10_000, digits / 1_000_000, digits / 10_000 % 100))
}

fn of_year(year: Digits) -> Option<CivilDate> {
    let value = u16::try_from(year.value).ok()?;
    let year = YEARS.contains(&value).then_some(value)?;
    Some(CivilDate { year, month: 0, day: 0, ambiguous: false, short_year: false })
}

fn of_year_month(year: Digits, month: u8) -> Option<CivilDate> {
    let date = (year.count == 4).then(|| of_year(year))??;
    (1..=12).contains(&month).then_some(CivilDate { month, ..date })
}

/// Year and month, in either order.
fn of_two(a: Digits, b: Digits) -> Option<CivilDate> {
    let (year, month) = if a.count == 4 { (a, b) } else { (b, a) };
    of_year_month(year, u8::try_from(month.value).ok()?)
}

/// Day and year around a named month, in either order.
fn of_named_month(a: Digits, month: u8, b: Digits) -> Option<CivilDate> {
    let (year, day) = if a.count == 4 { (a, b) } else { (b, a) };
    of_day(year, month.into(), day.value)
}

fn of_day(year: Digits, month: u32, day: u32) -> Option<CivilDate> {
    let (full, short_year) = full_year(year)?;
    let date = CivilDate::new(full, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    Some(CivilDate { short_year, ..date })
}

/// A year of four digits as it is, of two digits with its century.
fn full_year(year: Digits) -> Option<(u16, bool)> {
    let value = u16::try_from(year.value).ok()?;
    match year.count {
        4 => Some((value, false)),
        2 if value <= LAST_SHORT_YEAR => Some((2000 + value, true)),
        2 => Some((1900 + value, true)),
        _ => None,
    }
}

fn of_three([a, b, c]: [Digits; 3], month_first: bool) -> Option<CivilDate> {
    if a.count == 4 {
        return of_day(a, b.value, c.value).or_else(|| of_day(a, c.value, b.value));
    }
    let day_first = of_day(c, b.value, a.value);
    let american = of_day(c, a.value, b.value);
    let ambiguous = day_first.is_some() && american.is_some() && a.value != b.value;
    let date = if month_first { american.or(day_first) } else { day_first.or(american) };
    // `85-04-03`: a first number beyond 31 can only be a short year.
    date.map(|date| CivilDate { ambiguous, ..date }).or_else(|| of_day(a, b.value, c.value))
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// The names of the months, folded, whole (also as they stand behind a day: `5 stycznia`) and shortened
/// to their usual letters: English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish,
/// Danish, Norwegian, Finnish, Polish, Czech, Slovak, Hungarian, Romanian, Turkish, Indonesian, Latvian,
/// Lithuanian, Estonian, Catalan, Russian, Ukrainian, Bulgarian, Greek, Arabic and Hebrew. Where two
/// languages disagree on a word (`listopad`, `srpanj`) the one with more speakers has it.
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "january jan januar janner janvier janv enero ene gennaio gen janeiro januari tammikuu tammikuuta styczen stycznia sty leden ledna januara ianuarie ocak janvaris sausio jaanuar gener январь января янв січень січня януари ιανουάριοσ ιανουαρίου يناير ינואר",
    "february feb februar feber fevrier fevr febrero febbraio fevereiro fev februari helmikuu helmikuuta luty lutego lut unor unora februara februarie subat februaris vasario veebruar febrer февраль февраля фев лютий лютого февруари φεβρουάριοσ φεβρουαρίου فبراير פברואר",
    "march mar marz maerz mrz mars marzo marco maart mrt marts maaliskuu maaliskuuta marzec marca brezen brezna marcius martie mart maret kovo marc март марта мар березень березня μάρτιοσ μαρτίου مارس מרץ",
    "april apr avril avr abril abr aprile huhtikuu huhtikuuta kwiecien kwietnia kwi duben dubna aprila aprilis aprilie nisan balandzio aprill апрель апреля апр квітень квітня април απρίλιοσ απριλίου أبريل אפריל",
    "may mai mayo maggio mag maio mei maj toukokuu toukokuuta maja kveten kvetna majus mayis maijs geguzes maig май мая травень травня μάιοσ μαΐου مايو מאי",
    "june jun juni juin junio giugno giu junho kesakuu kesakuuta czerwiec czerwca cze cerven cervna juna junius iunie haziran junijs birzelio juuni juny июнь июня июн червень червня юни ιούνιοσ ιουνίου يونيو יוני",
    "july jul juli juillet juil julio luglio lug julho heinakuu heinakuuta lipiec lipca lip cervenec cervence jula julius iulie temmuz julijs liepos juuli juliol июль июля июл липень липня юли ιούλιοσ ιουλίου يوليو יולי",
    "august aug aout agosto ago augustus augusti elokuu elokuuta sierpien sierpnia sie srpen srpna augusta augusztus agustos agustus augusts rugpjucio agost август августа авг серпень серпня αύγουστοσ αυγούστου أغسطس אוגוסט",
    "september sep sept septembre septiembre setiembre settembre set setembro syyskuu syyskuuta wrzesien wrzesnia wrz zari septembra szeptember septembrie eylul septembris rugsejo setembre сентябрь сентября сен вересень вересня септември σεπτέμβριοσ σεπτεμβρίου سبتمبر ספטמבר",
    "october oct oktober okt octobre octubre ottobre ott outubro out lokakuu lokakuuta pazdziernik pazdziernika paz rijen rijna oktobra octombrie ekim oktobris spalio oktoober октябрь октября окт жовтень жовтня октомври οκτώβριοσ οκτωβρίου أكتوبر אוקטובר",
    "november nov novembre noviembre novembro marraskuu marraskuuta listopad listopada lis listopadu novembra noiembrie kasim novembris lapkricio ноябрь ноября ноя листопад листопада ноември νοέμβριοσ νοεμβρίου نوفمبر נובמבר",
    "december dec dezember dez decembre diciembre dic dicembre dezembro desember joulukuu joulukuuta grudzien grudnia gru prosinec prosince decembra decembrie aralik decembris gruodzio detsember desembre декабрь декабря дек грудень грудня декември δεκέμβριοσ δεκεμβρίου ديسمبر דצמבר",
];

/// The month a folded word names.
fn month(word: &str) -> Option<u8> {
    let folded;
    let word = if word.is_ascii() {
        word
    } else {
        folded = fold(word);
        &folded
    };
    let place = MONTHS.iter().position(|names| names.split(' ').any(|name| name == word))?;
    u8::try_from(place + 1).ok()
}

#[rustfmt::skip]
fn is_weekday(word: &str) -> bool {
    matches!(
        word,
        "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday" | "mon" | "tue"
        | "wed" | "thu" | "fri" | "sat" | "sun" | "montag" | "dienstag" | "mittwoch" | "donnerstag"
        | "freitag" | "samstag" | "sonnabend" | "sonntag" | "lundi" | "mardi" | "mercredi" | "jeudi"
        | "vendredi" | "samedi" | "dimanche" | "lunes" | "martes" | "miercoles" | "jueves" | "viernes"
        | "sabado" | "domingo" | "lunedi" | "martedi" | "mercoledi" | "giovedi" | "venerdi" | "sabato"
        | "domenica" | "segunda-feira" | "maandag" | "dinsdag" | "woensdag" | "donderdag" | "vrijdag"
        | "zaterdag" | "zondag" | "mandag" | "tirsdag" | "onsdag" | "torsdag" | "fredag" | "lordag"
        | "sondag" | "tisdag" | "poniedzialek" | "wtorek" | "sroda" | "czwartek" | "piatek" | "sobota"
        | "niedziela" | "понедельник" | "вторник" | "среда" | "четверг" | "пятница" | "суббота"
        | "воскресенье" | "pazartesi" | "sali" | "carsamba" | "persembe" | "cuma" | "cumartesi" | "pazar"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_reads_or_not(text in any::<String>()) {
            let _ = CivilDate::read(&text);
        }

        #[test]
        fn a_normal_form_reads_as_itself(text in "[0-9]{1,4}[-/. ]([0-9]{1,2}|march|fév)[-/. ][0-9]{1,4}|[0-9]{4,8}") {
            if let Some(date) = CivilDate::read(&text) {
                let again = CivilDate::read(&date.to_string());
                prop_assert_eq!(again.map(|d| d.to_string()), Some(date.to_string()));
            }
        }

        #[test]
        fn swapping_twice_is_no_change(year in 1000u16..3000, month in 1u8..13, day in 1u8..32) {
            if let Some(swapped) = CivilDate::new(year, month, day).and_then(CivilDate::swapped) {
                prop_assert_eq!(swapped.swapped(), CivilDate::new(year, month, day));
            }
        }
    }
}
