//! stitch.
