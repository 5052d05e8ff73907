//! lexicon.

/// Words and what they are worth.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {}

impl Lexicon {
    /// The built-in list.
    pub fn builtin() -> Self {
        Self {}
    }
}
