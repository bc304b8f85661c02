//! Counting: persons by group, after consent and bounding. Cost is linear in the facts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use shared_contracts::metrics::Metric;

use super::{
    bounding::{Group, WindowKey, bound},
    consent::Consents,
    people::{People, Person},
    pseudonym::Pseudonym,
};

/// The products of a brand at the start of a window, each with every metric: the keys of its batch.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    gtins: Vec<String>,
    places: HashMap<String, u32>,
}

impl Catalog {
    /// These products, in the order of their numbers.
    pub fn of(mut gtins: Vec<String>) -> Self {
        gtins.sort_unstable();
        gtins.dedup();
        let places = (0..).zip(&gtins).map(|(place, gtin)| (gtin.clone(), place)).collect();
        Self { gtins, places }
    }

    /// The products.
    pub fn gtins(&self) -> &[String] {
        &self.gtins
    }

    /// The place of a product with a metric among the keys; none of a product that is not there.
    pub fn group(&self, gtin: &str, metric: Metric) -> Option<Group> {
        let metrics = u32::try_from(Metric::ALL.len()).ok()?;
        Some(self.places.get(gtin)? * metrics + metric as u32)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.gtins.len() * Metric::ALL.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.gtins.is_empty()
    }
}

/// The persons of one window, while its facts go by.
pub struct Tally<'a> {
    catalog: &'a Catalog,
    people: People,
    consents: Consents,
    silent: Vec<bool>,
    /// Person and group in one number, so that ten million of them fit.
    seen: Vec<u64>,
}

impl<'a> Tally<'a> {
    /// For these keys; `people` and `consents` as they are known at the close.
    pub fn new(catalog: &'a Catalog, mut people: People, consents: Consents) -> Self {
        let mut silent = Vec::new();
        for (account, person) in people.accounts() {
            let place = person as usize;
            if silent.len() <= place {
                silent.resize(place + 1, false);
            }
            // A person one of whose accounts does not consent is not counted at all.
            silent[place] |= consents.since(account).is_none();
        }
        Self { catalog, people, consents, silent, seen: Vec::new() }
    }

    /// A fact of the window.
    pub fn see(&mut self, subject: Pseudonym, gtin: &str, metric: Metric, at: DateTime<Utc>) {
        let Some(group) = self.catalog.group(gtin, metric) else { return };
        if self.consents.since(subject).is_none_or(|since| since > at) {
            return;
        }
        let person = self.people.person(subject);
        if self.silent.get(person as usize).is_some_and(|silent| *silent) {
            return;
        }
        self.seen.push(u64::from(person) << 32 | u64::from(group));
        // Whoever scans a thing ten thousand times shall not fill the memory.
        if self.seen.len() == self.seen.capacity() {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.seen.sort_unstable();
        self.seen.dedup();
        self.seen.reserve(self.seen.len().max(1 << 16));
    }

    /// Persons by group, each in at most `most` groups.
    pub fn counts(mut self, most: u32, key: &WindowKey) -> Vec<u64> {
        self.settle();
        let mut counts = vec![0; self.catalog.len()];
        let mut groups = Vec::new();
        for of_one in self.seen.chunk_by(|one, other| one >> 32 == other >> 32) {
            groups.clear();
            groups.extend(of_one.iter().map(|pair| group_of(*pair)));
            bound(person_of(of_one), &mut groups, most as usize, key);
            for group in &groups {
                counts[*group as usize] += 1;
            }
        }
        counts
    }
}

fn person_of(pairs: &[u64]) -> Person {
    pairs.first().and_then(|pair| u32::try_from(pair >> 32).ok()).unwrap_or_default()
}

fn group_of(pair: u64) -> Group {
    u32::try_from(pair & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
