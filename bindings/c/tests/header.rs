//! The header is the one that cbindgen makes of the sources, so it never falls behind them.

use std::path::Path;

/// The environment variable with which `cargo xtask header` asks for a new header.
const WRITE: &str = "REKNIT_WRITE_HEADER";

#[test]
fn the_header_is_that_of_the_sources() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(here.join("cbindgen.toml")).expect("cbindgen.toml is sound");
    let boundary = here.join("src/boundary.rs");
    let bindings = cbindgen::Builder::new().with_config(config).with_src(boundary).generate();
    let mut made = Vec::new();
    bindings.expect("the boundary can be read").write(&mut made);
    let header = here.join("include/reknit.h");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&header, &made).expect("the header can be written");
    }
    let found = std::fs::read(&header).expect("the header is there");
    assert!(found == made, "{} is not that of the sources; run `cargo xtask header`", header.display());
}
