//! Closing a window in memory: facts in, rows out. `cargo bench -p measurement --bench close`
//!
//! 10⁵, 10⁶ and 10⁷ facts of 10⁵ persons on 10⁴ keys; the last column must stay about the same.

#![expect(clippy::print_stdout, reason = "a table is its output")]
#![expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "figures for people")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

use chrono::DateTime;
use measurement::domain::{
    batch,
    bounding::WindowKey,
    consent::{Consents, Decision},
    noise::Noise,
    parameters::Parameters,
    people::People,
    pseudonym::Pseudonym,
    tally::{Catalog, Tally},
};
use shared_contracts::metrics::Metric;
use tokio::time::Instant;
use uuid::Uuid;

const PERSONS: u64 = 100_000;
const PRODUCTS: u64 = 2_500;

fn main() {
    let policy = Parameters::default().check().unwrap();
    let gtins: Vec<String> = (0..PRODUCTS).map(|n| format!("{n:014}")).collect();
    let catalog = Catalog::of(gtins.clone());
    println!("| facts | seconds | MiB at most | ns per fact |\n|---|---|---|---|");
    for facts in [100_000_u64, 1_000_000, 10_000_000] {
        let begun = Instant::now();
        let mut tally = Tally::new(&catalog, people(), consents());
        let mut state = 1_u64;
        for _ in 0..facts {
            // A linear congruential generator (Knuth's constants): cheap, and the same in every run.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (person, product) = ((state >> 33) % PERSONS, (state >> 20) % PRODUCTS);
            let metric = Metric::ALL[(state >> 60) as usize % 4];
            tally.see(pseudonym(person), &gtins[product as usize], metric, DateTime::UNIX_EPOCH);
        }
        let counts = tally.counts(4, &WindowKey::draw().unwrap());
        let noise = Noise::of_scale(policy.scale()).unwrap();
        let rows = batch::rows(&catalog, &counts, &policy, || noise.draw());
        let seconds = begun.elapsed().as_secs_f64();
        assert_eq!(rows.len(), 10_000);
        println!("| {facts} | {seconds:.2} | {} | {:.0} |", peak_mib(), seconds * 1e9 / facts as f64);
    }
}

fn pseudonym(person: u64) -> Pseudonym {
    let mut bytes = [7; 16];
    bytes[..8].copy_from_slice(&person.to_be_bytes());
    Pseudonym(bytes)
}

/// Every second visitor is linked to an account of its own.
fn people() -> People {
    let mut people = People::default();
    (0..PERSONS).step_by(2).for_each(|n| people.link(pseudonym(n), pseudonym(n + PERSONS)));
    people
}

fn consents() -> Consents {
    let decision = |n| Decision {
        event_id: Uuid::nil(),
        subject: pseudonym(n),
        granted: true,
        at: DateTime::UNIX_EPOCH,
    };
    Consents::of((0..2 * PERSONS).map(decision).collect())
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}
