//! `/01/…`.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{OAT_DRINK, oat_drink, passport, stock};

const ANNA: Uuid = Uuid::from_u128(0xa11a);
const BROWSER: [(&str, &str); 2] = [("sec-fetch-mode", "navigate"), ("accept", "text/html,*/*;q=0.8")];

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_browser_is_led_to_the_page_and_its_scan_is_kept_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    let visitor = passport.api.visitor(ANNA);
    let path = format!("/01/{OAT_DRINK}/10/L%2F7?17=261130&utm=a%20b");
    let answer = visitor.send(Method::GET, &path, &BROWSER, Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(answer.header("x-visitor-used"), Some("true"));
    let scans = visitor.get("/api/v1/scans").await.json();
    assert_eq!(scans["items"].as_array().unwrap().len(), 1);
    assert_eq!(scans["items"][0]["identifier"]["lot"], "L/7");
    assert_eq!(scans["items"][0]["identifier"]["use_by"], "2026-11-30");
    let scan_id = scans["items"][0]["scan_id"].as_str().unwrap();
    let page =
        format!("https://packytrace.example/p/{OAT_DRINK}?scan={scan_id}&10=L%2F7&17=261130&utm=a%20b");
    assert_eq!(answer.header("location"), Some(page.as_str()));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn programs_head_requests_and_prefetches_leave_no_scan(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    let visitor = passport.api.visitor(ANNA);
    let path = format!("/01/{OAT_DRINK}");
    let asked: [(Method, &[(&str, &str)]); 5] = [
        (Method::GET, &[]),
        (Method::GET, &[("accept", "application/json")]),
        (Method::HEAD, &BROWSER),
        (Method::GET, &[("sec-fetch-mode", "navigate"), ("sec-purpose", "prefetch;prerender")]),
        (Method::GET, &[("accept", "text/html"), ("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1)")]),
    ];
    for (method, headers) in asked {
        let answer = visitor.send(method, &path, headers, Bytes::new()).await;
        assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(answer.header("x-visitor-used"), None);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    assert_eq!(visitor.get("/api/v1/scans").await.json()["items"], json!([]));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_browser_that_asks_twice_for_one_tap_has_scanned_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    let visitor = passport.api.visitor(ANNA);
    let (path, other) = (format!("/01/{OAT_DRINK}/10/A"), format!("/01/{OAT_DRINK}/10/B"));
    let open = |path: String| {
        let visitor = visitor.clone();
        async move { visitor.send(Method::GET, &path, &BROWSER, Bytes::new()).await }
    };
    let (first, again) = tokio::join!(open(path.clone()), open(path.clone()));
    assert_eq!(first.header("location"), again.header("location"));
    open(other).await;
    passport.clock.advance(chrono::TimeDelta::seconds(10));
    open(path).await;
    let scans = visitor.get("/api/v1/scans").await.json();
    assert_eq!(scans["items"].as_array().unwrap().len(), 3);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_visit_to_an_unknown_product_is_404_and_still_a_scan(_: PgPoolOptions, connect: PgConnectOptions) {
    let visitor = passport(&connect).api.visitor(ANNA);
    let answer = visitor.send(Method::GET, &format!("/01/{OAT_DRINK}"), &BROWSER, Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("x-visitor-used"), Some("true"));
    let scans = visitor.get("/api/v1/scans").await.json();
    assert!(scans["items"][0]["passport"].is_null());
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_unknown_product_is_404_and_a_wrong_address_400(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = passport(&connect).api.visitor(ANNA);
    assert_eq!(api.get(&format!("/01/{OAT_DRINK}")).await.status, StatusCode::NOT_FOUND);
    for wrong in ["/01/09521234543214", "/01/nonsense", &format!("/01/{OAT_DRINK}/21/1/10/2")] {
        let answer = api.get(wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn options_names_the_methods(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = passport(&connect).api;
    let answer = api.send(Method::OPTIONS, &format!("/01/{OAT_DRINK}"), &[], Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(
        answer.header("link"),
        Some(format!("</01/{OAT_DRINK}?linkType=linkset>; rel=\"linkset\"").as_str())
    );
}
