//! Browsers that may be pushed to.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{ANNA, BEN, fridge};

const PATH: &str = "/api/v1/fridge/push-subscriptions";

fn browser(endpoint: &str) -> Value {
    json!({
        "endpoint": endpoint,
        "expirationTime": null,
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    })
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_browser_subscribes_and_leaves(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let (one, two) = ("https://fcm.googleapis.com/fcm/send/1", "https://fcm.googleapis.com/fcm/send/2");
    for endpoint in [one, two, one] {
        let answer = fridge.api.account(ANNA).post(PATH, &browser(endpoint)).await;
        assert_eq!(answer.status, StatusCode::CREATED);
    }
    let all = fridge.api.account(ANNA).get(PATH).await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    assert_eq!(all["public_key"].as_str().unwrap().len(), 87);
    fridge.send(BEN, Method::DELETE, PATH).await;
    let path = format!("{PATH}?endpoint=https%3A%2F%2Ffcm.googleapis.com%2Ffcm%2Fsend%2F1");
    assert_eq!(fridge.send(ANNA, Method::DELETE, &path).await.status, StatusCode::NO_CONTENT);
    let left = fridge.api.account(ANNA).get(PATH).await.json();
    assert_eq!(left["items"][0]["endpoint"], two);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn only_push_services_that_we_know_are_taken(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    for endpoint in [
        "https://push.example.org/1",
        "http://fcm.googleapis.com/1",
        "https://127.0.0.1/1",
        "https://169.254.169.254/latest/meta-data",
        "https://fcm.googleapis.com@127.0.0.1/1",
    ] {
        let answer = fridge.api.account(ANNA).post(PATH, &browser(endpoint)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{endpoint}");
        assert_eq!(answer.json()["errors"][0]["pointer"], "/endpoint");
    }
    let mut keyless = browser("https://fcm.googleapis.com/1");
    keyless["keys"]["auth"] = json!("short");
    let answer = fridge.api.account(ANNA).post(PATH, &keyless).await;
    assert_eq!(answer.json()["errors"][0]["pointer"], "/keys");
}
