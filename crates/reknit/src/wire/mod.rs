//! The verbs as JSON: one text in, one text out. This is what every binding calls.
//!
//! A binding holds no rule: it hands a request over and gives the answer back, so the same request
//! gives the same bytes in Rust, C, Python and Java. Bulk data has a faster way (Arrow, see
//! `reknit-arrow`); this one is for whole values, for small batches and for tests. Requests refuse
//! keys they do not know, so that a misspelt option is an error and not a silent default. The
//! requests and answers are described in `docs/bindings.md`.

mod annotate;
mod base64;
mod conversation;
mod labels;
mod labels_live;
mod live;
mod mine;
mod multi;
mod orders;
mod segments;
mod stitch_live;

pub use annotate::{annotated, annotator};
pub use labels::asked;
pub use labels_live::LabelEngine;
pub use live::Engine;
pub use multi::{asked_multi, trained_multi};
pub use stitch_live::StitchEngine;

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::classify::{self, BuiltIn, Classifier, Example};
use crate::model::{Bar, Evidence, FieldKind, Message, Record, RecordKey, Table, Watch, Weight, unwatched};
use crate::partition::metrics;
use crate::pipeline;
use crate::resolve::survivorship::{self, GoldenRecord, Survivorship};
use crate::resolve::{self, RefusalReason, Resolution, Resolver};
use crate::stitch::{self, Relation, Stitcher, Stitching};
use crate::{Error, Result, text};

/// The verbs, in the order of the main job.
pub const VERBS: &[&str] = &[
    "normalize",
    "resolve",
    "explain",
    "how",
    "what_if",
    "waterfall",
    "live",
    "model_table",
    "review",
    "golden",
    "stitch",
    "explain_link",
    "stitch_live",
    "train",
    "classify",
    "counterfactual",
    "top_features",
    "suggest",
    "classify_live",
    "train_multi",
    "classify_multi",
    "explain_multi",
    "counterfactual_multi",
    "top_features_multi",
    "annotate",
    "extract",
    "redact",
    "key_phrases",
    "similar",
    "duplicates",
    "topics",
    "segments",
    "summarize",
    "opinions",
    "expand",
    "run",
    "evaluate",
];

/// Calls `verb` with a JSON `request` and gives its JSON answer.
///
/// ```
/// let answer = reknit::wire::call("normalize", r#"{"kind": "email", "value": " Ana@X.io "}"#)?;
/// assert!(answer.contains("ana@x.io"));
/// # Ok::<(), reknit::Error>(())
/// ```
///
/// # Errors
/// `not_found` for an unknown verb, `input` for a request that is no JSON of the documented shape,
/// and whatever the verb itself reports.
pub fn call(verb: &str, request: &str) -> Result<String> {
    call_watched(verb, request, &mut unwatched)
}

/// The same, telling `watch` how far it is.
///
/// # Errors
/// As [`call`], and `cancelled` when `watch` asks to stop.
pub fn call_watched(verb: &str, request: &str, watch: &mut Watch<'_>) -> Result<String> {
    match verb {
        "normalize" => normalize(&read(request)?),
        "resolve" => resolve(&read(request)?, watch),
        "explain" => explain(&read(request)?, watch),
        "how" => live::how(request, watch),
        "what_if" => live::what_if(request, watch),
        "waterfall" => waterfall(&read(request)?),
        "live" => live::live(request, watch),
        "model_table" => model_table(&read(request)?, watch),
        "review" => review(&read(request)?, watch),
        "golden" => golden(read(request)?, watch),
        "stitch" => stitch(read(request)?, watch),
        "explain_link" => stitch_live::explain_link(request, watch),
        "stitch_live" => stitch_live::stitch_live(request, watch),
        "train" => train_card(&read(request)?, watch),
        "classify" => classify(&read(request)?, watch),
        "counterfactual" => labels::counterfactual(request, watch),
        "top_features" => labels::top_features(request, watch),
        "suggest" => suggest(&read(request)?, watch),
        "classify_live" => labels_live::classify_live(request, watch),
        "train_multi" => multi::train_multi(request, watch),
        "classify_multi" => multi::classify_multi(request, watch),
        "explain_multi" => multi::explain_multi(request, watch),
        "counterfactual_multi" => multi::counterfactual_multi(request, watch),
        "top_features_multi" => multi::top_features_multi(request, watch),
        "annotate" => annotate::annotate(request, watch),
        "extract" => mine::extract(request, watch),
        "redact" => mine::redact(request, watch),
        "key_phrases" => mine::key_phrases(request, watch),
        "similar" => mine::similar(request, watch),
        "duplicates" => mine::duplicates(request),
        "topics" => mine::topics(request),
        "segments" => segments::segments(request, watch),
        "summarize" => mine::summarize(request),
        "opinions" => mine::opinions(request, watch),
        "expand" => mine::expand(request),
        "run" => run(read(request)?, watch),
        "evaluate" => evaluate(request),
        _ => Err(Error::not_found(format!("no verb `{verb}`; there are {}", VERBS.join(", ")))),
    }
}

