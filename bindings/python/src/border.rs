//! The one way from Python into the library and back.
//!
//! [`cross`] lets go of the GIL, runs the work, and turns whatever comes out of it into what a
//! Python caller expects: an answer, a `reknit.ReknitError`, the exception that the caller's own
//! progress function raised, or `KeyboardInterrupt`. A panic stops here as well: as a
//! `PanicException` it would pass every `except Exception`. Its place is noted for the error, its
//! message, which may quote a value, is printed nowhere.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use reknit::model::{Progress, Watch};
use reknit::{Error, ErrorKind, Result};

/// How often Python is asked about signals and told of progress: often enough that Ctrl-C feels
/// immediate and a bar moves, seldom enough that taking the GIL (up to 5 ms when another thread
/// holds it) costs nothing that can be measured.
const PAUSE: Duration = Duration::from_millis(50);

thread_local! {
    /// Where the last panic of this thread arose.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// Notes the place of a panic and prints nothing. The hook belongs to the copy of the standard
/// library inside this extension module, so no other code of the process sees it.
pub(crate) fn keep_panics_quiet() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| {
            let file = Path::new(at.file()).file_name().unwrap_or_default().to_string_lossy();
            format!(" ({file}:{})", at.line())
        });
        let _ = PLACE.try_with(|last| last.set(place));
    }));
}

/// Runs `work` without the GIL.
pub(crate) fn cross<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&mut Watch<'_>) -> Result<T> + Send,
) -> PyResult<T> {
    let (outcome, raised) = py.detach(|| {
        let mut watcher = Watcher { progress, raised: None, stage: "", last: None };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut |progress| watcher.see(progress))));
        (outcome, watcher.raised)
    });
    match (raised, outcome) {
        (Some(raised), _) => Err(raised),
        (None, Ok(Ok(answer))) => Ok(answer),
        (None, Ok(Err(error))) => Err(raise(py, &error)),
        (None, Err(payload)) => {
            // A payload whose own drop panics must not unwind from here.
            std::mem::forget(payload);
            let place = PLACE.take().unwrap_or_default();
            let message = format!(
                "a promise inside the library was broken{place}; the call had no effect; please report it"
            );
            Err(raise(py, &Error::new(ErrorKind::Internal, message)))
        }
    }
}

/// `error` as the Python exception of its kind; which class that is, `reknit._errors` knows.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let made = py
        .import("reknit._errors")
        .and_then(|errors| errors.call_method1("error_of", (error.code(), error.name(), error.to_string())));
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(failed) => failed,
    }
}

/// Passes progress on to Python and listens for its wish to stop.
struct Watcher {
    progress: Option<Py<PyAny>>,
    raised: Option<PyErr>,
    stage: &'static str,
    last: Option<Instant>,
}

impl Watcher {
    fn see(&mut self, now: Progress) -> ControlFlow<()> {
        if self.raised.is_some() {
            return ControlFlow::Break(());
        }
        let ends = now.stage != self.stage || now.done == now.total;
        if !ends && self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return ControlFlow::Continue(());
        }
        self.stage = now.stage;
        self.last = Some(Instant::now());
        Python::attach(|py| match self.tell(py, now) {
            Ok(flow) => flow,
            Err(raised) => {
                self.raised = Some(raised);
                ControlFlow::Break(())
            }
        })
    }

    /// A progress function that returns `False` asks to stop; `None` and all else goes on.
    fn tell(&self, py: Python<'_>, now: Progress) -> PyResult<ControlFlow<()>> {
        py.check_signals()?;
        let Some(progress) = &self.progress else { return Ok(ControlFlow::Continue(())) };
        let answer = progress.bind(py).call1((now.stage, now.done, now.total))?;
        let stop = answer.is(pyo3::types::PyBool::new(py, false));
        Ok(if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}
