//! The one error type of the library.
//!
//! Dirty input is data, not an error: an unreadable phone number is a value without a normal form.
//! An [`Error`] is for what the caller can put right: a wrong config, a request that is no JSON, a
//! damaged model, constraints that contradict each other. Its [`ErrorKind`] has a number and a name
//! that never change, and every binding hands both on without a list of its own.
//!
//! Messages name the place, the limit and what to do. They never hold a field's value, because a
//! value may be personal data: ids, field names and numbers only.

use std::fmt;

/// The result of every call that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of thing went wrong, for programs.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A setting is out of its range or two settings contradict each other.
    Config,
    /// A request or a row breaks the documented shape (no JSON, a missing id, a repeated id).
    Input,
    /// A model file is damaged, truncated or made by a newer version.
    Model,
    /// Must-link and cannot-link constraints contradict each other.
    Contradiction,
    /// A name (of a model, a verb, a label, a record) is not known.
    NotFound,
    /// The caller's progress callback asked to stop.
    Cancelled,
    /// A file could not be read or written (the core itself does no IO; the faces use this).
    Io,
    /// A promise inside the library was broken; the call had no effect.
    Internal,
}

impl ErrorKind {
    /// Every kind, in the order of its code.
    pub const ALL: [Self; 8] = [
        Self::Config,
        Self::Input,
        Self::Model,
        Self::Contradiction,
        Self::NotFound,
        Self::Cancelled,
        Self::Io,
        Self::Internal,
    ];

    /// The stable number of the kind: 1 and up; 0 is left for "no error" in C.
    pub fn code(self) -> u32 {
        match self {
            Self::Config => 1,
            Self::Input => 2,
            Self::Model => 3,
            Self::Contradiction => 4,
            Self::NotFound => 5,
            Self::Cancelled => 6,
            Self::Io => 7,
            Self::Internal => 8,
        }
    }

    /// The stable name of the kind, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Input => "input",
            Self::Model => "model",
            Self::Contradiction => "contradiction",
            Self::NotFound => "not_found",
            Self::Cancelled => "cancelled",
            Self::Io => "io",
            Self::Internal => "internal",
        }
    }
}

/// What went wrong: a [kind](ErrorKind) for programs and a message for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error {
    /// An error of `kind` that says `message`: what was wrong, where, the limit, what to do.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// A setting is out of range.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// A request or a row breaks the documented shape.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// A model cannot be read.
    pub fn model(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Model, message)
    }

    /// A name is not known.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// The caller's progress callback asked to stop.
    pub fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "stopped by the progress callback; nothing was changed")
    }

    /// The kind, for programs.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The stable number of the kind.
    pub fn code(&self) -> u32 {
        self.kind.code()
    }

    /// The stable name of the kind.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_distinct_and_start_at_one() {
        for (place, kind) in ErrorKind::ALL.into_iter().enumerate() {
            assert_eq!(kind.code() as usize, place + 1);
            assert!(kind.name().chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        }
    }
}
