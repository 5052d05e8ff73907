//! Which rows have which blocking key.
//!
//! One hash table per rule that the plan uses leads from a key to its rows: most keys are one row's,
//! which stands in the table itself, and the others have a list. A block is in use as long as it is no
//! larger than the plan says. One that grows too large is kept and waits: it comes back into use when
//! enough of its rows have gone. Of a block it is known how many of its first rows were all compared
//! with each other, so that one which hovers about its limit costs only the rows that are new.
//!
//! Cost: 14 bytes a key and row, 12 more for a key of several rows.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::super::plan::Plan;
use super::super::rule::{Keys, RULES, SMALL_TABLE};
use super::super::values::Prepared;
use super::lists::Lists;

/// A key of a row: the place of its rule among those in use, and the number of the key.
pub(super) type RuleKey = (u8, u32);

/// An entry of a table with this bit holds a list, not a row.
const LIST: u32 = 1 << 31;

/// The rows of every key.
#[derive(Debug)]
pub(super) struct Postings {
    rules: Vec<Used>,
    lists: Lists,
}

/// A rule the plan uses.
#[derive(Debug)]
struct Used {
    /// Its place among all rules.
    rule: usize,
    /// Larger blocks are not in use.
    largest: usize,
    /// Keys with their row or list.
    table: HashTable<(u32, u32)>,
}

/// What a change of a row did to one of its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// The block is in use, or is not, as before.
    Same,
    /// It has become too large.
    Lapsed,
    /// It is small enough again; so many of its first rows were compared with each other.
    Revived(usize),
}

impl Postings {
    /// No rows yet.
    pub(super) fn new(plan: &Plan, data: &Prepared) -> Self {
        let used = |(at, rule): (usize, &super::super::rule::Rule)| {
            let largest = plan.largest(at);
            let use_it = largest > 1 && rule.applies(data) && rule.name != SMALL_TABLE;
            use_it.then(|| Used { rule: at, largest, table: HashTable::new() })
        };
        Self { rules: RULES.iter().enumerate().filter_map(used).collect(), lists: Lists::default() }
    }

    /// The keys of a row, ascending.
    pub(super) fn keys_of(&self, data: &Prepared, row: u32) -> Vec<RuleKey> {
        let (keys, mut of_rule, mut all) = (Keys::new(data), Vec::new(), Vec::new());
        for (place, used) in self.rules.iter().enumerate() {
            keys.of(&RULES[used.rule], row, &mut of_rule);
            all.extend(of_rule.iter().map(|&key| (place as u8, key)));
        }
        all
    }

    /// The rows of a block that is in use; none of one that is not.
    pub(super) fn block(&self, key: RuleKey) -> &[u32] {
        let rows = self.rows(key);
        if rows.len() <= self.rules[usize::from(key.0)].largest { rows } else { &[] }
    }

    /// All rows of a key.
    pub(super) fn rows(&self, (place, key): RuleKey) -> &[u32] {
        match self.rules[usize::from(place)].table.find(spread(key), |entry| entry.0 == key) {
            None => &[],
            Some((_, list)) if list & LIST != 0 => self.lists.of(list & !LIST),
            Some((_, row)) => std::slice::from_ref(row),
        }
    }

    /// The rows of a block that would be in use if there were one less.
    pub(super) fn one_too_many(&self, key: RuleKey) -> Option<&[u32]> {
        let rows = self.rows(key);
        (rows.len() == self.rules[usize::from(key.0)].largest + 1).then_some(rows)
    }

    /// Whether two rows meet in a block.
    pub(super) fn meet(&self, data: &Prepared, a: u32, b: u32) -> bool {
        let mut keys = (Vec::new(), Vec::new());
        (0..self.rules.len()).any(|place| self.meet_by(place, data, a, b, &mut keys))
    }

    /// Whether a rule is in use, by its place among all.
    pub(super) fn uses(&self, rule: usize) -> bool {
        self.rules.iter().any(|used| used.rule == rule)
    }

    /// The rules, by their places among all, under which two rows meet.
    pub(super) fn met(&self, data: &Prepared, a: u32, b: u32) -> Vec<usize> {
        let mut keys = (Vec::new(), Vec::new());
        let places = (0..self.rules.len()).filter(|&place| self.meet_by(place, data, a, b, &mut keys));
        places.map(|place| self.rules[place].rule).collect()
    }

