//! Several readings of a text: asked together and asked apart, turn by turn.
//!
//! `cargo bench -p reknit --bench annotate -- FILE` prints for all built-in readers, and for those that share most
//! (sentiment and intent), the microseconds a text takes either way on one thread, the best of fifteen turns, and the
//! median of the turns' ratios. FILE holds one text a line, after a TAB where there is one.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use reknit::classify::{Annotator, BuiltIn};
use reknit::text::language::LanguageDetector;

const TURNS: usize = 15;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(file) = std::env::args().skip(1).find(|word| word != "--bench") else {
        return Ok(writeln!(std::io::stderr(), "usage: annotate FILE")?);
    };
    let lines = std::fs::read_to_string(file)?;
    let texts: Vec<&str> =
        lines.lines().map(|line| line.split_once('\t').map_or(line, |(_, text)| text)).collect();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} texts", texts.len())?;
    for names in [Annotator::models().collect(), vec!["sentiment", "intent"]] {
        let annotator = Annotator::new(&names)?;
        let models: Vec<BuiltIn> = names.iter().filter_map(|name| BuiltIn::open(name).ok()).collect();
        let language = names.contains(&Annotator::LANGUAGE).then(LanguageDetector::builtin);
        let together = || texts.iter().for_each(|text| drop(black_box(annotator.annotate(text))));
        let apart = || {
            for text in &texts {
                for model in &models {
                    drop(black_box(model.read(text)));
                }
                black_box(language.as_ref().map(|language| language.detect(text)));
            }
        };
        let turns: Vec<[f64; 2]> = (0..TURNS).map(|_| [seconds(together), seconds(apart)]).collect();
        let best = |side: usize| turns.iter().map(|turn| turn[side]).fold(f64::INFINITY, f64::min);
        let micros = |side: usize| best(side) / texts.len().max(1) as f64 * 1e6;
        let mut ratios: Vec<f64> = turns.iter().map(|[together, apart]| apart / together).collect();
        ratios.sort_by(f64::total_cmp);
        let (names, median) = (names.join(", "), ratios[TURNS / 2]);
        writeln!(
            out,
            "{names}: {:.1} us together, {:.1} us apart, {median:.2} times as fast",
            micros(0),
            micros(1)
        )?;
    }
    Ok(())
}

fn seconds(round: impl Fn()) -> f64 {
    let clock = Instant::now();
    round();
    clock.elapsed().as_secs_f64()
}
