//! Which pairs are worth comparing.
//!
//! Records that share a key of a blocking rule meet in a block. Which blocks are used is said by the
//! plan: for each rule the size of the largest block that is worth its pairs. A hot key (a city, a
//! common surname, a switchboard) is left out by its frequency in the set, never by order of arrival;
//! finer rules split it. The pairs of small blocks are gone through row by row: the partners of a row
//! from all its small blocks are marked as they come up. Those of large blocks are gone through block by
//! block, from copies of their rows that lie together; a pair that also meets elsewhere is left to the
//! first such place. So each pair is kept once and no set of pairs is held.
//!
//! Sources: Papadakis and others, "Blocking and Filtering Techniques for Entity Resolution" (2020),
//! for block purging by size. Cost: one radix sort of (key, row) per rule, 8 bytes a member of a
//! block, and some nanoseconds a pair beside its comparison.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::cluster::Edge;
use super::compare::{Comparer, Vector};
use super::plan::Plan;
use super::rule::{Keys, RULES, Rule};
use super::score::{FilterCache, Sieve};
use super::values::Prepared;
use crate::Result;
use crate::model::{Progress, Watch};

/// No block is larger, whatever the rule has left to spend.
pub(super) const MAX_BLOCK: usize = 1000;

/// The blocks of one rule.
#[derive(Debug, Default)]
pub(super) struct RuleBlocks {
    /// Members of block `b`: `members[starts[b]..starts[b + 1]]`, ascending.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl RuleBlocks {
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|ends| &self.members[ends[0] as usize..ends[1] as usize])
    }

    /// The blocks of `rule` that have between two and `largest` members.
    fn of_rule(data: &Prepared, rule: &Rule, largest: impl Fn(&[usize]) -> usize) -> Self {
        let keys = Keys::new(data);
        let mut entries: Vec<u64> = Vec::new();
        let mut of_row = Vec::new();
        for row in 0..data.rows as u32 {
            keys.of(rule, row, &mut of_row);
            entries.extend(of_row.iter().map(|&key| u64::from(key) << 32 | u64::from(row)));
        }
        sort_by_key(&mut entries);
        let runs = || entries.chunk_by(|x, y| x >> 32 == y >> 32).filter(|run| run.len() > 1);
        let mut sizes = vec![0; MAX_BLOCK + 1];
        for run in runs().filter(|run| run.len() <= MAX_BLOCK) {
            sizes[run.len()] += 1;
        }
        let largest = largest(&sizes);
        let (mut blocks, mut total) = (1, 0);
        for (size, of_size) in sizes.iter().enumerate().take(largest + 1).skip(2) {
            blocks += of_size;
            total += size * of_size;
        }
        let (mut starts, mut members) = (Vec::with_capacity(blocks), Vec::with_capacity(total));
        starts.push(0);
        for run in runs().filter(|run| run.len() <= largest) {
            members.extend(run.iter().map(|&entry| entry as u32));
            starts.push(members.len() as u32);
        }
        Self { starts, members }
    }

    /// Records equal in all values, however many, meet in a chain: each with the next.
    fn of_equal(data: &Prepared) -> Self {
        let mut blocks = Self { starts: vec![0], members: Vec::new() };
        for equal in data.equal_rows() {
            for pair in equal.windows(2) {
                blocks.members.extend([pair[0], pair[1]]);
                blocks.starts.push(blocks.members.len() as u32);
            }
        }
        blocks
    }

    /// Per row the first of the records in its chain, of the blocks of equal records.
    pub(super) fn chain_labels(&self, rows: usize) -> Vec<u32> {
        let mut labels: Vec<u32> = (0..rows as u32).collect();
        for pair in self.iter() {
            labels[pair[1] as usize] = labels[pair[0] as usize];
        }
        labels
    }

    /// Leaves out blocks larger than `largest`.
    fn limit(&mut self, largest: usize) {
        let (mut kept, mut to, mut from) = (0, 0, 0);
        for block in 1..self.starts.len() {
            let end = self.starts[block] as usize;
            if end - from <= largest {
                self.members.copy_within(from..end, to);
                to += end - from;
                kept += 1;
                self.starts[kept] = to as u32;
            }
            from = end;
        }
        self.starts.truncate(kept + 1);
        self.members.truncate(to);
        self.starts.shrink_to_fit();
        self.members.shrink_to_fit();
    }
}

