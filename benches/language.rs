//! How fast and how rightly languages are told: texts a second, and the share of right answers.
//!
//! `cargo bench -p reknit --bench language -- FILE [ANSWERS]`: FILE has a code and a text a line, with a tab
//! between them. All languages are switched on; no answer counts as a wrong one. The texts are read three times
//! and the best time counts. ANSWERS gets one code a line, or nothing. One thread.
#![allow(clippy::print_stdout, reason = "a bench tells what it found")]

use std::time::Instant;

use reknit::text::language::LanguageDetector;

/// Letters of a text that counts as short.
const SHORT: usize = 40;

fn main() {
    let paths: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let Some(path) = paths.first() else {
        println!("no file of texts was named; nothing is measured");
        return;
    };
    let file = std::fs::read_to_string(path).expect("the file is there, in UTF-8");
    let rows: Vec<(&str, &str)> = file.lines().filter_map(|line| line.split_once('\t')).collect();
    let detector = LanguageDetector::builtin();
    let mut best = f64::INFINITY;
    let mut answers = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        answers = rows.iter().map(|(_, text)| detector.detect(text).language).collect();
        best = best.min(start.elapsed().as_secs_f64());
    }
    let told = || rows.iter().zip(&answers);
    let right = |only: &dyn Fn(&str) -> bool| {
        let of = told().filter(|((_, text), _)| only(text));
        let (right, all) = of.fold((0, 0), |(right, all), ((code, _), answer)| {
            (right + usize::from(*answer == Some(*code)), all + 1)
        });
        right as f64 / f64::from(all.max(1))
    };
    let without = answers.iter().filter(|answer| answer.is_none()).count();
    println!(
        "{} texts: {:.4} right, {:.4} of those up to {SHORT} letters; {without} without an answer; {:.0} texts/s",
        rows.len(),
        right(&|_| true),
        right(&|text| text.chars().count() <= SHORT),
        rows.len() as f64 / best
    );
    if let Some(out) = paths.get(1) {
        let lines: Vec<&str> = answers.iter().map(|answer| answer.unwrap_or("")).collect();
        std::fs::write(out, lines.join("\n") + "\n").expect("the answers can be written");
    }
}
