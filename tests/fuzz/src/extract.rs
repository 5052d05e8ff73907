//! Findings in one text, and the text without the personal ones.

use std::sync::OnceLock;

use reknit::mine::extract::{Config, Extracted, Extractor, Reference};
use reknit::mine::redact::{self, Redactor};
use reknit::model::Timestamp;

use crate::check_span;
use crate::draw::Draw;

const LOCALES: [Option<&str>; 8] =
    [None, Some("en-US"), Some("en-GB"), Some("de-AT"), Some("fr"), Some("es"), Some("ja"), Some("pt_BR")];

/// Findings lie apart and in order; what has its placeholder gets no other.
pub fn extract(data: &[u8]) {
    static WORKERS: OnceLock<Vec<(Extractor, Redactor, Redactor)>> = OnceLock::new();
    let workers = WORKERS.get_or_init(|| {
        let worker = |locale: &Option<&str>| {
            let locale = locale.map(str::to_owned);
            let redact = redact::Config { locale: locale.clone(), ..redact::Config::default() };
            let extractor = Config { locale, ..Config::default() }.build().expect("a language tag");
            let built = |config: redact::Config| config.build().expect("a language tag");
            (extractor, built(redact.clone()), built(redact.numbered()))
        };
        LOCALES.iter().map(worker).collect()
    });
    let mut draw = Draw::new(data);
    let (extractor, plain, numbered) = &workers[draw.below(LOCALES.len())];
    let reference = match draw.below(4) {
        0 => None,
        1 => Some(Reference { time: Timestamp::from_millis(1_767_225_600_000), offset_minutes: 60 }),
        2 => Some(Reference { time: Timestamp::from_millis(draw.word() as i64), offset_minutes: -1439 }),
        _ => Some(Reference {
            time: Timestamp::from_millis(draw.word() as i64),
            offset_minutes: draw.word() as i16,
        }),
    };
    let text = draw.text();
    let found = extractor.extract_at(&text, reference);
    check(&text, &found);
    for redactor in [plain, numbered] {
        check_redacted(redactor, &text);
    }
}

fn check(text: &str, found: &[Extracted]) {
    let mut last = 0;
    for one in found {
        check_span(text, one.start, one.end);
        assert!(one.start >= last && one.end > one.start, "{one:?} after {last}");
        assert!(!one.normal.is_empty(), "{one:?}");
        last = one.end;
    }
}

fn check_redacted(redactor: &Redactor, text: &str) {
    let redacted = redactor.redact(text);
    let (mut before, mut after) = (0, 0);
    for one in &redacted.replaced {
        check_span(text, one.start, one.end);
        let kept = &text[before..one.start];
        assert_eq!(redacted.text.get(after..one.at), Some(kept), "what lies between is kept");
        assert!(redacted.text[one.at..].starts_with(&one.placeholder));
        (before, after) = (one.end, one.at + one.placeholder.len());
    }
    assert_eq!(&redacted.text[after..], &text[before..]);
    let again = redactor.redact(&redacted.text);
    assert_eq!(again.text, redacted.text, "redacted twice");
}
