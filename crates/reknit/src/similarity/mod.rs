//! similarity.
