//! See `reknit_fuzz::forge`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| reknit_fuzz::forge(data));
