//! Entities with ids that stay, and what happened to them.
//!
//! A partition has no names: after a change it is only known which records are together. An entity's
//! id goes where most of its records go (the earliest record decides a tie), and where several ids
//! arrive at one group the oldest stays and the others lead to it from then on. Whoever follows the
//! events from the beginning has the same picture: [`Event`] says how to read each.
//!
//! Cost: linear in the records of the groups that were solved again.

use std::collections::BTreeMap;
use std::fmt;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::lists::Lists;
use crate::model::RecordKey;

/// Names an entity for good. Ids are given in ascending order and never twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntityId(pub u64);

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Something that happened to an entity. Applied in their order to a picture of who is where, the
/// events of all changes give the picture of now.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// There is a new entity, without records as yet.
    Created {
        /// The new one.
        entity: EntityId,
    },
    /// Some records of an entity are one of their own.
    Split {
        /// The entity that keeps the larger part and its id.
        from: EntityId,
        /// The new entity.
        into: EntityId,
        /// Its records, which were of the other before.
        records: Vec<RecordKey>,
    },
    /// A record is no longer of an entity.
    Left {
        /// The entity it was of.
        entity: EntityId,
        /// The record.
        record: RecordKey,
    },
    /// All records of one entity are of an older one, and its id leads there from now on.
    Merged {
        /// The entity that is no more.
        from: EntityId,
        /// The older one.
        into: EntityId,
    },
    /// A record is of an entity.
    Joined {
        /// The entity it is of now.
        entity: EntityId,
        /// The record.
        record: RecordKey,
    },
    /// An entity has lost its last record.
    Ended {
        /// The entity that is no more.
        entity: EntityId,
    },
}

/// No entity: ids begin with 1.
const NOBODY: u64 = 0;

/// Who is of which entity.
#[derive(Debug)]
pub(super) struct Entities {
    next: u64,
    of_row: Vec<u64>,
    members: Lists,
    /// The list of members of each entity.
    lists: FxHashMap<u64, u32>,
    /// Entities that were merged and the one they went into.
    moved: FxHashMap<u64, u64>,
}

impl Default for Entities {
    fn default() -> Self {
        Self {
            next: NOBODY + 1,
            of_row: Vec::new(),
            members: Lists::default(),
            lists: FxHashMap::default(),
            moved: FxHashMap::default(),
        }
    }
}

impl Entities {
    pub(super) fn count(&self) -> usize {
        self.lists.len()
    }

    pub(super) fn of(&self, row: u32) -> Option<EntityId> {
        self.of_row.get(row as usize).filter(|id| **id != NOBODY).map(|&id| EntityId(id))
    }

    /// The entity an id stands for now.
    pub(super) fn current(&self, EntityId(mut id): EntityId) -> Option<EntityId> {
        while let Some(&into) = self.moved.get(&id) {
            id = into;
        }
        self.lists.contains_key(&id).then_some(EntityId(id))
    }

    /// The rows of an entity.
    pub(super) fn members(&self, EntityId(id): EntityId) -> &[u32] {
        self.lists.get(&id).map_or(&[], |&list| self.members.of(list))
    }

    /// Takes a row that is no more out of its entity.
    pub(super) fn leave(&mut self, row: u32, record: RecordKey, events: &mut Vec<Event>) {
        let Some(entity) = self.of(row) else { return };
        self.put(row, NOBODY);
        events.push(Event::Left { entity, record });
        if !self.lists.contains_key(&entity.0) {
            events.push(Event::Ended { entity });
        }
    }

    /// Takes up the groups that some rows form now, each in the order of keys, in the order of their
    /// first rows. If one row of an entity is among them, all are.
    pub(super) fn regroup(
        &mut self,
        groups: &[Vec<u32>],
        key: impl Fn(u32) -> RecordKey,
        events: &mut Vec<Event>,
    ) {
        if groups.iter().all(|group| self.is_entity(group)) {
            return;
        }
        let heirs = self.heirs(groups);
        let mut ids = vec![NOBODY; groups.len()];
        // From the youngest to the oldest: the oldest stays.
        for (&old, &heir) in heirs.iter().rev() {
            ids[heir] = old;
        }
        for (at, group) in groups.iter().enumerate() {
            let arrived: Vec<u32> = group
                .iter()
                .copied()
                .filter(|&row| self.of(row).is_none_or(|of| heirs.get(&of.0) != Some(&at)))
                .collect();
            if ids[at] == NOBODY {
                ids[at] = self.next;
                self.next += 1;
                self.found(EntityId(ids[at]), arrived, &key, events);
            } else {
                self.join(EntityId(ids[at]), arrived, &key, events);
            }
        }
        for (&old, &heir) in heirs.iter().filter(|&(&old, &heir)| old != ids[heir]) {
            self.moved.insert(old, ids[heir]);
            events.push(Event::Merged { from: EntityId(old), into: EntityId(ids[heir]) });
        }
        for (group, &id) in groups.iter().zip(&ids) {
            for &row in group {
                self.put(row, id);
            }
        }
    }

