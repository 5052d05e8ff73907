//! `cargo xtask learnt`: texts to what the built-in sentiment learns from.
//!
//! Reads a JSON string a line from standard input and writes a JSON object a line: `words` as the reader sees them, `sum`,
//! what its rules make of the text in points, and `hashes` of its words and pairs. `build_sentiment.py` and
//! `build_irony.py` ask for them, so that training reads texts with the very code that is used.

use std::io::{BufRead, Write};

use reknit::classify::Sentiment;

pub(crate) fn run() -> bool {
    let done = read();
    if let Err(failure) = &done {
        eprintln!("learnt: {failure}");
    }
    done.is_ok()
}

fn read() -> Result<(), Box<dyn std::error::Error>> {
    let sentiment = Sentiment::builtin();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        writeln!(out, "{}", serde_json::to_string(&sentiment.learning(&text))?)?;
    }
    Ok(())
}
