//! What could not be read, and where.

use std::fmt;

use serde::Serialize;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Place {
    /// The line, counted from 1; 0 when the whole file is meant.
    pub line: u64,
    /// In JSON the way to the item, such as `chats.list[2].messages[17]`; else empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
}

impl Place {
    /// A line.
    pub fn line(line: u64) -> Self {
        Self { line, path: String::new() }
    }
}

impl fmt::Display for Place {
    /// `line 3 (messages[17])`, as far as it is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.path.as_str()) {
            (0, "") => f.write_str("the file"),
            (0, path) => f.write_str(path),
            (line, "") => write!(f, "line {line}"),
            (line, path) => write!(f, "line {line} ({path})"),
        }
    }
}

/// Something in a file that could not be read; the rest was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong and what was done about it; never a text or a name of the file.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
