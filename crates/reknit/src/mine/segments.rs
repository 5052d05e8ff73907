//! Segments of a collection: texts of one kind that are also about one thing.
//!
//! What kind a text is, others have said: what it wants, how it sounds, which queue it belongs to. These are its
//! *traits*, one label each. Texts with the same traits are a group, and a group that is large enough is parted by what
//! its texts are about, as [`Topics`] finds it. So `complaint, negative` falls apart into late parcels and double
//! charges, while ten thank-yous stay together. Every text is in one segment; none is left over.
//!
//! Groups do not depend on one another, nor on the order in which texts come.
//!
//! Cost: that of [`Topics`] for every group, which is linear in the texts of all.
//!
//! ```
//! use reknit::mine::{SegmentConfig, Segments};
//! let texts = ["my parcel is late", "parcel not delivered", "charged twice", "charged two times", "thank you"];
//! let traits = ["complaint", "complaint", "complaint", "complaint", "praise"].map(|label| vec![label.to_owned()]);
//! let segments = Segments::fit(&SegmentConfig { smallest: 2, ..SegmentConfig::default() }, &texts, &traits)?;
//! let of = |place: usize| segments.assign(texts[place], &traits[place]).map(|found| found.segment);
//! assert_eq!(of(0), of(1));
//! assert!(of(4).is_some() && of(4) != of(0));
//! # Ok::<(), reknit::Error>(())
//! ```

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::stop::StopLists;
use super::{Assignment, Topic, TopicConfig, TopicWord, Topics};
use crate::{Error, Result};

/// How segments are found.
///
/// | field | default | meaning | range |
/// |---|---|---|---|
/// | `smallest` | 20 | different texts of the smallest part; a group of fewer than twice as many stays whole | 1 and up |
/// | `language` | none | whose stop words are left out; none: the texts decide | en, de, es, fr, it, nl, pt |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SegmentConfig {
    /// Different texts of the smallest part of a group.
    pub smallest: usize,
    /// Whose stop words are left out.
    pub language: Option<String>,
}

impl Default for SegmentConfig {
    fn default() -> Self {
        Self { smallest: 20, language: None }
    }
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Segment {
    /// Its number: the largest is 0, of equals that whose traits come first.
    pub id: u32,
    /// What its texts have in common, in the order of their traits.
    pub traits: Vec<String>,
    /// What they are about: the words that tell them best from the others of their group; empty for a whole group.
    pub label: String,
    /// The same words with their weights, the most distinctive first.
    pub words: Vec<TopicWord>,
    /// How many texts.
    pub texts: usize,
    /// Their share of all texts, 0 to 1.
    pub share: f64,
}

/// The segment of a text.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SegmentAssignment {
    /// Its number.
    pub segment: u32,
    /// How well the text fits what the segment is about, 0 to 1; 1 for a group that was not parted.
    pub strength: f64,
}

/// Texts with the same traits.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    /// What they are about, where they are many.
    topics: Option<Topics>,
    /// The segment of each topic, in the order of topics; of a whole group one.
    segments: Vec<u32>,
}

/// Segments, frozen: new texts are assigned to them and change nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Segments {
    groups: BTreeMap<Vec<String>, Group>,
    segments: Vec<Segment>,
}

impl Segments {
    /// Finds the segments of `texts` with their `traits`, in whatever order they come.
    ///
    /// # Errors
    /// `Config` for a setting out of its range; `Input` if there is not one list of traits a text, all of one length.
    pub fn fit<T: AsRef<str>>(config: &SegmentConfig, texts: &[T], traits: &[Vec<String>]) -> Result<Self> {
        check(config, texts.len(), traits)?;
        let mut members: BTreeMap<&Vec<String>, Vec<&str>> = BTreeMap::new();
        for (text, traits) in texts.iter().zip(traits) {
            members.entry(traits).or_default().push(text.as_ref());
        }
        let mut found = Self { groups: BTreeMap::new(), segments: Vec::new() };
        for (traits, members) in members {
            let group = found.part(config, traits, &members)?;
            found.groups.insert(traits.clone(), group);
        }
        found.number(texts.len());
        Ok(found)
    }

    /// The parts of a group, as segments that are not in order yet.
    fn part(&mut self, config: &SegmentConfig, traits: &[String], members: &[&str]) -> Result<Group> {
        let topics = topics(config, members)?;
        let parts = match &topics {
            Some(topics) => parts(topics, members),
            None => vec![(String::new(), Vec::new(), members.len())],
        };
        let first = self.segments.len() as u32;
        let segments = (first..).take(parts.len()).collect();
        self.segments.extend(parts.into_iter().zip(first..).map(|((label, words, texts), id)| Segment {
            id,
            traits: traits.to_vec(),
            label,
            words,
            texts,
            share: 0.0,
        }));
        Ok(Group { topics, segments })
    }

