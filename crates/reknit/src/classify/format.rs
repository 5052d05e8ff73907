//! A classifier as bytes, and back.
//!
//! Little-endian throughout. Head: 8 bytes of magic, format version (u32), version of the features
//! (u32), number of sections (u32), 0 (u32). Then one line a section: id (u32), 0 (u32), offset (u64),
//! length (u64). Then the sections, each at a multiple of 8. Last, a 64-bit checksum of all before it.
//!
//! | id | section | content |
//! |---|---|---|
//! | 1 | config | JSON |
//! | 2 | labels | JSON, sorted |
//! | 3 | features | fingerprints, u64, ascending |
//! | 4 | rarity | idf, f32, one a feature |
//! | 5 | scales | f32, one a feature |
//! | 6 | weights | i8, features × columns |
//! | 7 | meaning | f32, 128 × columns where the recipe has it |
//! | 8 | calibration | f64: sharpness, slopes (columns), intercepts (columns), biases (columns), offsets (labels) |
//! | 9 | training | JSON |
//! | 10 | scope | f64: three weights, least probability; empty where it is not asked |
//! | 11 | kept texts | i8, 128 each |
//!
//! Sections with higher ids are passed over, so that later versions can add some; files without the last two
//! are read as not asking.
//!
//! Bytes from outside are checked before they are believed: every length against the bytes that are
//! there, every number against its range. The checksum finds accidents, not attacks; a forged file can
//! give wrong labels but cannot make the reader fail. Cost: one pass.

use serde::de::DeserializeOwned;

use super::calibrate::Calibration;
use super::features::{FeatureTable, Tables};
use super::scope::Scope;
use super::score::{Rows, Scorers};
use super::train::{Training, columns, meaning_rows};
use super::{Classifier, Config};
use crate::model::checksum;
use crate::text::words::DIMENSIONS;
use crate::{Error, Result};

const MAGIC: &[u8; 8] = b"REKNITC\x1a";
/// The layout written above.
const FORMAT: u32 = 2;
/// Changes whenever the same text no longer gives the same features.
const FEATURES: u32 = 3;
const HEAD: usize = 24;
const LINE: usize = 24;
const SECTIONS: usize = 11;
/// Sections every model has.
const NEEDED: usize = 9;
/// The largest numbers of 32 and of 64 bits. Those of a model are far below, and up to here no sum of products of
/// them leaves its range.
const LARGEST: (f32, f64) = (1e9, 1e15);

