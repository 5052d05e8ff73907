//! The one place where HTML becomes text.

/// The text that a reader of the HTML sees.
pub(crate) fn to_text(html: &str) -> String {
    reknit::text::html::to_text(html)
}
