//! The Python tests.

use crate::tally::Tally;

/// Runs them all.
pub(crate) fn test() -> Tally {
    Tally::new("Python")
}
