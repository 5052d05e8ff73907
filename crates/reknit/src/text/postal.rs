//! Postal addresses: postcodes, and streets with their words spelled out.
//!
//! Postcodes lose blanks and hyphens, which no country uses to tell two apart. Streets are folded and
//! cut into words, the usual short forms become whole words (`st` to `street`, `str.` to `strasse`),
//! ordinal words become digits, and the house number is set apart from wherever it stands.
//!
//! Sources: Universal Postal Union S42 (parts of an address), USPS Publication 28 appendix C (street
//! suffixes). Cost: linear, word look-ups by match.

use serde::Serialize;

use super::fold::fold;
use super::phone::digit;

/// The postcode in upper case without blanks, hyphens and dots.
///
/// ```
/// use reknit::text::postal::postcode;
/// assert_eq!(postcode(" tq13 8df "), "TQ138DF");
/// assert_eq!(postcode("D-80331"), "80331");
/// assert_eq!(postcode("12345-6789"), "123456789");
/// ```
pub fn postcode(text: &str) -> String {
    let folded = fold(text);
    let bare = without_country(&folded);
    bare.chars().filter_map(code_char).collect()
}

/// Letters and digits of a postcode in upper case; the digits of all scripts count.
fn code_char(c: char) -> Option<char> {
    if c.is_ascii_alphabetic() { Some(c.to_ascii_uppercase()) } else { digit(c) }
}

/// The code after a country mark (`D-80331`, `NL-1017 AB`): one or two letters, a hyphen, four digits.
fn without_country(code: &str) -> &str {
    match code.split_once('-') {
        Some((mark, rest))
            if (1..=2).contains(&mark.len())
                && mark.bytes().all(|b| b.is_ascii_lowercase())
                && rest.len() >= 4
                && rest.bytes().take(4).all(|b| b.is_ascii_digit()) =>
        {
            rest
        }
        _ => code,
    }
}

/// A street address as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Street {
    /// The house number with its letter (`12b`, `4/17`), without blanks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The words of the street, folded and spelled out, with one blank between.
    pub words: String,
}

/// Longest text looked at: ten lines of forty letters.
const MAX_TEXT: usize = 400;

impl Street {
    /// Reads the street line of an address. Text without letters or digits has no words.
    ///
    /// ```
    /// use reknit::text::postal::Street;
    /// let street = Street::read("12B, St. John's Rd.");
    /// assert_eq!(street.number.as_deref(), Some("12b"));
    /// assert_eq!(street.words, "saint johns road");
    /// assert_eq!(Street::read("Hauptstr. 5 a").normal(), "5a hauptstrasse");
    /// ```
    pub fn read(text: &str) -> Self {
        let folded = fold(text).replace('\'', "");
        let cut = folded.char_indices().nth(MAX_TEXT).map_or(folded.len(), |(at, _)| at);
        let mut words: Vec<String> = words(&folded[..cut]).map(str::to_owned).collect();
        let number = take_number(&mut words);
        let last = words.len().saturating_sub(1);
        for (place, word) in words.iter_mut().enumerate() {
            spell_out(word, place, last);
        }
        Self { number, words: words.join(" ") }
    }

    /// House number, if any, and words.
    pub fn normal(&self) -> String {
        match &self.number {
            Some(number) if self.words.is_empty() => number.clone(),
            Some(number) => format!("{number} {}", self.words),
            None => self.words.clone(),
        }
    }
}

/// Runs of letters, digits and marks; `/` and `-` stay between digits (`4/17`, `12-14`).
fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| {
            !(c.is_alphanumeric()
                || c == '/'
                || c == '-'
                || unicode_normalization::char::is_combining_mark(c))
        })
        .flat_map(|word| {
            let joined = word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'-'));
            word.split(move |c| !joined && matches!(c, '/' | '-'))
        })
        .map(|word| word.trim_matches(['/', '-']))
        .filter(|word| !word.is_empty())
}

/// Takes the house number out: the first word if it starts with a digit, else the last such word.
fn take_number(words: &mut Vec<String>) -> Option<String> {
    let place = if words.first().is_some_and(|word| is_number(word)) {
        0
    } else {
        words.iter().rposition(|word| is_number(word))?
    };
    let mut number = words.remove(place);
    // `Hauptstr. 5 a`: a letter behind the number is part of it, but `5 E Main St` goes east.
    let lettered = place > 0 && place + 1 == words.len() && is_letter(&words[place]);
    if lettered && number.ends_with(|c: char| c.is_ascii_digit()) {
        number.push_str(&words.remove(place));
    }
    Some(number)
}

fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// Digits with at most one letter behind, or two numbers joined: `12`, `12b`, `4/17`, not `42nd`.
fn is_number(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    word.len() - digits.len() <= 1
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'-'))
}

fn spell_out(word: &mut String, place: usize, last: usize) {
    // `st` opens a saint's name and closes a street's.
    let whole = match word.as_str() {
        "st" if place < last && place == 0 => Some("saint"),
        short => whole_word(short),
    };
    if let Some(whole) = whole {
        whole.clone_into(word);
    } else if let Some(stem) = word.strip_suffix("str").filter(|stem| stem.len() > 2) {
        *word = format!("{stem}strasse");
    }
}

/// The whole word for a usual short form, and digits for ordinal words.
fn whole_word(short: &str) -> Option<&'static str> {
    Some(match short {
        "al" | "aly" => "alley",
        "ave" | "av" | "avn" | "aven" => "avenue",
        "bd" | "bld" | "blvd" | "boul" | "bvd" => "boulevard",
        "br" => "branch",
        "bldg" => "building",
        "cct" | "cir" | "circ" | "crcl" => "circle",
        "cl" => "close",
        "cr" | "cres" | "crs" | "crescnt" => "crescent",
        "ct" | "crt" => "court",
        "cv" => "cove",
        "dr" | "drv" => "drive",
        "e" => "east",
        "esp" => "esplanade",
        "est" => "estate",
        "expy" | "expwy" => "expressway",
        "fl" | "flr" => "floor",
        "fwy" => "freeway",
        "gdn" | "gdns" => "gardens",
        "gr" | "grv" => "grove",
        "hse" => "house",
        "hts" => "heights",
        "hwy" | "hway" => "highway",
        "ln" => "lane",
        "lwr" => "lower",
        "mt" => "mount",
        "mtn" => "mountain",
        "n" => "north",
        "pde" | "pd" => "parade",
        "pk" => "park",
        "plz" | "pza" => "plaza",
        "pkwy" | "pky" => "parkway",
        "pl" => "place",
        "prom" => "promenade",
        "qu" => "quay",
        "rd" => "road",
        "rte" => "route",
        "s" => "south",
        "sq" => "square",
        "st" | "str" | "strt" => "street",
        "sta" | "stn" => "station",
        "ter" | "tce" | "terr" => "terrace",
        "trl" => "trail",
        "upr" => "upper",
        "w" => "west",
        "wy" => "way",
        "apt" | "appt" => "apartment",
        "ste" => "suite",
        "rm" => "room",
        "pltz" => "platz",
        "avda" | "avd" => "avenida",
        "cra" => "carrera",
        "first" => "1st",
        "second" => "2nd",
        "third" => "3rd",
        "fourth" => "4th",
        "fifth" => "5th",
        "sixth" => "6th",
        "seventh" => "7th",
        "eighth" => "8th",
        "ninth" => "9th",
        "tenth" => "10th",
        "eleventh" => "11th",
        "twelfth" => "12th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_forms_are_spelled_out_and_numbers_set_apart() {
        for (raw, number, words) in [
            ("12 High St", Some("12"), "high street"),
            ("St. Mary's Ave 7", Some("7"), "saint marys avenue"),
            ("Goethestr. 12 b", Some("12b"), "goethestrasse"),
            ("Lindenstraße 4-6", Some("4-6"), "lindenstrasse"),
            ("5 E Main St", Some("5"), "east main street"),
            ("Fifth Ave", None, "5th avenue"),
            ("3/17 Pde Pl", Some("3/17"), "parade place"),
            ("42nd St", None, "42nd street"),
            ("12", Some("12"), ""),
            ("", None, ""),
        ] {
            let street = Street::read(raw);
            assert_eq!((street.number.as_deref(), street.words.as_str()), (number, words), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_postcode_reads_as_itself(text in any::<String>()) {
            let once = postcode(&text);
            prop_assert_eq!(postcode(&once), once);
        }

        #[test]
        fn a_normal_street_reads_as_itself(text in "[0-9]{0,3}[a-z]?[ ,/-]{0,2}([a-zA-Zß]{1,6}[ .,]{0,2}){0,4}[0-9]{0,3} ?[a-z]?") {
            let once = Street::read(&text).normal();
            prop_assert_eq!(Street::read(&once).normal(), once);
        }

        #[test]
        fn every_text_is_a_street(text in any::<String>()) {
            let _ = Street::read(&text);
        }
    }
}
