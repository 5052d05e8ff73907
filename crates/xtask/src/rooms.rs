//! `cargo xtask rooms DATA`: trains the room ranker anew; `cargo xtask rooms decide LOG OUT [MODEL]`: its
//! decisions for a log.
//!
//! The features of a line depend on what was decided about the lines before it, so training goes in
//! rounds. In the first, earlier lines hang where the rules put them; three models are trained, each on two
//! thirds of the files, and decide the files they have not seen. In the second round these decisions take
//! the place of the rules'. The last model learns from all files, with the decisions of the second round,
//! and from rooms made of them where people seldom name whom they answer. Features come from the very code
//! that decides; only the trees are grown in Python (`train_model.py`). Takes about 11 minutes of processor
//! time.
//!
//! DATA is a folder with `train.jsonl`: `{"file", "id", "ts", "kind", "author", "text"}` a line in the order
//! of the log, with `truth_reply_to` where people said what is answered.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use reknit::stitch::room::{Line, Ranker, training};
use serde_json::Value;

use crate::shell;

/// Models of a round: each is trained on the files of the other folds and decides those of its own.
const FOLDS: usize = 3;

/// The rooms that are made of a log.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// As they are.
    Plain,
    /// A third of the files without seven in ten of the names that lines begin with.
    Unnamed,
}

type Failure = Box<dyn std::error::Error>;

/// One line of a log with its truth.
struct Said {
    file: String,
    id: String,
    author: String,
    system: bool,
    text: String,
    time: i64,
    truth: Option<Vec<String>>,
}

/// `rooms` with the words after it.
pub(crate) fn run(words: &[&str]) -> bool {
    let done = match words {
        ["decide", log, out, models @ ..] => {
            let models: Vec<String> = models.iter().map(|&path| path.to_owned()).collect();
            decide(log, out, &models)
        }
        [data] => build(Path::new(data)),
        _ => Err("usage: cargo xtask rooms DATA | rooms decide LOG OUT [MODEL]".into()),
    };
    if let Err(failure) = &done {
        eprintln!("rooms: {failure}");
    }
    done.is_ok()
}

/// Trains the model and writes it where the library includes it.
fn build(data: &Path) -> Result<(), Failure> {
    let room = shell::root().join("crates/reknit/src/stitch/room");
    let work = shell::target().join("rooms");
    std::fs::create_dir_all(&work)?;
    let at = |name: &str| work.join(name).display().to_string();
    let (log, script) = (data.join("train.jsonl").display().to_string(), room.join("train_model.py"));
    let python = |words: &[&str]| train(&script, words);
    let features = training::feature_names().len().to_string();
    self::words(&log, &at("words.tsv"))?;
    python(&["vocabulary", &features, &at("words.tsv"), &at("words.bin")])?;
    let folds = |name: &str| (0..FOLDS).map(|fold| at(&format!("{name}.bin.{fold}"))).collect::<Vec<_>>();
    rows(&log, &at("first"), Style::Plain, &[at("words.bin")])?;
    python(&["folds", &at("words.bin"), &at("first"), &at("first.bin")])?;
    rows(&log, &at("second"), Style::Plain, &folds("first"))?;
    python(&["folds", &at("words.bin"), &at("second"), &at("second.bin")])?;
    rows(&log, &at("plain"), Style::Plain, &folds("second"))?;
    rows(&log, &at("unnamed"), Style::Unnamed, &folds("second"))?;
    let model = room.join("rooms.bin").display().to_string();
    python(&["final", &at("words.bin"), &at("second.bin"), &model, &at("plain"), &at("unnamed")])
}

fn train(script: &Path, words: &[&str]) -> Result<(), Failure> {
    let script: PathBuf = script.to_owned();
    let mut command = shell::command("python3", &[&script.display().to_string()]);
    let (ok, _) = shell::run(command.args(words));
    if ok { Ok(()) } else { Err("the training step above failed".into()) }
}

/// Reads a log in the order of its lines, file by file; a 12-hour clock is put right.
fn read(path: &Path) -> Result<Vec<Vec<Said>>, Failure> {
    let mut files: Vec<Vec<Said>> = Vec::new();
    let mut shift = 0;
    for row in BufReader::new(File::open(path)?).lines() {
        let row: Value = serde_json::from_str(&row?)?;
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let context = row["context"].as_bool().unwrap_or(false);
        let links = row["truth_reply_to"].as_array();
        let links = links.map(|ids| ids.iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect());
        let stamp = text("ts");
        let mut said = Said {
            file: text("file"),
            id: text("id"),
            author: text("author"),
            system: row["kind"] == "system",
            text: text("text"),
            time: minutes(&stamp) * 60_000,
            truth: links.filter(|_| !context),
        };
        match files.last_mut() {
            Some(lines) if lines[0].file == said.file => {
                let last = lines.last().map_or(i64::MIN, |last| last.time);
                said.time += shift;
                while said.time < last {
                    said.time += 12 * 3_600_000;
                    shift += 12 * 3_600_000;
                }
                lines.push(said);
            }
            _ => {
                shift = 0;
                files.push(vec![said]);
            }
        }
    }
    Ok(files)
}

