//! The cases in `tests/cases/extract_*.tsv`, and the laws.

use proptest::prelude::*;

use super::*;

const DATES: &str = include_str!("../../../../../tests/cases/extract_dates.tsv");
const HELD_OUT: &str = include_str!("../../../../../tests/cases/extract_dates_held_out.tsv");
const OTHERS: &str = include_str!("../../../../../tests/cases/extract_others.tsv");
const NEGATIVE: &str = include_str!("../../../../../tests/cases/extract_negative.tsv");

/// The kinds that the cases of dates are about.
const TIMES: [Kind; 5] = [Kind::DateTime, Kind::Date, Kind::Interval, Kind::Time, Kind::Duration];

fn reference() -> Reference {
    let time = Timestamp::parse("2026-03-11T10:30:00+01:00").expect("a time");
    Reference { time, offset_minutes: 60 }
}

fn extractor(locale: &str, kinds: &[Kind]) -> Extractor {
    Config::default().locale(locale).reference(reference()).kinds(kinds).build().expect("a fine config")
}

/// One expected finding: kind, normal form, and bytes.
#[derive(Debug, PartialEq, Eq, Clone)]
struct Expected {
    kind: String,
    normal: String,
    start: usize,
    end: usize,
}

struct Case<'a> {
    line: usize,
    locale: &'a str,
    text: String,
    expected: Vec<Expected>,
}

fn cases(file: &str) -> Vec<Case<'_>> {
    let rows = file.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    rows.map(|(at, row)| {
        let columns: Vec<&str> = row.split('\t').collect();
        let (locale, marked) = (columns[0], columns[1]);
        let (text, spans) = unmarked(marked);
        let wanted = columns.get(2).into_iter().flat_map(|wanted| wanted.split(" ; "));
        let wanted: Vec<(&str, &str)> = wanted.map(|w| w.split_once(' ').expect("kind and form")).collect();
        assert_eq!(spans.len(), wanted.len(), "line {}: a span for each form", at + 1);
        let expected = wanted
            .iter()
            .zip(spans)
            .map(|((kind, normal), (start, end))| Expected {
                kind: (*kind).to_owned(),
                normal: (*normal).to_owned(),
                start,
                end,
            })
            .collect();
        Case { line: at + 1, locale, text, expected }
    })
    .collect()
}

/// The text without its braces, and what stood in them.
fn unmarked(marked: &str) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut spans, mut start) = (String::new(), Vec::new(), 0);
    for c in marked.chars() {
        match c {
            '{' => start = text.len(),
            '}' => spans.push((start, text.len())),
            c => text.push(c),
        }
    }
    (text, spans)
}

fn read(case: &Case<'_>, kinds: &[Kind]) -> Vec<Expected> {
    let found = extractor(case.locale, kinds).extract(&case.text);
    found
        .into_iter()
        .map(|f| Expected { kind: f.kind.name().to_owned(), normal: f.normal, start: f.start, end: f.end })
        .collect()
}

/// What was right of what was wanted, what was found beside it, and the complaints.
fn judge(file: &str, kinds: &[Kind]) -> (usize, usize, usize, Vec<String>) {
    let (mut wanted, mut right, mut false_ones, mut complaints) = (0, 0, 0, Vec::new());
    for case in cases(file) {
        let found = read(&case, kinds);
        wanted += case.expected.len();
        let hits = case.expected.iter().filter(|e| found.contains(e)).count();
        right += hits;
        let beside = found
            .iter()
            .filter(|f| !case.expected.iter().any(|e| e.start < f.end && f.start < e.end))
            .count();
        false_ones += beside;
        if hits < case.expected.len() || beside > 0 {
            complaints.push(format!(
                "{}: {}: {}\n   wanted {:?}\n   found  {:?}",
                case.line, case.locale, case.text, case.expected, found
            ));
        }
    }
    (wanted, right, false_ones, complaints)
}

#[test]
fn dates_are_found_with_their_bytes() {
    let (wanted, right, false_ones, complaints) = judge(DATES, &TIMES);
    let complaints = complaints.join("\n");
    assert!(wanted >= 350, "the file holds {wanted}");
    assert!(right * 100 >= wanted * 98, "{right} of {wanted}\n{complaints}");
    assert_eq!(false_ones, 0, "{complaints}");
}

#[test]
fn dates_set_aside_are_found_too() {
    let (wanted, right, false_ones, complaints) = judge(HELD_OUT, &TIMES);
    let complaints = complaints.join("\n");
    assert!(wanted >= 150, "the file holds {wanted}");
    assert!(right * 100 >= wanted * 95, "{right} of {wanted}\n{complaints}");
    assert!(false_ones * 100 <= wanted, "{complaints}");
}

#[test]
fn amounts_and_numbers_are_found() {
    let (_, _, _, complaints) = judge(OTHERS, &[]);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_only_looks_like_a_date_is_none() {
    let rows: Vec<(&str, &str)> = NEGATIVE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .collect();
    assert!(rows.len() >= 500);
    let mut complaints = Vec::new();
    for (locale, text) in rows {
        for other in [locale, "en-US", "de"] {
            for f in extractor(other, &TIMES).extract(text) {
                complaints.push(format!(
                    "{other}: {text}: {} {} {:?}",
                    f.kind.name(),
                    f.normal,
                    &text[f.start..f.end]
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "{} false:\n{}", complaints.len(), complaints.join("\n"));
}

/// A word that a rule asks for and the table has not would never be found.
#[test]
fn every_word_that_a_rule_names_is_in_the_table() {
    let words = Words::new();
    let sources = [
        include_str!("calendar.rs"),
        include_str!("clock.rs"),
        include_str!("duration.rs"),
        include_str!("duration/count.rs"),
        include_str!("moment.rs"),
        include_str!("amount.rs"),
        include_str!("account.rs"),
        include_str!("moment/tense.rs"),
        include_str!("number.rs"),
    ];
    let mut named = 0;
    for call in sources.iter().flat_map(|source| source.split("is_word(").skip(1)) {
        let Some(word) = call.split(')').next().and_then(|call| call.split('"').nth(1)) else { continue };
        named += 1;
        assert!(words.place(word) != 0, "{word} is not in the table of words");
    }
    assert!(named > 50, "{named} names were read; has the way they are written changed?");
}

proptest! {
    #[test]
    fn any_text_gives_spans_in_order(text in "\\PC{0,200}") {
        let found = Config::default().build().expect("a fine config").extract(&text);
        let mut from = 0;
        for f in found {
            prop_assert!(f.start >= from && f.start < f.end);
            prop_assert!(text.get(f.start..f.end).is_some());
            from = f.end;
        }
    }

    #[test]
    fn what_looks_like_a_finding_is_in_bounds(text in "([0-9]{1,5}|[ .,:/@#+-]|May|de|to|at|pm|Uhr|h|weeks|ago|€|\\$|next|Friday|a|order|1Z|DE[0-9]{2}|\n){0,60}") {
        let found = extractor("en-US", &[]).extract(&text);
        let mut from = 0;
        for f in found {
            prop_assert!(f.start >= from && f.start < f.end && text.get(f.start..f.end).is_some());
            from = f.end;
        }
    }

    #[test]
    fn bytes_of_any_kind_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = extractor("de", &[]).extract(&text);
    }
}
