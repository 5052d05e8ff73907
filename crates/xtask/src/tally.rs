//! Counting what passed, failed and was skipped.

use std::fmt;

/// The count of one language.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    name: String,
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed, a step that did not get as far as counting among them.
    pub(crate) failed: u64,
    /// What was not run, and what to do about it.
    pub(crate) skips: Vec<String>,
}

impl Tally {
    /// Nothing counted yet.
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// One step without counts of its own.
    pub(crate) fn step(&mut self, ok: bool) {
        if ok {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    /// Adds every `N passed` and `N failed` (also `N failures`) that a test runner wrote on lines
    /// that hold `mark`, and one failure when the runner itself failed without counting one.
    pub(crate) fn read(&mut self, ok: bool, output: &str, mark: &str) {
        let before = self.failed;
        let passed_before = self.passed;
        for line in output.lines().filter(|line| line.contains(mark)) {
            self.passed += number_before(line, " passed");
            self.failed += number_before(line, " failed");
        }
        if !ok && self.failed == before {
            self.failed += 1;
        }
        if ok && self.passed == passed_before {
            println!("  the runner counted no test: that is a failure");
            self.failed += 1;
        }
    }

    /// Adds what JUnit counted: the last line `Tests run: N, Failures: N, Errors: N, Skipped: N`.
    pub(crate) fn read_surefire(&mut self, ok: bool, output: &str) {
        let sum = output.lines().rev().find(|line| line.contains("Tests run: "));
        let count = |word: &str| {
            let rest = sum.and_then(|line| line.split_once(word)).map_or("", |(_, rest)| rest);
            rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
        };
        let (run, failed) = (count("Tests run: "), count("Failures: ") + count("Errors: "));
        let skipped = count("Skipped: ");
        self.passed += u64::saturating_sub(run, failed + skipped);
        self.failed += failed.max(u64::from(!ok || run == 0));
        if skipped > 0 {
            self.skip(format!("{skipped} tests that JUnit skipped"));
        }
    }

    /// Notes something that was not run.
    pub(crate) fn skip(&mut self, what: impl Into<String>) {
        let what = format!("{}: {}", self.name, what.into());
        println!("  SKIPPED {what}");
        self.skips.push(what);
    }

    /// Both together.
    pub(crate) fn plus(mut self, other: Self) -> Self {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skips.extend(other.skips);
        self
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<8} {:>5} passed {:>3} failed {:>3} skipped",
            self.name,
            self.passed,
            self.failed,
            self.skips.len()
        )
    }
}

/// The number that stands right before `word` in `line`; 0 when there is none.
pub(crate) fn number_before(line: &str, word: &str) -> u64 {
    let Some(end) = line.find(word) else { return 0 };
    let digits = line[..end].rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_lines_of_the_runners() {
        assert_eq!(number_before("test result: ok. 12 passed; 3 failed; 0 ignored", " passed"), 12);
        assert_eq!(number_before("test result: ok. 12 passed; 3 failed; 0 ignored", " failed"), 3);
        assert_eq!(number_before("====== 41 passed in 2.1s ======", " passed"), 41);
        assert_eq!(number_before("nothing here", " passed"), 0);
    }

    #[test]
    fn reads_the_sum_of_junit() {
        let mut tally = Tally::new("x");
        let lines = "Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s\n\
                     Tests run: 7, Failures: 1, Errors: 1, Skipped: 0";
        tally.read_surefire(false, lines);
        assert_eq!((tally.passed, tally.failed), (5, 2));
    }

    #[test]
    fn a_runner_that_counts_nothing_fails() {
        let mut tally = Tally::new("x");
        tally.read(true, "all good", "passed");
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }
}
