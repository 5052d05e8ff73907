//! Gives the shared library its SONAME, which a plain cargo `cdylib` lacks, and keeps it loaded.
//!
//! The number is `REKNIT_ABI_VERSION`: a program linked against one ABI never loads another. A thread
//! that has called the library runs destructors of its code when it ends, so `dlclose` must not
//! unmap it before.

/// `REKNIT_ABI_VERSION` of `src/boundary.rs`; a test there compares the two.
const ABI: u32 = 0;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=REKNIT_SONAME_ABI={ABI}");
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if ["linux", "android", "freebsd", "netbsd", "openbsd"].contains(&os.as_str()) {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libreknit.so.{ABI}");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
