//! `kafka apply` against a real broker. Functions, topics and users are the test's own.

use kafka_protocol::{
    messages::{
        CreateAclsRequest, DescribeAclsRequest, IncrementalAlterConfigsRequest, MetadataRequest, TopicName,
        create_acls_request::AclCreation,
        incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig},
        metadata_request::MetadataRequestTopic,
    },
    protocol::StrBytes,
};
use operator::{
    kafka::{self, Broker, topics},
    secrets::{Parameters, shapes::Login},
    settings::KafkaAdmin,
};
use service_chassis::runtime::manifest::Manifest;

use crate::support::{Captured, not_run, parameters, setting, unique};

/// A product with a writer and a reader, in this run's own names.
struct Stage {
    manifest: Manifest,
    parameters: Parameters,
    admin: KafkaAdmin,
    writer: String,
    reader: String,
}

impl Stage {
    /// None where a server that it needs is not named.
    async fn set() -> Option<Self> {
        let admin = || {
            Some(KafkaAdmin {
                bootstrap: setting("KAFKA_BOOTSTRAP")?,
                protocol: setting("KAFKA_SECURITY_PROTOCOL").unwrap_or("sasl_plaintext".to_owned()),
                username: setting("KAFKA_ADMIN_USERNAME")?,
                password: setting("KAFKA_ADMIN_PASSWORD")?,
            })
        };
        let (Some(admin), Some(parameters)) = (admin(), parameters(&unique("operator-test")).await) else {
            not_run("KAFKA_* or AWS_ENDPOINT_URL_SSM names no server for the test of kafka apply");
            return None;
        };
        let (writer, reader) = (unique("writer"), unique("reader"));
        let limits = "http: { timeout: 5s, memory: 128, concurrency: 8 }";
        let manifest = Manifest::parse(&format!(
            "version: 1\nfunctions:\n  {writer}:\n    {limits}\n    secrets: [kafka]\n    publishes: [{writer}.thing.v1]\n  \
             {reader}:\n    {limits}\n    secrets: [kafka]\n    consumes: [{writer}.thing.v1]\n    \
             kafka: [{{ topic: {writer}.thing.v1 }}]\n"
        ))
        .unwrap();
        for function in [&writer, &reader] {
            let path = parameters.path(function, "kafka");
            let login = Login::generate(format!("{}_svc_a", function.replace('-', "_"))).unwrap();
            let version = parameters.write(&path, &login).await.unwrap().version;
            parameters.make_current(&path, version).await.unwrap();
        }
        Some(Self { manifest, parameters, admin, writer, reader })
    }

    fn topic(&self) -> String {
        format!("{}.thing.v1", self.writer)
    }

    async fn apply(&self) -> Vec<String> {
        let captured = Captured::default();
        kafka::apply(&self.manifest, &self.admin, &self.parameters, 3, &mut captured.output()).await.unwrap();
        captured.lines()
    }

    /// A connection as the user of a function.
    async fn log_in(&self, function: &str) -> Broker {
        let path = self.parameters.path(function, "kafka");
        let login: Login = self.parameters.current(&path).await.unwrap().unwrap().json(&path).unwrap();
        let user = KafkaAdmin { username: login.username, password: login.password, ..self.admin.clone() };
        Broker::connect(&user).await.unwrap()
    }
}

/// Whether a user may see a topic at all.
async fn sees(broker: &mut Broker, topic: &str) -> bool {
    let topic = MetadataRequestTopic::default().with_name(Some(TopicName(topic.to_owned().into())));
    let answer = broker.ask(&MetadataRequest::default().with_topics(Some(vec![topic]))).await.unwrap();
    answer.topics.iter().all(|topic| topic.error_code == 0)
}

/// The error code of the question for all access rules.
async fn rules_code(broker: &mut Broker) -> i16 {
    let any = 1;
    let request = DescribeAclsRequest::default()
        .with_resource_type_filter(any)
        .with_resource_name_filter(None)
        .with_pattern_type_filter(any)
        .with_principal_filter(None)
        .with_host_filter(None)
        .with_operation(any)
        .with_permission_type(any);
    broker.ask(&request).await.unwrap().error_code
}

