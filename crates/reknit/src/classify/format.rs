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
//! | 4 | rarity | idf, f32, one a feature, none below 0 |
//! | 5 | scales | f32, one a feature, none below 0 |
//! | 6 | weights | i8, features × columns |
//! | 7 | meaning | f32, 128 × columns where the recipe has it |
//! | 8 | calibration | f64: sharpness, slopes (columns), intercepts (columns), biases (columns), offsets (labels) |
//! | 9 | training | JSON |
//! | 10 | scope | f64: three weights, least probability; empty where it is not asked |
//! | 11 | kept texts | i8, 128 each |
//! | 12 | texts kept of each label | u32; empty where that is not known |
//!
//! A classifier of several labels a text has other magic, a column a label, no last three sections, and as calibration
//! f64: slopes, intercepts, biases, thresholds (natural log odds), one a label each.
//!
//! Sections with higher ids are passed over, so that later versions can add some; files without the last three
//! are read as not asking.
//!
//! Bytes from outside are checked before they are believed: every length against the bytes that are
//! there, every number against its range. The checksum finds accidents, not attacks; a forged file can
//! give wrong labels but cannot make the reader fail. Cost: one pass.

use serde::de::DeserializeOwned;

use super::calibrate::Calibration;
use super::columns::Columns;
use super::features::{FeatureTable, Tables};
use super::multi::{MultiClassifier, Sigmoids};
use super::rows::Rows;
use super::scope::Scope;
use super::score::Scorers;
use super::train::{Training, columns, meaning_rows};
use super::{Classifier, Config};
use crate::model::checksum;
use crate::text::words::DIMENSIONS;
use crate::{Error, Result};

/// What a saved classifier gives: one label or several. Told by its first 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelKind {
    /// A [`Classifier`].
    Single,
    /// A [`MultiClassifier`].
    Multi,
}

impl ModelKind {
    /// What these bytes say they are; `None` for bytes that are no trained classifier. Whether they are intact is
    /// seen by loading them.
    ///
    /// ```
    /// use reknit::classify::ModelKind;
    /// assert_eq!(ModelKind::of(b"label\ttext"), None);
    /// ```
    pub fn of(bytes: &[u8]) -> Option<Self> {
        [Self::Single, Self::Multi].into_iter().find(|kind| bytes.get(..8) == Some(kind.magic()))
    }

    fn magic(self) -> &'static [u8] {
        match self {
            Self::Single => b"REKNITC\x1a",
            Self::Multi => b"REKNITM\x1a",
        }
    }

    /// Refuses bytes of another kind.
    fn check(self, bytes: &[u8]) -> Result<()> {
        match Self::of(bytes) {
            Some(kind) if kind == self => Ok(()),
            Some(Self::Single) => Err(Error::model(
                "classify: this classifier gives one label a text; load it with Classifier, not MultiClassifier",
            )),
            Some(Self::Multi) => Err(Error::model(
                "classify: this classifier gives several labels a text; load it with MultiClassifier, not Classifier",
            )),
            None => Err(Error::model("classify: these bytes are not a classifier; pass what save gave")),
        }
    }
}

/// The layout written above.
const FORMAT: u32 = 2;
/// Changes whenever the same text no longer gives the same features.
const FEATURES: u32 = 3;
const HEAD: usize = 24;
const LINE: usize = 24;
const SECTIONS: usize = 12;
/// Sections every model has.
const NEEDED: usize = 9;
/// The largest numbers of 32 and of 64 bits. Those of a model are far below, and up to here no sum of products of
/// them leaves its range.
const LARGEST: (f32, f64) = (1e9, 1e15);