    fn meet_by(
        &self,
        place: usize,
        data: &Prepared,
        a: u32,
        b: u32,
        (of_a, of_b): &mut (Vec<u32>, Vec<u32>),
    ) -> bool {
        let (keys, rule) = (Keys::new(data), &RULES[self.rules[place].rule]);
        keys.of(rule, a, of_a);
        if of_a.is_empty() {
            return false;
        }
        keys.of(rule, b, of_b);
        let shared = |key: &u32| of_b.binary_search(key).is_ok();
        of_a.iter().any(|key| shared(key) && !self.block((place as u8, *key)).is_empty())
    }

    pub(super) fn insert(&mut self, (place, key): RuleKey, row: u32) -> Turn {
        let Self { rules, lists } = self;
        let used = &mut rules[usize::from(place)];
        let entry = match used.table.entry(spread(key), |entry| entry.0 == key, |entry| spread(entry.0)) {
            Entry::Vacant(vacant) => {
                vacant.insert((key, row));
                return Turn::Same;
            }
            Entry::Occupied(known) => &mut known.into_mut().1,
        };
        if *entry & LIST == 0 {
            *entry = lists.start(*entry) | LIST;
        }
        let list = *entry & !LIST;
        lists.push(list, row);
        let len = lists.len(list);
        if len <= used.largest {
            lists.set_note(list, len);
        }
        if len == used.largest + 1 { Turn::Lapsed } else { Turn::Same }
    }

    pub(super) fn remove(&mut self, (place, key): RuleKey, row: u32) -> Turn {
        let Self { rules, lists } = self;
        let used = &mut rules[usize::from(place)];
        let Ok(mut entry) = used.table.find_entry(spread(key), |entry| entry.0 == key) else {
            return Turn::Same;
        };
        if entry.get().1 & LIST == 0 {
            entry.remove();
            return Turn::Same;
        }
        let list = entry.get().1 & !LIST;
        let compared = take_out(lists, list, row);
        let len = lists.len(list);
        if len == 1 {
            entry.get_mut().1 = lists.of(list)[0];
            lists.end(list);
            return Turn::Same;
        }
        if len > used.largest {
            return Turn::Same;
        }
        lists.set_note(list, len);
        if len == used.largest { Turn::Revived(compared) } else { Turn::Same }
    }

    /// The values of a row have changed, but not this key of it: in a block that is not in use it counts
    /// as new.
    pub(super) fn renew(&mut self, (place, key): RuleKey, row: u32) {
        let used = &self.rules[usize::from(place)];
        let list = match used.table.find(spread(key), |entry| entry.0 == key) {
            Some((_, list)) if list & LIST != 0 => list & !LIST,
            _ => return,
        };
        if self.lists.len(list) > used.largest {
            let compared = take_out(&mut self.lists, list, row);
            self.lists.push(list, row);
            self.lists.set_note(list, compared);
        }
    }

    /// Tells that the rows came in bulk: of the blocks that are not in use nothing was compared.
    pub(super) fn came_in_bulk(&mut self) {
        let Self { rules, lists } = self;
        for used in rules {
            for &(_, entry) in &used.table {
                let list = entry & !LIST;
                if entry & LIST != 0 && lists.len(list) > used.largest {
                    lists.set_note(list, 0);
                }
            }
        }
    }
}

/// Takes a row out of a list; gives how many of the first rows are compared with each other then.
fn take_out(lists: &mut Lists, list: u32, row: u32) -> usize {
    let mut compared = lists.note(list).min(lists.len(list));
    let rows = lists.of_mut(list);
    if let Some(at) = rows.iter().position(|&r| r == row) {
        let mut hole = at;
        if at < compared {
            // The last row of the compared ones fills the place, and the last of all fills its.
            compared -= 1;
            rows[at] = rows[compared];
            hole = compared;
        }
        let last = rows.len() - 1;
        rows[hole] = rows[last];
        lists.remove(list, last);
    }
    lists.set_note(list, compared);
    compared
}

/// A number for a table: keys are spread well in their 32 bits, a table wants 64.
fn spread(key: u32) -> u64 {
    u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
