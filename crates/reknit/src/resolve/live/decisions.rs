//! What people have decided about pairs of records, for good.
//!
//! A decision is about keys and outlives the records: when a record that was deleted comes back, what
//! was decided about it holds again. Must-links are closed over, and a cannot-link holds between such
//! groups, as in [`crate::partition::Constraints`]; a contradiction is refused when it is made, with
//! the records that are not there just now counted in, so none can come up later.
//!
//! Cost: nothing where nothing was decided; else a walk over the must-links of a record.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::RecordKey;
use crate::{Error, ErrorKind, Result};

/// All decisions, both ways.
#[derive(Debug, Default, Clone)]
pub(super) struct Decisions {
    must: BTreeMap<RecordKey, BTreeSet<RecordKey>>,
    cannot: BTreeMap<RecordKey, BTreeSet<RecordKey>>,
}

impl Decisions {
    /// The decisions of a list.
    ///
    /// # Errors
    /// `contradiction` when they contradict each other, `input` when a pair is of one record.
    pub(super) fn of(must: &[(RecordKey, RecordKey)], cannot: &[(RecordKey, RecordKey)]) -> Result<Self> {
        let mut decisions = Self::default();
        must.iter().try_for_each(|(a, b)| decisions.must_link(a, b))?;
        cannot.iter().try_for_each(|(a, b)| decisions.cannot_link(a, b))?;
        Ok(decisions)
    }

    pub(super) fn must_link(&mut self, a: &RecordKey, b: &RecordKey) -> Result<()> {
        let (of_a, of_b) = (self.group(a, |_| true), self.group(b, |_| true));
        if self.apart(&of_a, &of_b) {
            return Err(contradiction(a, b));
        }
        add(&mut self.must, a, b)
    }

    pub(super) fn cannot_link(&mut self, a: &RecordKey, b: &RecordKey) -> Result<()> {
        if self.group(a, |_| true).contains(b) {
            return Err(contradiction(a, b));
        }
        add(&mut self.cannot, a, b)
    }

    /// Takes back what was decided about a pair; whether anything was.
    pub(super) fn undo(&mut self, a: &RecordKey, b: &RecordKey) -> bool {
        let must = remove(&mut self.must, a, b);
        remove(&mut self.cannot, a, b) || must
    }

    pub(super) fn is_empty(&self) -> bool {
        self.must.is_empty() && self.cannot.is_empty()
    }

    /// The records that must be one with `key`, as far as only those that are `there` lead to them.
    pub(super) fn group(&self, key: &RecordKey, there: impl Fn(&RecordKey) -> bool) -> BTreeSet<RecordKey> {
        let mut group = BTreeSet::from([key.clone()]);
        let mut open = vec![key.clone()];
        while let Some(key) = open.pop() {
            for other in self.must.get(&key).into_iter().flatten() {
                if there(other) && group.insert(other.clone()) {
                    open.push(other.clone());
                }
            }
        }
        group
    }

    /// Whether a decision keeps two groups apart.
    pub(super) fn apart(&self, a: &BTreeSet<RecordKey>, b: &BTreeSet<RecordKey>) -> bool {
        let cannot = |key: &RecordKey| self.cannot.get(key).into_iter().flatten();
        a.iter().flat_map(cannot).any(|other| b.contains(other))
    }

    /// The records that must be one with `key` by a decision of their own.
    pub(super) fn must_of(&self, key: &RecordKey) -> impl Iterator<Item = &RecordKey> {
        self.must.get(key).into_iter().flatten()
    }

    /// The records that cannot be one with `key` by a decision of their own.
    pub(super) fn cannot_of(&self, key: &RecordKey) -> impl Iterator<Item = &RecordKey> {
        self.cannot.get(key).into_iter().flatten()
    }

    /// Must-links and cannot-links, each pair once.
    pub(super) fn pairs(&self) -> [Vec<(RecordKey, RecordKey)>; 2] {
        [&self.must, &self.cannot].map(|all| {
            let pairs = all.iter().flat_map(|(a, others)| others.iter().map(move |b| (a, b)));
            pairs.filter(|(a, b)| a < b).map(|(a, b)| (a.clone(), b.clone())).collect()
        })
    }
}

fn add(all: &mut BTreeMap<RecordKey, BTreeSet<RecordKey>>, a: &RecordKey, b: &RecordKey) -> Result<()> {
    if a == b {
        return Err(Error::input(format!("both records are {a}; give two")));
    }
    for (x, y) in [(a, b), (b, a)] {
        all.entry(x.clone()).or_default().insert(y.clone());
    }
    Ok(())
}

fn remove(all: &mut BTreeMap<RecordKey, BTreeSet<RecordKey>>, a: &RecordKey, b: &RecordKey) -> bool {
    let mut found = false;
    for (x, y) in [(a, b), (b, a)] {
        if let Some(others) = all.get_mut(x) {
            found |= others.remove(y);
            if others.is_empty() {
                all.remove(x);
            }
        }
    }
    found
}

fn contradiction(a: &RecordKey, b: &RecordKey) -> Error {
    Error::new(
        ErrorKind::Contradiction,
        format!("{a} and {b} must be together and must not; take one decision back"),
    )
}
