//! How long each stage of the library took, for `--stages`.
//!
//! The library has no clock; it says when a stage begins, and the time from there to the next one is the
//! stage's. Processor time is that of all threads, as Linux tells it in `/proc/self/stat` (proc(5), fields
//! 14 and 15, in hundredths of a second); elsewhere it is left out.

use std::time::Instant;

use reknit::model::Progress;
use serde_json::{Map, Value, json};

/// Seconds by stage, in order.
#[derive(Default)]
pub(crate) struct Stages {
    /// The stage under way, since when, and the processor time before it.
    now: Option<(&'static str, Instant, Option<f64>)>,
    spent: Vec<(&'static str, f64, Option<f64>)>,
}

impl Stages {
    /// Takes down that a stage is under way.
    pub(crate) fn see(&mut self, progress: &Progress) {
        if self.now.is_none_or(|(stage, ..)| stage != progress.stage) {
            self.end();
            self.now = Some((progress.stage, Instant::now(), processor_seconds()));
        }
    }

    /// The last stage is over.
    pub(crate) fn end(&mut self) {
        let Some((stage, since, before)) = self.now.take() else { return };
        let (wall, cpu) =
            (since.elapsed().as_secs_f64(), processor_seconds().zip(before).map(|(x, y)| x - y));
        match self.spent.iter_mut().find(|spent| spent.0 == stage) {
            Some(known) => {
                known.1 += wall;
                known.2 = known.2.zip(cpu).map(|(x, y)| x + y);
            }
            None => self.spent.push((stage, wall, cpu)),
        }
    }

    /// One line of JSON: the stages, and how many pairs were compared.
    pub(crate) fn line(&self, compared: u64) -> String {
        let rounded = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        let stages: Map<String, Value> = self
            .spent
            .iter()
            .map(|&(stage, wall, cpu)| {
                let cpu = cpu.map_or(Value::Null, |cpu| json!(rounded(cpu)));
                (stage.to_owned(), json!({ "wall": rounded(wall), "cpu": cpu }))
            })
            .collect();
        json!({ "stages": stages, "candidates": compared }).to_string()
    }
}

/// Processor time of all threads so far.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the name of the program in brackets and may hold anything.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}
