//! Saved classifiers: noise, damage, forgeries; and classifiers of arbitrary examples.

use std::sync::OnceLock;

use reknit::classify::{Classifier, Config, Example, LiveClassifier, Loss, Metric, MultiClassifier, MultiExample};
use reknit::model::unwatched;

use crate::draw::Draw;
use crate::{check_share, check_span};

/// Any bytes, and the same with the checksum that they should have.
pub fn load(data: &[u8]) {
    use_it(data, "Where is my refund?! 👍 #NotAgain");
    let mut signed = data.to_vec();
    sign(&mut signed);
    use_it(&signed, "Where is my refund?! 👍 #NotAgain");
}

/// A small model, changed in some places, cut or lengthened, mostly with the checksum that it then should have.
pub fn forge(data: &[u8]) {
    let mut draw = Draw::new(data);
    let models = models();
    let mut bytes = models[draw.below(models.len())].clone();
    let signs = draw.below(8) > 0;
    let edits = draw.below(6);
    bytes.truncate(bytes.len() - 8);
    for _ in 0..edits {
        edit(&mut draw, &mut bytes);
    }
    bytes.extend_from_slice(&[0; 8]);
    if signs {
        sign(&mut bytes);
    }
    use_it(&bytes, &draw.text());
}

/// Examples of any kind, few of them: what can be learnt answers the same when it was saved.
pub fn train(data: &[u8]) {
    let mut draw = Draw::new(data);
    let config = config(&mut draw);
    let labels = 2 + draw.below(5);
    let mut texts = draw.texts(20);
    let asked = texts.pop().unwrap_or_default();
    let label = |place: usize| ["a", "b", "", "д", "a b"].get(place % labels).map_or("z", |label| label);
    let examples = texts.into_iter().enumerate().map(|(place, text)| Example::new(label(place), text));
    let examples: Vec<Example> = examples.collect();
    let Ok(classifier) = Classifier::fit(&config, &examples, None, &mut unwatched) else { return };
    check(&classifier, &asked);
    let again = Classifier::load(&classifier.save()).expect("what was saved");
    assert_eq!(again.classify(&asked), classifier.classify(&asked));
    let mut turned = examples.clone();
    turned.reverse();
    let other = Classifier::fit(&Config { threads: 2, ..config }, &turned, None, &mut unwatched);
    assert_eq!(other.expect("the same examples").save(), classifier.save(), "the order of arrival");
    if let Ok(mut live) = LiveClassifier::begin(&classifier, &examples) {
        let _ = live.add(&[Example::new("new", asked.as_str()), Example::new("a", "")]);
        check(live.classifier(), &asked);
    }
}

fn config(draw: &mut Draw<'_>) -> Config {
    let choices = draw.byte();
    let is = |bit: u8| choices >> bit & 1 == 1;
    Config {
        metric: if is(0) { Metric::MacroF1 } else { Metric::F1("a".to_owned()) },
        loss: if is(1) { Loss::Svm } else { Loss::Logistic },
        cost: is(2).then_some(1.0),
        word_ngrams: is(3).then(|| draw.below(5)),
        char_ngrams: draw.below(10),
        form_features: Some(is(4)),
        word_vectors: is(5).then_some(1.0),
        word_classes: Some(is(6)),
        naive_bayes: Some(0.4),
        out_of_scope: Some(is(7)),
        threads: 1,
        ..Config::default()
    }
}

/// Small models of each kind.
pub fn models() -> &'static [Vec<u8>] {
    static MODELS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let texts = ["my money back", "refund it", "cannot log in", "a password", "thank you", "thanks"];
        let model = |labels: &[&str], config: Config| {
            let example =
                |(place, text): (usize, &&str)| Example::new(labels[place / 2 % labels.len()], *text);
            let examples: Vec<Example> = texts.iter().enumerate().map(example).collect();
            Classifier::fit(&config, &examples, None, &mut unwatched).expect("texts enough").save()
        };
        let plain = Config { char_ngrams: 2, threads: 1, cost: Some(1.0), ..Config::default() };
        let sets: [&[&str]; 3] = [&["a"], &["a", "b"], &[]];
        let several =
            |(place, text): (usize, &&str)| MultiExample::new(sets[place % 3].iter().copied(), *text);
        let several: Vec<MultiExample> = texts.iter().enumerate().map(several).collect();
        let multi = MultiClassifier::fit(&plain, &several, None, &mut unwatched).expect("texts enough").save();
        vec![
            multi,
            model(&["login", "refund"], Config { word_vectors: Some(0.0), ..plain.clone() }),
            model(&["login", "refund"], Config { word_vectors: Some(1.0), ..plain.clone() }),
            model(
                &["a", "b", "c"],
                Config { out_of_scope: Some(true), metric: Metric::MacroF1, ..plain.clone() },
            ),
            model(&["a", "b", "c"], Config { loss: Loss::Logistic, word_classes: Some(true), ..plain }),
        ]
    })
}

