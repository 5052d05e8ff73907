//! nickname.
