//! Invented households: does the resolver keep those apart who share a home, a line and a name?
//!
//! Each household is a pair of people with one phone, one address and one family name: father and son
//! or mother and daughter of one given name, told by `Sr.` and `Jr.` (in one column with the name or
//! behind the family name in its own) or by their dates of birth, of which some fall on one day of the
//! year; and siblings born on one day. Half of the pairs have an e-mail address each. The first of each
//! pair is listed twice, in two systems, so that keeping everybody apart is no way to pass.

use reknit::model::{Record, Table, unwatched};
use reknit::resolve::{Config, Resolver};

/// Households of each kind of table: names in one column, and in two.
const HOUSEHOLDS: usize = 600;

/// The share of households whose two people become one, and of people whose two records stay two, as
/// JSON.
pub(crate) fn households() -> Option<String> {
    let (mut merged, mut halved) = (0, 0);
    for layout in [Layout::OneColumn, Layout::TwoColumns] {
        let records: Vec<Record> = (0..HOUSEHOLDS).flat_map(|number| household(number, layout)).collect();
        let table = Table::from_records(&records).ok()?;
        let (_, resolution) = Resolver::fit_resolve(&Config::contacts(), &table, &mut unwatched).ok()?;
        for of in resolution.entity_ids.chunks(3) {
            merged += usize::from(of[0] == of[2] || of[1] == of[2]);
            halved += usize::from(of[0] != of[1]);
        }
    }
    let share = |count: usize| count as f64 / (2 * HOUSEHOLDS) as f64;
    Some(format!(
        r#"{{"merged": {}, "halved": {}, "count": {}}}"#,
        share(merged),
        share(halved),
        2 * HOUSEHOLDS
    ))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    OneColumn,
    TwoColumns,
}

/// What parts the two people of a household.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// By `Sr.` and `Jr.`, without dates of birth.
    Suffix,
    /// By both.
    SuffixAndDate,
    Date,
    /// By the year, the day of the year being one.
    Year,
    /// Born on one day, with two given names.
    GivenName,
}

/// The elder in two systems, and the younger.
fn household(number: usize, layout: Layout) -> [Record; 3] {
    let draw = |salt: usize, below: usize| {
        drawn(2 * number + usize::from(layout == Layout::OneColumn), salt) % below
    };
    let told = [Told::Suffix, Told::SuffixAndDate, Told::Date, Told::Year, Told::GivenName][number % 5];
    let given = if number.is_multiple_of(2) { MEN } else { WOMEN };
    let place = draw(1, given.len());
    let other = if told == Told::GivenName { given[(place + 1) % given.len()] } else { given[place] };
    let family = FAMILY[draw(2, FAMILY.len())];
    let (born, day, month) = (1930 + draw(3, 30), 1 + draw(4, 28), 1 + draw(5, 12));
    // By 22 years and more, and never by a number that one digit makes.
    let gap = [22, 25, 27, 28, 33, 36, 37][draw(6, 7)];
    let date = match told {
        Told::Suffix => [String::new(), String::new()],
        Told::SuffixAndDate | Told::Date => {
            [iso(born, month, day), iso(born + gap, 1 + (month + 4) % 12, 1 + (day + 12) % 28)]
        }
        Told::Year => [iso(born, month, day), iso(born + gap, month, day)],
        Told::GivenName => [iso(born, month, day), iso(born, month, day)],
    };
    let suffixes = if matches!(told, Told::Suffix | Told::SuffixAndDate) {
        [" Sr.", " Senior", " Jr."]
    } else {
        ["", "", ""]
    };
    let mail = |name: &str, year: usize| {
        let name = format!("{}.{}{}", name.to_lowercase(), family.to_lowercase(), year % 100);
        if draw(7, 2) == 0 { format!("{name}@mail.example") } else { String::new() }
    };
    let phone = format!("+1 212 {:07}", 2_000_000 + draw(8, 7_999_999));
    let street = format!("{} {}", 1 + draw(9, 200), STREETS[draw(10, STREETS.len())]);
    let record = |place: usize, given: &str, born: &str, email: String| {
        let record = Record::new(["crm", "shop", "mail"][place], format!("{number}-{place}"))
            .with("phone", &phone)
            .with("address", &street)
            .with("date_of_birth", born)
            .with("email", email);
        let family = format!("{family}{}", suffixes[place]);
        match layout {
            Layout::OneColumn => record.with("name", format!("{given} {family}")),
            Layout::TwoColumns => record.with("first_name", given).with("last_name", family),
        }
    };
    [
        record(0, given[place], &date[0], mail(given[place], born)),
        record(1, given[place], &date[0], mail(given[place], born)),
        record(2, other, &date[1], mail(other, born + gap)),
    ]
}

fn iso(year: usize, month: usize, day: usize) -> String {
    format!("{year}-{month:02}-{day:02}")
}

/// A number that looks drawn by lot and is the same in every run (`SplitMix64`, Steele, Lea, Flood 2014).
fn drawn(number: usize, salt: usize) -> usize {
    let mut z = (number as u64 * 31 + salt as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as usize
}

const MEN: &[&str] = &[
    "John", "Robert", "James", "William", "David", "Thomas", "Carlos", "Peter", "George", "Edward", "Frank",
    "Henry", "Louis", "Martin", "Victor", "Walter",
];
const WOMEN: &[&str] = &[
    "Mary", "Susan", "Helen", "Laura", "Rosa", "Ingrid", "Fatima", "Carmen", "Judith", "Olga", "Nadia",
    "Teresa", "Vera", "Paula", "Clara", "Hedda",
];
const FAMILY: &[&str] = &[
    "Miller",
    "Alvarez",
    "Novak",
    "Schmidt",
    "Okafor",
    "Larsen",
    "Rossi",
    "Dubois",
    "Kowalski",
    "Janssen",
    "Murphy",
    "Tanaka",
    "Haddad",
    "Silva",
    "Petrov",
    "Berg",
    "Costa",
    "Weber",
    "Horvat",
    "Lindqvist",
    "Moreau",
    "Keller",
    "Foster",
];
const STREETS: &[&str] = &[
    "Harbour Street",
    "Mill Lane",
    "Park Avenue",
    "Station Road",
    "Hill View",
    "Church Street",
    "Garden Close",
    "Lakeside Drive",
    "Market Place",
    "Forest Road",
    "School Lane",
    "River Walk",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_shares_a_line_and_a_family_name() {
        for layout in [Layout::OneColumn, Layout::TwoColumns] {
            for number in 0..20 {
                let [first, again, second] = household(number, layout);
                assert_eq!(first.fields["phone"], second.fields["phone"]);
                assert_eq!(first.fields.get("email"), again.fields.get("email"));
                assert_ne!(first.fields, second.fields);
            }
        }
    }
}
