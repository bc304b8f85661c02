//! What a batch must be. One that is not is refused as a whole: a number that should not be here is
//! not made better by being stored.

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use shared_contracts::{
    events::{BatchStatus, BrandMetricBatchPublished, Envelope, Fact, MetricRow, Privacy},
    identity::WindowLength,
    metrics::Metric,
};

/// From the end of a window to its publication: 48 hours, and until 03:00.
const UNTIL_PUBLISHED: TimeDelta = TimeDelta::hours(51);
/// What people were promised: ε, δ (in units of 10^−12), persons, threshold.
const EPSILON: u128 = 2_000_000_000_000;
const DELTA: u128 = 1_000_000;
const MIN_PERSONS: u32 = 10;
const THRESHOLD: u32 = 40;

/// Why a batch is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its id, type, source or time do not follow from its window, or it can be traced.
    #[error("the envelope is not that of a batch")]
    Envelope,
    /// It is no whole UTC day and no ISO week, or is published at another hour.
    #[error("the window is no whole UTC day or ISO week, or has another hour of publication")]
    Window,
    /// The privacy that it promises is less than people were promised.
    #[error("the batch promises less privacy than people were promised")]
    Privacy,
    /// Products lack metrics, or stand twice or in another order.
    #[error("the rows are not every metric of each product in order")]
    Rows,
    /// A number is shown that its own rules do not show.
    #[error("a number is shown that may not be")]
    Shown,
}

/// Holds a batch to the rules.
pub fn check(event: &Envelope<BrandMetricBatchPublished>) -> Result<(), Refusal> {
    let batch = &event.data;
    let ours = event.id == batch.event_id()
        && event.kind == BrandMetricBatchPublished::TYPE
        && event.source == BrandMetricBatchPublished::SOURCE
        && event.dataschema == BrandMetricBatchPublished::DATASCHEMA
        && event.time == batch.publish_at
        && event.traceparent.is_none();
    hold(ours, Refusal::Envelope)?;
    hold(is_window(batch), Refusal::Window)?;
    hold(keeps_promise(&batch.privacy), Refusal::Privacy)?;
    hold(is_complete(&batch.metrics), Refusal::Rows)?;
    hold(batch.metrics.iter().all(|row| may_show(row, &batch.privacy)), Refusal::Shown)
}

fn hold(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}

fn is_window(batch: &BrandMetricBatchPublished) -> bool {
    let window = &batch.window;
    let midnight = |at: DateTime<Utc>| at.time() == chrono::NaiveTime::MIN;
    let (length, aligned) = match window.length {
        WindowLength::Day => (TimeDelta::days(1), true),
        WindowLength::Week => (TimeDelta::days(7), window.start.weekday() == Weekday::Mon),
    };
    aligned
        && midnight(window.start)
        && window.end - window.start == length
        && batch.publish_at - window.end == UNTIL_PUBLISHED
}

/// Decimals of at most twelve places, in units of the last one.
fn exact(text: &str) -> Option<u128> {
    let (units, fraction) = text.split_once('.').unwrap_or((text, ""));
    let padded = format!("{units}{fraction:0<12}");
    (fraction.len() <= 12 && padded.len() <= 24).then(|| padded.parse().ok()).flatten()
}

fn keeps_promise(privacy: &Privacy) -> bool {
    let decimals = (exact(&privacy.epsilon), exact(&privacy.delta), exact(&privacy.scale));
    let (Some(epsilon), Some(delta), Some(scale)) = decimals else { return false };
    let hidden = u128::from(privacy.max_groups_per_person) * 1_000_000_000_000 * 1_000_000_000_000;
    (1..=EPSILON).contains(&epsilon)
        && (1..=DELTA).contains(&delta)
        && epsilon * scale >= hidden
        && privacy.max_groups_per_person > 0
        && privacy.max_per_group == 1
        && privacy.min_persons >= MIN_PERSONS
        && privacy.release_threshold >= THRESHOLD
}

/// Each product stands there once with every metric, all in order.
fn is_complete(rows: &[MetricRow]) -> bool {
    let in_order = rows.is_sorted_by(|one, other| one.key() < other.key());
    let whole = |of_one: &[MetricRow]| of_one.iter().map(|row| row.key().1).eq(Metric::ALL);
    in_order && rows.chunk_by(|one, other| one.key().0 == other.key().0).all(whole)
}

fn may_show(row: &MetricRow, privacy: &Privacy) -> bool {
    let width = i64::from(privacy.ci_half_width);
    match row {
        MetricRow::Suppressed { .. } => true,
        MetricRow::Published { value, ci_low, ci_high, .. } => {
            privacy.batch_status == BatchStatus::Released
                && *value >= i64::from(privacy.release_threshold)
                && value.checked_sub(width) == Some(*ci_low)
                && value.checked_add(width) == Some(*ci_high)
        }
    }
}

#[cfg(test)]
mod tests;
