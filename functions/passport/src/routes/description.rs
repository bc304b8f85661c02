//! `/.well-known/gs1resolver`: what this resolver does, and who runs it (GS1-Conformant Resolver
//! 1.2.1, section 3).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::resolver::{methods, open_to_all};
use crate::{
    app::App,
    auth::Anyone,
    config::{Config, Operator},
    domain::{link_type::NAMESPACE, linkset},
};

/// `GET`, `HEAD`.
pub async fn read(State(app): State<App>, _: Anyone) -> Response {
    open_to_all(Json(description(&app.config)).into_response())
}

/// `OPTIONS`.
pub async fn options(_: Anyone) -> Response {
    methods()
}

fn description(config: &Config) -> Value {
    let Operator { resolver_name, resolver_terms_url, .. } = &config.operator;
    let mut description = json!({
        "resolverRoot": config.public_url,
        "name": resolver_name,
        "supportedPrimaryKeys": ["01"],
        "supportedLinkType": [{ "namespace": NAMESPACE, "prefix": "gs1:" }],
        "linkTypeDefaultCanBeLinkset": false,
        "jsonLdContextLocation": linkset::CONTEXT,
        "contact": contact(&config.operator),
    });
    if let Some(terms) = resolver_terms_url {
        description["termsOfUse"] = json!(terms);
    }
    description
}

/// As in vCard; what is not said is absent.
fn contact(operator: &Operator) -> Value {
    let address: Map<String, Value> = [
        ("streetAddress", &operator.resolver_street),
        ("postal-code", &operator.resolver_postal_code),
        ("locality", &operator.resolver_locality),
        ("region", &operator.resolver_region),
        ("country-name", &operator.resolver_country),
    ]
    .into_iter()
    .filter_map(|(member, text)| Some((member.to_owned(), json!(text.as_ref()?))))
    .collect();
    let mut contact = json!({ "fn": operator.resolver_contact });
    if !address.is_empty() {
        contact["hasAddress"] = address.into();
    }
    if let Some(telephone) = &operator.resolver_telephone {
        contact["hasTelephone"] = json!(telephone);
    }
    contact
}
