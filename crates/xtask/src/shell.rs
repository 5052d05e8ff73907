//! Running other programs, and looking at the machine.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The project's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where cargo builds: `CARGO_TARGET_DIR`, or `target` in the root.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The file of shared cases with their answers that the Rust tests leave behind.
pub(crate) fn cases() -> PathBuf {
    target().join("tmp/cases.tsv")
}

/// A program to be run in the project's root.
pub(crate) fn command(program: impl AsRef<Path>, words: &[&str]) -> Command {
    let mut command = Command::new(program.as_ref());
    command.args(words).current_dir(root());
    command
}

/// A cargo to be run in the project's root.
pub(crate) fn cargo(words: &[&str]) -> Command {
    command(std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from), words)
}

/// Runs a program, shows what it prints as it comes, and gives back whether it ended well and all
/// it printed on standard output.
pub(crate) fn run(command: &mut Command) -> (bool, String) {
    println!("\n$ {}", line_of(command));
    let mut output = String::new();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            println!("  cannot start: {error}");
            return (false, output);
        }
    };
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            output.push_str(&line);
            output.push('\n');
        }
    }
    let ok = child.wait().is_ok_and(|status| status.success());
    if !ok {
        println!("  FAILED: {}", line_of(command));
    }
    (ok, output)
}

/// The command as a person would type it.
fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Whether `program` is on the PATH.
pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Installs Debian packages if this is Debian and we are root; says so otherwise.
pub(crate) fn install(packages: &[&str]) -> bool {
    let root_user = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
    if !has("apt-get") || !root_user {
        println!("  to run these tests install: {}", packages.join(" "));
        return false;
    }
    let quiet = ["-q", "-y", "-o", "Dpkg::Use-Pty=0"];
    let apt = |words: &[&str]| {
        let mut apt = command("apt-get", &quiet);
        apt.args(words).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        println!("\n$ {}", line_of(&apt));
        apt.status().is_ok_and(|status| status.success())
    };
    let words: Vec<&str> = ["install", "--no-install-recommends"].iter().chain(packages).copied().collect();
    apt(&words) || (apt(&["update"]) && apt(&words))
}