/// Sorts entries by their upper half; entries of one key stay in their order.
fn sort_by_key(entries: &mut Vec<u64>) {
    /// Radix sort pays from here on.
    const MANY: usize = 5000;
    const BITS: u32 = 11;
    if entries.len() < MANY {
        entries.sort_by_key(|entry| entry >> 32);
        return;
    }
    let mut other = vec![0; entries.len()];
    for shift in [32, 32 + BITS, 32 + 2 * BITS] {
        let digit = |entry: u64| (entry >> shift) as usize & ((1 << BITS) - 1);
        let mut next = vec![0_usize; 1 << BITS];
        for &entry in entries.iter() {
            next[digit(entry)] += 1;
        }
        let mut sum = 0;
        for place in &mut next {
            sum += std::mem::replace(place, sum);
        }
        for &entry in entries.iter() {
            let place = &mut next[digit(entry)];
            other[*place] = entry;
            *place += 1;
        }
        std::mem::swap(entries, &mut other);
    }
}

/// The blocks of all rules: first those of equal records, then one item per rule.
pub(super) fn all_blocks(
    data: &Prepared,
    plan: Option<&Plan>,
    workers: usize,
    watch: &mut Watch<'_>,
) -> Result<Vec<RuleBlocks>> {
    Progress::report("block", 0, RULES.len() as u64, watch)?;
    let largest = |at: usize, sizes: &[usize]| match plan {
        Some(plan) => plan.largest(at),
        None => affordable(sizes, RULES[at].pairs_per_record * data.rows),
    };
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at > RULES.len() {
                break;
            }
            let blocks = match at.checked_sub(1) {
                None => RuleBlocks::of_equal(data),
                Some(rule) if !RULES[rule].applies(data) => RuleBlocks::default(),
                Some(rule) => RuleBlocks::of_rule(data, &RULES[rule], |sizes| largest(rule, sizes)),
            };
            if let Ok(mut found) = found.lock() {
                found.push((at, blocks));
            }
        }
    };
    if workers == 1 || data.rows < PARALLEL_FROM {
        work();
    } else {
        std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    }
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, blocks)| blocks).collect())
}

/// Smaller tables are done before a thread has begun.
pub(super) const PARALLEL_FROM: usize = 2000;

/// The largest block size up to which all blocks together stay below `pairs`; `sizes` counts the
/// blocks of each size.
fn affordable(sizes: &[usize], pairs: usize) -> usize {
    let (mut spent, mut largest) = (0, 1);
    for (size, &blocks) in sizes.iter().enumerate().skip(2).filter(|(_, blocks)| **blocks > 0) {
        spent += blocks * size * (size - 1) / 2;
        if spent > pairs {
            break;
        }
        largest = size;
    }
    largest
}

/// The blocks of a table, numbered rule by rule.
pub(super) struct Blocks {
    starts: Vec<u32>,
    members: Vec<u32>,
    /// The first block of each rule, the equal records before them.
    rules: Vec<u32>,
    /// Which rules the plan uses.
    used: Vec<bool>,
    /// Blocks of row `r`: `of_rows[offsets[r]..offsets[r + 1]]`, ascending.
    offsets: Vec<u32>,
    of_rows: Vec<u32>,
}

impl Blocks {
    /// The blocks that `plan` wants.
    pub(super) fn new(mut rules: Vec<RuleBlocks>, plan: &Plan, rows: usize) -> Self {
        for (at, rule) in rules.iter_mut().enumerate().skip(1) {
            rule.limit(plan.largest(at - 1));
        }
        let total = rules.iter().map(|rule| rule.members.len()).sum();
        let mut blocks = Self {
            starts: vec![0],
            members: Vec::with_capacity(total),
            rules: Vec::new(),
            used: (0..RULES.len()).map(|rule| plan.largest(rule) > 1).collect(),
            offsets: Vec::new(),
            of_rows: Vec::new(),
        };
        for rule in rules {
            blocks.rules.push(blocks.starts.len() as u32 - 1);
            let before = blocks.members.len() as u32;
            blocks.members.extend_from_slice(&rule.members);
            blocks.starts.extend(rule.starts.iter().skip(1).map(|start| before + start));
        }
        blocks.index(rows);
        blocks
    }

