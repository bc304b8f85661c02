//! A function dies, or stands still.

use std::time::Duration;

use end_to_end::load::{Kind, Outcome, Report};

use crate::{Frozen, kill, rounds, under_load::UnderLoad};

/// What people do with each function behind the gateway.
const KINDS: [Kind; 7] = [
    Kind::Product,
    Kind::Scan,
    Kind::Verdict,
    Kind::Account,
    Kind::Profile,
    Kind::WriteProfile,
    Kind::Fridge,
];

/// Whether only requests of these kinds failed, and each with a word from the gateway.
fn only(report: &Report, suffer: &[Kind]) {
    for sample in report.unexpected() {
        let told = matches!(sample.outcome, Outcome::Answer(502..=504));
        assert!(told && suffer.contains(&sample.kind), "{sample:?}\n{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_killed_is_back_within_seconds_and_nothing_is_lost() {
    let load = UnderLoad::of(&KINDS).await;
    for _ in 0..rounds() {
        kill("passport");
        load.answers(KINDS.len()).await;
        load.is_well().await;
    }
    only(&load.recovers().await, &[Kind::Product, Kind::Scan, Kind::Verdict]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_killed_costs_what_was_on_its_way() {
    let load = UnderLoad::of(&KINDS).await;
    for _ in 0..rounds() {
        kill("api-gateway");
        load.answers(KINDS.len()).await;
        load.is_well().await;
    }
    only(&load.recovers().await, &KINDS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_is_killed_in_the_middle_counts_everything_once() {
    let load = UnderLoad::of(&[Kind::Scan, Kind::Verdict]).await;
    for _ in 0..2 * rounds() {
        kill("measurement");
        load.answers(8).await;
    }
    let report = load.recovers().await;
    assert!(report.unexpected().is_empty(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_stands_still_holds_up_its_own_calls_only() {
    let load = UnderLoad::of(&KINDS).await;
    for _ in 0..rounds() {
        let frozen = Frozen::now("fridge");
        load.answers(8 * KINDS.len()).await;
        drop(frozen);
        load.is_well().await;
    }
    only(&load.recovers().await, &[Kind::Fridge]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_identity_or_personalization_every_scan_has_its_passport_in_time() {
    let load = UnderLoad::of(&KINDS).await;
    for away in ["identity", "personalization"].repeat(rounds()) {
        let frozen = Frozen::now(away);
        load.answers(8 * KINDS.len()).await;
        drop(frozen);
        load.is_well().await;
        kill(away);
        load.answers(KINDS.len()).await;
        load.is_well().await;
    }
    let report = load.recovers().await;
    only(&report, &[Kind::Account, Kind::Profile, Kind::WriteProfile]);
    let scans = report.samples.iter().filter(|one| matches!(one.kind, Kind::Scan | Kind::Verdict));
    let slowest = scans.map(|one| one.took).max().unwrap_or_default();
    assert!(slowest < Duration::from_secs(3), "{slowest:?} {report}");
}
