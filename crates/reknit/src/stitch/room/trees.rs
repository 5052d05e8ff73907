//! Boosted regression trees as flat arrays, and the file they are shipped in.
//!
//! A tree is a run of splits (feature, threshold, two ways on) and a run of leaves; a row goes left
//! where its feature is at most the threshold. The score of a row is the sum of its leaves. Trees ask
//! a feature only for a few thresholds, so a row is first told as the number of thresholds each of its
//! numbers is above: a byte a feature, and a split is four bytes that compare bytes, with the very
//! outcome of comparing the numbers. Rows walk a tree a few at a time and in step, without a branch
//! that depends on them, so that one walk waits for no other.
//! What each split changed is kept too: the difference between the value after and before it is the
//! share of the split's feature in the score, and the shares add up to it (Saabas 2014).
//!
//! Sources: Ke et al. 2017 (`LightGBM`: features in bins); Asadi, Lin and de Vries 2014 ("Runtime
//! Optimizations for Tree-based Machine Learning Models": walks without branches, several at once).
//!
//! Cost: depth of the trees times their number times rows, below 1 ns a split; and a search among the
//! thresholds for each number of a row.

use std::ops::Range;

use crate::{Error, ErrorKind, Result};

use super::features::{COUNT, FEATURES, Group, OWN, Row};
use super::line::{DIMENSIONS, Vocabulary};

/// The file starts so; the digits are the version of its form.
const MAGIC: &[u8; 8] = b"RKROOM01";
/// A way on that ends in a leaf has this bit.
const LEAF: u8 = 0x80;
/// After some trees, rows far behind the best walk no further.
struct Stage {
    /// How many trees have been walked.
    trees: usize,
    /// How far behind the best a row may be, in the natural unit.
    far: f32,
    /// By how much the distance of such rows still grows in all further trees.
    growth: f32,
}
/// Seen on the dev logs of both rooms with 220 trees: the row that wins in the end is as far behind in
/// less than one line in a thousand, and `growth` keeps the mean probability of the rows left behind.
const STAGES: [Stage; 4] = [
    Stage { trees: 20, far: 3.5, growth: 1.4 },
    Stage { trees: 40, far: 3.0, growth: 1.17 },
    Stage { trees: 60, far: 3.0, growth: 1.1 },
    Stage { trees: 90, far: 3.0, growth: 1.05 },
];
/// A tree has at most so many leaves.
const LEAVES: u8 = 32;
/// Splits and leaves a tree has room for.
const NODES: usize = 64;
/// Rows that walk a tree in step.
const LANES: usize = 4;
/// Thresholds a feature may have, so that a byte tells how many a number is above.
const THRESHOLDS: usize = 255;

/// A row as the trees see it: of each number, how many thresholds it is above. As long as a byte
/// counts, so that no feature lies outside.
type Bins = [u8; 256];

/// A split: the feature, the threshold by its place among those of the feature, and the way on to the
/// left; the way to the right is the next node. A leaf is a split that all rows leave to the left, to
/// itself, so that all walks are of one length.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Node(u32);

impl Node {
    fn new(feature: u8, threshold: u8, left: u8) -> Self {
        Self(u32::from_le_bytes([feature, threshold, left, 0]))
    }

    fn feature(self) -> u8 {
        self.0 as u8
    }

    /// The way on for a row.
    fn way(self, bins: &Bins) -> u32 {
        let right = bins[self.feature() as usize] > (self.0 >> 8) as u8;
        (self.0 >> 16) + u32::from(right)
    }
}

/// The nodes of a tree, and how many splits its longest walk has.
#[derive(Debug, Clone, PartialEq)]
struct Tree {
    nodes: [Node; NODES],
    depth: u8,
}

impl Tree {
    /// The nodes some rows end in.
    fn walk<const N: usize>(&self, rows: [&Bins; N]) -> [u32; N] {
        let mut at = [0; N];
        for _ in 0..self.depth {
            for (at, bins) in at.iter_mut().zip(rows) {
                *at = self.nodes[*at as usize % NODES].way(bins);
            }
        }
        at
    }
}

/// The score of each leaf; of each split, the mean score of the rows that reach it.
type Values = [f32; NODES];

