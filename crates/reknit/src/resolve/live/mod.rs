//! Entities that follow their records: one record at a time, at once.
//!
//! A [`LiveResolver`] holds the records, where each stands in the blocks of a frozen model, and the
//! pairs that weigh enough. A record that comes, changes or goes is compared with the members of its
//! blocks, and only the records that hang together with it are grouped again, by the same code that
//! groups a batch. The law: after any changes in any order the entities are those that
//! [`Resolver::resolve`] finds in a table of the records as they are now, under the same model and plan.
//!
//! What the law takes beside the obvious. A block that grows too large is out of use, and the pairs that
//! met only in it come apart; when it shrinks they meet again: so links sleep and wake (`links`,
//! `postings`). Equal records meet in a chain in the order of their keys, and a new one stands between
//! two (`twins`). A batch works in the order of keys: so the rows that hang together are put in that
//! order before they are grouped. Ids are another matter: a partition has none, and they follow most of
//! the records (`entities`).
//!
//! Sources: Whang and Garcia-Molina, "Incremental entity resolution on rules and data" (2014), for when
//! the outcome may not depend on the order; Gruenheid, Dong and Srivastava, "Incremental record linkage"
//! (2014), for grouping again what hangs together and no more. Cost: tens of microseconds a change, half
//! a kilobyte a record beside its values; a change in a group of hundreds takes as long as that group
//! takes in a batch.
//!
//! ```
//! use reknit::model::{Record, Table, unwatched};
//! use reknit::resolve::{Config, LiveResolver, Resolver};
//! let ana = Record::new("crm", "1").with("name", "Ana Perez").with("email", "ana.perez@example.org");
//! let bo = Record::new("crm", "2").with("name", "Bo Lindqvist").with("email", "bo@example.net");
//! let table = Table::from_records(&[ana.clone(), bo])?;
//! let resolver = Resolver::fit(&Config::contacts(), &table, &mut unwatched)?;
//! let mut live = LiveResolver::load(resolver, &table, &mut unwatched)?;
//!
//! let again = Record::new("shop", "7").with("name", "Perez, Ana").with("email", "ana.perez@example.org");
//! let change = live.upsert(&again)?;
//! assert_eq!(change.entity, live.entity_of(&ana.key()));
//! live.cannot_link(&ana.key(), &again.key())?;
//! assert_ne!(live.entity_of(&ana.key()), live.entity_of(&again.key()));
//! # Ok::<(), reknit::Error>(())
//! ```

mod archive;
mod decisions;
mod entities;
mod few;
mod links;
mod lists;
mod postings;
mod save;
mod tell;
mod twins;
mod view;

#[cfg(test)]
mod tests;

pub use entities::{EntityId, Event};
pub use tell::Step;

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use self::archive::{Archive, record_of};
use self::decisions::Decisions;
use self::entities::Entities;
use self::few::Few;
use self::links::Links;
use self::postings::{Postings, RuleKey, Turn};
use self::twins::Twins;
use self::view::View;
use super::block::{self, Blocks};
use super::cluster::Edge;
use super::compare::{Comparer, Memory};
use super::score::{Filter, FilterCache, Scorer, Sieve, Tables};
use super::values::{NONE, Prepared, Values};
use super::{Resolver, group, heard, kept_bits, read, rules, threshold};
use crate::model::{FieldKind, Record, RecordKey, Table, Watch};
use crate::partition::Constraints;
use crate::{Error, Result};

/// Records and their entities, kept up to date one record at a time.
///
/// It holds the records it was given. Where the caller's words for columns are not
/// [`FieldKind::of_column`]'s, they stand in the model's config or came with the loaded table.
pub struct LiveResolver {
    resolver: Resolver,
    /// What columns mean whose name does not say it.
    kinds: BTreeMap<String, FieldKind>,
    archive: Archive,
    data: Prepared,
    postings: Postings,
    twins: Twins,
    few: Few,
    links: Links,
    entities: Entities,
    decisions: Decisions,
    tools: Tools,
}

