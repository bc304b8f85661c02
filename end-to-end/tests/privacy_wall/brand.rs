//! A measured brand, and everything that is announced of it.

use std::time::Duration;

use chrono::{DateTime, Days, Utc};
use end_to_end::{
    announce::{Announcer, random},
    facts::Facts,
    patience::within,
};
use serde_json::{Value, json};
use service_chassis::clock::Clock;
use shared_contracts::events::{BrandMetricBatchPublished, Fact, ProductScanned};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::STACK;

pub(crate) const BATCHES: &str = BrandMetricBatchPublished::TOPIC;
/// Nothing more comes after this.
pub(crate) const QUIET: Duration = Duration::from_secs(5);

/// So long measurement may take to hear of what was announced.
const PATIENCE: Duration = Duration::from_mins(1);

/// A measured brand with products of its own, since the day before yesterday.
pub(crate) struct Brand {
    pub(crate) announcer: Announcer,
    pub(crate) id: Uuid,
    pub(crate) gtins: Vec<String>,
    pub(crate) now: DateTime<Utc>,
}

impl Brand {
    pub(crate) async fn new(products: u32) -> Self {
        Self::of(random(), products).await
    }

    pub(crate) async fn of(id: Uuid, products: u32) -> Self {
        let announcer = Announcer::of(&STACK).unwrap();
        let now = Clock::system().now();
        let first = u64::from(random().as_fields().0) * 1_000;
        let gtins: Vec<String> = (0..u64::from(products)).map(|n| gtin(first + n)).collect();
        let brand = Self { announcer, id, gtins, now };
        brand.announce().await;
        brand
    }

    /// Today in UTC, less some days, at midnight.
    pub(crate) fn day(&self, before: u64) -> String {
        let day = self.now.date_naive().checked_sub_days(Days::new(before)).unwrap();
        format!("{day}T00:00:00Z")
    }

    async fn announce(&self) {
        let brand = json!({
            "brand_id": self.id, "name": "Fjell & Eng", "gs1_company_prefixes": [], "trusted": true,
            "measured": true, "window": "P1D", "window_from": &self.day(2)[..10],
        });
        self.announcer.one("identity.brand-changed.v1", &self.day(3), brand).await.unwrap();
        let products: Vec<Value> = self
            .gtins
            .iter()
            .map(|gtin| json!({ "gtin": gtin, "brand_id": self.id, "revision": 1, "withdrawn": false }))
            .collect();
        self.announcer.all("passport.product-changed.v1", &self.day(3), &products).await.unwrap();
        let known = "select (select count(distinct gtin) from measurement.product_versions where gtin = any($1))
                          + (select count(*) from measurement.brand_versions where brand_id = $2 and from_day = $3)";
        let day = self.now.date_naive().checked_sub_days(Days::new(2)).unwrap();
        let all = i64::try_from(self.gtins.len()).unwrap() + 1;
        let heard = within(PATIENCE, "brand and products are known", async || {
            let query = sqlx::query_scalar(known).bind(&self.gtins).bind(self.id).bind(day);
            let known: i64 = query.fetch_one(&mut measurement().await).await?;
            Ok((known == all).then_some(()))
        });
        heard.await.unwrap();
    }

    /// New people who consented before all this.
    pub(crate) async fn people(&self, many: usize) -> Vec<Uuid> {
        let before = decisions().await;
        let people: Vec<Uuid> = (0..many).map(|_| random()).collect();
        let consents: Vec<Value> = people
            .iter()
            .map(|visitor| {
                json!({
                    "visitor_id": visitor, "purpose": "measurement", "granted": true, "policy_version": "1",
                    "changed_at": self.day(3),
                })
            })
            .collect();
        self.announcer.all("identity.consent-changed.v1", &self.day(3), &consents).await.unwrap();
        let all = before + i64::try_from(many).unwrap();
        let heard = within(PATIENCE, "their decisions are known", async || {
            Ok((decisions().await >= all).then_some(()))
        });
        heard.await.unwrap();
        people
    }

