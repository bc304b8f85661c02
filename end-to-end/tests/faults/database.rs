//! Postgres is away for some seconds.

use end_to_end::load::{Kind, Outcome};

use crate::{STACK, kill, rounds, under_load::UnderLoad};

const KINDS: [Kind; 7] =
    [Kind::Product, Kind::Scan, Kind::Verdict, Kind::Account, Kind::Profile, Kind::Fridge, Kind::Brand];

/// What happens to Postgres costs seconds of 503, and nothing else.
async fn costs_seconds_of_503(fault: fn()) {
    let load = UnderLoad::of(&KINDS).await;
    let processes = pids();
    for _ in 0..rounds() {
        fault();
        load.answers(KINDS.len()).await;
        load.is_well().await;
    }
    let report = load.recovers().await;
    let clean = report.unexpected().iter().all(|sample| sample.outcome == Outcome::Answer(503));
    assert!(clean, "{report}");
    assert_eq!(pids(), processes, "pools recover, processes stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_postgres_costs_seconds_of_503_and_nothing_else() {
    costs_seconds_of_503(|| STACK.service(&["restart", "postgres"]).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgres_is_back_with_all_that_was_acknowledged() {
    costs_seconds_of_503(|| kill("postgres")).await;
}

/// The processes of the functions.
fn pids() -> Vec<String> {
    let state = STACK.state().join("bin/service");
    let pid = |name: &String| {
        let told = std::process::Command::new(&state).args(["pid", name]).output().unwrap();
        String::from_utf8(told.stdout).unwrap()
    };
    STACK.functions.keys().map(pid).collect()
}
