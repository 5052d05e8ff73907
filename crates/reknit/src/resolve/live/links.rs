//! Which rows weigh enough to be one, pair by pair.
//!
//! Of a pair it is only kept that it weighs more than the threshold: what more is asked is weighed
//! again, which takes less than fetching it. A link whose rows meet in no block any more sleeps; a
//! batch would not have found it. It is kept because its block may come back.
//!
//! Cost: 8 bytes a link, 16 a row that has one.

use super::lists::Lists;

/// The links of every row.
#[derive(Debug, Default)]
pub(super) struct Links {
    of_row: Vec<u32>,
    lists: Lists,
}

/// No list.
const NONE: u32 = u32::MAX;
/// A partner with this bit is one of a sleeping link.
const ASLEEP: u32 = 1 << 31;

impl Links {
    /// The partners of a row and whether their link is awake.
    pub(super) fn of(&self, row: u32) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.list(row).iter().map(|&other| (other & !ASLEEP, other & ASLEEP == 0))
    }

    fn list(&self, row: u32) -> &[u32] {
        match self.of_row.get(row as usize) {
            None | Some(&NONE) => &[],
            Some(&list) => self.lists.of(list),
        }
    }

    /// Whether two rows have a link, and if so whether it is awake.
    pub(super) fn between(&self, a: u32, b: u32) -> Option<bool> {
        self.of(a).find(|&(other, _)| other == b).map(|(_, awake)| awake)
    }

    /// A new link, awake.
    pub(super) fn add(&mut self, a: u32, b: u32) {
        for (row, other) in [(a, b), (b, a)] {
            let at = row as usize;
            if self.of_row.len() <= at {
                self.of_row.resize(at + 1, NONE);
            }
            match self.of_row[at] {
                NONE => self.of_row[at] = self.lists.start(other),
                list => self.lists.push(list, other),
            }
        }
    }

    /// Wakes a link or puts it to sleep.
    pub(super) fn set(&mut self, a: u32, b: u32, awake: bool) {
        for (row, other) in [(a, b), (b, a)] {
            let list = self.of_row[row as usize];
            for item in self.lists.of_mut(list).iter_mut().filter(|item| **item & !ASLEEP == other) {
                *item = if awake { other } else { other | ASLEEP };
            }
        }
    }

    /// Takes all links of a row away; gives the partners of those that were awake.
    pub(super) fn remove(&mut self, row: u32) -> Vec<u32> {
        let partners: Vec<u32> = self.list(row).to_vec();
        for &partner in &partners {
            self.forget((partner & !ASLEEP) as usize, row);
        }
        if let Some(list) = self.of_row.get_mut(row as usize).filter(|list| **list != NONE) {
            self.lists.end(std::mem::replace(list, NONE));
        }
        partners.into_iter().filter(|partner| partner & ASLEEP == 0).collect()
    }

    fn forget(&mut self, at: usize, row: u32) {
        let list = self.of_row[at];
        if let Some(place) = self.lists.of(list).iter().position(|&other| other & !ASLEEP == row) {
            self.lists.remove(list, place);
        }
        if self.lists.len(list) == 0 {
            self.lists.end(list);
            self.of_row[at] = NONE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_go_with_their_row() {
        let mut links = Links::default();
        links.add(1, 5);
        links.add(5, 2);
        links.set(2, 5, false);
        assert_eq!(links.of(5).collect::<Vec<_>>(), [(1, true), (2, false)]);
        assert_eq!(links.remove(5), [1]);
        assert_eq!((links.between(1, 5), links.of(2).count()), (None, 0));
        links.add(1, 2);
        assert_eq!(links.between(2, 1), Some(true));
    }
}