impl Classifier {
    /// The classifier as bytes; [`load`](Self::load) gives back one with the same answers, bit by bit.
    pub fn save(&self) -> Vec<u8> {
        let Calibration { slopes, intercepts, sharpness, offsets } = &self.calibration;
        let numbers = std::iter::once(sharpness).chain(slopes).chain(intercepts);
        let numbers = numbers.chain(&self.columns.bias).chain(offsets);
        let scope = &self.scope;
        let scope_numbers = scope.weights.into_iter().chain([scope.least]);
        let mut sections = head(&self.config, &self.labels);
        sections.extend(self.columns.sections());
        sections.extend([
            numbers.flat_map(|f| f.to_le_bytes()).collect(),
            json(&self.training),
            if scope.is_empty() { Vec::new() } else { scope_numbers.flat_map(f64::to_le_bytes).collect() },
            scope.kept.iter().flatten().map(|&value| value as u8).collect(),
            scope.counts().into_iter().flat_map(u32::to_le_bytes).collect(),
        ]);
        written(ModelKind::Single, &sections)
    }

    /// Reads a classifier saved by [`save`](Self::save).
    ///
    /// # Errors
    /// `Model` for bytes that are no classifier of one label a text, damaged, cut off, or written by a newer version.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        let sections = sections(bytes, ModelKind::Single)?;
        let Head { config, labels, training } = Head::read(&sections)?;
        if labels.len() < 2 {
            return Err(broken("labels"));
        }
        let columns = columns(labels.len());
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
        let columns = Columns::load(&sections, bias, &training)?;
        Ok(Self { config, labels, columns, calibration, scope, training })
    }
}

impl MultiClassifier {
    /// The classifier as bytes; [`load`](Self::load) gives back one with the same answers, bit by bit.
    pub fn save(&self) -> Vec<u8> {
        let Sigmoids { slopes, intercepts, thresholds } = &self.sigmoids;
        let numbers = slopes.iter().chain(intercepts).chain(&self.columns.bias).chain(thresholds);
        let mut sections = head(&self.config, &self.labels);
        sections.extend(self.columns.sections());
        sections.extend([numbers.flat_map(|f| f.to_le_bytes()).collect(), json(&self.training)]);
        written(ModelKind::Multi, &sections)
    }

    /// Reads a classifier saved by [`save`](Self::save).
    ///
    /// # Errors
    /// `Model` for bytes that are no classifier of several labels a text, damaged, cut off, or written by a newer
    /// version.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        let sections = sections(bytes, ModelKind::Multi)?;
        let Head { config, labels, training } = Head::read(&sections)?;
        if labels.first().is_none_or(String::is_empty) {
            return Err(broken("labels"));
        }
        let values: Vec<f64> = numbers(sections[7], f64::from_le_bytes, "calibration")?;
        let whole = values.len() == 4 * labels.len() && values.iter().all(|v| v.abs() <= LARGEST.1);
        if !(whole && values[..labels.len()].iter().all(|&slope| slope > 0.0)) {
            return Err(broken("calibration"));
        }
        let (slopes, rest) = values.split_at(labels.len());
        let (intercepts, rest) = rest.split_at(labels.len());
        let (bias, thresholds) = rest.split_at(labels.len());
        let sigmoids = Sigmoids {
            slopes: slopes.to_vec(),
            intercepts: intercepts.to_vec(),
            thresholds: thresholds.to_vec(),
        };
        let columns = Columns::load(&sections, bias, &training)?;
        Ok(Self { config, labels, columns, sigmoids, training })
    }
}

/// The first two sections.
fn head(config: &Config, labels: &[String]) -> Vec<Vec<u8>> {
    // The thread count is how it was made, not what it is: equal models are equal bytes.
    vec![json(&Config { threads: 0, ..config.clone() }), json(&labels)]
}

/// What every model says of itself.
struct Head {
    config: Config,
    labels: Vec<String>,
    training: Training,
}

impl Head {
    fn read(sections: &[&[u8]; SECTIONS]) -> Result<Self> {
        let config: Config = read_json(sections[0], "config")?;
        config.check().map_err(|_| broken("config"))?;
        let labels: Vec<String> = read_json(sections[1], "labels")?;
        if labels.windows(2).any(|w| w[0] >= w[1]) {
            return Err(broken("labels"));
        }
        let training: Training = read_json(sections[8], "training")?;
        if !(training.recipe.is_sound() && training.cost > 0.0 && training.cost.is_finite()) {
            return Err(broken("training"));
        }
        Ok(Self { config, labels, training })
    }
}

