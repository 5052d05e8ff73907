//! The C ABI of Reknit: one function per verb, handles for what lives longer than a call.
//!
//! The crate converts, calls the core and converts back; it holds no rule. Requests and results are
//! the JSON of `reknit::wire`, the same bytes in every language; records in bulk cross as Arrow C
//! streams. What a C program sees is
//! `include/reknit.h`, which is generated from `boundary`.
//!
//! | file | holds |
//! |---|---|
//! | `boundary` | every exported function, every raw pointer, every unsafe line |
//! | `guard` | no panic and no print leaves the library |
//! | `handles` | objects behind checked numbers: no use after free, no double free, no wrong kind |
//! | `classifier`, `arrow`, `json` | what the longer functions do, in safe Rust |
#![deny(unsafe_code)]

mod arrow;
mod boundary;
mod classifier;
mod guard;
mod handles;
mod json;
