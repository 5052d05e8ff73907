//! Several readings of a text in one pass over its tokens.
//!
//! Who wants to know of a message how it sounds, what it wants, how soon and which queue it belongs to asks an
//! [`Annotator`] once. A text is cut into tokens once for all that read it; what several of them need (the mood of the
//! text, the forms of its words, where cues may stand) is made once as well. Every reading is the one its own reader
//! gives.
//!
//! Cost: the sum of the readers asked for, less what they share.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::threads::by_parts;
use super::{
    BuiltIn, Classification, Classifier, Emotions, Intents, MultiClassification, MultiClassifier, Reading,
    Sentiment, Spam, Urgency,
};
use crate::text::language::{LanguageDetector, LanguageReading};
use crate::text::token::{Hashed, hashed};
use crate::{Error, Result};

/// What one reader says of a text; as JSON the reading itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Annotation {
    /// Of a model that comes with the library.
    BuiltIn(Reading),
    /// In which language it is written.
    Language(LanguageReading),
    /// Of a [`Classifier`].
    Label(Classification),
    /// Of a [`MultiClassifier`].
    Labels(MultiClassification),
}

impl Annotation {
    /// One label and how sure it is, 0 to 1: as [`BuiltIn::label`] gives them; of the language its code; of several
    /// labels those that hold, sorted, with a comma and a blank between, and the highest of their probabilities. Where
    /// there is none it is `none` and 0.
    pub fn label(&self) -> (String, f64) {
        match self {
            Self::BuiltIn(reading) => {
                let (label, probability) = reading.label();
                (label.to_owned(), probability)
            }
            Self::Language(found) => {
                found.language.map_or_else(none, |code| (code.to_owned(), f64::from(found.probability)))
            }
            Self::Label(found) => (found.label.clone(), found.probability),
            Self::Labels(found) => {
                let best = found.labels.iter().find(|label| label.holds);
                best.map_or_else(none, |best| {
                    // Not the likeliest first: the same labels are to have the same name.
                    let mut holding: Vec<&str> = found.holding().collect();
                    holding.sort_unstable();
                    (holding.join(", "), best.probability)
                })
            }
        }
    }
}

fn none() -> (String, f64) {
    ("none".to_owned(), 0.0)
}

/// Everything that was asked of one text, by the name of the reader.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct Annotations(pub BTreeMap<String, Annotation>);

/// A classifier of the caller's own.
#[derive(Debug, Clone)]
enum Own {
    One(Arc<Classifier>),
    Several(Arc<MultiClassifier>),
}

/// How much is wanted of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Its label; evidence that is another pass is left out.
    Label,
    /// All of it.
    Evidence,
}

/// Reads texts in several ways at once. Immutable; make one and keep it.
///
/// ```
/// use reknit::classify::Annotator;
/// let annotator = Annotator::new(&["sentiment", "urgency", "language"])?;
/// let found = annotator.annotate("I smell gas in the kitchen, please come NOW");
/// assert_eq!(found.0["urgency"].label().0, "high");
/// assert_eq!(found.0["language"].label().0, "en");
/// # Ok::<(), reknit::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Annotator {
    sentiment: Option<Sentiment>,
    emotion: Option<Emotions>,
    intent: Option<Intents>,
    urgency: Option<Urgency>,
    spam: Option<Spam>,
    language: Option<LanguageDetector>,
    own: Vec<(String, Own)>,
}

impl Annotator {
    /// Behind the name of a reader: the name of the column of its probabilities, where answers have columns.
    pub const PROBABILITY: &'static str = "_probability";

    /// The name of the reader of languages, beside those of [`BuiltIn::MODELS`].
    pub const LANGUAGE: &'static str = "language";