/// What comparing and weighing need beside the rows.
struct Tools {
    tables: Arc<Tables>,
    memory: Memory,
    /// With so many rows the memory is laid out anew.
    outgrown: usize,
    filter: Filter,
    cache: FilterCache,
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Change {
    /// The entity of the record the change was about; nothing if that is gone.
    pub entity: Option<EntityId>,
    /// What happened to entities, in order. Empty if none is other than before.
    pub events: Vec<Event>,
}

/// What a row is found by.
struct Places {
    keys: Vec<RuleKey>,
    twins: Option<u32>,
    /// The equal records before and after it.
    around: (Option<u32>, Option<u32>),
}

/// Which meetings a change of one row has made and ended, beside its own.
#[derive(Default)]
struct Turns {
    /// Rows whose block went out of use.
    lapsed: Vec<Vec<u32>>,
    /// Rows whose block came back into use, and how many of the first were compared with each other.
    revived: Vec<(Vec<u32>, usize)>,
    /// Two rows that may meet now or no more.
    pairs: Vec<(u32, u32)>,
}

/// Rows that are brought near together.
const TOGETHER: usize = 16;

impl LiveResolver {
    /// An engine without records. The decisions of the resolver's config hold as soon as their records
    /// come.
    ///
    /// # Errors
    /// `contradiction` when the decisions of the config contradict each other.
    pub fn new(resolver: Resolver) -> Result<Self> {
        let data = Prepared::empty(&resolver.model.slots);
        let (model, config) = (&resolver.model, &resolver.config);
        let tables = Scorer::new(model, &data, &model.holders(&data), model.entities).tables();
        let decisions = Decisions::of(&config.must_link, &config.cannot_link)?;
        Ok(Self::assembled(resolver, BTreeMap::new(), Archive::default(), decisions, data, tables))
    }

    /// An engine with the records of `table`, compared and grouped in bulk.
    ///
    /// The blocks are those of the model's plan even where [`Resolver::resolve`] would make a plan of its
    /// own because the table is much larger than the one the model was learnt from; such a table had better
    /// be fitted.
    ///
    /// # Errors
    /// `contradiction` as for [`new`](Self::new), `cancelled` when `watch` asks to stop.
    pub fn load(resolver: Resolver, table: &Table, watch: &mut Watch<'_>) -> Result<Self> {
        let strange = |column: &&crate::model::Column| column.kind() != FieldKind::of_column(column.name());
        let kinds = table.columns().iter().filter(strange).map(|c| (c.name().to_owned(), c.kind())).collect();
        let mut archive = Archive::default();
        for &row in &table.rows_by_key() {
            let packed = archive.pack(&record_of(table, row as usize))?;
            archive.add(packed);
        }
        let decisions = Decisions::of(&resolver.config.must_link, &resolver.config.cannot_link)?;
        Self::built(resolver, kinds, archive, decisions, table, watch)
    }

    /// An engine with the records of `archive`, in the order of their keys; they are those of `table`.
    fn built(
        resolver: Resolver,
        kinds: BTreeMap<String, FieldKind>,
        archive: Archive,
        decisions: Decisions,
        table: &Table,
        watch: &mut Watch<'_>,
    ) -> Result<Self> {
        let mut data = resolver.read(table, watch)?;
        data.original = Vec::new();
        data.sources = (0..data.rows as u32).map(|row| archive.source(row)).collect();
        let (config, plan) = (&resolver.config, &resolver.model.plan);
        let blocks = block::all_blocks(&data, Some(plan), config.workers(), watch)?;
        let blocks = Blocks::new(blocks, plan, data.rows);
        let sieve: Sieve<'_> = resolver.sieve(&data);
        let (edges, _) = blocks.pairs(&data, &sieve, config.workers(), watch)?;
        drop(blocks);
        let tables = sieve.scorer.tables();
        drop(sieve);
        let mut live = Self::assembled(resolver, kinds, archive, decisions, data, tables);
        let labels = live.labels(&edges)?;
        live.entities.number(&labels);
        live.link(&edges);
        drop(edges);
        live.place_all();
        Ok(live)
    }

    fn assembled(
        resolver: Resolver,
        kinds: BTreeMap<String, FieldKind>,
        archive: Archive,
        decisions: Decisions,
        data: Prepared,
        tables: Arc<Tables>,
    ) -> Self {
        let (config, model) = (&resolver.config, &resolver.model);
        let tools = Tools {
            tables,
            memory: Memory::new(&data),
            outgrown: 2 * data.rows.max(MEMORABLE),
            filter: Filter::new(model, 0, kept_bits(config)),
            cache: FilterCache::new(),
        };
        Self {
            kinds,
            archive,
            postings: Postings::new(&model.plan, &data),
            twins: Twins::default(),
            few: Few::new(&model.plan),
            links: Links::default(),
            entities: Entities::default(),
            decisions,
            tools,
            data,
            resolver,
        }
    }

