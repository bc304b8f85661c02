//! Metrics as a table (RFC 4180). No cell needs quotes: there are digits, dates and words of ours.

use shared_contracts::metrics::{MetricItem, Shown};

/// Rows that one answer holds: below Lambda's 6 MB.
pub const MOST_ROWS: i64 = 45_000;

const HEADER: &str = "gtin,metric,window_start,window_end,status,value,ci_low,ci_high\r\n";

/// The table of these rows.
pub fn csv(items: &[MetricItem]) -> String {
    let mut text = String::with_capacity(HEADER.len() + items.len() * 100);
    text.push_str(HEADER);
    for item in items {
        let (start, end) = (
            item.window.start.to_rfc3339_opts(SECONDS, true),
            item.window.end.to_rfc3339_opts(SECONDS, true),
        );
        let shown = match item.shown {
            Shown::Published { value, ci_low, ci_high } => format!("published,{value},{ci_low},{ci_high}"),
            Shown::Suppressed => "suppressed,,,".to_owned(),
        };
        text.extend([&item.gtin, ",", item.metric.as_str(), ",", &start, ",", &end, ",", &shown, "\r\n"]);
    }
    text
}

const SECONDS: chrono::SecondsFormat = chrono::SecondsFormat::Secs;
