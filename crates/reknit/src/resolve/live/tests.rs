//! The law: after any changes the live engine is where a batch would be. And what it promises beside.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::Config;
use super::*;
use crate::model::{Assurance, Identifier, IdentifierKind, checksum, unwatched};

/// A record out of few names, mailboxes and numbers, so that many collide and blocks grow too large.
fn drawn(key: usize, of: [u8; 6]) -> Record {
    const GIVEN: [&str; 5] = ["Maria", "Marie", "Jonas", "Jon", "Wanda"];
    const FAMILY: [&str; 5] = ["Sato", "Satow", "Okonkwo", "Lindqvist", "Rossi"];
    const STREETS: [&str; 4] = ["1 Long Elm Street", "1 Elm Str", "22 Harbour Road", "Old Mill Lane 3"];
    let [name, mail, number, born, more, kind] = of.map(usize::from);
    let mut record = Record::new(["crm", "shop", "chat"][key % 3], (key / 3).to_string());
    if kind % 7 != 6 {
        record = record.with("first_name", GIVEN[name % 5]).with("last_name", FAMILY[name / 5 % 5]);
    }
    if mail % 3 != 0 {
        let user = format!("{}.{}{}", GIVEN[name % 5], FAMILY[name / 5 % 5], mail % 4).to_lowercase();
        record = record.with("email", format!("{user}@{}.example", ["post", "mail"][mail % 2]));
    }
    if number % 2 == 0 {
        record = record.with("phone", format!("+49305550{:03}", number % 9));
    }
    if number % 11 == 0 {
        record = record.with("phone", format!("+49305551{:03}", number % 7));
    }
    if born % 3 != 0 {
        record = record.with("dob", format!("19{}-0{}-1{}", 50 + born % 5, 1 + born % 4, born % 3));
    }
    if more % 3 == 0 {
        record = record.with("address", STREETS[more % 4]).with("notes", STREETS[born % 4]);
    }
    if kind % 5 == 0 {
        let mut claimed = Identifier::new(IdentifierKind::Phone, format!("+49305550{:03}", kind % 9));
        claimed.assurance = [Assurance::Claimed, Assurance::Verified][kind % 2];
        record = record.identified(claimed);
    }
    record
}

/// Something that happens to an engine.
#[derive(Debug, Clone)]
enum Step {
    Upsert(usize, [u8; 6]),
    Delete(usize),
    Decide(usize, usize, u8),
    Reopen,
}

fn steps(keys: usize, count: usize, decide: u32) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => (0..keys, prop::array::uniform6(0_u8..60)).prop_map(|(key, of)| Step::Upsert(key, of)),
        5 => (0..keys).prop_map(Step::Delete),
        decide => (0..keys, 0..keys, 0_u8..3).prop_map(|(a, b, how)| Step::Decide(a, b, how)),
        decide.min(1) => Just(Step::Reopen),
    ];
    prop::collection::vec(step, count)
}

/// A model learnt from such records, and some of them.
fn fitted(config: &Config, seed: u64, count: usize) -> (Resolver, Vec<Record>) {
    let byte = |at: u64| (super::super::values::mix(seed, at) >> 37) as u8 % 60;
    let of = |key: u64| std::array::from_fn(|place| byte(6 * key + place as u64));
    let records: Vec<Record> = (0..count).map(|key| drawn(key, of(key as u64))).collect();
    let table = Table::from_records(&records).expect("keys differ");
    (Resolver::fit(config, &table, &mut unwatched).expect("the config is valid"), records)
}

/// Both ways at once: the engine, and the records as they are.
struct Twice {
    live: LiveResolver,
    records: BTreeMap<RecordKey, Record>,
    /// Who is where, by the events alone.
    followed: BTreeMap<RecordKey, EntityId>,
}

impl Twice {
    fn new(live: LiveResolver, records: &[Record]) -> Self {
        let records: BTreeMap<_, _> = records.iter().map(|record| (record.key(), record.clone())).collect();
        let entity = |key: &RecordKey| live.entity_of(key).expect("it was loaded");
        let followed = records.keys().map(|key| (key.clone(), entity(key))).collect();
        Self { live, records, followed }
    }

    fn step(&mut self, step: &Step) {
        let key = |at: usize| drawn(at, [0; 6]).key();
        let change = match *step {
            Step::Upsert(at, of) => {
                let record = drawn(at, of);
                self.records.insert(record.key(), record.clone());
                self.live.upsert(&record).expect("there is room")
            }
            Step::Delete(at) => match self.live.delete(&key(at)) {
                Ok(change) => {
                    self.records.remove(&key(at)).expect("the engine had it");
                    change
                }
                Err(_) => return assert!(!self.records.contains_key(&key(at))),
            },
            Step::Decide(a, b, how) => {
                let verb = [LiveResolver::must_link, LiveResolver::cannot_link, LiveResolver::undo_link];
                verb[usize::from(how)](&mut self.live, &key(a), &key(b)).unwrap_or_default()
            }
            Step::Reopen => {
                let bytes = self.live.to_bytes().expect("it is plain data");
                self.live = LiveResolver::from_bytes(&bytes).expect("it was just written");
                return;
            }
        };
        self.follow(&change);
    }

