//! Records that are no events, on every topic of the manifest: each ends among its consumer's dead
//! letters with its error, its neighbours pass, and nobody falls over.

use std::{collections::BTreeMap, time::Duration};

use end_to_end::{
    announce::{Announcer, event, random},
    facts::Facts,
    patience::within,
    stack::Stack,
    stack::workspace,
};
use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use serde_json::{Value, json};
use service_chassis::runtime::manifest::Manifest;
use shared_contracts::events::{BrandMetricBatchPublished, Fact};

use crate::STACK;

/// How long a dead letter may take, and how long nothing may come after the last.
const QUIET: Duration = Duration::from_secs(20);

/// How wrong a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// Nothing can be read of it.
    Unreadable,
    /// What a careful reader refuses; measurement reads past it, since it keeps nothing of it.
    BreaksTheContract,
    /// It is gone, as compaction takes old batches away.
    Gone,
    /// Nothing at all.
    Not,
}

type Record = (&'static str, Wrong, Option<Vec<u8>>);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_event_is_buried_by_each_consumer_and_its_neighbours_pass() {
    let announcer = Announcer::of(&STACK).unwrap();
    let mut consumers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for function in Manifest::embedded().unwrap().functions {
        for topic in function.consumes {
            consumers.entry(topic).or_default().push(function.name.clone());
        }
    }
    assert!(consumers.len() >= 14, "the manifest has topics");
    for (topic, consumers) in consumers {
        let letters: Vec<_> = consumers
            .iter()
            .map(|consumer| (consumer, Facts::from_now(&STACK, &format!("{consumer}.{topic}.dlq")).unwrap()))
            .collect();
        let (key, mut written, mut end) = (random().to_string(), Vec::new(), (0, 0));
        for (name, wrong, payload) in records(&topic) {
            end = announcer.bytes(&topic, &key, payload.as_deref()).await.unwrap();
            written.push((name, wrong, end.1, payload));
        }
        for (consumer, letters) in letters {
            let expected: BTreeMap<i64, &str> = written
                .iter()
                .filter(|(_, wrong, ..)| is_buried(consumer, &topic, *wrong))
                .map(|(name, _, offset, _)| (*offset, *name))
                .collect();
            let dead = letters.dead(QUIET, |dead| dead.len() >= expected.len());
            let found: BTreeMap<i64, &str> = dead
                .iter()
                .map(|letter| (letter.offset, expected.get(&letter.offset).copied().unwrap_or("not wrong")))
                .collect();
            assert_eq!(found, expected, "{consumer} on {topic}");
            for letter in &dead {
                assert_eq!(
                    (letter.tries, letter.error.is_empty()),
                    (1, false),
                    "{consumer} {topic}: {letter:?}"
                );
            }
            within(QUIET, &format!("{consumer} goes on on {topic}"), async || {
                Ok((committed(consumer, &topic, end.0) > end.1).then_some(()))
            })
            .await
            .unwrap();
        }
    }
    for function in STACK.functions.values() {
        assert!(Stack::is_ready(&function.admin_url).await.unwrap(), "{}", function.admin_url);
    }
}

/// Whether a consumer says no to such a record.
fn is_buried(consumer: &str, topic: &str, wrong: Wrong) -> bool {
    match wrong {
        Wrong::Unreadable => true,
        Wrong::BreaksTheContract => consumer != "measurement" || topic == BrandMetricBatchPublished::TOPIC,
        Wrong::Gone => consumer != "measurement" || topic != BrandMetricBatchPublished::TOPIC,
        Wrong::Not => false,
    }
}

/// How far a consumer has come in a partition.
fn committed(consumer: &str, topic: &str, partition: i32) -> i64 {
    let member: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", &STACK.kafka.bootstrap)
        .set("security.protocol", "sasl_plaintext")
        .set("sasl.mechanism", &STACK.kafka.mechanism)
        .set("sasl.username", &STACK.kafka.username)
        .set("sasl.password", &STACK.kafka.password)
        .set("group.id", consumer)
        .create()
        .unwrap();
    let mut asked = TopicPartitionList::new();
    asked.add_partition(topic, partition);
    let told = member.committed_offsets(asked, Duration::from_secs(10)).unwrap();
    match told.elements()[0].offset() {
        Offset::Offset(offset) => offset,
        _ => -1,
    }
}

