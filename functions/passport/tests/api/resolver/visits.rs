//! Browsers that follow a code.

use bytes::Bytes;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::testing::{Answer, Api};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use super::{linked, oat, resolver};
use crate::support::{OAT_DRINK, PUBLIC};

const ANNA: Uuid = Uuid::from_u128(0xa11a);
const BROWSER: [(&str, &str); 2] = [("sec-fetch-mode", "navigate"), ("accept", "text/html,*/*;q=0.8")];

async fn open(visitor: &Api, path: &str) -> Answer {
    visitor.send(Method::GET, path, &BROWSER, Bytes::new()).await
}

async fn scans(visitor: &Api) -> Vec<Value> {
    visitor.get("/api/v1/scans").await.json()["items"].as_array().unwrap().clone()
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_browser_is_led_to_the_page_with_its_scan(_: PgPoolOptions, connect: PgConnectOptions) {
    let visitor = resolver(&connect).await.api.visitor(ANNA);
    let answer = open(&visitor, &oat("/10/L%2F7?17=261130&utm=a%20b")).await;
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(answer.header("x-visitor-used"), Some("true"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let scans = scans(&visitor).await;
    let [scan] = &scans[..] else { panic!("one scan: {scans:?}") };
    let id = scan["scan_id"].as_str().unwrap();
    let page = format!("{PUBLIC}/p/{OAT_DRINK}?scan={id}&10=L%2F7&17=261130&utm=a%20b");
    assert_eq!(answer.header("location"), Some(page.as_str()));
    assert_eq!(
        (&scan["identifier"]["lot"], &scan["identifier"]["use_by"]),
        (&json!("L/7"), &json!("2026-11-30"))
    );
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn only_our_own_page_is_told_of_the_scan(_: PgPoolOptions, connect: PgConnectOptions) {
    let visitor = resolver(&connect).await.api.visitor(ANNA);
    let brand = open(&visitor, &linked("?a=b")).await;
    assert_eq!(brand.header("location"), Some("https://brand.example/en?a=b"));
    let asked = open(&visitor, &oat("?linkType=gs1:pip")).await;
    assert_eq!(asked.header("location"), Some(format!("{PUBLIC}/p/{OAT_DRINK}?linkType=gs1:pip").as_str()));
    assert_eq!(scans(&visitor).await.len(), 2);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_same_address_within_ten_seconds_is_one_scan(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = resolver(&connect).await;
    let visitor = passport.api.visitor(ANNA);
    let first = open(&visitor, &oat("/10/L1")).await;
    passport.clock.advance(TimeDelta::milliseconds(9_900));
    let again = open(&visitor, &oat("/10/L1")).await;
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(scans(&visitor).await.len(), 1);
    open(&visitor, &oat("/10/L2")).await;
    assert_eq!(scans(&visitor).await.len(), 2, "another lot is another address");
    open(&passport.api.visitor(Uuid::from_u128(0xbe1)), &oat("/10/L1")).await;
    passport.clock.advance(TimeDelta::milliseconds(200));
    open(&visitor, &oat("/10/L1")).await;
    assert_eq!(scans(&visitor).await.len(), 3, "later it is another scan");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_browser_that_asks_at_once_again_leaves_one_scan(_: PgPoolOptions, connect: PgConnectOptions) {
    let visitor = resolver(&connect).await.api.visitor(ANNA);
    let path = oat("/21/S1");
    let (one, two, three) = tokio::join!(open(&visitor, &path), open(&visitor, &path), open(&visitor, &path));
    assert_eq!(one.header("location"), two.header("location"));
    assert_eq!(two.header("location"), three.header("location"));
    assert_eq!(scans(&visitor).await.len(), 1);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn what_people_miss_is_counted(_: PgPoolOptions, connect: PgConnectOptions) {
    let visitor = resolver(&connect).await.api.visitor(ANNA);
    let answer = open(&visitor, "/01/09521234500018/10/L1").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.header("x-visitor-used"), Some("true"));
    let scans = scans(&visitor).await;
    assert_eq!((&scans[0]["identifier"]["lot"], &scans[0]["passport"]), (&json!("L1"), &Value::Null));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn programs_crawlers_linksets_and_prefetches_leave_no_scan(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let visitor = resolver(&connect).await.api.visitor(ANNA);
    let navigate = ("sec-fetch-mode", "navigate");
    let asked: [(Method, _, &[_]); 9] = [
        (Method::GET, oat(""), &[]),
        (Method::GET, oat(""), &[("accept", "application/json")]),
        (Method::GET, oat("?linkType=linkset"), &BROWSER),
        (Method::HEAD, oat(""), &BROWSER),
        (Method::OPTIONS, oat(""), &BROWSER),
        (Method::GET, oat(""), &[navigate, ("sec-purpose", "prefetch;prerender")]),
        (Method::GET, oat(""), &[navigate, ("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1)")]),
        (Method::GET, oat(""), &[("sec-fetch-mode", "cors"), ("accept", "text/html")]),
        (Method::GET, oat("/99/x"), &BROWSER),
    ];
    for (method, path, headers) in asked {
        let answer = visitor.send(method, &path, headers, Bytes::new()).await;
        assert_eq!(answer.header("x-visitor-used"), None, "{path} {headers:?}");
    }
    assert_eq!(scans(&visitor).await, Vec::<Value>::new());
}
