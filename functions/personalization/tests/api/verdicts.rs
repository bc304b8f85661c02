//! `POST /internal/v1/verdicts`.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use shared_contracts::personalization::Verdict;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use crate::{
    people::of_brand,
    support::{ANNA, BEN, Personalization, consent_changed, everything_kept, personalization, put},
};

const OWN: &str = "/api/v1/me/profile";
const HOUSEHOLD: &str = "/api/v1/me/household/profiles";
const VERDICTS: &str = "/internal/v1/verdicts";

fn asks(account: Uuid) -> Value {
    let passport = of_brand(json!({"allergens": [{"code": "hazelnut", "presence": "contains"}]}));
    json!({"account_id": account, "passport": passport, "lot": "L1", "use_by": "2026-11-30", "best_before": null})
}

async fn with_a_household(connect: &PgConnectOptions) -> Personalization {
    let here = personalization(connect).await;
    here.says.yes(ANNA, "2026-11-01T00:00:00Z");
    let api = here.api.account(ANNA);
    put(&api, OWN, &json!({"allergens": [{"code": "nuts", "sensitivity": "normal"}]})).await;
    api.post(HOUSEHOLD, &json!({"name": "Ole", "allergens": [{"code": "almond", "sensitivity": "strict"}]}))
        .await;
    here
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn every_member_of_the_household_has_a_verdict_with_reasons(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let here = with_a_household(&connect).await;
    let answer = here.passport.account(ANNA).post(VERDICTS, &asks(ANNA)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(matches!(answer.read::<Verdict>().unwrap(), Verdict::Available(_)));
    insta::assert_json_snapshot!(answer.json());
    let again = here.passport.account(ANNA).post(VERDICTS, &asks(ANNA)).await;
    assert_eq!(answer.body, again.body, "the same inputs, the same bytes");
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn without_a_profile_or_consent_nobody_asked(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = with_a_household(&connect).await;
    let not_requested = json!({"status": "not_requested"});
    assert_eq!(here.passport.account(BEN).post(VERDICTS, &asks(BEN)).await.json(), not_requested);
    here.says.no(ANNA);
    let answer = here.passport.account(ANNA).post(VERDICTS, &asks(ANNA)).await;
    assert_eq!(answer.json(), not_requested, "a withdrawal counts before its event arrives");
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn while_identity_cannot_say_there_is_no_verdict_and_soon(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = with_a_household(&connect).await;
    here.says.is_broken();
    let broken = here.passport.account(ANNA).post(VERDICTS, &asks(ANNA)).await;
    assert_eq!(broken.status, StatusCode::SERVICE_UNAVAILABLE);
    here.says.is_hung();
    let (asked_at, api) = (Instant::now(), here.passport.account(ANNA));
    let hung = timeout(Duration::from_secs(5), api.post(VERDICTS, &asks(ANNA))).await.unwrap();
    assert_eq!(hung.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(asked_at.elapsed() < Duration::from_secs(2), "{:?}", asked_at.elapsed());
    let nobody = here.passport.account(BEN).post(VERDICTS, &asks(BEN)).await;
    assert_eq!(nobody.json(), json!({"status": "not_requested"}), "who has no profile needs no consent");
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_withdrawal_during_a_verdict_leaves_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = with_a_household(&connect).await;
    here.says.is_slow();
    let api = here.passport.account(ANNA);
    let judging = tokio::spawn(async move { api.post(VERDICTS, &asks(ANNA)).await });
    here.says.is_asked().await;
    let withdrawal = consent_changed(1, ANNA, false, "health_profile", "2026-11-22T10:00:00Z");
    here.consumer.handle(withdrawal).await.unwrap();
    here.says.answers_now();
    judging.await.unwrap();
    assert!(!everything_kept(&here.database).await.contains(&ANNA.to_string()));
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn nobody_asks_for_somebody_else(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = with_a_household(&connect).await;
    assert_eq!(here.passport.account(BEN).post(VERDICTS, &asks(ANNA)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(here.passport.post(VERDICTS, &asks(ANNA)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(here.api.account(ANNA).post(VERDICTS, &asks(ANNA)).await.status, StatusCode::UNAUTHORIZED);
    let mut more = asks(ANNA);
    more["brand_id"] = json!("x");
    let answer = here.passport.account(ANNA).post(VERDICTS, &more).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_new_version_of_a_profile_is_named_by_its_verdicts(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = with_a_household(&connect).await;
    let verdict = || async { here.passport.account(ANNA).post(VERDICTS, &asks(ANNA)).await.json() };
    let before = verdict().await;
    assert_eq!(
        (before["profile_version"].as_i64(), before["passport_revision"].as_i64()),
        (Some(1), Some(3))
    );
    put(&here.api.account(ANNA), OWN, &json!({"diets": []})).await;
    let after = verdict().await;
    assert_eq!((after["profile_version"].as_i64(), after["headline"].as_str()), (Some(2), Some("suitable")));
}
