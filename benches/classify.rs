//! A trained classifier: texts a second on one thread, and how long one text takes.
//!
//! `cargo bench -p reknit --bench classify -- MODEL FILE [ROUNDS [VERB]]`: MODEL is what `reknit train` wrote, FILE has a
//! text a line, after a TAB where there is one. The texts are labelled ROUNDS times (5 if nothing is said), first by
//! a classifier that has not met a text, and the first round and the best are told; by `decide_all`, `decide` and
//! `classify`, or by VERB alone. Wall time.
#![allow(clippy::print_stdout, reason = "a bench tells what it found")]

use std::hint::black_box;
use std::time::Instant;

use reknit::classify::Classifier;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [model, file, ..] = words.as_slice() else {
        println!("no model and no file of texts were named; nothing is measured");
        return Ok(());
    };
    let rounds = words.get(2).map_or(Ok(5), |rounds| rounds.parse())?;
    let classifier = Classifier::load(&std::fs::read(model)?)?;
    let file = std::fs::read_to_string(file)?;
    let texts: Vec<&str> =
        file.lines().map(|line| line.split_once('\t').map_or(line, |(_, text)| text)).collect();
    println!("{} labels, {} texts", classifier.labels().len(), texts.len());
    let asked = |verb: &str| words.get(3).is_none_or(|asked| asked == verb);
    if asked("decide_all") {
        tell("decide_all", &texts, rounds, || drop(black_box(classifier.decide_all(&texts, 1))));
    }
    if asked("decide") {
        tell("decide, one by one", &texts, rounds, || {
            for text in &texts {
                black_box(classifier.decide(text));
            }
        });
    }
    if asked("classify") {
        tell("classify, one by one", &texts, rounds, || {
            for text in &texts {
                black_box(classifier.classify(text));
            }
        });
    }
    Ok(())
}

fn tell(name: &str, texts: &[&str], rounds: usize, mut round: impl FnMut()) {
    let seconds: Vec<f64> = (0..rounds.max(1))
        .map(|_| {
            let begin = Instant::now();
            round();
            begin.elapsed().as_secs_f64()
        })
        .collect();
    let best = seconds.iter().copied().fold(f64::INFINITY, f64::min);
    let (count, first) = (texts.len() as f64, seconds[0]);
    println!(
        "{name}: {:.0} texts/s, {:.2} microseconds a text; in the first round {:.0} texts/s",
        count / best,
        1e6 * best / count,
        count / first
    );
}