    /// Whether some rows are just the rows of one entity already.
    pub(super) fn is_entity(&self, rows: &[u32]) -> bool {
        let first = rows.first().and_then(|&row| self.of(row));
        first.is_some_and(|first| {
            rows.len() == self.members(first).len() && rows.iter().all(|&row| self.of(row) == Some(first))
        })
    }

    /// For every entity that rows of the groups are of: the group that holds most of them.
    fn heirs(&self, groups: &[Vec<u32>]) -> BTreeMap<u64, usize> {
        let mut most: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
        for (at, group) in groups.iter().enumerate() {
            let mut of_group: BTreeMap<u64, usize> = BTreeMap::new();
            for of in group.iter().filter_map(|&row| self.of(row)) {
                *of_group.entry(of.0).or_default() += 1;
            }
            for (id, count) in of_group {
                let best = most.entry(id).or_insert((0, at));
                if count > best.0 {
                    *best = (count, at);
                }
            }
        }
        most.into_iter().map(|(id, (_, at))| (id, at)).collect()
    }

    /// Tells of a new entity and its records.
    fn found(
        &self,
        entity: EntityId,
        mut rows: Vec<u32>,
        key: &impl Fn(u32) -> RecordKey,
        events: &mut Vec<Event>,
    ) {
        match rows.iter().find_map(|&row| self.of(row)) {
            None => events.push(Event::Created { entity }),
            Some(from) => {
                let records = rows.extract_if(.., |row| self.of(*row) == Some(from)).map(key).collect();
                events.push(Event::Split { from, into: entity, records });
            }
        }
        self.join(entity, rows, key, events);
    }

    /// Tells of records that come to an entity, from nowhere or from another.
    fn join(
        &self,
        entity: EntityId,
        rows: Vec<u32>,
        key: &impl Fn(u32) -> RecordKey,
        events: &mut Vec<Event>,
    ) {
        for row in rows {
            if let Some(from) = self.of(row) {
                events.push(Event::Left { entity: from, record: key(row) });
            }
            events.push(Event::Joined { entity, record: key(row) });
        }
    }

    /// Puts a row into an entity, or out of all.
    fn put(&mut self, row: u32, id: u64) {
        if self.of_row.len() <= row as usize {
            self.of_row.resize(row as usize + 1, NOBODY);
        }
        let before = std::mem::replace(&mut self.of_row[row as usize], id);
        if before == id {
            return;
        }
        if let Some(&list) = self.lists.get(&before) {
            let place = self.members.of(list).iter().position(|&r| r == row);
            if let Some(at) = place {
                self.members.remove(list, at);
            }
            if self.members.len(list) == 0 {
                self.members.end(list);
                self.lists.remove(&before);
            }
        }
        match self.lists.get(&id) {
            _ if id == NOBODY => {}
            Some(&list) => self.members.push(list, row),
            None => {
                let list = self.members.start(row);
                self.lists.insert(id, list);
            }
        }
    }

    /// Gives every group of many rows an id of its own; nobody has one yet.
    pub(super) fn number(&mut self, labels: &[u32]) {
        self.of_row.reserve(labels.len());
        for (row, &label) in labels.iter().enumerate() {
            // A label is the first row of its group.
            if label as usize == row {
                self.next += 1;
                self.put(row as u32, self.next - 1);
            } else {
                self.put(row as u32, self.of_row[label as usize]);
            }
        }
    }

    /// Gives rows back the ids they had. Ids must be below `next`, which has room to grow, and a merged id must not lead to
    /// itself.
    pub(super) fn restore(of_row: &[u64], moved: Vec<(u64, u64)>, next: u64) -> Option<Self> {
        // An id always leads to an older one, so no way leads round.
        let sound = (1..u64::MAX / 2).contains(&next)
            && of_row.iter().all(|id| (1..next).contains(id))
            && moved.iter().all(|&(from, into)| from < next && 0 < into && into < from);
        let mut entities = Self { next, moved: moved.into_iter().collect(), ..Self::default() };
        for (row, &id) in of_row.iter().enumerate() {
            entities.put(row as u32, id);
        }
        let alive = |id: &u64| entities.moved.contains_key(id);
        (sound && !of_row.iter().any(alive)).then_some(entities)
    }

    /// Merged ids and where they lead, ascending.
    pub(super) fn moved(&self) -> Vec<(u64, u64)> {
        let mut moved: Vec<(u64, u64)> = self.moved.iter().map(|(&from, &into)| (from, into)).collect();
        moved.sort_unstable();
        moved
    }

    pub(super) fn next(&self) -> u64 {
        self.next
    }
}
