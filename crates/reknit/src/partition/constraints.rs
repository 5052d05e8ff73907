//! What people have decided: pairs that must be together and pairs that must not.
//!
//! Must-links are closed over (a–b and b–c give a–c); a cannot-link then holds between two such
//! groups. A cannot-link inside one group is a contradiction and is refused, naming the pair (Wagstaff
//! and others 2001, "Constrained K-means", has the closure rules). Cost: close to linear in the pairs.

use hashbrown::HashSet;

use super::UnionFind;
use crate::{Error, ErrorKind, Result};

/// Must-links, closed over, and cannot-links between their groups.
#[derive(Debug, Clone)]
pub struct Constraints {
    group: Vec<u32>,
    apart: HashSet<(u32, u32)>,
}

impl Constraints {
    /// Constraints on the items `0..len`.
    ///
    /// # Errors
    /// `contradiction` when a pair must be together and apart; `input` when an item is not below
    /// `len`.
    pub fn new(len: usize, must: &[(u32, u32)], cannot: &[(u32, u32)]) -> Result<Self> {
        if let Some(&(a, b)) = must.iter().chain(cannot).find(|(a, b)| (*a.max(b) as usize) >= len) {
            return Err(Error::input(format!("a constraint names the items {a} and {b} of {len}")));
        }
        let mut union = UnionFind::new(len);
        for &(a, b) in must {
            union.join(a, b);
        }
        let group: Vec<u32> = (0..len as u32).map(|item| union.root(item)).collect();
        let mut apart = HashSet::with_capacity(cannot.len());
        for &(a, b) in cannot {
            let (x, y) = (group[a as usize], group[b as usize]);
            if x == y {
                return Err(Error::new(
                    ErrorKind::Contradiction,
                    format!("items {a} and {b} must be together and must not; take one constraint back"),
                ));
            }
            apart.insert((x.min(y), x.max(y)));
        }
        Ok(Self { group, apart })
    }

    /// The smallest item of the must-link group of `item`.
    ///
    /// # Panics
    /// When `item` is not below the number of items.
    pub fn group(&self, item: u32) -> u32 {
        self.group[item as usize]
    }

    /// Whether a cannot-link keeps `a` and `b` apart.
    ///
    /// # Panics
    /// When `a` or `b` is not below the number of items.
    pub fn forbids(&self, a: u32, b: u32) -> bool {
        if self.apart.is_empty() {
            return false;
        }
        let (x, y) = (self.group(a), self.group(b));
        self.apart.contains(&(x.min(y), x.max(y)))
    }

    /// Whether there is no cannot-link at all.
    pub fn allows_all(&self) -> bool {
        self.apart.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cannot_link_holds_for_the_whole_group() {
        let constraints = Constraints::new(5, &[(0, 1), (1, 2)], &[(2, 4)]).expect("they agree");
        assert!(constraints.forbids(4, 0));
        assert!(!constraints.forbids(3, 0));
    }

    #[test]
    fn contradictions_are_refused_by_name() {
        let error = Constraints::new(3, &[(0, 1), (1, 2)], &[(2, 0)]).expect_err("0 and 2 are together");
        assert_eq!(error.kind(), ErrorKind::Contradiction);
        assert_eq!(Constraints::new(3, &[(0, 9)], &[]).expect_err("no item 9").kind(), ErrorKind::Input);
    }
}
