//! How long one reading takes: nanoseconds a phone, a mailbox, a name and a date.
//!
//! `cargo bench --bench normalize`. The input is made by a counter, so that every run reads the same
//! texts in the notations that address books hold; it is built outside the timed part. Each kind is read
//! over and over for a moment, several times, and the best time counts: what disturbs a run makes it
//! slower, never faster. One thread, nothing but the core.
#![allow(clippy::print_stdout, reason = "a bench tells what it found")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use reknit::text::date::CivilDate;
use reknit::text::email::Email;
use reknit::text::name::Name;
use reknit::text::phone::Phone;

/// Different texts of a kind; more than a branch predictor learns by heart.
const TEXTS: usize = 10_000;
/// Timed runs of a kind, and how long each takes at least.
const RUNS: usize = 5;
const RUN: Duration = Duration::from_millis(200);

fn main() {
    let phones = texts(phone);
    report("phone", &phones, |text| Phone::read(text, Some("DE")).is_some());
    report("phone, unknown country", &phones, |text| Phone::read(text, None).is_some());
    report("mailbox", &texts(mailbox), |text| Email::read(text).is_some());
    report("name", &texts(name), |text| !Name::read(text).is_empty());
    report("date", &texts(date), |text| CivilDate::read(text).is_some());
}

fn texts(make: impl Fn(u64) -> String) -> Vec<String> {
    (0..TEXTS as u64).map(|at| make(mixed(at))).collect()
}

/// A number that looks drawn by lot (`SplitMix64`, Steele, Lea, Flood 2014).
fn mixed(at: u64) -> u64 {
    let mut z = at.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Prints the best time a text, and how many of the texts could be read.
fn report(kind: &str, texts: &[String], read: impl Fn(&str) -> bool) {
    let readable = texts.iter().filter(|text| read(text)).count();
    let best = (0..RUNS).map(|_| nanoseconds(texts, &read)).fold(f64::INFINITY, f64::min);
    println!("{kind:<24}{best:>8.0} ns   {readable} of {} read", texts.len());
}

fn nanoseconds(texts: &[String], read: impl Fn(&str) -> bool) -> f64 {
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < RUN {
        for text in texts {
            black_box(read(black_box(text)));
        }
        count += texts.len();
    }
    start.elapsed().as_nanos() as f64 / count as f64
}

fn phone(lot: u64) -> String {
    let (number, form) = (lot % 10_000_000, lot >> 32);
    match form % 8 {
        0 => format!("+49 151 {:04} {:04}", number / 1000, number % 10_000),
        1 => format!("0151 / {:03} {:03}-{:02}", number % 1000, number / 1000 % 1000, number % 100),
        2 => format!("(030) {number:07}"),
        3 => format!("+44 (0)20 7{:03} {:04}", number % 1000, number / 1000),
        4 => {
            format!("0033 1 {:02} {:02} {:02} {:02}", number % 100, form % 100, number / 1000 % 100, lot % 97)
        }
        5 => format!("+1 (202) 555-{:04}", number % 10_000),
        6 => format!("tel:+55-11-9{:04}-{:04}", number / 1000, number % 10_000),
        _ => format!("0171{number:07} ext. {}", form % 100),
    }
}

fn mailbox(lot: u64) -> String {
    let (given, family) = (GIVEN[lot as usize % GIVEN.len()], FAMILY[(lot >> 20) as usize % FAMILY.len()]);
    let domain =
        ["gmail.com", "example.org", "outlook.com", "shop.example.co.uk", "GMX.de"][(lot >> 40) as usize % 5];
    match (lot >> 50) % 4 {
        0 => format!("{given}.{family}@{domain}"),
        1 => format!("{}{family}{}@{domain}", &given[..1], lot % 100),
        2 => format!("{given}_{family}+news@{domain}").to_lowercase(),
        _ => format!("{given} {family} <{given}.{family}@{domain}>"),
    }
}

fn name(lot: u64) -> String {
    let (given, family) = (GIVEN[lot as usize % GIVEN.len()], FAMILY[(lot >> 20) as usize % FAMILY.len()]);
    match (lot >> 50) % 4 {
        0 => format!("{given} {family}"),
        1 => format!("{family}, {given}"),
        2 => format!("Dr. {given} {}. {family}", &family[..1]),
        _ => format!("{} {}", given.to_uppercase(), family.to_uppercase()),
    }
}

fn date(lot: u64) -> String {
    let (day, month, year) = (1 + lot % 28, 1 + (lot >> 8) % 12, 1930 + (lot >> 16) % 80);
    match (lot >> 50) % 3 {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{day}.{month}.{year}"),
        _ => format!("{day} {} {year}", MONTHS[month as usize - 1]),
    }
}

const GIVEN: [&str; 8] = ["Ana", "Henrik", "Freja", "Wolfgang", "Siobhan", "Mehmet", "Priya", "Jean"];
const FAMILY: [&str; 8] = ["Perez", "Dahl", "Okafor", "Schneider", "Brien", "Yilmaz", "Natarajan", "Dupont"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sep", "Oct", "November", "December"];
