//! postal.
