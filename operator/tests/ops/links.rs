//! `links put`, `links get`, `catalog withdraw`.

use operator::{
    catalog::{self, Mark, WithdrawError},
    links::{self, LinksError, Request},
};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Captured, File, as_passport, clock};

const GTIN: &str = "9521234543213";
const THREE_LEVELS: &str =
    include_str!("../../../shared-contracts/examples/valid/LinkDocument/three-levels.json");

async fn put(
    pool: &PgPool,
    document: &str,
    if_version: Option<i32>,
) -> (Result<(), LinksError>, Vec<String>) {
    let file = File::new(document.as_bytes());
    let captured = Captured::default();
    let request = Request { gtin: GTIN.to_owned(), file: file.0.clone(), if_version };
    let outcome = links::put(&mut as_passport(pool).await, request, &clock(), &mut captured.output()).await;
    (outcome, captured.lines())
}

async fn get(pool: &PgPool) -> Result<Value, LinksError> {
    let captured = Captured::default();
    links::get(&mut as_passport(pool).await, GTIN, &mut captured.output()).await?;
    Ok(captured.json().remove(0))
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_document_is_put_as_a_whole_and_told_again(pool: PgPool) {
    assert!(matches!(get(&pool).await, Err(LinksError::None(_))));
    let (outcome, lines) = put(&pool, THREE_LEVELS, None).await;
    outcome.unwrap();
    assert_eq!(lines, ["1"]);
    let mut wanted: Value = serde_json::from_str(THREE_LEVELS).unwrap();
    assert_eq!(get(&pool).await.unwrap(), wanted);
    wanted["entries"].as_array_mut().unwrap().truncate(1);
    assert_eq!(put(&pool, &wanted.to_string(), Some(1)).await.1, ["2"]);
    assert_eq!(get(&pool).await.unwrap(), wanted);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_document_for_another_version_changes_nothing(pool: PgPool) {
    put(&pool, THREE_LEVELS, Some(0)).await.0.unwrap();
    for other in [0, 2] {
        let (outcome, lines) = put(&pool, r#"{"entries": []}"#, Some(other)).await;
        assert!(matches!(outcome, Err(LinksError::Changed(_))), "{other}");
        assert_eq!(lines, Vec::<String>::new());
    }
    assert_eq!(get(&pool).await.unwrap(), serde_json::from_str::<Value>(THREE_LEVELS).unwrap());
    assert_eq!(put(&pool, THREE_LEVELS, Some(1)).await.1, ["2"], "what was not done left no trace");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_wrong_document_is_refused_with_every_reason(pool: PgPool) {
    let document = json!({"entries": [
        {"qualifiers": {"lot": "L1"}, "default": {"link_type": "gs1:pip", "href": "ftp://x.example", "title": "x"}, "links": []},
        {"qualifiers": {"lot": "L1"}, "links": []},
    ]});
    let (outcome, lines) = put(&pool, &document.to_string(), None).await;
    assert!(matches!(outcome, Err(LinksError::Refused(3))));
    let reasons: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let pointers: Vec<_> = reasons.iter().map(|reason| reason["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/entries/0/default/href", "/entries/1", "/entries"]);
    for malformed in ["", "[]", r#"{"entries": [{"links": [], "brand_id": "x"}]}"#, "{"] {
        assert!(
            matches!(put(&pool, malformed, None).await.0, Err(LinksError::Malformed { .. })),
            "{malformed}"
        );
    }
    assert!(matches!(get(&pool).await, Err(LinksError::None(_))));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_product_is_withdrawn_and_offered_again(pool: PgPool) {
    let mut conn = as_passport(&pool).await;
    let captured = Captured::default();
    let unknown = catalog::withdraw(&mut conn, GTIN, Mark::Withdrawn, &clock(), &mut captured.output()).await;
    assert!(matches!(unknown, Err(WithdrawError::Unknown(_))));
    let file = File::new(format!("{{\"gtin\": \"{GTIN}\"}}").as_bytes());
    let request = catalog::Request { file: file.0.clone(), format: catalog::Format::Auto, source: None };
    catalog::import(&mut conn, request, &clock(), &mut captured.output()).await.unwrap();
    captured.lines();
    for (mark, line) in [
        (Mark::Withdrawn, "withdrawn\t09521234543213"),
        (Mark::Withdrawn, "withdrawn\t09521234543213"),
        (Mark::Offered, "offered\t09521234543213"),
    ] {
        catalog::withdraw(&mut conn, GTIN, mark, &clock(), &mut captured.output()).await.unwrap();
        assert_eq!(captured.lines(), [line]);
        let row = passport::store::products::find(&mut conn, "09521234543213").await.unwrap().unwrap();
        assert_eq!(row.withdrawn, mark == Mark::Withdrawn);
    }
}
