//! What the programs of the comparison share: arguments, the clock, and where results go.
//!
//! Each program is called `PROGRAM IN OUT [IN OUT ...]` and tells, as its last line, how long each
//! stage took: `{"stages": {"thread": {"wall": 0.1, "cpu": 0.1}}, "messages": 1000}`, in seconds by the
//! clock and of processor time. The whole process is measured from outside, by compare.py.

use std::time::Instant;

use cpu_time::ProcessTime;
use serde_json::{Map, Value, json};

/// Whatever goes wrong ends the program.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The pairs of files the program was called with.
pub fn jobs() -> Vec<(String, String)> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    words.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// Seconds by stage, summed over all jobs.
#[derive(Default)]
pub struct Stages {
    seconds: Vec<(String, [f64; 2])>,
}

impl Stages {
    /// Runs `work` and counts its time under `name`.
    pub fn time<T>(&mut self, name: &str, work: impl FnOnce() -> T) -> T {
        let (clock, processor) = (Instant::now(), ProcessTime::now());
        let done = work();
        self.add(name, [clock.elapsed().as_secs_f64(), processor.elapsed().as_secs_f64()]);
        done
    }

    fn add(&mut self, name: &str, [wall, cpu]: [f64; 2]) {
        match self.seconds.iter_mut().find(|(known, _)| known == name) {
            Some((_, sum)) => *sum = [sum[0] + wall, sum[1] + cpu],
            None => self.seconds.push((name.to_owned(), [wall, cpu])),
        }
    }

    /// Prints the line that compare.py reads.
    pub fn tell(&self, messages: usize) {
        let told = |[wall, cpu]: [f64; 2]| json!({ "wall": wall, "cpu": cpu });
        let stages: Map<String, Value> =
            self.seconds.iter().map(|(name, seconds)| (name.clone(), told(*seconds))).collect();
        println!("{}", json!({ "stages": stages, "messages": messages }));
    }
}

/// Writes `(id, conversation, parent)` as `reknit eval stitch` reads it.
pub fn write(path: &str, rows: impl Iterator<Item = [String; 3]>) -> Result<()> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(["id", "conversation_id", "parent_id", "weight"])?;
    for [id, conversation, parent] in rows {
        out.write_record([&id, &conversation, &parent, "0"])?;
    }
    Ok(out.flush()?)
}
