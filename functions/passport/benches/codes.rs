//! How long one code takes to read and check: `cargo bench -p passport`.

use std::hint::black_box;

use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use passport::domain::gs1;

/// A code with GTIN, lot, serial number and expiry in each form that carries them, and a bare GTIN.
const CODES: [(&str, &str); 4] = [
    ("Digital Link", "https://id.example.org/01/09521234543213/10/LOT-7/21/A1B2C3?17=271130"),
    (
        "Digital Link, percent-encoded",
        "https://id.example.org/01/09521234543213/10/LOT%2F7/21/A%2BC?17=271130",
    ),
    ("element string", "]C101095212345432131727113010LOT-7\u{1d}21A1B2C3"),
    ("GTIN-13", "9521234543213"),
];

fn codes(criterion: &mut Criterion) {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap_or_default();
    let mut group = criterion.benchmark_group("read and check");
    for (name, code) in CODES {
        assert!(gs1::parse(code, None, today).is_ok(), "{code} is read");
        group.bench_function(name, |bencher| {
            bencher.iter(|| gs1::parse(black_box(code), None, today));
        });
    }
    group.finish();
}

criterion_group!(benches, codes);
criterion_main!(benches);