    fn index(&mut self, rows: usize) {
        // The places of row r are counted in r + 1, which then serves as the row's next free place.
        let mut offsets = vec![0_u32; rows + 2];
        for &row in &self.members {
            offsets[row as usize + 2] += 1;
        }
        for row in 2..offsets.len() {
            offsets[row] += offsets[row - 1];
        }
        let mut blocks = vec![0; self.members.len()];
        for block in 0..self.starts.len() - 1 {
            for &row in self.members(block as u32) {
                let place = &mut offsets[row as usize + 1];
                blocks[*place as usize] = block as u32;
                *place += 1;
            }
        }
        offsets.truncate(rows + 1);
        (self.offsets, self.of_rows) = (offsets, blocks);
    }

    fn members(&self, block: u32) -> &[u32] {
        &self.members[self.starts[block as usize] as usize..self.starts[block as usize + 1] as usize]
    }

    fn of(&self, row: u32) -> &[u32] {
        &self.of_rows[self.offsets[row as usize] as usize..self.offsets[row as usize + 1] as usize]
    }

    /// Whether the plan uses a rule, by its place among all.
    pub(super) fn uses(&self, rule: usize) -> bool {
        self.used[rule]
    }

    /// The names of the rules under which two rows meet.
    pub(super) fn met(&self, a: u32, b: u32) -> Vec<String> {
        let others = self.of(b);
        let shared = self.of(a).iter().filter(|block| others.binary_search(block).is_ok());
        let mut names: Vec<&str> = shared
            .map(|&block| match self.rules.partition_point(|&first| first <= block) {
                0 | 1 => "all values",
                rule => RULES[rule - 2].name,
            })
            .collect();
        names.dedup();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The pairs that meet, each once, compared and weighed, as far as `sieve` lets them pass, in the
    /// order of rows; and how many were looked at for that.
    pub(super) fn pairs(
        &self,
        data: &Prepared,
        sieve: &Sieve<'_>,
        workers: usize,
        watch: &mut Watch<'_>,
    ) -> Result<(Vec<Edge>, u64)> {
        let rows = data.rows as u32;
        let share = (rows / (workers as u32 * CHUNKS_PER_WORKER)).max(256);
        let chunks: Vec<(u32, u32)> =
            (0..rows).step_by(share as usize).map(|from| (from, (from + share).min(rows))).collect();
        let mut teams: Vec<Partners<'_>> =
            (0..workers.min(chunks.len())).map(|_| Partners::new(self, data)).collect();
        let large = self.large(workers * CHUNKS_PER_WORKER as usize);
        let (mut pairs, mut of_large) = (Vec::new(), Vec::new());
        let steps = (chunks.len() + large.len()) as u64;
        for (wave, of_wave) in chunks.chunks(teams.len().max(1)).enumerate() {
            Progress::report("compare", (wave * teams.len()) as u64, steps, watch)?;
            let work = |team: &mut Partners<'_>, &(from, to): &(u32, u32)| team.pairs(from, to, sieve);
            side_by_side(&mut teams, of_wave, work, &mut pairs);
        }
        for (wave, of_wave) in large.chunks(teams.len().max(1)).enumerate() {
            Progress::report("compare", (chunks.len() + wave * teams.len()) as u64, steps, watch)?;
            let work = |team: &mut Partners<'_>, blocks: &Vec<u32>| team.pairs_of_blocks(blocks, sieve);
            side_by_side(&mut teams, of_wave, work, &mut of_large);
        }
        if !of_large.is_empty() {
            pairs.append(&mut of_large);
            pairs.sort_unstable_by_key(|edge| (edge.a, edge.b));
        }
        Ok((pairs, teams.iter().map(|team| team.compared).sum()))
    }

    /// The large blocks in some lots, each of about as many pairs.
    fn large(&self, lots: usize) -> Vec<Vec<u32>> {
        let size = |block: u32| self.members(block).len();
        let all: Vec<u32> = (0..self.starts.len() as u32 - 1).filter(|&block| size(block) > LARGE).collect();
        let pairs = |block: u32| size(block) * size(block);
        let share = all.iter().map(|&block| pairs(block)).sum::<usize>() / lots.max(1);
        let mut found: Vec<Vec<u32>> = Vec::new();
        let mut room = 0;
        for block in all {
            if room == 0 {
                found.push(Vec::new());
                room = share;
            }
            room = room.saturating_sub(pairs(block));
            found.last_mut().expect("one was begun").push(block);
        }
        found
    }

    /// Whether `block`, a large one, is the first place where two of its rows meet: they share no small
    /// block and no large one before it.
    fn is_first(&self, block: u32, a: u32, b: u32) -> bool {
        let others = self.of(b);
        let small = |shared: u32| self.members(shared).len() <= LARGE;
        let mut shared = self.of(a).iter().filter(|of_a| others.binary_search(of_a).is_ok());
        !shared.any(|&shared| shared < block || small(shared))
    }

    /// The vectors of all pairs of every `every`-th row, sorted.
    pub(super) fn sample(&self, data: &Prepared, every: usize, workers: usize) -> Vec<Vector> {
        let rows: Vec<u32> = (0..data.rows as u32).step_by(every).collect();
        let mut vectors: Vec<Vector> = std::thread::scope(|scope| {
            let handles: Vec<_> = rows
                .chunks(rows.len().div_ceil(workers).max(1))
                .map(|rows| scope.spawn(move || Partners::new(self, data).vectors(rows)))
                .collect();
            handles.into_iter().flat_map(|handle| handle.join().expect("comparing does not panic")).collect()
        });
        vectors.sort_unstable();
        vectors
    }

    /// How many pairs there are in all blocks, those that meet twice counted twice.
    pub(super) fn meetings(&self) -> usize {
        self.starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize).map(|n| n * (n - 1) / 2).sum()
    }
}