    fn follow(&mut self, change: &Change) {
        for event in &change.events {
            match event.clone() {
                Event::Created { .. } => {}
                Event::Split { from, into, records } => {
                    for record in records {
                        assert_eq!(self.followed.insert(record, into), Some(from));
                    }
                }
                Event::Left { entity, record } => assert_eq!(self.followed.remove(&record), Some(entity)),
                Event::Joined { entity, record } => {
                    assert_eq!(self.followed.insert(record, entity), None);
                }
                Event::Merged { from, into } => {
                    assert!(into < from, "the oldest stays");
                    for entity in self.followed.values_mut().filter(|entity| **entity == from) {
                        *entity = into;
                    }
                    assert_eq!(self.live.current(from), self.live.current(into));
                }
                Event::Ended { entity } => {
                    assert!(!self.followed.values().any(|of| *of == entity));
                }
            }
        }
    }

    /// The batch's entities of the records without one of them.
    fn batch(&self, without: Option<&RecordKey>) -> (Table, super::super::Resolution) {
        let records: Vec<Record> =
            self.records.values().filter(|record| Some(&record.key()) != without).cloned().collect();
        let table = Table::from_records(&records).expect("keys differ");
        let mut resolver = self.live.resolver.clone();
        let there = |key: &RecordKey| self.records.contains_key(key) && Some(key) != without;
        let [must, cannot] = self.live.decisions.pairs();
        let kept = |pairs: Vec<(RecordKey, RecordKey)>| {
            pairs.into_iter().filter(|(a, b)| there(a) && there(b)).collect()
        };
        (resolver.config.must_link, resolver.config.cannot_link) = (kept(must), kept(cannot));
        assert!(resolver.model.plan.fits(table.len()), "the law is about one plan");
        let resolution = resolver.resolve(&table, &mut unwatched).expect("decisions agree");
        (table, resolution)
    }

    fn check(&self) {
        let (table, resolution) = self.batch(None);
        let mut batch: BTreeMap<&str, Vec<RecordKey>> = BTreeMap::new();
        for &row in &table.rows_by_key() {
            let entity = resolution.entity_ids[row as usize].as_str();
            batch.entry(entity).or_default().push(table.key(row as usize));
        }
        let mut batch: Vec<Vec<RecordKey>> = batch.into_values().collect();
        batch.sort();
        let mut live: BTreeMap<EntityId, Vec<RecordKey>> = BTreeMap::new();
        for key in self.records.keys() {
            live.entry(self.live.entity_of(key).expect("it is there")).or_default().push(key.clone());
        }
        assert!(live.iter().all(|(&id, members)| self.live.members(id) == *members));
        assert_eq!(live.len(), self.live.entity_count());
        let mut live: Vec<Vec<RecordKey>> = live.into_values().collect();
        live.sort();
        assert_eq!(live, batch);
        let now: BTreeMap<RecordKey, EntityId> = self
            .records
            .keys()
            .map(|key| (key.clone(), self.live.entity_of(key).expect("it is there")))
            .collect();
        assert_eq!(now, self.followed);
    }

    /// The links of all entities are those of the batch.
    fn check_links(&self) {
        let (table, resolution) = self.batch(None);
        let pair = |a: RecordKey, b: RecordKey| if a < b { (a, b) } else { (b, a) };
        let mut batch: Vec<_> = resolution
            .links
            .iter()
            .map(|link| (pair(table.key(link.a as usize), table.key(link.b as usize)), link.weight.bits()))
            .collect();
        let mut live = Vec::new();
        let mut entities: Vec<EntityId> = self.followed.values().copied().collect();
        entities.sort_unstable();
        entities.dedup();
        for entity in entities {
            let steps = self.live.how(entity).expect("it is there");
            live.extend(steps.into_iter().map(|step| (pair(step.a, step.b), step.evidence.total.bits())));
        }
        let by_pair = |x: &((RecordKey, RecordKey), f64), y: &((RecordKey, RecordKey), f64)| x.0.cmp(&y.0);
        batch.sort_by(by_pair);
        live.sort_by(by_pair);
        assert_eq!(live.len(), batch.len());
        for (x, y) in live.iter().zip(&batch) {
            assert!(x.0 == y.0 && (x.1 - y.1).abs() < 1e-3, "{x:?} {y:?}");
        }
    }

