//! The rows of an engine that holds few records: there every record meets every other.

use super::super::plan::Plan;
use super::super::rule::{RULES, SMALL, SMALL_TABLE};

/// All rows, as long as there are few.
#[derive(Debug)]
pub(super) struct Few {
    /// With more records than this, a record meets only those it shares a key with.
    largest: usize,
    count: usize,
    rows: Vec<u32>,
}

impl Few {
    pub(super) fn new(plan: &Plan) -> Self {
        let rule = RULES.iter().position(|rule| rule.name == SMALL_TABLE);
        let largest = rule.map_or(0, |rule| plan.largest(rule)).min(SMALL);
        Self { largest, count: 0, rows: Vec::new() }
    }

    /// All rows if there are few, else none.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    pub(super) fn are_few(&self) -> bool {
        self.count <= self.largest
    }

    /// The number of the record that was one too many, with the rows that meet no more by their number.
    pub(super) fn insert(&mut self, row: u32) -> Option<Vec<u32>> {
        self.count += 1;
        if self.are_few() {
            self.rows.push(row);
            return None;
        }
        (self.count == self.largest + 1).then(|| std::mem::take(&mut self.rows))
    }

    /// Whether all meet again by their number; `rows` are those left.
    pub(super) fn remove(&mut self, row: u32, rows: impl Iterator<Item = u32>) -> bool {
        self.count -= 1;
        if self.count == self.largest {
            self.rows = rows.collect();
            return true;
        }
        self.rows.retain(|&r| r != row);
        false
    }

    /// Whether all would meet by their number if one were gone.
    pub(super) fn one_too_many(&self) -> bool {
        self.count == self.largest + 1
    }
}
