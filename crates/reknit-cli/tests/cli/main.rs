//! The binary from outside: files in, files out, exit codes, and what is said on standard error.

mod commands;
mod exports;
mod mail;
mod readers;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder of one test.
struct Room {
    folder: PathBuf,
}

/// How one run ended.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Room {
    /// An empty folder called `name`.
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder of the tests can be written");
        Self { folder }
    }

    /// The same with a file in it.
    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be written");
        fs::write(path, content).expect("the folder can be written");
        self
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).expect("the run wrote this file")
    }

    fn has(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    /// Runs `reknit` in the folder; `line` is cut at blanks.
    fn run(&self, line: &str) -> Run {
        self.run_with(line, "")
    }

    /// The same with standard input.
    fn run_with(&self, line: &str, input: &str) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_reknit"))
            .args(line.split_whitespace())
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary is built");
        let mut pipe = child.stdin.take().expect("it was asked for");
        // A run that fails early need not read its input.
        let _ = pipe.write_all(input.as_bytes());
        drop(pipe);
        Run::of(&child.wait_with_output().expect("it ends"))
    }
}

impl Run {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// The run succeeded; gives what it wrote.
    #[track_caller]
    fn done(self) -> String {
        assert_eq!(self.code, 0, "{}", self.err);
        self.out
    }

    /// The run failed with `code` and said each of `words`.
    #[track_caller]
    fn failed(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in: {}", self.err);
        }
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}
