//! Topics of a collection: what its texts are about, found without labels and stable ever after.
//!
//! A text is a point of two halves: the sum of its word vectors (damped by how common they are) and its words
//! by TF-IDF without stop words. Topics are the clusters of spherical k-means over these points (Dhillon and
//! Modha 2001), begun by k-means++ (Arthur and Vassilvitskii 2007) with a fixed seed. Without a wanted number,
//! more clusters than needed are made and the closest are merged while they are closer than a bound. Texts are
//! put into one order before anything is computed, so the order in which they came does not matter.
//!
//! Every text belongs to a topic, with a strength; nothing is dumped as an outlier. A fitted [`Topics`] is
//! frozen: [`assign`](Topics::assign) never changes it, and [`extend`](Topics::extend) only adds topics beside
//! the old ones, for texts that fit none of them. A text that an old topic holds keeps it.
//!
//! Labels are the words by which a topic differs most from the others: log-odds with a Dirichlet prior
//! (Monroe, Colaresi and Quinn 2008). [`emerging()`](super::emerging()) watches how many texts each topic gets.
//!
//! Cost: fitting takes texts × topics × about 200 additions × 20 rounds, on at most 20,000 texts (those with
//! the smallest hash); assigning takes one such step a text.
//!
//! ```
//! use reknit::mine::{TopicConfig, Topics};
//! let texts = [
//!     "my parcel is late", "parcel not delivered", "where is the parcel", "the delivery is late",
//!     "forgot my password", "password reset fails", "cannot log in with my password", "reset the password",
//! ];
//! let topics = Topics::fit(&TopicConfig { topics: Some(2), ..TopicConfig::default() }, &texts)?;
//! assert_eq!(topics.assign("parcel arrived late").topic, topics.assign("late delivery of a parcel").topic);
//! assert_ne!(topics.assign("parcel arrived late").topic, topics.assign("password forgotten").topic);
//! # Ok::<(), reknit::Error>(())
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::stop::{Stop, StopLists};
use super::term::{Table, Units, Vector, dot, units};
use crate::text::words::{BEGIN, DIMENSIONS, step};
use crate::{Error, Result};

/// The version of the form in which topics are saved.
const VERSION: u32 = 1;
/// The share from which on a word counts as common, in the vector of a text.
const COMMON: f32 = 1e-3;
/// What the half of meaning has to say; the rest is the words'.
const MEANING: f32 = 0.5;
/// Texts that are clustered; the rest is assigned.
const SAMPLE: usize = 20_000;
const ROUNDS: usize = 20;
const STARTS: u64 = 3;
/// Clusters that are made at most, where the number is not given.
const MOST_TOPICS: usize = 100;
/// Clusters whose centres are closer than this cosine are one topic, where the number is not given. The bound
/// grows to 1 with the share of the texts that both have together, so that one topic does not swallow all.
const CLOSE: f32 = 0.7;
/// The share of the texts fitted on that fit their topic worse than what counts as fitting.
const POOR: f64 = 0.05;
/// Words that a topic is described by.
const LABEL_WORDS: usize = 8;
/// Words of a label.
const LABEL: usize = 3;
/// Smallest weight of a word in a centre that is kept.
const FAINT: f32 = 1e-3;
/// No number of a centre of length 1 is larger; a little room for rounding.
const LONGEST: f32 = 1.01;

/// How topics are found.
///
/// | field | default | meaning | range |
/// |---|---|---|---|
/// | `topics` | none | how many; none: as many as are apart | 1 and up |
/// | `smallest` | 3 | texts of the smallest topic; smaller ones go into the nearest other | 1 and up |
/// | `language` | none | whose stop words are left out; none: the texts decide | en, de, es, fr, it, nl, pt |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TopicConfig {
    /// How many topics; none: as many as are apart.
    pub topics: Option<usize>,
    /// Texts of the smallest topic.
    pub smallest: usize,
    /// Whose stop words are left out.
    pub language: Option<String>,
}

impl Default for TopicConfig {
    fn default() -> Self {
        Self { topics: None, smallest: 3, language: None }
    }
}

/// A word and how much it tells a topic from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicWord {
    /// In the form of the tokeniser.
    pub word: String,
    /// Standard deviations of its log-odds from 0.
    pub weight: f64,
}

/// One topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    /// Its number, which it keeps.
    pub id: u32,
    /// Its most distinctive words, a comma between them.
    pub label: String,
    /// The most distinctive first.
    pub words: Vec<TopicWord>,
    /// Texts it was made from.
    pub texts: u32,
    /// 0 for those of the fit; each extension counts one up.
    generation: u32,
    /// The centre's half of meaning.
    meaning: Vec<f32>,
}

/// A word of the texts fitted on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Entry {
    /// Different texts that hold it.
    count: u32,
    /// Its weight in the centres that have it, by the place of the topic.
    weights: Vec<(u32, f32)>,
}

/// Topics, frozen. They are plain data for serde; the form carries its version.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Topics {
    saved: Saved,
    stops: StopLists,
}

