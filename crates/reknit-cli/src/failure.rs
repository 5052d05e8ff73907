//! What the command line says when something goes wrong, and with which exit code.
//!
//! A [`Failure`] names the place (file, line, column: as far as they are known) and what to do
//! about it. Exit codes: 1 for data that cannot be processed, 2 for a wrong call. A reader that
//! hangs up (`reknit ... | head`) is no failure: the program ends quietly.

use std::fmt;
use std::io;

use reknit::ErrorKind;

/// The result of everything in the command line that can fail.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A position in a file, counted from 1; 0 where it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl Place {
    pub(crate) fn file(file: &str) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0 }
    }

    pub(crate) fn line(file: &str, line: u64) -> Self {
        Self { file: file.to_owned(), line, column: 0 }
    }

    pub(crate) fn at(file: &str, line: u64, column: u64) -> Self {
        Self { file: file.to_owned(), line, column }
    }
}

impl fmt::Display for Place {
    /// `file:line:column`, as compilers write it, so that editors can jump there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call itself is wrong: exit code 2.
    Usage(String),
    /// The data or the processing failed: exit code 1.
    Data { place: Option<Place>, message: String },
    /// Whoever read standard output has hung up: exit code 0, nothing said.
    Closed,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn data(message: impl Into<String>) -> Self {
        Self::Data { place: None, message: message.into() }
    }

    pub(crate) fn at(place: Place, message: impl Into<String>) -> Self {
        Self::Data { place: Some(place), message: message.into() }
    }

    /// An error of the operating system while `file` was read or written.
    pub(crate) fn io(file: &str, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        Self::at(Place::file(file), error.to_string())
    }

    /// The same failure with a place, where it has none yet.
    pub(crate) fn placed(self, place: Place) -> Self {
        match self {
            Self::Data { place: None, message } => Self::at(place, message),
            other => other,
        }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Data { .. } => 1,
            Self::Closed => 0,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Data { place: None, message } => f.write_str(message),
            Self::Data { place: Some(place), message } => write!(f, "{place}: {message}"),
            Self::Closed => Ok(()),
        }
    }
}

impl From<reknit::Error> for Failure {
    fn from(error: reknit::Error) -> Self {
        match error.kind() {
            ErrorKind::Config => Self::Usage(error.to_string()),
            _ => Self::data(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_far_as_it_is_known() {
        assert_eq!(Place::file("a.csv").to_string(), "a.csv");
        assert_eq!(Place::line("a.csv", 3).to_string(), "a.csv:3");
        assert_eq!(Failure::at(Place::at("a.csv", 3, 7), "no").to_string(), "a.csv:3:7: no");
    }

    #[test]
    fn a_wrong_config_is_a_wrong_call_and_all_else_is_not() {
        assert_eq!(Failure::from(reknit::Error::config("x")).exit_code(), 2);
        assert_eq!(Failure::from(reknit::Error::input("x")).exit_code(), 1);
    }
}