    /// The groups of the rows, whose pairs are `edges`, as the batch finds them.
    fn labels(&self, edges: &[Edge]) -> Result<Vec<u32>> {
        let rows_of = |pairs: Vec<(RecordKey, RecordKey)>| -> Vec<(u32, u32)> {
            let row = |key: &RecordKey| self.row(key);
            pairs.iter().filter_map(|(a, b)| row(a).zip(row(b))).collect()
        };
        let [must, cannot] = self.decisions.pairs().map(rows_of);
        let constraints = Constraints::new(self.data.rows, &must, &cannot)?;
        let config = &self.resolver.config;
        let rules = rules(config, &self.data, &must, &constraints);
        let scorer = self.scorer();
        Ok(group(&self.data, edges, &scorer, &rules, config).labels)
    }

    /// Keeps the pairs that weigh enough.
    fn link(&mut self, edges: &[Edge]) {
        let (threshold, facts) = (self.threshold(), self.has_facts());
        let scorer = Scorer::with(&self.data, Arc::clone(&self.tools.tables));
        for edge in edges.iter().filter(|edge| edge.bits > threshold) {
            if !facts || heard(edge, &scorer, threshold) > threshold {
                self.links.add(edge.a, edge.b);
            }
        }
    }

    /// Puts all rows where they are found.
    fn place_all(&mut self) {
        for row in 0..self.data.rows as u32 {
            for key in self.postings.keys_of(&self.data, row) {
                self.postings.insert(key, row);
            }
            if let Some(number) = twins::number_of(&self.data, row) {
                self.twins.insert(number, row, |other| self.archive.order(other, row));
            }
            self.few.insert(row);
        }
        self.postings.came_in_bulk();
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.archive.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many entities there are.
    pub fn entity_count(&self) -> usize {
        self.entities.count()
    }

    /// The frozen model.
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// The record of a key as it was last given.
    pub fn record(&self, key: &RecordKey) -> Option<Record> {
        self.row(key).map(|row| self.archive.record(row))
    }

    /// The keys of all records, in their order.
    pub fn keys(&self) -> Vec<RecordKey> {
        let mut rows: Vec<u32> = self.archive.held().collect();
        rows.sort_by(|&a, &b| self.archive.order(a, b));
        rows.into_iter().map(|row| self.archive.key(row)).collect()
    }

    /// The entity of a record.
    pub fn entity_of(&self, key: &RecordKey) -> Option<EntityId> {
        self.row(key).and_then(|row| self.entities.of(row))
    }

    /// The entity an id stands for now: itself, or the one it was merged into.
    pub fn current(&self, id: EntityId) -> Option<EntityId> {
        self.entities.current(id)
    }

    /// The records of an entity, in the order of their keys; those of the one it was merged into, if it
    /// was. Empty if there is no such entity.
    pub fn members(&self, id: EntityId) -> Vec<RecordKey> {
        let mut rows = self.current(id).map_or(Vec::new(), |id| self.entities.members(id).to_vec());
        rows.sort_by(|&a, &b| self.archive.order(a, b));
        rows.into_iter().map(|row| self.archive.key(row)).collect()
    }

    /// Takes up a new record, or the correction of one with the same key.
    ///
    /// # Errors
    /// `input` when there are too many records; then nothing was changed.
    pub fn upsert(&mut self, record: &Record) -> Result<Change> {
        let known = self.archive.find(&record.source, &record.id);
        let packed = self.archive.pack(record)?;
        if let Some(row) = known.filter(|&row| self.archive.is(row, &packed)) {
            return Ok(Change { entity: self.entities.of(row), events: Vec::new() });
        }
        let kinds = &self.kinds;
        let kind = |name: &str| kinds.get(name).copied().unwrap_or_else(|| FieldKind::of_column(name));
        let table = Table::from_records_mapped(std::slice::from_ref(record), kind)?;
        let (row, before) = match known {
            Some(row) => {
                let before = self.places(row);
                self.archive.replace(row, packed);
                (row, before)
            }
            None => (self.archive.add(packed), Places::none()),
        };
        self.read(&table, row);
        let mut touched = if known.is_none() { self.concerned(&record.key()) } else { Vec::new() };
        let after = self.places(row);
        self.replace(row, &before, Some(&after), known.is_none(), &mut touched);
        touched.push(row);
        let mut events = Vec::new();
        self.settle(&touched, &mut events);
        Ok(Change { entity: self.entities.of(row), events })
    }

    /// Takes a record out. What people decided about it holds again should it come back.
    ///
    /// # Errors
    /// `not_found` when there is no such record.
    pub fn delete(&mut self, key: &RecordKey) -> Result<Change> {
        let row = self.find(key)?;
        let before = self.places(row);
        let mut touched = self.concerned(key);
        self.data.values.iter_mut().for_each(|values| values.forget(row));
        let width = self.data.slots.len() + 1;
        self.data.put(row, std::iter::repeat_n(NONE, width));
        self.replace(row, &before, None, false, &mut touched);
        self.archive.remove(row);
        let mut events = Vec::new();
        self.entities.leave(row, key.clone(), &mut events);
        self.settle(&touched, &mut events);
        Ok(Change { entity: None, events })
    }

    /// Two records are one entity, whatever the evidence.
    ///
    /// # Errors
    /// `not_found` when a record is not there, `contradiction` when they must not be one, `input` when
    /// both keys are one.
    pub fn must_link(&mut self, a: &RecordKey, b: &RecordKey) -> Result<Change> {
        self.decide(a, b, Decisions::must_link)
    }

    /// Two records are two entities, whatever the evidence.
    ///
    /// # Errors
    /// `not_found` when a record is not there, `contradiction` when they must be one, `input` when both
    /// keys are one.
    pub fn cannot_link(&mut self, a: &RecordKey, b: &RecordKey) -> Result<Change> {
        self.decide(a, b, Decisions::cannot_link)
    }

    /// Takes back what was decided about two records; evidence alone speaks again.
    ///
    /// # Errors
    /// `not_found` when nothing was decided about them.
    pub fn undo_link(&mut self, a: &RecordKey, b: &RecordKey) -> Result<Change> {
        let mut touched = self.concerned(a);
        touched.extend(self.concerned(b));
        if !self.decisions.undo(a, b) {
            return Err(Error::not_found(format!("nothing was decided about {a} and {b}")));
        }
        let mut events = Vec::new();
        self.settle(&touched, &mut events);
        Ok(Change { entity: self.entity_of(a), events })
    }

    fn decide(
        &mut self,
        a: &RecordKey,
        b: &RecordKey,
        decision: impl Fn(&mut Decisions, &RecordKey, &RecordKey) -> Result<()>,
    ) -> Result<Change> {
        let row = self.find(a)?;
        self.find(b)?;
        decision(&mut self.decisions, a, b)?;
        let mut touched = self.concerned(a);
        touched.extend(self.concerned(b));
        let mut events = Vec::new();
        self.settle(&touched, &mut events);
        Ok(Change { entity: self.entities.of(row), events })
    }

    fn row(&self, key: &RecordKey) -> Option<u32> {
        self.archive.find(&key.source, &key.id)
    }

    fn find(&self, key: &RecordKey) -> Result<u32> {
        self.row(key).ok_or_else(|| Error::not_found(format!("no record {key}")))
    }

    fn threshold(&self) -> f64 {
        threshold(&self.resolver.config)
    }

    fn has_facts(&self) -> bool {
        self.data.values.iter().any(Values::has_facts)
    }

    fn scorer(&self) -> Scorer<'_> {
        Scorer::with(&self.data, Arc::clone(&self.tools.tables))
    }