impl PartialEq for Topics {
    fn eq(&self, other: &Self) -> bool {
        self.saved == other.saved
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Saved {
    version: u32,
    config: TopicConfig,
    /// Which list of stop words.
    list: usize,
    /// Different texts fitted on.
    texts: u32,
    /// A strength below it does not fit.
    poor: f32,
    topics: Vec<Topic>,
    words: BTreeMap<String, Entry>,
}

impl From<Topics> for Saved {
    fn from(topics: Topics) -> Self {
        topics.saved
    }
}

impl Saved {
    /// Whether it is what a fit or an extension leaves behind: sizes, places and order as they are made there, and
    /// centres no longer than 1.
    fn is_whole(&self) -> bool {
        let topic = |topic: &Topic| {
            topic.meaning.len() == DIMENSIONS && topic.meaning.iter().all(|number| number.abs() <= LONGEST)
        };
        let follows = |pair: &[Topic]| {
            let (before, after) = (&pair[0], &pair[1]);
            before.id < after.id && matches!(after.generation.checked_sub(before.generation), Some(0 | 1))
        };
        let weight =
            |&(at, weight): &(u32, f32)| (at as usize) < self.topics.len() && weight.abs() <= LONGEST;
        let entry = |entry: &Entry| entry.count <= self.texts && entry.weights.iter().all(weight);
        let ends = self.topics.first().zip(self.topics.last());
        ends.is_some_and(|(first, last)| first.generation == 0 && last.id < u32::MAX)
            && self.topics.iter().all(topic)
            && self.topics.windows(2).all(follows)
            && self.words.values().all(entry)
            && self.poor.is_finite()
    }
}

impl TryFrom<Saved> for Topics {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self> {
        if saved.version > VERSION {
            return Err(Error::model(format!(
                "topics: version {} is newer than {VERSION}, which this library reads; use a newer library",
                saved.version
            )));
        }
        if !saved.is_whole() {
            return Err(Error::model("topics: the centres are damaged; fit them again"));
        }
        Ok(Self { saved, stops: StopLists::shipped() })
    }
}

/// The topic of a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assignment {
    /// The id of its topic.
    pub topic: u32,
    /// The cosine of the text and the topic's centre, at least 0: 0 to 1.
    pub strength: f64,
    /// Whether it fits as well as the texts the topics were made from: all but the worst twentieth of them.
    pub fits: bool,
    /// The next best topic and its strength.
    pub next: Option<(u32, f64)>,
}

/// What a word adds to the strength of a topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WordStrength {
    /// Where it stands, in bytes.
    #[serde(flatten)]
    pub span: Range<usize>,
    /// All words' strengths add up to the cosine of the text and the topic.
    pub strength: f64,
}

/// A text as a point: both halves together have length 1.
#[derive(Debug, Clone)]
struct Point {
    meaning: Vector,
    words: Vec<(u32, f32)>,
    /// How many equal texts count: 1 + ln of their number.
    weight: f32,
}

/// Reads texts into points.
struct Space<'a> {
    table: Table<'static>,
    stops: &'a StopLists,
    list: usize,
    texts: u32,
}

/// A unit of a text in a space: its number, span, and whether its words' half counts it.
struct Unit {
    number: u32,
    span: Range<usize>,
    named: bool,
}

impl Space<'_> {
    fn units(&mut self, text: &str) -> Vec<Unit> {
        let mut found = Vec::new();
        units(text, Units::Pairs, |form, start, end| {
            let number = self.table.number(form);
            let named =
                !self.table.word(number).number && self.stops.get(self.list, form) != Some(Stop::Hard);
            found.push(Unit { number, span: start..end, named });
        });
        found
    }

    /// The rarity of a word that stands in `count` of the texts fitted on.
    fn idf(&self, count: u32) -> f32 {
        1.0 + ((self.texts as f32 + 1.0) / (count as f32 + 1.0)).ln()
    }

    /// The factor of each unit in the half of meaning.
    fn heft(&self, unit: &Unit, count: u32) -> f32 {
        let word = self.table.word(unit.number);
        word.rarity(COMMON) * word.length * self.idf(count)
    }

    fn point(&self, found: &[Unit], count: impl Fn(u32) -> u32) -> Point {
        let mut meaning = [0.0; DIMENSIONS];
        let mut words: Vec<(u32, f32)> = Vec::new();
        for unit in found {
            let heft = self.heft(unit, count(unit.number));
            if let Some(vector) = &self.table.word(unit.number).vector {
                meaning.iter_mut().zip(vector.iter()).for_each(|(sum, value)| *sum += heft * value);
            }
            if unit.named {
                words.push((unit.number, 1.0));
            }
        }
        words.sort_unstable_by_key(|(number, _)| *number);
        words.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += f32::from(same);
            same
        });
        for (number, value) in &mut words {
            *value = (1.0 + value.ln()) * self.idf(count(*number));
        }
        let mut point = Point { meaning, words, weight: 1.0 };
        point.scale();
        point
    }
}

