//! The Python tests: the package is installed as a user would, then pytest and the type checkers.

use std::path::PathBuf;

use crate::c;
use crate::shell::{cases, command, has, install, root, run, target};
use crate::tally::Tally;

/// The oldest Python the wheel is made for (abi3-py311).
const OLDEST: &str = "3.11";

/// Runs them all.
pub(crate) fn test() -> Tally {
    let mut tally = Tally::new("Python");
    let Some(python) = environment(&mut tally) else { return tally };
    let here = root().join("bindings/python");
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let mut install = command(&python, &pip);
    // Types with the rest, so that a wheel from an earlier run is replaced.
    install.args(["--force-reinstall", "--no-deps"]).arg(&here);
    let mut needs = command(&python, &pip);
    needs.arg(format!("{}[test]", here.display()));
    if !run(&mut needs).0 || !run(&mut install).0 || !c::cases_written() {
        tally.step(false);
        return tally;
    }
    let python_in = |words: &[&str]| {
        let mut command = command(&python, words);
        command.current_dir(&here).env("REKNIT_CASES", cases());
        command
    };
    let (ok, output) = run(&mut python_in(&["-m", "pytest", "-q", "-rA", "--color=no", "tests"]));
    tally.read(ok, &output, " passed in ");
    tally.step(run(&mut python_in(&["-m", "mypy", "--no-incremental"])).0);
    tally.step(run(&mut python_in(&["-m", "mypy.stubtest", "reknit._native"])).0);
    tally
}

/// The interpreter of a virtual environment below `target/`, made if it is not there.
fn environment(tally: &mut Tally) -> Option<PathBuf> {
    let folder = target().join("venv");
    let python = folder.join("bin/python");
    if python.is_file() {
        return Some(python);
    }
    if !has("python3") && !install(&["python3", "python3-venv"]) {
        tally.skip(format!("no python3; install Python {OLDEST} or later"));
        return None;
    }
    let make = || run(command("python3", &["-m", "venv"]).arg(&folder)).0;
    if make() || (install(&["python3-venv"]) && make()) {
        return Some(python);
    }
    tally.skip("python3 cannot make a virtual environment; install python3-venv");
    None
}