    /// The names that [`new`](Self::new) knows.
    pub fn models() -> impl Iterator<Item = &'static str> {
        BuiltIn::MODELS.iter().map(|model| model.0).chain([Self::LANGUAGE])
    }

    /// Asks these of the models that come with the library; a name given twice is asked once.
    ///
    /// # Errors
    /// `NotFound` for an unknown name.
    pub fn new<S: AsRef<str>>(models: &[S]) -> Result<Self> {
        let mut found = Self::default();
        for name in models.iter().map(AsRef::as_ref) {
            if name == Self::LANGUAGE {
                found.language = Some(LanguageDetector::builtin());
                continue;
            }
            let unknown = |_| {
                let names: Vec<&str> = Self::models().collect();
                Error::not_found(format!("no built-in model `{name}`; there are {}", names.join(", ")))
            };
            match BuiltIn::open(name).map_err(unknown)? {
                BuiltIn::Sentiment(model) => found.sentiment = Some(*model),
                BuiltIn::Emotion(model) => found.emotion = Some(*model),
                BuiltIn::Intent(model) => found.intent = Some(*model),
                BuiltIn::Urgency(model) => found.urgency = Some(*model),
                BuiltIn::Spam(model) => found.spam = Some(*model),
            }
        }
        Ok(found)
    }

    /// Asks all that come with the library.
    pub fn everything() -> Self {
        Self::new(&Self::models().collect::<Vec<_>>()).unwrap_or_default()
    }

    /// Asks a classifier of the caller's own as well, under a name.
    ///
    /// # Errors
    /// `Input` for an empty name, one with control characters, or one that another reader or its column
    /// [of probabilities](Self::PROBABILITY) has.
    ///
    /// ```
    /// # use reknit::classify::{Classifier, Config, Example};
    /// # use reknit::model::unwatched;
    /// # let train = [("refund", "I want my money back"), ("login", "cannot log in to my account")]
    /// #     .map(|(label, text)| Example::new(label, text));
    /// # let classifier = Classifier::fit(&Config::default(), &train, None, &mut unwatched)?;
    /// use reknit::classify::Annotator;
    /// let annotator = Annotator::new(&["sentiment"])?.with("queue", classifier)?;
    /// assert_eq!(annotator.annotate("give me my money back").0["queue"].label().0, "refund");
    /// # Ok::<(), reknit::Error>(())
    /// ```
    pub fn with(self, name: impl Into<String>, classifier: impl Into<Arc<Classifier>>) -> Result<Self> {
        self.with_own(name.into(), Own::One(classifier.into()))
    }

    /// The same for one that gives several labels.
    ///
    /// # Errors
    /// As [`with`](Self::with).
    pub fn with_multi(
        self,
        name: impl Into<String>,
        classifier: impl Into<Arc<MultiClassifier>>,
    ) -> Result<Self> {
        self.with_own(name.into(), Own::Several(classifier.into()))
    }

    fn with_own(mut self, name: String, own: Own) -> Result<Self> {
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(Error::input(
                "annotate: a classifier needs a name of visible signs, under which its labels come back",
            ));
        }
        let clashes = |known: &str| {
            let of = |a: &str, b: &str| a.strip_suffix(Self::PROBABILITY) == Some(b);
            known == name || of(known, &name) || of(&name, known)
        };
        if Self::models().any(clashes) || self.own.iter().any(|(known, _)| clashes(known)) {
            return Err(Error::input(format!(
                "annotate: two readers cannot both be `{name}`; give the classifier another name"
            )));
        }
        self.own.push((name, own));
        Ok(self)
    }

    /// The names of what is asked, sorted: the keys of every answer.
    pub fn names(&self) -> Vec<&str> {
        let asked = [
            ("sentiment", self.sentiment.is_some()),
            ("emotion", self.emotion.is_some()),
            ("intent", self.intent.is_some()),
            ("urgency", self.urgency.is_some()),
            ("spam", self.spam.is_some()),
            (Self::LANGUAGE, self.language.is_some()),
        ];
        let mut names: Vec<&str> = asked.into_iter().filter(|asked| asked.1).map(|asked| asked.0).collect();
        names.extend(self.own.iter().map(|(name, _)| name.as_str()));
        names.sort_unstable();
        names
    }

    /// Reads one text in every way asked for.
    pub fn annotate(&self, text: &str) -> Annotations {
        self.annotate_with(text, &mut Vec::new(), Depth::Evidence)
    }

    /// Reads many texts on `threads` threads (0: all cores); the same as one by one.
    pub fn annotate_all<T: AsRef<str> + Sync>(&self, texts: &[T], threads: usize) -> Vec<Annotations> {
        self.all(texts, threads, Depth::Evidence, |found| found)
    }

    /// The [`label`](Annotation::label) of each reader for many texts, without the evidence, which takes most of the
    /// time where there is any.
    ///
    /// ```
    /// let annotator = reknit::classify::Annotator::new(&["intent", "urgency"])?;
    /// let found = annotator.label_all(&["I smell gas in the kitchen, please come NOW"], 1);
    /// assert_eq!((found[0]["intent"].0.as_str(), found[0]["urgency"].0.as_str()), ("request", "high"));
    /// # Ok::<(), reknit::Error>(())
    /// ```
    pub fn label_all<T: AsRef<str> + Sync>(
        &self,
        texts: &[T],
        threads: usize,
    ) -> Vec<BTreeMap<String, (String, f64)>> {
        let labels =
            |found: Annotations| found.0.into_iter().map(|(name, said)| (name, said.label())).collect();
        self.all(texts, threads, Depth::Label, labels)
    }

    /// What `make` makes of what is read of each text.
    fn all<T: AsRef<str> + Sync, R: Send>(
        &self,
        texts: &[T],
        threads: usize,
        depth: Depth,
        make: impl Fn(Annotations) -> R + Sync,
    ) -> Vec<R> {
        by_parts(texts, threads, |part| {
            let mut cut = Vec::new();
            part.iter().map(|text| make(self.annotate_with(text.as_ref(), &mut cut, depth))).collect()
        })
    }

    fn annotate_with<'t>(&self, text: &'t str, cut: &mut Vec<Hashed<'t>>, depth: Depth) -> Annotations {
        cut.clear();
        cut.extend(hashed(text));
        let mut found = self.built_in(text, cut, depth);
        let tokens = || cut.iter().map(|one| one.token);
        for (name, own) in &self.own {
            let annotation = match own {
                Own::One(model) => Annotation::Label(model.classify_tokens(text, tokens())),
                Own::Several(model) => Annotation::Labels(model.classify_tokens(text, tokens())),
            };
            found.insert(name.clone(), annotation);
        }
        Annotations(found)
    }

    /// What the models that come with the library say.
    fn built_in(&self, text: &str, cut: &[Hashed<'_>], depth: Depth) -> BTreeMap<String, Annotation> {
        let mut found = BTreeMap::new();
        let mut put = |name: &str, reading| found.insert(name.to_owned(), Annotation::BuiltIn(reading));
        let tokens = || cut.iter().map(|one| one.token);
        if let Some(model) = &self.urgency {
            let mut reading = model.rank(text, tokens());
            if depth == Depth::Evidence {
                model.explain(text, &mut reading);
            }
            put("urgency", Reading::Urgency(reading));
        }
        if let Some(model) = &self.intent {
            let mut reading = model.rank(text, tokens());
            if depth == Depth::Evidence {
                reading.evidence = model.evidence(text, &reading.holds);
            }
            put("intent", Reading::Intent(reading));
        }
        let words = self.emotion.as_ref().map(Emotions::reader).or(self.spam.as_ref().map(Spam::reader));
        let forms = words.map(|reader| reader.forms(tokens()));
        if let (Some(model), Some(forms)) = (&self.emotion, &forms) {
            put("emotion", Reading::Emotion(model.classify_forms(forms)));
        }
        if let (Some(model), Some(forms)) = (&self.spam, &forms) {
            put("spam", Reading::Spam(model.classify_forms(forms)));
        }
        if let Some(model) = &self.sentiment {
            put("sentiment", Reading::Sentiment(model.classify_tokens(text, cut.iter().copied())));
        }
        if let Some(model) = &self.language {
            found.insert(Self::LANGUAGE.to_owned(), Annotation::Language(model.detect(text)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::super::{Config, Example, LabelProbability, MultiExample};
    use super::*;
    use crate::model::unwatched;

    static OWN: LazyLock<(Arc<Classifier>, Arc<MultiClassifier>)> = LazyLock::new(|| {
        let pairs = [
            ("refund", "I want my money back"),
            ("refund", "please refund the order"),
            ("login", "cannot log in to my account"),
            ("login", "the login page rejects my password"),
        ];
        let one: Vec<Example> = pairs.iter().map(|(label, text)| Example::new(*label, *text)).collect();
        let several: Vec<MultiExample> =
            pairs.iter().map(|(label, text)| MultiExample::new([*label], *text)).collect();
        let classifier = Classifier::fit(&Config::default(), &one, None, &mut unwatched);
        let multi = MultiClassifier::fit(&Config::multi(), &several, None, &mut unwatched);
        (Arc::new(classifier.expect("two labels")), Arc::new(multi.expect("two labels")))
    });

    fn everything() -> Annotator {
        let annotator = Annotator::everything();
        assert_eq!(annotator.names(), ["emotion", "intent", "language", "sentiment", "spam", "urgency"]);
        let annotator = annotator.with("queue", OWN.0.clone()).expect("a new name");
        annotator.with_multi("tags", OWN.1.clone()).expect("a new name")
    }

    #[test]
    fn names_are_known_and_each_has_one_reader() {
        assert!(Annotator::new(&["telepathy"]).expect_err("no such model").to_string().contains("language"));
        assert!(Annotator::default().with("", OWN.0.clone()).is_err());
        assert!(Annotator::default().with("language", OWN.0.clone()).is_err());
        assert!(everything().with_multi("queue", OWN.1.clone()).is_err());
        assert!(everything().with("queue_probability", OWN.0.clone()).is_err());
        let long = Annotator::default().with("queue_probability", OWN.0.clone()).expect("alone");
        assert!(long.with("queue", OWN.0.clone()).is_err());
        assert!(Annotator::default().with("a\0b", OWN.0.clone()).is_err());
        assert_eq!(Annotator::new(&["spam", "spam"]).expect("known").names(), ["spam"]);
        assert_eq!(everything().annotate("").0.keys().collect::<Vec<_>>(), everything().names());
        assert!(Annotator::default().annotate("hello").0.is_empty());
    }

    #[test]
    fn of_several_labels_those_that_hold_are_named_and_no_other_is_counted() {
        let label =
            |label: &str, probability, holds| LabelProbability { label: label.into(), probability, holds };
        let labels = vec![label("x", 0.6, false), label("late", 0.5, true), label("a", 0.2, true)];
        let found = Annotation::Labels(MultiClassification { labels });
        assert_eq!(found.label(), ("a, late".to_owned(), 0.5));
        let found = Annotation::Labels(MultiClassification { labels: vec![label("x", 0.6, false)] });
        assert_eq!(found.label(), ("none".to_owned(), 0.0));
    }

    static EVERYTHING: LazyLock<Annotator> = LazyLock::new(everything);

    proptest! {
        #[test]
        fn each_reading_is_that_of_its_own_reader(
            text in "(refund|I HATE|@x|#NoSignal|urgent|sooo|👍🏽|http://a.b|don't|\\PC|[.!?\n ]){0,16}",
        ) {
            let found = EVERYTHING.annotate(&text);
            for (name, ..) in BuiltIn::MODELS {
                let own = BuiltIn::open(name).expect("known").read(&text);
                prop_assert_eq!(&found.0[name], &Annotation::BuiltIn(own));
            }
            prop_assert_eq!(&found.0["queue"], &Annotation::Label(OWN.0.classify(&text)));
            prop_assert_eq!(&found.0["tags"], &Annotation::Labels(OWN.1.classify(&text)));
            let language = LanguageDetector::builtin().detect(&text);
            prop_assert_eq!(&found.0["language"], &Annotation::Language(language));
            for alone in EVERYTHING.names() {
                let one = if let Ok(annotator) = Annotator::new(&[alone]) {
                    annotator.annotate(&text).0
                } else {
                    continue;
                };
                prop_assert_eq!(&one[alone], &found.0[alone]);
            }
            let texts = [&text, "", &text];
            let all = EVERYTHING.annotate_all(&texts.map(|text| text as &str), 2);
            prop_assert!(all[0] == found && all[2] == found);
            let labels: Vec<(String, f64)> = found.0.values().map(Annotation::label).collect();
            let alone = EVERYTHING.label_all(&[&text], 1).remove(0);
            prop_assert_eq!(alone.into_values().collect::<Vec<_>>(), labels);
        }
    }
}
