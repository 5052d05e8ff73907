//! Near-duplicates: texts that are the same but for a few signs or words.
//!
//! A text is the set of its runs of five characters, after case, width, elongation, links and punctuation are
//! put aside; two texts are near if the Jaccard index of their sets reaches a bound. Candidates come from
//! `MinHash` (Broder 1997): 96 numbers a text, cut into bands; texts that agree in a whole band meet (Leskovec,
//! Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3). Bands are as long as they may be while a
//! pair at the bound meets with a chance of 99.9 %. Each candidate pair is then compared exactly, so nothing is
//! joined by accident. Groups are what near pairs join.
//!
//! In a band, a text is compared with at most eight groups met there before, in the order of the texts'
//! content, so a mass of alike texts costs no square, and the order of arrival does not matter.
//!
//! Cost: linear in the bytes, about 100 operations each.
//!
//! ```
//! use reknit::mine::{DuplicateConfig, duplicates};
//! let texts = ["Where is my order? It has not arrived yet", "great shop", "where is my order, it has not arrived yet!!"];
//! let groups = duplicates(&DuplicateConfig::default(), &texts)?;
//! assert_eq!(groups.len(), 1);
//! assert_eq!(groups[0].members.iter().map(|member| member.index).collect::<Vec<_>>(), [0, 2]);
//! # Ok::<(), reknit::Error>(())
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::term::{Units, units};
use crate::partition::UnionFind;
use crate::similarity::jaccard;
use crate::{Error, Result};

/// Characters of a run.
const RUN: usize = 5;
/// Numbers of a signature.
const SIGNATURE: usize = 96;
/// The chance to meet that a pair at the bound must have.
const SURE: f64 = 0.999;
/// Groups of one band that a text is compared with.
const LEADERS: usize = 8;

/// What is near.
///
/// | field | default | meaning | range |
/// |---|---|---|---|
/// | `similarity` | 0.8 | the Jaccard index from which on two texts are near | above 0.3, up to 1 |
/// | `mask_numbers` | false | all numbers are one, so that letters from one mould are near | |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DuplicateConfig {
    /// The Jaccard index from which on two texts are near.
    pub similarity: f64,
    /// Whether all numbers are one.
    pub mask_numbers: bool,
}

impl Default for DuplicateConfig {
    fn default() -> Self {
        Self { similarity: 0.8, mask_numbers: false }
    }
}

/// A text of a group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Member {
    /// Its place among the texts.
    pub index: usize,
    /// The Jaccard index with the group's first member, 0 to 1; a chain of near pairs may lead below the bound.
    pub similarity: f64,
}

/// Texts that are near, two or more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DuplicateGroup {
    /// In order of place.
    pub members: Vec<Member>,
}

/// A text's runs as sorted fingerprints, each once.
type Runs = Vec<u64>;

/// The groups of near texts, in the order of their first members; texts that are near no other, and those
/// without words, are in none. An error for a bound out of its range.
pub fn duplicates<T: AsRef<str>>(config: &DuplicateConfig, texts: &[T]) -> Result<Vec<DuplicateGroup>> {
    if !(config.similarity > 0.3 && config.similarity <= 1.0) {
        return Err(Error::config(format!(
            "similarity: {} is out of range; it lies above 0.3 and up to 1",
            config.similarity
        )));
    }
    let plain: Vec<String> = texts.iter().map(|text| plain(text.as_ref(), config.mask_numbers)).collect();
    // Texts that are alike to the letter are one from here on, in the order of their content.
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, plain) in plain.iter().enumerate().filter(|(_, plain)| !plain.is_empty()) {
        places.entry(plain).or_default().push(index);
    }
    let different: Vec<Runs> = places.keys().map(|plain| runs(plain)).collect();
    let joined = join(&different, config.similarity);
    let mut groups: BTreeMap<u32, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, (label, indices)) in joined.iter().zip(places.values()).enumerate() {
        groups.entry(*label).or_default().extend(indices.iter().map(|index| (*index, at)));
    }
    let mut found: Vec<DuplicateGroup> =
        groups.into_values().filter(|members| members.len() > 1).map(|m| group(m, &different)).collect();
    found.sort_by_key(|group| group.members[0].index);
    Ok(found)
}

fn group(mut members: Vec<(usize, usize)>, different: &[Runs]) -> DuplicateGroup {
    members.sort_unstable();
    let first = different[members[0].1].as_slice();
    let member =
        |(index, at): (usize, usize)| Member { index, similarity: jaccard(first, different[at].as_slice()) };
    DuplicateGroup { members: members.into_iter().map(member).collect() }
}

/// The forms of a text's words with single blanks; numbers as `0` if they are masked.
fn plain(text: &str, mask_numbers: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut end = 0;
    units(text, Units::Whole, |form, start, stop| {
        if !plain.is_empty() && start >= end {
            plain.push(' ');
        }
        end = stop;
        let masked = mask_numbers && form.starts_with(|c: char| c.is_ascii_digit());
        plain.push_str(if masked { "0" } else { form });
    });
    plain
}