    /// Puts the segments into their order and numbers them by it.
    fn number(&mut self, texts: usize) {
        let mut order: Vec<u32> = (0..self.segments.len() as u32).collect();
        order.sort_by_key(|&at| Reverse(self.segments[at as usize].texts));
        let mut places = vec![0; order.len()];
        for (place, &at) in order.iter().enumerate() {
            places[at as usize] = place as u32;
        }
        for segment in &mut self.segments {
            segment.id = places[segment.id as usize];
            segment.share = segment.texts as f64 / texts.max(1) as f64;
        }
        self.segments.sort_by_key(|segment| segment.id);
        let groups = self.groups.values_mut();
        groups.flat_map(|group| &mut group.segments).for_each(|id| *id = places[*id as usize]);
    }

    /// The segments, largest first.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The segment of a text with these traits; none where no text had them together.
    pub fn assign(&self, text: &str, traits: &[String]) -> Option<SegmentAssignment> {
        self.groups.get(traits)?.assign_all(&[text]).first().copied()
    }

    /// The segments of many texts with their traits, in their order; the same as one by one, in less time. Texts without
    /// traits have no segment.
    pub fn assign_all<T: AsRef<str>>(
        &self,
        texts: &[T],
        traits: &[Vec<String>],
    ) -> Vec<Option<SegmentAssignment>> {
        let mut members: BTreeMap<&Vec<String>, Vec<usize>> = BTreeMap::new();
        for (place, traits) in traits.iter().enumerate().take(texts.len()) {
            members.entry(traits).or_default().push(place);
        }
        let mut found = vec![None; texts.len()];
        for (traits, places) in members {
            let Some(group) = self.groups.get(traits) else { continue };
            let some: Vec<&str> = places.iter().map(|&place| texts[place].as_ref()).collect();
            for (place, assignment) in places.into_iter().zip(group.assign_all(&some)) {
                found[place] = Some(assignment);
            }
        }
        found
    }
}

impl Group {
    fn assign_all(&self, texts: &[&str]) -> Vec<SegmentAssignment> {
        let Some(topics) = &self.topics else {
            return vec![SegmentAssignment { segment: self.segments[0], strength: 1.0 }; texts.len()];
        };
        let places: BTreeMap<u32, u32> =
            topics.topics().iter().zip(&self.segments).map(|(topic, &segment)| (topic.id, segment)).collect();
        let assignment =
            |found: Assignment| SegmentAssignment { segment: places[&found.topic], strength: found.strength };
        topics.assign_all(texts).into_iter().map(assignment).collect()
    }
}

fn check(config: &SegmentConfig, texts: usize, traits: &[Vec<String>]) -> Result<()> {
    if config.smallest == 0 {
        return Err(Error::config("segments: smallest must be 1 or more"));
    }
    config.language.as_deref().map_or(Ok(0), StopLists::of)?;
    if traits.len() != texts {
        return Err(Error::input(format!(
            "segments: {texts} texts have {} lists of traits; give one a text",
            traits.len()
        )));
    }
    let length = traits.first().map_or(0, Vec::len);
    match traits.iter().position(|one| one.len() != length) {
        Some(place) => Err(Error::input(format!(
            "segments: text {} has {} traits and text 1 has {length}; give all the same number",
            place + 1,
            traits[place].len()
        ))),
        None => Ok(()),
    }
}

/// Label, words and number of texts of each topic.
fn parts(topics: &Topics, members: &[&str]) -> Vec<(String, Vec<TopicWord>, usize)> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for one in topics.assign_all(members) {
        *counts.entry(one.topic).or_default() += 1;
    }
    let texts = |topic: &Topic| counts.get(&topic.id).copied().unwrap_or(0);
    topics.topics().iter().map(|topic| (topic.label.clone(), topic.words.clone(), texts(topic))).collect()
}

