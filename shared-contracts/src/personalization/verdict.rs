//! Whether a product suits a person, as scans and verdict queries answer it.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::passport::Passport;

/// Whether a product suits a person, and why; the member `status` tells which of the three it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Verdict {
    /// Here it is.
    Available(Box<Judgement>),
    /// Nobody asked for one: a visitor, or an account without a Health Profile.
    NotRequested,
    /// It could not be worked out at the moment.
    Unavailable,
}

/// A verdict that could be worked out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The worst outcome of all rules that apply.
    pub headline: Outcome,
    /// How many checks could not be made.
    pub unchecked: u32,
    /// What each rule that applies said, the worst first.
    pub reasons: Vec<Reason>,
    /// The rules that were used.
    pub rule_set: RuleSetRef,
    /// Version of the Health Profile that was used.
    pub profile_version: i64,
    /// Revision of the passport that was used.
    pub passport_revision: i64,
    /// The same for each further member of the household.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberVerdict>,
}

/// What a rule says, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A recall touches it, or may.
    Recalled,
    /// Its use-by day is over.
    PastUseBy,
    /// Do not eat it.
    Avoid,
    /// Careful.
    Caution,
    /// The facts do not tell.
    Unknown,
    /// Nothing speaks against it.
    Suitable,
}

/// What one rule said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule's id in its rule set.
    pub rule: String,
    /// What it said.
    pub outcome: Outcome,
    /// What it is about.
    pub class: ReasonClass,
    /// What a person reads.
    pub message: Message,
    /// The fact behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<FactRef>,
    /// For an unknown: key of the message that says what would settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<Cow<'static, str>>,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonClass {
    /// Safety.
    Safety,
    /// A condition.
    Condition,
    /// A preference.
    Preference,
}

/// A message with its parameters, worded by the reader's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Which message.
    pub key: Cow<'static, str>,
    /// What stands in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<Cow<'static, str>, Value>,
}

/// A fact of the passport.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactRef {
    /// JSON Pointer into the passport.
    pub pointer: String,
    /// Who states it.
    pub source: String,
}

/// The rule set that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSetRef {
    /// Its id.
    pub id: String,
    /// Its semantic version.
    pub version: String,
    /// SHA-256 of its content, 64 lower-case hexadecimal digits.
    pub hash: String,
}

/// The verdict for one further member of the household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberVerdict {
    /// The member's Health Profile.
    pub profile_id: Uuid,
    /// The worst outcome of all rules.
    pub headline: Outcome,
    /// How many checks could not be made.
    pub unchecked: u32,
    /// What each rule that applies said, the worst first.
    pub reasons: Vec<Reason>,
    /// Version of this profile.
    pub profile_version: i64,
}

/// Body of `POST /internal/v1/verdicts`: whom, and the facts that Passport has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictRequest {
    /// The account that the call is made for.
    pub account_id: Uuid,
    /// The facts of the product.
    pub passport: Passport,
    /// AI 10 of the package, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// AI 17 of the package, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<NaiveDate>,
    /// AI 15 of the package, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_before: Option<NaiveDate>,
}

/// A rule set in the list of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSetSummary {
    /// Its id.
    pub id: String,
    /// Its semantic version.
    pub version: String,
    /// SHA-256 of its canonical document, 64 lower-case hexadecimal digits.
    pub hash: String,
    /// What it is, for people.
    pub title: String,
    /// The law that it speaks of.
    pub jurisdiction: String,
    /// From when on it is used.
    pub valid_from: NaiveDate,
}
