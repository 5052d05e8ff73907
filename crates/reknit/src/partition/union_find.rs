//! Union-find: joining items into clusters one pair at a time (Tarjan 1975).
//!
//! The root of a cluster is its smallest item, so the outcome does not depend on the order of the
//! joins. Path halving keeps chains short; cost is close to constant per operation.

use super::Partition;

/// Clusters under construction.
///
/// ```
/// use reknit::partition::UnionFind;
/// let mut union = UnionFind::new(4);
/// assert!(union.join(3, 1));
/// assert!(!union.join(1, 3));
/// assert_eq!(union.partition().labels(), [0, 1, 2, 1]);
/// ```
#[derive(Debug, Clone)]
pub struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    /// `len` items, each alone.
    pub fn new(len: usize) -> Self {
        Self { parent: (0..len as u32).collect() }
    }

    /// The smallest item of the cluster of `item`.
    ///
    /// # Panics
    /// When `item` is not below the number of items.
    pub fn root(&mut self, mut item: u32) -> u32 {
        loop {
            let parent = self.parent[item as usize];
            if parent == item {
                return item;
            }
            let above = self.parent[parent as usize];
            self.parent[item as usize] = above;
            item = above;
        }
    }

    /// Joins the clusters of `a` and `b`; whether they were apart.
    ///
    /// # Panics
    /// When `a` or `b` is not below the number of items.
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.parent[a.max(b) as usize] = a.min(b);
        }
        a != b
    }

    /// The clusters as they stand.
    pub fn partition(&mut self) -> Partition {
        let roots: Vec<u32> = (0..self.parent.len() as u32).map(|item| self.root(item)).collect();
        Partition::from_labels(&roots)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_of_joins_does_not_matter(pairs in proptest::collection::vec((0_u32..20, 0_u32..20), 0..30)) {
            let (mut forth, mut back) = (UnionFind::new(20), UnionFind::new(20));
            for &(a, b) in &pairs {
                forth.join(a, b);
            }
            for &(a, b) in pairs.iter().rev() {
                back.join(b, a);
            }
            prop_assert_eq!(forth.partition(), back.partition());
        }
    }
}