impl Point {
    /// Gives each half its share of length 1; all of it to one half if the other is empty.
    fn scale(&mut self) {
        let meaning = dot(&self.meaning, &self.meaning).sqrt();
        let words = self.words.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        let share = if words < 1e-9 {
            1.0
        } else if meaning < 1e-9 {
            0.0
        } else {
            MEANING
        };
        let by = |share: f32, length: f32| if length > 1e-9 { share.sqrt() / length } else { 0.0 };
        let (meaning, words) = (by(share, meaning), by(1.0 - share, words));
        self.meaning.iter_mut().for_each(|value| *value *= meaning);
        self.words.iter_mut().for_each(|(_, value)| *value *= words);
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.meaning.iter().all(|value| *value == 0.0)
    }
}

/// Centres of clusters: meaning by cluster, words by word and cluster.
#[derive(Debug, Clone)]
struct Centres {
    meaning: Vec<Vector>,
    words: Vec<f32>,
}

impl Centres {
    fn empty(clusters: usize, vocabulary: usize) -> Self {
        Self { meaning: vec![[0.0; DIMENSIONS]; clusters], words: vec![0.0; clusters * vocabulary] }
    }

    fn len(&self) -> usize {
        self.meaning.len()
    }

    /// The cosine of the point and each centre.
    fn cosines(&self, point: &Point, cosines: &mut Vec<f32>) {
        cosines.clear();
        cosines.extend(self.meaning.iter().map(|centre| dot(centre, &point.meaning)));
        let clusters = self.len();
        for &(word, value) in &point.words {
            let row = &self.words[word as usize * clusters..][..clusters];
            cosines.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
        }
    }

    fn add(&mut self, cluster: usize, point: &Point) {
        let clusters = self.len();
        let sums = self.meaning[cluster].iter_mut().zip(&point.meaning);
        sums.for_each(|(sum, value)| *sum += point.weight * value);
        for &(word, value) in &point.words {
            self.words[word as usize * clusters + cluster] += point.weight * value;
        }
    }

    /// Scales each centre to length 1.
    fn scale(&mut self) {
        let clusters = self.len();
        let mut squares: Vec<f32> = self.meaning.iter().map(|centre| dot(centre, centre)).collect();
        for row in self.words.chunks_exact(clusters) {
            squares.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight * weight);
        }
        let by: Vec<f32> =
            squares.iter().map(|sum| if *sum > 1e-12 { 1.0 / sum.sqrt() } else { 0.0 }).collect();
        self.meaning.iter_mut().zip(&by).for_each(|(centre, by)| centre.iter_mut().for_each(|v| *v *= by));
        for row in self.words.chunks_exact_mut(clusters) {
            row.iter_mut().zip(&by).for_each(|(weight, by)| *weight *= by);
        }
    }

    /// The cosine of each two centres.
    fn pairs(&self) -> Vec<Vec<f32>> {
        let clusters = self.len();
        let mut pairs: Vec<Vec<f32>> =
            self.meaning.iter().map(|a| self.meaning.iter().map(|b| dot(a, b)).collect()).collect();
        for row in self.words.chunks_exact(clusters) {
            for (a, &weight) in row.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
                pairs[a].iter_mut().zip(row).for_each(|(sum, other)| *sum += weight * other);
            }
        }
        pairs
    }
}

/// The first of the largest, and it.
fn best(cosines: &[f32]) -> (usize, f32) {
    cosines.iter().enumerate().rev().max_by(|a, b| a.1.total_cmp(b.1)).map_or((0, 0.0), |(at, c)| (at, *c))
}

/// The clusters of the points: a label each.
struct Clustering {
    labels: Vec<usize>,
    centres: Centres,
}

fn centres_of(points: &[&Point], labels: &[usize], clusters: usize, vocabulary: usize) -> Centres {
    let mut centres = Centres::empty(clusters, vocabulary);
    points.iter().zip(labels).for_each(|(point, label)| centres.add(*label, point));
    centres.scale();
    centres
}

/// Spherical k-means; the best of a few starts.
fn cluster(points: &[&Point], clusters: usize, vocabulary: usize) -> Clustering {
    let starts = (1..=STARTS).map(|seed| {
        let mut centres = seeds(points, clusters, vocabulary, seed);
        let mut labels = vec![usize::MAX; points.len()];
        let mut cosines = Vec::new();
        let mut total = 0.0;
        for _ in 0..ROUNDS {
            let mut moved = false;
            total = 0.0;
            for (point, label) in points.iter().zip(&mut labels) {
                centres.cosines(point, &mut cosines);
                let (at, cosine) = best(&cosines);
                moved |= std::mem::replace(label, at) != at;
                total += f64::from(point.weight * cosine);
            }
            if !moved {
                break;
            }
            centres = centres_of(points, &labels, centres.len(), vocabulary);
        }
        (total, Clustering { labels, centres })
    });
    let found = starts.reduce(|kept, next| if next.0 > kept.0 { next } else { kept });
    found
        .map_or_else(|| Clustering { labels: Vec::new(), centres: Centres::empty(1, vocabulary) }, |(_, c)| c)
}

