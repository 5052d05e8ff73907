//! Boosted regression trees as flat arrays, and the file they are shipped in.
//!
//! A tree is a run of splits (feature, threshold, two ways on) and a run of leaves; a row goes left
//! where its feature is at most the threshold. The score of a row is the sum of its leaves. All rows
//! of one line walk a tree before the next tree is touched, so that the splits stay in the cache.
//! What each split changed is kept too: the difference between the value after and before it is the
//! share of the split's feature in the score, and the shares add up to it (Saabas 2014).
//!
//! Cost: depth of the trees times their number times rows; about 2 ns a split.

use std::ops::Range;

use crate::{Error, ErrorKind, Result};

use super::features::{COUNT, FEATURES, Group, ROW, Row};
use super::line::{DIMENSIONS, Vocabulary};

/// The file starts so; the digits are the version of its form.
const MAGIC: &[u8; 8] = b"RKROOM01";
/// A way on that ends in a leaf has this bit.
const LEAF: u8 = 0x80;
/// Up to which tree rows walk, and how far behind the best a row may then be, in the natural unit.
const STAGES: [(usize, f32); 4] = [(20, 5.0), (60, 4.0), (120, 3.5), (usize::MAX, f32::MAX)];
/// A tree has at most so many leaves.
const LEAVES: u8 = 32;
/// Splits and leaves a tree has room for.
const NODES: usize = 64;
/// Walks that go on side by side.
const WALKS: usize = 16;

/// A split, or a leaf: a split that leads back to itself, so that all walks are of one length.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Node {
    threshold: f32,
    /// The score of a leaf; of a split, the mean score of the rows that reach it.
    value: f32,
    feature: u8,
    ways: [u8; 2],
}

impl Node {
    /// The way on for `row`.
    fn way(&self, row: &Row) -> u8 {
        let right = row[self.feature as usize % ROW] > self.threshold;
        if right { self.ways[1] } else { self.ways[0] }
    }
}

/// Boosted trees with the vocabulary their features were made with.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Forest {
    pub(super) vocabulary: Vocabulary,
    /// Scores are divided by this before they become probabilities.
    pub(super) temperature: f32,
    trees: Vec<[Node; NODES]>,
    /// How many splits the longest walk of each tree has.
    depths: Vec<u8>,
}

impl Forest {
    /// Whether there are trees, and not a vocabulary alone.
    pub(super) fn decides(&self) -> bool {
        !self.trees.is_empty()
    }

    /// The score of each row. All rows walk the first trees; those far behind after each stage walk
    /// no further and keep the score they have.
    pub(super) fn scores(&self, rows: &[Row]) -> Vec<f32> {
        let mut scores = vec![0.0_f32; rows.len()];
        let mut racing: Vec<usize> = (0..rows.len()).collect();
        let mut from = 0;
        for (to, far) in STAGES {
            let to = to.min(self.trees.len());
            self.walk(from..to, rows, &racing, &mut scores);
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            racing.retain(|&row| scores[row] >= most - far);
            from = to;
        }
        scores
    }

    /// Adds what some trees give the rows that are still `racing`. Rows walk side by side, and where
    /// few are left each walks several trees at once, so that one walk waits for no other.
    fn walk(&self, range: Range<usize>, rows: &[Row], racing: &[usize], scores: &mut [f32]) {
        for group in racing.chunks(WALKS) {
            let count = group.len();
            let together = WALKS / count;
            let (trees, depths) = (&self.trees[range.clone()], &self.depths[range.clone()]);
            for (trees, depths) in trees.chunks(together).zip(depths.chunks(together)) {
                let mut ways = [0_u8; WALKS];
                let depth = depths.iter().copied().max().unwrap_or_default();
                for _ in 0..depth {
                    for (tree, ways) in trees.iter().zip(ways.chunks_mut(count)) {
                        for (way, &row) in ways.iter_mut().zip(group) {
                            *way = tree[*way as usize % NODES].way(&rows[row]);
                        }
                    }
                }
                for (tree, ways) in trees.iter().zip(ways.chunks(count)) {
                    for (&way, &row) in ways.iter().zip(group) {
                        scores[row] += tree[way as usize % NODES].value;
                    }
                }
            }
        }
    }

    /// The share of each group of features in the score of `row`, by the order of [`Group`]; the
    /// last number is what all rows share. Together they are the score.
    pub(super) fn shares(&self, row: &Row) -> [f64; Group::COUNT + 1] {
        let mut shares = [0.0; Group::COUNT + 1];
        for (tree, &depth) in self.trees.iter().zip(&self.depths) {
            let mut node = &tree[0];
            shares[Group::COUNT] += f64::from(node.value);
            for _ in 0..depth {
                let next = &tree[node.way(row) as usize % NODES];
                let group = FEATURES[node.feature as usize].1;
                shares[group as usize] += f64::from(next.value) - f64::from(node.value);
                node = next;
            }
        }
        shares
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// `model` when the bytes are not such a file, are damaged, or are of other features.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let Some((body, sum)) = bytes.split_last_chunk::<8>() else { return Err(damaged("it is too short")) };
        if !body.starts_with(MAGIC) {
            return Err(damaged("it does not start with the mark of a room model of this version"));
        }
        if checksum(body) != u64::from_le_bytes(*sum) {
            return Err(damaged("its checksum does not fit"));
        }
        let mut reader = Reader { rest: &body[MAGIC.len()..] };
        let forest = reader.forest()?;
        if reader.rest.is_empty() { Ok(forest) } else { Err(damaged("bytes are left over at its end")) }
    }
}

