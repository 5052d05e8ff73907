//! A few texts: key phrases, summaries, aspects, topics, likeness, twins, more words.

use std::sync::OnceLock;

use reknit::mine::{
    AspectList, Aspects, DuplicateConfig, PhraseConfig, Phrases, Similarity, Summarizer, SummaryConfig,
    TopicConfig, Topics, discover, duplicates, expand, marked,
};
use reknit::model::Message;

use crate::draw::Draw;
use crate::{check_share, check_span};

/// One verb an input, chosen by its first byte.
pub fn mine(data: &[u8]) {
    let mut draw = Draw::new(data);
    match draw.below(32) {
        0..=5 => phrases(&mut draw),
        6..=10 => summary(&mut draw),
        11..=15 => aspects(&mut draw),
        16..=20 => topics(&mut draw),
        21..=25 => similarity(&mut draw),
        26..=30 => twins(&mut draw),
        // Reads the whole vocabulary each time.
        _ => more(&mut draw),
    }
}

fn phrases(draw: &mut Draw<'_>) {
    const LANGUAGES: [Option<&str>; 4] = [None, Some("en"), Some("de"), Some("fr")];
    static FINDERS: OnceLock<Vec<Phrases>> = OnceLock::new();
    let finders = FINDERS.get_or_init(|| {
        let finder = |language: &Option<&str>| {
            let language = language.map(str::to_owned);
            Phrases::new(&PhraseConfig { language, ..PhraseConfig::default() }).expect("a listed language")
        };
        LANGUAGES.iter().map(finder).collect()
    });
    let finder = &finders[draw.below(LANGUAGES.len())];
    let text = draw.text();
    let found = finder.find(&text);
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    for phrase in &found {
        assert!(phrase.score.is_finite() && !phrase.spans.is_empty(), "{phrase:?}");
        phrase.spans.iter().for_each(|span| check_span(&text, span.start, span.end));
    }
}

fn summary(draw: &mut Draw<'_>) {
    static SUMMARIZER: OnceLock<Summarizer> = OnceLock::new();
    let summarizer =
        SUMMARIZER.get_or_init(|| Summarizer::new(&SummaryConfig::default()).expect("the default"));
    let times = draw.word();
    let message = |(place, text): (usize, String)| {
        let direction = if times >> place & 1 == 1 { "outbound" } else { "inbound" };
        let json = serde_json::json!({
            "id": format!("m{place}"), "channel": "email", "text": text, "direction": direction,
            "author": {"handle": if times >> place & 1 == 1 { "desk" } else { "ana" }},
            "sent": (times >> (place % 16)) as i64 % 1_000_000_000_000,
        });
        serde_json::from_value(json).expect("a message")
    };
    let messages: Vec<Message> = draw.texts(16).into_iter().enumerate().map(message).collect();
    let summary = summarizer.summarize(&messages);
    for cited in [&summary.problem, &summary.asked, &summary.promised, &summary.open].into_iter().flatten() {
        let message = messages.iter().find(|message| message.id == cited.message).expect("one of them");
        assert_eq!(message.text.get(cited.span.clone()), Some(cited.text.as_str()), "{cited:?}");
        assert!(cited.score.is_finite());
    }
    let mut turned = messages;
    turned.reverse();
    assert_eq!(summarizer.summarize(&turned), summary, "the order of arrival");
}

fn aspects(draw: &mut Draw<'_>) {
    let mut texts = draw.texts(8);
    let text = texts.pop().unwrap_or_default();
    let lists = texts.into_iter().enumerate();
    let lists: Vec<AspectList> = lists
        .map(|(place, name)| AspectList { aspect: place.to_string(), names: vec![name, "lamp".to_owned()] })
        .collect();
    let Ok(aspects) = Aspects::new(&lists) else { return };
    let targets = aspects.targets(&text);
    let mut last = 0;
    for target in &targets {
        check_span(&text, target.span.start, target.span.end);
        assert!(target.span.start >= last, "{target:?} after {last}");
        last = target.span.end;
        if let Ok(marked) = marked(&text, target.span.clone()) {
            assert!(marked.contains("xaspect"));
        }
    }
    let opinions = aspects.opinions(&text, |part| part.len() as f64 - 20.0);
    assert_eq!(opinions.len(), targets.len());
    for opinion in opinions {
        check_span(&text, opinion.span.start, opinion.span.end);
        assert!(opinion.polarity.abs() <= 1.0);
        assert!(opinion.span.start <= opinion.target.start && opinion.target.end <= opinion.span.end);
    }
}

