//! The one place where HTML becomes text.

/// The text that a reader of the HTML sees.
pub(crate) fn to_text(html: &str) -> String {
    mail_parser::decoders::html::html_to_text(html)
}
