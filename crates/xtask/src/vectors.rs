//! Agreement of single readings with what others made of the same texts.
//!
//! A phone number agrees if its E.164 form is the reference's, and if it has none where the reference
//! reads no number. An e-mail address agrees if the address to write to is the reference's, and if it
//! is read exactly where the reference calls it one. Rows about options that the library does not have
//! are left out, and rows whose address the same reference calls none elsewhere (two dots in a row).

use std::path::Path;

use csv::StringRecord;
use reknit::text::email::Email;
use reknit::text::phone::Phone;

/// Options of the reference that repeat its defaults.
const DEFAULTS: &[&str] = &[
    "",
    "all_lowercase: true",
    "gmail_convert_googlemaildotcom: true",
    "gmail_remove_dots: true",
    "gmail_remove_subaddress: true",
    "icloud_remove_subaddress: true",
    "outlookdotcom_remove_subaddress: true",
    "yahoo_remove_subaddress: true",
    "yandex_convert_yandexru: true",
];

/// Agreement over `vectors.csv`, as JSON.
pub(crate) fn phones(folder: &Path) -> Option<String> {
    let rows = rows(&folder.join("vectors.csv"), ["region", "raw", "parses", "e164"])?;
    let agrees = |[region, raw, parses, e164]: &[String; 4]| {
        let phone = Phone::read(raw, Some(region)).filter(|phone| !phone.national);
        let wanted = (parses == "1").then_some(e164.as_str());
        phone.as_ref().map(Phone::normal) == wanted
    };
    agreement(rows.iter().map(agrees))
}

/// Agreement over `normalize.csv` and `validate.csv`, as JSON.
pub(crate) fn mailboxes(folder: &Path) -> Option<String> {
    let forms = rows(&folder.join("normalize.csv"), ["input", "expected", "ok", "options"])?;
    let has_form = |[input, expected, ok, _]: &[String; 4]| {
        let wanted = (ok == "1").then_some(expected.as_str());
        Email::read(input).as_ref().map(Email::address) == wanted
    };
    let verdicts = rows(&folder.join("validate.csv"), ["input", "verdict", "options"])?;
    let is_one = |[input, verdict, _]: &[String; 3]| Email::read(input).is_some() == (verdict == "valid");
    let forms = forms.iter().filter(|row| is_default(&row[3]) && !row[0].contains(".."));
    let verdicts = verdicts.iter().filter(|row| is_default(&row[2]));
    agreement(forms.map(has_form).chain(verdicts.map(is_one)))
}

fn is_default(options: &str) -> bool {
    options.split(',').all(|option| DEFAULTS.contains(&option.trim()))
}

/// The named columns of a file.
fn rows<const N: usize>(file: &Path, columns: [&str; N]) -> Option<Vec<[String; N]>> {
    let mut reader = csv::Reader::from_path(file).ok()?;
    let header = reader.headers().ok()?.clone();
    let place = |column: &str| header.iter().position(|found| found == column);
    let places: Vec<usize> = columns.into_iter().map(place).collect::<Option<_>>()?;
    let pick =
        |row: StringRecord| std::array::from_fn(|at| row.get(places[at]).unwrap_or_default().to_owned());
    reader.into_records().map(|row| row.ok().map(pick)).collect()
}

fn agreement(rows: impl Iterator<Item = bool>) -> Option<String> {
    let (mut agree, mut count) = (0_u32, 0_u32);
    for row in rows {
        agree += u32::from(row);
        count += 1;
    }
    let share = f64::from(agree) / f64::from(count);
    (count > 0).then(|| format!(r#"{{"agreement": {share}, "agree": {agree}, "count": {count}}}"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_repeat_the_defaults_count_as_none() {
        assert!(is_default("") && is_default("gmail_remove_dots: true,"));
        assert!(
            !is_default("all_lowercase: false") && !is_default("all_lowercase: true, gmail_lowercase: false")
        );
    }

    #[test]
    fn agreement_is_the_share_of_rows() {
        assert_eq!(
            agreement([true, false].into_iter()).as_deref(),
            Some(r#"{"agreement": 0.5, "agree": 1, "count": 2}"#)
        );
        assert_eq!(agreement(std::iter::empty()), None);
    }
}