    /// The rows whose group may depend on what is decided about a record: those it must be one with,
    /// and all they have links to.
    fn concerned(&self, key: &RecordKey) -> Vec<u32> {
        if self.decisions.is_empty() {
            return Vec::new();
        }
        let group = self.decisions.group(key, |_| true);
        let rows: Vec<u32> = group.iter().filter_map(|key| self.row(key)).collect();
        let partners: Vec<u32> =
            rows.iter().flat_map(|&row| self.links.of(row).map(|(other, _)| other)).collect();
        [rows, partners].concat()
    }

    /// Reads the one record of `table` into a row.
    fn read(&mut self, table: &Table, row: u32) {
        let (config, model, data) = (&self.resolver.config, &self.resolver.model, &mut self.data);
        data.values.iter_mut().for_each(|values| values.forget(row));
        let region = model.region.as_deref();
        let columns = read::read(table, config, &model.slots, region, &[0], row, &mut data.values);
        let cells = columns.iter().map(|column| column[0]);
        let source = self.archive.source(row);
        if row as usize == data.rows {
            data.push(cells);
            data.sources.push(source);
            data.rows += 1;
        } else {
            data.put(row, cells);
            data.sources[row as usize] = source;
        }
        model.weigh_new_words(data);
        Arc::make_mut(&mut self.tools.tables).extend(model, data);
        if data.rows > self.tools.outgrown {
            self.tools.outgrown = 2 * data.rows;
            self.tools.memory = Memory::new(data);
        }
    }

