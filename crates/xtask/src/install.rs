//! Installing the C library, as its users expect it: header, libraries with their links, pkg-config.

use std::fs;
use std::io;
use std::path::Path;

use crate::shell::root;

/// Copies header, libraries and `reknit.pc` below `prefix`; `built` is cargo's folder of the profile.
pub(crate) fn install(prefix: &Path, built: &Path) -> io::Result<()> {
    let (include, lib) = (prefix.join("include"), prefix.join("lib"));
    fs::create_dir_all(&include)?;
    fs::create_dir_all(lib.join("pkgconfig"))?;
    let source = root().join("bindings/c");
    let header = fs::read_to_string(source.join("include/reknit.h"))?;
    fs::write(include.join("reknit.h"), &header)?;
    fs::copy(built.join("libreknit.a"), lib.join("libreknit.a"))?;
    let version = env!("CARGO_PKG_VERSION");
    if cfg!(target_os = "macos") {
        fs::copy(built.join("libreknit.dylib"), lib.join("libreknit.dylib"))?;
    } else {
        let file = format!("libreknit.so.{version}");
        fs::copy(built.join("libreknit.so"), lib.join(&file))?;
        link(&file, &lib.join(format!("libreknit.so.{}", abi(&header)?)))?;
        link(&file, &lib.join("libreknit.so"))?;
    }
    let pc = fs::read_to_string(source.join("reknit.pc.in"))?;
    let pc = pc.replace("@PREFIX@", &prefix.to_string_lossy()).replace("@VERSION@", version);
    fs::write(lib.join("pkgconfig/reknit.pc"), pc)
}

/// The number in the library's SONAME.
fn abi(header: &str) -> io::Result<&str> {
    let line = header.lines().find_map(|line| line.strip_prefix("#define REKNIT_ABI_VERSION "));
    line.ok_or_else(|| io::Error::other("the header has no REKNIT_ABI_VERSION"))
}

/// A link named `place` to the file `target` beside it, in place of what was there.
fn link(target: &str, place: &Path) -> io::Result<()> {
    if place.symlink_metadata().is_ok() {
        fs::remove_file(place)?;
    }
    #[cfg(unix)]
    return std::os::unix::fs::symlink(target, place);
    #[cfg(not(unix))]
    return fs::copy(place.with_file_name(target), place).map(|_| ());
}
