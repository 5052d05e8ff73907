//! Every verb of the library exists in every language, under its own name.

use std::fs;
use std::path::Path;

use reknit::wire::VERBS;

fn read(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the project's root");
    let path = root.join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What every language has beside the verbs: files are bytes, which JSON does not hold.
const BESIDE: [&str; 1] = ["read_messages"];

fn check(file: &str, written: impl Fn(&str) -> String) {
    let text = read(file);
    let verbs = VERBS.iter().copied().chain(BESIDE);
    let missing: Vec<&str> = verbs.filter(|verb| !text.contains(&written(verb))).collect();
    assert!(missing.is_empty(), "{file} has no {missing:?}");
}

/// A verb as Java writes it: `what_if` is `whatIf`.
fn camel(verb: &str) -> String {
    let mut words = verb.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

#[test]
fn every_verb_is_in_the_c_header() {
    check("bindings/c/include/reknit.h", |verb| format!(" reknit_{verb}("));
}

#[test]
fn every_verb_is_in_python() {
    check("bindings/python/python/reknit/__init__.py", |verb| format!("\n    \"{verb}\","));
}

#[test]
fn every_verb_is_in_java() {
    check("bindings/java/src/main/java/io/reknit/Reknit.java", |verb| format!(" {}(", camel(verb)));
}

#[test]
fn every_language_has_one_version_and_one_abi() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("bindings/java/pom.xml").contains(&format!("<version>{version}</version>")));
    let header = read("bindings/c/include/reknit.h");
    let abi = header.lines().find_map(|line| line.strip_prefix("#define REKNIT_ABI_VERSION "));
    let java = format!("ABI_VERSION = {};", abi.expect("the header has an ABI"));
    assert!(read("bindings/java/src/main/java/io/reknit/CLibrary.java").contains(&java));
}
