//! The function as the tests call it, with batches as measurement writes them.

use std::collections::HashMap;

use brand_analytics::{
    app::{self, App},
    events,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};
use service_chassis::{
    clock::Clock,
    ids::Ids,
    layers,
    runtime::{KafkaEvent, KafkaRecord},
    testing::{self, Api, Authority},
};
use shared_contracts::events::{BrandMetricBatchPublished, Envelope, Fact};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

/// The brand of most tests.
pub(crate) const BRAND: Uuid = Uuid::from_u128(0xb1);
/// Its products.
pub(crate) const OAT_DRINK: &str = "09521234543213";
pub(crate) const MUESLI: &str = "09521234000013";

/// Brand-analytics with a database of its own.
pub(crate) struct Analytics {
    app: App,
    api: Api,
}

/// Brand-analytics on the database that `#[sqlx::test]` made, as `brand_analytics_svc`.
pub(crate) fn analytics(connect: &PgConnectOptions) -> Analytics {
    let (clock, ids) = (Clock::fixed("2026-11-29T10:00:00Z".parse().unwrap()), Ids::counted());
    let authority = Authority::new(&clock, &ids).unwrap();
    let database = testing::as_role(connect, "brand_analytics_svc");
    let app = App { database };
    let callers = authority.callers("brand-analytics").unwrap();
    let router = layers::internal(app::router(app.clone()), callers, clock, ids);
    let api = Api::new(router, "brand-analytics", authority.signer("api-gateway"));
    Analytics { app, api }
}

/// A batch of a day, as an event. `shown` has the numbers that are shown, by product and metric.
pub(crate) fn batch(brand: Uuid, day: &str, gtins: &[&str], shown: &[(&str, &str, i64)]) -> Value {
    let day: NaiveDate = day.parse().unwrap();
    let start: DateTime<Utc> = day.and_time(chrono::NaiveTime::MIN).and_utc();
    let end = start + TimeDelta::days(1);
    let mut gtins = gtins.to_vec();
    gtins.sort_unstable();
    let mut rows = Vec::new();
    for gtin in gtins {
        for metric in ["added", "consumed", "discarded", "scanned"] {
            rows.push(match shown.iter().find(|(g, m, _)| (*g, *m) == (gtin, metric)) {
                Some((_, _, value)) => json!({
                    "gtin": gtin, "metric": metric, "status": "published", "value": value, "ci_low": value - 6,
                    "ci_high": value + 6,
                }),
                None => json!({ "gtin": gtin, "metric": metric, "status": "suppressed" }),
            });
        }
    }
    let data = json!({
        "brand_id": brand, "window": { "start": start, "end": end, "length": "P1D" },
        "publish_at": end + TimeDelta::hours(51),
        "privacy": {
            "policy_version": "1", "unit": "person", "mechanism": "discrete-laplace-threshold", "epsilon": "2",
            "delta": "0.000001", "scale": "2", "max_groups_per_person": 4, "max_per_group": 1, "min_persons": 10,
            "release_threshold": 40, "ci_level": "0.95", "ci_half_width": 6, "batch_status": "released",
        },
        "metrics": rows,
    });
    let batch: BrandMetricBatchPublished = serde_json::from_value(data).unwrap();
    serde_json::to_value(Envelope::new(batch.event_id(), batch.publish_at, None, batch)).unwrap()
}

impl Analytics {
    /// The API as a user of this brand.
    pub(crate) fn user_of(&self, brand: Uuid) -> Api {
        self.api.brand(Uuid::from_u128(0xacc), brand, "viewer")
    }

    /// The API as an account without a brand.
    pub(crate) fn account(&self) -> Api {
        self.api.account(Uuid::from_u128(0xacc))
    }

    /// Delivers a batch and says whether it was taken.
    pub(crate) async fn deliver(&self, event: &Value) -> bool {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let mut record = KafkaRecord::default();
        record.topic = Some(BrandMetricBatchPublished::TOPIC.to_owned());
        record.value = Some(BASE64_STANDARD.encode(event.to_string()));
        let mut batch = KafkaEvent::default();
        batch.records = HashMap::from([(format!("{}-0", BrandMetricBatchPublished::TOPIC), vec![record])]);
        let consumer = events::consumer(&self.app).unwrap();
        consumer.handle(batch).await.unwrap().batch_item_failures.is_empty()
    }
}
