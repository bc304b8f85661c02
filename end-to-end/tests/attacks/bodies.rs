//! Bodies that say more than they may: nobody becomes somebody by another member.

use end_to_end::person::Person;
use reqwest::Method;
use serde_json::{Value, json};
use shared_contracts::{
    openapi,
    routes::{self, Route, Who},
};

use crate::people::People;

/// Members that somebody would like to set.
const WISHES: [&str; 26] = [
    "account_id",
    "visitor_id",
    "brand_id",
    "user_id",
    "sub",
    "owner",
    "owner_id",
    "created_by",
    "role",
    "roles",
    "realm_access",
    "is_admin",
    "admin",
    "platform_admin",
    "trusted",
    "measured",
    "verdict",
    "status",
    "standing",
    "source",
    "scanned_at",
    "created_at",
    "deleted_at",
    "revision",
    "__proto__",
    "constructor",
];

/// The routes that take JSON, with the names that their bodies may have.
fn writable() -> Vec<(Route, Vec<String>)> {
    let contract = openapi::merged().unwrap();
    let members = |route: &Route| -> Option<Vec<String>> {
        let operation = &contract["paths"][&route.path][route.method.as_str().to_ascii_lowercase()];
        let schema = operation["requestBody"]["content"].get("application/json")?.get("schema")?;
        Some(members_of(schema, &contract))
    };
    let routes = routes::public().unwrap().into_iter();
    routes.filter_map(|route| members(&route).map(|members| (route, members))).collect()
}

/// The members of a schema, and of those that it refers to or is all of.
fn members_of(schema: &Value, contract: &Value) -> Vec<String> {
    let referred = schema["$ref"].as_str().and_then(|name| contract.pointer(name.trim_start_matches('#')));
    let parts = schema["allOf"].as_array().into_iter().flatten().chain(referred);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    own.chain(parts.flat_map(|part| members_of(part, contract))).collect()
}

fn whoever<'p>(people: &'p People, route: &Route) -> &'p Person<'static> {
    match route.who {
        Who::Admin => &people.admin,
        Who::Brand => &people.editor,
        // who is signed in without having been a visitor has no consents of one
        Who::Anyone if route.path.starts_with("/api/v1/visitor/") => &people.nobody,
        Who::Anyone | Who::Account => &people.owner,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_the_contract_does_not_name_is_refused_in_every_body() {
    let people = People::meet().await;
    let writable = writable();
    assert!(writable.len() >= 21, "the contract has {} bodies", writable.len());
    for (route, members) in writable {
        let operation = &route.operation_id;
        let body =
            people.body(operation).unwrap_or_else(|| panic!("{operation}: what is a good body of it?"));
        let person = whoever(&people, &route);
        for wish in WISHES.iter().filter(|wish| !members.contains(&(**wish).to_owned())) {
            for value in [json!(people.ids["brand_id"]), json!(true)] {
                let mut more = body.clone();
                more[*wish] = value;
                let answer = people.request(person, &route).json(&more).send().await.unwrap();
                let (status, said) = (answer.status(), answer.text().await.unwrap());
                assert_eq!(status, 422, "{operation} with {wish}: {said}");
                let pointed: Value = serde_json::from_str(&said).unwrap();
                assert!(
                    pointed["errors"].as_array().is_some_and(|errors| !errors.is_empty()),
                    "{operation}: {said}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_none_is_refused_in_every_place() {
    let people = People::meet().await;
    for (route, _) in writable() {
        let person = whoever(&people, &route);
        let (method, path): (Method, _) = (route.method.as_str().parse().unwrap(), people.path(&route.path));
        let deep = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        for (kind, body, expected) in [
            ("application/json", "", 400..=422),
            ("application/json", "{", 400..=400),
            ("application/json", "null", 422..=422),
            ("application/json", "[]", 422..=422),
            ("application/json", "7", 422..=422),
            ("application/json", "{} {}", 400..=422),
            ("application/json", "{\"a\":1,\"a\":1}", 400..=422),
            ("application/json", "\u{feff}{}", 400..=400),
            ("application/json", deep.as_str(), 400..=422),
            ("text/plain", "{}", 415..=415),
            ("application/x-www-form-urlencoded", "a=b", 415..=415),
            ("text/xml", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", 415..=415),
        ] {
            let request =
                person.request(method.clone(), &path).header("content-type", kind).body(body.to_owned());
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let said = answer.text().await.unwrap();
            assert!(expected.contains(&status), "{} {kind} {body:.40}: {status} {said}", route.operation_id);
            for inside in ["panicked", "sqlx", "serde", "src/", ".rs:", "127.0.0.1", "postgres"] {
                let repeated = body.contains(inside);
                assert!(repeated || !said.contains(inside), "{}: {said}", route.operation_id);
            }
        }
    }
}
