//! Arrow in and out of Reknit.
//!
//! Data frames hold the same text in many layouts: pandas sends `LargeUtf8`, polars `Utf8View`,
//! `DuckDB` `Utf8`, a categorical column is a dictionary, an empty one is `Null`. All of them are
//! read once, here at the border, into the core's own nouns; no algorithm knows of Arrow. Results
//! go back as one `RecordBatch` each, text as `Utf8`.
//!
//! | in | out |
//! |---|---|
//! | [`table_from_reader`]: contact records | [`resolution_batch`]: people |
//! | [`messages_from_reader`]: messages | [`stitching_batch`]: conversations |
//! | plain texts | [`classifications_batch`]: labels |
//! | a stream with a column of texts | [`annotated`]: a stream of what several readers say of them |
//!
//! Arrays are trusted to be valid Arrow, as everywhere in the Arrow world: a producer that hands
//! out broken offsets breaks any consumer. Everything else, a wrong type among it, is an
//! [`Error`](reknit::Error) that names the column.
//!
//! Cost: one pass over the batches, one hash per value (the table interns its values).

// A face that hands Arrow on must speak of the same major version.
pub use {arrow_array, arrow_schema};

mod annotate;
mod cells;
mod messages;
mod results;
mod table;

pub use annotate::{Annotated, annotated};
pub use messages::messages_from_reader;
pub use results::{classifications_batch, resolution_batch, stitching_batch};
pub use table::table_from_reader;