/// k-means++: each next centre is a point, drawn by its squared distance to the nearest before.
fn seeds(points: &[&Point], clusters: usize, vocabulary: usize, seed: u64) -> Centres {
    let mut draw = Draw(seed);
    let mut far: Vec<f32> = vec![1.0; points.len()];
    let mut chosen: Vec<usize> = Vec::new();
    let mut cosines = Vec::new();
    while chosen.len() < clusters.min(points.len()) {
        let total: f64 = points.iter().zip(&far).map(|(point, far)| f64::from(point.weight * far)).sum();
        let mut left = draw.next() * total;
        let place = points.iter().zip(&far).position(|(point, far)| {
            left -= f64::from(point.weight * far);
            left < 0.0
        });
        let place = place.unwrap_or(0);
        if far[place] <= 1e-6 {
            break;
        }
        let mut centre = Centres::empty(1, vocabulary);
        centre.add(0, points[place]);
        centre.scale();
        for (point, far) in points.iter().zip(&mut far) {
            centre.cosines(point, &mut cosines);
            let distance = (1.0 - cosines[0]).max(0.0);
            *far = far.min(distance * distance);
        }
        far[place] = 0.0;
        chosen.push(place);
    }
    let mut centres = Centres::empty(chosen.len().max(1), vocabulary);
    chosen.iter().enumerate().for_each(|(cluster, &place)| centres.add(cluster, points[place]));
    centres.scale();
    centres
}

/// Splitmix64 (Steele, Lea and Flood 2014), 0..1.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Clustering {
    /// Joins clusters, closest first, while two are closer than [`CLOSE`].
    fn merge(&mut self, points: &[&Point], vocabulary: usize) {
        let clusters = self.centres.len();
        let mut parent: Vec<usize> = (0..clusters).collect();
        let mut weights = vec![0.0_f32; clusters];
        points.iter().zip(&self.labels).for_each(|(point, label)| weights[*label] += point.weight);
        let total: f32 = weights.iter().sum();
        let mut pairs = self.centres.pairs();
        // Sums of points have inner products that add up; so the cosine of a merged centre needs no new pass.
        let lengths: Vec<f32> = sums(points, &self.labels, clusters, vocabulary);
        for (a, row) in pairs.iter_mut().enumerate() {
            row.iter_mut().enumerate().for_each(|(b, product)| *product *= lengths[a] * lengths[b]);
        }
        loop {
            let alive: Vec<usize> =
                (0..clusters).filter(|at| parent[*at] == *at && weights[*at] > 0.0).collect();
            let cosine = |a: usize, b: usize| pairs[a][b] / (pairs[a][a] * pairs[b][b]).sqrt().max(1e-9);
            let mut closest = (0.0, 0, 0);
            for (place, &a) in alive.iter().enumerate() {
                for &b in &alive[place + 1..] {
                    let share = (weights[a] + weights[b]) / total.max(1e-9);
                    let beyond = cosine(a, b) - (CLOSE + (1.0 - CLOSE) * share);
                    if beyond > closest.0 {
                        closest = (beyond, a, b);
                    }
                }
            }
            let (_, a, b) = closest;
            if a == b {
                break;
            }
            parent[b] = a;
            weights[a] += weights[b];
            let joined = pairs[b].clone();
            pairs[a].iter_mut().zip(joined).for_each(|(sum, other)| *sum += other);
            for row in &mut pairs {
                row[a] += row[b];
            }
        }
        let root = |mut at: usize| {
            while parent[at] != at {
                at = parent[at];
            }
            at
        };
        self.labels.iter_mut().for_each(|label| *label = root(*label));
        self.close_up(points, vocabulary);
    }

    /// Dissolves clusters of fewer than `smallest` points, the smallest first: their points go to the nearest.
    fn dissolve(&mut self, points: &[&Point], smallest: usize, vocabulary: usize) {
        let mut cosines = Vec::new();
        loop {
            let clusters = self.centres.len();
            let mut sizes = vec![0_usize; clusters];
            self.labels.iter().for_each(|label| sizes[*label] += 1);
            let least = (0..clusters).min_by_key(|at| sizes[*at]).filter(|at| sizes[*at] < smallest);
            let Some(least) = least.filter(|_| clusters > 1) else { return };
            for (point, label) in points.iter().zip(&mut self.labels).filter(|(_, label)| **label == least) {
                self.centres.cosines(point, &mut cosines);
                cosines[least] = f32::MIN;
                *label = best(&cosines).0;
            }
            self.close_up(points, vocabulary);
        }
    }

    /// Numbers the clusters that have points without gaps, in the order of their first points.
    fn close_up(&mut self, points: &[&Point], vocabulary: usize) {
        let mut numbers = vec![None; self.centres.len()];
        let mut next = 0;
        for label in &mut self.labels {
            *label = *numbers[*label].get_or_insert_with(|| {
                next += 1;
                next - 1
            });
        }
        self.centres = centres_of(points, &self.labels, next.max(1), vocabulary);
    }
}