/// Boosted trees with the vocabulary their features were made with.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Forest {
    pub(super) vocabulary: Vocabulary,
    /// Scores are divided by this before they become probabilities.
    pub(super) temperature: f32,
    trees: Vec<Tree>,
    values: Vec<Values>,
    /// The scale of each feature.
    scales: Vec<Scale>,
    /// The lowest threshold of each feature.
    least: Vec<f32>,
    /// The features with more than one threshold, rising.
    many: Vec<u8>,
}

impl Forest {
    /// Whether there are trees, and not a vocabulary alone.
    pub(super) fn decides(&self) -> bool {
        !self.trees.is_empty()
    }

    /// The score of each row. All rows walk the first trees; those far behind after a stage walk no
    /// further, and their score is told by how far they were behind.
    pub(super) fn scores(&self, rows: &[Row]) -> Vec<f32> {
        let bins = self.bins(rows);
        let mut scores = vec![0.0_f32; rows.len()];
        let mut racing: Vec<usize> = (0..rows.len()).collect();
        let mut behind: Vec<(usize, f32)> = Vec::with_capacity(rows.len());
        let mut from = 0;
        for Stage { trees, far, growth } in STAGES.into_iter().filter(|stage| stage.trees < self.trees.len())
        {
            self.race(from..trees, &bins, &racing, &mut scores);
            let most = best(&racing, &scores);
            let lost = racing.iter().map(|&row| (row, most - scores[row])).filter(|&(_, gap)| gap > far);
            behind.extend(lost.map(|(row, gap)| (row, gap * growth)));
            racing.retain(|&row| most - scores[row] <= far);
            from = trees;
        }
        self.race(from..self.trees.len(), &bins, &racing, &mut scores);
        let most = best(&racing, &scores);
        for (row, gap) in behind {
            scores[row] = most - gap;
        }
        scores
    }

    fn race(&self, range: Range<usize>, bins: &[Bins], racing: &[usize], scores: &mut [f32]) {
        for group in racing.chunks(LANES) {
            match group.len() {
                1 => self.walk::<1>(range.clone(), bins, group, scores),
                2 => self.walk::<2>(range.clone(), bins, group, scores),
                3 => self.walk::<3>(range.clone(), bins, group, scores),
                _ => self.walk::<LANES>(range.clone(), bins, group, scores),
            }
        }
    }

    /// Adds what some trees give a group of `N` rows.
    fn walk<const N: usize>(&self, range: Range<usize>, bins: &[Bins], group: &[usize], scores: &mut [f32]) {
        let rows: [&Bins; N] = std::array::from_fn(|lane| &bins[group[lane]]);
        let mut sums: [f32; N] = std::array::from_fn(|lane| scores[group[lane]]);
        for (tree, values) in self.trees[range.clone()].iter().zip(&self.values[range]) {
            for (sum, at) in sums.iter_mut().zip(tree.walk(rows)) {
                *sum += values[at as usize % NODES];
            }
        }
        for (&row, sum) in group.iter().zip(sums) {
            scores[row] = sum;
        }
    }

    /// The rows as the trees see them.
    fn bins(&self, rows: &[Row]) -> Vec<Bins> {
        let mut bins = vec![[0; 256]; rows.len()];
        let pair = self.many.partition_point(|&feature| (feature as usize) < OWN);
        for (bins, row) in bins.iter_mut().zip(rows) {
            for ((bin, least), number) in bins.iter_mut().zip(&self.least).zip(row) {
                *bin = u8::from(number > least);
            }
            for &feature in &self.many[pair..] {
                bins[feature as usize] = self.scales[feature as usize].above(row[feature as usize]);
            }
        }
        // All rows say the same of the new line, but for whether it opens a thread: a yes or a no.
        for &feature in &self.many[..pair] {
            let shared =
                rows.first().map_or(0, |row| self.scales[feature as usize].above(row[feature as usize]));
            for bins in &mut bins {
                bins[feature as usize] = shared;
            }
        }
        bins
    }

