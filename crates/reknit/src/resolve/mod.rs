//! Contact records to entities: which records are one person or organisation.
//!
//! The records are read into normal forms (`values`), brought together by blocking rules (`block`),
//! compared in every kind of information they share (`aspect`, `compare`), and weighed (`score`) by
//! a model learnt from the records themselves, without labels (`train`). Groups then form around the
//! pairs that weigh enough, under the vetoes of people and of common sense (`cluster`). One preset
//! serves all contact data; what columns a table has decides what is compared.
//!
//! Sources: Fellegi and Sunter, "A Theory for Record Linkage" (1969); Winkler (1988, 1990); Enamorado,
//! Fifield and Imai, "Using a Probabilistic Model to Assist Merging of Large-Scale Administrative
//! Records" (2019), for counted patterns; Papadakis and others (2020) for blocking. Cost: close to
//! linear in the records; the pairs per record are bounded by the blocking rules.
//!
//! ```
//! use reknit::model::{Record, Table, unwatched};
//! use reknit::resolve::{Config, Resolver};
//! let records = [
//!     Record::new("crm", "1").with("name", "Ana Perez").with("email", "ana.perez@example.org"),
//!     Record::new("shop", "7").with("name", "Perez, Ana").with("email", "ana.perez@example.org"),
//!     Record::new("shop", "8").with("name", "Bo Lindqvist").with("email", "bo@example.net"),
//! ];
//! let table = Table::from_records(&records)?;
//! let resolver = Resolver::fit(&Config::contacts(), &table, &mut unwatched)?;
//! let people = resolver.resolve(&table, &mut unwatched)?;
//! assert_eq!(people.entity_ids, ["crm:1", "crm:1", "shop:8"]);
//! # Ok::<(), reknit::Error>(())
//! ```

mod align;
mod aspect;
mod block;
mod candidates;
mod cluster;
mod compare;
mod config;
mod explain;
mod labels;
mod live;
mod model_table;
mod plan;
mod read;
mod review;
mod rule;
mod score;
mod sign;
pub mod survivorship;
mod train;
mod values;

#[cfg(test)]
mod tests;

pub use candidates::Candidate;
pub use config::Config;
pub use labels::Label;
pub use live::{Change, EntityId, Event, LiveResolver, Step};
pub use model_table::{Circumstance, ModelRow, ModelTable};
pub use review::ReviewPair;

use serde::{Deserialize, Serialize};

use self::block::Blocks;
use self::cluster::{Edge, Grouping, Rules};
use self::explain::Receipts;
use self::plan::Probe;
use self::score::{Filter, Holders, Model, Scorer, Sieve};
use self::values::{Prepared, Values};
use crate::model::{Contribution, Evidence, FieldKind, Progress, RecordKey, Table, Watch, Weight};
use crate::partition::Constraints;
use crate::{Error, Result};

/// A fitted model: the weights of every comparison, learnt without labels. Immutable, serialisable,
/// and good for other tables of the same kind.
///
/// It holds shares and counts, and no value of any record: frequent values are kept as numbers made
/// from their text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Resolver {
    config: Config,
    model: Model,
}

/// The format of a saved resolver. Format 1 knew other levels of names and no plan, format 2 no level
/// for a generation between two family names or dates of birth and not how often each level was seen:
/// such a model would judge by shares of levels that no longer exist, so it is refused with the advice
/// to fit again.
const FORMAT: u32 = 3;

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: u32,
    config: Config,
    model: Model,
}

impl From<Resolver> for Saved {
    fn from(resolver: Resolver) -> Self {
        Self { format: FORMAT, config: resolver.config, model: resolver.model }
    }
}

impl TryFrom<Saved> for Resolver {
    type Error = Error;
    fn try_from(saved: Saved) -> Result<Self> {
        if saved.format != FORMAT {
            return Err(Error::model(format!(
                "the resolver is of format {}, this library reads format {FORMAT}; fit it again",
                saved.format
            )));
        }
        saved.config.check()?;
        saved.model.check()?;
        Ok(Self { config: saved.config, model: saved.model })
    }
}

/// Which records are one entity, and why.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resolution {
    /// The entity of each row of the table: `source:id` of its smallest record key.
    pub entity_ids: Vec<String>,
    /// How sure each row's place is: the probability of its strongest link into its entity, or, for
    /// a record alone, that it belongs to no other record.
    pub probabilities: Vec<f64>,
    /// The links that hold the entities together: for each entity a tree of its strongest links.
    pub links: Vec<Link>,
    /// Near matches that were not made, with the reason.
    pub refused: Vec<Refusal>,
    /// How many pairs of records were compared; a pair that meets in several large blocks counts for each.
    pub compared: u64,
    /// What the links and refusals rest on.
    receipts: Receipts,
}

