//! Phone numbers: every notation to E.164.
//!
//! The digits are taken from the text, an extension is set aside (`notation.rs`), and then one question
//! is asked: which country. A `+` or the exit code of the caller's region says so itself; otherwise it
//! is the caller's region. The trunk prefix goes (`0` in most of the world), also where people leave it
//! in after the country code, `+44 (0)20 ...`. The plans of all regions are automata in constant tables
//! (`plan.rs`), so that the reading also says whether such a number exists, and what kind of line it is.
//! A number whose country stays unknown keeps its digits and says so: it can still agree with another
//! on its last digits.
//!
//! Sources: ITU-T E.164 (2010), RFC 3966 (`tel:`), and the rules and metadata of libphonenumber, whose
//! E.164 form is the measure. Where it is left: a word behind a number is a label and not keys to be
//! typed, an exit code shows itself also where no region is given, a country code also without its plus,
//! Mexico's marks of old go, and prefixes go until none is left, so that a normal form reads as itself. Cost: linear in the text; the walks through the tables are as long as the number; one
//! allocation.

mod digits;
#[rustfmt::skip]
#[allow(clippy::unreadable_literal, reason = "tables made by a program")]
mod metadata;
mod notation;
mod plan;

use serde::Serialize;

use digits::Digits;
use notation::Dialled;
use plan::Region;

pub(super) use notation::digit;
pub use plan::Line;

/// A phone number as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Phone {
    normal: String,
    #[serde(skip)]
    significant: u8,
    /// The region (ISO 3166 two letters) that owns the number; the main one where several share a
    /// calling code and the digits do not tell. `None` when no country is known or meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'static str>,
    /// The extension behind the number, digits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Whether the country is unknown, so that the normal form is only the digits as dialled there.
    pub national: bool,
    /// Whether the count of digits is one the region uses; always `true` without a region.
    pub possible: bool,
    /// Whether the numbering plan of the region has such a number.
    pub valid: bool,
    /// What the number is for, if it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
}

/// E.164 allows 15 digits in all; two more are kept, since Germany has longer numbers.
const MAX_DIGITS: usize = 17;
/// Fewer digits than this are an extension or an emergency code, not somebody's number.
const MIN_DIGITS: usize = 3;
const MIN_DIGITS_WITHOUT_REGION: usize = 5;
/// Fewer digits than this may be a number inside its own city.
const MIN_WITH_AREA: usize = 8;

impl Phone {
    /// Reads a number; `region` is the ISO 3166 code of the country where it was written down
    /// without a country code. `None` when the text holds no number.
    ///
    /// ```
    /// use reknit::text::phone::{Line, Phone};
    /// let phone = Phone::read("0151 / 123 456-78 ext. 9", Some("DE")).unwrap();
    /// assert_eq!(phone.normal(), "+4915112345678");
    /// assert_eq!(phone.extension.as_deref(), Some("9"));
    /// assert_eq!(phone.line, Some(Line::Mobile));
    /// assert_eq!(Phone::read("+44 (0)20 7946 0018", None).unwrap().normal(), "+442079460018");
    /// let unknown = Phone::read("020 7946 0018", None).unwrap();
    /// assert!(unknown.national && unknown.normal() == "2079460018");
    /// ```
    pub fn read(text: &str, region: Option<&str>) -> Option<Self> {
        let Dialled { plus, digits, extension } = Dialled::read(text)?;
        match Number::read(plus, &digits, region.and_then(Region::of_code)) {
            Ok(number) => number.into_phone(extension),
            Err(Unreadable::Country) => Self::of_unknown_country(&digits, extension),
            Err(Unreadable::Length) => None,
        }
    }

    fn of_unknown_country(digits: &Digits, extension: Option<String>) -> Option<Self> {
        let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
        let significant = digits.tail(zeros);
        if !(MIN_DIGITS_WITHOUT_REGION..=MAX_DIGITS).contains(&significant.len()) {
            return None;
        }
        let mut normal = String::with_capacity(significant.len());
        significant.write_to(&mut normal);
        Some(Self {
            normal,
            significant: 0,
            region: None,
            extension,
            national: true,
            possible: true,
            valid: false,
            line: None,
        })
    }

    /// `+` and all digits (E.164), or only the digits without leading zeros when
    /// [`national`](Self::national).
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// The digits after the calling code: what two notations share when one lacks the country.
    pub fn significant(&self) -> &str {
        &self.normal[usize::from(self.significant)..]
    }
}

/// Why digits have no E.164 form.
enum Unreadable {
    /// No country is known, or the one said does not exist.
    Country,
    /// Too few digits or too many.
    Length,
}

/// A number whose calling code is known.
struct Number {
    /// The main region of the calling code.
    main: &'static Region,
    significant: Digits,
}

impl Number {
    /// Reads what was dialled in the region `home`.
    fn read(plus: bool, digits: &Digits, home: Option<&'static Region>) -> Result<Self, Unreadable> {
        let abroad = if plus { Self::international(digits) } else { Err(Unreadable::Country) };
        match (abroad, home) {
            // Behind a plus that no country code follows there may be an exit code.
            (Err(Unreadable::Country), Some(home)) => match Self::with_country(home, digits)? {
                Some(number) => Ok(number),
                None if plus => Err(Unreadable::Country),
                None => Ok(Self::of(home, digits)),
            },
            (Err(Unreadable::Country), None) if !plus => {
                Self::behind_common_exit(digits).ok_or(Unreadable::Country)
            }
            (abroad, _) => abroad,
        }
    }

