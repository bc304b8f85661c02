//! The broker is away, or stands still.

use std::{collections::BTreeSet, time::Duration};

use end_to_end::{facts::Facts, load::Kind, person::Person};
use futures::{StreamExt, stream};
use serde_json::Value;

use crate::{Frozen, STACK, Stopped, kill, rounds, under_load::UnderLoad};

const SCANS: usize = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_away_costs_no_scan_and_no_event() {
    let facts = Facts::from_now(&STACK, "passport.product-scanned.v1").unwrap();
    let person = Person::anonymous(&STACK).unwrap();
    person.scan("9521234543213").await.unwrap();
    let away = Stopped::now("kafka");
    let scanned: Vec<Result<String, String>> = stream::iter(0..SCANS)
        .map(|_| async {
            let answer = person.scan("9521234543213").await.map_err(|error| error.to_string())?;
            let status = answer.status();
            let scan: Value = answer.json().await.map_err(|error| error.to_string())?;
            if status == 201 { Ok(scan["scan_id"].to_string()) } else { Err(format!("{status}: {scan}")) }
        })
        .buffer_unordered(16)
        .collect()
        .await;
    drop(away);
    let scanned: BTreeSet<String> = scanned.into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(scanned.len(), SCANS);

    let ours = |event: &Value| scanned.contains(&event["data"]["scan_id"].to_string());
    let by_id = |events: &[Value]| -> BTreeSet<String> {
        events.iter().filter(|event| ours(event)).map(|event| event["id"].to_string()).collect()
    };
    let events = facts.until(Duration::from_mins(1), |events| by_id(events).len() >= SCANS).unwrap();
    assert_eq!(by_id(&events).len(), SCANS, "each scan has one event by id");
    let told: BTreeSet<String> =
        events.iter().filter(|event| ours(event)).map(|event| event["data"]["scan_id"].to_string()).collect();
    assert_eq!(told, scanned);
    let schema =
        serde_json::from_str(shared_contracts::schemas::schema("passport.product-scanned.v1").unwrap())
            .unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for event in events.iter().filter(|event| ours(event)) {
        assert!(validator.is_valid(&event["data"]), "{event}");
    }
    let more = facts.until(Duration::from_secs(3), |_| false).unwrap();
    assert!(by_id(&more).is_subset(&by_id(&events)), "no further event of these scans by id");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_stands_still_or_is_killed_fails_no_request_and_loses_no_event() {
    let kinds = [Kind::Scan, Kind::Verdict, Kind::Product, Kind::WriteProfile, Kind::Fridge, Kind::Brand];
    let load = UnderLoad::of(&kinds).await;
    for _ in 0..rounds() {
        let frozen = Frozen::now("kafka");
        load.answers(6 * kinds.len()).await;
        drop(frozen);
        kill("kafka");
        load.answers(6 * kinds.len()).await;
    }
    let report = load.recovers().await;
    assert!(report.unexpected().is_empty(), "{report}");
}