impl Columns {
    /// Features, rarity, scales, weights and meaning.
    fn sections(&self) -> [Vec<u8>; 5] {
        [
            self.table.fingerprints.iter().flat_map(|f| f.to_le_bytes()).collect(),
            self.table.idf.iter().flat_map(|f| f.to_le_bytes()).collect(),
            self.rows.iter().flat_map(|(scale, _)| scale.to_le_bytes()).collect(),
            self.rows.iter().flat_map(|(_, values)| values).map(|value| value as u8).collect(),
            self.meaning.iter().flat_map(|f| f.to_le_bytes()).collect(),
        ]
    }

    /// Reads columns of these biases.
    fn load(sections: &[&[u8]; SECTIONS], bias: &[f64], training: &Training) -> Result<Self> {
        let fingerprints: Vec<u64> = numbers(sections[2], u64::from_le_bytes, "features")?;
        if fingerprints.windows(2).any(|w| w[0] >= w[1]) {
            return Err(broken("features"));
        }
        let (features, columns) = (fingerprints.len(), bias.len());
        let idf: Vec<f32> = numbers(sections[3], f32::from_le_bytes, "rarity")?;
        let scales: Vec<f32> = numbers(sections[4], f32::from_le_bytes, "scales")?;
        let meaning: Vec<f32> = numbers(sections[6], f32::from_le_bytes, "meaning")?;
        let sound = |values: &[f32]| values.iter().all(|v| v.abs() <= LARGEST.0);
        let none_below_0 = |values: &[f32]| sound(values) && values.iter().all(|&value| value >= 0.0);
        if idf.len() != features || !none_below_0(&idf) {
            return Err(broken("rarity"));
        }
        if scales.len() != features || !none_below_0(&scales) {
            return Err(broken("scales"));
        }
        if Some(sections[5].len()) != features.checked_mul(columns) {
            return Err(broken("weights"));
        }
        let rows = Rows::read(columns, &idf, &scales, sections[5]);
        if meaning.len() != meaning_rows(&training.recipe) * columns || !sound(&meaning) {
            return Err(broken("meaning"));
        }
        let table = FeatureTable::new(fingerprints, idf);
        if !table.is_whole() {
            return Err(broken("features"));
        }
        let (bias, tables, scorers) = (bias.to_vec(), Tables::shipped(), Scorers::default());
        Ok(Self { recipe: training.recipe, table, rows, meaning, bias, tables, scorers })
    }
}

