//! The Rust tests: the workspace, its documentation, and each capability built alone.

use crate::shell::{cargo, run};
use crate::tally::Tally;

/// The features of the core that must build without one another.
const FEATURES: [&str; 5] = ["resolve", "stitch", "classify", "mine", "pipeline"];

/// Runs them all. The shared cases leave their answers behind for the other languages.
pub(crate) fn test() -> Tally {
    let mut tally = Tally::new("Rust");
    let (ok, output) = run(&mut cargo(&["test", "--workspace", "--no-fail-fast"]));
    tally.read(ok, &output, "test result:");
    for feature in FEATURES {
        let words =
            ["check", "--quiet", "--package", "reknit", "--no-default-features", "--features", feature];
        tally.step(run(&mut cargo(&words)).0);
    }
    tally
}
