//! Fills `corpus/` with what the fuzzer begins with: the texts and requests of `tests/cases`, and small models.
//!
//! `cargo run --release --example seeds`, from this folder. Files are named by their number, so a second run changes
//! nothing.

use std::fs;
use std::path::{Path, PathBuf};

use reknit_fuzz::{VERBS, models};
use serde_json::Value;

type Seeds = Vec<(&'static str, Vec<u8>)>;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Seeds::new();
    for file in files(&root.join("../cases"))? {
        let content = fs::read_to_string(&file)?;
        if file.extension().is_some_and(|ending| ending == "json") {
            let cases: Value = serde_json::from_str(&content)?;
            requests(&cases, &mut seeds);
            strings(&cases, &mut |text| of_text(text, &mut seeds));
        } else {
            let last = |line: &str| line.rsplit('\t').find(|cell| cell.contains(' ')).map(str::to_owned);
            content.lines().filter_map(last).for_each(|text| of_text(&text, &mut seeds));
        }
    }
    of_models(&mut seeds);
    for (place, (target, bytes)) in seeds.iter().enumerate() {
        let folder = root.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("seed-{place:05}")), bytes)?;
    }
    Ok(())
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// The requests of the verbs that read texts.
fn requests(cases: &Value, seeds: &mut Seeds) {
    for case in cases.as_array().into_iter().flatten() {
        let verb = case["verb"].as_str().and_then(|verb| VERBS.iter().position(|known| *known == verb));
        if let Some(verb) = verb {
            let request = match &case["request"] {
                Value::String(request) => request.clone(),
                request => request.to_string(),
            };
            seeds.push(("wire", [&[verb as u8], request.as_bytes()].concat()));
        }
    }
}

fn strings(value: &Value, tell: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) if text.len() > 3 => tell(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, tell)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, tell)),
        _ => {}
    }
}

/// One text for each target that reads texts, some of them cut into several.
fn of_text(text: &str, seeds: &mut Seeds) {
    let place = seeds.len() as u8;
    for target in ["tokens", "readers", "language"] {
        seeds.push((target, text.into()));
    }
    let with = |head: &[u8], text: &str| [head, text.as_bytes()].concat();
    let several = text.replace(['.', ',', ';'], "\0");
    seeds.push(("extract", with(&[place % 8, 1], text)));
    seeds.push(("normalize", with(&[place % 12, place % 5], text)));
    seeds.push(("mine", with(&[place % 32, place % 4, 1], &several)));
    if place.is_multiple_of(8) {
        seeds.push(("train", with(&[place, 2, 3, 1], &several)));
    }
}

fn of_models(seeds: &mut Seeds) {
    for (place, model) in models().iter().enumerate() {
        seeds.push(("load", model.clone()));
        for edits in 0..8 {
            let numbers: Vec<u8> = (0..48).map(|at| (at * 37 + edits * 11) as u8).collect();
            let head = [place as u8, 1 + edits as u8, edits as u8 % 6];
            seeds.push(("forge", [head.as_slice(), &numbers, b"refund my money"].concat()));
            seeds.push(("saved", [head.as_slice(), &numbers, b"a parcel\0a refund\0log in"].concat()));
        }
    }
}
