//! Whatever dies and whatever comes twice: noise is drawn once for each window.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    time::Duration,
};

use end_to_end::{announce::random, facts::Facts, patience::at_last};
use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    consumer::{BaseConsumer, CommitMode, Consumer},
};
use serde_json::Value;
use service_chassis::{canonical::sha256_hex, runtime::manifest::Manifest};
use tokio::time::{Instant, sleep_until};

use crate::{
    STACK,
    brand::{BATCHES, Brand, QUIET, as_of, measurement, release},
};

const KILLS: u32 = 20;
const RESTARTS: u32 = 20;
const DAYS: u64 = 3;
const PEOPLE: usize = 60;

/// A brand with people on each day that is still open.
async fn busy() -> Brand {
    let brand = Brand::new(1).await;
    let people = brand.people(PEOPLE).await;
    for day in 0..DAYS {
        brand.scanned_by(&brand.gtins[0], &people, day).await;
    }
    brand.wait_for_facts(i64::try_from(PEOPLE).unwrap() * 3).await;
    brand
}

/// Starts a release and kills it (SIGKILL) after a while, with everything that it started. Whether it was
/// still at it.
async fn killed_after(while_: Duration, brand: &Brand) -> bool {
    let mut releasing = Command::new(STACK.state().join("bin/packytrace-ops"))
        .args(["measurement", "release", "--as-of", &as_of(brand.now)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    sleep_until(Instant::now() + while_).await;
    let running = releasing.try_wait().unwrap().is_none();
    if running {
        let group = format!("-{}", releasing.id());
        assert!(Command::new("kill").args(["-s", "KILL", "--", &group]).status().unwrap().success());
    }
    releasing.wait().unwrap();
    running
}

/// The payloads of each window of these brands, by key: as the topic has them, and as the table has.
async fn payloads(events: &[Value], brands: &[Brand]) -> BTreeMap<String, BTreeSet<String>> {
    let mut windows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for event in events.iter().filter(|event| brands.iter().any(|brand| brand.is_of(event))) {
        let (data, window) = (&event["data"], &event["data"]["window"]);
        let key = format!("{}/{}/P1D", data["brand_id"].as_str().unwrap(), window["start"].as_str().unwrap());
        windows.entry(key).or_default().insert(event.to_string());
    }
    let ids: Vec<_> = brands.iter().map(|brand| brand.id).collect();
    let kept = "select key, payload, payload_hash from measurement.releases where brand_id = any($1)";
    let kept: Vec<(String, String, String)> =
        sqlx::query_as(kept).bind(&ids).fetch_all(&mut measurement().await).await.unwrap();
    for (key, payload, hash) in kept {
        assert_eq!(sha256_hex(payload.as_bytes()), hash, "{key}");
        let payload: Value = serde_json::from_str(&payload).unwrap();
        windows.entry(key).or_default().insert(payload.to_string());
    }
    windows
}

async fn ledger_rows(brands: &[Brand]) -> i64 {
    let ids: Vec<_> = brands.iter().map(|brand| brand.id).collect();
    let count = sqlx::query_scalar("select count(*) from measurement.ledger where brand_id = any($1)");
    count.bind(&ids).fetch_one(&mut measurement().await).await.unwrap()
}

fn numbers_shown(payload: &str) -> bool {
    payload.contains("published")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_is_killed_at_random_moments_draws_once_and_loses_no_window() {
    let brands = [busy().await, busy().await, busy().await, busy().await];
    let topic = Facts::from_now(&STACK, BATCHES).unwrap();
    // A release of nothing, to know how long it takes until it is at work.
    let begun = Instant::now();
    STACK.ops(&["measurement", "release", "--as-of", &brands[0].day(30)]).unwrap();
    let whole = begun.elapsed().as_millis();
    let mut killed = 0;
    for _ in 0..KILLS {
        let moment = u64::try_from(random().as_u128() % (whole * 3 / 2)).unwrap();
        killed += u32::from(killed_after(Duration::from_millis(moment), &brands[0]).await);
    }
    assert!(killed >= KILLS / 4, "only {killed} were killed at work");
    release(brands[0].now);
    let windows = payloads(&topic.until(QUIET, |_| false).unwrap(), &brands).await;
    let all = brands.len() * usize::try_from(DAYS).unwrap();
    assert_eq!(windows.len(), all, "no window is lost");
    for (key, payloads) in &windows {
        assert_eq!(payloads.len(), 1, "{key} was drawn once");
        assert!(payloads.iter().all(|payload| numbers_shown(payload)), "{key} would show another draw");
    }
    assert_eq!(ledger_rows(&brands).await, i64::try_from(all).unwrap());
}

/// Sets the offsets of measurement's consumer back to the beginning of every topic, once the broker has
/// given up the members that were killed.
async fn replay_everything() {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", &STACK.kafka.bootstrap)
        .set("security.protocol", "sasl_plaintext")
        .set("sasl.mechanism", &STACK.kafka.mechanism)
        .set("sasl.username", &STACK.kafka.username)
        .set("sasl.password", &STACK.kafka.password)
        .set("group.id", "measurement")
        .create()
        .unwrap();
    let mut beginnings = TopicPartitionList::new();
    let manifest = Manifest::embedded().unwrap();
    for topic in &manifest.function("measurement").unwrap().consumes {
        let described = consumer.fetch_metadata(Some(topic), Duration::from_secs(10)).unwrap();
        for partition in described.topics()[0].partitions() {
            beginnings.add_partition_offset(topic, partition.id(), Offset::Offset(0)).unwrap();
        }
    }
    let patience = Duration::from_mins(2);
    let set_back = at_last(patience, "offsets are set back", async || {
        Ok(consumer.commit(&beginnings, CommitMode::Sync)?)
    });
    set_back.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_restarts_and_a_full_replay_draw_nothing_again() {
    let brands = [busy().await];
    let topic = Facts::from_now(&STACK, BATCHES).unwrap();
    release(brands[0].now);
    let first = payloads(&topic.until(QUIET, |events| events.len() >= 3).unwrap(), &brands).await;
    for _ in 0..RESTARTS {
        STACK.service(&["signal", "KILL", "measurement"]).unwrap();
        STACK.service(&["restart", "measurement"]).unwrap();
    }
    STACK.service(&["stop", "measurement"]).unwrap();
    replay_everything().await;
    STACK.service(&["start", "measurement"]).unwrap();
    // What is announced now is heard after everything before it.
    brands[0].scanned(&brands[0].gtins[0], PEOPLE).await;
    Brand::new(1).await;
    release(brands[0].now);
    let all = payloads(&topic.until(QUIET, |_| false).unwrap(), &brands).await;
    assert_eq!(all, first);
    assert!(first.values().all(|payloads| payloads.len() == 1));
    assert_eq!(ledger_rows(&brands).await, 3);
    brands[0].wait_for_facts(0).await;
}
