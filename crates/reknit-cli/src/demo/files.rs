//! The invented company as files: what its systems would export, and the truth beside it.
//!
//! Sources whose records hold nothing but columns become CSV; those that know the scope, assurance
//! or validity of an identifier become JSON Lines, which can say so.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use reknit::model::Record;
use serde::Serialize;

use super::company::Company;

/// Writes all files below `dir` and names them, the inputs first.
pub(crate) fn write(company: &Company, dir: &Path) -> io::Result<Vec<PathBuf>> {
    let (contacts, truth) = (dir.join("contacts"), dir.join("truth"));
    fs::create_dir_all(&contacts)?;
    fs::create_dir_all(&truth)?;
    let sources: BTreeSet<&str> = company.records.iter().map(|record| record.source.as_str()).collect();
    let mut written = Vec::new();
    for source in sources {
        let records: Vec<&Record> = company.records.iter().filter(|r| r.source == source).collect();
        let plain = records.iter().all(|record| record.identifiers.is_empty());
        let path = contacts.join(format!("{source}.{}", if plain { "csv" } else { "jsonl" }));
        if plain {
            write_csv(&path, &records)?;
        } else {
            write_lines(&path, records)?;
        }
        written.push(path);
    }
    let messages = dir.join("messages.jsonl");
    write_lines(&messages, &company.messages)?;
    written.push(messages);
    written.push(write_people(company, &truth)?);
    written.push(write_conversations(company, &truth)?);
    Ok(written)
}

/// One JSON value a line.
fn write_lines<T: Serialize>(path: &Path, rows: impl IntoIterator<Item = T>) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for row in rows {
        serde_json::to_writer(&mut out, &row)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn write_csv(path: &Path, records: &[&Record]) -> io::Result<()> {
    let columns: BTreeSet<&str> =
        records.iter().flat_map(|record| record.fields.keys().map(String::as_str)).collect();
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(["source", "id"].into_iter().chain(columns.iter().copied()))?;
    for record in records {
        let value = |column: &&str| record.fields.get(*column).and_then(|values| values.first());
        let values = columns.iter().map(|column| value(column).map_or("", String::as_str));
        out.write_record([record.source.as_str(), record.id.as_str()].into_iter().chain(values))?;
    }
    out.flush()
}

fn write_people(company: &Company, dir: &Path) -> io::Result<PathBuf> {
    let path = dir.join("people.csv");
    let mut out = csv::Writer::from_path(&path)?;
    out.write_record(["source", "id", "truth_person"])?;
    for (key, person) in &company.truth.person_of {
        out.write_record([&key.source, &key.id, person])?;
    }
    out.flush()?;
    Ok(path)
}

fn write_conversations(company: &Company, dir: &Path) -> io::Result<PathBuf> {
    let path = dir.join("messages.csv");
    let mut out = csv::Writer::from_path(&path)?;
    out.write_record(["id", "truth_conversation", "truth_parent", "truth_sentiment", "truth_sarcastic"])?;
    let truth = &company.truth;
    for (id, conversation) in &truth.conversation_of {
        let parent = truth.parent_of.get(id).map_or("", String::as_str);
        let sentiment = truth.sentiment_of.get(id).copied().unwrap_or_default();
        let sarcastic = if truth.sarcastic.contains(id) { "yes" } else { "" };
        out.write_record([id.as_str(), conversation, parent, sentiment, sarcastic])?;
    }
    out.flush()?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::super::company::company;
    use super::*;

    /// Every record and message comes back from its file as it went in.
    #[test]
    fn the_files_hold_what_was_made() {
        let dir = std::env::temp_dir().join(format!("reknit-demo-files-{}", std::process::id()));
        let made = company(3);
        let written = write(&made, &dir).expect("the temporary directory can be written");
        let mut records = Vec::new();
        for path in &written {
            let name = path.display().to_string();
            if !name.contains("contacts") {
                continue;
            }
            if path.extension().is_some_and(|end| end == "csv") {
                records.extend(read_csv(path));
            } else {
                let text = fs::read_to_string(path).expect("just written");
                records.extend(text.lines().map(|line| serde_json::from_str(line).expect("own JSON")));
            }
        }
        let messages: Vec<reknit::model::Message> = fs::read_to_string(dir.join("messages.jsonl"))
            .expect("just written")
            .lines()
            .map(|line| serde_json::from_str(line).expect("own JSON"))
            .collect();
        fs::remove_dir_all(&dir).expect("just made");
        let mut made_records = made.records;
        let by_key = |x: &Record, y: &Record| x.key().cmp(&y.key());
        made_records.sort_by(by_key);
        records.sort_by(by_key);
        assert!(records == made_records);
        assert_eq!(messages.len(), made.messages.len());
        let same = |(x, y): (&reknit::model::Message, &reknit::model::Message)| {
            x.id == y.id
                && x.text == y.text
                && x.author == y.author
                && x.sent == y.sent
                && x.channel == y.channel
        };
        assert!(messages.iter().zip(&made.messages).all(same));
        assert_eq!(written.len(), 8 + 3);
    }

    fn read_csv(path: &Path) -> Vec<Record> {
        let mut reader = csv::Reader::from_path(path).expect("just written");
        let header = reader.headers().expect("it has one").clone();
        let rows = reader.records().map(|row| row.expect("own CSV"));
        rows.map(|row| {
            let mut record = Record::new(&row[0], &row[1]);
            for (name, value) in header.iter().zip(&row).skip(2).filter(|(_, value)| !value.is_empty()) {
                record = record.with(name, value);
            }
            record
        })
        .collect()
    }
}