impl Resolution {
    /// Entities that were decided elsewhere, without links.
    pub fn of_entities(entity_ids: Vec<String>, probabilities: Vec<f64>) -> Self {
        Self { entity_ids, probabilities, ..Self::default() }
    }

    /// What spoke for a link or a refused match, and against it.
    ///
    /// A receipt of another resolution gives nothing, or that of another pair.
    pub fn evidence(&self, receipt: Receipt) -> Evidence {
        self.receipts.evidence(receipt)
    }
}

/// Names the evidence of one pair in its [`Resolution`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt(u32);

/// Two records held to be one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The one row of the table.
    pub a: u32,
    /// The other row.
    pub b: u32,
    /// What the evidence adds up to.
    pub weight: Weight,
    /// Names what speaks for it and against it, see [`Resolution::evidence`].
    pub receipt: Receipt,
    /// The probability the evidence stands for.
    pub probability: f64,
}

/// A match that the evidence asked for and a rule refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The one row of the table.
    pub a: u32,
    /// The other row.
    pub b: u32,
    /// The rule.
    pub reason: RefusalReason,
    /// What the evidence adds up to.
    pub weight: Weight,
    /// Names what spoke for it and against it, see [`Resolution::evidence`].
    pub receipt: Receipt,
}

/// Why a near match was refused.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// People said that the two are not one.
    CannotLink,
    /// Both records, or records already joined with them, come from one source that lists an entity
    /// at most once.
    SameSource,
    /// They share an identifier, but their names contradict each other: a family's phone, a
    /// switchboard, a number handed on.
    ConflictingNames,
    /// They share a home or a phone, but their dates of birth and addresses are those of two people:
    /// parent and child.
    ConflictingGenerations,
    /// Only an identifier nobody proved speaks for it; a person should look.
    ClaimedOnly,
    /// The two would fit, but their entities as a whole contradict each other.
    ConflictingEntities,
}

/// What is to be done with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// One entity.
    Match,
    /// A person should look.
    Review,
    /// Two entities.
    NoMatch,
}

/// Why two records are one entity, or are not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairExplanation {
    /// The one record.
    pub a: RecordKey,
    /// The other.
    pub b: RecordKey,
    /// Prior, comparisons and total.
    pub evidence: Evidence,
    /// The probability the evidence stands for.
    pub probability: f64,
    /// The decision on this pair alone.
    pub decision: Decision,
    /// Whether both are in one entity once all records are looked at.
    pub same_entity: bool,
    /// The rule that kept the two apart, if one did.
    pub refused: Option<RefusalReason>,
    /// The blocking rules under which the two met; empty when they would never be compared.
    pub blocking: Vec<String>,
    /// Bits above which a pair is a match.
    pub threshold: Weight,
    /// What keeps the two apart; nothing if they are one entity.
    pub why_not: Option<WhyNot>,
}

/// What keeps two records apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhyNot {
    /// All that does, rules first.
    pub obstacles: Vec<Obstacle>,
    /// The bits that are missing to the threshold; 0 if the pair weighs enough.
    pub missing: Weight,
    /// The findings against the pair, the heaviest first.
    pub against: Vec<Contribution>,
    /// The blocking rules by which both could be found and share nothing.
    pub unmet: Vec<String>,
    /// The blocking rules by which they share something that too many records share.
    pub crowded: Vec<String>,
}

/// Something that keeps two records apart.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The evidence does not reach the threshold.
    BelowThreshold,
    /// No blocking rule brings the two together, so nobody has looked.
    NotCompared,
    /// A rule beside the evidence.
    #[serde(untagged)]
    Rule(RefusalReason),
}

/// Bits below which a pair is not kept for clustering: a chance of three in a hundred and less.
const KEPT_BITS: f64 = -5.0;
/// Frequencies of entities instead of records lift a pair by no more bits than this.
const LIFT_BITS: f64 = 1.5;

impl Resolver {
    /// Learns, without labels, what agreement and disagreement in each kind of information are
    /// worth in `table`.
    ///
    /// # Errors
    /// `config` when a setting is out of range or a column named in `fields` is not in the table,
    /// `not_found` when a record named in a constraint is not, `contradiction` when constraints contradict each
    /// other, `cancelled` when `watch` asks to stop.
    pub fn fit(config: &Config, table: &Table, watch: &mut Watch<'_>) -> Result<Self> {
        Self::fit_labelled(config, table, &[], watch)
    }