fn damaged(why: &str) -> Error {
    Error::new(ErrorKind::Model, format!("the room model cannot be read: {why}; build it anew"))
}

/// FNV-1a, 64 bits.
fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |state, &byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Takes numbers from the front of the bytes.
struct Reader<'b> {
    rest: &'b [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| damaged("it ends too early"))?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take::<1>()?[0])
    }

    fn count(&mut self) -> Result<usize> {
        Ok(u32::from_le_bytes(self.take()?) as usize)
    }

    fn number(&mut self) -> Result<f32> {
        let number = f32::from_le_bytes(self.take()?);
        if number.is_finite() { Ok(number) } else { Err(damaged("a number is not finite")) }
    }

    fn forest(&mut self) -> Result<Forest> {
        if self.count()? != COUNT {
            return Err(damaged("it was made for other features"));
        }
        let mut forest = Forest { temperature: self.number()?, ..Forest::default() };
        if forest.temperature <= 0.0 {
            return Err(damaged("its temperature is not above 0"));
        }
        for _ in 0..self.count()? {
            let hash = u32::from_le_bytes(self.take()?);
            forest.vocabulary.common.push((hash, self.byte()?));
            forest.vocabulary.vectors.push(self.take::<DIMENSIONS>()?.map(|byte| byte as i8));
        }
        if !forest.vocabulary.common.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(damaged("its words are not in order"));
        }
        for _ in 0..self.count()? {
            self.tree(&mut forest)?;
        }
        Ok(forest)
    }

    /// Reads one tree; each way leads on, so that no walk can go in a circle.
    fn tree(&mut self, forest: &mut Forest) -> Result<()> {
        let splits = self.byte()?;
        if splits == 0 || splits >= LEAVES {
            return Err(damaged("a tree has no split, or too many"));
        }
        let mut tree = [Node::default(); NODES];
        let mut depths = [0_u8; NODES];
        for at in 0..splits {
            let (feature, ways) = (self.byte()?, self.take::<2>()?);
            let ways = ways.map(|way| if way & LEAF == 0 { way } else { splits.saturating_add(way & !LEAF) });
            if feature as usize >= COUNT || ways.into_iter().any(|way| way <= at || way > 2 * splits) {
                return Err(damaged("a split points nowhere"));
            }
            for way in ways {
                depths[way as usize] = depths[way as usize].max(depths[at as usize] + 1);
            }
            let (threshold, value) = (self.number()?, self.number()?);
            tree[at as usize] = Node { threshold, value, feature, ways };
        }
        for leaf in splits..=2 * splits {
            let value = self.number()?;
            tree[leaf as usize] = Node { threshold: f32::INFINITY, value, feature: 0, ways: [leaf; 2] };
        }
        forest.trees.push(tree);
        forest.depths.push(depths.into_iter().max().unwrap_or_default());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model file with one tree of one split.
    fn forged(feature: u8, ways: [u8; 2], threshold: f32) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((COUNT as u32).to_le_bytes());
        bytes.extend(1.0_f32.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend([1, feature, ways[0], ways[1]]);
        for number in [threshold, 0.25, -1.0, 2.0] {
            bytes.extend(number.to_le_bytes());
        }
        let sum = checksum(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    #[test]
    fn a_row_goes_left_up_to_the_threshold() {
        let forest = Forest::read(&forged(3, [LEAF, LEAF | 1], 0.5)).expect("it is whole");
        let row = |value| {
            let mut row = [0.0; ROW];
            row[3] = value;
            row
        };
        assert_eq!(forest.scores(&[row(0.5), row(0.6), row(-7.0)]), [-1.0, 2.0, -1.0]);
        let shares = forest.shares(&row(0.6));
        assert_eq!(shares[FEATURES[3].1 as usize], 1.75);
        assert_eq!(shares[Group::COUNT], 0.25);
        assert_eq!(shares.iter().sum::<f64>(), 2.0);
    }

    #[test]
    fn what_would_not_end_or_points_outside_is_refused() {
        let bad = [
            forged(3, [0, LEAF], 0.5),
            forged(3, [LEAF, LEAF | 2], 0.5),
            forged(3, [1, LEAF | 0x7f], 0.5),
            forged(COUNT as u8, [LEAF, LEAF | 1], 0.5),
            forged(3, [LEAF, LEAF | 1], f32::NAN),
        ];
        for bytes in bad {
            assert_eq!(Forest::read(&bytes).expect_err("it is no tree").name(), "model");
        }
    }

    #[test]
    fn every_group_stands_at_its_number() {
        for (at, group) in Group::ALL.into_iter().enumerate() {
            assert_eq!(group as usize, at);
        }
    }
}
