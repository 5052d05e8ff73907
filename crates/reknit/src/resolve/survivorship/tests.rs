//! What holds for all golden records. Single decisions stand in `tests/cases/golden.json`.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::model::{Identifier, IdentifierKind, unwatched};

const COLUMNS: [&str; 11] =
    ["first_name", "name", "email", "phone", "dob", "street", "city", "zip", "newsletter", "changed", "note"];
const VALUES: [&str; 22] = [
    "Ana",
    "ANA",
    "A.",
    "Ana Petrova",
    "petrova, ana",
    "ana@x.io",
    "Ana@X.io ",
    "b@y.org",
    "0151 23456789",
    "+49 151 23456789",
    "1961-04-02",
    "1961",
    "02.04.1961",
    "Nygade 4",
    "nygade 4",
    "Ulm",
    "89073",
    "yes",
    "unsubscribed",
    " ",
    "n/a",
    "2026-01-01",
];

/// Dirty records of a few sources and the entity of each.
fn dirty() -> impl Strategy<Value = (Vec<Record>, Vec<String>)> {
    let cell = (0..COLUMNS.len(), 0..VALUES.len());
    let assurance =
        prop_oneof![Just(Assurance::Unknown), Just(Assurance::Claimed), Just(Assurance::Verified)];
    let identifier = (0..VALUES.len(), assurance, prop::option::of(0..2_u8));
    let record = (0..3_u8, prop::collection::vec(cell, 0..8), prop::option::of(identifier), 0..3_u8);
    prop::collection::vec(record, 0..9).prop_map(|rows| {
        let mut records = Vec::new();
        let mut entity_ids = Vec::new();
        for (number, (source, cells, identifier, entity)) in rows.into_iter().enumerate() {
            let mut record = Record::new(["crm", "shop", "chat"][usize::from(source)], number.to_string());
            for (column, value) in cells {
                record = record.with(COLUMNS[column], VALUES[value]);
            }
            if let Some((value, assurance, scope)) = identifier {
                let mut identifier = Identifier::new(IdentifierKind::Email, VALUES[value]).assured(assurance);
                identifier.scope = scope.map(|scope| scope.to_string());
                record = record.identified(identifier);
            }
            records.push(record);
            entity_ids.push(format!("e{entity}"));
        }
        (records, entity_ids)
    })
}

fn golden(config: &Config, records: &[Record], entity_ids: &[String]) -> Vec<GoldenRecord> {
    let table = Table::from_records(records).expect("keys differ");
    let survivorship = Survivorship::build(config.clone()).expect("the config is valid");
    survivorship.golden(&table, entity_ids, &mut unwatched).expect("the columns are there")
}

/// The default, and one that turns the other policies on.
fn configs(records: &[Record]) -> Vec<Config> {
    let mut other = Config { sources: vec!["shop".into(), "crm".into()], ..Config::contacts() };
    let filled = |record: &Record| record.fields.get("changed").is_some_and(|v| v.iter().any(|v| v != " "));
    if records.iter().any(filled) {
        other.updated = Some("changed".into());
    }
    other.policies.insert("full_name".into(), vec![Policy::Longest]);
    other.policies.insert("address".into(), vec![Policy::SourceRank]);
    vec![Config::contacts(), other]
}