fn rule(principal: &str, topic: &str) -> AclCreation {
    let (topic_type, literal, read, allow) = (2, 3, 3, 3);
    AclCreation::default()
        .with_resource_type(topic_type)
        .with_resource_name(topic.to_owned().into())
        .with_resource_pattern_type(literal)
        .with_principal(principal.to_owned().into())
        .with_host("*".into())
        .with_operation(read)
        .with_permission_type(allow)
}

#[tokio::test]
async fn topics_users_and_rules_are_made_once() {
    let Some(stage) = Stage::set().await else { return };
    let lines = stage.apply().await;
    let begin = |with: &str| lines.iter().filter(|line| line.starts_with(with)).count();
    assert_eq!((begin("topic\tmade\t"), begin("user\tset\t"), begin("acl\tmade\t")), (2, 2, 20), "{lines:?}");

    let again = stage.apply().await;
    let expected = [
        format!("topic\tkept\t{}.{}.dlq", stage.reader, stage.topic()),
        format!("topic\tkept\t{}", stage.topic()),
    ];
    assert_eq!(again[..2], expected);
    assert!(again.iter().all(|line| !line.starts_with("acl")), "{again:?}");
}

#[tokio::test]
async fn a_user_gets_in_with_its_secret_and_sees_its_own_topics_only() {
    let Some(stage) = Stage::set().await else { return };
    stage.apply().await;
    let (mut writer, mut reader) = (stage.log_in(&stage.writer).await, stage.log_in(&stage.reader).await);
    let dead = format!("{}.{}.dlq", stage.reader, stage.topic());
    assert!(sees(&mut writer, &stage.topic()).await && sees(&mut reader, &stage.topic()).await);
    assert!(sees(&mut reader, &dead).await && !sees(&mut writer, &dead).await);

    assert_ne!(rules_code(&mut writer).await, 0, "a function may not read the access rules");
    assert_eq!(rules_code(&mut Broker::connect(&stage.admin).await.unwrap()).await, 0);
}

#[tokio::test]
async fn what_drifted_is_set_right_and_rules_of_others_are_left_alone() {
    let Some(stage) = Stage::set().await else { return };
    stage.apply().await;
    let mut admin = Broker::connect(&stage.admin).await.unwrap();
    let ours = format!("User:{}_svc_b", stage.writer.replace('-', "_"));
    let theirs = format!("User:{}", unique("stranger"));
    let rules = vec![rule(&ours, &stage.topic()), rule(&theirs, &stage.topic())];
    admin.ask(&CreateAclsRequest::default().with_creations(rules)).await.unwrap();
    let retention = AlterableConfig::default()
        .with_name("retention.ms".into())
        .with_value(Some(StrBytes::from_static_str("1000")));
    let resource = AlterConfigsResource::default()
        .with_resource_type(2)
        .with_resource_name(stage.topic().into())
        .with_configs(vec![retention]);
    admin.ask(&IncrementalAlterConfigsRequest::default().with_resources(vec![resource])).await.unwrap();

    let lines = stage.apply().await;
    assert!(lines.contains(&format!("topic\tchanged\t{}\tretention.ms", stage.topic())), "{lines:?}");
    let changed: Vec<_> = lines.iter().filter(|line| line.starts_with("acl")).collect();
    assert_eq!(changed, [&format!("acl\tremoved\t{ours}\tread\ttopic\t{}", stage.topic())]);
}

#[tokio::test]
async fn a_wrong_password_is_refused_in_words() {
    let Some(stage) = Stage::set().await else { return };
    let admin = KafkaAdmin { password: "wrong".to_owned(), ..stage.admin.clone() };
    let error = Broker::connect(&admin).await.err().unwrap().to_string();
    assert!(error.contains("login") && !error.contains("wrong"), "{error}");
    assert!(topics::names(&mut Broker::connect(&stage.admin).await.unwrap()).await.is_ok());
}