    /// The same, taught by what people say about some pairs as well. Labels teach the model; they decide
    /// nothing about their own pairs.
    ///
    /// # Errors
    /// As [`Resolver::fit`], `contradiction` also when labels contradict each other, and `input` when a
    /// label names one record twice.
    pub fn fit_labelled(
        config: &Config,
        table: &Table,
        labels: &[Label],
        watch: &mut Watch<'_>,
    ) -> Result<Self> {
        Ok(Fitted::new(config, table, labels, watch)?.resolver)
    }

    /// [`fit`](Self::fit) and [`resolve`](Self::resolve) on one table, in half the time: the records
    /// are read and compared once.
    ///
    /// # Errors
    /// As [`Resolver::fit`].
    pub fn fit_resolve(config: &Config, table: &Table, watch: &mut Watch<'_>) -> Result<(Self, Resolution)> {
        Self::fit_resolve_labelled(config, table, &[], watch)
    }

    /// [`fit_labelled`](Self::fit_labelled) and [`resolve`](Self::resolve) on one table.
    ///
    /// # Errors
    /// As [`Resolver::fit_labelled`].
    pub fn fit_resolve_labelled(
        config: &Config,
        table: &Table,
        labels: &[Label],
        watch: &mut Watch<'_>,
    ) -> Result<(Self, Resolution)> {
        let Fitted { resolver, data, holders, mut edges, compared } =
            Fitted::new(config, table, labels, watch)?;
        let scorer = Scorer::new(&resolver.model, &data, &holders, resolver.model.entities);
        scorer.weigh(&mut edges, config.workers());
        let kept_bits = kept_bits(config);
        edges.retain(|edge| edge.bits > kept_bits);
        let resolution = resolver.decide(&edges, &scorer, table, watch)?;
        Ok((resolver, Resolution { compared, ..resolution }))
    }

    /// The entities of `table`, which need not be the table the model was learnt from.
    ///
    /// # Errors
    /// As [`Resolver::fit`].
    pub fn resolve(&self, table: &Table, watch: &mut Watch<'_>) -> Result<Resolution> {
        let data = self.read(table, watch)?;
        let blocks = self.blocks(&data, watch)?;
        let sieve = self.sieve(&data);
        let (edges, compared) = blocks.pairs(&data, &sieve, self.config.workers(), watch)?;
        let resolution = self.decide(&edges, &sieve.scorer, table, watch)?;
        Ok(Resolution { compared, ..resolution })
    }

    /// The entities of `table`, whose pairs are weighed.
    fn decide(
        &self,
        edges: &[Edge],
        scorer: &Scorer<'_>,
        table: &Table,
        watch: &mut Watch<'_>,
    ) -> Result<Resolution> {
        Progress::report("cluster", 1, 2, watch)?;
        let data = scorer.data();
        let (must, constraints) = constraints(&self.config, table, data)?;
        let rules = rules(&self.config, data, &must, &constraints);
        let grouping = group(data, edges, scorer, &rules, &self.config);
        Ok(explain::resolution(edges, &grouping, scorer, &rules, table))
    }

    fn read(&self, table: &Table, watch: &mut Watch<'_>) -> Result<Prepared> {
        Progress::report("read", 0, table.len() as u64, watch)?;
        let model = &self.model;
        let mut data = Prepared::new(table, &self.config, &model.slots, model.region.as_deref());
        model.weigh_words(&mut data);
        Ok(data)
    }

    /// The blocks of `data`, by the model's plan or, for a much larger table, by one of its own.
    fn blocks(&self, data: &Prepared, watch: &mut Watch<'_>) -> Result<Blocks> {
        let (model, workers) = (&self.model, self.config.workers());
        if model.plan.fits(data.rows) {
            let rules = block::all_blocks(data, Some(&model.plan), workers, watch)?;
            return Ok(Blocks::new(rules, &model.plan, data.rows));
        }
        let rules = block::all_blocks(data, None, workers, watch)?;
        let judge = train::judge(&model.slots, &model.learnt());
        let plan = Probe::new(data, &rules, workers).plan(self.config.pairs_per_match, judge);
        Ok(Blocks::new(rules, &plan, data.rows))
    }

