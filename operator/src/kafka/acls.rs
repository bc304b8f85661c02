//! Access rules: each function's users may do what the manifest says and nothing else. The broker
//! enforces the privacy wall, not only our code.

use std::{collections::BTreeSet, fmt};

use kafka_protocol::{
    messages::{
        CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest, create_acls_request::AclCreation,
        delete_acls_request::DeleteAclsFilter,
    },
    protocol::StrBytes,
};
use service_chassis::runtime::manifest::{Function, Manifest};

use super::{
    broker::{Broker, KafkaError, refused},
    topics::dead_letters,
};
use crate::secrets::shapes::logins_of;

/// Matches anything in a filter: resource type, pattern type, operation and permission alike.
const ANY: i8 = 1;
/// `PatternType.LITERAL`.
const LITERAL: i8 = 3;
/// `AclPermissionType.ALLOW`.
const ALLOW: i8 = 3;
/// The one cluster resource.
const CLUSTER: &str = "kafka-cluster";

/// What a rule is about (`ResourceType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i8)]
enum Resource {
    Topic = 2,
    Group = 3,
    Cluster = 4,
}

/// What it allows (`AclOperation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i8)]
enum Operation {
    Read = 3,
    Write = 4,
    Describe = 8,
    IdempotentWrite = 12,
}

/// One rule, as the broker keeps it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acl {
    principal: String,
    resource: i8,
    name: String,
    operation: i8,
    pattern: i8,
    host: String,
    permission: i8,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Changes {
    /// Rules that are new.
    pub made: Vec<Acl>,
    /// Rules of our users that the manifest does not ask for (any more).
    pub removed: Vec<Acl>,
    /// How many rules were there.
    pub kept: usize,
}

impl Acl {
    fn allow(login: &str, resource: Resource, name: &str, operation: Operation) -> Self {
        Self {
            principal: format!("User:{login}"),
            resource: resource as i8,
            name: name.to_owned(),
            operation: operation as i8,
            pattern: LITERAL,
            host: "*".to_owned(),
            permission: ALLOW,
        }
    }
}

/// The rules that the manifest asks for.
pub fn wanted(manifest: &Manifest) -> BTreeSet<Acl> {
    manifest
        .functions
        .iter()
        .flat_map(|function| {
            let rules = rules(function);
            logins_of(&function.name).into_iter().flat_map(move |login| {
                let allow = |(resource, name, operation): &(_, String, _)| {
                    Acl::allow(&login, *resource, name, *operation)
                };
                rules.iter().map(allow).collect::<Vec<_>>()
            })
        })
        .collect()
}

/// What a function may do: write what it publishes, read what it consumes in a group of its own name, or
/// on Lambda, where AWS wants a group for each mapping, of its own and the topic's, and write the dead
/// letters of that.
fn rules(function: &Function) -> Vec<(Resource, String, Operation)> {
    let dead = function.consumes.iter().map(|topic| dead_letters(function, topic));
    let written: Vec<String> = function.publishes.iter().cloned().chain(dead).collect();
    let mut rules = Vec::new();
    for topic in &written {
        rules.push((Resource::Topic, topic.clone(), Operation::Write));
        rules.push((Resource::Topic, topic.clone(), Operation::Describe));
    }
    for topic in &function.consumes {
        rules.push((Resource::Topic, topic.clone(), Operation::Read));
        rules.push((Resource::Topic, topic.clone(), Operation::Describe));
        rules.push((Resource::Group, format!("{}.{topic}", function.name), Operation::Read));
    }
    if !function.consumes.is_empty() {
        rules.push((Resource::Group, function.name.clone(), Operation::Read));
    }
    if !written.is_empty() {
        // Kafka grants this with any right to write (KIP-679); Redpanda asks for it by name.
        rules.push((Resource::Cluster, CLUSTER.to_owned(), Operation::IdempotentWrite));
    }
    rules
}

/// Makes the rules that are missing and removes those of our users that are not wanted. Rules of
/// anybody else are left alone.
pub async fn apply(broker: &mut Broker, manifest: &Manifest) -> Result<Changes, KafkaError> {
    let wanted = wanted(manifest);
    let ours: BTreeSet<String> = manifest
        .functions
        .iter()
        .flat_map(|function| logins_of(&function.name))
        .map(|login| format!("User:{login}"))
        .collect();
    let mut actual = existing(broker).await?;
    actual.retain(|acl| ours.contains(&acl.principal));

    let made: Vec<Acl> = wanted.difference(&actual).cloned().collect();
    let removed: Vec<Acl> = actual.difference(&wanted).cloned().collect();
    create(broker, &made).await?;
    delete(broker, &removed).await?;
    Ok(Changes { kept: wanted.len() - made.len(), made, removed })
}

