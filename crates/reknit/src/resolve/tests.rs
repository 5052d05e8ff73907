//! What holds for every resolution, and some people everybody should get right.

use proptest::prelude::*;

use super::*;
use crate::model::{Assurance, Identifier, IdentifierKind, Record, Timestamp, unwatched};
use crate::text::fold::fold;

/// An invented town: people with several records each, some with slips, some in one household.
fn town(people: usize) -> Vec<Record> {
    const GIVEN: [&str; 12] = [
        "Robert", "Maria", "Chen", "Aisha", "Peter", "Ingrid", "Tomás", "Olga", "Femi", "Lucy", "Hiro",
        "Nadia",
    ];
    const FAMILY: [&str; 10] = [
        "Okonkwo",
        "Lindqvist",
        "Pereira",
        "Novak",
        "Hartmann",
        "Sato",
        "Delacroix",
        "Murphy",
        "Rossi",
        "Kaya",
    ];
    let mut records = Vec::new();
    for person in 0..people {
        let (given, family) = (GIVEN[person % 12], FAMILY[person * 7 / 3 % 10]);
        let born =
            format!("19{:02}-{:02}-{:02}", 40 + person * 13 % 55, 1 + person % 12, 1 + person * 5 % 28);
        let email = format!("{}.{}{person}@example.org", fold(given), fold(family));
        let phone = format!("+4930555{:04}", 1000 + person / 2);
        records.push(
            Record::new("crm", person.to_string())
                .with("first_name", given)
                .with("last_name", family)
                .with("dob", &born)
                .with("email", &email)
                .with("phone", &phone),
        );
        if person % 3 != 0 {
            let slip: String = family.chars().filter(|c| *c != 'o').collect();
            records.push(
                Record::new("shop", person.to_string())
                    .with("first_name", given)
                    .with("last_name", slip)
                    .with("dob", &born)
                    .with("phone", &phone),
            );
        }
        if person % 4 == 1 {
            records.push(
                Record::new("chat", person.to_string())
                    .with("full_name", format!("{family}, {given}"))
                    .with("email", email.to_uppercase()),
            );
        }
    }
    records
}

fn resolve(config: &Config, records: &[Record]) -> (Resolver, Table, Resolution) {
    let table = Table::from_records(records).expect("keys differ");
    let resolver = Resolver::fit(config, &table, &mut unwatched).expect("the config is valid");
    let resolution = resolver.resolve(&table, &mut unwatched).expect("the table is the fitted one");
    (resolver, table, resolution)
}

fn key(source: &str, id: &str) -> RecordKey {
    RecordKey { source: source.into(), id: id.into() }
}

fn together(records: &[Record], resolution: &Resolution, a: (&str, &str), b: (&str, &str)) -> bool {
    let row = |(source, id)| records.iter().position(|r| (r.source.as_str(), r.id.as_str()) == (source, id));
    let entity = |of| &resolution.entity_ids[row(of).expect("the record exists")];
    entity(a) == entity(b)
}

#[test]
fn a_town_is_told_apart() {
    let records = town(60);
    let (_, _, resolution) = resolve(&Config::contacts(), &records);
    let truth: Vec<&str> = records.iter().map(|r| r.id.as_str()).collect();
    let scores = crate::partition::metrics::pairwise(&truth, &resolution.entity_ids).expect("equal lengths");
    assert!(scores.precision == 1.0 && scores.recall > 0.97, "{scores:?}");
    let singles = resolution.entity_ids.len() - distinct(&resolution.entity_ids);
    assert_eq!(resolution.links.len(), singles, "a tree holds each entity");
}