/// Minutes of `2004-12-25T00:33:00` since some day long ago.
fn minutes(stamp: &str) -> i64 {
    let number =
        |from: usize, to: usize| stamp.get(from..to).and_then(|t| t.parse::<i64>().ok()).unwrap_or(0);
    let days = number(0, 4) * 372 + number(5, 7) * 31 + number(8, 10);
    days * 1440 + number(11, 13) * 60 + number(14, 16)
}

/// Writes the rows of every line with truth: `OUT.f32` with the features, `OUT.tsv` with file, line,
/// candidate and whether it is right. Earlier lines hang where the model of the file's fold puts them.
fn rows(log: &str, out: &str, style: Style, models: &[String]) -> Result<(), Failure> {
    let rankers = rankers(models)?;
    let mut matrix = BufWriter::new(File::create(format!("{out}.f32"))?);
    let mut meta = BufWriter::new(File::create(format!("{out}.tsv"))?);
    for (number, file) in read(Path::new(log))?.into_iter().enumerate() {
        let ranker = &rankers[number % rankers.len()];
        let Some(file) = restyle(style, number, file) else { continue };
        let mut lines: Vec<Line> = Vec::new();
        for (at, said) in file.iter().enumerate() {
            let line = line(ranker, at, said);
            if let Some(truth) = &said.truth {
                for (parent, row) in training::rows(&lines, &line) {
                    let parent = parent.map_or(said.id.as_str(), |serial| file[serial as usize].id.as_str());
                    let right =
                        truth.iter().any(|id| id == parent) || (truth.is_empty() && parent == said.id);
                    writeln!(meta, "{number}\t{}\t{}\t{}", said.id, parent, u8::from(right))?;
                    for feature in row {
                        matrix.write_all(&feature.to_le_bytes())?;
                    }
                }
            }
            lines.push(ranker.decide(&lines, &line).line);
        }
    }
    Ok(())
}

/// The lines of a file as a room of this style would hold them; none where the style leaves the file out.
fn restyle(style: Style, number: usize, mut file: Vec<Said>) -> Option<Vec<Said>> {
    if style == Style::Plain {
        return Some(file);
    }
    for said in &mut file {
        let first = said.text.split_whitespace().next().unwrap_or_default();
        if first.ends_with([':', ',']) && draw(&said.id) < 70 {
            said.text = said.text.trim_start()[first.len()..].trim().to_owned();
        }
    }
    number.is_multiple_of(FOLDS).then_some(file)
}

/// A number below 100 that depends on `text` only.
fn draw(text: &str) -> u32 {
    text.bytes().fold(7_u32, |state, byte| state.wrapping_mul(16_777_619) ^ u32::from(byte)) / 7 % 100
}

/// Writes `id TAB parent TAB probability` for each line; without a model by the one that is shipped.
fn decide(log: &str, out: &str, models: &[String]) -> Result<(), Failure> {
    let rankers = rankers(models)?;
    let mut found = BufWriter::new(File::create(out)?);
    let (mut count, mut spent) = (0, std::time::Duration::ZERO);
    for (number, file) in read(Path::new(log))?.iter().enumerate() {
        let ranker = &rankers[number % rankers.len()];
        let mut lines: Vec<Line> = Vec::new();
        for (at, said) in file.iter().enumerate() {
            let start = std::time::Instant::now();
            let choice = ranker.decide(&lines, &line(ranker, at, said));
            spent += start.elapsed();
            count += 1;
            let parent =
                choice.line.parent.map_or(said.id.as_str(), |serial| file[serial as usize].id.as_str());
            writeln!(found, "{}\t{parent}\t{}", said.id, choice.probability)?;
            lines.push(choice.line);
        }
    }
    println!("{count} lines, {:.0} lines/s", f64::from(count) / spent.as_secs_f64());
    Ok(())
}

/// Writes a row a spoken line: its place, the place of its parent by the rules, its words.
fn words(log: &str, out: &str) -> Result<(), Failure> {
    let ranker = Ranker::rules();
    let mut found = BufWriter::new(File::create(out)?);
    let mut place = 0;
    for file in read(Path::new(log))? {
        let mut lines: Vec<Line> = Vec::new();
        for (at, said) in file.iter().enumerate() {
            let decided = ranker.decide(&lines, &line(&ranker, at, said)).line;
            if !said.system {
                let parent = decided.parent.map_or(-1, |serial| place + serial as i64);
                write!(found, "{}\t{parent}", place + at as i64)?;
                for &word in training::words(&decided) {
                    write!(found, "\t{word}")?;
                }
                writeln!(found)?;
            }
            lines.push(decided);
        }
        place += lines.len() as i64;
    }
    Ok(())
}

fn rankers(models: &[String]) -> Result<Vec<Ranker>, Failure> {
    if models.is_empty() {
        return Ok(vec![Ranker::shipped()]);
    }
    models.iter().map(|path| Ok(Ranker::load(&std::fs::read(path)?)?)).collect()
}

fn line(ranker: &Ranker, at: usize, said: &Said) -> Line {
    ranker.read(at as u64, &said.author, Some(said.time), said.system, &said.text)
}