    fn places(&self, row: u32) -> Places {
        let twins = twins::number_of(&self.data, row);
        let around = twins.map_or((None, None), |number| self.around(number, row));
        Places { keys: self.postings.keys_of(&self.data, row), twins, around }
    }

    /// The equal records before and after a row.
    fn around(&self, number: u32, row: u32) -> (Option<u32>, Option<u32>) {
        let order = |other: u32| self.archive.order(other, row);
        self.twins.around(number, order, |other| twins::equal(&self.data, other, row))
    }

    /// Moves a row from the places it was found at to others, or to none, and brings the links of all
    /// rows up to date. Rows whose links changed are `touched`.
    fn replace(
        &mut self,
        row: u32,
        before: &Places,
        after: Option<&Places>,
        new: bool,
        touched: &mut Vec<u32>,
    ) {
        touched.extend(self.links.remove(row));
        let mut turns = Turns::default();
        self.move_keys(row, &before.keys, after.map_or(&[], |after| &after.keys), &mut turns);
        if let Some(number) = before.twins {
            self.twins.remove(number, row);
            turns.pairs.extend(before.around.0.zip(before.around.1));
        }
        if let Some((number, after)) = after.and_then(|after| after.twins.zip(Some(after))) {
            self.twins.insert(number, row, |other| self.archive.order(other, row));
            turns.pairs.extend(after.around.0.zip(after.around.1));
        }
        self.count(row, new, after.is_none(), &mut turns);
        if let Some(after) = after {
            let candidates = self.candidates(row, after);
            self.compare(&candidates, touched);
        }
        self.turn(&turns, touched);
    }

    fn move_keys(&mut self, row: u32, before: &[RuleKey], after: &[RuleKey], turns: &mut Turns) {
        for &key in before {
            if after.binary_search(&key).is_ok() {
                self.postings.renew(key, row);
            } else if let Turn::Revived(compared) = self.postings.remove(key, row) {
                turns.revived.push((self.postings.rows(key).to_vec(), compared));
            }
        }
        for &key in after.iter().filter(|key| before.binary_search(key).is_err()) {
            if self.postings.insert(key, row) == Turn::Lapsed {
                turns.lapsed.push(self.postings.rows(key).to_vec());
            }
        }
    }

    /// Counts a row that is new or gone: where there are few, all meet.
    fn count(&mut self, row: u32, new: bool, gone: bool, turns: &mut Turns) {
        if new {
            turns.lapsed.extend(self.few.insert(row));
        }
        if gone && self.few.remove(row, self.archive.held().filter(|&other| other != row)) {
            turns.revived.push((self.few.rows().to_vec(), 0));
        }
    }

    /// The pairs of a row with those it meets, each once.
    fn candidates(&self, row: u32, places: &Places) -> Vec<(u32, u32)> {
        let blocks = places.keys.iter().flat_map(|&key| self.postings.block(key));
        let mut others: Vec<u32> = blocks.chain(self.few.rows()).copied().collect();
        let (before, after) = places.around;
        others.extend(before.into_iter().chain(after));
        others.sort_unstable();
        others.dedup();
        others.into_iter().filter(|&other| other != row).map(|other| (row, other)).collect()
    }

    /// Links those of the pairs that weigh enough.
    fn compare(&mut self, pairs: &[(u32, u32)], touched: &mut Vec<u32>) {
        let (threshold, facts) = (self.threshold(), self.has_facts());
        let Self { data, tools, links, .. } = self;
        let mut comparer = Comparer::resume(data, std::mem::take(&mut tools.memory));
        let scorer = Scorer::with(data, Arc::clone(&tools.tables));
        for pairs in pairs.chunks(TOGETHER) {
            for &(_, b) in pairs {
                data.touch(b);
            }
            for &(a, b) in pairs {
                let glanced = comparer.glance(a, b);
                let Some(vector) = tools.filter.look(&mut comparer, &mut tools.cache, glanced, (a, b)) else {
                    continue;
                };
                let bits = scorer.bits(a, b, vector);
                if bits <= threshold {
                    continue;
                }
                if !facts || heard(&Edge { a, b, bits, vector }, &scorer, threshold) > threshold {
                    links.add(a, b);
                    touched.extend([a, b]);
                }
            }
        }
        tools.memory = comparer.into_memory();
    }