/// The length of the sum of each cluster's points.
fn sums(points: &[&Point], labels: &[usize], clusters: usize, vocabulary: usize) -> Vec<f32> {
    let mut centres = Centres::empty(clusters, vocabulary);
    points.iter().zip(labels).for_each(|(point, label)| centres.add(*label, point));
    let mut squares: Vec<f32> = centres.meaning.iter().map(|centre| dot(centre, centre)).collect();
    for row in centres.words.chunks_exact(clusters) {
        squares.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight * weight);
    }
    squares.into_iter().map(f32::sqrt).collect()
}

/// Different texts in one order, with how often each stands.
fn in_order<T: AsRef<str>>(texts: &[T]) -> Vec<(&str, u32)> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for text in texts {
        *counts.entry(text.as_ref()).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(BEGIN, step)
}

impl Topics {
    /// Finds the topics of `texts`, in whatever order they come. An error for a setting out of its range, or if
    /// no text has a word.
    pub fn fit<T: AsRef<str>>(config: &TopicConfig, texts: &[T]) -> Result<Self> {
        if config.topics == Some(0) || config.smallest == 0 {
            return Err(Error::config("topics, smallest: 0 is out of range; ask for 1 or more, or for none"));
        }
        let stops = StopLists::shipped();
        let different = in_order(texts);
        let list = match &config.language {
            Some(language) => StopLists::of(language)?,
            None => guess(&stops, &different),
        };
        let mut space = Space { table: Table::new(), stops: &stops, list, texts: different.len() as u32 };
        let found: Vec<Vec<Unit>> = different.iter().map(|(text, _)| space.units(text)).collect();
        let counts = count(&found, space.table.len());
        let mut points: Vec<Point> =
            found.iter().map(|units| space.point(units, |number| counts[number as usize])).collect();
        points
            .iter_mut()
            .zip(&different)
            .for_each(|(point, (_, times))| point.weight += (*times as f32).ln());
        let sample = sample(&different, &points);
        if sample.is_empty() {
            return Err(Error::input("topics: no text has a word; give texts with words"));
        }
        let chosen: Vec<&Point> = sample.iter().map(|at| &points[*at]).collect();
        let vocabulary = space.table.len();
        let wanted = config.topics.unwrap_or_else(|| most_topics(chosen.len()));
        let mut clustering = cluster(&chosen, wanted, vocabulary);
        if config.topics.is_none() {
            clustering.merge(&chosen, vocabulary);
        }
        clustering.dissolve(&chosen, config.smallest.min(chosen.len()), vocabulary);
        let mut topics = Self {
            saved: Saved {
                version: VERSION,
                config: config.clone(),
                list,
                texts: different.len() as u32,
                poor: poor(&chosen, &clustering),
                topics: Vec::new(),
                words: BTreeMap::new(),
            },
            stops: stops.clone(),
        };
        let entry = |number: usize| Entry { count: counts[number], weights: Vec::new() };
        let form = |number: usize| space.table.word(number as u32).form.clone();
        topics.saved.words = (0..counts.len()).map(|number| (form(number), entry(number))).collect();
        let all: Vec<usize> = (0..clustering.centres.len()).collect();
        topics.take(&space, &clustering, &chosen, &all);
        Ok(topics)
    }

    /// The topics, oldest first.
    pub fn topics(&self) -> &[Topic] {
        &self.saved.topics
    }

    /// The topic of a text. One without words goes to the largest topic with strength 0.
    pub fn assign(&self, text: &str) -> Assignment {
        self.assign_all(&[text]).remove(0)
    }

    /// The topics of many texts, in their order; each as if it were alone.
    pub fn assign_all<T: AsRef<str>>(&self, texts: &[T]) -> Vec<Assignment> {
        let mut space = self.space();
        texts.iter().map(|text| self.place(&mut space, text.as_ref())).collect()
    }

    /// What each word adds to the strength of the topic with this id. An error for an unknown id.
    pub fn explain(&self, text: &str, topic: u32) -> Result<Vec<WordStrength>> {
        let at = self.saved.topics.iter().position(|known| known.id == topic);
        let at = at.ok_or_else(|| Error::not_found(format!("topic {topic}: there is none with this id")))?;
        let mut space = self.space();
        let found = space.units(text);
        let point = self.point(&space, &found);
        // Before scaling, the half of meaning is the sum over units; the factor is the same for all.
        let centre = to_vector(&self.saved.topics[at].meaning);
        let raw: Vec<f32> = found.iter().map(|unit| self.meaning_of(&space, unit, &centre)).collect();
        let whole: f32 = raw.iter().sum();
        let half = dot(&point.meaning, &centre);
        let scale = if whole.abs() > 1e-12 { half / whole } else { 0.0 };
        let mut times: BTreeMap<u32, f32> = BTreeMap::new();
        found.iter().filter(|unit| unit.named).for_each(|unit| *times.entry(unit.number).or_default() += 1.0);
        let word = |unit: &Unit| {
            let place = point.words.binary_search_by_key(&unit.number, |(number, _)| *number);
            let value = place.map_or(0.0, |place| point.words[place].1);
            let shared = if unit.named { value / times[&unit.number] } else { 0.0 };
            shared * self.weight(&space.table.word(unit.number).form, at)
        };
        let strength = |(unit, raw): (&Unit, &f32)| WordStrength {
            span: unit.span.clone(),
            strength: f64::from(raw * scale + word(unit)),
        };
        Ok(found.iter().zip(&raw).map(strength).collect())
    }

