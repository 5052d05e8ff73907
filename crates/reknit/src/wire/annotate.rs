//! The verb `annotate`: several readings of each text at once.
//!
//! Cost: that of the readers asked for, less what they share; classifiers of the request are trained first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Brief, TrainRequest, brief, multi, read, train, write};
use crate::Result;
use crate::classify::Annotator;
use crate::model::{Progress, Watch};

/// Who reads, for bindings that keep the readers or hand the texts over as Arrow.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Readers {
    /// Models that come with the library.
    #[serde(default)]
    pub(super) models: Vec<String>,
    /// Classifiers to train, by the name under which their labels come back.
    #[serde(default)]
    pub(super) train: BTreeMap<String, TrainRequest>,
    /// Those that give several labels.
    #[serde(default)]
    pub(super) train_multi: BTreeMap<String, multi::TrainRequest>,
}

/// The same with texts: serde cannot refuse unknown keys in a flattened part.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    texts: Vec<String>,
    #[serde(default)]
    models: Vec<String>,
    #[serde(default)]
    train: BTreeMap<String, TrainRequest>,
    #[serde(default)]
    train_multi: BTreeMap<String, multi::TrainRequest>,
    /// One label of each reader and its probability alone.
    #[serde(default)]
    brief: bool,
}

impl Readers {
    pub(super) fn annotator(&self, watch: &mut Watch<'_>) -> Result<Annotator> {
        if self.models.is_empty() && self.train.is_empty() && self.train_multi.is_empty() {
            return Ok(Annotator::everything());
        }
        let mut found = Annotator::new(&self.models)?;
        for (name, request) in &self.train {
            found = found.with(name, train(request, watch)?)?;
        }
        for (name, request) in &self.train_multi {
            found = found.with_multi(name, multi::train(request, watch)?)?;
        }
        Ok(found)
    }
}

/// The annotator of an `annotate` request without texts: `models`, `train`, `train_multi`; all that come with the
/// library where nobody is named.
///
/// # Errors
/// `input` for a request of another shape, and those of [`Annotator`] and of training.
pub fn annotator(request: &str, watch: &mut Watch<'_>) -> Result<Annotator> {
    read::<Readers>(request)?.annotator(watch)
}

/// Texts between two looks at whether to stop.
const STEP: usize = 1024;

#[derive(Serialize)]
struct Answer<T> {
    results: Vec<T>,
}

/// `annotate`: what each text is to each reader.
pub(super) fn annotate(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let Request { texts, models, train, train_multi, brief } = read(request)?;
    let annotator = Readers { models, train, train_multi }.annotator(watch)?;
    annotated(&annotator, &texts, brief, watch)
}

/// The answer of `annotate` for an annotator that was made before; `brief`: one label of each reader and its
/// probability alone.
///
/// # Errors
/// `cancelled` when `watch` asks to stop.
pub fn annotated(
    annotator: &Annotator,
    texts: &[String],
    brief: bool,
    watch: &mut Watch<'_>,
) -> Result<String> {
    if brief {
        let labels = |some: &[String]| annotator.label_all(some, 0).into_iter().map(briefs).collect();
        return write(&Answer { results: in_steps(texts, watch, labels)? });
    }
    write(&Answer { results: in_steps(texts, watch, |some| annotator.annotate_all(some, 0))? })
}

/// What `make` makes of some texts at a time.
pub(super) fn in_steps<T>(
    texts: &[String],
    watch: &mut Watch<'_>,
    make: impl Fn(&[String]) -> Vec<T>,
) -> Result<Vec<T>> {
    let mut results = Vec::with_capacity(texts.len());
    for some in texts.chunks(STEP) {
        Progress::report("annotate", results.len() as u64, texts.len() as u64, watch)?;
        results.extend(make(some));
    }
    Progress::report("annotate", texts.len() as u64, texts.len() as u64, watch)?;
    Ok(results)
}

fn briefs(found: BTreeMap<String, (String, f64)>) -> BTreeMap<String, Brief> {
    found.into_iter().map(|(name, label)| (name, brief(label))).collect()
}
