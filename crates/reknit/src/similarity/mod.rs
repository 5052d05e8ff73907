//! How alike two values are: a number from 0 (nothing in common) to 1 (equal).
//!
//! Every similarity here is symmetric, lies in `[0, 1]` and is 1 for equal values; two empty values
//! are equal. Distances say their unit in their documentation. The functions work on characters, not
//! on bytes, and know nothing of names or addresses: what a value means is read in
//! [`text`](crate::text) first.
//!
//! ```
//! use reknit::similarity::{jaro_winkler, levenshtein, osa};
//! assert!(jaro_winkler("martha", "marhta") > 0.96);
//! assert_eq!(levenshtein("kitten", "sitting"), 3);
//! assert_eq!(osa("4233547", "4235347"), 1);
//! ```

mod edit;
mod jaro;
mod set;

pub use edit::{levenshtein, normalized_levenshtein, normalized_osa, osa, within_one};
pub use jaro::{jaro, jaro_winkler};
pub use set::{dice, jaccard, ngram_dice, overlap};
