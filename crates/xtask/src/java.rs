//! The Java tests: Maven builds the classes over the C library and runs JUnit.

use crate::c;
use crate::shell::{cases, command, has, install, root, run, target};
use crate::tally::Tally;

/// Debian's own Maven repository, which works offline.
const DEBIAN_SETTINGS: &str = "/etc/maven/settings-debian.xml";

/// What Debian calls all we need.
const PACKAGES: [&str; 8] = [
    "maven-debian-helper",
    "libmaven-compiler-plugin-java",
    "libmaven-resources-plugin-java",
    "libmaven-jar-plugin-java",
    "libsurefire-java",
    "junit5",
    "libjna-java",
    "libjna-jni",
];

/// Runs them all.
pub(crate) fn test() -> Tally {
    let mut tally = Tally::new("Java");
    let debian = std::path::Path::new(DEBIAN_SETTINGS);
    let ready =
        || has("mvn") && debian.is_file() && std::path::Path::new("/usr/share/java/jna.jar").is_file();
    if !ready() && !install(&PACKAGES) && !has("mvn") {
        tally.skip("no Maven; install a JDK of 8 or later and Maven");
        return tally;
    }
    if !c::build_library() {
        tally.step(false);
        return tally;
    }
    let mut maven = command("mvn", &["-B", "-f", "bindings/java/pom.xml"]);
    if debian.is_file() {
        maven.args(["-o", "-s", DEBIAN_SETTINGS, "-P", "debian"]);
    }
    maven.arg(format!("-Dreknit.library.path={}", target().join("debug").display()));
    maven.arg(format!("-Dreknit.cases={}", cases().display()));
    let (ok, output) = run(maven.arg("test").current_dir(root()));
    tally.read_surefire(ok, &output);
    tally
}