    /// New topics beside the old ones, for those of `texts` that fit none; none if too few are alike. The old
    /// topics, their ids and what fits them stay as they are.
    #[must_use]
    pub fn extend<T: AsRef<str>>(&self, texts: &[T]) -> Self {
        let mut space = self.space();
        let different = in_order(texts);
        let mut strange: Vec<Point> = Vec::new();
        for (text, times) in &different {
            if !self.place(&mut space, text).fits {
                let found = space.units(text);
                let point = self.point(&space, &found);
                strange.push(Point { weight: 1.0 + (*times as f32).ln(), ..point });
            }
        }
        strange.retain(|point| !point.is_empty());
        let mut extended = self.clone();
        if strange.is_empty() {
            return extended;
        }
        let chosen: Vec<&Point> = strange.iter().take(SAMPLE).collect();
        let vocabulary = space.table.len();
        let mut clustering = cluster(&chosen, most_topics(chosen.len()), vocabulary);
        clustering.merge(&chosen, vocabulary);
        let size = |cluster: usize| clustering.labels.iter().filter(|label| **label == cluster).count();
        let firm: Vec<usize> =
            (0..clustering.centres.len()).filter(|at| size(*at) >= self.saved.config.smallest).collect();
        extended.take(&space, &clustering, &chosen, &firm);
        extended
    }

    fn space(&self) -> Space<'_> {
        Space { table: Table::new(), stops: &self.stops, list: self.saved.list, texts: self.saved.texts }
    }

    fn point(&self, space: &Space<'_>, found: &[Unit]) -> Point {
        space.point(found, |number| self.count(&space.table.word(number).form))
    }

    fn count(&self, form: &str) -> u32 {
        self.saved.words.get(form).map_or(0, |entry| entry.count)
    }

    /// The weight of a word in the centre at a place.
    fn weight(&self, form: &str, at: usize) -> f32 {
        let weights = self.saved.words.get(form).map_or(&[][..], |entry| &entry.weights);
        weights.iter().find(|(place, _)| *place as usize == at).map_or(0.0, |(_, weight)| *weight)
    }

    /// What a unit adds to the half of meaning of the topic at a place, before scaling.
    fn meaning_of(&self, space: &Space<'_>, unit: &Unit, centre: &Vector) -> f32 {
        let word = space.table.word(unit.number);
        let heft = space.heft(unit, self.count(&word.form));
        word.vector.as_ref().map_or(0.0, |vector| heft * dot(vector, centre))
    }

    fn place(&self, space: &mut Space<'_>, text: &str) -> Assignment {
        let found = space.units(text);
        let point = self.point(space, &found);
        let topics = &self.saved.topics;
        let mut cosines: Vec<f32> =
            topics.iter().map(|topic| dot(&to_vector(&topic.meaning), &point.meaning)).collect();
        for &(number, value) in &point.words {
            if let Some(entry) = self.saved.words.get(&space.table.word(number).form) {
                entry.weights.iter().for_each(|(at, weight)| cosines[*at as usize] += value * weight);
            }
        }
        let at = if point.is_empty() { self.largest() } else { self.holds(&cosines) };
        let strength = |at: usize| f64::from(cosines[at].clamp(0.0, 1.0));
        let others = (0..cosines.len()).filter(|other| *other != at);
        // The first of equals.
        let next = others.rev().max_by(|a, b| cosines[*a].total_cmp(&cosines[*b]));
        Assignment {
            topic: topics[at].id,
            strength: strength(at),
            fits: cosines[at] >= self.saved.poor && !point.is_empty(),
            next: next.map(|next| (topics[next].id, strength(next))),
        }
    }

    /// The topic that holds a text: the best of the oldest generation in which one fits, else the best of all.
    fn holds(&self, cosines: &[f32]) -> usize {
        let newest = self.saved.topics.last().map_or(0, |topic| topic.generation);
        let of = |generation: u32| {
            let mut known = cosines.to_vec();
            for (cosine, topic) in known.iter_mut().zip(&self.saved.topics) {
                if topic.generation > generation {
                    *cosine = f32::MIN;
                }
            }
            best(&known)
        };
        let fitting = (0..newest).map(of).find(|(_, cosine)| *cosine >= self.saved.poor);
        fitting.unwrap_or_else(|| best(cosines)).0
    }

    fn largest(&self) -> usize {
        let sizes = self.saved.topics.iter().map(|topic| topic.texts).enumerate();
        sizes.rev().max_by_key(|(_, size)| *size).map_or(0, |(at, _)| at)
    }

    /// Adds the wanted clusters as topics, the largest first.
    fn take(&mut self, space: &Space<'_>, clustering: &Clustering, points: &[&Point], wanted: &[usize]) {
        let clusters = clustering.centres.len();
        let holding = holding(points, clustering, space.table.len());
        let mut sizes = vec![0_u32; clusters];
        clustering.labels.iter().for_each(|label| sizes[*label] += 1);
        let mut wanted = wanted.to_vec();
        wanted.sort_by_key(|at| (std::cmp::Reverse(sizes[*at]), *at));
        let generation = self.saved.topics.last().map_or(0, |topic| topic.generation + 1);
        for cluster in wanted {
            let place = self.saved.topics.len() as u32;
            let words = distinctive(space, &holding, cluster, clusters);
            let shown: Vec<&str> = words.iter().take(LABEL).map(|word| word.word.as_str()).collect();
            self.saved.topics.push(Topic {
                id: self.saved.topics.iter().map(|topic| topic.id + 1).max().unwrap_or(0),
                label: shown.join(", "),
                words,
                texts: sizes[cluster],
                generation,
                meaning: clustering.centres.meaning[cluster].to_vec(),
            });
            for (number, row) in clustering.centres.words.chunks_exact(clusters).enumerate() {
                if row[cluster] > FAINT {
                    let form = space.table.word(number as u32).form.clone();
                    self.saved.words.entry(form).or_default().weights.push((place, row[cluster]));
                }
            }
        }
    }
}