fn edit(draw: &mut Draw<'_>, bytes: &mut Vec<u8>) {
    let what = draw.below(8);
    let at = draw.place(bytes.len());
    match what {
        _ if bytes.is_empty() => bytes.push(draw.byte()),
        0 => bytes[at] ^= 1 << draw.below(8),
        1 => bytes[at] = draw.byte(),
        2 => bytes.truncate(at),
        3 => {
            let until = (at + draw.below(64)).min(bytes.len());
            bytes.drain(at..until);
        }
        4 => {
            let length = draw.below(64);
            let more = draw.bytes(length).to_vec();
            bytes.splice(at..at, more);
        }
        // Numbers of eight bytes: floats, fingerprints, places and lengths of sections.
        5 | 6 => {
            let at = at / 8 * 8;
            let word =
                [draw.word(), 0, u64::MAX, f64::MAX.to_bits(), f64::NAN.to_bits(), 0x7F7F_FFFF_7F7F_FFFF]
                    [draw.below(6)];
            let end = (at + 8).min(bytes.len());
            bytes[at..end].copy_from_slice(&word.to_le_bytes()[..end - at]);
        }
        // The section table begins at 24, with lines of 24 bytes.
        _ => {
            let at = 24 + draw.below(11) * 24 + 8 * draw.below(3);
            let word = draw.word();
            if let Some(room) = bytes.get_mut(at..at + 8) {
                room.copy_from_slice(&word.to_le_bytes());
            }
        }
    }
}

/// Writes the checksum of all before it into the last eight bytes, as `model/checksum` has it.
fn sign(bytes: &mut [u8]) {
    let Some(length) = bytes.len().checked_sub(8) else { return };
    let (body, room) = bytes.split_at_mut(length);
    let (words, rest) = body.as_chunks::<8>();
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23);
    let start = step(0xCBF2_9CE4_8422_2325, length as u64);
    let sum = words.iter().fold(start, |sum, &word| step(sum, u64::from_le_bytes(word)));
    let sum = rest.iter().fold(sum, |sum, &byte| step(sum, u64::from(byte)));
    room.copy_from_slice(&sum.to_le_bytes());
}

/// Loads, and uses what loads.
fn use_it(bytes: &[u8], text: &str) {
    match MultiClassifier::load(bytes) {
        Err(error) => assert_eq!(error.name(), "model", "{error}"),
        Ok(classifier) => {
            let found = classifier.classify(text);
            found.labels.iter().for_each(|label| check_share("probability", label.probability));
            let again = MultiClassifier::load(&classifier.save()).expect("what was saved");
            assert_eq!(again.classify(text), found);
            let why = classifier.explain(text, &classifier.labels()[0]).expect("its label");
            why.spans.iter().for_each(|span| check_span(text, span.start, span.end));
        }
    }
    match Classifier::load(bytes) {
        Err(error) => assert_eq!(error.name(), "model", "{error}"),
        Ok(classifier) => {
            check(&classifier, text);
            let saved = classifier.save();
            let again = Classifier::load(&saved).expect("what was saved");
            assert_eq!(again.save(), saved);
            assert_eq!(again.classify(text), classifier.classify(text));
            // Learning takes much longer than all before, so it is for some inputs.
            let examples = [Example::new("new", text), Example::new("x", "y"), Example::new("x", text)];
            if text.len() % 8 == 1
                && let Ok(mut live) = LiveClassifier::begin(&classifier, &examples)
            {
                let _ = live.add(&examples[1..]);
                check(live.classifier(), text);
            }
        }
    }
}

fn check(classifier: &Classifier, text: &str) {
    let found = classifier.classify(text);
    check_share("probability", found.probability);
    found.probabilities.iter().for_each(|(_, probability)| check_share("probability", *probability));
    let sum: f64 = found.probabilities.iter().map(|(_, probability)| probability).sum();
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    found.in_scope.iter().for_each(|&probability| check_share("in scope", probability));
    let decision = classifier.decide(text);
    assert_eq!(classifier.labels()[decision.label as usize], found.label);
    assert_eq!(decision.probability, found.probability);
    assert_eq!(classifier.decide_all(&["", text], 2)[1], decision);
    let why = classifier.explain(text);
    assert!(why.label != why.against);
    why.spans.iter().for_each(|span| check_span(text, span.start, span.end));
    let _ = classifier.explain_label(text, &why.against, &why.label).expect("its labels");
    let _ = classifier.suggest(&["", text, "refund"], 2);
    let _ = (classifier.training().calibration_error(), classifier.training().threshold_for(0.9));
}