impl Classifier {
    /// The classifier as bytes; [`load`](Self::load) gives back one with the same answers, bit by bit.
    pub fn save(&self) -> Vec<u8> {
        let calibration = &self.calibration;
        let mut numbers = vec![calibration.sharpness];
        for part in [&calibration.slopes, &calibration.intercepts, &self.bias, &calibration.offsets] {
            numbers.extend(part);
        }
        let scope = &self.scope;
        let scope_numbers = scope.weights.into_iter().chain([scope.least]);
        // The thread count is how it was made, not what it is: equal models are equal bytes.
        let config = Config { threads: 0, ..self.config.clone() };
        let sections: [Vec<u8>; SECTIONS] = [
            json(&config),
            json(&self.labels),
            self.table.fingerprints.iter().flat_map(|f| f.to_le_bytes()).collect(),
            self.table.idf.iter().flat_map(|f| f.to_le_bytes()).collect(),
            self.rows.iter().flat_map(|(scale, _)| scale.to_le_bytes()).collect(),
            self.rows.iter().flat_map(|(_, values)| values).copied().collect(),
            self.meaning.iter().flat_map(|f| f.to_le_bytes()).collect(),
            numbers.iter().flat_map(|f| f.to_le_bytes()).collect(),
            json(&self.training),
            if scope.is_empty() { Vec::new() } else { scope_numbers.flat_map(f64::to_le_bytes).collect() },
            scope.vectors.iter().map(|&value| value as u8).collect(),
        ];
        let mut bytes =
            Vec::with_capacity(HEAD + 64 * SECTIONS + sections.iter().map(Vec::len).sum::<usize>());
        bytes.extend_from_slice(MAGIC);
        for number in [FORMAT, FEATURES, SECTIONS as u32, 0] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let mut offset = HEAD + LINE * SECTIONS;
        for (place, section) in sections.iter().enumerate() {
            bytes.extend_from_slice(&(place as u64 + 1).to_le_bytes());
            bytes.extend_from_slice(&(offset as u64).to_le_bytes());
            bytes.extend_from_slice(&(section.len() as u64).to_le_bytes());
            offset += section.len().next_multiple_of(8);
        }
        for section in &sections {
            bytes.extend_from_slice(section);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Reads a classifier saved by [`save`](Self::save).
    ///
    /// # Errors
    /// `Model` for bytes that are no classifier, damaged, cut off, or written by a newer version.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        let sections = sections(bytes)?;
        let config: Config = read_json(sections[0], "config")?;
        config.check().map_err(|_| broken("config"))?;
        let labels: Vec<String> = read_json(sections[1], "labels")?;
        if labels.len() < 2 || labels.windows(2).any(|w| w[0] >= w[1]) {
            return Err(broken("labels"));
        }
        let fingerprints: Vec<u64> = numbers(sections[2], u64::from_le_bytes, "features")?;
        if fingerprints.windows(2).any(|w| w[0] >= w[1]) {
            return Err(broken("features"));
        }
        let idf: Vec<f32> = numbers(sections[3], f32::from_le_bytes, "rarity")?;
        let training: Training = read_json(sections[8], "training")?;
        let (features, columns) = (fingerprints.len(), columns(labels.len()));
        let scales: Vec<f32> = numbers(sections[4], f32::from_le_bytes, "scales")?;
        let meaning: Vec<f32> = numbers(sections[6], f32::from_le_bytes, "meaning")?;
        let sound = |values: &[f32]| values.iter().all(|v| v.abs() <= LARGEST.0);
        if idf.len() != features || !sound(&idf) {
            return Err(broken("rarity"));
        }
        if scales.len() != features || !sound(&scales) {
            return Err(broken("scales"));
        }
        if Some(sections[5].len()) != features.checked_mul(columns) {
            return Err(broken("weights"));
        }
        let rows = Rows::read(columns, &idf, &scales, sections[5]);
        if meaning.len() != meaning_rows(&training.recipe) * columns || !sound(&meaning) {
            return Err(broken("meaning"));
        }
        if !(training.recipe.is_sound() && training.cost > 0.0 && training.cost.is_finite()) {
            return Err(broken("training"));
        }
        let values: Vec<f64> = numbers(sections[7], f64::from_le_bytes, "calibration")?;
        let whole =
            values.len() == 1 + 3 * columns + labels.len() && values.iter().all(|v| v.abs() <= LARGEST.1);
        if !(whole && values[..=columns].iter().all(|&factor| factor > 0.0)) {
            return Err(broken("calibration"));
        }
        let (slopes, rest) = values[1..].split_at(columns);
        let (intercepts, rest) = rest.split_at(columns);
        let (bias, offsets) = rest.split_at(columns);
        let calibration = Calibration {
            slopes: slopes.to_vec(),
            intercepts: intercepts.to_vec(),
            sharpness: values[0],
            offsets: offsets.to_vec(),
        };
        let scope = read_scope(&sections, labels.len())?;
        let table = FeatureTable::new(fingerprints, idf);
        if !table.is_whole() {
            return Err(broken("features"));
        }
        let (bias, tables) = (bias.to_vec(), Tables::shipped());
        let scorers = Scorers::default();
        Ok(Self { config, labels, table, rows, meaning, bias, calibration, scope, training, tables, scorers })
    }
}

fn read_scope(sections: &[&[u8]; SECTIONS], labels: usize) -> Result<Scope> {
    let values: Vec<f64> = numbers(sections[9], f64::from_le_bytes, "scope")?;
    if values.is_empty() && sections[10].is_empty() {
        return Ok(Scope::default());
    }
    if labels < 3 || sections[10].is_empty() || !sections[10].len().is_multiple_of(DIMENSIONS) {
        return Err(broken("kept texts"));
    }
    let [a, b, c, least] = *values.as_slice() else { return Err(broken("scope")) };
    if !values.iter().all(|value| value.abs() <= LARGEST.1) {
        return Err(broken("scope"));
    }
    let vectors = sections[10].iter().map(|&byte| byte as i8).collect();
    Ok(Scope { vectors, weights: [a, b, c], least })
}

/// The sections in the order of their ids, after all that can be checked without reading them.
fn sections(bytes: &[u8]) -> Result<[&[u8]; SECTIONS]> {
    if bytes.get(..8) != Some(MAGIC.as_slice()) {
        return Err(Error::model("classify: these bytes are not a classifier; pass what save gave"));
    }
    if bytes.len() < HEAD + LINE * NEEDED + 8 {
        return Err(broken("head"));
    }
    let word = |at: usize| bytes[at..].first_chunk().map_or(0, |b| u32::from_le_bytes(*b));
    let long = |at: usize| bytes[at..].first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
    if word(8) != FORMAT || word(12) != FEATURES {
        return Err(Error::model(format!(
            "classify: the model has format {} and features {}; this version reads {FORMAT} and {FEATURES}; train it again",
            word(8),
            word(12)
        )));
    }
    let body = &bytes[..bytes.len() - 8];
    if long(body.len()) != checksum(body) {
        return Err(broken("checksum"));
    }
    let lines = word(16) as usize;
    if lines < NEEDED || lines.saturating_mul(LINE) > body.len() - HEAD {
        return Err(broken("section table"));
    }
    let mut sections = [&[][..]; SECTIONS];
    for (place, section) in sections.iter_mut().enumerate().take(lines) {
        let line = HEAD + LINE * place;
        let (offset, length) = (long(line + 8), long(line + 16));
        let range = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
        let found = range.and_then(|(o, l)| body.get(o..o.checked_add(l)?));
        *section = found.filter(|_| long(line) == place as u64 + 1).ok_or_else(|| broken("section table"))?;
    }
    Ok(sections)
}

fn broken(what: &str) -> Error {
    Error::model(format!(
        "classify: the model is damaged or cut off ({what}); load an intact copy or train it again"
    ))
}

/// A part of what is saved.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain structs with text keys always have a JSON form")
}

