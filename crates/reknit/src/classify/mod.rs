//! Texts to labels: a trainable linear classifier, and sentiment that needs no training.
//!
//! Three workers share this room. A [`Classifier`] learns the caller's own labels from examples: word
//! and character n-grams, weighted by how rare they are, and one linear model a label. A linear
//! model on such features is the strongest small baseline on short texts (Wang and Manning 2012;
//! Joulin et al. 2017), trains in seconds, needs no other data and explains itself exactly.
//! A [`MultiClassifier`] gives a text several of them, or none.
//! [`Sentiment`] reads praise and complaint with a word list and rules, and knows irony when it says
//! so beside trouble.
//!
//! ```
//! use reknit::classify::{Classifier, Config, Example};
//! use reknit::model::unwatched;
//!
//! let train: Vec<Example> = [
//!     ("refund", "I want my money back"), ("refund", "please refund the order"),
//!     ("refund", "refund my payment, the item is broken"),
//!     ("login", "cannot log in to my account"), ("login", "the login page rejects my password"),
//!     ("login", "my account password does not work"),
//! ].map(|(label, text)| Example::new(label, text)).into();
//! let classifier = Classifier::fit(&Config::default(), &train, None, &mut unwatched)?;
//! let found = classifier.classify("refund for my broken phone please");
//! assert_eq!(found.label, "refund");
//!
//! let why = classifier.explain("refund for my broken phone please");
//! assert!(why.evidence.adds_up());
//!
//! let again = Classifier::load(&classifier.save())?;
//! assert_eq!(again.classify("money back"), classifier.classify("money back"));
//! # Ok::<(), reknit::Error>(())
//! ```

mod annotate;
mod builtin;
mod cache;
mod calibrate;
mod class_weights;
mod columns;
mod config;
mod counterfactual;
mod cues;
mod curves;
mod emotion;
mod explain;
mod features;
mod format;
mod intent;
#[cfg(test)]
mod invented;
mod irony;
mod irony_words;
mod lexicon;
mod linear;
mod live;
pub mod metrics;
mod multi;
mod recipe;
mod rows;
mod scope;
mod score;
mod search;
mod sentiment;
mod single;
mod singles;
mod solver;
mod spam;
mod spelling;
mod suggest;
mod threads;
mod thresholds;
mod top_features;
mod train;
mod urgency;
mod vocabulary;

pub use annotate::{Annotation, Annotations, Annotator};
pub use builtin::{BuiltIn, Reading};
pub use calibrate::ReliabilityBin;
pub use class_weights::ClassWeights;
pub use config::{Config, Loss, Metric, MultiConfig};
pub use counterfactual::{
    Counterfactual, MultiCounterfactual, MultiTurn, MultiWithoutWord, Turn, WithoutWord,
};
pub use emotion::{EmotionReading, EmotionScore, EmotionWeight, Emotions};
pub use explain::{Explanation, SpanWeight};
pub use format::ModelKind;
pub use intent::{Intent, IntentReading, IntentScore, IntentWeight, Intents};
pub use lexicon::Lexicon;
pub use live::LiveClassifier;
pub use multi::{LabelProbability, MultiClassification, MultiClassifier, MultiExample, MultiExplanation};
pub use recipe::Recipe;
pub use sentiment::{Cue, Learning, Polarity, Sarcasm, Sentiment, SentimentDecision, SentimentReading};
pub use spam::{Spam, SpamReading};
pub use top_features::{FeatureKind, TopFeature, TopFeatures};
pub use train::{Classification, Classifier, Decision, Example, Training};
pub use urgency::{Urgency, UrgencyLevel, UrgencyReading, UrgencyScore};
