//! What waits on Kafka: for each function, and as dead letters.

use std::collections::BTreeMap;

use service_chassis::runtime::manifest::Manifest;

use super::page::{Finding, Page};
use crate::{
    kafka::{groups, topics},
    output::told,
    settings::{KafkaAdmin, Settings},
};

/// So many records wait when a function has stopped taking them, or cannot keep up.
const MOST: i64 = 1_000;

pub(super) async fn look(manifest: &Manifest, settings: &Settings, page: &mut Page) {
    // That there is no address is told already.
    let Ok(admin) = settings.kafka() else { return };
    let manifest = manifest.clone();
    let found = tokio::task::spawn_blocking(move || waiting(&admin, &manifest)).await;
    match found.map_err(|error| told(&error)).and_then(|found| found.map_err(|error| told(&error))) {
        Err(error) => page.add("streams", "consumers", Err(error)),
        Ok((lags, letters)) => {
            for (group, lag) in lags {
                page.add("streams", group, behind(lag));
            }
            page.add("streams", "dead letters", Ok(dead(&letters)));
        }
    }
}

type Counts = BTreeMap<String, i64>;

fn waiting(admin: &KafkaAdmin, manifest: &Manifest) -> Result<(Counts, Counts), rdkafka::error::KafkaError> {
    let mut lags = Counts::new();
    for group in groups::progress(admin, manifest)? {
        *lags.entry(group.group).or_default() += group.end - group.next;
    }
    let dead = manifest.functions.iter().flat_map(|function| {
        function.kafka.iter().map(|mapping| topics::dead_letters(function, &mapping.topic))
    });
    Ok((lags, groups::held(admin, &dead.collect::<Vec<_>>())?))
}

fn behind(lag: i64) -> Finding {
    let found = format!("{lag} records behind");
    if lag > MOST { Err(found) } else { Ok(found) }
}

/// Each is a fact that had no effect. They are kept for a week, also after somebody has seen to them, and so
/// are told and not called wrong; that one more came is an alert.
fn dead(letters: &Counts) -> String {
    let some: Vec<String> = letters
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(topic, count)| format!("{count} on {topic}"))
        .collect();
    if some.is_empty() { "none".to_owned() } else { some.join(", ") }
}
