//! phonetic.