/// What the members of a group are about; none where they are few, hold no words or are all about one thing.
fn topics(config: &SegmentConfig, members: &[&str]) -> Result<Option<Topics>> {
    let asked = TopicConfig { topics: None, smallest: config.smallest, language: config.language.clone() };
    let different: BTreeSet<&str> = members.iter().copied().collect();
    if different.len() < config.smallest.saturating_mul(2) {
        return Ok(None);
    }
    match Topics::fit(&asked, members) {
        Err(error) if error.kind() == crate::ErrorKind::Input => Ok(None),
        found => found.map(|topics| Some(topics).filter(|topics| topics.topics().len() > 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn traits(labels: &[&str]) -> Vec<Vec<String>> {
        labels.iter().map(|label| vec![(*label).to_owned()]).collect()
    }

    fn config(smallest: usize) -> SegmentConfig {
        SegmentConfig { smallest, ..SegmentConfig::default() }
    }

    const TEXTS: [&str; 9] = [
        "my parcel is late",
        "the parcel was not delivered",
        "where is the parcel",
        "forgot my password",
        "the password reset fails",
        "cannot log in with my password",
        "thank you for the parcel",
        "great, thanks",
        "🙂",
    ];
    const KINDS: [&str; 9] = ["bad", "bad", "bad", "bad", "bad", "bad", "good", "good", "good"];

    #[test]
    fn kinds_are_never_mixed_and_large_ones_are_parted() {
        let segments = Segments::fit(&config(2), &TEXTS, &traits(&KINDS)).expect("in range");
        let of = |text: &str, kind: &str| {
            segments.assign(text, &[kind.to_owned()]).map(|found| found.segment as usize)
        };
        let found: Vec<usize> = TEXTS.iter().zip(KINDS).filter_map(|(text, kind)| of(text, kind)).collect();
        assert_eq!(found.len(), TEXTS.len());
        let all = segments.assign_all(&TEXTS, &traits(&KINDS)).into_iter().flatten();
        assert!(all.map(|one| one.segment as usize).eq(found.iter().copied()));
        assert!(found[0] == found[1] && found[3] == found[5] && found[0] != found[3], "{found:?}");
        for (place, segment) in segments.segments().iter().enumerate() {
            assert_eq!(segment.id as usize, place);
            assert_eq!(segment.texts, found.iter().filter(|found| **found == place).count());
            assert!((segment.share - segment.texts as f64 / 9.0).abs() < 1e-12);
        }
        assert_eq!(segments.segments()[found[0]].traits, ["bad"]);
        assert!(segments.segments()[found[0]].label.contains("parcel"));
        assert_eq!(of("where is it", "ugly"), None);
    }

    #[test]
    fn small_and_wordless_groups_stay_whole() {
        let few = Segments::fit(&config(20), &TEXTS, &traits(&KINDS)).expect("in range");
        let labels: Vec<(&str, usize)> =
            few.segments().iter().map(|segment| (segment.traits[0].as_str(), segment.texts)).collect();
        assert_eq!(labels, [("bad", 6), ("good", 3)]);
        assert!(few.segments().iter().all(|segment| segment.label.is_empty()));
        let copies = Segments::fit(&config(2), &["a lamp", "a mouse"].repeat(9), &traits(&["x"; 18]));
        assert_eq!(
            copies.expect("in range").segments().len(),
            1,
            "two different texts are no two parts of two"
        );
        let signs = Segments::fit(&config(1), &["!", "?", ""], &traits(&["a", "a", "a"])).expect("no words");
        assert_eq!(signs.segments().len(), 1);
        assert!(Segments::fit(&config(1), &[] as &[&str], &[]).expect("nothing").segments().is_empty());
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        assert!(Segments::fit(&config(0), &["a"], &traits(&["x"])).is_err());
        assert!(Segments::fit(&config(1), &["a", "b"], &traits(&["x"])).is_err());
        let uneven = [vec!["x".to_owned()], Vec::new()];
        let error = Segments::fit(&config(1), &["a", "b"], &uneven).expect_err("uneven");
        assert!(error.to_string().contains("text 2"));
        let language = SegmentConfig { smallest: 1, language: Some("tlh".to_owned()) };
        assert!(Segments::fit(&language, &["a b", "c d"], &traits(&["x", "x"])).is_err());
    }

    proptest! {
        #[test]
        fn order_does_not_matter(order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle(), smallest in 1..4usize) {
            let whole = Segments::fit(&config(smallest), &TEXTS, &traits(&KINDS)).expect("in range");
            let texts: Vec<&str> = order.iter().map(|&place| TEXTS[place]).collect();
            let kinds: Vec<&str> = order.iter().map(|&place| KINDS[place]).collect();
            let shuffled = Segments::fit(&config(smallest), &texts, &traits(&kinds)).expect("in range");
            prop_assert_eq!(whole, shuffled);
        }
    }
}
