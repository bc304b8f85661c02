//! `/api/v1/verdict-rules`.

use http::StatusCode;
use service_chassis::canonical;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::personalization;

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn anybody_reads_the_rules_and_can_check_their_hash(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = personalization(&connect).await.api;
    let list = api.get("/api/v1/verdict-rules").await.json();
    let newest = &list["items"][0];
    let version = newest["version"].as_str().unwrap();
    let answer = api.get(&format!("/api/v1/verdict-rules/{version}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let mut document = answer.json();
    assert_eq!(answer.header("etag"), Some(format!("\"{}\"", newest["hash"].as_str().unwrap()).as_str()));
    let hash = document.as_object_mut().unwrap().remove("hash").unwrap();
    assert_eq!(hash, newest["hash"]);
    assert_eq!(canonical::sha256_hex(canonical::json(&document).as_bytes()), hash.as_str().unwrap());
    for absent in ["0.0.1", "latest"] {
        let answer = api.get(&format!("/api/v1/verdict-rules/{absent}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[test]
fn the_rules_keep_to_their_published_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(shared_contracts::schemas::schema("rule-set.v1").unwrap()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let published = personalization::domain::rule_set::Published::read().unwrap();
    for set in published.all() {
        let errors: Vec<String> = validator
            .iter_errors(&set.document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", set.summary.version);
    }
}
