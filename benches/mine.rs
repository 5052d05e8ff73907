//! What the miners find in files of texts, one line an answer, for scoring, and how fast.
//!
//! `cargo bench -p reknit --bench mine -- VERB FILE.tsv`, where VERB is
//!
//! * `similarity`: reads `score<TAB>text<TAB>text`, prints both similarities of each line: with general word
//!   counts, and fitted on the file's own texts;
//! * `phrases`: reads `gold<TAB>text`, prints the key phrases of each line, `|` between them, best first;
//! * `topics COUNT` (or `topics auto`): reads `label<TAB>text`, prints the topic of each line and its label;
//! * `marked`: reads `label<TAB>text with $T$<TAB>aspect`, prints `label<TAB>marked text` for `reknit train`;
//! * `opinions`: reads the same, prints the label of each aspect by the sentiment word list, without training;
//! * `duplicates COUNT`: no file; invents so many texts, each fifth with a twin that differs in one word of
//!   twelve, and tells how many twins are found.
//!
//! Files escape tab, line ends and backslash as `\t \r \n \\`. How long the work took, without reading, goes to
//! standard error. `benches/compare/text/score_mine.py` turns the answers into figures.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench tells what it found")]

use std::time::Instant;

use reknit::mine::{DuplicateConfig, Phrases, Similarity, TopicConfig, Topics, duplicates, marked};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["similarity", file] => similarity(&rows(file)),
        ["phrases", file] => phrases(&rows(file)),
        ["duplicates", count] => twins(count.parse().expect("a number of texts")),
        ["marked", file] => mark(&rows(file)),
        #[cfg(feature = "classify")]
        ["opinions", file] => opinions(&rows(file)),
        ["topics", count, file] => topics(count.parse().ok(), &rows(file)),
        _ => eprintln!(
            "mine -- similarity | phrases | topics COUNT | marked | opinions FILE.tsv, or duplicates COUNT"
        ),
    }
}

/// The columns of each line.
fn rows(file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(file).expect("the file is there and is UTF-8");
    text.lines().map(|line| line.split('\t').map(unescape).collect()).collect()
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        plain.push(match (c, c == '\\') {
            (_, true) => match letters.next() {
                Some('t') => '\t',
                Some('r') => '\r',
                Some('n') => '\n',
                Some(other) => other,
                None => c,
            },
            _ => c,
        });
    }
    plain
}

/// Runs `work` and says how long it took for so many.
fn timed<T>(what: &str, count: usize, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{what}: {count} in {seconds:.3} s, {:.0} a second", count as f64 / seconds);
    done
}

fn similarity(rows: &[Vec<String>]) {
    let texts: Vec<&str> = rows.iter().flat_map(|row| [row[1].as_str(), row[2].as_str()]).collect();
    let pairs = |similarity: &Similarity| -> Vec<f64> {
        rows.iter().map(|row| similarity.compare(&row[1], &row[2])).collect()
    };
    let general = timed("compare", rows.len(), || pairs(&Similarity::default()));
    let fitted = timed("fit and compare", rows.len(), || pairs(&Similarity::fit(&texts)));
    for (general, fitted) in general.iter().zip(fitted) {
        println!("{general}\t{fitted}");
    }
}

fn phrases(rows: &[Vec<String>]) {
    let phrases = Phrases::default();
    let found =
        timed("phrases", rows.len(), || -> Vec<_> { rows.iter().map(|row| phrases.find(&row[1])).collect() });
    for found in found {
        let texts: Vec<&str> = found.iter().map(|phrase| phrase.text.as_str()).collect();
        println!("{}", texts.join("|"));
    }
}

fn topics(count: Option<usize>, rows: &[Vec<String>]) {
    let texts: Vec<&str> = rows.iter().map(|row| row[1].as_str()).collect();
    let config = TopicConfig { topics: count, ..TopicConfig::default() };
    let topics = timed("fit", texts.len(), || Topics::fit(&config, &texts)).expect("the texts have words");
    let found = timed("assign", texts.len(), || topics.assign_all(&texts));
    for found in found {
        let label =
            topics.topics().iter().find(|topic| topic.id == found.topic).map_or("", |topic| &topic.label);
        println!("{}\t{label}", found.topic);
    }
}

fn twins(count: usize) {
    // Splitmix64: words that no other text repeats.
    let word = |number: usize| {
        let bits = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        format!("w{:x}", (bits ^ (bits >> 31)) % 50_000)
    };
    let text = |number: usize, changed: bool| -> String {
        let words =
            (0..12).map(|place| word(number * 12 + place + usize::from(changed && place == 5) * 7_777_777));
        words.collect::<Vec<_>>().join(" ")
    };
    let texts: Vec<String> = (0..count).map(|at| text(at - usize::from(at % 5 == 3), at % 5 == 3)).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let config = DuplicateConfig { similarity: 0.7, ..DuplicateConfig::default() };
    let groups =
        timed("duplicates", count, || duplicates(&config, &texts)).expect("the bound is in its range");
    let members: usize = groups.iter().map(|group| group.members.len()).sum();
    println!("{count} texts, {bytes} bytes: {} groups of {members} texts", groups.len());
}

/// The text with the aspect in its place, and where it stands.
fn with_aspect(row: &[String]) -> (String, std::ops::Range<usize>) {
    let at = row[1].find("$T$").expect("the aspect has a place");
    (row[1].replacen("$T$", &row[2], 1), at..at + row[2].len())
}

fn mark(rows: &[Vec<String>]) {
    let texts: Vec<_> = rows.iter().map(|row| with_aspect(row)).collect();
    let found = timed("marked", rows.len(), || -> Vec<String> {
        texts
            .iter()
            .map(|(text, span)| marked(text, span.clone()).expect("the span is the aspect's"))
            .collect()
    });
    for (row, text) in rows.iter().zip(found) {
        println!("{}\t{}", row[0], text.replace('\\', "\\\\"));
    }
}

#[cfg(feature = "classify")]
fn opinions(rows: &[Vec<String>]) {
    use reknit::classify::Sentiment;
    use reknit::mine::{AspectList, Aspects};

    let sentiment = Sentiment::builtin();
    let judge = |text: &str| sentiment.classify(text).effective_score;
    for row in rows {
        let (text, span) = with_aspect(row);
        let list = AspectList { aspect: row[2].clone(), names: vec![row[2].clone()] };
        let aspects = Aspects::new(&[list]).expect("it has a name");
        let found = aspects.opinions(&text, judge);
        let own = found.iter().find(|opinion| opinion.target.contains(&span.start));
        let polarity = own.map_or(0.0, |opinion| opinion.polarity);
        let label = if polarity > 0.05 {
            "positive"
        } else if polarity < -0.05 {
            "negative"
        } else {
            "neutral"
        };
        println!("{label}\t{polarity}");
    }
}
