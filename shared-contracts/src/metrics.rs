//! Bodies of `openapi/brand-analytics.yaml`: what a brand sees of its products.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What distinct persons did with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Put it into their fridge.
    Added,
    /// Ate or drank of it.
    Consumed,
    /// Threw of it away.
    Discarded,
    /// Scanned it.
    Scanned,
}

impl Metric {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Added, Self::Consumed, Self::Discarded, Self::Scanned];

    /// As in events and queries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Consumed => "consumed",
            Self::Discarded => "discarded",
            Self::Scanned => "scanned",
        }
    }

    /// The metric of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == name)
    }
}

/// Answer of `GET /api/v1/brand/metrics`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricsPage {
    /// The newest window first.
    pub items: Vec<MetricItem>,
    /// Sums of what is published on all pages, the same on each.
    pub totals: Vec<MetricTotal>,
    /// `?cursor=` of the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

/// A product with a metric in a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricItem {
    /// 14 digits.
    pub gtin: String,
    /// What persons did.
    pub metric: Metric,
    /// When.
    pub window: MetricWindow,
    /// The number, if it is shown.
    #[serde(flatten)]
    pub shown: Shown,
}

/// Whole UTC days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricWindow {
    /// Its first moment.
    pub start: DateTime<Utc>,
    /// The first moment after it.
    pub end: DateTime<Utc>,
}

/// Whether a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Shown {
    /// It is.
    Published {
        /// Persons who opted in, with noise.
        value: i64,
        /// Lower end of the interval.
        ci_low: i64,
        /// Upper end of the interval.
        ci_high: i64,
    },
    /// Too few people, or none: the two look the same.
    Suppressed,
}

/// The sum of what is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricTotal {
    /// The product; absent where products are added up too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// What persons did.
    pub metric: Metric,
    /// The sum of the published values.
    pub value: i64,
    /// Lower end of its own interval.
    pub ci_low: i64,
    /// Upper end of its own interval.
    pub ci_high: i64,
    /// How many values were added.
    pub windows_published: i64,
    /// How many there would be, were all of them shown.
    pub windows: i64,
}