/// Trains a classifier from a `train` request, for bindings that keep it behind a handle.
///
/// # Errors
/// `input` for a request of another shape, and those of [`Classifier::fit`].
pub fn trained(request: &str, watch: &mut Watch<'_>) -> Result<Classifier> {
    train(&read(request)?, watch)
}

/// Fits a resolver to a `resolve` request, for bindings that keep it behind a handle.
///
/// # Errors
/// `input` for a request of another shape, and those of [`Resolver::fit`].
pub fn fitted(request: &str, watch: &mut Watch<'_>) -> Result<Resolver> {
    let request: ResolveRequest = read(request)?;
    let table = table_of(&request.records, &request.config)?;
    Resolver::fit_labelled(&request.config, &table, &request.labels, watch)
}

/// Answers a `resolve` request, which has no `config` here, with a resolver fitted before.
///
/// # Errors
/// `input` for a request of another shape, and those of [`Resolver::resolve`].
pub fn resolved(resolver: &Resolver, request: &str, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        records: Vec<Record>,
    }
    let request: Request = read(request)?;
    let table = table_of(&request.records, resolver.config())?;
    write(&resolve_answer(&table, &resolver.resolve(&table, watch)?))
}

/// Answers an `explain` request, which has no `config` here, with a resolver fitted before.
///
/// # Errors
/// `input` for a request of another shape, and those of [`Resolver::explain`].
pub fn explained(resolver: &Resolver, request: &str) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        records: Vec<Record>,
        a: RecordKey,
        b: RecordKey,
    }
    let request: Request = read(request)?;
    let table = table_of(&request.records, resolver.config())?;
    write(&resolver.explain(&table, &request.a, &request.b)?)
}

fn read<T: DeserializeOwned>(request: &str) -> Result<T> {
    // serde_json quotes the offending value in some messages; line, column and the expected shape
    // are enough to find it, and a value may be personal data.
    serde_json::from_str(request).map_err(|error| {
        let told = error.to_string();
        let shape = told.split(" at line ").next().unwrap_or_default();
        let shape = if shape.contains("invalid type") || shape.contains("invalid value") {
            let wanted = shape.rsplit("expected").next().unwrap_or_default();
            format!("wrong kind of value, expected{wanted}")
        } else {
            shape.to_owned()
        };
        Error::input(format!(
            "the request cannot be read at line {}, column {}: {shape}; see docs/bindings.md for its shape",
            error.line(),
            error.column()
        ))
    })
}

