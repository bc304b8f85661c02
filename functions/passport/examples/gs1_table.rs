//! Rewrites the table of GS1 Application Identifiers from the text of the GS1 Barcode Syntax Dictionary.
//!
//! `cargo run -p passport --example gs1_table`, after a new release of the dictionary was put in place.

#[path = "../src/domain/gs1/dictionary/generate.rs"]
mod generate;

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/gs1/dictionary");
    let dictionary = fs::read_to_string(folder.join("gs1-syntax-dictionary.txt"))?;
    let table = generate::table(&dictionary).map_err(io::Error::other)?;
    fs::write(folder.join("table.rs"), table)
}