/// Blocks of more rows are gone through block by block: from there on copying the rows costs less than
/// fetching each again for every pair.
const LARGE: usize = 16;

/// Has each team do its piece, and puts what they find behind `found` in the order of the pieces.
fn side_by_side<'a, T: Sync>(
    teams: &mut [Partners<'a>],
    pieces: &[T],
    work: impl Fn(&mut Partners<'a>, &T) -> Vec<Edge> + Sync,
    found: &mut Vec<Edge>,
) {
    let work = &work;
    let pairs: Vec<Vec<Edge>> = std::thread::scope(|scope| {
        let handles: Vec<_> = teams
            .iter_mut()
            .zip(pieces)
            .map(|(team, piece)| scope.spawn(move || work(team, piece)))
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("comparing does not panic")).collect()
    });
    found.extend(pairs.into_iter().flatten());
}

/// Enough pieces that progress shows and no worker waits long for another.
const CHUNKS_PER_WORKER: u32 = 16;

/// Goes through the partners of rows.
struct Partners<'a> {
    blocks: &'a Blocks,
    comparer: Comparer<'a>,
    /// Which rows were met already, one bit each.
    met: Vec<u64>,
    near: Vec<u32>,
    /// Copies of the rows of one block.
    copies: Vec<u32>,
    cache: FilterCache,
    /// Pairs looked at so far.
    compared: u64,
}

/// Rows that are brought near together.
const TOGETHER: usize = 16;

impl<'a> Partners<'a> {
    fn new(blocks: &'a Blocks, data: &'a Prepared) -> Self {
        let met = vec![0; data.rows.div_ceil(64)];
        Self {
            blocks,
            comparer: Comparer::new(data),
            met,
            near: Vec::new(),
            copies: Vec::new(),
            cache: FilterCache::new(),
            compared: 0,
        }
    }

    /// The kept pairs of the rows `from..to` with rows behind them that they meet in small blocks.
    fn pairs(&mut self, from: u32, to: u32, sieve: &Sieve<'_>) -> Vec<Edge> {
        let data = self.comparer.data();
        let mut pairs = Vec::new();
        for a in from..to {
            self.meet(a);
            self.compared += self.near.len() as u64;
            let near = std::mem::take(&mut self.near);
            for some in near.chunks(TOGETHER) {
                for &b in some {
                    data.touch(b);
                }
                for &b in some {
                    let vector = self.comparer.glance(a, b);
                    pairs.extend(self.kept(sieve, vector, a, b));
                }
            }
            self.near = near;
        }
        pairs
    }