fn write<T: Serialize>(answer: &T) -> Result<String> {
    serde_json::to_string(answer)
        .map_err(|error| Error::new(crate::ErrorKind::Internal, format!("an answer is no JSON: {error}")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NormalizeRequest {
    kind: String,
    value: String,
    #[serde(default)]
    region: Option<String>,
}

fn normalize(request: &NormalizeRequest) -> Result<String> {
    write(&text::normalize(&request.kind, &request.value, request.region.as_deref())?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResolveRequest {
    records: Vec<Record>,
    #[serde(default)]
    config: resolve::Config,
    #[serde(default)]
    labels: Vec<resolve::Label>,
}

/// The table of a request's records, with the kinds its config gives to columns.
fn table_of(records: &[Record], config: &resolve::Config) -> Result<Table> {
    table_mapped(records, &config.fields)
}

fn table_mapped(records: &[Record], fields: &BTreeMap<String, FieldKind>) -> Result<Table> {
    let kind_of = |name: &str| fields.get(name).copied().unwrap_or_else(|| FieldKind::of_column(name));
    Table::from_records_mapped(records, kind_of)
}

/// One record's entity.
#[derive(Serialize)]
struct Membership<'a> {
    source: &'a str,
    id: &'a str,
    entity_id: &'a str,
    probability: f64,
}

/// A link between two records, kept or refused.
#[derive(Serialize)]
struct RecordLink {
    a: RecordKey,
    b: RecordKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefusalReason>,
    evidence: Evidence,
}

#[derive(Serialize)]
struct ResolveAnswer<'a> {
    entities: Vec<Membership<'a>>,
    links: Vec<RecordLink>,
    refused: Vec<RecordLink>,
}

fn resolve(request: &ResolveRequest, watch: &mut Watch<'_>) -> Result<String> {
    let table = table_of(&request.records, &request.config)?;
    let (_, resolution) = Resolver::fit_resolve_labelled(&request.config, &table, &request.labels, watch)?;
    write(&resolve_answer(&table, &resolution))
}

fn resolve_answer<'a>(table: &'a Table, resolution: &'a Resolution) -> ResolveAnswer<'a> {
    let key = |row: u32| table.key(row as usize);
    let entities = (0..table.len()).map(|row| Membership {
        source: table.source(row),
        id: table.id(row),
        entity_id: &resolution.entity_ids[row],
        probability: resolution.probabilities[row],
    });
    let links = resolution.links.iter().map(|link| RecordLink {
        a: key(link.a),
        b: key(link.b),
        reason: None,
        evidence: resolution.evidence(link.receipt),
    });
    let refused = resolution.refused.iter().map(|refusal| RecordLink {
        a: key(refusal.a),
        b: key(refusal.b),
        reason: Some(refusal.reason),
        evidence: resolution.evidence(refusal.receipt),
    });
    ResolveAnswer { entities: entities.collect(), links: links.collect(), refused: refused.collect() }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExplainRequest {
    records: Vec<Record>,
    #[serde(default)]
    config: resolve::Config,
    a: RecordKey,
    b: RecordKey,
}

fn explain(request: &ExplainRequest, watch: &mut Watch<'_>) -> Result<String> {
    let table = table_of(&request.records, &request.config)?;
    let resolver = Resolver::fit(&request.config, &table, watch)?;
    write(&resolver.explain(&table, &request.a, &request.b)?)
}

fn model_table(request: &ResolveRequest, watch: &mut Watch<'_>) -> Result<String> {
    let table = table_of(&request.records, &request.config)?;
    write(&Resolver::fit_labelled(&request.config, &table, &request.labels, watch)?.model_table())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewRequest {
    records: Vec<Record>,
    #[serde(default)]
    config: resolve::Config,
    #[serde(default)]
    labels: Vec<resolve::Label>,
    #[serde(default = "review_count")]
    count: usize,
}

/// As many pairs as a person looks at in a quarter of an hour.
fn review_count() -> usize {
    50
}

/// A pair to be looked at.
#[derive(Serialize)]
struct Asked {
    a: RecordKey,
    b: RecordKey,
    probability: f64,
    same_entity: bool,
    evidence: Evidence,
}

fn review(request: &ReviewRequest, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Answer {
        pairs: Vec<Asked>,
    }
    let table = table_of(&request.records, &request.config)?;
    let resolver = Resolver::fit_labelled(&request.config, &table, &request.labels, watch)?;
    let pairs = resolver.review(&table, &request.labels, request.count, watch)?;
    let asked = |pair: resolve::ReviewPair| Asked {
        a: table.key(pair.a as usize),
        b: table.key(pair.b as usize),
        probability: pair.probability,
        same_entity: pair.same_entity,
        evidence: pair.evidence,
    };
    write(&Answer { pairs: pairs.into_iter().map(asked).collect() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaterfallRequest {
    evidence: Evidence,
}

fn waterfall(request: &WaterfallRequest) -> Result<String> {
    #[derive(Serialize)]
    struct Answer {
        bars: Vec<Bar>,
    }
    if !request.evidence.adds_up() {
        return Err(Error::input("the prior and the contributions of `evidence` do not give its total"));
    }
    write(&Answer { bars: request.evidence.waterfall() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoldenRequest {
    records: Vec<Record>,
    entities: Vec<EntityOf>,
    #[serde(default)]
    config: survivorship::Config,
}

/// One record's entity, as `resolve` answers; what else stands there is not looked at.
#[derive(Deserialize)]
struct EntityOf {
    #[serde(flatten)]
    key: RecordKey,
    entity_id: String,
}

fn golden(request: GoldenRequest, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Answer {
        golden: Vec<GoldenRecord>,
    }
    let survivorship = Survivorship::build(request.config)?;
    let table = table_mapped(&request.records, &survivorship.config().fields)?;
    let entity_ids = entity_ids(&table, request.entities)?;
    write(&Answer { golden: survivorship.golden(&table, &entity_ids, watch)? })
}

/// The entity of each record of `table`, which may be listed in any order.
fn entity_ids(table: &Table, entities: Vec<EntityOf>) -> Result<Vec<String>> {
    let rows: HashMap<(&str, &str), usize> =
        (0..table.len()).map(|row| ((table.source(row), table.id(row)), row)).collect();
    let mut entity_ids: Vec<Option<String>> = vec![None; table.len()];
    for EntityOf { key, entity_id } in entities {
        let Some(&row) = rows.get(&(key.source.as_str(), key.id.as_str())) else {
            return Err(Error::not_found(format!("`entities` names {key}, which is not among the records")));
        };
        if entity_ids[row].replace(entity_id).is_some() {
            return Err(Error::input(format!("`entities` names {key} twice; a record is of one entity")));
        }
    }
    let missing = |row: usize| {
        let key = table.key(row);
        Error::input(format!("`entities` does not say whose record {key} is; give the answer of `resolve`"))
    };
    entity_ids.into_iter().enumerate().map(|(row, id)| id.ok_or_else(|| missing(row))).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StitchRequest {
    messages: Vec<Message>,
    #[serde(default)]
    config: stitch::Config,
}

/// Where one message belongs, with ids in place of indices.
#[derive(Serialize)]
struct Placed<'a> {
    id: &'a str,
    conversation_id: &'a str,
    parent_id: Option<&'a str>,
    relation: Relation,
    weight: Weight,
    evidence: &'a Evidence,
    suggested: bool,
    runner_up: Option<RunnerUp<&'a str>>,
}

/// A question for a person, with ids in place of indices.
#[derive(Serialize)]
struct Suggested<I> {
    id: I,
    candidate_id: I,
    probability: f64,
    evidence: Evidence,
}

/// The next best message to hang on, with its id in place of its index.
#[derive(Serialize)]
struct RunnerUp<I> {
    id: I,
    weight: Weight,
}

fn stitch(request: StitchRequest, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Answer<'a> {
        messages: Vec<Placed<'a>>,
        conversations: Vec<conversation::Whole<'a>>,
        suggestions: Vec<Suggested<&'a str>>,
    }
    let stitcher = Stitcher::build(request.config)?;
    let stitching = stitcher.stitch(&request.messages, watch)?;
    let conversations = conversation::all(&stitcher, &request.messages, &stitching);
    let suggestions = suggested(&request.messages, &stitching);
    write(&Answer { messages: placed(&request.messages, &stitching), conversations, suggestions })
}

fn suggested<'a>(messages: &'a [Message], stitching: &Stitching) -> Vec<Suggested<&'a str>> {
    let suggestion = |suggestion: &stitch::Suggestion| Suggested {
        id: messages[suggestion.message].id.as_str(),
        candidate_id: messages[suggestion.candidate].id.as_str(),
        probability: suggestion.probability,
        evidence: suggestion.evidence.clone(),
    };
    stitching.suggestions.iter().map(suggestion).collect()
}

fn placed<'a>(messages: &'a [Message], stitching: &'a Stitching) -> Vec<Placed<'a>> {
    let suggested: BTreeSet<usize> = stitching.suggestions.iter().map(|asked| asked.message).collect();
    let place = |(at, (message, placement)): (usize, (&'a Message, &'a stitch::Placement))| Placed {
        id: &message.id,
        conversation_id: &placement.conversation_id,
        parent_id: placement.parent.map(|parent| messages[parent].id.as_str()),
        relation: placement.relation,
        weight: placement.weight,
        evidence: &placement.evidence,
        suggested: suggested.contains(&at),
        runner_up: placement
            .runner_up
            .map(|next| RunnerUp { id: messages[next.message].id.as_str(), weight: next.weight }),
    };
    messages.iter().zip(&stitching.placements).enumerate().map(place).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrainRequest {
    examples: Vec<Example>,
    #[serde(default)]
    dev: Option<Vec<Example>>,
    #[serde(default)]
    config: classify::Config,
}

fn train(request: &TrainRequest, watch: &mut Watch<'_>) -> Result<Classifier> {
    Classifier::fit(&request.config, &request.examples, request.dev.as_deref(), watch)
}

/// What was trained, for a caller who keeps the model elsewhere.
fn train_card(request: &TrainRequest, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Card<'a> {
        labels: &'a [String],
        training: &'a classify::Training,
        model_bytes: usize,
    }
    let classifier = train(request, watch)?;
    let model_bytes = classifier.save().len();
    write(&Card { labels: classifier.labels(), training: classifier.training(), model_bytes })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassifyRequest {
    texts: Vec<String>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    train: Option<TrainRequest>,
    /// The label and its probability alone.
    #[serde(default)]
    brief: bool,
}

fn classify(request: &ClassifyRequest, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Answer<T> {
        results: Vec<T>,
    }
    let texts = request.texts.iter();
    match (request.model.as_deref(), &request.train) {
        (Some(name), None) => {
            let model = BuiltIn::open(name)?;
            if request.brief {
                return write(&Answer { results: texts.map(|text| brief(model.label(text))).collect() });
            }
            write(&Answer { results: texts.map(|text| model.read(text)).collect() })
        }
        (None, Some(training)) => {
            let classifier = train(training, watch)?;
            if request.brief {
                let label = |found: classify::Classification| brief((found.label, found.probability));
                return write(&Answer {
                    results: texts.map(|text| label(classifier.classify(text))).collect(),
                });
            }
            write(&Answer { results: texts.map(|text| classifier.classify(text)).collect() })
        }
        _ => Err(Error::input("a classify request needs either `model` or `train`, and not both")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuggestRequest {
    train: TrainRequest,
    texts: Vec<String>,
    #[serde(default)]
    count: Option<usize>,
}

/// A label alone.
#[derive(Serialize)]
struct Brief {
    label: String,
    probability: f64,
}

fn brief((label, probability): (String, f64)) -> Brief {
    Brief { label, probability }
}

/// Which texts teach most when a person labels them.
fn suggest(request: &SuggestRequest, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Answer {
        /// Places in `texts`, the most telling first.
        indexes: Vec<usize>,
    }
    let classifier = train(&request.train, watch)?;
    write(&Answer { indexes: classifier.suggest(&request.texts, request.count.unwrap_or(labels::TEXTS)) })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunRequest {
    contacts: Vec<Record>,
    messages: Vec<Message>,
    #[serde(default)]
    config: pipeline::Config,
}

/// One person, with keys and ids in place of rows and indices.
#[derive(Serialize)]
struct PersonOut<'a> {
    entity_id: &'a str,
    name: Option<&'a str>,
    records: Vec<RecordKey>,
    contacts: &'a [pipeline::Contact],
    messages: Vec<&'a str>,
    conversations: Vec<&'a str>,
}

fn run(request: RunRequest, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Answer<'a> {
        people: Vec<PersonOut<'a>>,
        conversations: Vec<conversation::Whole<'a>>,
        messages: Vec<Placed<'a>>,
        suggestions: Vec<Suggested<&'a str>>,
        sentiments: &'a [classify::SentimentReading],
        links: Vec<RecordLink>,
        refused: Vec<RecordLink>,
    }
    let table = table_of(&request.contacts, &request.config.resolve)?;
    let outcome = pipeline::run(&request.config, &table, request.messages, watch)?;
    let message_id = |at: usize| outcome.messages[at].id.as_str();
    let conversations = &outcome.stitching.conversations;
    let people = outcome.people.iter().map(|person| PersonOut {
        entity_id: &person.entity_id,
        name: person.name.as_deref(),
        records: person.rows.iter().map(|&row| table.key(row as usize)).collect(),
        contacts: &person.contacts,
        messages: person.messages.iter().map(|&at| message_id(at as usize)).collect(),
        conversations: person
            .conversations
            .iter()
            .map(|&at| conversations[at as usize].id.as_str())
            .collect(),
    });
    let stitcher = Stitcher::build(request.config.stitch)?;
    let conversations = conversation::all(&stitcher, &outcome.messages, &outcome.stitching);
    let records = resolve_answer(&table, &outcome.resolution);
    write(&Answer {
        people: people.collect(),
        conversations,
        messages: placed(&outcome.messages, &outcome.stitching),
        suggestions: suggested(&outcome.messages, &outcome.stitching),
        sentiments: &outcome.sentiments,
        links: records.links,
        refused: records.refused,
    })
}

/// What is to be scored: groupings by a name per item, or labels.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvaluateRequest {
    kind: String,
    pred: Vec<String>,
    truth: Vec<String>,
}

/// What says how the rest of the request is to be read.
#[derive(Deserialize)]
struct EvaluateKind {
    kind: String,
}

fn evaluate(request: &str) -> Result<String> {
    if read::<EvaluateKind>(request)?.kind == "classify_multi" {
        return multi::evaluate(&read(request)?);
    }
    let EvaluateRequest { kind, pred, truth } = read(request)?;
    check_count(pred.len(), truth.len())?;
    match kind.as_str() {
        "resolve" | "stitch" => evaluate_groups(&pred, &truth),
        "classify" => write(&classify::metrics::Report::of(&truth, &pred)),
        other => Err(Error::not_found(format!(
            "no kind `{other}`; there are resolve, stitch, classify, classify_multi"
        ))),
    }
}

fn check_count(pred: usize, truth: usize) -> Result<()> {
    if pred == truth {
        return Ok(());
    }
    Err(Error::input(format!("`pred` has {pred} items and `truth` {truth}; give one of each per item")))
}

fn evaluate_groups(pred: &[String], truth: &[String]) -> Result<String> {
    #[derive(Serialize)]
    struct Answer {
        items: usize,
        pairwise: metrics::Scores,
        b_cubed: metrics::Scores,
        variation_of_information: f64,
        one_to_one: f64,
        exact_match: metrics::Scores,
    }
    write(&Answer {
        items: truth.len(),
        pairwise: metrics::pairwise(truth, pred)?,
        b_cubed: metrics::b_cubed(truth, pred)?,
        variation_of_information: metrics::variation_of_information(truth, pred)?,
        one_to_one: metrics::one_to_one(truth, pred)?,
        exact_match: metrics::exact_match(truth, pred)?,
    })
}
