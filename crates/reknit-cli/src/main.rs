//! The `reknit` command.
mod demo;
fn main() {}
