//! `rules diff`.

use operator::rules::{self, Request, RulesError};
use passport::{
    domain::catalog::{Entry, Source},
    store::products,
};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Captured, File, as_passport, clock};

const CURRENT: &str = "1.0.0";

async fn stock(pool: &PgPool) {
    let mut conn = as_passport(pool).await;
    for product in [
        json!({"gtin": "9521234543213", "labels": ["en:vegan"]}),
        json!({"gtin": "9521234500018", "ingredients": [{"text": "honey"}]}),
        json!({"gtin": "9521234500025"}),
    ] {
        let entry =
            Entry::new(serde_json::from_value(product).unwrap(), Source::new("demo").unwrap()).unwrap();
        products::take(&mut conn, &entry, None, clock().now()).await.unwrap();
    }
}

async fn diff(
    pool: &PgPool,
    old: &str,
    new: &str,
    profiles: Option<&File>,
) -> (Result<(), RulesError>, Vec<Value>) {
    let captured = Captured::default();
    let request =
        Request { old: old.to_owned(), new: new.to_owned(), profiles: profiles.map(|file| file.0.clone()) };
    let outcome =
        rules::diff(&mut as_passport(pool).await, request, clock().today(), &mut captured.output()).await;
    (outcome, captured.json())
}

/// Rules under which honey is vegan.
fn other_rules() -> File {
    let published = personalization::domain::rule_set::Published::read().unwrap();
    let mut document = published.current.document.clone();
    document.as_object_mut().unwrap().remove("hash");
    document["version"] = json!("1.1.0");
    document["classes"]["bee"]["vegan"] = json!("yes");
    File::new(document.to_string().as_bytes())
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn every_headline_that_differs_is_told_and_each_profile_is_summed_up(pool: PgPool) {
    stock(&pool).await;
    let new = other_rules();
    let (outcome, lines) = diff(&pool, CURRENT, new.0.to_str().unwrap(), None).await;
    outcome.unwrap();
    let (sums, changes): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.get("judged").is_some());
    assert_eq!(
        changes,
        [json!({"profile": "vegan", "gtin": "09521234500018", "old": "avoid", "new": "unknown"})]
    );
    assert_eq!(sums.len(), 6);
    let vegan = sums.iter().find(|sum| sum["profile"] == "vegan").unwrap();
    assert_eq!(
        vegan,
        &json!({"profile": "vegan", "judged": 3, "changed": 1,
                "old": {"avoid": 1, "suitable": 1, "unknown": 1}, "new": {"suitable": 1, "unknown": 2}})
    );
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_same_rules_change_nothing_for_whomever(pool: PgPool) {
    stock(&pool).await;
    let people = File::new(b"{\"profile\": \"Liv\", \"allergens\": [{\"code\": \"milk\"}]}\n");
    let (outcome, lines) = diff(&pool, CURRENT, CURRENT, Some(&people)).await;
    outcome.unwrap();
    assert_eq!(
        lines,
        [json!({"profile": "Liv", "judged": 3, "changed": 0, "old": {"unknown": 3}, "new": {"unknown": 3}})]
    );
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn what_are_no_rules_is_named(pool: PgPool) {
    let (outcome, _) = diff(&pool, CURRENT, "0.0.1", None).await;
    assert!(matches!(outcome, Err(RulesError::Unknown(name)) if name == "0.0.1"));
    let broken = File::new(b"{\"id\": \"x\"}");
    let (outcome, _) = diff(&pool, broken.0.to_str().unwrap(), CURRENT, None).await;
    assert!(matches!(outcome, Err(RulesError::Unusable { .. })));
}
