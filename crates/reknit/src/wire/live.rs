//! The verbs that ask about entities, and the engine they ask: `how`, `what_if` and `live`.
//!
//! An engine answers all three, so that a batch, a change and a question are judged by one code. `how`
//! and `what_if` load one with the records of the request and name entities as `resolve` does;
//! `live` loads one and takes changes and questions in their order, an answer for each. Bindings keep
//! an [`Engine`] behind a handle, which takes the same changes and questions one by one.

use serde::{Deserialize, Serialize};

use super::orders::{self, Kept, carried_out, nothing_asked};
use super::{read, table_of, write};
use crate::model::{Record, RecordKey, Watch};
use crate::resolve::{self, Change, EntityId, LiveResolver, PairExplanation, Resolver, Step};
use crate::{Error, ErrorKind, Result};

/// What an engine starts with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    #[serde(default)]
    records: Option<Vec<Record>>,
    /// Records the model is learnt from, where not from `records`.
    #[serde(default)]
    learn_from: Option<Vec<Record>>,
    #[serde(default)]
    config: Option<resolve::Config>,
    /// A saved engine instead of all that.
    #[serde(default)]
    snapshot: Option<String>,
}

impl Start {
    fn begin(self, watch: &mut Watch<'_>) -> Result<LiveResolver> {
        let Self { records, learn_from, config, snapshot } = self;
        if let Some(snapshot) = snapshot {
            if records.is_some() || learn_from.is_some() || config.is_some() {
                return Err(Error::input("a `snapshot` has its own records and config; give it alone"));
            }
            return LiveResolver::from_bytes(snapshot.as_bytes());
        }
        let (config, records) = (config.unwrap_or_default(), records.unwrap_or_default());
        let table = table_of(&records, &config)?;
        let resolver = match learn_from {
            Some(others) => Resolver::fit(&config, &table_of(&others, &config)?, watch)?,
            None => Resolver::fit(&config, &table, watch)?,
        };
        LiveResolver::load(resolver, &table, watch)
    }
}

/// A live engine for bindings, which keep it behind a handle: JSON in and out, and any number of threads
/// at once. Questions run beside one another, a change runs alone.
pub struct Engine(Kept<LiveResolver>);

impl Engine {
    /// Starts an engine by a `live` request without its `changes`.
    ///
    /// # Errors
    /// `input` for a request of another shape, `model` for a damaged `snapshot`, and those of
    /// [`Resolver::fit`].
    pub fn begin(request: &str, watch: &mut Watch<'_>) -> Result<Self> {
        Ok(read::<Start>(request)?.begin(watch)?.into())
    }

    /// Starts an engine with a resolver fitted before and a request that has only `records`.
    ///
    /// # Errors
    /// `input` for a request of another shape, and those of [`LiveResolver::load`].
    pub fn begin_with(resolver: &Resolver, request: &str, watch: &mut Watch<'_>) -> Result<Self> {
        let Start { records, learn_from, config, snapshot } = read(request)?;
        if learn_from.is_some() || config.is_some() || snapshot.is_some() {
            return Err(Error::input("a fitted resolver has its own model and config; give `records` alone"));
        }
        let table = table_of(&records.unwrap_or_default(), resolver.config())?;
        Ok(LiveResolver::load(resolver.clone(), &table, watch)?.into())
    }

    /// The engine that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// `model` when the bytes are damaged, cut off or of a newer format.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        Ok(LiveResolver::from_bytes(bytes)?.into())
    }

    /// The engine as bytes.
    ///
    /// # Errors
    /// As for [`ask`](Self::ask).
    pub fn save(&self) -> Result<Vec<u8>> {
        self.0.look(LiveResolver::to_bytes)
    }

    /// Makes one change: `upsert`, `delete`, `must_link`, `cannot_link` or `undo_link`.
    ///
    /// # Errors
    /// `input` for another shape, and those of the change; then the engine is as it was. `internal` once
    /// a change has broken a promise inside the library: what it left behind cannot be trusted.
    pub fn change(&self, change: &str) -> Result<String> {
        self.0.change::<Order>(change)
    }

    /// Answers one question: `explain`, `how`, `what_if`, `entity_of`, `members`, `record`, `entities`
    /// or `save`.
    ///
    /// # Errors
    /// `input` for another shape, and those of the question; `internal` as for [`change`](Self::change).
    pub fn ask(&self, question: &str) -> Result<String> {
        self.0.ask::<Order>(question)
    }

    /// How many records and how many entities there are.
    ///
    /// # Errors
    /// `internal` as for [`change`](Self::change).
    pub fn counts(&self) -> Result<[usize; 2]> {
        self.0.look(|live| Ok([live.len(), live.entity_count()]))
    }
}

