//! Tokens that Keycloak's own key signs and that are still none of ours: who they are about, whom
//! they are for, and when.

use serde_json::{Value, json};

use crate::{
    keys::{Genuine, without},
    tokens::{Attack, bearer},
};

/// Wrong issuer, audience, client, person; missing, of another type, or twice.
pub(crate) fn who(genuine: &Genuine) -> Vec<Attack> {
    let text = |name: &str| genuine.claims[name].as_str().unwrap().to_owned();
    let (issuer, person) = (text("iss"), text("sub"));
    let mut attacks = Vec::new();
    for name in ["iss", "aud", "azp", "sub", "typ", "exp", "iat"] {
        let absent = genuine.claiming(&without(genuine.claims.clone(), name));
        attacks.push(bearer(format!("no {name}"), absent));
        for value in [json!(null), json!({}), json!(false)] {
            let changed = genuine.changed(&json!({ name: value }));
            attacks.push(bearer(format!("{name}: {value}"), changed));
        }
    }
    let changes = [
        ("iss", json!(format!("{issuer}/"))),
        ("iss", json!(issuer.replace("packytrace", "master"))),
        ("iss", json!(issuer.replacen("http", "HTTP", 1))),
        ("iss", json!(issuer.replace("localhost", "LOCALHOST"))),
        ("iss", json!(issuer.replace("localhost", "attacker.example"))),
        ("iss", json!(format!("{issuer}@attacker.example"))),
        ("iss", json!(format!(" {issuer}"))),
        ("iss", json!([issuer])),
        ("iss", json!({"url": issuer})),
        ("iss", json!("")),
        ("aud", json!("account")),
        ("aud", json!("packytrace-api2")),
        ("aud", json!("Packytrace-API")),
        ("aud", json!("packytrace-api account")),
        ("aud", json!("packytrace-api,account")),
        ("aud", json!("packytrace-ap")),
        ("aud", json!("*")),
        ("aud", json!([])),
        ("aud", json!(["account"])),
        ("aud", json!(["account", ["packytrace-api"]])),
        ("aud", json!(["packytrace-api", 1])),
        ("aud", json!({"packytrace-api": true})),
        ("azp", json!("attacker")),
        ("azp", json!("admin-cli")),
        ("azp", json!("account-console")),
        ("azp", json!("security-admin-console")),
        ("azp", json!("packytrace-identity")),
        ("azp", json!(["packytrace-web"])),
        ("azp", json!("packytrace-web ")),
        ("azp", json!("")),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("typ", json!("Offline")),
        ("typ", json!("Logout")),
        ("typ", json!("bearer")),
        ("sub", json!("")),
        ("sub", json!("anna")),
        ("sub", json!("anna@example.org")),
        ("sub", json!(1)),
        ("sub", json!([person])),
        ("sub", json!(format!("{{{person}}}"))),
        ("sub", json!(person.to_uppercase())),
        ("sub", json!(person.replace('-', ""))),
        ("sub", json!(format!("urn:uuid:{person}"))),
        ("sub", json!(format!("{person}\u{0}"))),
        ("sub", json!(format!(" {person}"))),
        ("sub", json!("../admin")),
        ("sub", json!("' or '1'='1")),
        ("realm_access", json!({"roles": "platform-admin"})),
        ("realm_access", json!(["platform-admin"])),
        ("realm_access", json!({"roles": [{"name": "platform-admin"}]})),
    ];
    for (name, value) in changes {
        attacks.push(bearer(format!("{name}: {value}"), genuine.changed(&json!({ name: value }))));
    }
    [attacks, twice(genuine)].concat()
}

/// A claim that two readers could read differently.
fn twice(genuine: &Genuine) -> Vec<Attack> {
    let (header, payload) = (genuine.header.to_string(), genuine.claims.to_string());
    let mut attacks = Vec::new();
    for name in ["sub", "exp", "aud", "iss", "azp", "typ", "iat", "realm_access"] {
        let first = format!("{{\"{name}\":{},{}", genuine.claims[name], &payload[1..]);
        attacks.push(bearer(format!("{name} twice"), genuine.text(&header, &first)));
    }
    let other = "\"11111111-1111-4111-8111-111111111111\"";
    for escaped in ["s\\u0075b", "\\u0073ub"] {
        let first = format!("{{\"{escaped}\":{other},{}", &payload[1..]);
        attacks.push(bearer(format!("sub twice, once as {escaped}"), genuine.text(&header, &first)));
    }
    attacks
}

/// Over, not yet begun, for too long, or no time at all.
pub(crate) fn when(genuine: &Genuine) -> Vec<Attack> {
    let now = genuine.claims["iat"].as_i64().unwrap();
    let changes: Vec<Value> = vec![
        json!({"exp": now - 60, "iat": now - 300}),
        json!({"exp": now - 11, "iat": now - 300}),
        json!({"exp": now - 3_600, "iat": now - 7_000}),
        json!({"exp": now + 3_601}),
        json!({"exp": now + 86_400 * 365 * 100}),
        json!({"exp": i64::MAX}),
        json!({"exp": u64::MAX}),
        json!({"exp": 1e300}),
        json!({"exp": 0}),
        json!({"exp": -1, "iat": -300}),
        json!({"exp": i64::MIN}),
        json!({"exp": (now + 300).to_string()}),
        json!({"exp": format!("{}.0", now + 300)}),
        json!({"exp": 1_995_341_900.5}),
        json!({"exp": [now + 300]}),
        json!({"exp": true}),
        json!({"exp": "never"}),
        json!({"exp": i64::MAX, "iat": i64::MAX - 1}),
        json!({"iat": i64::MIN}),
        json!({"iat": now + 600, "exp": now + 900}),
        json!({"iat": now.to_string()}),
        json!({"iat": 0}),
        json!({"iat": -1}),
        json!({"iat": 0.5}),
        json!({"iat": now + 300, "exp": now + 300}),
        json!({"iat": now, "exp": now - 5}),
        json!({"nbf": now + 600}),
        json!({"nbf": i64::MAX}),
        json!({"nbf": now.to_string()}),
        json!({"nbf": null}),
        json!({"nbf": 0.5}),
        json!({"nbf": [now]}),
        json!({"nbf": true}),
    ];
    changes.iter().map(|changes| bearer(format!("at {now}: {changes}"), genuine.changed(changes))).collect()
}