/// A model of these sections as bytes.
fn written(kind: ModelKind, sections: &[Vec<u8>]) -> Vec<u8> {
    let size = sections.iter().map(Vec::len).sum::<usize>();
    let mut bytes = Vec::with_capacity(HEAD + 64 * sections.len() + size);
    bytes.extend_from_slice(kind.magic());
    for number in [FORMAT, FEATURES, sections.len() as u32, 0] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    let mut offset = HEAD + LINE * sections.len();
    for (place, section) in sections.iter().enumerate() {
        bytes.extend_from_slice(&(place as u64 + 1).to_le_bytes());
        bytes.extend_from_slice(&(offset as u64).to_le_bytes());
        bytes.extend_from_slice(&(section.len() as u64).to_le_bytes());
        offset += section.len().next_multiple_of(8);
    }
    for section in sections {
        bytes.extend_from_slice(section);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
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
    let mut vectors: Vec<i8> = sections[10].iter().map(|&byte| byte as i8).collect();
    let counts = numbers(sections[11], u32::from_le_bytes, "kept texts")?;
    if counts.is_empty() {
        return Ok(Scope { kept: vec![vectors], weights: [a, b, c], least });
    }
    let all: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    if counts.len() != labels || all != (vectors.len() / DIMENSIONS) as u64 {
        return Err(broken("kept texts"));
    }
    let mut kept: Vec<Vec<i8>> = Vec::with_capacity(labels);
    for &count in counts.iter().rev() {
        kept.push(vectors.split_off(vectors.len() - count as usize * DIMENSIONS));
    }
    kept.reverse();
    Ok(Scope { kept, weights: [a, b, c], least })
}

/// The sections in the order of their ids, after all that can be checked without reading them.
fn sections(bytes: &[u8], kind: ModelKind) -> Result<[&[u8]; SECTIONS]> {
    kind.check(bytes)?;
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
    use super::super::{Example, MultiExample};
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
            let number =
                if width == 4 { f32::MAX.to_le_bytes().to_vec() } else { f64::MAX.to_le_bytes().to_vec() };
            assert!(Classifier::load(&forged(&intact, section, &number)).is_err(), "{section}");
        }
        // Sums of many columns take these for sizes.
        for section in [3, 4] {
            let number = (-0.5_f32).to_le_bytes();
            assert!(Classifier::load(&forged(&intact, section, &number)).is_err(), "{section} below 0");
        }
    }

    /// The bytes with another beginning of a section, and with the checksum of that.
    fn forged(intact: &[u8], section: usize, beginning: &[u8]) -> Vec<u8> {
        let line = HEAD + LINE * section + 8;
        let offset = u64::from_le_bytes(*intact[line..].first_chunk().expect("a line")) as usize;
        let mut bytes = intact[..intact.len() - 8].to_vec();
        bytes[offset..offset + beginning.len()].copy_from_slice(beginning);
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    #[test]
    fn kept_texts_come_back_under_their_labels_or_without() {
        let mut model = model();
        let texts = |count: i8| -> Vec<i8> { (0..count).flat_map(|number| [number; DIMENSIONS]).collect() };
        for kept in [vec![texts(2), texts(0), texts(1)], vec![texts(3)]] {
            model.scope = Scope { kept, weights: [1.0, 2.0, 3.0], least: 0.5 };
            let again = Classifier::load(&model.save()).expect("intact bytes");
            assert_eq!(again.scope, model.scope);
            assert_eq!(again.classify("an apple"), model.classify("an apple"));
        }
        model.scope.kept = vec![texts(1), texts(1), texts(1)];
        for count in [0_u32, 2, u32::MAX] {
            assert!(Classifier::load(&forged(&model.save(), 11, &count.to_le_bytes())).is_err(), "{count}");
        }
    }

    fn multi() -> MultiClassifier {
        let config = Config { char_ngrams: 3, word_vectors: Some(1.0), ..Config::multi() };
        let examples: [(&[&str], &str); 5] = [
            (&["a"], "apple"),
            (&["a", "b"], "an apple on a bicycle"),
            (&["b"], "big bicycle"),
            (&[], "cheese"),
            (&["a"], "red apple"),
        ];
        let examples = examples.map(|(labels, text)| MultiExample::new(labels.iter().copied(), text));
        MultiClassifier::fit(&config, &examples, None, &mut unwatched).expect("two labels")
    }

    #[test]
    fn several_labels_saved_and_loaded_answer_the_same() {
        let model = multi();
        let bytes = model.save();
        let again = MultiClassifier::load(&bytes).expect("intact bytes");
        assert_eq!(again.save(), bytes);
        for text in ["an apple", "cheese on a bicycle", "", "🍎"] {
            assert_eq!(again.classify(text), model.classify(text));
        }
        for length in 0..bytes.len() {
            assert!(MultiClassifier::load(&bytes[..length]).is_err(), "{length}");
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
        fn several_labels_forged_never_panic(
            place in any::<prop::sample::Index>(), byte in any::<u8>(), text in "\\PC{0,20}",
        ) {
            let mut bytes = multi().save();
            let at = place.index(bytes.len() - 8);
            bytes[at] = byte;
            let body = bytes.len() - 8;
            let sum = checksum(&bytes[..body]);
            bytes[body..].copy_from_slice(&sum.to_le_bytes());
            if let Ok(model) = MultiClassifier::load(&bytes) {
                let found = model.classify(&text);
                prop_assert!(found.labels.iter().all(|label| (0.0..=1.0).contains(&label.probability)));
                prop_assert!(model.explain(&text, &found.labels[0].label).is_ok());
            }
        }

        #[test]
        fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Classifier::load(&bytes).is_err());
            for kind in [ModelKind::Single, ModelKind::Multi] {
                let bytes = [kind.magic(), bytes.as_slice()].concat();
                prop_assert!(Classifier::load(&bytes).is_err() && MultiClassifier::load(&bytes).is_err());
            }
        }
    }
}