fn read_json<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|_| broken(what))
}

/// The numbers of `N` bytes each that fill a section.
fn numbers<const N: usize, T>(bytes: &[u8], read: fn([u8; N]) -> T, what: &str) -> Result<Vec<T>> {
    let (chunks, rest) = bytes.as_chunks::<N>();
    if rest.is_empty() { Ok(chunks.iter().map(|&chunk| read(chunk)).collect()) } else { Err(broken(what)) }
}

#[cfg(test)]
mod tests {
    use super::super::Example;
    use super::*;
    use crate::model::unwatched;
    use proptest::prelude::*;

    fn model() -> Classifier {
        let config = Config { char_ngrams: 3, ..Config::default() };
        let examples =
            [("a", "apple"), ("b", "bicycle"), ("c", "cheese"), ("a", "red apple"), ("b", "big bicycle")];
        let examples = examples.map(|(label, text)| Example::new(label, text));
        Classifier::fit(&config, &examples, None, &mut unwatched).expect("three labels")
    }

    #[test]
    fn saved_and_loaded_answers_the_same() {
        let model = model();
        let bytes = model.save();
        let again = Classifier::load(&bytes).expect("intact bytes");
        assert_eq!(again.save(), bytes);
        for text in ["an apple", "cheese on a bicycle", "", "🍎"] {
            assert_eq!(again.classify(text), model.classify(text));
        }
    }

    #[test]
    fn cut_off_bytes_are_refused_at_every_length() {
        let bytes = model().save();
        for length in 0..bytes.len() {
            assert!(Classifier::load(&bytes[..length]).is_err(), "{length}");
        }
    }

    /// With them, probabilities would be no numbers.
    #[test]
    fn numbers_out_of_all_proportion_are_refused() {
        let intact = model().save();
        for (section, width) in [(3, 4), (4, 4), (7, 8)] {
            let line = HEAD + LINE * section + 8;
            let offset = u64::from_le_bytes(*intact[line..].first_chunk().expect("a line")) as usize;
            let mut bytes = intact[..intact.len() - 8].to_vec();
            let number =
                if width == 4 { f32::MAX.to_le_bytes().to_vec() } else { f64::MAX.to_le_bytes().to_vec() };
            bytes[offset..offset + width].copy_from_slice(&number);
            let sum = checksum(&bytes);
            bytes.extend_from_slice(&sum.to_le_bytes());
            assert!(Classifier::load(&bytes).is_err(), "{section}");
        }
    }

    proptest! {
        #[test]
        fn a_flipped_bit_is_found(place in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let mut bytes = model().save();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(Classifier::load(&bytes).is_err());
        }

        /// Even with a right checksum, wrong content is an error or a working model, never a panic.
        #[test]
        fn forged_bytes_never_panic(place in any::<prop::sample::Index>(), byte in any::<u8>(), text in "\\PC{0,20}") {
            let mut bytes = model().save();
            bytes.truncate(bytes.len() - 8);
            let at = place.index(bytes.len());
            bytes[at] = byte;
            let sum = checksum(&bytes);
            bytes.extend_from_slice(&sum.to_le_bytes());
            if let Ok(model) = Classifier::load(&bytes) {
                let _ = (model.classify(&text), model.explain(&text));
            }
        }

        #[test]
        fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Classifier::load(&bytes).is_err());
        }
    }
}