    /// Reads a number behind one of the two exit codes that most of the world dials. Without a region
    /// only digits that are a number of the plan show that this is what they are.
    fn behind_common_exit(digits: &Digits) -> Option<Self> {
        let exits: [&[u8]; 2] = [&[0, 0], &[0, 1, 1]];
        let exit = exits.into_iter().find(|exit| digits.starts_with(exit))?;
        let number = Self::international(&digits.tail(exit.len())).ok()?;
        number.main.owner(&number.significant)?.1.is_some().then_some(number)
    }

    /// Reads calling code and number.
    fn international(digits: &Digits) -> Result<Self, Unreadable> {
        if digits.len() < MIN_DIGITS {
            return Err(Unreadable::Length);
        }
        let (main, end) = Region::of_digits(digits).ok_or(Unreadable::Country)?;
        Ok(Self::of(main, &digits.tail(end)))
    }

    /// Reads a number with a country code before it: any behind an exit code, or the own without one if
    /// that makes digits that are no number of `home` into one, or likelier.
    fn with_country(home: &'static Region, digits: &Digits) -> Result<Option<Self>, Unreadable> {
        if let Some(rest) = home.behind_exit(digits) {
            return Self::international(&rest).map(Some);
        }
        let Some((main, end)) = Region::of_digits(digits).filter(|(main, _)| main.calling == home.calling)
        else {
            return Ok(None);
        };
        let rest = home.without_trunk(&digits.tail(end));
        let mends = !home.is_number(digits) && home.is_number(&rest);
        let number = Self::of(main, &rest);
        let reads = mends || home.is_too_long(digits.len()) || number.is_likelier_in(home, digits);
        Ok(reads.then_some(number))
    }

    /// Whether this reading, with the country code of `home`, beats the local one: where a trunk prefix
    /// is dialled, digits without it are no local number, unless they are few enough to lack the area
    /// code too. `4915112345678` in Germany is a mobile and not a very long number in Leer (0491).
    fn is_likelier_in(&self, home: &Region, digits: &Digits) -> bool {
        home.lacks_trunk(digits)
            && self.significant.len() >= MIN_WITH_AREA
            && self.main.owner(&self.significant).is_some_and(|(_, line)| line.is_some())
    }

    /// The number that `digits` are in `home`; prefixes go until none is left, also those that only the
    /// main region of the calling code knows, since it is the one that reads the normal form.
    fn of(home: &'static Region, digits: &Digits) -> Self {
        let main = home.main();
        let mut significant = home.significant(digits);
        for _ in 0..digits.len() {
            let bare = main.significant(&without_old_mark(main, &significant));
            if bare[..] == significant[..] {
                break;
            }
            significant = bare;
        }
        Self { main, significant }
    }

    fn into_phone(self, extension: Option<String>) -> Option<Phone> {
        let Self { main, significant } = self;
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&significant.len()) {
            return None;
        }
        let owner = main.owner(&significant);
        let line = owner.and_then(|(_, line)| line);
        let mut normal = String::with_capacity(1 + 3 + significant.len());
        normal.push('+');
        main.write_calling(&mut normal);
        let start = normal.len() as u8;
        significant.write_to(&mut normal);
        Some(Phone {
            normal,
            significant: start,
            region: owner.map_or(main, |(region, _)| region).code(),
            extension,
            national: false,
            possible: main.has_length(significant.len()),
            valid: line.is_some(),
            line,
        })
    }
}

/// A Mexican number without the marks that were dialled before it until 2020, `1` from abroad to a
/// mobile and `01`, `044` and `045` inside the country; they live on in address books.
fn without_old_mark(main: &Region, digits: &Digits) -> Digits {
    let marks: [&[u8]; 4] = [&[1], &[0, 1], &[0, 4, 4], &[0, 4, 5]];
    let mark =
        (main.calling == 52).then(|| marks.into_iter().find(|mark| digits.starts_with(mark))).flatten();
    let bare = mark.map(|mark| digits.tail(mark.len())).filter(|bare| main.is_number(bare));
    bare.filter(|_| !main.has_length(digits.len())).unwrap_or(*digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_reads_or_not(text in any::<String>(), region in "[A-Za-z]{2}") {
            let _ = Phone::read(&text, Some(&region));
        }

        #[test]
        fn every_notation_reads_or_not(text in "[+0-9a-zA-Z ()/x#,;=~.-]{0,300}", region in "[A-Z]{2}") {
            let _ = Phone::read(&text, Some(&region));
        }

        #[test]
        fn a_normal_form_reads_as_itself(text in "(\\+|00|0|011|8|1|)[0-9 ()/x-]{3,20}", region in "[A-Z]{2}") {
            for home in [None, Some(region.as_str())] {
                if let Some(phone) = Phone::read(&text, home).filter(|phone| !phone.national) {
                    let again = Phone::read(phone.normal(), None);
                    prop_assert_eq!(again.as_ref().map(Phone::normal), Some(phone.normal()));
                    let there = Phone::read(phone.normal(), home);
                    prop_assert_eq!(there.as_ref().map(Phone::normal), Some(phone.normal()));
                }
            }
        }

        #[test]
        fn a_national_form_reads_as_itself(text in "[0-9 ()-]{3,20}") {
            if let Some(phone) = Phone::read(&text, None) {
                let again = Phone::read(phone.normal(), None);
                prop_assert_eq!(again.as_ref().map(Phone::normal), Some(phone.normal()));
            }
        }
    }
}
