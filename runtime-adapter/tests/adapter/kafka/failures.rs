//! What fails is tried again, then buried; nothing else waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rdkafka::message::Message;
use runtime_adapter::{BatchAnswer, Credentials, Host};
use tokio::sync::mpsc;

use super::{Broker, consumer, dead_letters, header, next, payload, records, value, values};
use crate::support::host;

const MAPPING: &str = "batch_size: 10, window: 50ms, retries: 2";

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_record_is_buried_with_its_error_and_its_neighbours_pass() {
    let Some(broker) = Broker::here("poison record") else { return };
    let topic = broker.topic(1).await;
    broker.produce(&topic, 0, &values(0..10)).await;
    let (sender, mut told) = mpsc::unbounded_channel();
    let running = broker
        .start(&topic, MAPPING, move |event| {
            let mut answer = BatchAnswer::success();
            for record in records(event) {
                if value(&record) == "4" {
                    answer.fail(&record, "four is not liked");
                }
                sender.send(value(&record)).unwrap();
            }
            async { Ok(answer) }
        })
        .await;
    let dead = broker.read(&dead_letters(&topic), 1).await.remove(0);
    assert_eq!((payload(&dead), dead.key()), ("4".to_owned(), Some(b"key".as_slice())));
    assert_eq!(header(&dead, "dead-letter-error").as_deref(), Some("four is not liked"));
    assert_eq!(header(&dead, "dead-letter-code").as_deref(), Some("record_failed"));
    assert_eq!(header(&dead, "dead-letter-topic"), Some(topic.clone()));
    assert_eq!(header(&dead, "dead-letter-offset").as_deref(), Some("4"));
    assert_eq!(header(&dead, "dead-letter-tries").as_deref(), Some("3"));
    // the whole batch, the record alone twice, and what follows it
    let expected = [values(0..10), values(4..5), values(4..5), values(5..10)].concat();
    for expected in expected {
        assert_eq!(next(&mut told).await, expected);
    }
    running.drain().await;
    assert_eq!(broker.committed(&topic, 1), [10]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_fails_once_is_tried_alone_and_not_buried() {
    let Some(broker) = Broker::here("retry of one record") else { return };
    let topic = broker.topic(1).await;
    broker.produce(&topic, 0, &values(0..5)).await;
    let (sender, mut told) = mpsc::unbounded_channel();
    let failures = Arc::new(AtomicU32::new(0));
    let running = broker
        .start(&topic, MAPPING, move |event| {
            let batch = records(event);
            sender.send(batch.iter().map(value).collect::<Vec<_>>()).unwrap();
            let mut answer = BatchAnswer::success();
            if failures.fetch_add(1, Ordering::Relaxed) == 0 {
                answer.fail(&batch[2], "not yet");
            }
            async { Ok(answer) }
        })
        .await;
    assert_eq!(next(&mut told).await, values(0..5));
    assert_eq!(next(&mut told).await, values(2..3));
    assert_eq!(next(&mut told).await, values(3..5));
    running.drain().await;
    assert_eq!(broker.committed(&topic, 1), [5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_a_panic_or_a_hang_of_the_whole_batch_is_bisected() {
    let Some(broker) = Broker::here("bisection") else { return };
    for (kind, code) in [("error", "handler_failed"), ("panic", "panicked"), ("hang", "timed_out")] {
        let topic = broker.topic(1).await;
        broker.produce(&topic, 0, &values(0..8)).await;
        let mapping = "batch_size: 8, window: 200ms, retries: 1, timeout: 300ms";
        let running = broker
            .start(&topic, mapping, move |event| {
                let poisoned = records(event).iter().any(|record| value(record) == "5");
                async move {
                    match kind {
                        _ if !poisoned => Ok(BatchAnswer::success()),
                        "panic" => panic!("on purpose"),
                        "hang" => std::future::pending().await,
                        _ => Err("on purpose".into()),
                    }
                }
            })
            .await;
        let dead = broker.read(&dead_letters(&topic), 1).await.remove(0);
        assert_eq!(payload(&dead), "5", "{kind}");
        assert_eq!(header(&dead, "dead-letter-code").as_deref(), Some(code));
        running.drain().await;
        assert_eq!(broker.committed(&topic, 1), [8], "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_keeps_nothing_of_the_record() {
    let Some(broker) = Broker::here("reference dead letters") else { return };
    let topic = broker.topic(1).await;
    broker.produce(&topic, 0, &["secret".to_owned()]).await;
    let running = broker
        .start(&topic, "retries: 0, window: 50ms, dead_letter: reference", |event| {
            let seen = value(&records(event)[0]);
            async move { Err(format!("cannot read {seen}").into()) }
        })
        .await;
    let dead = broker.read(&dead_letters(&topic), 1).await.remove(0);
    running.drain().await;
    let kept: serde_json::Value = serde_json::from_str(&payload(&dead)).unwrap();
    let expected =
        serde_json::json!({ "topic": topic, "partition": 0, "offset": 0, "error": "handler_failed" });
    assert_eq!((kept, dead.key()), (expected, None));
    assert_eq!(header(&dead, "dead-letter-error").as_deref(), Some("handler_failed"));
    assert!(!format!("{dead:?}").contains("secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_partition_does_not_stop_the_others() {
    let Some(broker) = Broker::here("partitions are independent") else { return };
    let topic = broker.topic(2).await;
    broker.produce(&topic, 0, &values(0..1)).await;
    broker.produce(&topic, 1, &values(0..500)).await;
    let (sender, mut told) = mpsc::unbounded_channel();
    let running = broker
        .start(&topic, "batch_size: 10, window: 20ms, retries: 1000", move |event| {
            let batch = records(event);
            let fails = batch[0].partition == 0;
            if !fails {
                sender.send(batch.len()).unwrap();
            }
            async move { if fails { Err("always".into()) } else { Ok(BatchAnswer::success()) } }
        })
        .await;
    let mut passed = 0;
    while passed < 500 {
        passed += next(&mut told).await;
    }
    running.drain().await;
    assert_eq!(broker.committed(&topic, 2), [-1001, 500]);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_asked_for_again() {
    let Some(broker) = Broker::here("credentials") else { return };
    let Some((username, password)) = broker.credentials.clone() else { return };
    let topic = broker.topic(1).await;
    broker.produce(&topic, 0, &values(0..1)).await;
    let asked = Arc::new(AtomicU32::new(0));
    let mut connection = broker.connection(&topic);
    connection.credentials = Some(Arc::new(move || {
        // the first answer is one that has been rotated away
        let is_first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        let password = if is_first { "old".to_owned() } else { password.clone() };
        let credentials = Credentials { username: username.clone(), password, version: 1 };
        Box::pin(async move { Ok(credentials) })
    }));
    let (sender, mut told) = mpsc::unbounded_channel();
    let function = consumer(&topic, MAPPING).kafka(move |event| {
        sender.send(records(event).len()).unwrap();
        async { Ok(BatchAnswer::success()) }
    });
    let host = Host { kafka: Some(connection), ..host() };
    let running = runtime_adapter::start(function, host).await.unwrap();
    assert_eq!(next(&mut told).await, 1);
    running.drain().await;
}