fn distinct(ids: &[String]) -> usize {
    let mut ids: Vec<&String> = ids.iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

#[test]
fn evidence_adds_up_and_explains_what_was_done() {
    let records = town(40);
    let (resolver, table, resolution) = resolve(&Config::contacts(), &records);
    for link in &resolution.links {
        assert!(resolution.evidence(link.receipt).adds_up());
        assert!((link.probability - resolution.evidence(link.receipt).probability()).abs() < 1e-12);
    }
    assert!(resolution.refused.iter().all(|refusal| resolution.evidence(refusal.receipt).adds_up()));
    assert!(resolution.probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
    let link = &resolution.links[0];
    let (a, b) = (table.key(link.a as usize), table.key(link.b as usize));
    let forth = resolver.explain(&table, &a, &b).expect("both exist");
    let back = resolver.explain(&table, &b, &a).expect("both exist");
    assert_eq!(forth.evidence, resolution.evidence(link.receipt));
    assert_eq!(forth.evidence, back.evidence);
    assert!(forth.same_entity && forth.decision == Decision::Match && !forth.blocking.is_empty());
    assert_eq!(resolver.explain(&table, &a, &key("crm", "none")).expect_err("not there").code(), 5);
}

#[test]
fn a_household_stays_two_people_and_says_so() {
    let mut records = town(30);
    for (id, given, born) in [("h1", "Wanda", "1961-02-03"), ("h2", "Georg", "1959-11-20")] {
        records.push(
            Record::new("crm", id)
                .with("first_name", given)
                .with("last_name", "Brzezinski")
                .with("dob", born)
                .with("phone", "+49305557777"),
        );
    }
    let (resolver, table, resolution) = resolve(&Config::contacts(), &records);
    assert!(!together(&records, &resolution, ("crm", "h1"), ("crm", "h2")));
    let key = |id: &str| RecordKey { source: "crm".into(), id: id.into() };
    let told = resolver.explain(&table, &key("h1"), &key("h2")).expect("both are in the table");
    assert_eq!(told.refused, Some(RefusalReason::ConflictingNames));
}

#[test]
fn people_have_the_last_word() {
    let records = town(30);
    let config = Config {
        must_link: vec![(key("crm", "0"), key("crm", "5"))],
        cannot_link: vec![(key("crm", "1"), key("shop", "1"))],
        ..Config::contacts()
    };
    let (_, _, resolution) = resolve(&config, &records);
    assert!(together(&records, &resolution, ("crm", "0"), ("crm", "5")));
    assert!(!together(&records, &resolution, ("crm", "1"), ("shop", "1")));
    assert!(resolution.refused.iter().any(|r| r.reason == RefusalReason::CannotLink));
    let both = Config { cannot_link: config.must_link.clone(), ..config };
    let table = Table::from_records(&records).expect("keys differ");
    let error = Resolver::fit(&both, &table, &mut unwatched).expect_err("they contradict each other");
    assert_eq!(error.kind(), crate::ErrorKind::Contradiction);
}

#[test]
fn a_source_may_list_everybody_once() {
    let mut records = town(30);
    let mut copy = records[0].clone();
    copy.id = "copy".into();
    records.push(copy);
    let (_, _, free) = resolve(&Config::contacts(), &records);
    assert!(together(&records, &free, ("crm", "0"), ("crm", "copy")));
    let config = Config { links_only_between_sources: true, ..Config::contacts() };
    let (_, _, strict) = resolve(&config, &records);
    assert!(!together(&records, &strict, ("crm", "0"), ("crm", "copy")));
    assert!(strict.refused.iter().any(|r| r.reason == RefusalReason::SameSource));
}

/// A phone number as an identifier with facts.
fn phone(value: &str, change: impl Fn(&mut Identifier)) -> Identifier {
    let mut phone = Identifier::new(IdentifierKind::Phone, value);
    change(&mut phone);
    phone
}

#[test]
fn a_claim_is_for_a_person_to_check() {
    let with = |assurance| {
        let mut records = town(30);
        for (source, id) in [("crm", "c"), ("chat", "c")] {
            let identifier = phone("+49305559999", |phone| phone.assurance = assurance);
            records.push(Record::new(source, id).with("first_name", "Robert").identified(identifier));
        }
        records
    };
    let records = with(Assurance::Verified);
    let (_, _, resolution) = resolve(&Config::contacts(), &records);
    assert!(together(&records, &resolution, ("crm", "c"), ("chat", "c")));
    let records = with(Assurance::Claimed);
    let (_, _, resolution) = resolve(&Config::contacts(), &records);
    assert!(!together(&records, &resolution, ("crm", "c"), ("chat", "c")));
    assert!(resolution.refused.iter().any(|r| r.reason == RefusalReason::ClaimedOnly));
}

#[test]
fn a_number_handed_on_and_an_id_of_another_place_say_nothing() {
    let mut records = town(30);
    let before = phone("+49305558888", |phone| phone.valid_to = Some(Timestamp(1_000)));
    let after = phone("+49305558888", |phone| phone.valid_from = Some(Timestamp(2_000)));
    records.push(Record::new("crm", "old").with("first_name", "Robert").identified(before));
    records.push(Record::new("crm", "new").with("first_name", "Robert").identified(after));
    for scope in ["acme", "globex"] {
        let id = Identifier::new(IdentifierKind::PlatformId, "US.77").scoped(scope);
        records.push(Record::new("wa", scope).with("first_name", "Robert").identified(id));
    }
    let (_, _, resolution) = resolve(&Config::contacts(), &records);
    assert!(!together(&records, &resolution, ("crm", "old"), ("crm", "new")));
    assert!(!together(&records, &resolution, ("wa", "acme"), ("wa", "globex")));
}

#[test]
fn a_saved_resolver_resolves_another_table() {
    let records = town(40);
    let (resolver, table, resolution) = resolve(&Config::contacts(), &records);
    let json = serde_json::to_string(&resolver).expect("it is plain data");
    let again: Resolver = serde_json::from_str(&json).expect("it was just written");
    assert_eq!(again, resolver);
    assert_eq!(again.resolve(&table, &mut unwatched).expect("same table"), resolution);
    let few: Vec<Record> = records.iter().filter(|r| r.id == "1" || r.id == "2").cloned().collect();
    let table = Table::from_records(&few).expect("keys differ");
    let people = again.resolve(&table, &mut unwatched).expect("columns are known");
    assert_eq!(distinct(&people.entity_ids), 2);
    let newer = json.replacen("\"format\":3", "\"format\":4", 1);
    assert!(
        serde_json::from_str::<Resolver>(&newer)
            .expect_err("unknown format")
            .to_string()
            .contains("format 4")
    );
    let damaged = json.replacen("\"entities\":", "\"entities\":-", 1);
    assert!(serde_json::from_str::<Resolver>(&damaged).is_err());
}

#[test]
fn tables_without_anything_to_compare_are_people_alone() {
    for records in [vec![], vec![Record::new("a", "1")], vec![Record::new("a", "1"), Record::new("a", "2")]] {
        let (_, _, resolution) = resolve(&Config::contacts(), &records);
        assert_eq!(distinct(&resolution.entity_ids), records.len());
    }
}

/// More equal records than any block or any square of weights may hold.
#[test]
fn a_thousand_copies_are_one() {
    let mut records = town(30);
    for copy in 0..1500 {
        let mut record = records[0].clone();
        record.id = format!("copy {copy}");
        records.push(record);
    }
    let (_, _, resolution) = resolve(&Config::contacts(), &records);
    assert!(together(&records, &resolution, ("crm", "0"), ("crm", "copy 1499")));
    assert!(together(&records, &resolution, ("crm", "copy 3"), ("crm", "copy 777")));
}

#[test]
fn a_caller_may_stop_it() {
    let table = Table::from_records(&town(10)).expect("keys differ");
    let mut stop = |_: Progress| std::ops::ControlFlow::Break(());
    let error = Resolver::fit(&Config::contacts(), &table, &mut stop).expect_err("it was stopped");
    assert_eq!(error.kind(), crate::ErrorKind::Cancelled);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn neither_order_nor_threads_matter(order in Just((0..45_usize).collect::<Vec<_>>()).prop_shuffle(), threads in 1..5_usize) {
        let records: Vec<Record> = town(26).into_iter().take(45).collect();
        let shuffled: Vec<Record> = order.iter().filter_map(|&at| records.get(at).cloned()).collect();
        let (straight, _, expected) = resolve(&Config { threads: 1, ..Config::contacts() }, &records);
        let (other, _, found) = resolve(&Config { threads, ..Config::contacts() }, &shuffled);
        prop_assert_eq!(straight.model, other.model);
        for (row, &at) in order.iter().filter(|&&at| at < records.len()).enumerate() {
            prop_assert_eq!(&found.entity_ids[row], &expected.entity_ids[at]);
            prop_assert_eq!(found.probabilities[row], expected.probabilities[at]);
        }
    }

    #[test]
    fn any_text_is_data(texts in proptest::collection::vec(("\\PC{0,30}", "\\PC{0,200}", "[0-9+@./ -]{0,40}"), 0..12)) {
        let records: Vec<Record> = texts
            .iter()
            .enumerate()
            .map(|(row, (name, text, number))| {
                Record::new("fuzz", row.to_string())
                    .with("first_name", name.as_str())
                    .with("full_name", text.as_str())
                    .with("email", text.as_str())
                    .with("phone", number.as_str())
                    .with("dob", number.as_str())
                    .with("address", text.as_str())
                    .with("postcode", number.as_str())
                    .with("twitter", text.as_str())
                    .with("notes", text.as_str())
            })
            .collect();
        let (_, _, resolution) = resolve(&Config::contacts(), &records);
        prop_assert_eq!(resolution.entity_ids.len(), records.len());
    }
}

#[test]
fn a_short_number_in_a_scope_of_any_script_is_read() {
    let number = |scope: &str| Identifier::new(IdentifierKind::Phone, "471108").scoped(scope);
    let records: Vec<Record> = ["öö", "öß", "a"]
        .iter()
        .enumerate()
        .map(|(at, scope)| {
            Record::new("pbx", at.to_string()).with("name", "Ana Perez").identified(number(scope))
        })
        .collect();
    let (_, _, resolution) = resolve(&Config::contacts(), &records);
    assert_eq!(resolution.entity_ids.len(), 3);
}

/// Somebody else's mailbox, number and name, claimed in a chat by a thousand strangers.
#[test]
fn a_claimed_identifier_takes_nobody_over() {
    const ATTEMPTS: usize = 1000;
    let mut records = Vec::new();
    for person in 0..ATTEMPTS {
        let (name, mail) =
            (format!("Vera{person} Quill{}", person / 2), format!("vera{person}@post.example"));
        let number = format!("+4930{:07}", 5_550_000 + person);
        for source in ["crm", "shop"] {
            let mut proved = Identifier::new(IdentifierKind::Email, &mail);
            proved.assurance = Assurance::Verified;
            let victim = Record::new(source, person.to_string()).with("full_name", &name).identified(proved);
            records.push(victim.with("phone", &number));
        }
        let mut attack = Record::new("chat", person.to_string());
        for (kind, value) in [(IdentifierKind::Email, &mail), (IdentifierKind::Phone, &number)] {
            let mut claim = Identifier::new(kind, value);
            claim.assurance = Assurance::Claimed;
            attack = attack.identified(claim);
        }
        // Some also know the name, some give another, some give none.
        match person % 3 {
            0 => attack = attack.with("full_name", &name),
            1 => attack = attack.with("full_name", format!("Otto{person} Stranger")),
            _ => {}
        }
        records.push(attack);
    }
    let (_, _, resolution) = resolve(&Config::contacts(), &records);
    let entities: Vec<&[String]> = resolution.entity_ids.chunks(3).collect();
    let merged = entities.iter().filter(|of| of[2] == of[0] || of[2] == of[1]).count();
    let whole = entities.iter().filter(|of| of[0] == of[1]).count();
    assert_eq!((merged, whole), (0, ATTEMPTS), "attempts that merged, victims that are whole");
}

/// Father and son of one name, phone and home, told apart by `Sr.` and `Jr.` or by their birth.
#[test]
fn fathers_and_sons_stay_two() {
    const FAMILIES: usize = 600;
    const GIVEN: [&str; 8] = ["Robert", "Thomas", "William", "Hugo", "Andrew", "Samuel", "Arthur", "Victor"];
    let mut records = Vec::new();
    for family in 0..FAMILIES {
        let name = format!("{} {}{}", GIVEN[family % 8], ["Harlan", "Osgood", "Whitby"][family % 3], family);
        for (source, suffix, year) in [("crm", "Sr.", 1940), ("shop", "Jr.", 1968)] {
            let mut record = Record::new(source, family.to_string())
                .with("phone", format!("+1212555{family:04}"))
                .with("address", format!("{} Elm Street", 1 + family))
                .with("city", "Springfield");
            record = if family % 2 == 0 {
                record.with("full_name", format!("{name} {suffix}"))
            } else {
                let born =
                    format!("{}-{:02}-{:02}", year + family % 20, 1 + (family + year) % 12, 1 + family % 28);
                record.with("full_name", &name).with("dob", born).with("email", {
                    format!("{}{}@mail.example", name.to_lowercase().replace(' ', "."), year % 100)
                })
            };
            records.push(record);
        }
    }
    let (_, _, resolution) = resolve(&Config::contacts(), &records);
    let merged = resolution.entity_ids.chunks(2).filter(|of| of[0] == of[1]).count();
    assert!(100 * merged <= FAMILIES, "{merged} of {FAMILIES} merged");
}

#[test]
fn a_model_of_an_older_format_is_refused_by_its_number() {
    let (resolver, ..) = resolve(&Config::contacts(), &town(12));
    let mut saved = serde_json::to_value(&resolver).expect("a resolver is plain data");
    let mut refused = |format: u32, lacks: &[&str]| {
        saved["format"] = format.into();
        let model = saved["model"].as_object_mut().expect("it holds its model");
        for &part in lacks {
            model.remove(part);
        }
        let error =
            serde_json::from_value::<Resolver>(saved.clone()).expect_err("it is not read").to_string();
        assert!(error.contains(&format!("format {format}")) && error.contains("fit it again"), "{error}");
    };
    refused(2, &["seen"]);
    refused(1, &["plan", "words"]);
}

/// A record of the person `is`, as far as the drawn numbers do not change it: names that are easily mistaken for
/// one another, swapped, missing and several values.
fn mixed_up(key: usize, is: &[usize], drawn: &[usize]) -> Record {
    const NAMES: [&str; 8] = ["ana", "anna", "maria", "marek", "peter", "petra", "lee", "o neil"];
    const STREETS: [&str; 4] = ["mill lane", "milllane", "mill road", "hill lane"];
    const POSTCODES: [&str; 5] = ["1012", "1021", "10123", "ab12cd", "ab13cd"];
    let of = |at: usize| if drawn[at].is_multiple_of(4) { drawn[at] / 4 } else { is[at] };
    let name = |at: usize| NAMES[of(at) % 8];
    let swapped = usize::from(drawn[11].is_multiple_of(4));
    let values = [
        ("first_name", name(swapped).to_owned()),
        ("last_name", name(1 - swapped).to_owned()),
        ("middle_name", name(2).to_owned()),
        ("dob", format!("19{:02}-0{}-1{}", 50 + of(3) % 20, 1 + of(3) % 2, of(3) % 3)),
        ("street", STREETS[of(4) % 4].to_owned()),
        ("postcode", POSTCODES[of(5) % 5].to_owned()),
        ("city", name(6).to_owned()),
        ("phone", format!("+4930555{:04}", of(7) % 90)),
        ("phone", format!("0305550{:03}", of(8) % 90)),
        ("email", format!("{}{}@x.io", name(9), of(9) % 90)),
        ("handle", format!("@{}{}", name(9), of(10) % 90)),
    ];
    let there = values.into_iter().enumerate().filter(|(at, _)| *at < 2 || !drawn[*at].is_multiple_of(3));
    let record = Record::new(["crm", "shop"][key % 2], key.to_string());
    there.fold(record, |record, (_, (column, value))| record.with(column, value))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// No bound on the way to a pair's weight is too low.
    #[test]
    fn what_is_dropped_early_weighs_too_little(
        drawn in proptest::collection::vec(proptest::collection::vec(0..1000_usize, 12), 60..90),
    ) {
        let person = |key: usize| &drawn[key / 3 * 3];
        let records: Vec<Record> =
            drawn.iter().enumerate().map(|(key, of)| mixed_up(key, person(key), of)).collect();
        let (resolver, table, _) = resolve(&Config { threads: 1, ..Config::contacts() }, &records);
        let data = resolver.read(&table, &mut unwatched).expect("nobody stops it");
        let sieve = resolver.sieve(&data);
        let mut comparer = compare::Comparer::new(&data);
        let mut cache = score::FilterCache::new();
        for a in 0..data.rows as u32 {
            for b in a + 1..data.rows as u32 {
                let vector = comparer.vector(a, b);
                if sieve.scorer.bits(a, b, vector) <= sieve.kept_bits {
                    continue;
                }
                let glanced = comparer.glance(a, b);
                let found = sieve.filter.look(&mut comparer, &mut cache, glanced, (a, b));
                prop_assert_eq!(found, Some(vector));
            }
        }
    }
}

fn label(a: (&str, &str), b: (&str, &str), is_match: bool) -> Label {
    Label { a: key(a.0, a.1), b: key(b.0, b.1), is_match }
}

#[test]
fn labels_that_cannot_all_be_true_are_refused_by_their_place() {
    let table = Table::from_records(&town(9)).expect("keys differ");
    let fit = |config: &Config, labels: &[Label]| {
        Resolver::fit_labelled(config, &table, labels, &mut unwatched)
            .expect_err("they contradict")
            .to_string()
    };
    let (a, b, c) = (("crm", "1"), ("shop", "1"), ("chat", "1"));
    let error = fit(&Config::contacts(), &[label(a, b, true), label(b, c, true), label(c, a, false)]);
    assert!(error.contains("label 3") && error.contains("chat:1"), "{error}");
    let config = Config { cannot_link: vec![(key("crm", "1"), key("shop", "1"))], ..Config::contacts() };
    assert!(fit(&config, &[label(b, a, true)]).contains("cannot_link"));
    assert!(fit(&Config::contacts(), &[label(a, a, true)]).contains("label 1"));
    assert!(fit(&Config::contacts(), &[label(a, b, true), label(a, ("crm", "x"), true)]).contains("label 2"));
}

#[test]
fn a_few_labels_teach_and_a_wrong_one_does_no_harm() {
    let records = town(60);
    let table = Table::from_records(&records).expect("keys differ");
    let people = |labels: &[Label]| {
        let config = Config::contacts();
        Resolver::fit_resolve_labelled(&config, &table, labels, &mut unwatched).expect("they agree")
    };
    let (plain, before) = people(&[]);
    let right = [label(("crm", "1"), ("shop", "1"), true), label(("crm", "1"), ("crm", "2"), false)];
    let (taught, after) = people(&right);
    assert_ne!(taught.model, plain.model);
    assert_eq!(after.entity_ids, before.entity_ids);
    let wrong = [label(("crm", "1"), ("shop", "1"), false), label(("crm", "1"), ("crm", "31"), true)];
    assert_eq!(people(&wrong).1.entity_ids, before.entity_ids);
    let turned: Vec<Label> =
        right.iter().rev().map(|l| Label { a: l.b.clone(), b: l.a.clone(), ..l.clone() }).collect();
    assert_eq!(people(&turned).0, taught, "neither order nor sides matter");
}

#[test]
fn a_review_asks_each_pair_once_and_not_what_is_known() {
    let (resolver, table, _) = resolve(&Config::contacts(), &town(60));
    let ask =
        |labels: &[Label], count| resolver.review(&table, labels, count, &mut unwatched).expect("known");
    let asked = ask(&[], 10);
    assert_eq!(asked.len(), 10);
    assert_eq!(ask(&[], 4), asked[..4]);
    assert!(asked.iter().all(|pair| pair.evidence.adds_up()));
    let first =
        Label { a: table.key(asked[0].b as usize), b: table.key(asked[0].a as usize), is_match: true };
    assert!(ask(&[first], 10).iter().all(|pair| (pair.a, pair.b) != (asked[0].a, asked[0].b)));
}

#[test]
fn a_smaller_rate_of_false_links_never_makes_more_links() {
    let records = town(200);
    let table = Table::from_records(&records).expect("keys differ");
    let links = |max_false_merge_rate| {
        let config = Config { max_false_merge_rate, ..Config::contacts() };
        let (resolver, people) =
            Resolver::fit_resolve(&config, &table, &mut unwatched).expect("the rate is a share");
        assert_eq!(
            resolver.resolve(&table, &mut unwatched).expect("the same table").entity_ids,
            people.entity_ids
        );
        people.links.len()
    };
    let counts = [None, Some(0.05), Some(1e-3), Some(1e-9), Some(1e-15)].map(links);
    assert!(counts.is_sorted_by(|x, y| x >= y), "{counts:?}");
    assert!(counts[4] < counts[0], "{counts:?}");
}
