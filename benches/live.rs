//! How fast and how large the live engine is: records a second, how long one takes, bytes.
//!
//! `cargo bench --bench live -- [records | contacts.csv]`, by default a million records made by a
//! counter: people in households, with several records each, of which every one knows a part, with
//! slips. A file has a header with `source`, `id` and names of columns, one line a record, without quotes. The last
//! twentieth of the records, but at most 50,000, is held back; the others are loaded in bulk. Then, one by
//! one and each timed alone: the records held back come, some of all are corrected, some are deleted.
//! One core, nothing but the core library; memory is what the operating system says (Linux only).
#![allow(clippy::print_stdout, reason = "a bench tells what it found")]

use std::time::{Duration, Instant};

use reknit::model::{ColumnBuilder, FieldKind, Record, RecordKey, Table, unwatched};
use reknit::resolve::{Config, LiveResolver, Resolver};

/// Most records that come one by one.
const HELD_BACK: usize = 50_000;
/// Records that are corrected, and that are deleted.
const CHANGED: usize = 20_000;

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let wanted = wanted.unwrap_or_else(|| "1000000".into());
    let rows = match wanted.parse() {
        Ok(count) => invented(count),
        Err(_) => read(&wanted),
    };
    let held_back = (rows.lines.len() / 20).min(HELD_BACK);
    let (loaded, coming) = rows.lines.split_at(rows.lines.len() - held_back);
    let coming: Vec<Record> = coming.iter().map(|line| rows.record(line)).collect();
    let corrected: Vec<Record> = some_of(loaded).map(|line| corrected(rows.record(line))).collect();
    let gone: Vec<RecordKey> = some_of(&loaded[1..]).map(|line| rows.record(line).key()).collect();

    let start = Instant::now();
    let table = rows.table(loaded);
    let config = Config::contacts();
    let resolver = Resolver::fit(&config, &table, &mut unwatched).expect("the config is valid");
    println!("{} records; fitted in {:.1} s", loaded.len(), start.elapsed().as_secs_f64());
    drop(rows);
    let start = Instant::now();
    let mut live = LiveResolver::load(resolver, &table, &mut unwatched).expect("there is room");
    drop(table);
    println!(
        "loaded in {:.1} s: {} entities; {}",
        start.elapsed().as_secs_f64(),
        live.entity_count(),
        memory()
    );

    time("new records", &coming, |record| drop(live.upsert(record).expect("there is room")));
    time("corrections", &corrected, |record| drop(live.upsert(record).expect("there is room")));
    time("deletions", &gone, |key| drop(live.delete(key).expect("it was loaded")));
    println!("{} records, {} entities; {}", live.len(), live.entity_count(), memory());
}

/// Does something to each item and prints how long that took.
fn time<T>(what: &str, items: &[T], mut act: impl FnMut(&T)) {
    let mut took: Vec<Duration> = Vec::with_capacity(items.len());
    let start = Instant::now();
    for item in items {
        let start = Instant::now();
        act(item);
        took.push(start.elapsed());
    }
    let rate = items.len() as f64 / start.elapsed().as_secs_f64();
    took.sort_unstable();
    let micros = |share: f64| {
        let at = (took.len() as f64 * share) as usize;
        took.get(at.min(took.len().saturating_sub(1))).map_or(0.0, |took| took.as_secs_f64() * 1e6)
    };
    println!(
        "{what:<12} {:>7}: {rate:>7.0} /s; p50 {:.0}, p90 {:.0}, p99 {:.0}, p99.9 {:.0}, most {:.0} µs",
        items.len(),
        micros(0.5),
        micros(0.9),
        micros(0.99),
        micros(0.999),
        micros(1.0)
    );
}

/// Memory in use now and at most.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        number.map_or_else(|| "?".into(), |kib| format!("{} MB", kib / 1024))
    };
    format!("memory {}, at most {}", of("VmRSS:"), of("VmHWM:"))
}

fn some_of(lines: &[String]) -> impl Iterator<Item = &String> {
    lines.iter().step_by((lines.len() / CHANGED).max(2))
}

/// The same person has another number.
fn corrected(mut record: Record) -> Record {
    let digits = record.id.bytes().fold(7_u64, |n, byte| mixed(n ^ u64::from(byte)));
    record.fields.insert("phone_raw".into(), vec![format!("04{:08}", digits % 100_000_000)]);
    record
}

/// Records as lines of values parted by commas.
struct Rows {
    columns: Vec<String>,
    lines: Vec<String>,
}

