//! No text makes the parser panic; what it reads and writes again it reads alike.
#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;

#[path = "../../src/domain/gs1/mod.rs"]
#[expect(dead_code, unused_imports, reason = "a service uses more of it than this target")]
mod gs1;

fuzz_target!(|text: &str| {
    let Some(today) = NaiveDate::from_ymd_opt(2026, 11, 22) else { return };
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    let _ = gs1::parse_digital_link_path(path, query, today);
    let Ok(code) = gs1::parse(text, None, today) else { return };
    let Some(uri) = code.canonical_uri() else { return };
    let again = gs1::parse(&uri, None, today).expect("a canonical URI is a valid code");
    assert_eq!(again.canonical_uri().as_ref(), Some(&uri), "a canonical URI is a fixed point");
    assert_eq!(again.elements().len(), code.elements().len());
    assert_eq!((again.gtin(), again.use_by()), (code.gtin(), code.use_by()));
});
