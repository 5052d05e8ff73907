//! Keeps panics inside the library: they become an error of kind `internal`, and print nothing.
//!
//! A panic that leaves an `extern "C"` function aborts the host process, so every exported function
//! runs inside [`guarded`]. Rust's default panic hook writes the message to stderr, where it may end
//! up in a host's log together with the value that caused it. While a call is in progress a hook of
//! ours takes its place: it notes the file and line for the error's message and prints nothing. At
//! any other time the previous hook runs as before. The hook belongs to the copy of the standard
//! library linked into libreknit, so no other code of the process sees it. Calls are counted for the
//! process and not for the thread, because a verb's worker threads panic on threads of their own.
//!
//! What cannot be caught: exhausted memory and exhausted stack end the process, as in any C library.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, Location};
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use reknit_core::{Error, ErrorKind, Result};

/// Calls in progress, over all threads.
static CALLS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Where the last panic of this thread arose: file and line, never its message.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// Counts a call while it lives.
struct Call;

impl Call {
    fn begin() -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(install);
        CALLS.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        CALLS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Runs `work`; a panic in it is an error.
///
/// `AssertUnwindSafe` is right because objects behind handles never change, but for live resolvers and
/// live stitchers, which refuse every call once a change of theirs has panicked; and the handle table
/// holds no lock while foreign code runs.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let _call = Call::begin();
    PLACE.set(None);
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        // The payload's own drop may panic; what that leaves is given up.
        panic::catch_unwind(AssertUnwindSafe(|| drop(payload))).unwrap_or_else(std::mem::forget);
        Err(broken_promise(PLACE.take()))
    })
}

fn broken_promise(place: Option<String>) -> Error {
    let place = place.map_or_else(String::new, |place| format!(" ({place})"));
    Error::new(
        ErrorKind::Internal,
        format!("a promise inside the library was broken{place}; the call had no effect; please report it"),
    )
}

fn install() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if CALLS.load(Ordering::SeqCst) == 0 {
            previous(info);
        } else {
            // On a thread that is ending its locals may be gone; then the error has no place.
            let _ = PLACE.try_with(|place| place.set(info.location().map(short)));
        }
    }));
}

/// File and line without the folders of the machine that built the library.
fn short(location: &Location<'_>) -> String {
    let file = Path::new(location.file()).file_name().unwrap_or_default();
    format!("{}:{}", file.display(), location.line())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_internal_error_that_says_where_but_not_what() {
        let error = guarded::<()>(|| panic!("ana@example.com")).expect_err("it panicked");
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert!(error.to_string().contains("guard.rs:"), "{error}");
        assert!(!error.to_string().contains("ana"), "{error}");
    }

    #[test]
    fn a_panic_of_a_worker_thread_is_an_error_too() {
        let error = guarded::<()>(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| panic!("ana@example.com"));
            });
            Ok(())
        })
        .expect_err("it panicked");
        assert_eq!(error.name(), "internal");
    }

    #[test]
    fn a_caught_panic_prints_nothing() {
        // The two tests above in a process of their own, whose stderr nobody captures.
        let program = std::env::current_exe().expect("a test has a program");
        let words = ["guard::tests::a_panic_", "--nocapture", "--test-threads=1"];
        let output = std::process::Command::new(program).args(words).output().expect("it starts");
        let (told, printed) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(told.contains("2 passed"), "{told}");
        assert!(!printed.contains("panicked") && !printed.contains("ana@"), "{printed}");
    }

    #[test]
    fn results_and_errors_pass_through() {
        assert_eq!(guarded(|| Ok(7)), Ok(7));
        assert_eq!(guarded::<()>(|| Err(Error::input("x"))), Err(Error::input("x")));
    }
}