    fn sieve<'a>(&self, data: &'a Prepared) -> Sieve<'a> {
        let model = &self.model;
        let kept_bits = kept_bits(&self.config);
        Sieve {
            // The rarest value of a model is as rare in every table.
            filter: Filter::new(model, 0, kept_bits),
            scorer: Scorer::new(model, data, &model.holders(data), model.entities),
            kept_bits,
        }
    }

    /// The config it was fitted with.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

/// A resolver and what is known of the table it was learnt from.
struct Fitted {
    resolver: Resolver,
    data: Prepared,
    holders: Holders,
    /// The pairs of the table, weighed before entities were counted.
    edges: Vec<Edge>,
    compared: u64,
}

impl Fitted {
    fn new(config: &Config, table: &Table, told: &[Label], watch: &mut Watch<'_>) -> Result<Self> {
        config.check()?;
        check_fields(config, table)?;
        Progress::report("read", 0, table.len() as u64, watch)?;
        let slots = read::slots_of(table, config);
        let region = read::home_region(table, config);
        let mut data = Prepared::new(table, config, &slots, region.as_deref());
        let words = score::words(&data);
        score::weigh_words(&words, &mut data);
        let blocks = block::all_blocks(&data, None, config.workers(), watch)?;
        let equal = blocks[0].chain_labels(data.rows);
        let taught = labels::taught(told, config, table, &data)?;
        let (learnt, plan, blocks) = learn(&data, blocks, &taught, config, watch)?;
        let mut model = Model::new(&data, learnt, words, region, plan);
        // Frequencies count entities, and entities need frequencies: first every record counts, then
        // the entities that gives.
        let (holders, records) = Holders::of_records(&data, &equal, config.workers());
        let kept_bits = kept_bits(config) - LIFT_BITS;
        let sieve = Sieve {
            filter: Filter::new(&model, data.rows, kept_bits),
            scorer: Scorer::new(&model, &data, &holders, records),
            kept_bits,
        };
        let (edges, compared) = blocks.pairs(&data, &sieve, config.workers(), watch)?;
        drop(blocks);
        Progress::report("cluster", 0, 2, watch)?;
        let (must, constraints) = constraints(config, table, &data)?;
        let rules = rules(config, &data, &must, &constraints);
        let labels = cluster::connected_by(&edges, data.rows, &rules);
        let (holders, entities) = Holders::of_entities(&data, &labels, config.workers());
        model.count_entities(&data, &holders, entities);
        if !told.is_empty() {
            let scorer = Scorer::new(&model, &data, &holders, entities);
            model.shift(labels::shift(told, &labels::rows(told, table, &data)?, &scorer));
        }
        let resolver = Resolver { config: config.clone(), model };
        let mut fitted = Self { resolver, data, holders, edges, compared };
        if let Some(rate) = config.max_false_merge_rate {
            let (must, constraints) = crate::resolve::constraints(config, table, &fitted.data)?;
            fitted.bound(rate, &must, &constraints);
        }
        Ok(fitted)
    }

    /// Raises the threshold until the expected share of false links is no larger than `rate`.
    fn bound(&mut self, rate: f64, must: &[(u32, u32)], constraints: &Constraints) {
        let Resolver { config, model } = &mut self.resolver;
        Scorer::new(model, &self.data, &self.holders, model.entities)
            .weigh(&mut self.edges, config.workers());
        let rules = rules(config, &self.data, must, constraints);
        let bits = cluster::bits_for_rate(&self.edges, self.data.rows, &rules, rate);
        if bits > rules.threshold {
            // A little more, so that rounding to a probability lets no pair of these bits back in; beyond
            // forty bits a probability cannot be told from one.
            config.threshold = Some(Weight((bits + 1e-3).min(40.0)).probability());
        }
    }
}

/// Pairs the last model is learnt from, about.
const LEARN_FROM: usize = 500_000;

/// Two looks at the data: the first at some pairs of all blocks, which gives a model and with it the
/// blocks that are worth their pairs; the second at pairs of those blocks only.
fn learn(
    data: &Prepared,
    rules: Vec<block::RuleBlocks>,
    labels: &[labels::Taught],
    config: &Config,
    watch: &mut Watch<'_>,
) -> Result<(train::Learnt, plan::Plan, Blocks)> {
    let workers = config.workers();
    let sample = train::sample(data, workers);
    let probe = Probe::new(data, &rules, workers);
    let candidates = probe.counted();
    let first = train::Evidence { candidates: &candidates, scale: probe.scale(), sample: &sample, labels };
    let learnt = train::learn(&data.slots, data.rows, &first, None, watch)?;
    let plan = probe.plan(config.pairs_per_match, train::judge(&data.slots, &learnt));
    drop(probe);
    let blocks = Blocks::new(rules, &plan, data.rows);
    let every = (2 * blocks.meetings()).div_ceil(LEARN_FROM).max(1);
    let candidates = train::counted(&blocks.sample(data, every, workers));
    let scale = every as f64 / 2.0;
    let second = train::Evidence { candidates: &candidates, scale, sample: &sample, labels };
    let learnt = train::learn(&data.slots, data.rows, &second, Some(learnt), watch)?;
    Ok((learnt, plan, blocks))
}

