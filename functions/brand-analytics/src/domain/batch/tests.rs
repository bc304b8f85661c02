use uuid::Uuid;

use super::*;

fn batch() -> BrandMetricBatchPublished {
    let text = include_str!(
        "../../../../../shared-contracts/examples/valid/measurement.brand-metric-batch.v1/of-a-day.json"
    );
    serde_json::from_str(text).unwrap()
}

fn sealed(batch: BrandMetricBatchPublished) -> Envelope<BrandMetricBatchPublished> {
    Envelope::new(batch.event_id(), batch.publish_at, None, batch)
}

fn refused(change: impl FnOnce(&mut BrandMetricBatchPublished)) -> Option<Refusal> {
    let mut changed = batch();
    change(&mut changed);
    check(&sealed(changed)).err()
}

#[test]
fn a_batch_of_measurement_is_taken() {
    assert_eq!(refused(|_| {}), None);
    assert_eq!(refused(|batch| batch.metrics.clear()), None);
}

#[test]
fn an_envelope_that_is_not_a_batchs_is_refused() {
    for change in [
        (|event: &mut Envelope<_>| event.id = Uuid::from_u128(1)) as fn(&mut _),
        |event| event.source = "passport".to_owned(),
        |event| event.time += TimeDelta::seconds(1),
        |event| {
            event.traceparent = Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned())
        },
    ] {
        let mut event = sealed(batch());
        change(&mut event);
        assert_eq!(check(&event), Err(Refusal::Envelope));
    }
}

#[test]
fn a_window_that_is_no_whole_day_or_week_is_refused() {
    for change in [
        (|batch: &mut BrandMetricBatchPublished| batch.window.start += TimeDelta::hours(1)) as fn(&mut _),
        |batch| batch.window.end += TimeDelta::days(1),
        |batch| batch.window.length = WindowLength::Week,
        |batch| batch.publish_at += TimeDelta::minutes(7),
        // seven days from a Sunday on
        |batch| {
            batch.window.length = WindowLength::Week;
            batch.window.end = batch.window.start + TimeDelta::days(7);
            batch.publish_at = batch.window.end + UNTIL_PUBLISHED;
        },
    ] {
        assert_eq!(refused(change), Some(Refusal::Window));
    }
}

#[test]
fn less_privacy_than_promised_is_refused() {
    for change in [
        (|privacy: &mut Privacy| privacy.epsilon = "2.000001".to_owned()) as fn(&mut _),
        |privacy| privacy.epsilon = "0".to_owned(),
        |privacy| privacy.delta = "0.00001".to_owned(),
        |privacy| privacy.scale = "1.9".to_owned(),
        |privacy| privacy.max_groups_per_person = 5,
        |privacy| privacy.max_per_group = 2,
        |privacy| privacy.min_persons = 9,
        |privacy| privacy.release_threshold = 39,
        |privacy| privacy.epsilon = "two".to_owned(),
    ] {
        assert_eq!(refused(|batch| change(&mut batch.privacy)), Some(Refusal::Privacy));
    }
}

#[test]
fn rows_that_are_missing_doubled_or_out_of_order_are_refused() {
    for change in [
        (|rows: &mut Vec<MetricRow>| drop(rows.pop())) as fn(&mut _),
        |rows| rows.swap(0, 1),
        |rows| rows.push(rows[3].clone()),
        |rows| drop(rows.remove(0)),
    ] {
        assert_eq!(refused(|batch| change(&mut batch.metrics)), Some(Refusal::Rows));
    }
}

#[test]
fn numbers_that_may_not_be_shown_are_refused() {
    let row = |value, ci_low, ci_high| MetricRow::Published {
        gtin: "09521234543213".to_owned(),
        metric: Metric::Scanned,
        value,
        ci_low,
        ci_high,
    };
    for wrong in [row(39, 33, 45), row(57, 50, 63), row(57, 51, 64), row(i64::MAX, 0, 0)] {
        assert_eq!(refused(|batch| batch.metrics[3] = wrong), Some(Refusal::Shown));
    }
    let status = |status| refused(|batch| batch.privacy.batch_status = status);
    assert_eq!(status(BatchStatus::BudgetExhausted), Some(Refusal::Shown));
    assert_eq!(status(BatchStatus::NotAvailable), Some(Refusal::Shown));
}
