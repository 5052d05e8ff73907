//! What the user sees on standard error while a command works: notes and a progress bar.
//!
//! The bar is drawn only on a terminal; notes are always written, one line each. Standard output
//! belongs to results.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use reknit::model::Progress;

/// Standard error as one command uses it.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    bars: bool,
}

impl Console {
    pub(crate) fn new() -> Self {
        Self { bars: std::io::stderr().is_terminal() }
    }

    /// One line for the user. A closed standard error is nobody's loss.
    pub(crate) fn note(&self, message: impl Display) {
        // On a terminal a bar may stand in the line; it is drawn again below.
        let clear = if self.bars { "\r\x1b[2K" } else { "" };
        let _ = writeln!(std::io::stderr(), "{clear}reknit: {message}");
    }

    /// A bar over the bytes of one input; hidden when standard error is no terminal.
    pub(crate) fn reading(&self, name: &str, bytes: u64) -> ProgressBar {
        if !self.bars {
            return ProgressBar::hidden();
        }
        let bar = if bytes == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(bytes) };
        let style = ProgressStyle::with_template("read {msg} {bar:30} {bytes}/{total_bytes}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        bar.with_finish(ProgressFinish::AndClear)
    }

    /// A callback for the library that shows its stages.
    pub(crate) fn watch(&self) -> impl FnMut(Progress) -> ControlFlow<()> {
        let mut stages = Stages { shown: self.bars, stage: "", bar: ProgressBar::hidden() };
        move |progress| {
            stages.show(progress);
            ControlFlow::Continue(())
        }
    }
}

/// The bar of the stage under way; cleared when the next one begins or all are done.
struct Stages {
    shown: bool,
    stage: &'static str,
    bar: ProgressBar,
}

impl Stages {
    fn show(&mut self, progress: Progress) {
        if !self.shown {
            return;
        }
        if progress.stage != self.stage {
            self.bar.finish_and_clear();
            self.stage = progress.stage;
            self.bar = ProgressBar::new(progress.total);
            if let Ok(style) = ProgressStyle::with_template("{msg:9} {bar:30} {percent:>3} % {eta:>6}") {
                self.bar.set_style(style);
            }
            self.bar.set_message(progress.stage);
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
    }
}

impl Drop for Stages {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
