//! `measurement.brand-metric-batch.v1`: all that leaves measurement.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fact;
use crate::{identity::WindowLength, metrics::Metric};

/// Everything that a brand ever learns of one window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandMetricBatchPublished {
    /// The brand.
    pub brand_id: Uuid,
    /// The window.
    pub window: BatchWindow,
    /// When the batch is announced: fixed by the window, whatever is in it.
    pub publish_at: DateTime<Utc>,
    /// What was promised and done.
    pub privacy: Privacy,
    /// Each product of the catalog with each metric, sorted by GTIN, then metric.
    pub metrics: Vec<MetricRow>,
}

/// Whole UTC days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchWindow {
    /// Its first moment.
    pub start: DateTime<Utc>,
    /// The first moment after it.
    pub end: DateTime<Utc>,
    /// A UTC day, or an ISO week.
    pub length: WindowLength,
}

/// What was promised and done. Decimals are strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// Version of these rules.
    pub policy_version: String,
    /// Whose facts the promise hides.
    pub unit: Unit,
    /// How.
    pub mechanism: Mechanism,
    /// ε.
    pub epsilon: String,
    /// δ.
    pub delta: String,
    /// Scale of the noise.
    pub scale: String,
    /// Groups of product and metric in which one person counts at most.
    pub max_groups_per_person: u32,
    /// How much one person counts in a group.
    pub max_per_group: u32,
    /// A group of fewer persons is never shown.
    pub min_persons: u32,
    /// A number below this, noise included, is not shown.
    pub release_threshold: u32,
    /// How often the true number is in the interval.
    pub ci_level: String,
    /// The interval is the value, plus and minus this.
    pub ci_half_width: u32,
    /// Whether numbers may be shown.
    pub batch_status: BatchStatus,
}

/// Whose facts the promise hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// All facts of one person in one window of one brand.
    Person,
}

/// How they are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mechanism {
    /// Discrete Laplace noise, then a threshold.
    #[serde(rename = "discrete-laplace-threshold")]
    DiscreteLaplaceThreshold,
}

/// Whether numbers may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    /// They may.
    Released,
    /// The month's budget is spent; nothing was read.
    BudgetExhausted,
    /// What was released may be lost, so nothing is released again.
    NotAvailable,
}

impl BatchStatus {
    /// As in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::BudgetExhausted => "budget_exhausted",
            Self::NotAvailable => "not_available",
        }
    }
}

/// A product with a metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
pub enum MetricRow {
    /// Enough persons, noise included.
    Published {
        /// 14 digits.
        gtin: String,
        /// What they did.
        metric: Metric,
        /// Persons, with noise.
        value: i64,
        /// Lower end of the interval.
        ci_low: i64,
        /// Upper end of the interval.
        ci_high: i64,
    },
    /// Nobody, or too few: the two look the same.
    Suppressed {
        /// 14 digits.
        gtin: String,
        /// What they would have done.
        metric: Metric,
    },
}

impl MetricRow {
    /// What the rows are sorted by.
    pub fn key(&self) -> (&str, Metric) {
        match self {
            Self::Published { gtin, metric, .. } | Self::Suppressed { gtin, metric } => (gtin, *metric),
        }
    }
}

impl BrandMetricBatchPublished {
    /// The id of its event (RFC 9562, section 5.5): version 5 of the key, in the namespace that is
    /// version 5 of the schema's `$id` among URLs. It says nothing that the key does not.
    pub fn event_id(&self) -> Uuid {
        let schema = Uuid::new_v5(&Uuid::NAMESPACE_URL, Self::DATASCHEMA.as_bytes());
        Uuid::new_v5(&schema, self.key().as_bytes())
    }
}

impl Fact for BrandMetricBatchPublished {
    const TYPE: &'static str = "packytrace.measurement.BrandMetricBatchPublished.v1";
    const TOPIC: &'static str = "measurement.brand-metric-batch.v1";
    const SOURCE: &'static str = "measurement";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:measurement.brand-metric-batch.v1";

    /// `brand_id/window.start/window.length`: the topic is compacted by it.
    fn key(&self) -> String {
        let start = self.window.start.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("{}/{start}/{}", self.brand_id, self.window.length.as_str())
    }
}
