//! What texts hold: dates and amounts, key phrases, like texts, twins, topics, opinions, summaries.
//!
//! Each file is one verb over the same tokens ([`text::token`](crate::text::token)) and the same shipped
//! word vectors. Nothing here needs training; what can be fitted (how common words are in your own texts)
//! is optional, and what is found names the bytes it stands on.

pub mod aspects;
pub mod duplicates;
pub mod emerging;
pub mod expand;
pub mod extract;
pub mod phrases;
pub mod redact;
pub mod segments;
pub mod similarity;
pub mod summary;
pub mod topics;

mod chance;
mod stop;
mod term;

pub use aspects::{AspectCandidate, AspectList, Aspects, Opinion, Target, discover, marked};
pub use duplicates::{DuplicateConfig, DuplicateGroup, Member, duplicates};
pub use emerging::{Alarm, AlarmConfig, emerging, periods};
pub use expand::{Proposal, expand};
pub use phrases::{KeyPhrase, PhraseConfig, Phrases};
pub use segments::{Segment, SegmentAssignment, SegmentConfig, Segments};
pub use similarity::{Comparison, Neighbour, Similarity, WordMatch};
pub use summary::{Cited, Side, Summarizer, Summary, SummaryConfig};
pub use topics::{Assignment, Topic, TopicConfig, TopicWord, Topics, WordStrength};
