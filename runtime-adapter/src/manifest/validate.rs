//! What a manifest must keep beyond its shape: Lambda's limits, and an event graph without loose
//! ends.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Function, KafkaMapping, Manifest, ManifestError, Schedule};

const LAMBDA_TIMEOUT: Duration = Duration::from_mins(15);
const LAMBDA_MEMORY: RangeInclusive<u32> = 128..=10_240;
const LAMBDA_BATCH: RangeInclusive<u32> = 1..=10_000;
const LAMBDA_WINDOW: Duration = Duration::from_mins(5);
/// Long enough for every flexible window that `EventBridge` Scheduler takes.
const SCHEDULER_WINDOW: Duration = Duration::from_hours(24);

type Check = Result<(), String>;

pub(super) fn manifest(manifest: &Manifest) -> Result<(), ManifestError> {
    if manifest.version != 1 {
        return Err(invalid("*", format!("version {} is unknown", manifest.version)));
    }
    let names: BTreeSet<&str> = manifest.functions.iter().map(|f| f.name.as_str()).collect();
    let published: BTreeSet<&str> =
        manifest.functions.iter().flat_map(|f| &f.publishes).map(String::as_str).collect();
    for described in &manifest.functions {
        function(described)
            .and_then(|()| graph(described, &names, &published))
            .map_err(|detail| invalid(&described.name, detail))?;
    }
    Ok(())
}

fn invalid(function: &str, detail: String) -> ManifestError {
    ManifestError::Invalid { function: function.to_owned(), detail }
}

fn function(function: &Function) -> Check {
    check(is_name(&function.name), || "its name is not lower-case words with hyphens".to_owned())?;
    timeout("http", function.http.timeout)?;
    check(LAMBDA_MEMORY.contains(&function.http.memory), || {
        format!("memory {} MiB is outside Lambda's {LAMBDA_MEMORY:?}", function.http.memory)
    })?;
    check(function.http.concurrency > 0, || "concurrency is 0".to_owned())?;
    function.kafka.iter().try_for_each(mapping)?;
    function.schedules.iter().try_for_each(schedule)?;
    let mut schedules = BTreeSet::new();
    for schedule in &function.schedules {
        check(schedules.insert(&schedule.name), || format!("two schedules are called {:?}", schedule.name))?;
    }
    for topic in &function.publishes {
        check(is_topic(topic), || format!("{topic:?} is no topic: write owner.fact.v1"))?;
    }
    for secret in &function.secrets {
        check(is_name(secret), || format!("{secret:?} is no name of a secret"))?;
    }
    Ok(())
}

fn mapping(mapping: &KafkaMapping) -> Check {
    let topic = &mapping.topic;
    check(is_topic(topic), || format!("{topic:?} is no topic: write owner.fact.v1"))?;
    timeout(topic, mapping.timeout)?;
    check(LAMBDA_BATCH.contains(&mapping.batch_size), || {
        format!("{topic}: batch_size {} is outside {LAMBDA_BATCH:?}", mapping.batch_size)
    })?;
    check(mapping.window <= LAMBDA_WINDOW, || format!("{topic}: a window above 5m"))
}

fn schedule(schedule: &Schedule) -> Check {
    let name = &schedule.name;
    check(is_name(name), || format!("{name:?} is no name of a schedule"))?;
    timeout(name, schedule.timeout)?;
    let window = schedule.flexible_window.unwrap_or_default();
    check(window <= SCHEDULER_WINDOW, || format!("{name}: a flexible window above 24h"))
}

/// Callees exist, and who reads a topic has a mapping for it and somebody who writes it.
fn graph(function: &Function, names: &BTreeSet<&str>, published: &BTreeSet<&str>) -> Check {
    for (callee, calls) in &function.calls {
        check(names.contains(callee.as_str()), || format!("it calls {callee:?}, which is no function"))?;
        check(!calls.is_empty(), || format!("it calls {callee:?} for nothing"))?;
    }
    let mapped: BTreeSet<&str> = function.kafka.iter().map(|m| m.topic.as_str()).collect();
    check(mapped.len() == function.kafka.len(), || "two mappings read one topic".to_owned())?;
    let consumed: BTreeSet<&str> = function.consumes.iter().map(String::as_str).collect();
    if let Some(topic) = mapped.symmetric_difference(&consumed).next() {
        return Err(format!("{topic:?} is in one of `kafka` and `consumes`, not in both"));
    }
    if let Some(topic) = consumed.difference(published).next() {
        return Err(format!("it consumes {topic:?}, which no function publishes"));
    }
    Ok(())
}

fn timeout(of: &str, timeout: Duration) -> Check {
    check(!timeout.is_zero() && timeout <= LAMBDA_TIMEOUT, || {
        format!("{of}: a timeout of {timeout:?} is outside Lambda's 15 minutes")
    })
}

fn check(holds: bool, otherwise: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Lower-case words and digits, joined by hyphens.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

/// `owner.fact.vN`.
fn is_topic(text: &str) -> bool {
    let mut parts = text.split('.');
    let (owner, fact, version) = (parts.next(), parts.next(), parts.next());
    let number = version.and_then(|version| version.strip_prefix('v'));
    parts.next().is_none()
        && owner.is_some_and(is_name)
        && fact.is_some_and(is_name)
        && number.is_some_and(|n| n.parse::<u32>().is_ok_and(|n| n > 0))
}