proptest! {
    #[test]
    fn the_order_of_the_records_does_not_count((records, ids) in dirty(), turn in 0..9_usize) {
        for config in configs(&records) {
            let expected = golden(&config, &records, &ids);
            let mut turned: Vec<(Record, String)> = records.iter().cloned().zip(ids.iter().cloned()).collect();
            turned.reverse();
            let middle = turn % turned.len().max(1);
            turned.rotate_left(middle);
            let (turned, turned_ids): (Vec<Record>, Vec<String>) = turned.into_iter().unzip();
            prop_assert_eq!(golden(&config, &turned, &turned_ids), expected);
        }
    }

    #[test]
    fn every_value_is_one_of_a_record_of_the_entity((records, ids) in dirty()) {
        for config in configs(&records) {
            for golden in golden(&config, &records, &ids) {
                let own = || records.iter().zip(&ids).filter(|(_, id)| **id == golden.entity_id);
                let given: BTreeSet<&str> = own()
                    .flat_map(|(record, _)| {
                        let identified = record.identifiers.iter().map(|identifier| &identifier.value);
                        record.fields.values().flatten().chain(identified)
                    })
                    .map(|value| value.trim())
                    .collect();
                let keys: BTreeSet<RecordKey> = own().map(|(record, _)| record.key()).collect();
                for (name, provenance) in &golden.provenance {
                    for value in golden.values(name) {
                        prop_assert!(given.contains(value.as_str()), "{} is nobody's", name);
                        prop_assert!(!value.trim().is_empty());
                    }
                    for support in provenance.values.iter().chain(&provenance.lost) {
                        prop_assert!(!support.records.is_empty());
                        prop_assert!(support.records.iter().all(|key| keys.contains(key)));
                        prop_assert!(support.agreed as usize >= support.records.len());
                        prop_assert!(support.agreed <= provenance.filled);
                    }
                }
            }
        }
    }

    #[test]
    fn the_golden_record_of_a_golden_record_is_itself((records, ids) in dirty()) {
        let first = golden(&Config::contacts(), &records, &ids);
        let again: Vec<Record> = first.iter().map(|golden| golden.to_record("golden")).collect();
        let ids: Vec<String> = first.iter().map(|golden| golden.entity_id.clone()).collect();
        for (again, first) in golden(&Config::contacts(), &again, &ids).into_iter().zip(first) {
            prop_assert_eq!(again.entity_id, first.entity_id);
            prop_assert_eq!(again.fields, first.fields);
        }
    }

    #[test]
    fn an_address_is_one_records_own((records, ids) in dirty()) {
        for golden in golden(&Config::contacts(), &records, &ids) {
            let parts = ["address", "city", "postcode"];
            let from: BTreeSet<_> = parts.iter().filter_map(|part| golden.provenance.get(*part)?.from.clone()).collect();
            prop_assert!(from.len() <= 1);
            let Some(from) = from.first() else { continue };
            let record = records.iter().find(|record| record.key() == *from).expect("it is a record's");
            for (part, column) in parts.iter().zip(["street", "city", "zip"]) {
                let own = record.fields.get(column).map(Vec::as_slice).unwrap_or_default();
                prop_assert!(golden.values(part).iter().all(|value| own.iter().any(|o| o.trim() == value)));
            }
        }
    }
}

#[test]
fn ten_thousand_records_of_one_entity_are_read_in_one_go() {
    let records: Vec<Record> = (0..10_000)
        .map(|n| {
            Record::new("crm", n.to_string())
                .with("first_name", format!("Ana{}", n % 7))
                .with("email", format!("ana{n}@example.org"))
                .with("street", format!("Nygade {n}"))
                .with("city", "Ulm")
        })
        .collect();
    let golden = golden(&Config::contacts(), &records, &vec!["e".to_owned(); records.len()]);
    assert_eq!(golden[0].values("email").len(), 10_000);
}

#[test]
fn an_entity_id_per_record_is_asked_for() {
    let table = Table::from_records(&[Record::new("a", "1")]).expect("one key");
    let survivorship = Survivorship::build(Config::contacts()).expect("the preset is valid");
    let error = survivorship.golden(&table, &[], &mut unwatched).expect_err("an id is missing");
    assert_eq!(error.name(), "input");
}

#[test]
fn a_golden_record_is_read_back_from_its_json() {
    let records =
        [Record::new("a", "1").with("name", "Ana").with("email", "a@x.io").with("newsletter", "no")];
    let golden = golden(&Config::contacts(), &records, &["e".into()]);
    let json = serde_json::to_string(&golden).expect("it is plain data");
    assert_eq!(serde_json::from_str::<Vec<GoldenRecord>>(&json).expect("it is its own"), golden);
}
