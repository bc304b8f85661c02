//! A shared fridge.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::testing::Answer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Fridge, fridge};

const CLEO: Uuid = Uuid::from_u128(0xc1e0);
const HOUSEHOLD: &str = "/api/v1/fridge/household";

async fn invite(fridge: &Fridge, role: &str) -> Value {
    let answer = fridge.api.account(ANNA).post(HOUSEHOLD, &json!({"role": role})).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    answer.json()
}

async fn join(fridge: &Fridge, who: Uuid, invitation: &Value) -> Answer {
    let code = json!({"code": invitation["code"]});
    fridge.api.account(who).post(&format!("{HOUSEHOLD}/members"), &code).await
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_member_shares_the_fridge_and_each_acts_for_themself(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let (own, annas) = (fridge.add(BEN, &json!({})).await, fridge.add(ANNA, &json!({})).await);
    let household = join(&fridge, BEN, &invite(&fridge, "member").await).await.json();
    assert_eq!(household["role"], "member");
    let shared = fridge.add(BEN, &json!({})).await;
    assert_eq!((fridge.items(ANNA).await.len(), fridge.items(BEN).await.len()), (2, 3));
    assert_eq!(fridge.tap(BEN, &annas, "consume", &json!({"quantity": 1})).await.status, StatusCode::OK);
    assert_eq!(fridge.tap(ANNA, &shared, "consume", &json!({})).await.status, StatusCode::OK);
    assert_eq!(fridge.tap(ANNA, &own, "consume", &json!({})).await.status, StatusCode::NOT_FOUND);
    let announced = fridge.announced().await;
    let who: Vec<&Value> = announced.iter().map(|(_, event)| &event["data"]["account_id"]).collect();
    assert_eq!(who, [BEN, ANNA, BEN, BEN, ANNA].map(|id| json!(id)).iter().collect::<Vec<_>>());
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_viewer_looks_and_changes_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let annas = fridge.add(ANNA, &json!({})).await;
    join(&fridge, CLEO, &invite(&fridge, "viewer").await).await;
    assert_eq!(fridge.items(CLEO).await.len(), 1);
    assert_eq!(fridge.tap(CLEO, &annas, "open", &json!({})).await.status, StatusCode::FORBIDDEN);
    fridge.add(CLEO, &json!({})).await;
    assert_eq!(fridge.items(ANNA).await.len(), 1, "what a viewer adds is in the viewer's own fridge");
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn an_invitation_works_once_for_a_week_and_can_be_withdrawn(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    let invitation = invite(&fridge, "member").await;
    assert_eq!(join(&fridge, ANNA, &invitation).await.status, StatusCode::CONFLICT, "her own fridge");
    assert_eq!(join(&fridge, BEN, &invitation).await.status, StatusCode::CREATED);
    assert_eq!(join(&fridge, CLEO, &invitation).await.status, StatusCode::NOT_FOUND);
    let second = invite(&fridge, "member").await;
    assert_eq!(join(&fridge, BEN, &second).await.status, StatusCode::CONFLICT, "one household each");
    let old = invite(&fridge, "member").await;
    let open = fridge.api.account(ANNA).get(HOUSEHOLD).await.json();
    assert_eq!(open["invitations"].as_array().unwrap().len(), 2, "a refused joining took none");
    assert!(open.to_string().find(old["code"].as_str().unwrap()).is_none());
    let path = format!("{HOUSEHOLD}/invitations/{}", second["invitation_id"].as_str().unwrap());
    assert_eq!(fridge.send(BEN, Method::DELETE, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(fridge.send(ANNA, Method::DELETE, &path).await.status, StatusCode::NO_CONTENT);
    fridge.clock.advance(chrono::TimeDelta::days(7));
    assert_eq!(join(&fridge, CLEO, &old).await.status, StatusCode::NOT_FOUND);
    let owner = fridge.api.account(CLEO).post(HOUSEHOLD, &json!({"role": "owner"})).await;
    assert_eq!(owner.status, StatusCode::UNPROCESSABLE_ENTITY);
    let guest = fridge.api.account(BEN).post(HOUSEHOLD, &json!({"role": "member"})).await;
    assert_eq!(guest.status, StatusCode::CONFLICT, "the owner invites");
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn who_leaves_or_is_shut_out_sees_nothing_any_more(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    for who in [BEN, CLEO] {
        join(&fridge, who, &invite(&fridge, "member").await).await;
    }
    fridge.add(BEN, &json!({})).await;
    let members = fridge.api.account(CLEO).get(HOUSEHOLD).await.json();
    assert_eq!(members["members"].as_array().unwrap().len(), 3);
    let ben = format!("{HOUSEHOLD}/members/{BEN}");
    assert_eq!(fridge.send(CLEO, Method::DELETE, &ben).await.status, StatusCode::NOT_FOUND);
    assert_eq!(fridge.send(ANNA, Method::DELETE, &ben).await.status, StatusCode::NO_CONTENT);
    assert_eq!(fridge.send(CLEO, Method::DELETE, HOUSEHOLD).await.status, StatusCode::NO_CONTENT);
    for who in [BEN, CLEO] {
        assert_eq!(fridge.items(who).await, Vec::<Value>::new());
    }
    assert_eq!(fridge.items(ANNA).await.len(), 1, "what Ben added stays");
}