/// Bits from which a pair is kept: far enough below the threshold that what is reviewed is there.
fn kept_bits(config: &Config) -> f64 {
    KEPT_BITS.min(threshold(config) - explain::REVIEW_BITS)
}

/// Groups records by their weighed pairs.
fn group(
    data: &Prepared,
    edges: &[Edge],
    scorer: &Scorer<'_>,
    rules: &Rules<'_>,
    config: &Config,
) -> Grouping {
    let workers = config.workers();
    if !data.values.iter().any(Values::has_facts) {
        let weigh = |a, b, vector| scorer.bits(a, b, vector);
        return cluster::cluster(data, edges, rules, &weigh, workers);
    }
    let heard = |edge: &Edge| heard(edge, scorer, rules.threshold);
    let weigh = |a, b, vector| heard(&Edge { a, b, bits: scorer.bits(a, b, vector), vector });
    let weighed: Vec<Edge> = edges.iter().map(|edge| Edge { bits: heard(edge), ..*edge }).collect();
    cluster::cluster(data, &weighed, rules, &weigh, workers)
}

/// The bits of a pair among others: what only an unproved claim speaks for says nothing and is left to a
/// person.
fn heard(edge: &Edge, scorer: &Scorer<'_>, threshold: f64) -> f64 {
    let claimed = explain::claimed_only(edge, scorer.data(), scorer, threshold);
    if claimed { cluster::silent(threshold) } else { edge.bits }
}

/// Bits above which a pair is a match: the caller's probability, or even odds.
fn threshold(config: &Config) -> f64 {
    config.threshold.map_or(0.0, |p| Weight::from_probability(p).bits())
}

fn rules<'a>(
    config: &Config,
    data: &'a Prepared,
    must: &'a [(u32, u32)],
    constraints: &'a Constraints,
) -> Rules<'a> {
    Rules {
        constraints,
        must,
        one_per_source: config.links_only_between_sources.then_some(&data.sources),
        threshold: threshold(config),
    }
}

/// The config's constraints on rows.
fn constraints(config: &Config, table: &Table, data: &Prepared) -> Result<(Vec<(u32, u32)>, Constraints)> {
    let row_of = |key: &RecordKey| find(table, data, key);
    let rows = |pairs: &[(RecordKey, RecordKey)]| -> Result<Vec<(u32, u32)>> {
        pairs.iter().map(|(a, b)| Ok((row_of(a)?, row_of(b)?))).collect()
    };
    let mut must = rows(&config.must_link)?;
    // Sums over joined groups must not depend on who was joined first.
    for pair in &mut must {
        *pair = (pair.0.min(pair.1), pair.0.max(pair.1));
    }
    must.sort_unstable();
    let constraints = Constraints::new(data.rows, &must, &rows(&config.cannot_link)?)?;
    Ok((must, constraints))
}

/// The row of a key, in the order of keys.
fn find(table: &Table, data: &Prepared, key: &RecordKey) -> Result<u32> {
    let of = |&row: &u32| (table.source(row as usize), table.id(row as usize));
    let wanted = (key.source.as_str(), key.id.as_str());
    let place = data.original.binary_search_by(|row| of(row).cmp(&wanted));
    place.map(|place| place as u32).map_err(|_| Error::not_found(format!("no record {key} in the table")))
}

/// Refuses a meaning for a column that is not there. Columns of kind `ignored` and empty ones are not
/// in a table, so nothing is said about those that shall be ignored.
fn check_fields(config: &Config, table: &Table) -> Result<()> {
    let known = |name: &str| table.columns().iter().any(|column| column.name() == name);
    match config.fields.iter().find(|(name, kind)| **kind != FieldKind::Ignored && !known(name)) {
        Some((name, _)) => Err(Error::config(format!(
            "`fields` names the column `{name}`, which the table does not have or has no values in"
        ))),
        None => Ok(()),
    }
}