/// How many points of each cluster hold each word, by word and cluster.
fn holding(points: &[&Point], clustering: &Clustering, vocabulary: usize) -> Vec<u32> {
    let clusters = clustering.centres.len();
    let mut holding = vec![0; vocabulary * clusters];
    for (point, label) in points.iter().zip(&clustering.labels) {
        point.words.iter().for_each(|(word, _)| holding[*word as usize * clusters + label] += 1);
    }
    holding
}

/// The words by which a cluster differs most from the others.
fn distinctive(space: &Space<'_>, holding: &[u32], cluster: usize, clusters: usize) -> Vec<TopicWord> {
    /// Words that the prior stands for.
    const PRIOR: f64 = 100.0;
    let sum = |row: &[u32]| row.iter().map(|count| f64::from(*count)).sum::<f64>();
    let whole = sum(holding).max(1.0);
    let own: f64 = holding.chunks_exact(clusters).map(|row| f64::from(row[cluster])).sum();
    let mut words: Vec<TopicWord> = Vec::new();
    for (number, row) in holding.chunks_exact(clusters).enumerate().filter(|(_, row)| row[cluster] > 0) {
        let total = sum(row);
        let (here, prior) = (f64::from(row[cluster]), PRIOR * total / whole);
        let odds = |count: f64, all: f64| ((count + prior) / (all + PRIOR - count - prior).max(1e-9)).ln();
        let difference = odds(here, own) - odds(total - here, whole - own);
        let deviation = (1.0 / (here + prior) + 1.0 / (total - here + prior)).sqrt();
        let word = space.table.word(number as u32).form.clone();
        words.push(TopicWord { word, weight: difference / deviation });
    }
    words.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.word.cmp(&b.word)));
    words.truncate(LABEL_WORDS);
    words
}

/// The list of stop words that fits the texts.
fn guess(stops: &StopLists, different: &[(&str, u32)]) -> usize {
    let mut forms: Vec<String> = Vec::new();
    // Every k-th text, so that one language at the front of the alphabet does not decide alone.
    for (text, _) in different.iter().step_by(different.len() / 200 + 1) {
        units(text, Units::Pairs, |form, _, _| forms.push(form.to_owned()));
    }
    stops.guess(forms.iter().map(String::as_str))
}

/// In how many texts each word stands.
fn count(found: &[Vec<Unit>], vocabulary: usize) -> Vec<u32> {
    let mut counts = vec![0; vocabulary];
    for units in found {
        let mut numbers: Vec<u32> = units.iter().map(|unit| unit.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            counts[number as usize] += 1;
        }
    }
    counts
}

/// The places of the points that are clustered: all, or those whose texts have the smallest hashes.
fn sample(different: &[(&str, u32)], points: &[Point]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..points.len()).filter(|at| !points[*at].is_empty()).collect();
    if places.len() > SAMPLE {
        places.sort_by_key(|at| (hash(different[*at].0), *at));
        places.truncate(SAMPLE);
        places.sort_unstable();
    }
    places
}

/// How many clusters are made of so many points before the close ones are merged.
fn most_topics(points: usize) -> usize {
    ((points as f64).sqrt() as usize).clamp(2, MOST_TOPICS)
}