impl Rows {
    fn record(&self, line: &str) -> Record {
        let mut values = line.split(',');
        let (source, id) = (values.next().unwrap_or_default(), values.next().unwrap_or_default());
        let mut record = Record::new(source, id);
        for (name, value) in self.columns.iter().zip(values).filter(|(_, value)| !value.is_empty()) {
            if FieldKind::of_column(name) != FieldKind::Ignored {
                record = record.with(name, value);
            }
        }
        record
    }

    fn table(&self, lines: &[String]) -> Table {
        let mut columns: Vec<ColumnBuilder> =
            self.columns.iter().map(|name| ColumnBuilder::new(name, FieldKind::of_column(name))).collect();
        let mut keys = Vec::with_capacity(lines.len());
        for line in lines {
            let mut values = line.split(',');
            let mut next = || values.next().unwrap_or_default();
            keys.push(RecordKey { source: next().into(), id: next().into() });
            for column in &mut columns {
                column.push([next()]).expect("it fits");
            }
        }
        Table::new(keys, columns).expect("keys differ")
    }
}

fn read(path: &str) -> Rows {
    let text = std::fs::read_to_string(path).expect("a number of records or the path of a file");
    let mut lines = text.lines().map(str::to_owned);
    let header = lines.next().unwrap_or_default();
    Rows { columns: header.split(',').skip(2).map(str::to_owned).collect(), lines: lines.collect() }
}

/// A number that looks drawn by lot (`SplitMix64`, Steele, Lea, Flood 2014).
fn mixed(at: u64) -> u64 {
    let mut z = at.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

const COLUMNS: [&str; 9] = [
    "given_name",
    "surname",
    "date_of_birth",
    "email",
    "phone_raw",
    "street_number",
    "address_1",
    "suburb",
    "postcode",
];

/// People of two records or so, two of them to a household.
fn invented(count: usize) -> Rows {
    let line = |at: u64| {
        // A step coprime to the number of people spreads the records of one over the file.
        let people = (count as u64 / 2).max(1);
        let (person, draw) = (at % people, mixed(at));
        let (me, home) = (mixed(person << 20), mixed((person / 2) << 21));
        let (given, family) = (word(me % 2_000, 2), word((home % 60_000) * (home % 60_000) / 60_000, 2));
        let slip = |text: &str, dice: u64| match dice % 20 {
            0 => text.chars().rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(),
            _ => text.to_owned(),
        };
        let some = |dice: u64, of: u64, value: String| if dice % 10 < of { value } else { String::new() };
        let values = [
            some(draw >> 4, 9, slip(&given, draw >> 8)),
            some(draw >> 12, 9, slip(&family, draw >> 16)),
            some(
                draw >> 20,
                4,
                format!("19{:02}{:02}{:02}", 30 + me % 70, 1 + me / 70 % 12, 1 + me / 840 % 28),
            ),
            some(draw >> 24, 7, format!("{given}.{family}{}@mail{}.example", me % 97, me % 31)),
            some(
                draw >> 28,
                5,
                format!("04{:08}", (if me.is_multiple_of(3) { me } else { home }) % 100_000_000),
            ),
            some(draw >> 32, 5, (1 + home % 200).to_string()),
            some(draw >> 32, 5, format!("{} street", word(home % 20_000, 3))),
            some(draw >> 32, 5, word(home % 3_000, 3)),
            some(draw >> 32, 5, (2000 + home % 3_000).to_string()),
        ];
        format!("{},{at},{}", ["crm", "web", "shop"][(draw % 3) as usize], values.join(","))
    };
    Rows { columns: COLUMNS.map(str::to_owned).to_vec(), lines: (0..count as u64).map(line).collect() }
}

/// A word of some syllables that stands for a number.
fn word(number: u64, syllables: usize) -> String {
    const ONSETS: [&str; 32] = [
        "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "br", "ch", "cr",
        "dr", "fl", "gr", "j", "kl", "ph", "pl", "qu", "sch", "sh", "th", "tr", "z",
    ];
    const RIMES: [&str; 24] = [
        "a", "e", "i", "o", "u", "an", "er", "in", "ol", "ar", "en", "ick", "us", "ott", "und", "ey", "am",
        "el", "ist", "oo", "ump", "ark", "oss", "ait",
    ];
    let mut rest = mixed(number);
    let mut word = String::new();
    for _ in 0..syllables {
        word += ONSETS[(rest % 32) as usize];
        word += RIMES[(rest / 32 % 24) as usize];
        rest /= 768;
    }
    word
}