impl From<LiveResolver> for Engine {
    fn from(live: LiveResolver) -> Self {
        Self(Kept::new(live))
    }
}

/// A change or a question.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Upsert(Record),
    Delete(RecordKey),
    MustLink(RecordKey, RecordKey),
    CannotLink(RecordKey, RecordKey),
    UndoLink(RecordKey, RecordKey),
    Explain(RecordKey, RecordKey),
    How(Whose),
    WhatIf(RecordKey),
    EntityOf(RecordKey),
    Members(EntityId),
    Record(RecordKey),
    Entities(bool),
    Save(bool),
}

/// An entity, by its id or by one of its records.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`how` needs the id of an entity, or the source and id of a record")]
enum Whose {
    Entity(EntityId),
    Record(RecordKey),
}

/// What comes back for an order.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Changed(Change),
    Explained(Box<PairExplanation>),
    How(Box<How>),
    WhatIf(WhatIf),
    EntityOf { entity: Option<EntityId> },
    Group(Group),
    Record { record: Option<Record> },
    Entities { entities: Vec<Member> },
    Saved { snapshot: String },
}

/// How an entity came about.
#[derive(Serialize)]
struct How {
    #[serde(flatten)]
    entity: Group,
    steps: Vec<Step>,
    must_link: Vec<(RecordKey, RecordKey)>,
}

/// The entities a record has to do with, as they are and as they would be without it.
#[derive(Serialize)]
struct WhatIf {
    before: Vec<Group>,
    after: Vec<Group>,
}

/// An entity and its records. One that is only thought of has no id in an engine.
#[derive(Serialize)]
struct Group {
    #[serde(flatten)]
    name: Option<Name>,
    records: Vec<RecordKey>,
}

/// What an entity is called: in an engine by its id, in a batch by its smallest record key.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Entity(Option<EntityId>),
    EntityId(String),
}

/// One record's entity.
#[derive(Serialize)]
struct Member {
    #[serde(flatten)]
    key: RecordKey,
    entity: Option<EntityId>,
}

impl orders::Order for Order {
    type Engine = LiveResolver;
    type Answer = Answer;

    fn asks(&self) -> bool {
        !matches!(
            self,
            Self::Upsert(..)
                | Self::Delete(..)
                | Self::MustLink(..)
                | Self::CannotLink(..)
                | Self::UndoLink(..)
        )
    }

    fn carry_out(self, live: &mut LiveResolver) -> Result<Answer> {
        let change = match self {
            // Records without an id would correct one another.
            Self::Upsert(record) if record.id.is_empty() => {
                return Err(Error::input("the record to upsert has no `id`; give it one"));
            }
            Self::Upsert(record) => live.upsert(&record),
            Self::Delete(key) => live.delete(&key),
            Self::MustLink(a, b) => live.must_link(&a, &b),
            Self::CannotLink(a, b) => live.cannot_link(&a, &b),
            Self::UndoLink(a, b) => live.undo_link(&a, &b),
            question => return question.answer(live),
        };
        change.map(Answer::Changed)
    }

    fn answer(self, live: &LiveResolver) -> Result<Answer> {
        Ok(match self {
            Self::Explain(a, b) => Answer::Explained(Box::new(live.explain(&a, &b)?)),
            Self::How(whose) => Answer::How(Box::new(how_of(live, whose.id(live)?, by_id)?)),
            Self::WhatIf(key) => Answer::WhatIf(what_if_without(live, &key, by_id)?),
            Self::EntityOf(key) => Answer::EntityOf { entity: live.entity_of(&key) },
            Self::Members(id) => Answer::Group(by_id(live, live.members(id))),
            Self::Record(key) => Answer::Record { record: live.record(&key) },
            Self::Entities(true) => Answer::Entities { entities: members(live) },
            Self::Save(true) => Answer::Saved { snapshot: snapshot(live)? },
            Self::Entities(false) | Self::Save(false) => return Err(nothing_asked()),
            _ => return Err(Error::input("this is a change and no question")),
        })
    }
}

impl Whose {
    fn id(&self, live: &LiveResolver) -> Result<EntityId> {
        match self {
            Self::Entity(id) => Ok(*id),
            Self::Record(key) => entity_of(live, key),
        }
    }
}

