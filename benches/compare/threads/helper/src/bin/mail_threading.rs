//! The crate `mail-threading` with its defaults (subjects joined) on message JSON Lines.

use std::fs::File;
use std::io::{BufRead, BufReader};

use chrono::{DateTime, Utc};
use compare_threads::{Result, Stages, jobs, write};
use mail_threading::{Message, thread_messages};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    ts: f64,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    in_reply_to: Vec<String>,
    #[serde(default)]
    references: Vec<String>,
}

impl From<Row> for Message {
    fn from(row: Row) -> Self {
        Self {
            message_id: Some(row.id.clone()),
            id: row.id,
            in_reply_to: row.in_reply_to.into_iter().next(),
            references: row.references,
            date: DateTime::<Utc>::from_timestamp(row.ts as i64, 0).unwrap_or_default(),
            subject: row.subject.unwrap_or_default(),
        }
    }
}

fn read(path: &str) -> Result<Vec<Message>> {
    let lines = BufReader::new(File::open(path)?).lines();
    lines.map(|line| Ok(serde_json::from_str::<Row>(&line?)?.into())).collect()
}

fn main() -> Result<()> {
    let (mut stages, mut count) = (Stages::default(), 0);
    for (given, out) in jobs() {
        let messages = stages.time("read", || read(&given))?;
        count += messages.len();
        let threads = stages.time("thread", || thread_messages(&messages));
        let rows = threads.iter().enumerate().flat_map(|(number, thread)| {
            thread.messages.iter().map(move |id| [id.clone(), format!("t{number}"), String::new()])
        });
        stages.time("write", || write(&out, rows))?;
    }
    stages.tell(count);
    Ok(())
}
