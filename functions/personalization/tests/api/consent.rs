//! Consent: asked for each time, and without it nothing.

use http::StatusCode;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{ANNA, Personalization, consent_changed, everything_kept, personalization, put};

const OWN: &str = "/api/v1/me/profile";
const HOUSEHOLD: &str = "/api/v1/me/household/profiles";

fn profile() -> Value {
    json!({"diets": ["vegan"]})
}

async fn keeps_nothing(here: &Personalization) {
    let kept = everything_kept(&here.database).await;
    assert!(!kept.contains(&ANNA.to_string()), "{kept}");
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn without_consent_nothing_is_stored(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    let api = here.api.account(ANNA);
    for says_no in [false, true] {
        if says_no {
            here.says.no(ANNA);
        }
        let answers = [put(&api, OWN, &profile()).await, api.post(HOUSEHOLD, &profile()).await];
        for answer in answers {
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            assert_eq!(answer.json()["type"], "urn:packytrace:problem:forbidden");
        }
    }
    keeps_nothing(&here).await;
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn while_identity_cannot_say_nothing_is_stored(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, "2026-11-01T00:00:00Z");
    here.says.is_broken();
    let api = here.api.account(ANNA);
    for _ in 0..2 {
        let answers = [put(&api, OWN, &profile()).await, api.post(HOUSEHOLD, &profile()).await];
        for answer in answers {
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(answer.header("retry-after").is_some());
        }
        here.says.is_hung();
    }
    keeps_nothing(&here).await;
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_withdrawal_erases_what_was_stored_before_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, "2026-11-01T00:00:00Z");
    let api = here.api.account(ANNA);
    put(&api, OWN, &profile()).await;
    api.post(HOUSEHOLD, &profile()).await;
    for (id, event) in [
        consent_changed(1, ANNA, false, "measurement", "2026-11-02T00:00:00Z"),
        consent_changed(2, ANNA, true, "health_profile", "2026-11-02T00:00:00Z"),
        consent_changed(3, crate::support::BEN, false, "health_profile", "2026-11-02T00:00:00Z"),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(here.consumer.handle(event).await.unwrap().batch_item_failures.is_empty(), "{id}");
        assert_eq!(api.get(OWN).await.status, StatusCode::OK, "{id}");
    }
    let withdrawal = consent_changed(4, ANNA, false, "health_profile", "2026-11-02T00:00:00Z");
    here.consumer.handle(withdrawal).await.unwrap();
    assert_eq!(api.get(OWN).await.status, StatusCode::NOT_FOUND);
    keeps_nothing(&here).await;
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn an_old_withdrawal_that_comes_late_erases_nothing_newer(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, "2026-11-03T00:00:00Z");
    let api = here.api.account(ANNA);
    put(&api, OWN, &profile()).await;
    for (id, at) in [(1, "2026-11-02T00:00:00Z"), (1, "2026-11-02T00:00:00Z"), (2, "2026-11-02T12:00:00Z")] {
        here.consumer.handle(consent_changed(id, ANNA, false, "health_profile", at)).await.unwrap();
        assert_eq!(api.get(OWN).await.status, StatusCode::OK);
    }
    let granted_then = consent_changed(3, ANNA, true, "health_profile", "2026-11-01T00:00:00Z");
    here.consumer.handle(granted_then).await.unwrap();
    let withdrawn = consent_changed(4, ANNA, false, "health_profile", "2026-11-04T00:00:00Z");
    here.consumer.handle(withdrawn).await.unwrap();
    keeps_nothing(&here).await;
}

/// Identity has said yes, and the person withdraws before the profile is stored: the withdrawal's
/// effect waits for its turn, and erases.
#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_withdrawal_while_a_profile_is_on_its_way_leaves_none(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, "2026-11-01T00:00:00Z");
    here.says.is_slow();
    let api = here.api.account(ANNA);
    let storing = tokio::spawn(async move { put(&api, OWN, &profile()).await });
    here.says.is_asked().await;
    let consumer = here.consumer.clone();
    let withdrawing = tokio::spawn(async move {
        let event = consent_changed(1, ANNA, false, "health_profile", "2026-11-22T10:00:00Z");
        consumer.handle(event).await.unwrap()
    });
    here.says.answers_now();
    assert_eq!(storing.await.unwrap().status, StatusCode::OK, "it was permitted when it was asked");
    assert!(withdrawing.await.unwrap().batch_item_failures.is_empty());
    keeps_nothing(&here).await;
}