fn topics(draw: &mut Draw<'_>) {
    let topics = Some(draw.below(5)).filter(|&count| count > 0);
    let config = TopicConfig { topics, smallest: 1 + draw.below(3), language: None };
    let texts = draw.texts(24);
    let Ok(topics) = Topics::fit(&config, &texts) else { return };
    let mut turned = texts.clone();
    turned.reverse();
    assert_eq!(Topics::fit(&config, &turned).expect("the same texts"), topics, "the order of arrival");
    check_topics(&topics, &texts);
    let json = serde_json::to_string(&topics).expect("plain data");
    let again: Topics = serde_json::from_str(&json).expect("what was written");
    assert_eq!(again, topics);
    check_topics(&topics.extend(&["a lamp is broken", "a lamp again", "lamps are broken", "мир"]), &texts);
}

/// Also of topics that were not fitted here.
pub(crate) fn check_topics(topics: &Topics, texts: &[String]) {
    for (text, found) in texts.iter().zip(topics.assign_all(texts)) {
        assert!(topics.topics().iter().any(|topic| topic.id == found.topic), "{found:?}");
        assert!(found.strength.is_finite(), "{found:?}");
        let why = topics.explain(text, found.topic).expect("its id");
        why.iter().for_each(|word| check_span(text, word.span.start, word.span.end));
    }
}

fn similarity(draw: &mut Draw<'_>) {
    let texts = draw.texts(12);
    let similarity = Similarity::fit(&texts);
    check_similarity(&similarity, &texts);
    check_similarity(&Similarity::default(), &texts);
    let json = serde_json::to_string(&similarity).expect("plain data");
    assert_eq!(serde_json::from_str::<Similarity>(&json).expect("what was written"), similarity);
}

/// Also of one that was not fitted here.
pub(crate) fn check_similarity(similarity: &Similarity, texts: &[String]) {
    for pair in texts.windows(2) {
        let likeness = similarity.compare(&pair[0], &pair[1]);
        check_share("similarity", likeness);
        assert_eq!(similarity.compare(&pair[1], &pair[0]), likeness, "the other way round");
        let why = similarity.explain(&pair[0], &pair[1]);
        assert_eq!(why.similarity, likeness);
        why.first.iter().for_each(|word| check_span(&pair[0], word.span.start, word.span.end));
        why.second.iter().for_each(|word| check_span(&pair[1], word.span.start, word.span.end));
    }
    if let Some(text) = texts.first() {
        let itself = similarity.compare(text, text);
        assert!((itself - 1.0).abs() < 1e-6, "{itself} to itself");
        for neighbour in similarity.index(texts).nearest(text, 3) {
            check_share("similarity", neighbour.similarity);
            assert!(neighbour.index < texts.len());
        }
    }
}

fn twins(draw: &mut Draw<'_>) {
    let similarity = draw.below(11) as f64 / 10.0;
    let config = DuplicateConfig { similarity, mask_numbers: draw.below(2) == 1 };
    let texts = draw.texts(32);
    let Ok(groups) = duplicates(&config, &texts) else { return };
    let mut seen = vec![false; texts.len()];
    for member in groups.iter().flat_map(|group| &group.members) {
        check_share("similarity", member.similarity);
        assert!(!std::mem::replace(&mut seen[member.index], true), "a text in two groups");
    }
}

fn more(draw: &mut Draw<'_>) {
    let mut texts = draw.texts(24);
    let seed = texts.pop().unwrap_or_default();
    for proposal in expand(&[seed.as_str(), "refund"], &texts, 10) {
        assert!(proposal.score.is_finite(), "{proposal:?}");
    }
    let _ = discover(&texts, 10);
}
