//! Where a page of metrics ends: the newest window first, then by product and metric.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use shared_contracts::metrics::Metric;

/// The place of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// First day of the window.
    pub start: NaiveDate,
    /// 14 digits.
    pub gtin: String,
    /// Metric.
    pub metric: Metric,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.start, self.gtin, self.metric.as_str())
    }
}

/// It is no position of ours.
#[derive(Debug, thiserror::Error)]
#[error("no position")]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('/');
        let mut next = || parts.next().ok_or(NoPosition);
        let (start, gtin, metric) = (next()?, next()?, next()?);
        let start = start.parse().map_err(|_| NoPosition)?;
        let metric = Metric::named(metric).ok_or(NoPosition)?;
        Ok(Self { start, gtin: gtin.to_owned(), metric })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written() {
        let text = "2026-11-22/09521234543213/scanned";
        assert_eq!(text.parse::<Position>().unwrap().to_string(), text);
        assert!("2026-11-22".parse::<Position>().is_err());
    }
}
