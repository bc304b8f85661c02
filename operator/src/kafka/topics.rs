//! Topics: what the manifest's functions publish, and the dead letters of what they consume.

use kafka_protocol::{
    error::{ParseResponseErrorCode, ResponseError},
    messages::{
        CreateTopicsRequest, DescribeConfigsRequest, IncrementalAlterConfigsRequest, MetadataRequest,
        TopicName,
        create_topics_request::{CreatableTopic, CreatableTopicConfig},
        describe_configs_request::DescribeConfigsResource,
        incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig},
    },
    protocol::StrBytes,
};
use service_chassis::runtime::manifest::{Function, Manifest};

use super::broker::{Broker, KafkaError, refused};

/// Compacted and never deleted: the last record of each key is what counts (events.md).
const COMPACTED: &[&str] = &["measurement.brand-metric-batch.v1"];
/// How long facts, and dead letters of them, are kept: seven days in milliseconds.
const RETENTION_MS: &str = "604800000";
/// `ConfigResource.Type.TOPIC`.
const TOPIC: i8 = 2;
/// `AlterConfigOp.OpType.SET`.
const SET: i8 = 0;

/// A topic as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its settings, beside the broker's own.
    pub settings: Vec<(&'static str, &'static str)>,
}

/// What was done about a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is new.
    Made,
    /// A setting was another one: the name of the setting.
    Changed(&'static str),
    /// It was as it shall be.
    Kept,
}

/// The dead letters of what a function consumes from a topic.
pub fn dead_letters(function: &Function, topic: &str) -> String {
    format!("{}.{topic}.dlq", function.name)
}

/// Every topic that the manifest asks for.
pub fn wanted(manifest: &Manifest) -> Vec<Topic> {
    let published = manifest.functions.iter().flat_map(|function| function.publishes.iter().cloned());
    let dead = manifest
        .functions
        .iter()
        .flat_map(|function| function.consumes.iter().map(|topic| dead_letters(function, topic)));
    let mut topics: Vec<Topic> = published.chain(dead).map(Topic::of).collect();
    topics.sort_by(|one, other| one.name.cmp(&other.name));
    topics.dedup();
    topics
}

impl Topic {
    fn of(name: String) -> Self {
        let settings = if COMPACTED.contains(&name.as_str()) {
            vec![("cleanup.policy", "compact")]
        } else {
            vec![("cleanup.policy", "delete"), ("retention.ms", RETENTION_MS)]
        };
        Self { name, settings }
    }
}

/// Makes the topic, or brings its settings to what they shall be. The number of partitions of a topic
/// that is there stays: another one would move keys and break their order.
pub async fn apply(broker: &mut Broker, topic: &Topic, partitions: i32) -> Result<Vec<Done>, KafkaError> {
    if create(broker, topic, partitions).await? {
        return Ok(vec![Done::Made]);
    }
    let differing = differing(broker, topic).await?;
    if differing.is_empty() {
        return Ok(vec![Done::Kept]);
    }
    set(broker, topic, &differing).await?;
    Ok(differing.into_iter().map(|(name, _)| Done::Changed(name)).collect())
}

/// Creates it; false when it was there.
async fn create(broker: &mut Broker, topic: &Topic, partitions: i32) -> Result<bool, KafkaError> {
    let configs = topic.settings.iter().map(|(name, value)| {
        CreatableTopicConfig::default().with_name((*name).into()).with_value(Some((*value).into()))
    });
    let creatable = CreatableTopic::default()
        .with_name(TopicName(text(&topic.name)))
        .with_num_partitions(partitions)
        // The broker's default: one copy on one machine, more in a cluster.
        .with_replication_factor(-1)
        .with_configs(configs.collect());
    let request = CreateTopicsRequest::default().with_topics(vec![creatable]).with_timeout_ms(10_000);
    for answer in broker.ask(&request).await?.topics {
        if answer.error_code.err() == Some(ResponseError::TopicAlreadyExists) {
            return Ok(false);
        }
        refused(answer.error_code, answer.error_message, || format!("the topic {}", topic.name))?;
    }
    Ok(true)
}

async fn differing(
    broker: &mut Broker,
    topic: &Topic,
) -> Result<Vec<(&'static str, &'static str)>, KafkaError> {
    let keys = topic.settings.iter().map(|(name, _)| (*name).into()).collect();
    let resource = DescribeConfigsResource::default()
        .with_resource_type(TOPIC)
        .with_resource_name(text(&topic.name))
        .with_configuration_keys(Some(keys));
    let request = DescribeConfigsRequest::default().with_resources(vec![resource]);
    let mut actual = Vec::new();
    for answer in broker.ask(&request).await?.results {
        refused(answer.error_code, answer.error_message, || format!("the settings of {}", topic.name))?;
        actual.extend(answer.configs);
    }
    let is_set = |name: &str, value: &str| {
        actual.iter().any(|config| &*config.name == name && config.value.as_deref() == Some(value))
    };
    Ok(topic.settings.iter().copied().filter(|(name, value)| !is_set(name, value)).collect())
}

async fn set(
    broker: &mut Broker,
    topic: &Topic,
    settings: &[(&'static str, &'static str)],
) -> Result<(), KafkaError> {
    let configs = settings.iter().map(|(name, value)| {
        AlterableConfig::default()
            .with_name((*name).into())
            .with_config_operation(SET)
            .with_value(Some((*value).into()))
    });
    let resource = AlterConfigsResource::default()
        .with_resource_type(TOPIC)
        .with_resource_name(text(&topic.name))
        .with_configs(configs.collect());
    let request = IncrementalAlterConfigsRequest::default().with_resources(vec![resource]);
    for answer in broker.ask(&request).await?.responses {
        refused(answer.error_code, answer.error_message, || format!("new settings of {}", topic.name))?;
    }
    Ok(())
}

/// The names of all topics that the broker has.
pub async fn names(broker: &mut Broker) -> Result<Vec<String>, KafkaError> {
    let answer = broker.ask(&MetadataRequest::default().with_topics(None)).await?;
    Ok(answer.topics.into_iter().filter_map(|topic| Some(topic.name?.to_string())).collect())
}

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(yaml: &str) -> Vec<Topic> {
        wanted(&Manifest::parse(yaml).unwrap())
    }

    #[test]
    fn what_is_published_is_kept_for_a_week() {
        let topics = topics(
            "version: 1\nfunctions:\n  passport:\n    http: { timeout: 5s, memory: 128, concurrency: 8 }\n    \
             publishes: [passport.product-scanned.v1]\n    secrets: [kafka]\n",
        );
        assert_eq!(topics.len(), 1);
        assert_eq!(topics[0].name, "passport.product-scanned.v1");
        assert_eq!(topics[0].settings, [("cleanup.policy", "delete"), ("retention.ms", "604800000")]);
    }

    #[test]
    fn metric_batches_are_compacted() {
        let topic = Topic::of("measurement.brand-metric-batch.v1".to_owned());
        assert_eq!(topic.settings, [("cleanup.policy", "compact")]);
    }

    #[test]
    fn the_manifest_of_today_asks_for_scans() {
        let names: Vec<_> =
            wanted(&Manifest::embedded().unwrap()).into_iter().map(|topic| topic.name).collect();
        assert!(names.contains(&"passport.product-scanned.v1".to_owned()), "{names:?}");
    }
}