fn entity_of(live: &LiveResolver, key: &RecordKey) -> Result<EntityId> {
    live.entity_of(key).ok_or_else(|| Error::not_found(format!("no record {key}")))
}

fn members(live: &LiveResolver) -> Vec<Member> {
    let member = |key: RecordKey| Member { entity: live.entity_of(&key), key };
    live.keys().into_iter().map(member).collect()
}

fn snapshot(live: &LiveResolver) -> Result<String> {
    let broken = |_| Error::new(ErrorKind::Internal, "the saved engine is no text");
    String::from_utf8(live.to_bytes()?).map_err(broken)
}

/// How a group of records is named. One that is no entity of the engine has no id.
type Naming = fn(&LiveResolver, Vec<RecordKey>) -> Group;

fn by_id(live: &LiveResolver, records: Vec<RecordKey>) -> Group {
    let id = records.first().and_then(|key| live.entity_of(key));
    Group { name: Some(Name::Entity(id)), records }
}

fn by_key(_: &LiveResolver, records: Vec<RecordKey>) -> Group {
    Group { name: records.first().map(|key| Name::EntityId(key.to_string())), records }
}

fn how_of(live: &LiveResolver, id: EntityId, named: Naming) -> Result<How> {
    let steps = live.how(id)?;
    Ok(How { entity: named(live, live.members(id)), steps, must_link: live.must_links(id) })
}

fn what_if_without(live: &LiveResolver, key: &RecordKey, named: Naming) -> Result<WhatIf> {
    let after = live.without(key)?;
    let mut ids: Vec<EntityId> =
        after.iter().flatten().chain([key]).filter_map(|key| live.entity_of(key)).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut before: Vec<Vec<RecordKey>> = ids.into_iter().map(|id| live.members(id)).collect();
    before.sort();
    let before = before.into_iter().map(|records| named(live, records)).collect();
    // What is only thought of has no id yet; the name of a batch follows from the records.
    let after = after.into_iter().map(|records| match named(live, records) {
        Group { name: Some(Name::Entity(_)), records } => Group { name: None, records },
        group => group,
    });
    Ok(WhatIf { before, after: after.collect() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HowRequest {
    records: Vec<Record>,
    #[serde(default)]
    config: resolve::Config,
    #[serde(default)]
    record: Option<RecordKey>,
    #[serde(default)]
    entity_id: Option<String>,
}

/// An engine with the records of a batch.
fn loaded(records: &[Record], config: &resolve::Config, watch: &mut Watch<'_>) -> Result<LiveResolver> {
    let table = table_of(records, config)?;
    LiveResolver::load(Resolver::fit(config, &table, watch)?, &table, watch)
}

pub(super) fn how(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let HowRequest { records, config, record, entity_id } = read(request)?;
    let live = loaded(&records, &config, watch)?;
    let id = match (record, entity_id) {
        (Some(key), None) => entity_of(&live, &key)?,
        (None, Some(name)) => entity_called(&live, &name)?,
        _ => return Err(Error::input("a how request needs either `record` or `entity_id`, and not both")),
    };
    write(&how_of(&live, id, by_key)?)
}

/// The entity whose smallest record key reads `name`.
fn entity_called(live: &LiveResolver, name: &str) -> Result<EntityId> {
    let first = |key: &RecordKey| {
        let id = live.entity_of(key)?;
        (live.members(id).first() == Some(key)).then_some(id)
    };
    let called = live.keys().into_iter().filter(|key| key.to_string() == name);
    let missing = || Error::not_found("no entity of that `entity_id`; `resolve` names them");
    called.into_iter().find_map(|key| first(&key)).ok_or_else(missing)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhatIfRequest {
    records: Vec<Record>,
    #[serde(default)]
    config: resolve::Config,
    without: RecordKey,
}

pub(super) fn what_if(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let WhatIfRequest { records, config, without } = read(request)?;
    let live = loaded(&records, &config, watch)?;
    write(&what_if_without(&live, &without, by_key)?)
}

/// [`Start`] and changes; written out, because a flattened part cannot refuse keys it does not know.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiveRequest {
    #[serde(default)]
    records: Option<Vec<Record>>,
    #[serde(default)]
    learn_from: Option<Vec<Record>>,
    #[serde(default)]
    config: Option<resolve::Config>,
    #[serde(default)]
    snapshot: Option<String>,
    changes: Vec<Order>,
}

pub(super) fn live(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let LiveRequest { records, learn_from, config, snapshot, changes } = read(request)?;
    let mut live = Start { records, learn_from, config, snapshot }.begin(watch)?;
    carried_out(changes, &mut live)
}
