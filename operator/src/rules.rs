//! `rules diff`: what other rules would change, before they are published.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use passport::{domain::passport as passports, store::products};
use personalization::domain::{
    facts::Facts,
    interpret::Circumstances,
    rule_set::{Published, RuleSet, Unusable},
    verdict,
};
use serde::{Deserialize, Serialize};
use shared_contracts::{
    passport::Passport,
    personalization::{HealthProfile, Outcome},
};
use sqlx::PgConnection;

use crate::output::Output;

/// The people that rules are tried on when nobody names others.
const PEOPLE: &str = include_str!("rules/people.jsonl");
/// Products that are read at a time.
const PAGE: i64 = 200;

/// What to compare.
pub struct Request {
    /// A published version, or a file.
    pub old: String,
    /// A published version, or a file.
    pub new: String,
    /// Whom to judge for, if not for the usual people.
    pub profiles: Option<PathBuf>,
}

/// Why rules were not compared.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// No such version, no such file.
    #[error("{0} is no published version of the rules, and no file that can be read")]
    Unknown(String),
    /// The file is no rule set.
    #[error("{name} is no rule set")]
    Unusable {
        /// Its name.
        name: String,
        /// Why.
        source: Unusable,
    },
    /// The file cannot be read.
    #[error("{file} cannot be read")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A line is no profile.
    #[error("line {line} of the profiles is none: {source}")]
    Profile {
        /// Which.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// The catalogue has something that is no product.
    #[error("the catalogue's document of {gtin} cannot be read")]
    Document {
        /// The product.
        gtin: String,
        /// Why.
        source: serde_json::Error,
    },
    /// Postgres refuses.
    #[error("the catalogue cannot be read")]
    Store(#[from] sqlx::Error),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Somebody to judge for. A name is what is told of them, whatever their profile says.
#[derive(Deserialize)]
struct Person {
    #[serde(rename = "profile")]
    name: String,
    #[serde(flatten)]
    profile: HealthProfile,
}

/// A headline that differs, as a line for programs.
#[derive(Serialize)]
struct Change<'a> {
    profile: &'a str,
    gtin: &'a str,
    old: Outcome,
    new: Outcome,
}

/// What it comes to for one profile, as a line for programs.
#[derive(Default, Serialize)]
struct Sum {
    profile: String,
    judged: u64,
    changed: u64,
    old: BTreeMap<String, u64>,
    new: BTreeMap<String, u64>,
}

/// Judges every product of the catalogue by both rule sets, on this day and for any package.
pub async fn diff(
    conn: &mut PgConnection,
    request: Request,
    on: NaiveDate,
    output: &mut Output,
) -> Result<(), RulesError> {
    let (old, new) = (load(&request.old)?, load(&request.new)?);
    let people = people(request.profiles.as_deref())?;
    let mut sums: Vec<Sum> =
        people.iter().map(|person| Sum { profile: person.name.clone(), ..Sum::default() }).collect();
    let mut after = String::new();
    loop {
        let gtins = products::gtins_after(conn, &after, PAGE).await?;
        let Some(last) = gtins.last() else { break };
        after.clone_from(last);
        for gtin in &gtins {
            let Some(row) = products::find(conn, gtin).await? else { continue };
            let passport = passports::of(row, on)
                .map_err(|source| RulesError::Document { gtin: gtin.clone(), source })?;
            compare(&passport, [&old, &new], on, &people, &mut sums, output)?;
        }
    }
    for sum in &sums {
        output.line(json(sum)?)?;
    }
    let changed: u64 = sums.iter().map(|sum| sum.changed).sum();
    output.tell(format_args!("{} and {}: {changed} headlines differ", request.old, request.new))?;
    Ok(())
}

fn compare(
    passport: &Passport,
    [old, new]: [&RuleSet; 2],
    on: NaiveDate,
    people: &[Person],
    sums: &mut [Sum],
    output: &mut Output,
) -> Result<(), RulesError> {
    let at = Circumstances { on, lot: None, use_by: None, best_before: None };
    let (old_facts, new_facts) = (Facts::of(passport, old), Facts::of(passport, new));
    for (person, sum) in people.iter().zip(sums) {
        let before = verdict::judge(old, &person.profile, &old_facts, at).headline;
        let after = verdict::judge(new, &person.profile, &new_facts, at).headline;
        sum.judged += 1;
        *sum.old.entry(name(before)).or_default() += 1;
        *sum.new.entry(name(after)).or_default() += 1;
        if before != after {
            sum.changed += 1;
            let gtin = &passport.product.gtin;
            output.line(json(&Change { profile: &person.name, gtin, old: before, new: after })?)?;
        }
    }
    Ok(())
}

fn load(name: &str) -> Result<RuleSet, RulesError> {
    let unusable = |source| RulesError::Unusable { name: name.to_owned(), source };
    if let Some(set) = Published::read().map_err(unusable)?.take(name) {
        return Ok(set);
    }
    let text = fs::read_to_string(name).map_err(|_| RulesError::Unknown(name.to_owned()))?;
    RuleSet::read(&text).map_err(unusable)
}

fn people(file: Option<&Path>) -> Result<Vec<Person>, RulesError> {
    let text = match file {
        None => PEOPLE.to_owned(),
        Some(file) => fs::read_to_string(file)
            .map_err(|source| RulesError::Unreadable { file: file.to_owned(), source })?,
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|source| RulesError::Profile { line: index + 1, source })
        })
        .collect()
}

fn name(outcome: Outcome) -> String {
    let word = serde_json::to_value(outcome).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

fn json(line: &impl Serialize) -> Result<String, RulesError> {
    serde_json::to_string(line).map_err(|error| RulesError::Output(error.into()))
}
