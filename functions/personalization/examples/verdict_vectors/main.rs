//! Rewrites `shared-contracts/verdict-vectors/`: what these rules say to invented people about invented
//! products, for whoever interprets the published rules elsewhere.
//!
//! `cargo run -p personalization --example verdict_vectors`, after a change of the rules or of a kind.

#![expect(clippy::unwrap_used, reason = "what is written here is read back at once")]

mod draw;
mod person;
mod product;
mod vectors;

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared-contracts/verdict-vectors");
    fs::create_dir_all(&folder)?;
    for (name, text) in vectors::files() {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