/// The strength that all but the worst [`POOR`] of the points have.
fn poor(points: &[&Point], clustering: &Clustering) -> f32 {
    let mut cosines = Vec::new();
    let strength = |(point, label): (&&Point, &usize)| {
        clustering.centres.cosines(point, &mut cosines);
        cosines[*label]
    };
    let mut strengths: Vec<f32> = points.iter().zip(&clustering.labels).map(strength).collect();
    strengths.sort_unstable_by(f32::total_cmp);
    strengths.get((strengths.len() as f64 * POOR) as usize).copied().unwrap_or(0.0)
}

fn to_vector(values: &[f32]) -> Vector {
    let mut vector = [0.0; DIMENSIONS];
    vector.iter_mut().zip(values).for_each(|(to, from)| *to = *from);
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 12] = [
        "my parcel is late",
        "the parcel was not delivered",
        "where is the parcel of order 12",
        "the delivery of my parcel is late",
        "forgot my password",
        "the password reset fails",
        "cannot log in with my password",
        "how do I reset the password",
        "refund the money",
        "when do I get the refund",
        "the refund is wrong",
        "refund my money please",
    ];

    fn three() -> Topics {
        Topics::fit(&TopicConfig { topics: Some(3), ..TopicConfig::default() }, &TEXTS).expect("it has words")
    }

    #[test]
    fn like_texts_share_a_topic_with_a_telling_label() {
        let topics = three();
        let ids: Vec<u32> = topics.assign_all(&TEXTS).iter().map(|found| found.topic).collect();
        assert!(ids.chunks(4).all(|part| part.iter().all(|id| *id == part[0])), "{ids:?}");
        let label =
            |id: u32| topics.topics().iter().find(|topic| topic.id == id).expect("it is there").label.clone();
        assert!(label(ids[0]).contains("parcel") && label(ids[4]).contains("password"));
    }

    #[test]
    fn the_order_of_the_texts_does_not_matter() {
        let mut turned = TEXTS;
        turned.reverse();
        let again = Topics::fit(&TopicConfig { topics: Some(3), ..TopicConfig::default() }, &turned);
        assert_eq!(again.expect("it has words"), three());
    }

    #[test]
    fn damaged_topics_are_refused() {
        let intact = serde_json::to_value(three()).expect("plain data");
        assert!(serde_json::from_value::<Topics>(intact.clone()).is_ok());
        let more = u64::from(u32::MAX);
        for (place, value) in [
            ("/topics/2/generation", more), // would be counted up to
            ("/topics/0/generation", 1),
            ("/topics/2/id", more), // the next one would have none
            ("/topics/1/id", 0),
            ("/topics/0/meaning/0", more),
            ("/words/parcel/weights/0/0", 3),
            ("/words/parcel/weights/0/1", more),
            ("/words/parcel/count", more),
        ] {
            let mut damaged = intact.clone();
            *damaged.pointer_mut(place).expect("it is there") = value.into();
            assert!(serde_json::from_value::<Topics>(damaged).is_err(), "{place}");
        }
    }

    #[test]
    fn new_topics_come_beside_the_old_ones() {
        let topics = three();
        let new = ["the app crashes", "app crashes on start", "the app crashes when I open it", "app crash"];
        let extended = topics.extend(&new);
        assert_eq!(extended.topics()[..3], topics.topics()[..]);
        let ids: Vec<u32> = extended.assign_all(&new).iter().map(|found| found.topic).collect();
        assert!(ids.iter().all(|id| *id >= 3), "{ids:?}");
        for text in TEXTS {
            let before = topics.assign(text);
            assert!(!before.fits || before.topic == extended.assign(text).topic, "{text}");
        }
        assert_eq!(topics.extend(&TEXTS[..1]), topics);
    }

    #[test]
    fn reasons_add_up_to_the_strength() {
        let topics = three();
        let text = "the parcel, the parcel with my password 12";
        let found = topics.assign(text);
        let why = topics.explain(text, found.topic).expect("the topic is there");
        assert!((why.iter().map(|word| word.strength).sum::<f64>() - found.strength).abs() < 1e-5);
        assert_eq!(topics.explain(text, 99).expect_err("there is none").name(), "not_found");
    }

    #[test]
    fn saved_topics_open_again_and_damaged_ones_do_not() {
        let topics = three();
        let saved = serde_json::to_string(&topics).expect("plain data");
        let again: Topics = serde_json::from_str(&saved).expect("own form");
        assert_eq!(again.assign("late parcel"), topics.assign("late parcel"));
        assert!(serde_json::from_str::<Topics>(&saved.replace("\"version\":1", "\"version\":9")).is_err());
        assert!(
            serde_json::from_str::<Topics>(&saved.replace("\"weights\":[[0,", "\"weights\":[[7,")).is_err()
        );
    }

    #[test]
    fn texts_without_words_are_no_trouble() {
        assert!(Topics::fit(&TopicConfig::default(), &["", "!?"]).is_err());
        assert_eq!(three().assign("").strength, 0.0);
        assert!(Topics::fit(&TopicConfig { smallest: 0, ..TopicConfig::default() }, &TEXTS).is_err());
    }
}
