//! The C tests: the header is the generated one, and C programs run clean under valgrind.

use std::path::{Path, PathBuf};

use crate::shell::{cargo, cases, command, has, install, root, run, target};
use crate::tally::Tally;

/// What the compiler must not complain about.
const STRICT: [&str; 6] = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g"];

/// The system libraries a static link needs (`rustc --print native-static-libs`).
const SYSTEM: [&str; 4] = ["-lgcc_s", "-lpthread", "-lm", "-ldl"];

/// Valgrind fails the program on a bad access or a leak. Tables that live as long as the program
/// (hashbrown keeps a pointer into their middle) look possibly lost, and are not.
const VALGRIND: [&str; 5] = [
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--show-leak-kinds=definite",
    "--errors-for-leak-kinds=definite",
];

/// Runs them all.
pub(crate) fn test() -> Tally {
    let mut tally = Tally::new("C");
    if !has("cc") {
        tally.skip("no C compiler `cc`; install gcc or clang");
        return tally;
    }
    if !build_library() {
        tally.step(false);
        return tally;
    }
    let checked = has("valgrind") || install(&["valgrind"]);
    if !checked {
        tally.skip("valgrind is missing: the programs run unchecked");
    }
    let cases = cases();
    for (source, words) in [
        ("bindings/c/tests/cases.c", vec![cases.as_path()]),
        ("bindings/c/tests/misuse.c", vec![]),
        ("bindings/c/tests/arrow.c", vec![]),
        ("examples/c/people.c", vec![]),
    ] {
        match compile(source) {
            Some(program) => run_program(&mut tally, &program, &words, checked),
            None => tally.step(false),
        }
    }
    tally.step(runs_installed());
    tally
}

/// Whether a program builds and runs against the installed shared library.
fn runs_installed() -> bool {
    let prefix = target().join("c/prefix");
    if let Err(error) = crate::install::install(&prefix, &target().join("debug")) {
        println!("  cannot install to {}: {error}", prefix.display());
        return false;
    }
    let program = target().join("c/people-shared");
    let lib = prefix.join("lib");
    let mut compiler = command("cc", &STRICT);
    compiler.arg("examples/c/people.c").arg("-o").arg(&program);
    compiler.arg("-I").arg(prefix.join("include")).arg("-L").arg(&lib).arg("-lreknit");
    run(&mut compiler).0 && run(command(&program, &[]).env("LD_LIBRARY_PATH", &lib)).0
}

/// Builds the C library for release and installs it below `prefix`.
pub(crate) fn install_release(prefix: &str) -> bool {
    let Ok(prefix) = std::path::absolute(prefix) else { return false };
    run(&mut cargo(&["build", "--release", "--package", "reknit-c"])).0
        && match crate::install::install(&prefix, &target().join("release")) {
            Ok(()) => true,
            Err(error) => {
                println!("  cannot install to {}: {error}", prefix.display());
                false
            }
        }
}

/// Builds the library that C and Java load.
pub(crate) fn build_library() -> bool {
    cases_written() && run(&mut cargo(&["build", "--package", "reknit-c"])).0
}

/// Has the Rust test write the file of shared cases anew, so that no language is held to the answers
/// of an older build. Whether the test itself passes is for the Rust tests to count.
pub(crate) fn cases_written() -> bool {
    run(&mut cargo(&["test", "--package", "reknit", "--test", "cases"]));
    cases().is_file()
}

/// Compiles one C file against the header and the static library.
fn compile(source: &str) -> Option<PathBuf> {
    let folder = target().join("c");
    std::fs::create_dir_all(&folder).ok()?;
    let program = folder.join(Path::new(source).file_stem()?);
    let mut compiler = command("cc", &STRICT);
    compiler.arg("-I").arg(root().join("bindings/c/include")).arg(source).arg("-o").arg(&program);
    compiler.arg(target().join("debug/libreknit.a")).args(SYSTEM);
    run(&mut compiler).0.then_some(program)
}

/// Runs a program, under valgrind where there is one, and counts what it counted or the program
/// itself as one.
fn run_program(tally: &mut Tally, program: &Path, words: &[&Path], checked: bool) {
    let mut line = if checked { command("valgrind", &VALGRIND) } else { command(program, &[]) };
    if checked {
        line.arg(program);
    }
    let (ok, output) = run(line.args(words));
    if output.contains("C: ") {
        tally.read(ok, &output, "C: ");
    } else {
        tally.step(ok);
    }
}

/// Writes the C header anew; the test that compares it does the writing.
pub(crate) fn write_header() -> bool {
    run(cargo(&["test", "--package", "reknit-c", "--test", "header"]).env("REKNIT_WRITE_HEADER", "1")).0
}