    /// The kept pairs of some large blocks that meet nowhere before.
    fn pairs_of_blocks(&mut self, blocks: &[u32], sieve: &Sieve<'_>) -> Vec<Edge> {
        let (data, mut copies) = (self.comparer.data(), std::mem::take(&mut self.copies));
        let (width, mut pairs) = (data.width(), Vec::new());
        for &block in blocks {
            let members = self.blocks.members(block);
            copies.clear();
            self.compared += (members.len() * (members.len() - 1) / 2) as u64;
            for &row in members {
                copies.extend_from_slice(data.row(row));
            }
            for (at, (&a, x)) in members.iter().zip(copies.chunks_exact(width)).enumerate() {
                let others = members[at + 1..].iter().zip(copies[(at + 1) * width..].chunks_exact(width));
                for (&b, y) in others {
                    let vector = self.comparer.glance_at(x, y);
                    let kept = self.kept(sieve, vector, a, b);
                    pairs.extend(kept.filter(|_| self.blocks.is_first(block, a, b)));
                }
            }
        }
        self.copies = copies;
        pairs
    }

    /// Finds the partners behind row `a` in small blocks, each once, ascending.
    fn meet(&mut self, a: u32) {
        self.near.clear();
        for &block in self.blocks.of(a) {
            let members = self.blocks.members(block);
            if members.len() > LARGE {
                continue;
            }
            for &b in members.iter().rev().take_while(|&&b| b > a) {
                let (word, bit) = (b as usize / 64, 1 << (b % 64));
                if self.met[word] & bit == 0 {
                    self.met[word] |= bit;
                    self.near.push(b);
                }
            }
        }
        for &b in &self.near {
            self.met[b as usize / 64] = 0;
        }
        self.near.sort_unstable();
    }

    /// The pair, if it weighs enough.
    fn kept(&mut self, sieve: &Sieve<'_>, vector: Vector, a: u32, b: u32) -> Option<Edge> {
        let Self { comparer, cache, .. } = self;
        let vector = sieve.filter.look(comparer, cache, vector, (a, b))?;
        let bits = sieve.scorer.bits(a, b, vector);
        (bits > sieve.kept_bits).then_some(Edge { a, b, bits, vector })
    }

    fn vectors(&mut self, rows: &[u32]) -> Vec<Vector> {
        let mut vectors = Vec::new();
        for &a in rows {
            for &block in self.blocks.of(a) {
                self.near.extend(self.blocks.members(block).iter().filter(|&&b| b != a));
            }
            self.near.sort_unstable();
            self.near.dedup();
            vectors.extend(self.near.drain(..).map(|b| self.comparer.vector(a, b)));
        }
        vectors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hot_keys_go_first() {
        let sizes = |wanted: &[usize]| {
            let mut sizes = vec![0; MAX_BLOCK + 1];
            for &size in wanted {
                sizes[size] += 1;
            }
            sizes
        };
        assert_eq!(affordable(&sizes(&[2, 2, 3, 40]), 10), 3);
        assert_eq!(affordable(&sizes(&[2, 2, 3, 40]), 1000), 40);
        assert_eq!(affordable(&sizes(&[50]), 10), 1);
    }

    #[test]
    fn large_blocks_leave_the_others_as_they_are() {
        let mut blocks = RuleBlocks { starts: vec![0, 2, 5, 7], members: vec![1, 2, 3, 4, 5, 6, 7] };
        blocks.limit(2);
        assert_eq!(blocks.iter().collect::<Vec<_>>(), [&[1, 2], &[6, 7]]);
    }

    #[test]
    fn many_entries_sort_as_few_do() {
        let mut entries: Vec<u64> =
            (0..20_000_u64).map(|row| (row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) << 32 | row).collect();
        let mut plain = entries.clone();
        plain.sort_by_key(|entry| entry >> 32);
        sort_by_key(&mut entries);
        assert_eq!(entries, plain);
    }
}
