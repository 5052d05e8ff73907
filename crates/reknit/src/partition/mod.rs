//! Grouping: which items belong together, and how well a grouping fits another.
//!
//! Entities are a partition of records, conversations are a partition of messages; both use this
//! room. A [`Partition`] numbers its clusters in the order in which their first items stand, so two
//! equal groupings are equal values whatever they were made from. [`UnionFind`] joins,
//! [`Constraints`] say what must or must not be joined, [`metrics`] compare two groupings.

mod constraints;
mod union_find;

pub mod metrics;

pub use constraints::Constraints;
pub use union_find::UnionFind;

use std::hash::Hash;

use hashbrown::HashMap;

/// A grouping of the items `0..len` into clusters that do not overlap.
///
/// ```
/// use reknit::partition::Partition;
/// let people = Partition::from_labels(&["ana", "bo", "ana"]);
/// assert_eq!(people.labels(), [0, 1, 0]);
/// assert_eq!(people.clusters(), [vec![0, 2], vec![1]]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Partition {
    labels: Vec<u32>,
    clusters: u32,
}

impl Partition {
    /// Items with equal labels are together.
    pub fn from_labels<T: Eq + Hash>(labels: &[T]) -> Self {
        let mut number: HashMap<&T, u32> = HashMap::new();
        let labels: Vec<u32> = labels
            .iter()
            .map(|label| {
                let next = number.len() as u32;
                *number.entry(label).or_insert(next)
            })
            .collect();
        Self { labels, clusters: number.len() as u32 }
    }

    /// Every item alone.
    pub fn singletons(len: usize) -> Self {
        Self { labels: (0..len as u32).collect(), clusters: len as u32 }
    }

    /// The cluster of each item; clusters are numbered from 0 in the order of their first items.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many clusters there are.
    pub fn count(&self) -> usize {
        self.clusters as usize
    }

    /// The items of each cluster, in ascending order.
    pub fn clusters(&self) -> Vec<Vec<u32>> {
        let mut clusters = vec![Vec::new(); self.count()];
        for (item, &label) in self.labels.iter().enumerate() {
            clusters[label as usize].push(item as u32);
        }
        clusters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_groupings_are_equal_values() {
        assert_eq!(Partition::from_labels(&[7, 7, 3]), Partition::from_labels(&["x", "x", "a"]));
        assert_ne!(Partition::from_labels(&[7, 7, 3]), Partition::singletons(3));
        assert_eq!(Partition::from_labels::<u8>(&[]).count(), 0);
    }
}