    /// Each of these people scans the product once, at the same hour so many days before.
    pub(crate) async fn scanned_by(&self, gtin: &str, people: &[Uuid], days_before: u64) {
        let at = self.now.checked_sub_days(Days::new(days_before)).unwrap();
        let scans: Vec<Value> = people.iter().map(|visitor| scan(gtin, *visitor, at)).collect();
        self.announcer.all(ProductScanned::TOPIC, &at.to_rfc3339(), &scans).await.unwrap();
    }

    /// New people scan the product once each, now.
    pub(crate) async fn scanned(&self, gtin: &str, people: usize) {
        let people = self.people(people).await;
        self.scanned_by(gtin, &people, 0).await;
    }

    /// Waits until measurement holds this many facts of the brand.
    pub(crate) async fn wait_for_facts(&self, facts: i64) {
        let held = within(PATIENCE, "the facts are there", async || {
            let held: i64 = sqlx::query_scalar("select count(*) from measurement.facts where gtin = any($1)")
                .bind(&self.gtins)
                .fetch_one(&mut measurement().await)
                .await?;
            Ok((held == facts).then_some(held))
        });
        held.await.unwrap();
    }

    /// Closes the windows up to today's by the test clock, and gives today's batch.
    pub(crate) fn release(&self) -> Value {
        let topic = Facts::from_now(&STACK, BATCHES).unwrap();
        release(self.now);
        let day = self.day(0);
        let is_todays = |event: &Value| self.is_of(event) && event["data"]["window"]["start"] == day;
        let found = topic.until(QUIET, |events| events.iter().any(is_todays)).unwrap();
        let mut ours: Vec<Value> = found.into_iter().filter(is_todays).collect();
        assert_eq!(ours.len(), 1);
        ours.remove(0)
    }

    /// Today's batch, as the release table has it.
    pub(crate) async fn released(&self) -> Value {
        let key = format!("{}/{}/P1D", self.id, self.day(0));
        let payload: String = sqlx::query_scalar("select payload from measurement.releases where key = $1")
            .bind(key)
            .fetch_one(&mut measurement().await)
            .await
            .unwrap();
        serde_json::from_str(&payload).unwrap()
    }

    /// Whether a batch is of this brand.
    pub(crate) fn is_of(&self, event: &Value) -> bool {
        event["data"]["brand_id"] == self.id.to_string()
    }
}

/// A scan as passport announces it.
pub(crate) fn scan(gtin: &str, visitor: Uuid, at: DateTime<Utc>) -> Value {
    json!({ "scan_id": random(), "gtin": gtin, "visitor_id": visitor, "scanned_at": at, "channel": "app" })
}

/// The row of a product's scans.
pub(crate) fn row<'b>(batch: &'b Value, gtin: &str) -> &'b Value {
    let rows = batch["data"]["metrics"].as_array().unwrap();
    rows.iter().find(|row| row["gtin"] == gtin && row["metric"] == "scanned").unwrap()
}

/// A GTIN-14 with its check digit (GS1 General Specifications, 7.9).
pub(crate) fn gtin(number: u64) -> String {
    let digits = format!("{number:013}");
    let weighted = digits
        .bytes()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight);
    format!("{digits}{}", (10 - weighted.sum::<u32>() % 10) % 10)
}

/// The moment at which the batches of the day of `now` are published.
pub(crate) fn as_of(now: DateTime<Utc>) -> String {
    let day = now.date_naive().checked_add_days(Days::new(3)).unwrap();
    format!("{day}T03:00:00Z")
}

/// Releases everything up to that moment.
pub(crate) fn release(now: DateTime<Utc>) {
    STACK.ops(&["measurement", "release", "--as-of", &as_of(now)]).unwrap();
}

/// The address of the database that has measurement's schema, as its superuser.
pub(crate) fn measurement_url() -> String {
    let mut url = url::Url::parse(&STACK.postgres_admin_url).unwrap();
    url.set_path("packytrace");
    url.into()
}

/// A connection there.
pub(crate) async fn measurement() -> PgConnection {
    PgConnection::connect(&measurement_url()).await.unwrap()
}

/// How many decisions measurement knows.
async fn decisions() -> i64 {
    let count = sqlx::query_scalar("select count(*) from measurement.consents");
    count.fetch_one(&mut measurement().await).await.unwrap()
}
