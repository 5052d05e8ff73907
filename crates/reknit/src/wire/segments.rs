//! The verb `segments`: texts of one kind that are about one thing.
//!
//! The kinds are what readers say of a text (see [`annotate`](super::annotate)), which only this floor may bring
//! together with topics. Cost: that of the readers and of the segments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::annotate::{Readers, in_steps};
use super::{TrainRequest, multi, read, write};
use crate::classify::Annotator;
use crate::mine::{Segment, SegmentAssignment, SegmentConfig, Segments};
use crate::model::Watch;
use crate::{Error, ErrorKind, Result};

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
    /// Labels that are known already, one a text, by the name of the trait.
    #[serde(default)]
    traits: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    config: SegmentConfig,
}

/// A segment with the names of its traits.
#[derive(Serialize)]
struct Named<'a> {
    id: u32,
    traits: BTreeMap<&'a str, &'a str>,
    label: &'a str,
    words: &'a [crate::mine::TopicWord],
    texts: usize,
    share: f64,
    /// The places of the texts that are most what the segment is about, where it is a part of a group.
    examples: Vec<usize>,
}

#[derive(Serialize)]
struct Answer<'a> {
    segments: Vec<Named<'a>>,
    assignments: Vec<SegmentAssignment>,
}

/// Examples of a segment.
const EXAMPLES: usize = 3;

/// `segments`: by what the texts want and how they sound, if nothing else is asked, and by what they are about.
pub(super) fn segments(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let Request { texts, mut models, train, train_multi, traits: mut named_traits, config } = read(request)?;
    let asks = !(models.is_empty() && train.is_empty() && train_multi.is_empty());
    if !asks && named_traits.is_empty() {
        models = vec!["intent".to_owned(), "sentiment".to_owned()];
    }
    if asks || named_traits.is_empty() {
        let annotator = Readers { models, train, train_multi }.annotator(watch)?;
        read_traits(&annotator, &texts, &mut named_traits, watch)?;
    }
    let traits = rows(texts.len(), &named_traits)?;
    let found = Segments::fit(&config, &texts, &traits)?;
    let assignments: Option<Vec<SegmentAssignment>> = found.assign_all(&texts, &traits).into_iter().collect();
    let assignments = assignments.ok_or_else(|| {
        Error::new(ErrorKind::Internal, "segments: a text has traits that were not fitted on")
    })?;
    let names: Vec<&str> = named_traits.keys().map(String::as_str).collect();
    let examples = examples(found.segments().len(), &assignments, &texts);
    let segments = found.segments().iter().zip(examples);
    let segments = segments.map(|(segment, examples)| named(segment, &names, examples)).collect();
    write(&Answer { segments, assignments })
}

/// What the readers say, as traits under their names.
fn read_traits(
    annotator: &Annotator,
    texts: &[String],
    traits: &mut BTreeMap<String, Vec<String>>,
    watch: &mut Watch<'_>,
) -> Result<()> {
    for name in annotator.names() {
        if traits.insert(name.to_owned(), Vec::with_capacity(texts.len())).is_some() {
            return Err(Error::input(format!(
                "segments: `traits` has `{name}`, which a reader gives as well"
            )));
        }
    }
    let found = in_steps(texts, watch, |some| annotator.label_all(some, 0))?;
    for (name, (label, _)) in found.into_iter().flatten() {
        traits.entry(name).or_default().push(label);
    }
    Ok(())
}

/// The traits of each text, in the order of their names.
fn rows(texts: usize, traits: &BTreeMap<String, Vec<String>>) -> Result<Vec<Vec<String>>> {
    let mut rows = vec![Vec::with_capacity(traits.len()); texts];
    for (name, labels) in traits {
        if labels.len() != texts {
            return Err(Error::input(format!(
                "segments: trait `{name}` has {} labels and there are {texts} texts; give one a text",
                labels.len()
            )));
        }
        rows.iter_mut().zip(labels).for_each(|(row, label)| row.push(label.clone()));
    }
    Ok(rows)
}

fn named<'a>(segment: &'a Segment, names: &[&'a str], examples: Vec<usize>) -> Named<'a> {
    Named {
        id: segment.id,
        traits: names.iter().copied().zip(segment.traits.iter().map(String::as_str)).collect(),
        label: &segment.label,
        words: &segment.words,
        texts: segment.texts,
        share: segment.share,
        examples,
    }
}

/// The different texts that fit each segment best; of equals those with a letter, then the one whose text comes first.
fn examples(segments: usize, assignments: &[SegmentAssignment], texts: &[String]) -> Vec<Vec<usize>> {
    let mut examples: Vec<Vec<usize>> = vec![Vec::new(); segments];
    for (place, assignment) in assignments.iter().enumerate() {
        examples[assignment.segment as usize].push(place);
    }
    let strength = |place: usize| assignments[place].strength;
    let order = |place: usize| (!texts[place].contains(char::is_alphabetic), &texts[place]);
    for places in &mut examples {
        places.sort_by(|&a, &b| strength(b).total_cmp(&strength(a)).then_with(|| order(a).cmp(&order(b))));
        places.dedup_by_key(|place| &texts[*place]);
        places.truncate(EXAMPLES);
    }
    examples
}
