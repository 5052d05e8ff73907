//! The nouns of the house, as plain data.
//!
//! Records and their identifiers, messages and their channels, weights and evidence. Nothing here
//! decides anything; every other room builds on these types and on nothing above them.

mod channel;
#[cfg(any(feature = "resolve", feature = "stitch", feature = "classify"))]
mod checksum;
mod distinct;
mod evidence;
mod field;
mod identifier;
mod keys;
mod message;
mod progress;
mod record;
mod table;
mod time;

pub use channel::{Channel, ChannelFamily, Profile};
#[cfg(any(feature = "resolve", feature = "stitch", feature = "classify"))]
pub(crate) use checksum::checksum;
pub use distinct::Distinct;
pub use evidence::{Bar, Contribution, Evidence, Weight};
pub use field::FieldKind;
pub use identifier::{Assurance, Identifier, IdentifierKind};
pub use keys::{Keys, KeysBuilder, Repeated};
pub use message::{Direction, Message, Participant, Visibility};
pub use progress::{Progress, Watch, unwatched};
pub use record::{Record, RecordKey};
pub use table::{Column, ColumnBuilder, IdentifierFacts, Table};
pub use time::Timestamp;
