//! Processes killed in the middle of a batch: each record is seen again, none is skipped.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{Interval, interval, timeout};

use super::{Broker, PATIENCE, dead_letters, header, payload, values};
use crate::support::fixture;

const PARTITIONS: i32 = 2;
const RECORDS: usize = 1500;

/// Kills in `make test`; `make soak` sets more.
const KILLS: usize = 5;

#[expect(clippy::disallowed_methods, reason = "tests have no settings but the environment")]
fn kills() -> usize {
    std::env::var("KAFKA_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

/// A journal in the tests' temporary folder, removed at the end.
struct Journal(PathBuf);

impl Drop for Journal {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

impl Journal {
    fn new(topic: &str) -> Self {
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(topic))
    }

    fn length(&self) -> u64 {
        std::fs::metadata(&self.0).map_or(0, |file| file.len())
    }

    /// Partition and offset of each record that was handled, in order.
    fn records(&self) -> Vec<(i32, i64)> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        lines
            .filter_map(|line| line.strip_prefix("record "))
            .map(|line| {
                let mut words = line.split(' ');
                let partition = words.next().unwrap().parse().unwrap();
                (partition, words.next().unwrap().parse().unwrap())
            })
            .collect()
    }
}

fn start(broker: &Broker, topic: &str, journal: &Journal) -> Child {
    let mut command = Command::new(fixture());
    command
        .env("KAFKA_BOOTSTRAP", &broker.bootstrap)
        .env("KAFKA_TOPIC", topic)
        .env("JOURNAL", &journal.0)
        .stderr(Stdio::null());
    if let Some((username, password)) = &broker.credentials {
        command.env("KAFKA_USERNAME", username).env("KAFKA_PASSWORD", password);
    }
    command.spawn().unwrap()
}

async fn until(ticks: &mut Interval, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
}

/// Within a partition nothing is ever skipped: what follows is at most one after the highest.
fn assert_no_gap(records: &[(i32, i64)]) {
    let mut highest: HashMap<i32, i64> = HashMap::new();
    for (partition, offset) in records {
        let highest = highest.entry(*partition).or_insert(-1);
        assert!(*offset <= *highest + 1, "partition {partition}: {offset} after {highest}");
        *highest = (*highest).max(*offset);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_in_a_batch_sees_every_record_again_and_skips_none() {
    let Some(broker) = Broker::here("kill -9 in a batch") else { return };
    let topic = broker.topic(PARTITIONS).await;
    let journal = Journal::new(&topic);
    let mut ticks = interval(Duration::from_millis(5));
    for killed in 1..=kills() {
        for partition in 0..PARTITIONS {
            broker.produce(&topic, partition, &values(0..RECORDS)).await;
        }
        let before = journal.records().len();
        let mut process = start(&broker, &topic, &journal);
        // some batches are done and another one is being worked on
        until(&mut ticks, || journal.records().len() > before + 350).await;
        process.kill().unwrap();
        process.wait().unwrap();
        assert_no_gap(&journal.records());
        let last_of = |partition| {
            journal.records().iter().filter(|(of, _)| *of == partition).map(|(_, offset)| *offset).max()
        };
        // never committed beyond what was handled
        for (partition, committed) in (0..).zip(broker.committed(&topic, PARTITIONS)) {
            assert!(committed <= last_of(partition).map_or(0, |last| last + 1), "kill {killed}");
        }
    }
    let mut process = start(&broker, &topic, &journal);
    let all = i64::try_from(RECORDS * kills()).unwrap();
    let done = |journal: &Journal| {
        let records = journal.records();
        (0..PARTITIONS).all(|partition| records.contains(&(partition, all - 1)))
    };
    // patience is for the next records: how many are left depends on the number of kills
    let mut looks = interval(Duration::from_secs(1));
    loop {
        let before = journal.length();
        if done(&journal) {
            break;
        }
        until(&mut looks, || journal.length() > before).await;
    }
    process.kill().unwrap();
    process.wait().unwrap();
    assert_no_gap(&journal.records());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_partitions_of_a_killed_member_go_to_the_other() {
    let Some(broker) = Broker::here("a killed member") else { return };
    let topic = broker.topic(PARTITIONS).await;
    let journals = [Journal::new(&format!("{topic}-a")), Journal::new(&format!("{topic}-b"))];
    let mut ticks = interval(Duration::from_millis(20));
    let mut first = start(&broker, &topic, &journals[0]);
    let mut second = start(&broker, &topic, &journals[1]);
    // both work
    let mut sent = 0;
    while journals.iter().any(|journal| journal.records().is_empty()) {
        for partition in 0..PARTITIONS {
            broker.produce(&topic, partition, &values(0..10)).await;
        }
        sent += 10;
        ticks.tick().await;
    }
    first.kill().unwrap();
    first.wait().unwrap();
    for partition in 0..PARTITIONS {
        broker.produce(&topic, partition, &values(0..100)).await;
    }
    sent += 100;
    let everything = |journals: &[Journal]| {
        let mut seen: Vec<_> = journals.iter().flat_map(Journal::records).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len() == sent * PARTITIONS.unsigned_abs() as usize
    };
    until(&mut ticks, || everything(&journals)).await;
    second.kill().unwrap();
    second.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_told_to_stop_finishes_its_batch_and_commits_it() {
    let Some(broker) = Broker::here("SIGTERM in a batch") else { return };
    let topic = broker.topic(1).await;
    let journal = Journal::new(&topic);
    let mut ticks = interval(Duration::from_millis(5));
    let poisoned = [values(0..50), vec!["poison".to_owned()], values(51..RECORDS)].concat();
    broker.produce(&topic, 0, &poisoned).await;
    let mut process = start(&broker, &topic, &journal);
    until(&mut ticks, || journal.records().len() > 350).await;
    let told = Command::new("kill").arg(process.id().to_string()).status().unwrap();
    assert!(told.success());
    assert!(process.wait().unwrap().success());
    let last = journal.records().last().unwrap().1;
    assert_eq!(broker.committed(&topic, 1), [last + 1]);
    let dead = broker.read(&dead_letters(&topic), 1).await.remove(0);
    assert_eq!(
        (payload(&dead), header(&dead, "dead-letter-tries")),
        ("poison".to_owned(), Some("3".to_owned()))
    );
}