    /// Puts links to sleep whose rows meet no more, wakes those whose rows meet again, and compares the
    /// pairs that meet for the first time.
    fn turn(&mut self, turns: &Turns, touched: &mut Vec<u32>) {
        for rows in &turns.lapsed {
            self.review(rows, true, touched);
        }
        let mut unseen = Vec::new();
        for (rows, compared) in &turns.revived {
            self.review(rows, false, touched);
            let new = (*compared..rows.len()).flat_map(|at| rows[..at].iter().map(move |&a| (a, rows[at])));
            unseen.extend(new.filter(|&(a, b)| self.links.between(a, b).is_none()));
        }
        for &(a, b) in &turns.pairs {
            let meet = self.meet(a, b);
            match self.links.between(a, b) {
                Some(awake) if awake != meet => {
                    self.links.set(a, b, meet);
                    touched.extend([a, b]);
                }
                None if meet => unseen.push((a, b)),
                _ => {}
            }
        }
        let pair = |&(a, b): &(u32, u32)| (a.min(b), a.max(b));
        unseen.sort_unstable_by_key(pair);
        unseen.dedup_by_key(|of| pair(of));
        self.compare(&unseen, touched);
    }

    /// Looks whether the links among the rows of a block that are awake, or asleep, are rightly so.
    fn review(&mut self, rows: &[u32], awake: bool, touched: &mut Vec<u32>) {
        let block: FxHashSet<u32> = rows.iter().copied().collect();
        let mut wrong = Vec::new();
        for &a in rows {
            let links = self.links.of(a).filter(|link| link.1 == awake);
            let links = links.filter(|(b, _)| a < *b && block.contains(b));
            wrong.extend(links.filter(|&(b, _)| self.meet(a, b) != awake).map(|(b, _)| (a, b)));
        }
        for (a, b) in wrong {
            self.links.set(a, b, !awake);
            touched.extend([a, b]);
        }
    }

    /// Whether two rows are worth comparing.
    fn meet(&self, a: u32, b: u32) -> bool {
        self.few.are_few() || self.postings.meet(&self.data, a, b) || self.are_neighbours(a, b)
    }

    /// Whether two rows are equal and no equal one stands between them.
    fn are_neighbours(&self, a: u32, b: u32) -> bool {
        let number = twins::number_of(&self.data, a).filter(|_| twins::equal(&self.data, a, b));
        number.is_some_and(|number| {
            let (before, after) = self.around(number, a);
            before == Some(b) || after == Some(b)
        })
    }

    /// Groups again what hangs together with the touched rows, and tells what became of entities.
    fn settle(&mut self, touched: &[u32], events: &mut Vec<Event>) {
        let memory = std::mem::take(&mut self.tools.memory);
        let mut comparer = Comparer::resume(&self.data, memory);
        let groups = View::now(self).groups(touched, &mut comparer);
        self.tools.memory = comparer.into_memory();
        let archive = &self.archive;
        self.entities.regroup(&groups, |row| archive.key(row), events);
    }

    /// All groups, each in the order of keys, in the order of their first rows, straight after a bulk load.
    fn groups(&self) -> Vec<Vec<u32>> {
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for row in 0..self.data.rows as u32 {
            match self.entities.of(row) {
                // Entities were numbered from 1 in the order of their first rows.
                Some(EntityId(id)) if id as usize <= groups.len() => groups[id as usize - 1].push(row),
                _ => groups.push(vec![row]),
            }
        }
        groups
    }
}

/// Rows from which on values repeat often enough to be remembered.
const MEMORABLE: usize = 1000;

impl Places {
    fn none() -> Self {
        Self { keys: Vec::new(), twins: None, around: (None, None) }
    }
}

impl std::fmt::Debug for LiveResolver {
    /// Counts only: it holds people's data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveResolver")
            .field("records", &self.len())
            .field("entities", &self.entity_count())
            .finish_non_exhaustive()
    }
}
