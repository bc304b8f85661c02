//! What a handler gets, and when offsets move.

use std::collections::HashMap;
use std::time::Duration;

use runtime_adapter::BatchAnswer;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, timeout};

use super::{Broker, PATIENCE, next, records, value, values};
use crate::support::{get as fetch, host};

#[tokio::test(flavor = "multi_thread")]
async fn records_come_in_batches_of_one_partition_in_their_order_and_are_committed() {
    let Some(broker) = Broker::here("batches, order, commit") else { return };
    let topic = broker.topic(3).await;
    for partition in 0..3 {
        broker.produce(&topic, partition, &values(0..250)).await;
    }
    let (sender, mut batches) = mpsc::unbounded_channel();
    let running = broker
        .start(&topic, "batch_size: 40, window: 50ms", move |event| {
            sender.send(records(event)).unwrap();
            async { Ok(BatchAnswer::success()) }
        })
        .await;
    let mut seen: HashMap<i64, Vec<String>> = HashMap::new();
    while seen.values().map(Vec::len).sum::<usize>() < 750 {
        let batch = next(&mut batches).await;
        assert!(batch.len() <= 40);
        for record in batch {
            assert_eq!(record.topic.as_deref(), Some(topic.as_str()));
            assert_eq!(record.timestamp_type.as_deref(), Some("CREATE_TIME"));
            seen.entry(record.partition).or_default().push(value(&record));
        }
    }
    running.drain().await;
    assert!(seen.values().all(|partition| *partition == values(0..250)));
    assert_eq!(broker.committed(&topic, 3), [250, 250, 250]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_batch_waits_for_its_window() {
    let Some(broker) = Broker::here("window") else { return };
    let topic = broker.topic(1).await;
    let (sender, mut batches) = mpsc::unbounded_channel();
    let running = broker
        .start(&topic, "batch_size: 100, window: 1s", move |event| {
            sender.send((records(event).len(), Instant::now())).unwrap();
            async { Ok(BatchAnswer::success()) }
        })
        .await;
    // the first batch shows that the group has joined
    broker.produce(&topic, 0, &values(0..1)).await;
    next(&mut batches).await;
    let sent = Instant::now();
    broker.produce(&topic, 0, &values(1..4)).await;
    let (size, at) = next(&mut batches).await;
    assert_eq!(size, 3);
    assert!(at - sent >= Duration::from_secs(1), "{:?}", at - sent);
    running.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_committed_before_the_handler_has_succeeded() {
    let Some(broker) = Broker::here("commit only after success") else { return };
    let topic = broker.topic(1).await;
    broker.produce(&topic, 0, &values(0..10)).await;
    let (sender, mut begun) = mpsc::unbounded_channel();
    let (release, gate) = tokio::sync::watch::channel(false);
    let running = broker
        .start(&topic, "batch_size: 10, window: 1s", move |event| {
            sender.send(records(event).len()).unwrap();
            let mut gate = gate.clone();
            async move {
                gate.wait_for(|open| *open).await?;
                Ok(BatchAnswer::success())
            }
        })
        .await;
    assert_eq!(next(&mut begun).await, 10);
    // longer than the interval of commits
    let mut ticks = interval(Duration::from_secs(1));
    ticks.tick().await;
    ticks.tick().await;
    assert_eq!(broker.committed(&topic, 1), [-1001]);
    release.send(true).unwrap();
    running.drain().await;
    assert_eq!(broker.committed(&topic, 1), [10]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_handler_pauses_its_partition_and_loses_nothing() {
    let Some(broker) = Broker::here("pause") else { return };
    let topic = broker.topic(1).await;
    // far more than an inbox holds
    broker.produce(&topic, 0, &values(0..5000)).await;
    let (sender, mut batches) = mpsc::unbounded_channel();
    let running = broker
        .start(&topic, "batch_size: 50, window: 50ms", move |event| {
            let sender = sender.clone();
            async move {
                #[expect(clippy::disallowed_methods, reason = "a slow handler is the point")]
                tokio::time::sleep(Duration::from_millis(5)).await;
                sender.send(records(event))?;
                Ok(BatchAnswer::success())
            }
        })
        .await;
    let mut seen = Vec::new();
    while seen.len() < 5000 {
        seen.extend(next(&mut batches).await.iter().map(value));
    }
    assert_eq!(seen, values(0..5000));
    running.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lag_and_age_are_metrics() {
    let Some(broker) = Broker::here("lag and age") else { return };
    let topic = broker.topic(1).await;
    broker.produce(&topic, 0, &values(0..30)).await;
    let running = broker
        .start(&topic, "batch_size: 10, window: 1s, timeout: 1m", |_| async {
            std::future::pending::<()>().await;
            Ok(BatchAnswer::success())
        })
        .await;
    let lag = format!("kafka_lag_records{{topic=\"{topic}\",partition=\"0\"}} 30");
    let age = format!("kafka_oldest_record_age_seconds{{topic=\"{topic}\",partition=\"0\"}}");
    let mut ticks = interval(Duration::from_millis(200));
    let shown = async {
        loop {
            let metrics = fetch(running.admin_address(), "/metrics").await;
            if metrics.text().contains(&lag) && metrics.text().contains(&age) {
                return;
            }
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, shown).await.unwrap();
    drop(running);
}

#[tokio::test]
async fn a_mapping_without_a_broker_is_refused_at_start() {
    let function = super::consumer("fixture.happened.v1", "batch_size: 1")
        .kafka(|_| async { Ok(BatchAnswer::success()) });
    let refused = runtime_adapter::start(function, host()).await.err().unwrap();
    assert!(refused.to_string().contains("no broker"), "{refused}");
}
