//! When two spellings are one value, and which spelling is the better one.
//!
//! Values agree when their normal forms do. A form may abbreviate another (`a` for `ana`, `1961` for
//! `1961-04-02`). Among spellings of one form the best is the one that lost least on its way: not
//! shouted, not stripped of its accents. Cost: one reading per distinct value.

use crate::model::FieldKind;
use crate::text::date::CivilDate;
use crate::text::email::Email;
use crate::text::fold::fold;
use crate::text::handle::Handle;
use crate::text::name::Name;
use crate::text::phone::Phone;
use crate::text::postal;

/// What exports write where there is no value. Only what cannot be one: people are called Null.
const PLACEHOLDERS: &[&str] =
    &["n/a", "#n/a", "n.a.", "(null)", "<null>", "(none)", "(blank)", "#ref!", "#value!"];

/// The normal form of a value; nothing when it is none.
pub(super) fn normal(kind: FieldKind, text: &str, region: Option<&str>) -> Option<String> {
    if is_nothing(text) {
        return None;
    }
    let read = match kind {
        FieldKind::Email => Email::read(text).map(|email| email.normal().to_owned()),
        FieldKind::Phone => phone(text, region),
        FieldKind::Handle => Handle::read(text).map(|handle| handle.normal()),
        FieldKind::PlatformId => Some(text.to_owned()),
        FieldKind::NationalId => Some(fold(text).chars().filter(|c| c.is_alphanumeric()).collect()),
        FieldKind::DateOfBirth => CivilDate::read_in(text, region).map(|date| date.to_string()),
        FieldKind::FullName => Some(Name::read(text).normal()),
        FieldKind::Postcode => Some(postal::postcode(text)),
        FieldKind::Address => Some(postal::Street::read(text).normal()),
        FieldKind::Other => None,
        _ => Some(words(text)),
    };
    // What its kind cannot read is still a value: it agrees with what is folded alike.
    let kept = || Some(fold(text)).filter(|folded| !folded.is_empty());
    read.filter(|form| !form.is_empty()).or_else(kept).or_else(|| Some(text.to_owned()))
}

/// Blanks, marks without a letter or digit, and placeholders.
fn is_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_punctuation() || c.is_whitespace() || c.is_control())
        || PLACEHOLDERS.iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
}

/// The number in E.164; the region fills in a country only where that gives a possible number.
fn phone(text: &str, region: Option<&str>) -> Option<String> {
    let plain = Phone::read(text, None)?;
    let at_home = || Phone::read(text, region).filter(|phone| phone.possible && !phone.national);
    let phone = if plain.national { at_home().unwrap_or(plain) } else { plain };
    Some(phone.normal().to_owned())
}

/// Folded words of letters and digits.
fn words(text: &str) -> String {
    let folded = fold(text).replace('\'', "");
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether values of this kind are written in a shorter form that still fits.
pub(super) fn can_abbreviate(kind: FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::GivenName | FieldKind::MiddleName | FieldKind::FullName | FieldKind::DateOfBirth
    )
}

/// The shorter forms that fit `form`: initials of a name, year and month of a date.
pub(super) fn abbreviations(kind: FieldKind, form: &str) -> Vec<String> {
    if kind == FieldKind::DateOfBirth {
        return form.match_indices('-').map(|(at, _)| form[..at].to_owned()).collect();
    }
    let words: Vec<&str> = form.split(' ').collect();
    let initial = |word: &str| word.chars().take(1).collect::<String>();
    let first = initial(words[0]);
    let with = |rest: &[&str]| {
        std::iter::once(first.as_str()).chain(rest.iter().copied()).collect::<Vec<_>>().join(" ")
    };
    let mut shorter = vec![with(&words[1..])];
    if kind == FieldKind::FullName {
        // `a petrova` and `ana m petrova` for `ana maria petrova`.
        if let [given, middle, family] = words[..] {
            shorter.extend([with(&[family]), with(&[&initial(middle), family])]);
            shorter.push([given, &initial(middle), family].join(" "));
        }
    } else {
        shorter.push(first.clone());
        shorter.push(words.iter().map(|word| initial(word)).collect::<Vec<_>>().join(" "));
    }
    shorter.retain(|short| short.as_str() != form);
    shorter.sort_unstable();
    shorter.dedup();
    shorter
}

/// How well a spelling renders its form; the greater is the better one.
pub(super) type Quality = (u8, bool, bool, u32, i64);

/// The quality of `text`, which `holders` records have.
pub(super) fn quality(kind: FieldKind, text: &str, form: &str, holders: u32) -> Quality {
    let length = text.chars().count() as i64;
    if kind.identifier().is_some() || kind == FieldKind::DateOfBirth {
        // A phone number that says its country can be dialled from anywhere.
        let abroad = text.starts_with('+') || text.starts_with("00");
        return (u8::from(text == form), abroad, false, holders, -length);
    }
    let accents = text.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
    (case(kind, text), fold(text) == form, accents, holders, length)
}

/// 2 for `Petrova`, 1 for `PETROVA`, 0 for `petrova`. In what may be an acronym the first two are one.
fn case(kind: FieldKind, text: &str) -> u8 {
    let acronym = matches!(
        kind,
        FieldKind::Company | FieldKind::Region | FieldKind::Country | FieldKind::Postcode | FieldKind::Other
    );
    let (upper, lower) = (text.chars().any(char::is_uppercase), text.chars().any(char::is_lowercase));
    match (upper, lower) {
        (true, true) | (false, false) => 2,
        (true, false) if acronym => 2,
        (true, false) => 1,
        (false, true) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_placeholders_are_no_values() {
        for nothing in ["", " ", "-", "?", "...", "N/A", "(null)"] {
            assert_eq!(normal(FieldKind::Surname, nothing, None), None, "{nothing}");
        }
        for (kind, text, form) in [
            (FieldKind::Surname, "Null", "null"),
            (FieldKind::Surname, "O’Brien", "obrien"),
            (FieldKind::Surname, "王", "王"),
            (FieldKind::Other, "★★★", "★★★"),
            (FieldKind::Email, "no address", "no address"),
            (FieldKind::PlatformId, "US.1", "US.1"),
        ] {
            assert_eq!(normal(kind, text, None).as_deref(), Some(form));
        }
    }

    #[test]
    fn a_form_knows_its_abbreviations() {
        assert_eq!(abbreviations(FieldKind::GivenName, "ana"), ["a"]);
        assert_eq!(abbreviations(FieldKind::GivenName, "a"), Vec::<String>::new());
        assert_eq!(abbreviations(FieldKind::FullName, "ana petrova"), ["a petrova"]);
        assert_eq!(abbreviations(FieldKind::DateOfBirth, "1961-04-02"), ["1961", "1961-04"]);
        assert!(abbreviations(FieldKind::FullName, "ana maria petrova").contains(&"ana m petrova".into()));
    }
}
