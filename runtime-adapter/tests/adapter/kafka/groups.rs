//! Several members of a group, and a broker that goes away.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{FutureProducer, FutureRecord};
use runtime_adapter::{BatchAnswer, Host, KafkaConnection, KafkaTransport, Running};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::{interval, timeout};

use super::{Broker, PATIENCE, consumer, next, records, say_not_run, value, values};
use crate::support::{LONG, host};

/// Who handled which record of which partition.
type Handled = (&'static str, i64, String);

async fn member(
    broker: &Broker,
    topic: &str,
    name: &'static str,
    sender: UnboundedSender<Handled>,
) -> Running {
    broker
        .start(topic, "batch_size: 5, window: 20ms", move |event| {
            let sender = sender.clone();
            async move {
                #[expect(clippy::disallowed_methods, reason = "work takes time, so that rebalances meet it")]
                tokio::time::sleep(Duration::from_millis(20)).await;
                for record in records(event) {
                    sender.send((name, record.partition, value(&record)))?;
                }
                Ok(BatchAnswer::success())
            }
        })
        .await
}

async fn until(told: &mut UnboundedReceiver<Handled>, name: &str, seen: &mut Vec<Handled>) {
    loop {
        let handled = next(told).await;
        seen.push(handled.clone());
        if handled.0 == name {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_share_partitions_and_a_rebalance_loses_and_doubles_nothing() {
    let Some(broker) = Broker::here("rebalance") else { return };
    let topic = broker.topic(4).await;
    for partition in 0..4 {
        broker.produce(&topic, partition, &values(0..1500)).await;
    }
    let (sender, mut told) = mpsc::unbounded_channel();
    let mut seen = Vec::new();
    let first = member(&broker, &topic, "first", sender.clone()).await;
    until(&mut told, "first", &mut seen).await;
    // a second joins in the middle of the work, and the first leaves
    let second = member(&broker, &topic, "second", sender.clone()).await;
    until(&mut told, "second", &mut seen).await;
    first.drain().await;
    while seen.len() < 6000 {
        seen.push(next(&mut told).await);
    }
    second.drain().await;
    let mut partitions: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (_, partition, value) in seen {
        partitions.entry(partition).or_default().push(value);
    }
    for (partition, handled) in partitions {
        assert_eq!(handled, values(0..1500), "partition {partition}");
    }
    assert_eq!(broker.committed(&topic, 4), [1500; 4]);
}

/// Needs commands that stop and start the broker, and to run alone.
#[expect(clippy::disallowed_methods, reason = "tests have no settings but the environment")]
#[tokio::test(flavor = "multi_thread")]
async fn a_broker_down_for_a_minute_costs_no_record() {
    let (stop, start) = (std::env::var("KAFKA_STOP"), std::env::var("KAFKA_START"));
    let Ok((stop, start)) = stop.and_then(|stop| Ok((stop, start?))) else {
        return say_not_run("a minute without the broker: KAFKA_STOP and KAFKA_START are no commands");
    };
    let Some(broker) = Broker::here("a minute without the broker") else { return };
    let shell = async |command: &str| {
        let command = tokio::process::Command::new("sh").args(["-c", command]).status();
        assert!(command.await.unwrap().success());
    };
    let topic = broker.topic(2).await;
    for partition in 0..2 {
        broker.produce(&topic, partition, &values(0..2000)).await;
    }
    let (sender, mut told) = mpsc::unbounded_channel();
    let mut seen = Vec::new();
    let running = member(&broker, &topic, "only", sender).await;
    until(&mut told, "only", &mut seen).await;
    shell(&stop).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    shell(&start).await;
    for partition in 0..2 {
        broker.produce(&topic, partition, &values(2000..2100)).await;
    }
    let is_last = |(_, _, value): &&Handled| value == "2099";
    while seen.iter().filter(is_last).count() < 2 {
        seen.push(next(&mut told).await);
    }
    running.drain().await;
    for partition in 0..2 {
        let of = seen.iter().filter(|(_, of, _)| *of == partition);
        let mut handled: Vec<usize> = of.map(|(_, _, value)| value.parse().unwrap()).collect();
        handled.sort_unstable();
        handled.dedup();
        assert_eq!(handled, (0..2100).collect::<Vec<_>>());
    }
    assert_eq!(broker.committed(&topic, 2), [2100; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_goes_away_is_waited_for() {
    let cluster = MockCluster::new(1).unwrap();
    let topic = "fixture.happened.v1";
    cluster.create_topic(topic, 1, 1).unwrap();
    let produce = async |number: usize| {
        let producer: FutureProducer =
            ClientConfig::new().set("bootstrap.servers", cluster.bootstrap_servers()).create().unwrap();
        let value = number.to_string();
        producer.send(FutureRecord::<str, str>::to(topic).payload(&value), LONG).await.unwrap();
    };
    produce(0).await;
    let (sender, mut told) = mpsc::unbounded_channel();
    let function = consumer(topic, "batch_size: 5, window: 20ms").kafka(move |event| {
        for record in records(event) {
            sender.send(value(&record)).unwrap();
        }
        async { Ok(BatchAnswer::success()) }
    });
    let connection = KafkaConnection {
        bootstrap: cluster.bootstrap_servers(),
        group: "fixture".to_owned(),
        transport: KafkaTransport::Plaintext,
        credentials: None,
    };
    let host = Host { kafka: Some(connection), ..host() };
    let running = runtime_adapter::start(function, host).await.unwrap();
    assert_eq!(next(&mut told).await, "0");

    cluster.broker_down(1).unwrap();
    let mut ticks = interval(Duration::from_secs(5));
    ticks.tick().await;
    ticks.tick().await;
    cluster.broker_up(1).unwrap();
    produce(1).await;
    while next(&mut told).await != "1" {}
    timeout(PATIENCE, running.drain()).await.unwrap();
}
