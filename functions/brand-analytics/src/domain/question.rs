//! What is asked for: products, metrics, whole UTC days. Nothing else can be.

use chrono::NaiveDate;
use shared_contracts::{date::full_date, metrics::Metric};

use super::gtin;

/// A question that can be answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Metrics; empty = all.
    pub metrics: Vec<Metric>,
    /// Products, 14 digits each; empty = all.
    pub gtins: Vec<String>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// What a total is of.
    pub group_by: GroupBy,
    /// Items on a page.
    pub limit: Option<String>,
    /// Where to go on.
    pub cursor: Option<String>,
}

/// What a total is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// A product with a metric.
    #[default]
    Gtin,
    /// A metric over all products; the items are the days.
    Day,
}

/// Why a question has no answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    /// There is no such parameter.
    #[error("there is no parameter {0}: metrics are of products and whole UTC days, and of nothing finer")]
    Parameter(String),
    /// A parameter is there twice.
    #[error("{0} is there more than once")]
    Twice(&'static str),
    /// It is no metric.
    #[error("metric is added, consumed, discarded or scanned")]
    Metric,
    /// It is no GTIN.
    #[error("gtin is a GTIN-8, -12, -13 or -14 with its check digit")]
    Gtin,
    /// It is no whole UTC day.
    #[error("{0} is a whole UTC day, such as 2026-11-22")]
    Day(&'static str),
    /// The range ends before it begins.
    #[error("to is before from")]
    Range,
    /// It is nothing that totals are of.
    #[error("group_by is day or gtin")]
    GroupBy,
}

impl Unanswerable {
    /// The parameter that is to blame.
    pub fn parameter(&self) -> &str {
        match self {
            Self::Parameter(name) => name,
            Self::Twice(name) | Self::Day(name) => name,
            Self::Metric => "metric",
            Self::Gtin => "gtin",
            Self::Range => "to",
            Self::GroupBy => "group_by",
        }
    }
}

impl Question {
    /// Reads the parameters of a query. A `brand_id` changes nothing: whose metrics they are, only the
    /// caller's token says.
    pub fn read(parameters: impl Iterator<Item = (String, String)>) -> Result<Self, Unanswerable> {
        let (mut question, mut group_by) = (Self::default(), None);
        for (name, value) in parameters {
            match name.as_str() {
                "metric" => question.metrics.push(Metric::named(&value).ok_or(Unanswerable::Metric)?),
                "gtin" => question.gtins.push(gtin::padded(&value).ok_or(Unanswerable::Gtin)?),
                "from" => once(&mut question.from, "from", day("from", &value)?)?,
                "to" => once(&mut question.to, "to", day("to", &value)?)?,
                "group_by" => once(&mut group_by, "group_by", GroupBy::named(&value)?)?,
                "limit" => once(&mut question.limit, "limit", value)?,
                "cursor" => once(&mut question.cursor, "cursor", value)?,
                "brand_id" => {}
                _ => return Err(Unanswerable::Parameter(name)),
            }
        }
        if question.from.zip(question.to).is_some_and(|(from, to)| to < from) {
            return Err(Unanswerable::Range);
        }
        question.gtins.sort_unstable();
        question.gtins.dedup();
        question.group_by = group_by.unwrap_or_default();
        Ok(question)
    }
}

impl GroupBy {
    fn named(name: &str) -> Result<Self, Unanswerable> {
        match name {
            "gtin" => Ok(Self::Gtin),
            "day" => Ok(Self::Day),
            _ => Err(Unanswerable::GroupBy),
        }
    }
}

fn once<T>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), Unanswerable> {
    if place.replace(value).is_some() { Err(Unanswerable::Twice(name)) } else { Ok(()) }
}

fn day(name: &'static str, text: &str) -> Result<NaiveDate, Unanswerable> {
    full_date(text).ok_or(Unanswerable::Day(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Question, Unanswerable> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Question::read(pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        }))
    }

    #[test]
    fn products_and_metrics_repeat() {
        let question = read("gtin=9521234543213&gtin=09521234543213&metric=scanned&metric=added").unwrap();
        assert_eq!(question.gtins, ["09521234543213"]);
        assert_eq!(question.metrics, [Metric::Scanned, Metric::Added]);
    }

    #[test]
    fn nothing_finer_or_other_than_whole_utc_days_is_answered() {
        for query in [
            "from=2026-11-22T10:00:00Z",
            "from=2026-11-22T00:00:00Z",
            "to=2026-11-22%2B02:00",
            "from=2026-11-22Z",
            "from=1763769600",
            "from=2026-W47",
            "from=22.11.2026",
            "to=2026-02-30",
            "from=",
            "to=2026-11",
            "tz=Europe/Berlin",
            "timezone=UTC",
            "window=PT1H",
            "hour=10",
            "lot=L1",
            "from=2026-11-22&to=2026-11-21",
            "from=2026-11-22&from=2026-11-23",
            "group_by=hour",
            "group_by=",
            "metric=age",
            "gtin=1",
            "interval=1h",
        ] {
            assert!(read(query).is_err(), "{query}");
        }
    }

    #[test]
    fn a_brand_in_the_query_changes_nothing() {
        assert_eq!(read("brand_id=00000000-0000-0000-0000-000000000001"), read(""));
    }
}
