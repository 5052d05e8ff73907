//! The C tests.

use crate::tally::Tally;

/// Runs them all.
pub(crate) fn test() -> Tally {
    Tally::new("C")
}

/// Writes the C header anew.
pub(crate) fn write_header() -> Result<(), ()> {
    Err(())
}
