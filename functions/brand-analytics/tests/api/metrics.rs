//! `/api/v1/brand/metrics`.

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{Analytics, BRAND, MUESLI, OAT_DRINK, analytics, batch};

const OTHER: Uuid = Uuid::from_u128(0xb2);
const BOTH: [&str; 2] = [OAT_DRINK, MUESLI];

async fn three_days(analytics: &Analytics) {
    type Shown = &'static [(&'static str, &'static str, i64)];
    let days: [(&str, Shown); 3] = [
        ("2026-11-20", &[(OAT_DRINK, "scanned", 57), (MUESLI, "scanned", 41)]),
        ("2026-11-21", &[]),
        ("2026-11-22", &[(OAT_DRINK, "scanned", 63)]),
    ];
    for (day, shown) in days {
        assert!(analytics.deliver(&batch(BRAND, day, &BOTH, shown)).await);
    }
    assert!(analytics.deliver(&batch(OTHER, "2026-11-22", &["00000096385074"], &[])).await);
}

async fn ask(analytics: &Analytics, brand: Uuid, query: &str) -> Value {
    let answer = analytics.user_of(brand).get(&format!("/api/v1/brand/metrics?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.json());
    answer.json()
}

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn numbers_come_with_their_interval_and_what_is_not_shown_has_none(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let analytics = analytics(&connect);
    three_days(&analytics).await;
    let page =
        ask(&analytics, BRAND, "metric=scanned&gtin=9521234543213&from=2026-11-21&to=2026-11-22").await;
    assert_eq!(
        page["items"],
        json!([
            { "gtin": OAT_DRINK, "metric": "scanned", "status": "published", "value": 63, "ci_low": 57, "ci_high": 69,
              "window": { "start": "2026-11-22T00:00:00Z", "end": "2026-11-23T00:00:00Z" } },
            { "gtin": OAT_DRINK, "metric": "scanned", "status": "suppressed",
              "window": { "start": "2026-11-21T00:00:00Z", "end": "2026-11-22T00:00:00Z" } },
        ])
    );
}

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn a_total_is_the_sum_of_what_is_published(_: PgPoolOptions, connect: PgConnectOptions) {
    let analytics = analytics(&connect);
    three_days(&analytics).await;
    let page = ask(&analytics, BRAND, "metric=scanned&gtin=9521234543213&group_by=gtin").await;
    // half the width of two numbers: the root of 72, rounded up
    assert_eq!(
        page["totals"],
        json!([{ "gtin": OAT_DRINK, "metric": "scanned", "value": 120, "ci_low": 111, "ci_high": 129,
                 "windows_published": 2, "windows": 3 }])
    );
    let page = ask(&analytics, BRAND, "metric=scanned&group_by=day&limit=1").await;
    assert_eq!(page["totals"][0]["value"], 161);
    assert!(page["totals"][0].get("gtin").is_none());
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn pages_follow_one_another_to_the_end(_: PgPoolOptions, connect: PgConnectOptions) {
    let analytics = analytics(&connect);
    three_days(&analytics).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ask(&analytics, BRAND, &format!("limit=7{cursor}")).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 24);
    seen.dedup();
    assert_eq!(seen.len(), 24);
    assert_eq!(seen[0]["window"]["start"], "2026-11-22T00:00:00Z");
}

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn what_is_anothers_looks_like_what_does_not_exist(_: PgPoolOptions, connect: PgConnectOptions) {
    let analytics = analytics(&connect);
    three_days(&analytics).await;
    let user = analytics.user_of(BRAND);
    let mut answers = Vec::new();
    for gtin in ["96385074", "00000012345670"] {
        for path in ["/api/v1/brand/metrics", "/api/v1/brand/metrics.csv"] {
            let answer = user.get(&format!("{path}?gtin={gtin}&gtin={OAT_DRINK}")).await;
            assert_eq!(answer.status, 404);
            answers.push(answer.body);
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let same = ask(&analytics, BRAND, &format!("brand_id={OTHER}")).await;
    assert_eq!(same, ask(&analytics, BRAND, "").await);
}

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn only_a_brands_user_may_ask(_: PgPoolOptions, connect: PgConnectOptions) {
    let analytics = analytics(&connect);
    assert_eq!(analytics.account().get("/api/v1/brand/metrics").await.status, 403);
    assert_eq!(analytics.account().visitor(Uuid::nil()).get("/api/v1/brand/metrics").await.status, 401);
}

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn nothing_but_whole_utc_days_is_answered(_: PgPoolOptions, connect: PgConnectOptions) {
    let analytics = analytics(&connect);
    let user = analytics.user_of(BRAND);
    for query in
        ["from=2026-11-22T10:00:00Z", "tz=Europe/Berlin", "group_by=hour", "to=2026-11-22%2B02:00", "limit=0"]
    {
        for path in ["/api/v1/brand/metrics", "/api/v1/brand/metrics.csv"] {
            if query == "limit=0" && path.ends_with("csv") {
                continue;
            }
            assert_eq!(user.get(&format!("{path}?{query}")).await.status, 400, "{path}?{query}");
        }
    }
}

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn the_table_has_the_same_numbers(_: PgPoolOptions, connect: PgConnectOptions) {
    let analytics = analytics(&connect);
    three_days(&analytics).await;
    let query = "metric=scanned&gtin=9521234543213";
    let answer = analytics.user_of(BRAND).get(&format!("/api/v1/brand/metrics.csv?{query}")).await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "gtin,metric,window_start,window_end,status,value,ci_low,ci_high");
    assert_eq!(
        lines[1],
        "09521234543213,scanned,2026-11-22T00:00:00Z,2026-11-23T00:00:00Z,published,63,57,69"
    );
    assert!(lines[2].ends_with(",suppressed,,,"));
    assert_eq!(lines.len(), 4);
}

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn a_batch_counts_once_and_a_broken_one_never(_: PgPoolOptions, connect: PgConnectOptions) {
    let analytics = analytics(&connect);
    let good = batch(BRAND, "2026-11-22", &[OAT_DRINK], &[(OAT_DRINK, "scanned", 57)]);
    let mut low = batch(BRAND, "2026-11-23", &[OAT_DRINK], &[(OAT_DRINK, "scanned", 39)]);
    assert!(!analytics.deliver(&low).await, "below the threshold");
    low["data"]["metrics"][3]["person"] = json!("somebody");
    assert!(!analytics.deliver(&low).await, "a member that is none");
    let mut other = good.clone();
    assert!(analytics.deliver(&good).await);
    assert!(analytics.deliver(&good).await);
    other["data"]["metrics"][3]["value"] = json!(99);
    analytics.deliver(&other).await;
    let page = ask(&analytics, BRAND, "metric=scanned").await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["value"], 57);
}