    /// What would be without a record is what a batch without it finds.
    fn check_without(&self, key: &RecordKey) {
        let (table, resolution) = self.batch(Some(key));
        let mut expected: BTreeMap<&str, Vec<RecordKey>> = BTreeMap::new();
        for &row in &table.rows_by_key() {
            let entity = resolution.entity_ids[row as usize].as_str();
            expected.entry(entity).or_default().push(table.key(row as usize));
        }
        let other = |members: &Vec<RecordKey>| {
            let now = self.live.entity_of(&members[0]).map(|id| self.live.members(id));
            now.as_ref() != Some(members)
        };
        let mut expected: Vec<Vec<RecordKey>> = expected.into_values().filter(other).collect();
        expected.sort();
        assert_eq!(self.live.without(key).expect("it is there"), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_changes_in_any_order_lead_where_a_batch_leads(
        seed in any::<u64>(), loaded in any::<bool>(), of_sources in any::<bool>(), steps in steps(150, 260, 0)
    ) {
        let config = Config { links_only_between_sources: of_sources, threads: 1, ..Config::contacts() };
        let (resolver, records) = fitted(&config, seed, 110);
        let mut twice = if loaded {
            let table = Table::from_records(&records).expect("keys differ");
            let live = LiveResolver::load(resolver, &table, &mut unwatched).expect("it fits");
            Twice::new(live, &records)
        } else {
            Twice::new(LiveResolver::new(resolver).expect("nothing was decided"), &[])
        };
        for (at, step) in steps.iter().enumerate() {
            twice.step(step);
            if at % 8 == 0 {
                twice.check();
            }
        }
        twice.check();
        twice.check_links();
        for key in twice.records.keys().step_by(9) {
            twice.check_without(key);
        }
    }

    #[test]
    fn what_people_decide_holds_as_in_a_batch(seed in any::<u64>(), steps in steps(60, 120, 6)) {
        let (resolver, records) = fitted(&Config { threads: 1, ..Config::contacts() }, seed, 60);
        let table = Table::from_records(&records).expect("keys differ");
        let live = LiveResolver::load(resolver, &table, &mut unwatched).expect("it fits");
        let mut twice = Twice::new(live, &records);
        for step in &steps {
            twice.step(step);
            twice.check();
        }
        for key in twice.records.keys().step_by(5) {
            twice.check_without(key);
        }
    }
}

#[test]
fn why_two_are_apart_is_told_as_by_a_batch() {
    let (resolver, records) = fitted(&Config { threads: 1, ..Config::contacts() }, 7, 90);
    let table = Table::from_records(&records).expect("keys differ");
    let live = LiveResolver::load(resolver, &table, &mut unwatched).expect("it fits");
    for (a, b) in [(0, 1), (3, 40), (5, 77), (8, 9), (20, 62), (31, 88)] {
        let (a, b) = (records[a].key(), records[b].key());
        let told = live.explain(&a, &b).expect("both are there");
        assert_eq!(told, live.resolver().explain(&table, &a, &b).expect("both are there"));
        assert_eq!(told.why_not.is_none(), told.same_entity);
        assert!(told.why_not.is_none_or(|why| !why.obstacles.is_empty()));
    }
}

#[test]
fn the_steps_of_an_entity_join_all_its_records() {
    let (resolver, records) = fitted(&Config { threads: 1, ..Config::contacts() }, 3, 90);
    let table = Table::from_records(&records).expect("keys differ");
    let live = LiveResolver::load(resolver, &table, &mut unwatched).expect("it fits");
    let mut joined = 0;
    for record in &records {
        let id = live.entity_of(&record.key()).expect("it was loaded");
        let (members, steps) = (live.members(id).len(), live.how(id).expect("it is there"));
        assert_eq!(steps.len(), members - 1);
        let last = steps.iter().map(|step| step.joined.iter().sum()).max();
        assert_eq!(last.unwrap_or(1), members);
        joined += steps.len();
    }
    assert!(joined > 0, "some records are one");
}

#[test]
fn a_damaged_engine_is_refused_and_a_forged_one_never_panics() {
    let (resolver, records) = fitted(&Config { threads: 1, ..Config::contacts() }, 5, 12);
    let table = Table::from_records(&records).expect("keys differ");
    let mut live = LiveResolver::load(resolver, &table, &mut unwatched).expect("it fits");
    live.cannot_link(&records[0].key(), &records[5].key()).expect("nothing was decided yet");
    let bytes = live.to_bytes().expect("it is plain data");
    for end in (0..bytes.len()).step_by(1 + bytes.len() / 60) {
        assert_eq!(LiveResolver::from_bytes(&bytes[..end]).expect_err("it is cut off").code(), 3);
    }
    let line = bytes.len() - 17;
    for at in (0..line).step_by(1 + bytes.len() / 1200) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 7);
        assert_eq!(LiveResolver::from_bytes(&damaged).expect_err("a bit has turned").code(), 3);
        let sum = format!("{:016x}", checksum(&damaged[..line]));
        damaged[line + 1..].copy_from_slice(sum.as_bytes());
        match LiveResolver::from_bytes(&damaged) {
            Err(error) => assert_eq!(error.code(), 3, "{error}"),
            Ok(mut live) => {
                for record in &records {
                    live.upsert(record).expect("there is room");
                }
                live.delete(&records[0].key()).expect("it is there");
                live.to_bytes().expect("it is plain data");
            }
        }
    }
}
