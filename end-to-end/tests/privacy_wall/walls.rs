//! What the broker and the database refuse, whatever our code does.

use std::{collections::BTreeMap, time::Duration};

use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    types::RDKafkaErrorCode,
};
use service_chassis::runtime::manifest::Manifest;
use sqlx::{Connection, PgConnection};

use crate::{
    STACK,
    brand::{BATCHES, Brand},
};

const PATIENCE: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_secs(2);
/// How a client's library puts it.
const REFUSALS: [RDKafkaErrorCode; 3] = [
    RDKafkaErrorCode::TopicAuthorizationFailed,
    RDKafkaErrorCode::UnknownPartition,
    RDKafkaErrorCode::UnknownTopic,
];

/// A consumer with the login of brand-analytics.
async fn as_brand_analytics() -> BaseConsumer {
    let login = STACK.secret("brand-analytics", "kafka").await.unwrap();
    ClientConfig::new()
        .set("bootstrap.servers", &STACK.kafka.bootstrap)
        .set("security.protocol", "sasl_plaintext")
        .set("sasl.mechanism", "SCRAM-SHA-512")
        .set("sasl.username", login["username"].as_str().unwrap())
        .set("sasl.password", login["password"].as_str().unwrap())
        .set("group.id", "brand-analytics")
        .create()
        .unwrap()
}

/// Every topic that measurement reads but its own.
fn topics_of_facts() -> Vec<String> {
    let manifest = Manifest::embedded().unwrap();
    let topics = manifest.function("measurement").unwrap().consumes.clone();
    topics.into_iter().filter(|topic| topic != BATCHES).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn brand_analytics_reads_batches_and_no_fact() {
    let consumer = as_brand_analytics().await;
    consumer.fetch_watermarks(BATCHES, 0, PATIENCE).expect("the positive control");
    let topics = topics_of_facts();
    assert!(topics.len() >= 10);
    for topic in &topics {
        let described = consumer.fetch_metadata(Some(topic), PATIENCE).unwrap();
        let error = described.topics()[0].error().map(RDKafkaErrorCode::from);
        assert_eq!(error, Some(RDKafkaErrorCode::TopicAuthorizationFailed), "Describe of {topic}");
        // The broker does not even say that there is a partition to ask for.
        let refused = consumer.fetch_watermarks(topic, 0, PATIENCE).expect_err("ListOffsets");
        let refused = refused.rdkafka_error_code().unwrap();
        assert!(REFUSALS.contains(&refused), "ListOffsets of {topic}: {refused:?}");
        let mut from = TopicPartitionList::new();
        from.add_partition_offset(topic, 0, Offset::Offset(0)).unwrap();
        consumer.assign(&from).unwrap();
        // The library goes on asking for a leader that it is not told of; what counts is that nothing comes.
        assert!(!matches!(consumer.poll(SHORT), Some(Ok(_))), "Fetch of {topic}");
    }
    let seen = consumer.fetch_metadata(None, PATIENCE).unwrap();
    let seen: Vec<&str> = seen.topics().iter().map(rdkafka::metadata::MetadataTopic::name).collect();
    assert!(topics.iter().all(|topic| !seen.contains(&topic.as_str())), "{seen:?}");
}

async fn brand_database() -> PgConnection {
    let url = STACK.function("brand-analytics").unwrap().database_url.clone().unwrap();
    PgConnection::connect(&url).await.unwrap()
}

/// A digest of every relation of the catalog that the role can read, but for those that tell of its own
/// database only, which its own writes move.
async fn readable(conn: &mut PgConnection) -> BTreeMap<String, String> {
    let names = "select relname::text from pg_class
        where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v')
          and has_table_privilege(oid, 'select')
          and relname not in ('pg_class', 'pg_statistic', 'pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs')";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut *conn).await.unwrap();
    let mut digests = BTreeMap::new();
    for name in names {
        let sql = sqlx::AssertSqlSafe(format!(
            "select coalesce(md5(string_agg(t::text, '' order by t::text)), '') from pg_catalog.{name} as t"
        ));
        if let Ok(digest) = sqlx::query_scalar(sql).fetch_one(&mut *conn).await {
            digests.insert(name, digest);
        }
    }
    digests
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_brand_analytics_can_read_moves_when_facts_come_in() {
    let mut conn = brand_database().await;
    let brand = Brand::new(1).await;
    let before = readable(&mut conn).await;
    assert!(before.contains_key("pg_database"), "the positive control");
    brand.scanned(&brand.gtins[0], 200).await;
    brand.wait_for_facts(200).await;
    assert_eq!(readable(&mut conn).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statistics_can_be_read_from_the_brands_database() {
    let mut conn = brand_database().await;
    let statistics = "select relname::text from pg_class
        where relname ~ '^pg_stat(io)?_' and relname !~ '^pg_statistic'
          and relkind = 'v' and has_table_privilege(oid, 'select')
        union select oid::regprocedure::text from pg_proc
        where proname ~ '^pg_stat|_size$|^pg_wal|^pg_current_wal' and proname <> 'pg_column_size'
          and pronamespace = 'pg_catalog'::regnamespace and has_function_privilege(oid, 'execute')";
    let readable: Vec<String> = sqlx::query_scalar(statistics).fetch_all(&mut conn).await.unwrap();
    assert_eq!(readable, Vec::<String>::new());
    for foreign in ["measurement.facts", "passport.scans", "packytrace.measurement.facts"] {
        let sql = sqlx::AssertSqlSafe(format!("select * from {foreign}"));
        assert!(sqlx::query(sql).execute(&mut conn).await.is_err(), "{foreign}");
    }
}