async fn existing(broker: &mut Broker) -> Result<BTreeSet<Acl>, KafkaError> {
    let request = DescribeAclsRequest::default()
        .with_resource_type_filter(ANY)
        .with_resource_name_filter(None)
        .with_pattern_type_filter(ANY)
        .with_principal_filter(None)
        .with_host_filter(None)
        .with_operation(ANY)
        .with_permission_type(ANY);
    let answer = broker.ask(&request).await?;
    refused(answer.error_code, answer.error_message, || "to list its access rules".to_owned())?;
    let rules = answer.resources.into_iter().flat_map(|resource| {
        let (name, pattern) = (resource.resource_name.to_string(), resource.pattern_type);
        resource.acls.into_iter().map(move |acl| Acl {
            principal: acl.principal.to_string(),
            resource: resource.resource_type,
            name: name.clone(),
            operation: acl.operation,
            pattern,
            host: acl.host.to_string(),
            permission: acl.permission_type,
        })
    });
    Ok(rules.collect())
}

async fn create(broker: &mut Broker, acls: &[Acl]) -> Result<(), KafkaError> {
    if acls.is_empty() {
        return Ok(());
    }
    let creations = acls.iter().map(|acl| {
        AclCreation::default()
            .with_resource_type(acl.resource)
            .with_resource_name(text(&acl.name))
            .with_resource_pattern_type(acl.pattern)
            .with_principal(text(&acl.principal))
            .with_host(text(&acl.host))
            .with_operation(acl.operation)
            .with_permission_type(acl.permission)
    });
    let request = CreateAclsRequest::default().with_creations(creations.collect());
    for (acl, answer) in acls.iter().zip(broker.ask(&request).await?.results) {
        refused(answer.error_code, answer.error_message, || format!("the access rule {acl}"))?;
    }
    Ok(())
}

async fn delete(broker: &mut Broker, acls: &[Acl]) -> Result<(), KafkaError> {
    if acls.is_empty() {
        return Ok(());
    }
    let filters = acls.iter().map(|acl| {
        DeleteAclsFilter::default()
            .with_resource_type_filter(acl.resource)
            .with_resource_name_filter(Some(text(&acl.name)))
            .with_pattern_type_filter(acl.pattern)
            .with_principal_filter(Some(text(&acl.principal)))
            .with_host_filter(Some(text(&acl.host)))
            .with_operation(acl.operation)
            .with_permission_type(acl.permission)
    });
    let request = DeleteAclsRequest::default().with_filters(filters.collect());
    for (acl, answer) in acls.iter().zip(broker.ask(&request).await?.filter_results) {
        refused(answer.error_code, answer.error_message, || format!("to remove the access rule {acl}"))?;
    }
    Ok(())
}

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

impl fmt::Display for Acl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resource = match self.resource {
            r if r == Resource::Topic as i8 => "topic",
            r if r == Resource::Group as i8 => "group",
            r if r == Resource::Cluster as i8 => "cluster",
            _ => "resource",
        };
        let operation = match self.operation {
            o if o == Operation::Read as i8 => "read".to_owned(),
            o if o == Operation::Write as i8 => "write".to_owned(),
            o if o == Operation::Describe as i8 => "describe".to_owned(),
            o if o == Operation::IdempotentWrite as i8 => "idempotent-write".to_owned(),
            other => format!("operation-{other}"),
        };
        write!(f, "{}\t{operation}\t{resource}\t{}", self.principal, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "
version: 1
functions:
  passport:
    http: { timeout: 5s, memory: 128, concurrency: 8 }
    publishes: [passport.product-scanned.v1]
    secrets: [kafka]
  measurement:
    http: { timeout: 5s, memory: 128, concurrency: 8 }
    kafka: [{ topic: passport.product-scanned.v1 }]
    consumes: [passport.product-scanned.v1]
    secrets: [kafka]
";

    fn of(login: &str) -> Vec<String> {
        let prefix = format!("User:{login}\t");
        let all = wanted(&Manifest::parse(MANIFEST).unwrap());
        let mut rules: Vec<String> = all
            .iter()
            .filter_map(|acl| Some(acl.to_string().strip_prefix(&prefix)?.replace('\t', " ")))
            .collect();
        rules.sort();
        rules
    }

    #[test]
    fn a_producer_writes_its_topics_and_reads_nothing() {
        let rules = [
            "describe topic passport.product-scanned.v1",
            "idempotent-write cluster kafka-cluster",
            "write topic passport.product-scanned.v1",
        ];
        assert_eq!(of("passport_svc_a"), rules);
        assert_eq!(of("passport_svc_b"), rules);
    }

    #[test]
    fn a_consumer_reads_in_its_own_group_and_writes_its_dead_letters() {
        assert_eq!(
            of("measurement_svc_a"),
            [
                "describe topic measurement.passport.product-scanned.v1.dlq",
                "describe topic passport.product-scanned.v1",
                "idempotent-write cluster kafka-cluster",
                "read group measurement",
                "read group measurement.passport.product-scanned.v1",
                "read topic passport.product-scanned.v1",
                "write topic measurement.passport.product-scanned.v1.dlq",
            ]
        );
    }
}
