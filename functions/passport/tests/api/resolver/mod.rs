//! `/01/…`, `/eh…`, `/ex…`.

mod answers;
mod link_sets;
mod linksets;
mod visits;

use http::Method;
use serde_json::{Value, json};
use service_chassis::testing::Answer;
use sqlx::postgres::PgConnectOptions;

use crate::support::{OAT_DRINK, Passport, oat_drink, passport, put_links, stock};

/// A product whose brand has put links at the level of the product, of a lot and of an item.
const LINKED: &str = "09506000134352";

/// `GET` or `HEAD` as a program sends it, with these headers.
async fn ask(passport: &Passport, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    passport.api.send(method, path, headers, bytes::Bytes::new()).await
}

/// `GET` by a program: status and `Location`.
async fn leads(passport: &Passport, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let answer = ask(passport, Method::GET, path, headers).await;
    (answer.status.as_u16(), answer.header("location").unwrap_or_default().to_owned())
}

/// Passport with the oat drink, which has no links of its own, and the product [`LINKED`].
async fn resolver(connect: &PgConnectOptions) -> Passport {
    let passport = passport(connect);
    stock(&passport.database, oat_drink()).await;
    assert_eq!(put_links(&passport.database, LINKED, links()).await, 1);
    passport
}

fn link(kind: &str, name: &str, more: &Value) -> Value {
    let mut link = json!({"link_type": kind, "href": format!("https://brand.example/{name}"), "title": name});
    link.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    link
}

/// As GS1's own suite tests it: several links of one type that differ in one thing each, and some
/// that differ in nothing (GS1DL-resolver-testsuite, `modelLinkset`).
fn links() -> Value {
    let default = |name: &str| json!({"link_type": "gs1:pip", "href": format!("https://brand.example/{name}"), "title": name});
    json!({"entries": [
        {"item_description": "Medicinal compound", "default": default("en"), "links": [
            link("gs1:pip", "en", &json!({"hreflang": ["en"]})),
            link("gs1:pip", "fr", &json!({"hreflang": ["fr"]})),
            link("gs1:defaultLinkMulti", "fr", &json!({"hreflang": ["fr"]})),
            link("gs1:defaultLinkMulti", "pt", &json!({"hreflang": ["pt-BR"]})),
            link("gs1:certificationInfo", "page", &json!({"media_type": "text/html"})),
            link("gs1:certificationInfo", "zero", &json!({"media_type": "text/html"})),
            link("gs1:certificationInfo", "pdf", &json!({"media_type": "application/pdf"})),
            link("gs1:certificationInfo", "pdf-en", &json!({"media_type": "application/pdf", "hreflang": ["en"]})),
            link("gs1:certificationInfo", "pdf-lk",
                 &json!({"media_type": "application/pdf", "hreflang": ["en"], "context": ["LK"]})),
            link("gs1:recipeInfo", "recipes?page=1", &json!({})),
            link("https://brand.example/voc/warranty", "warranty#top", &json!({})),
        ]},
        {"qualifiers": {"lot": "L/1"}, "item_description": "Lot L/1", "default": default("lot"), "links": [
            link("gs1:recallStatus", "recall", &json!({})),
        ]},
        {"qualifiers": {"cpv": "2A"}, "links": [link("gs1:instructions", "variant", &json!({}))]},
        {"qualifiers": {"serial": "S1"}, "item_description": "Item S1", "default": default("item"), "links": []},
    ]})
}

/// The path of the oat drink.
fn oat(rest: &str) -> String {
    format!("/01/{OAT_DRINK}{rest}")
}

/// The path of the linked product.
fn linked(rest: &str) -> String {
    format!("/01/{LINKED}{rest}")
}
