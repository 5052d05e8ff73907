//! Readings of one text: tokens, language, normal forms, and the built-in models.

use std::sync::OnceLock;

use reknit::classify::{Emotions, Intents, Lexicon, Sentiment, Spam, SpanWeight, Urgency};
use reknit::model::Weight;
use reknit::text::language::LanguageDetector;
use reknit::text::token::{Token, TokenKind, TokenList, tokens as cut};
use reknit::text::{body, html, normalize as read};

use crate::draw::Draw;
use crate::{check_share, check_span, check_sum};

/// Tokens lie in order, drop nothing but blanks and control characters, and have forms that are their own.
pub fn tokens(data: &[u8]) {
    let text = Draw::new(data).text();
    let mut last = 0;
    for token in cut(&text) {
        check_span(&text, token.start, token.end());
        assert_eq!(&text[token.start..token.end()], token.text);
        assert!(token.start >= last && !token.text.is_empty(), "{token:?} after {last}");
        check_dropped(&text[last..token.start]);
        last = token.end();
        check_parts(&token);
        if matches!(token.kind, TokenKind::Word | TokenKind::Emoji | TokenKind::Number) {
            let form = token.form();
            let again: String = cut(&form).map(|token| token.form()).collect();
            let blanks = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(blanks(&again), blanks(&form), "the form of {token:?}");
        }
    }
    check_dropped(&text[last..]);
    let list = TokenList::read(&text);
    assert_eq!(list.tokens.len(), cut(&text).count());
    let _ = list.normal();
}

fn check_dropped(between: &str) {
    let dropped = between.chars().find(|c| c.is_alphanumeric());
    assert!(dropped.is_none(), "{dropped:?} was dropped");
}

fn check_parts(token: &Token<'_>) {
    let mut last = token.start;
    for part in token.parts() {
        assert!(part.start >= last && part.end() <= token.end(), "{part:?} of {token:?}");
        assert_eq!(&token.text[part.start - token.start..part.end() - token.start], part.text);
        last = part.end();
    }
}

/// The language of a text, of all and of some languages.
pub fn language(data: &[u8]) {
    static DETECTORS: OnceLock<[LanguageDetector; 2]> = OnceLock::new();
    let detectors = DETECTORS.get_or_init(|| {
        let some = LanguageDetector::builtin().restrict(&["de", "en", "ru", "hi"]);
        [LanguageDetector::builtin(), some.expect("known codes")]
    });
    let text = Draw::new(data).text();
    for detector in detectors {
        let reading = detector.detect(&text);
        check_share("probability", reading.probability.into());
        assert_eq!(reading.language.is_none(), reading.abstained.is_some());
        for candidate in &reading.candidates {
            check_share(candidate.language, candidate.probability.into());
        }
        let sorted = |pair: &[_]| {
            let [a, b]: &[reknit::text::language::Candidate; 2] = pair.try_into().expect("a pair");
            a.probability >= b.probability
        };
        assert!(reading.candidates.windows(2).all(sorted), "{:?}", reading.candidates);
        assert_eq!(detector.detect(&text), reading);
    }
}

/// Normal forms of any kind, read again; bodies and pages.
pub fn normalize(data: &[u8]) {
    const KINDS: [&str; 11] = [
        "email", "phone", "name", "company", "handle", "date", "postcode", "subject", "body", "tokens",
        "language",
    ];
    const REGIONS: [Option<&str>; 5] = [None, Some("US"), Some("DE"), Some("IN"), Some("")];
    let mut draw = Draw::new(data);
    let (kind, region) = (draw.below(KINDS.len() + 1), REGIONS[draw.below(REGIONS.len())]);
    let text = draw.text();
    let Some(kind) = KINDS.get(kind) else {
        let page = html::to_text(&text);
        let _ = body::split(&page);
        return;
    };
    let first = read(kind, &text, region).expect("a known kind");
    // Names that are words of the frame (`of`, `jr` inside) read otherwise the second time; a language has no text.
    let exempt = matches!(*kind, "name" | "language" | "tokens");
    if let (Some(normal), false) = (first["normal"].as_str(), exempt) {
        // A number of a country that there is not is of no country the second time either.
        let region = region.filter(|_| first["national"] != true);
        let second = read(kind, normal, region).expect("a known kind");
        assert_eq!(second["normal"], normal, "{kind} twice of {text:?}");
    }
    if *kind == "body" {
        let parts = body::split(&text);
        let _ = (parts.reply_text(&text), parts.visible_text(&text), parts.signature(&text).len());
        let _ = parts.text_of(&text, |_| true);
    }
}

/// The models that need no training.
pub fn readers(data: &[u8]) {
    static MODELS: OnceLock<(Sentiment, Emotions, Intents, Urgency, Spam)> = OnceLock::new();
    let (sentiment, emotions, intents, urgency, spam) = MODELS.get_or_init(|| {
        let lexicon = Lexicon::builtin().with([("flurb", -3.0), ("", 1.0), ("ß", 2.0)]);
        let sentiment = Sentiment::with_lexicon(&lexicon);
        (sentiment, Emotions::builtin(), Intents::builtin(), Urgency::builtin(), Spam::builtin())
    });
    let text = Draw::new(data).text();
    check_sentiment(sentiment, &text);

    let felt = emotions.classify(&text);
    for score in felt.emotions.iter().chain(&felt.ekman) {
        check_share(&score.emotion, score.probability);
    }
    let most = &felt.emotions[0];
    let why = emotions.explain(&text, &most.emotion).expect("a known emotion");
    check_weights(&text, why.prior, &why.contributions, why.total);

    let wanted = intents.classify(&text);
    for intent in &wanted.intents {
        check_share(intent.intent.name(), intent.probability);
    }
    for why in &wanted.evidence {
        check_weights(&text, why.prior, &why.contributions, why.total);
    }
    let urgent = urgency.classify(&text);
    check_share("score of urgency", urgent.score);
    urgent.levels.iter().for_each(|one| check_share(one.level.name(), one.probability));
    check_weights(&text, urgent.prior, &urgent.contributions, urgent.total);
    let bulk = spam.classify(&text);
    check_share("spam", bulk.probability);
    check_weights(&text, bulk.prior, &bulk.contributions, bulk.total);
}

fn check_sentiment(sentiment: &Sentiment, text: &str) {
    let reading = sentiment.classify(text);
    check_share("sentiment", reading.probability);
    check_share("sarcasm", reading.sarcasm.probability);
    assert!(reading.score.abs() <= 1.0 && reading.effective_score.abs() <= 1.0, "{reading:?}");
    reading.sarcasm.cues.iter().for_each(|cue| check_span(text, cue.start, cue.end));
    reading.contributions.iter().for_each(|part| {
        check_span(text, part.start, part.end);
        assert!(part.weight.bits().is_finite());
    });
    let decision = sentiment.decide(text);
    assert_eq!((decision.score, decision.effective_score), (reading.score, reading.effective_score));
    assert_eq!((decision.label, decision.probability), (reading.label, reading.probability));
    assert_eq!((decision.unsure, decision.sarcasm), (reading.unsure, reading.sarcasm.probability));
    assert_eq!(sentiment.decide_all(&["so-so", text], 2)[1], decision);
}

fn check_weights(text: &str, prior: Weight, parts: &[SpanWeight], total: Weight) {
    parts.iter().for_each(|part| check_span(text, part.start, part.end));
    let sum: f64 = parts.iter().map(|part| part.weight.bits()).sum();
    check_sum("evidence", prior.bits() + sum, total.bits());
}