/// Every kind of nonsense, with good events before, between and after.
fn records(topic: &str) -> Vec<Record> {
    let good = || neighbour(topic);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut event = good();
        change(&mut event);
        Some(event.to_string().into_bytes())
    };
    let without = |name: &str| changed(&|event| drop(event.as_object_mut().unwrap().remove(name)));
    let with = |name: &str, value: Value| changed(&|event| event[name] = value.clone());
    let text = |text: &str| Some(text.as_bytes().to_vec());
    let event = good().to_string();
    let wrong_types = |event: &mut Value| {
        event["data"].as_object_mut().unwrap().values_mut().for_each(|value| *value = json!({"not": "this"}));
    };
    let unreadable = [
        ("not JSON", text("this is no event")),
        ("nothing in it", text("")),
        ("half an event", text(&event[..event.len() / 2])),
        ("two events", text(&format!("{event}{event}"))),
        ("a list", text(&format!("[{event}]"))),
        ("a text", text(&json!(event).to_string())),
        ("a number", text("7")),
        ("null in JSON", text("null")),
        ("bytes that are no text", Some(vec![0xff, 0xfe, 0x00, 0x9f])),
        ("a zip bomb's head", Some(vec![0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0])),
        ("data without an envelope", text(&good()["data"].to_string())),
        ("no data", without("data")),
        ("data: null", with("data", Value::Null)),
        ("data in a text", changed(&|event| event["data"] = json!(event["data"].to_string()))),
        ("data in a list", changed(&|event| event["data"] = json!([event["data"]]))),
        ("nothing in data", with("data", json!({}))),
        ("every member of another type", changed(&wrong_types)),
        ("no id", without("id")),
        ("an id that is none", with("id", json!("1; drop table scans"))),
        ("no time", without("time")),
        ("a time that is none", with("time", json!("yesterday"))),
        ("deep nesting", text(&format!("{{\"data\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000)))),
        ("deep objects", text(&"{\"data\":".repeat(50_000))),
        ("a number beyond all", text(&format!("{{\"id\":1{}}}", "0".repeat(500_000)))),
        ("as large as the broker takes", text(&"x".repeat(1_048_000))),
    ];
    let careless = [
        ("no UTF-8 in an event", Some([&event.as_bytes()[..event.len() - 1], b",\"x\":\"\xff\"}"].concat())),
        ("another type", with("type", json!("packytrace.nobody.NothingHappened.v1"))),
        (
            "an unknown version",
            changed(&|event| {
                event["type"] = json!(event["type"].as_str().unwrap().replace(".v1", ".v2"));
            }),
        ),
        ("CloudEvents of the future", with("specversion", json!("2.0"))),
        ("no specversion", without("specversion")),
        ("no type", without("type")),
        ("no source", without("source")),
        ("a source that is none", with("source", json!("../passport"))),
        ("no dataschema", without("dataschema")),
        ("another dataschema", with("dataschema", json!("https://attacker.example/schema.json"))),
        ("a subject", with("subject", json!("somebody"))),
        ("an unknown member", with("admin", json!(true))),
        ("a trace that is none", with("traceparent", json!("00-x"))),
        ("an unknown member in data", changed(&|event| event["data"]["admin"] = json!(true))),
    ];
    let sorted = |records: Vec<(&'static str, Option<Vec<u8>>)>, wrong| {
        records.into_iter().map(move |(name, payload)| (name, wrong, payload))
    };
    let neighbour = || ("a neighbour", Wrong::Not, Some(good().to_string().into_bytes()));
    let mut all = vec![neighbour()];
    all.extend(sorted(unreadable.into(), Wrong::Unreadable));
    all.push(neighbour());
    all.extend(sorted(careless.into(), Wrong::BreaksTheContract));
    all.push(("no value", Wrong::Gone, None));
    all.push(neighbour());
    all
}

/// A good event about nothing that exists.
fn neighbour(topic: &str) -> Value {
    let folder = workspace().join("shared-contracts/examples/valid").join(topic);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut data: Value = serde_json::from_slice(&std::fs::read(&files[0]).unwrap()).unwrap();
    if topic == BrandMetricBatchPublished::TOPIC {
        data["brand_id"] = json!(random());
        let batch: BrandMetricBatchPublished = serde_json::from_value(data.clone()).unwrap();
        // its id and time follow from its window: else it is refused, though it fits its schema
        let mut event = event(topic, data["publish_at"].as_str().unwrap(), &data);
        event["id"] = json!(batch.event_id());
        return event;
    }
    make_harmless(&mut data);
    event(topic, "2026-11-01T03:00:00Z", &data)
}

/// Other ids for all ids, a product that nobody has, prefixes of nobody.
fn make_harmless(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "gtin" => *member = json!("09529999999993"),
                    "gs1_company_prefixes" => *member = json!([]),
                    _ => make_harmless(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_harmless),
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => *text = random().to_string(),
        _ => {}
    }
}
