//! The C ABI of Reknit: one function per verb, handles for what lives longer than a call.
//!
//! The crate converts, calls the core and converts back; it holds no rule. Requests and results are
//! the JSON of `reknit::wire`, the same bytes in every language. What a C program sees is
//! `include/reknit.h`, which is generated from `boundary`.
//!
//! | file | holds |
//! |---|---|
//! | `boundary` | every exported function, every raw pointer, every unsafe line |
//! | `guard` | no panic and no print leaves the library |
//! | `handles` | objects behind checked numbers: no use after free, no double free, no wrong kind |
#![deny(unsafe_code)]

mod boundary;
mod guard;
mod handles;
