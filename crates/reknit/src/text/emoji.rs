//! emoji.
