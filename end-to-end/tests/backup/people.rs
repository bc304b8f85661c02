//! People whose data a backup has, or must not bring back.

use std::time::Duration;

use end_to_end::{announce::random, patience::within, person::Person};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::STACK;

const PASSWORD: &str = "comes back from anywhere";

/// Somebody with an account, a Health Profile, and food.
pub(crate) struct Resident {
    pub(crate) email: String,
    pub(crate) account: String,
    person: Person<'static>,
}

impl Resident {
    pub(crate) async fn new() -> Self {
        let email = format!("resident-{}@example.net", random().simple());
        let mut person = Person::anonymous(&STACK).unwrap();
        let asked = json!({"email": email, "password": PASSWORD});
        let made = person.ask(Method::POST, "/api/v1/accounts", &asked).await.unwrap();
        let made: Value = made.error_for_status().unwrap().json().await.unwrap();
        person.sign_in(&email, PASSWORD).await.unwrap();
        let consent = json!({"granted": true, "policy_version": "1"});
        for (method, path, body) in [
            (Method::PUT, "/api/v1/me/consents/health_profile", &consent),
            (Method::PUT, "/api/v1/me/profile", &profile()),
            (
                Method::POST,
                "/api/v1/fridge/items/manual",
                &json!({"name": "Soup", "expires_on": "2030-01-01"}),
            ),
        ] {
            let answer = person.ask(method, path, body).await.unwrap();
            assert!(answer.status().is_success(), "{path}: {}", answer.status());
        }
        assert_eq!(person.scan("9521234543213").await.unwrap().status(), 201);
        Self { email, account: made["account_id"].as_str().unwrap().to_owned(), person }
    }

    /// Asks for the erasure, and waits until everybody has confirmed it.
    pub(crate) async fn leave(&self) {
        let asked = self.person.call(Method::DELETE, "/api/v1/me").await.unwrap();
        assert_eq!(asked.status(), StatusCode::ACCEPTED);
        let asked: Value = asked.json().await.unwrap();
        let path = format!("/api/v1/erasures/{}", asked["erasure_id"].as_str().unwrap());
        let stranger = Person::anonymous(&STACK).unwrap();
        let gone = within(Duration::from_mins(2), "an erasure", async || {
            let erasure: Value = stranger.get(&path).await?.json().await?;
            Ok((erasure["state"] == "completed").then_some(()))
        });
        gone.await.unwrap();
    }

    /// Signs in anew and finds what was there.
    pub(crate) async fn finds_everything(&self) {
        let mut person = Person::anonymous(&STACK).unwrap();
        person.sign_in(&self.email, PASSWORD).await.unwrap();
        let read: Value = person.get("/api/v1/me/profile").await.unwrap().json().await.unwrap();
        assert_eq!(read["diets"], profile()["diets"], "a profile opens with the keys of before");
        let food: Value = person.get("/api/v1/fridge/items").await.unwrap().json().await.unwrap();
        assert!(food["items"].as_array().unwrap().iter().any(|item| item["name"] == "Soup"), "{food}");
        assert_eq!(person.scans().await.unwrap().len(), 1);
    }

    /// Nobody knows the person, within the time that an erasure may take: neither a table nor Keycloak.
    pub(crate) async fn is_gone(&self) {
        let gone = within(Duration::from_mins(3), "an erasure again", async || {
            let left = self.rows().await;
            let mut person = Person::anonymous(&STACK)?;
            let known = person.sign_in(&self.email, PASSWORD).await.is_ok();
            Ok((left == 0 && !known).then_some(()))
        });
        gone.await.unwrap();
    }

    /// Rows of the services' tables and of Keycloak's users.
    pub(crate) async fn rows(&self) -> i64 {
        let account: uuid::Uuid = self.account.parse().unwrap();
        let services = "select (select count(*) from identity.accounts where account_id = $1)
                             + (select count(*) from identity.visitor_links where account_id = $1)
                             + (select count(*) from passport.scans where account_id = $1)
                             + (select count(*) from personalization.profiles where account_id = $1)
                             + (select count(*) from fridge.fridge_events where account_id = $1)";
        let of_services: i64 = sqlx::query_scalar(services)
            .bind(account)
            .fetch_one(&mut database("packytrace").await)
            .await
            .unwrap();
        let of_keycloak: i64 = sqlx::query_scalar("select count(*) from user_entity where email = $1")
            .bind(&self.email)
            .fetch_one(&mut database("keycloak").await)
            .await
            .unwrap();
        of_services + of_keycloak
    }
}

fn profile() -> Value {
    json!({"allergens": [{"code": "milk", "sensitivity": "strict"}], "diets": ["vegetarian"],
           "conditions": [], "nutrient_limits": [], "avoid_ingredients": []})
}

/// A database as the superuser.
pub(crate) async fn database(name: &str) -> PgConnection {
    let mut url = url::Url::parse(&STACK.postgres_admin_url).unwrap();
    url.set_path(name);
    PgConnection::connect(url.as_str()).await.unwrap()
}