    /// The share of each group of features in the score of `row`, by the order of [`Group`]; the
    /// last number is what all rows share. Together they are the score.
    pub(super) fn shares(&self, row: &Row) -> [f64; Group::COUNT + 1] {
        let mut shares = [0.0; Group::COUNT + 1];
        let bins = &self.bins(std::slice::from_ref(row))[0];
        for (tree, values) in self.trees.iter().zip(&self.values) {
            let mut at = 0;
            shares[Group::COUNT] += f64::from(values[at]);
            for _ in 0..tree.depth {
                let node = tree.nodes[at];
                let next = node.way(bins) as usize % NODES;
                let group = FEATURES[node.feature() as usize].1;
                shares[group as usize] += f64::from(values[next]) - f64::from(values[at]);
                at = next;
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

/// Whole numbers from -1 on whose place on a scale is kept.
const WHOLE: usize = 64;

/// The thresholds of a feature.
#[derive(Debug, Clone, PartialEq)]
struct Scale {
    /// Rising.
    thresholds: Vec<f32>,
    /// How many thresholds each whole number from -1 on is above: most features are counts.
    whole: [u8; WHOLE],
}

impl Scale {
    fn new(thresholds: Vec<f32>) -> Self {
        let mut scale = Self { thresholds, whole: [0; WHOLE] };
        scale.whole = std::array::from_fn(|at| scale.search(at as f32 - 1.0));
        scale
    }

    /// How many of the thresholds `number` is above.
    fn above(&self, number: f32) -> u8 {
        let at = (number + 1.0) as u8;
        match self.whole.get(at as usize) {
            Some(&above) if f32::from(at) - 1.0 == number => above,
            _ => self.search(number),
        }
    }

    fn search(&self, number: f32) -> u8 {
        self.thresholds.partition_point(|&threshold| threshold < number) as u8
    }
}

/// The best score of some rows.
fn best(rows: &[usize], scores: &[f32]) -> f32 {
    rows.iter().map(|&row| scores[row]).fold(f32::MIN, f32::max)
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
        let trees = (0..self.count()?).map(|_| self.tree()).collect::<Result<Vec<_>>>()?;
        forest.scales = scales(&trees)?;
        if forest.scales.first().is_some_and(|opens| opens.thresholds.len() > 1) {
            return Err(damaged("a yes or no has more than one threshold"));
        }
        forest.least =
            forest.scales.iter().map(|scale| *scale.thresholds.first().unwrap_or(&f32::MAX)).collect();
        forest.many =
            (0..COUNT as u8).filter(|&at| forest.scales[at as usize].thresholds.len() > 1).collect();
        for tree in &trees {
            let (tree, values) = tree.plant(&forest.scales)?;
            forest.trees.push(tree);
            forest.values.push(values);
        }
        Ok(forest)
    }

    /// Reads one tree; each way leads on, so that no walk can go in a circle.
    fn tree(&mut self) -> Result<Splits> {
        let count = self.byte()?;
        if count == 0 || count >= LEAVES {
            return Err(damaged("a tree has no split, or too many"));
        }
        let mut tree = Splits { splits: Vec::new(), values: [0.0; NODES] };
        for at in 0..count {
            let (feature, ways) = (self.byte()?, self.take::<2>()?);
            let ways = ways.map(|way| if way & LEAF == 0 { way } else { count.saturating_add(way & !LEAF) });
            if feature as usize >= COUNT || ways.into_iter().any(|way| way <= at || way > 2 * count) {
                return Err(damaged("a split points nowhere"));
            }
            tree.splits.push((feature, self.number()?, ways));
            tree.values[at as usize] = self.number()?;
        }
        for leaf in count..=2 * count {
            tree.values[leaf as usize] = self.number()?;
        }
        Ok(tree)
    }
}

/// A tree as it stands in the file: feature, threshold and ways of each split; all its values.
struct Splits {
    splits: Vec<(u8, f32, [u8; 2])>,
    values: Values,
}

impl Splits {
    /// The tree with brothers beside one another, level by level, and its thresholds told by their
    /// places on the scales.
    fn plant(&self, scales: &[Scale]) -> Result<(Tree, Values)> {
        let mut nodes: [Node; NODES] = std::array::from_fn(|at| Node::new(0, u8::MAX, at as u8));
        let mut values = [0.0; NODES];
        // Where each node stands in the file, and at which level.
        let mut order: Vec<(usize, u8)> = vec![(0, 0)];
        let mut at = 0;
        while let Some(&(old, level)) = order.get(at).filter(|_| at < NODES) {
            values[at] = self.values[old];
            if let Some(&(feature, threshold, ways)) = self.splits.get(old) {
                let threshold = scales[feature as usize].search(threshold);
                nodes[at] = Node::new(feature, threshold, order.len() as u8);
                order.extend(ways.map(|way| (way as usize, level + 1)));
            }
            at += 1;
        }
        if order.len() > NODES {
            return Err(damaged("splits lead to the same place"));
        }
        let depth = order.last().map_or(0, |&(_, level)| level);
        Ok((Tree { nodes, depth }, values))
    }
}

/// The scale of each feature in all trees.
fn scales(trees: &[Splits]) -> Result<Vec<Scale>> {
    let mut found = vec![Vec::new(); COUNT];
    for &(feature, threshold, _) in trees.iter().flat_map(|tree| &tree.splits) {
        found[feature as usize].push(threshold);
    }
    found
        .into_iter()
        .map(|mut thresholds| {
            thresholds.sort_unstable_by(f32::total_cmp);
            thresholds.dedup();
            let few = thresholds.len() <= THRESHOLDS;
            if few { Ok(Scale::new(thresholds)) } else { Err(damaged("a feature has too many thresholds")) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::features::ROW;
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

    /// The score of a row as the file tells it: numbers beside thresholds, all trees.
    fn plainly(trees: &[Splits], row: &Row) -> f32 {
        let leaf = |tree: &Splits| {
            let mut at = 0;
            while let Some(&(feature, threshold, ways)) = tree.splits.get(at) {
                at = ways[usize::from(row[feature as usize] > threshold)] as usize;
            }
            tree.values[at]
        };
        trees.iter().map(leaf).fold(0.0, |sum, value| sum + value)
    }

    fn shipped() -> (Forest, Vec<Splits>) {
        let bytes = super::super::SHIPPED;
        let forest = Forest::read(bytes).expect("it is shipped");
        let words = forest.vocabulary.common.len() * (5 + DIMENSIONS);
        let mut reader = Reader { rest: &bytes[MAGIC.len() + 12 + words..] };
        let count = reader.count().expect("it is whole");
        let trees = (0..count).map(|_| reader.tree().expect("it is whole")).collect();
        (forest, trees)
    }

    /// Numbers as features have them: counts, yes and no, what is not there, and any other.
    fn some_row() -> impl Strategy<Value = Row> {
        let number = prop_oneof![
            (-1..70_i8).prop_map(f32::from),
            -2.0_f32..300.0,
            prop::sample::select(vec![f32::NAN, f32::MAX, f32::MIN, f32::INFINITY, -0.0, -1.5]),
        ];
        prop::collection::vec(number, ROW).prop_map(|row| std::array::from_fn(|at| row[at]))
    }

    proptest! {
        #[test]
        fn a_row_in_bytes_goes_where_its_numbers_go(row in some_row()) {
            let (forest, trees) = shipped();
            // A row alone is never behind, so it walks all trees.
            prop_assert_eq!(forest.scores(&[row]), [plainly(&trees, &row)]);
        }

        #[test]
        fn the_best_row_is_told_in_full(rows in prop::collection::vec(some_row(), 2..14)) {
            let (forest, trees) = shipped();
            let mut rows = rows;
            // What rows share is the new line; the first number is a yes or a no.
            for at in 1..rows.len() {
                let first = rows[0];
                rows[at][1..OWN].copy_from_slice(&first[1..OWN]);
            }
            for (at, row) in rows.iter_mut().enumerate() {
                row[0] = f32::from(u8::from(at == 0));
            }
            let scores = forest.scores(&rows);
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            let best = scores.iter().position(|&score| score == most).expect("there are rows");
            prop_assert_eq!(scores[best], plainly(&trees, &rows[best]));
        }
    }

    #[test]
    fn every_group_stands_at_its_number() {
        for (at, group) in Group::ALL.into_iter().enumerate() {
            assert_eq!(group as usize, at);
        }
    }
}