fn runs(plain: &str) -> Runs {
    let letters: Vec<char> = plain.chars().collect();
    let length = RUN.min(letters.len()).max(1);
    let mut runs: Runs =
        letters.windows(length).map(|run| run.iter().copied().fold(0xCBF2_9CE4_8422_2325, step)).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// FNV-1a over whole characters.
fn step(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(c)).wrapping_mul(0x0100_0000_01B3)
}

/// The last bits of FNV follow the last sign alone; this spreads them (splitmix64).
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The smallest hash of the runs under each of the functions.
fn signature(runs: &Runs) -> [u32; SIGNATURE] {
    let mut least = [u32::MAX; SIGNATURE];
    for &run in runs {
        let (a, b) = (mix(run), mix(!run) | 1);
        let mut hash = a;
        // Two hashes make many (Kirsch and Mitzenmacher 2006).
        for least in &mut least {
            hash = hash.wrapping_add(b);
            *least = (*least).min((hash >> 32) as u32);
        }
    }
    least
}

/// Rows of a band: the most with which a pair at the bound meets surely.
fn rows(similarity: f64) -> usize {
    let meets = |rows: usize| {
        let bands = (SIGNATURE / rows) as i32;
        1.0 - (1.0 - similarity.powi(rows as i32)).powi(bands)
    };
    (1..=12).rev().find(|rows| meets(*rows) >= SURE).unwrap_or(1)
}

/// A label for each text; near ones share it.
fn join(different: &[Runs], similarity: f64) -> Vec<u32> {
    let signatures: Vec<[u32; SIGNATURE]> = different.iter().map(signature).collect();
    let rows = rows(similarity);
    let mut union = UnionFind::new(different.len());
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(different.len());
    for band in 0..SIGNATURE / rows {
        // Texts of other bands that share a key by accident are told apart by the comparison.
        let key = |signature: &[u32; SIGNATURE]| {
            let part = &signature[band * rows..(band + 1) * rows];
            part.iter().fold(0, |key, number| mix(key ^ u64::from(*number)))
        };
        keys.clear();
        keys.extend(signatures.iter().zip(0..).map(|(signature, at)| (key(signature), at)));
        keys.sort_unstable();
        for bucket in keys.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1) {
            meet(bucket, different, similarity, &mut union);
        }
    }
    union.partition().labels().to_vec()
}

/// Joins the texts of a bucket that are near.
fn meet(bucket: &[(u64, u32)], different: &[Runs], similarity: f64, union: &mut UnionFind) {
    let mut leaders: Vec<u32> = Vec::new();
    for &(_, text) in bucket {
        let near = |leader: &&u32| {
            jaccard(&different[**leader as usize][..], &different[text as usize][..]) >= similarity
        };
        let root = union.root(text);
        if leaders.iter().any(|leader| union.root(*leader) == root) {
            continue;
        }
        match leaders.iter().find(near) {
            Some(leader) => {
                union.join(*leader, text);
            }
            None if leaders.len() < LEADERS => leaders.push(text),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(texts: &[&str], config: &DuplicateConfig) -> Vec<Vec<usize>> {
        let found = duplicates(config, texts).expect("the bound is in its range");
        found.iter().map(|group| group.members.iter().map(|member| member.index).collect()).collect()
    }

    #[test]
    fn what_is_near_is_grouped() {
        let texts = [
            "Your order 12345 has been shipped today and arrives on Monday",
            "hello",
            "Your order 98761 has been shipped today and arrives on Monday",
            "Hello!!!",
            "",
            "",
            "something else entirely, and it is long enough",
        ];
        assert_eq!(places(&texts, &DuplicateConfig { similarity: 0.9, mask_numbers: false }), [vec![1, 3]]);
        assert_eq!(
            places(&texts, &DuplicateConfig { similarity: 0.9, mask_numbers: true }),
            [vec![0, 2], vec![1, 3]]
        );
        assert!(duplicates(&DuplicateConfig { similarity: 0.1, mask_numbers: false }, &texts).is_err());
    }

    #[test]
    fn a_pair_at_the_bound_meets_surely() {
        assert_eq!(rows(0.8), 5);
        assert!(rows(1.0) == 12 && rows(0.4) >= 1);
    }

    proptest! {
        #[test]
        fn the_order_does_not_matter(texts in proptest::collection::vec("[ab]{1,3} [ab]{1,3} c{0,2}", 0..12)) {
            let config = DuplicateConfig::default();
            let all: Vec<&str> = texts.iter().map(String::as_str).collect();
            let turned: Vec<&str> = all.iter().rev().copied().collect();
            let contents = |texts: &[&str]| {
                let mut groups: Vec<Vec<String>> = places(texts, &config).into_iter().map(|group| {
                    let mut group: Vec<String> = group.into_iter().map(|at| texts[at].to_owned()).collect();
                    group.sort();
                    group
                }).collect();
                groups.sort();
                groups
            };
            prop_assert_eq!(contents(&all), contents(&turned));
        }
    }
}
