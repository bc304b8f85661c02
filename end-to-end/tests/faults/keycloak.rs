//! Keycloak is away, or stands still.

use std::time::Duration;

use end_to_end::{announce::random, load::Kind, person::Person};
use reqwest::Method;
use serde_json::json;

use crate::{Frozen, STACK, rounds, under_load::UnderLoad};

/// Registration says so within its own time, not within that of the slowest.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn without_keycloak_tokens_that_were_issued_keep_working_and_registration_says_so() {
    let kinds = [Kind::Verdict, Kind::Account, Kind::Profile, Kind::Fridge, Kind::Brand];
    let load = UnderLoad::of(&kinds).await;
    for _ in 0..rounds() {
        let frozen = Frozen::now("keycloak");
        let newcomer = Person::anonymous(&STACK).unwrap();
        let email = format!("faults-{}@example.net", random().simple());
        let body = json!({"email": email, "password": "reads labels at night"});
        let asked = newcomer.ask(Method::POST, "/api/v1/accounts", &body);
        let answer = tokio::time::timeout(SOON, asked).await.unwrap().unwrap();
        assert!(matches!(answer.status().as_u16(), 503 | 504), "{}", answer.status());
        load.answers(6 * kinds.len()).await;
        drop(frozen);
    }
    let report = load.recovers().await;
    assert!(report.unexpected().is_empty(), "{report}");
}
