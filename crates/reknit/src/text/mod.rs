//! Readings of dirty text: pure, total, and the same the second time.
//!
//! Each file reads one kind of text into its normal form and says what it saw on the way. A reading
//! never fails and never panics on any input: what cannot be read has no normal form (`None`), and
//! that is data. The law, tested for all: reading a normal form gives the same normal form.

pub mod body;
pub mod date;
pub mod email;
pub mod emoji;
pub mod fold;
pub mod handle;
pub mod name;
pub mod nickname;
pub mod phone;
pub mod phonetic;
pub mod postal;
pub mod subject;
pub mod token;
