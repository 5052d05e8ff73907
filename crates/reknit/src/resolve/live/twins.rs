//! Rows that are equal in all their values: each meets the next in the order of keys, however many
//! there are.
//!
//! A hash table leads from a number made of a row's values to its rows, in the order of their keys.
//! Rows of one number that are not equal after all are passed over. Cost: 14 bytes a row.

use std::cmp::Ordering;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::super::values::{NONE, Prepared, mix};
use super::lists::Lists;

/// Rows by the number of their values.
#[derive(Debug, Default)]
pub(super) struct Twins {
    table: HashTable<(u32, u32)>,
    lists: Lists,
}

/// An entry with this bit holds a list, not a row.
const LIST: u32 = 1 << 31;

/// The number of a row's values; nothing if it has none to compare.
pub(super) fn number_of(data: &Prepared, row: u32) -> Option<u32> {
    let slots = data.slots.len();
    let blank = data.cells(row)[..slots].iter().all(|cell| *cell == NONE);
    let ids = (0..slots).flat_map(|slot| data.of(slot, row).iter().chain(&[NONE]));
    (!blank).then(|| (ids.fold(0, |hash, &id| mix(hash, u64::from(id))) >> 32) as u32)
}

/// Whether two rows are equal in all their values.
pub(super) fn equal(data: &Prepared, a: u32, b: u32) -> bool {
    (0..data.slots.len()).all(|slot| data.of(slot, a) == data.of(slot, b))
}

impl Twins {
    fn rows(&self, number: u32) -> &[u32] {
        match self.table.find(spread(number), |entry| entry.0 == number) {
            None => &[],
            Some((_, list)) if list & LIST != 0 => self.lists.of(list & !LIST),
            Some((_, row)) => std::slice::from_ref(row),
        }
    }

    /// The equal rows before and after one that may or may not be here.
    pub(super) fn around(
        &self,
        number: u32,
        order: impl Fn(u32) -> Ordering,
        equal: impl Fn(u32) -> bool,
    ) -> (Option<u32>, Option<u32>) {
        let rows = self.rows(number);
        let at = rows.partition_point(|&other| order(other) == Ordering::Less);
        let after = rows[at..].iter().copied().find(|&other| order(other) != Ordering::Equal && equal(other));
        (rows[..at].iter().rev().copied().find(|&other| equal(other)), after)
    }

    pub(super) fn insert(&mut self, number: u32, row: u32, order: impl Fn(u32) -> Ordering) {
        let Self { table, lists } = self;
        let entry = match table.entry(spread(number), |entry| entry.0 == number, |entry| spread(entry.0)) {
            Entry::Vacant(vacant) => {
                vacant.insert((number, row));
                return;
            }
            Entry::Occupied(known) => &mut known.into_mut().1,
        };
        if *entry & LIST == 0 {
            *entry = lists.start(*entry) | LIST;
        }
        let list = *entry & !LIST;
        let at = lists.of(list).partition_point(|&other| order(other) == Ordering::Less);
        lists.insert(list, at, row);
    }

    pub(super) fn remove(&mut self, number: u32, row: u32) {
        let Self { table, lists } = self;
        let Ok(mut entry) = table.find_entry(spread(number), |entry| entry.0 == number) else { return };
        if entry.get().1 & LIST == 0 {
            entry.remove();
            return;
        }
        let list = entry.get().1 & !LIST;
        if let Some(at) = lists.of(list).iter().position(|&other| other == row) {
            lists.remove(list, at);
        }
        if lists.len(list) == 1 {
            entry.get_mut().1 = lists.of(list)[0];
            lists.end(list);
        }
    }
}

/// A table wants 64 bits.
fn spread(number: u32) -> u64 {
    u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
