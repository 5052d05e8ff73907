//! The verbs that mine texts, as JSON.
//!
//! Each request has `texts` and a `config` that may be left out, and each answer is in the order of its texts;
//! places are bytes of their UTF-8. Opinions are judged by the built-in sentiment, which only this floor may
//! bring together with the finder of aspects. Cost: that of the verbs.

use serde::{Deserialize, Serialize};

use super::{read, write};
use crate::classify::Sentiment;
use crate::mine::{
    self, AlarmConfig, AspectList, Aspects, DuplicateConfig, PhraseConfig, Phrases, Similarity, Summarizer,
    SummaryConfig, TopicConfig, Topics, extract, redact,
};
use crate::model::{Message, Timestamp, Watch};
use crate::{Error, Result};

#[derive(Serialize)]
struct Results<T> {
    results: Vec<T>,
}

/// Texts and how to read them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request<C> {
    texts: Vec<String>,
    #[serde(default)]
    config: C,
}

/// What is done to each text of a request, on its own.
fn each<T: Serialize>(
    texts: &[String],
    watch: &mut Watch<'_>,
    one: impl Fn(usize, &str) -> T,
) -> Result<String> {
    /// Texts between two looks at whether to stop.
    const STEP: usize = 256;
    let mut results = Vec::with_capacity(texts.len());
    for (place, text) in texts.iter().enumerate() {
        if place % STEP == 0 {
            crate::model::Progress::report("mine", place as u64, texts.len() as u64, watch)?;
        }
        results.push(one(place, text));
    }
    write(&Results { results })
}

/// `extract`: what can be read by its form.
pub(super) fn extract(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        texts: Vec<String>,
        /// When and where each text was written.
        #[serde(default)]
        references: Vec<Option<extract::Reference>>,
        #[serde(default)]
        config: extract::Config,
    }
    let Request { texts, references, config } = read(request)?;
    if !references.is_empty() && references.len() != texts.len() {
        return Err(Error::input(format!(
            "`references` has {} items and `texts` {}; give one of each per text, or null",
            references.len(),
            texts.len()
        )));
    }
    let extractor = config.build()?;
    let reference = |place: usize| references.get(place).copied().flatten().or(config.reference);
    each(&texts, watch, |place, text| extractor.extract_at(text, reference(place)))
}

/// `redact`: personal data behind placeholders.
pub(super) fn redact(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let Request { texts, config } = read::<Request<redact::Config>>(request)?;
    let redactor = config.build()?;
    each(&texts, watch, |_, text| redactor.redact(text))
}

/// `key_phrases`: what each text is about.
pub(super) fn key_phrases(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let Request { texts, config } = read::<Request<PhraseConfig>>(request)?;
    let phrases = Phrases::new(&config)?;
    each(&texts, watch, |_, text| phrases.find(text))
}

/// `similar`: the texts most like each query.
pub(super) fn similar(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        texts: Vec<String>,
        queries: Vec<String>,
        #[serde(default = "ten")]
        count: usize,
    }
    let request: Request = read(request)?;
    let similarity = Similarity::fit(&request.texts);
    let index = similarity.index(&request.texts);
    each(&request.queries, watch, |_, query| index.nearest(query, request.count))
}

fn ten() -> usize {
    10
}

/// `duplicates`: groups of texts that are nearly the same.
pub(super) fn duplicates(request: &str) -> Result<String> {
    #[derive(Serialize)]
    struct Answer {
        groups: Vec<mine::DuplicateGroup>,
    }
    let Request { texts, config } = read::<Request<DuplicateConfig>>(request)?;
    write(&Answer { groups: mine::duplicates(&config, &texts)? })
}

/// `topics`: what a collection is about, and what is new in its last period.
pub(super) fn topics(request: &str) -> Result<String> {
    /// A week.
    const PERIOD_MS: i64 = 7 * 24 * 3_600_000;
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        texts: Vec<String>,
        /// When each text was written: then topics that emerge are told.
        #[serde(default)]
        times: Vec<Timestamp>,
        #[serde(default)]
        period_ms: Option<i64>,
        #[serde(default)]
        config: TopicConfig,
        #[serde(default)]
        alarm: AlarmConfig,
    }
    #[derive(Serialize)]
    struct Answer<'a> {
        topics: &'a [mine::Topic],
        assignments: Vec<mine::Assignment>,
        emerging: Vec<mine::Alarm>,
    }
    let request: Request = read(request)?;
    if !request.times.is_empty() && request.times.len() != request.texts.len() {
        return Err(Error::input(format!(
            "`times` has {} items and `texts` {}; give one per text, or none",
            request.times.len(),
            request.texts.len()
        )));
    }
    let length = request.period_ms.unwrap_or(PERIOD_MS);
    if length < 1 {
        return Err(Error::input("`period_ms` must be 1 or more"));
    }
    let topics = Topics::fit(&request.config, &request.texts)?;
    let assignments = topics.assign_all(&request.texts);
    let placed: Vec<(Timestamp, u32)> =
        request.times.iter().copied().zip(assignments.iter().map(|assignment| assignment.topic)).collect();
    let end =
        request.times.iter().max().map_or(Timestamp::from_millis(0), |last| {
            Timestamp::from_millis(last.millis().saturating_add(1))
        });
    let emerging = mine::emerging(&request.alarm, &mine::periods(&placed, length, end))?;
    write(&Answer { topics: topics.topics(), assignments, emerging })
}

/// `summarize`: a conversation in its own sentences.
pub(super) fn summarize(request: &str) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        messages: Vec<Message>,
        #[serde(default)]
        config: SummaryConfig,
    }
    let request: Request = read(request)?;
    write(&Summarizer::new(&request.config)?.summarize(&request.messages))
}

/// `opinions`: how the things of given lists are spoken of.
pub(super) fn opinions(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        texts: Vec<String>,
        lists: Vec<AspectList>,
    }
    let request: Request = read(request)?;
    let (aspects, sentiment) = (Aspects::new(&request.lists)?, Sentiment::builtin());
    let judge = |text: &str| sentiment.classify(text).effective_score;
    each(&request.texts, watch, |_, text| aspects.opinions(text, judge))
}

/// `expand`: words that belong with given ones.
pub(super) fn expand(request: &str) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Request {
        seeds: Vec<String>,
        #[serde(default)]
        texts: Vec<String>,
        #[serde(default = "ten")]
        count: usize,
    }
    let request: Request = read(request)?;
    write(&Results { results: mine::expand(&request.seeds, &request.texts, request.count) })
}
