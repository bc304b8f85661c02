//! `/api/v1/brand/products/import` and `/api/v1/jobs/{job_id}`.

use http::{Method, StatusCode};
use passport::events::imports;
use serde_json::{Value, json};
use service_chassis::testing::Answer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{EDITOR, OAT_DRINK, Passport, passport};

async fn begin(passport: &Passport, query: &str, kind: &str, content: &str) -> Answer {
    let path = format!("/api/v1/brand/products/import{query}");
    let headers = [("content-type", kind)];
    passport.editor().send(Method::POST, &path, &headers, content.to_owned().into()).await
}

async fn job(passport: &Passport, accepted: &Answer) -> Value {
    assert_eq!(accepted.status, StatusCode::ACCEPTED);
    let path = format!("/api/v1/jobs/{}", accepted.json()["job_id"].as_str().unwrap());
    passport.api.account(EDITOR).get(&path).await.json()
}

async fn fjell(connect: &PgConnectOptions) -> Passport {
    let passport = passport(connect);
    passport.found_fjell(true).await;
    passport
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn good_lines_are_stored_and_each_bad_one_is_named(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    let lines = [
        json!({"gtin": "9521234543213", "names": {"en": "Oats"}}).to_string(),
        "not json".to_owned(),
        String::new(),
        json!({"gtin": "9521321200012", "names": {"en": "Salmon of others"}}).to_string(),
        json!({"gtin": "9521234543214"}).to_string(),
        json!({"gtin": "9521234100010", "colour": "red"}).to_string(),
        json!({"gtin": OAT_DRINK, "names": {"en": "The same again"}}).to_string(),
        json!({"gtin": "9521234100027"}).to_string(),
    ];
    let accepted = begin(&passport, "", "application/x-ndjson", &lines.join("\n")).await;
    assert_eq!(
        job(&passport, &accepted).await,
        json!({"state": "running", "done": 0, "total": 7, "errors": []})
    );
    imports::work(&passport.app).await.unwrap();
    let done = job(&passport, &accepted).await;
    assert_eq!((&done["state"], &done["done"], &done["total"]), (&json!("done"), &json!(7), &json!(7)));
    let errors = done["errors"].as_array().unwrap();
    let named: Vec<&Value> = errors.iter().map(|error| &error["line"]).collect();
    assert_eq!(named, [2, 4, 5, 6, 7]);
    for (error, word) in
        errors.iter().zip(["not JSON", "not one of this brand", "check digit", "colour", "line 1"])
    {
        assert!(error["detail"].as_str().unwrap().contains(word), "{error}");
    }
    let listed = passport.editor().get("/api/v1/brand/products").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(listed["items"][0]["signature"].is_string());
    assert_eq!(passport.waiting("passport.product-changed.v1").await.len(), 2);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn csv_comes_in_parts_whose_errors_name_lines_of_the_whole_file(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = fjell(&connect).await;
    let part = "gtin,names.en,allergens.0.code,allergens.0.presence\n9521234543213,Oats,oats,contains\n9521234100010,x,milk\n";
    let accepted = begin(&passport, "?first_line=1001", "text/csv; charset=utf-8", part).await;
    imports::work(&passport.app).await.unwrap();
    let done = job(&passport, &accepted).await;
    assert_eq!(done["errors"], json!([{"line": 1003, "detail": "3 cells under 4 columns"}]));
    let seen = passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.json();
    assert_eq!(seen["allergens"], json!([{"code": "oats", "presence": "contains"}]));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_job_goes_on_where_a_dead_worker_left_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    let gtins = ["9521234543213", "9521234100010", "9521234100027"];
    let lines: Vec<String> = gtins.iter().map(|gtin| json!({"gtin": gtin}).to_string()).collect();
    let accepted = begin(&passport, "", "application/jsonl", &lines.join("\n")).await;
    let mut conn = passport.database.acquire().await.unwrap();
    let (now, later) = (passport.clock.now(), passport.clock.now() + chrono::TimeDelta::seconds(60));
    let held = passport::store::imports::lease(&mut conn, now, later).await.unwrap().unwrap();
    let one = passport::domain::import::Progress { handled: 1, ..held.progress };
    assert!(passport::store::imports::progress(&mut conn, held.job_id, 0, &one, later).await.unwrap());
    imports::work(&passport.app).await.unwrap();
    assert_eq!(job(&passport, &accepted).await["state"], "running", "somebody has it");
    passport.clock.advance(chrono::TimeDelta::seconds(61));
    imports::work(&passport.app).await.unwrap();
    assert_eq!(
        job(&passport, &accepted).await,
        json!({"state": "done", "done": 3, "total": 3, "errors": []})
    );
    let listed = passport.editor().get("/api/v1/brand/products").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "the first was the dead worker's");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_part_that_cannot_be_read_is_refused_at_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    for (kind, content, status) in [
        ("application/json", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("text/csv", "name,ean\nx,1", StatusCode::UNPROCESSABLE_ENTITY),
        ("text/csv", "gtin,gtin\n1,1", StatusCode::UNPROCESSABLE_ENTITY),
        ("application/x-ndjson", "{\"gtin\":\"a\u{0}\"}", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(begin(&passport, "", kind, content).await.status, status, "{kind} {content}");
    }
    let most = " ".repeat(5 * 1024 * 1024);
    assert_eq!(begin(&passport, "", "application/x-ndjson", &most).await.status, StatusCode::ACCEPTED);
    let more = format!("{most} ");
    assert_eq!(
        begin(&passport, "", "application/x-ndjson", &more).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_job_is_known_to_who_began_it_alone(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    let accepted = begin(&passport, "", "application/x-ndjson", "{\"gtin\":\"9521234543213\"}").await;
    let path = format!("/api/v1/jobs/{}", accepted.json()["job_id"].as_str().unwrap());
    let foreign = passport.api.account(Uuid::from_u128(5)).get(&path).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}
