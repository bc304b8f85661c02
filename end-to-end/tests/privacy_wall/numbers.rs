//! What a brand learns, and what it does not.

use std::time::Duration;

use end_to_end::{announce::random, patience::within, person::Person};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    STACK,
    brand::{Brand, gtin, row},
};

/// Somebody who is signed in as a viewer of a new brand that is measured, and the brand.
pub(crate) async fn viewer() -> (Person<'static>, Uuid) {
    let admin = Person::signed_in(&STACK, "admin").await.unwrap();
    let made = admin.ask(Method::POST, "/api/v1/admin/brands", &json!({"name": "Fjell & Eng"})).await;
    let brand: Value = made.unwrap().json().await.unwrap();
    let brand = brand["brand_id"].as_str().unwrap();
    let measured = json!({"trusted": true, "measured": true});
    admin.ask(Method::PATCH, &format!("/api/v1/admin/brands/{brand}"), &measured).await.unwrap();
    let mut user = Person::anonymous(&STACK).unwrap();
    let (email, password) = (format!("brand-{}@example.net", random().simple()), "counts only what is shown");
    let account = json!({"email": email, "password": password});
    let account: Value =
        user.ask(Method::POST, "/api/v1/accounts", &account).await.unwrap().json().await.unwrap();
    let role = json!({"account_id": account["account_id"], "role": "viewer"});
    admin.ask(Method::POST, &format!("/api/v1/admin/brands/{brand}/users"), &role).await.unwrap();
    user.sign_in(&email, password).await.unwrap();
    (user, brand.parse().unwrap())
}

/// The answer to a question, once its batch is stored.
pub(crate) async fn numbers(user: &Person<'_>, path: &str) -> Value {
    let answer = within(Duration::from_secs(20), "the batch is stored", async || {
        let answer = user.get(path).await?;
        Ok(if answer.status() == 200 { Some(answer.json::<Value>().await?) } else { None })
    });
    answer.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_people_are_shown_and_nine_look_like_nobody() {
    let (brand, empty) = (Brand::new(201).await, Brand::new(201).await);
    brand.scanned(&brand.gtins[0], 60).await;
    let people = brand.people(200 * 5).await;
    let (mut left, mut facts) = (people.as_slice(), 60);
    for (n, gtin) in brand.gtins[1..].iter().enumerate() {
        let (some, others) = left.split_at(n % 9 + 1);
        brand.scanned_by(gtin, some, 0).await;
        (left, facts) = (others, facts + some.len());
    }
    brand.wait_for_facts(i64::try_from(facts).unwrap()).await;
    let (batch, nothing) = (brand.release(), empty.released().await);
    let shown = row(&batch, &brand.gtins[0]);
    assert!((40..=80).contains(&shown["value"].as_i64().unwrap()), "{shown}");
    assert_eq!(shown["ci_high"].as_i64().unwrap() - shown["ci_low"].as_i64().unwrap(), 12);
    let rows = |batch: &Value, gtins: &[String]| -> Vec<String> {
        let rows = gtins.iter().map(|gtin| row(batch, gtin).to_string().replace(gtin.as_str(), ""));
        rows.collect()
    };
    assert_eq!(rows(&batch, &brand.gtins[1..]), rows(&nothing, &empty.gtins[1..]));
    assert!(batch.get("traceparent").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_sees_its_own_numbers_and_nobody_elses() {
    let (user, id) = viewer().await;
    let (ours, theirs) = (Brand::of(id, 1).await, Brand::new(1).await);
    ours.scanned(&ours.gtins[0], 60).await;
    ours.wait_for_facts(60).await;
    let batch = ours.release();
    let path = format!("/api/v1/brand/metrics?gtin={}&metric=scanned&brand_id={}", ours.gtins[0], theirs.id);
    let page = numbers(&user, &path).await;
    let shown = row(&batch, &ours.gtins[0]);
    assert_eq!(page["items"][0]["value"], shown["value"]);
    assert_eq!(page["totals"][0]["value"], shown["value"]);
    let mut refusals = Vec::new();
    for foreign in [&theirs.gtins[0], &gtin(1)] {
        let answer = user.get(&format!("/api/v1/brand/metrics?gtin={foreign}")).await.unwrap();
        assert_eq!(answer.status(), 404);
        let mut problem: Value = answer.json().await.unwrap();
        problem["request_id"].take();
        refusals.push(problem);
    }
    assert_eq!(refusals[0], refusals[1]);
    let finer = user.get("/api/v1/brand/metrics?from=2026-11-22T10:00:00Z").await.unwrap();
    assert_eq!(finer.status(), 400);
}
