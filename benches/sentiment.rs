//! Built-in sentiment: readings of a file of texts, and how many a second.
//!
//! `cargo bench -p reknit --bench sentiment -- FILE` prints texts a second on one thread, with evidence and
//! without; `-- --scores FILE` prints `score`, `effective_score`, `label`, `probability` of each text,
//! tab-separated. FILE holds one text a line, after a TAB where there is one, with `\t`, `\n` and `\\` escaped.
//! Prints its own figures: the best of fifteen rounds of one thread, in processor time where the system counts it by
//! thread (`/proc/thread-self/schedstat` of Linux), so that a busy machine counts for little; else in wall time.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use reknit::classify::Sentiment;

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let Some(file) = words.last() else {
        return writeln!(std::io::stderr(), "usage: sentiment [--scores] FILE");
    };
    let texts: Vec<String> = std::fs::read_to_string(file)?.lines().map(text).collect();
    let sentiment = Sentiment::builtin();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if words.len() > 1 {
        for text in &texts {
            let r = sentiment.classify(text);
            writeln!(out, "{}\t{}\t{}\t{}", r.score, r.effective_score, r.label.name(), r.probability)?;
        }
        return Ok(());
    }
    let bytes: usize = texts.iter().map(String::len).sum();
    writeln!(out, "{} texts of {} bytes", texts.len(), bytes / texts.len().max(1))?;
    let explained = best(|| texts.iter().for_each(|text| drop(black_box(sentiment.classify(text)))));
    writeln!(out, "with evidence: {:.0} texts/s", texts.len() as f64 / explained)?;
    // Ten times a round: a round must be long beside the step of the clock.
    let batch = best(|| (0..10).for_each(|_| drop(black_box(sentiment.decide_all(&texts, 1))))) / 10.0;
    writeln!(out, "batch without evidence: {:.0} texts/s", texts.len() as f64 / batch)
}

fn text(line: &str) -> String {
    let cell = line.split_once('\t').map_or(line, |(_, text)| text);
    let mut text = String::with_capacity(cell.len());
    let mut signs = cell.chars();
    while let Some(sign) = signs.next() {
        text.push(match sign {
            '\\' => match signs.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    text
}

fn best(mut round: impl FnMut()) -> f64 {
    let times = (0..15).map(|_| {
        let (clock, processor) = (Instant::now(), processor_seconds());
        round();
        let spent = processor_seconds().zip(processor).map(|(after, before)| after - before);
        spent.unwrap_or_else(|| clock.elapsed().as_secs_f64())
    });
    times.fold(f64::INFINITY, f64::min)
}

/// What this thread has had of a processor.
fn processor_seconds() -> Option<f64> {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = counted.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
