//! Access tokens that are none: whatever is wrong with one, whoever sent it learns only that it is.

use aws_lc_rs::{
    hmac::{HMAC_SHA256, HMAC_SHA384, HMAC_SHA512},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA512, RSA_PSS_SHA256},
};
use end_to_end::{patience::within, person::Person};
use futures::{StreamExt, stream};
use reqwest::{Client, Method, header::HeaderValue};
use serde_json::{Value, json};
use std::time::Duration;

use crate::{
    DEMO, STACK, claims, forms,
    keys::{Genuine, Key, hmac_with, part, pem, with, without},
};

/// A name and what stands in `Authorization`, line by line.
pub(crate) type Attack = (String, Vec<Vec<u8>>);

/// Routes for anybody, for accounts, for brands, for administrators: a bad token is refused on each.
const ROUTES: [(Method, &str); 6] = [
    (Method::GET, "/api/v1/products?q=milk"),
    (Method::POST, "/api/v1/scans"),
    (Method::GET, "/api/v1/me"),
    (Method::GET, "/api/v1/brand"),
    (Method::GET, "/api/v1/admin/brands"),
    (Method::GET, "/01/09521234543213"),
];

/// An attack with one ordinary line.
pub(crate) fn bearer(name: impl Into<String>, token: impl AsRef<[u8]>) -> Attack {
    (name.into(), vec![[b"Bearer ", token.as_ref()].concat()])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_forged_token_is_refused_in_the_same_words_on_every_kind_of_route() {
    let genuine = Genuine::token().await;
    let attacks = [
        algorithms(&genuine),
        key_choices(&genuine),
        header_members(&genuine),
        signatures(&genuine),
        forms::forms(&genuine),
        forms::fields(&genuine),
        claims::who(&genuine),
        claims::when(&genuine),
    ]
    .concat();
    assert!(attacks.len() >= 200, "only {} attacks", attacks.len());
    let tried = attacks.iter().flat_map(|attack| ROUTES.iter().map(move |route| (attack, route)));
    let client = Client::builder().no_proxy().build().unwrap();
    let wrong: Vec<String> = stream::iter(tried)
        .map(|(attack, (method, path))| refusal(&client, attack, method, path))
        .buffer_unordered(8)
        .filter_map(async |wrong| wrong)
        .collect()
        .await;
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), attacks.len(), wrong.join("\n"));
    for control in [&genuine.token, &genuine.under(&genuine.header)] {
        let me = client.get(STACK.url("/api/v1/me")).bearer_auth(control).send().await.unwrap();
        assert_eq!(me.status(), 200, "the control: a genuine token, and one that the test signed");
    }
}

/// What an answer to an attack lacks, if anything.
async fn refusal(client: &Client, (name, lines): &Attack, method: &Method, path: &str) -> Option<String> {
    let mut request = client.request(method.clone(), STACK.url(path));
    for line in lines {
        request = request.header("authorization", HeaderValue::from_bytes(line).unwrap());
    }
    if *method == Method::POST {
        request = request.json(&json!({ "code": DEMO }));
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = answer.text().await.unwrap();
    let says = |header: &str| headers.get(header).and_then(|value| value.to_str().ok());
    let problem: Value = serde_json::from_str(&body).unwrap_or_default();
    let generic = status == 401
        && says("www-authenticate") == Some("Bearer")
        && says("cache-control") == Some("no-store")
        && says("content-type") == Some("application/problem+json")
        && says("set-cookie").is_none()
        && problem["detail"] == "Valid credentials are required."
        && problem.as_object().is_some_and(|members| members.len() == 5);
    (!generic).then(|| format!("{name}: {method} {path} {status} {headers:?} {body}"))
}

fn algorithms(genuine: &Genuine) -> Vec<Attack> {
    let under = |algorithm: Value| genuine.under(&with(genuine.header.clone(), "alg", algorithm));
    let unsigned = |algorithm: &str| {
        let header = with(genuine.header.clone(), "alg", json!(algorithm));
        format!("{}.{}.", part(header.to_string()), part(genuine.claims.to_string()))
    };
    let mut attacks = Vec::new();
    for algorithm in ["none", "None", "NONE", "nOnE", "none ", " none", ""] {
        attacks.push(bearer(format!("alg {algorithm:?}, signed by Keycloak"), under(json!(algorithm))));
        attacks.push(bearer(format!("alg {algorithm:?}, unsigned"), unsigned(algorithm)));
    }
    for algorithm in
        ["RS384", "RS512", "PS256", "PS384", "ES256", "ES384", "EdDSA", "rs256", "RS256 ", "RSA", "dir"]
    {
        attacks.push(bearer(format!("alg {algorithm:?} over an RS256 signature"), under(json!(algorithm))));
    }
    for algorithm in [json!(null), json!(256), json!(["RS256"]), json!({"RS256": true}), json!(true)] {
        attacks.push(bearer(format!("alg {algorithm}"), under(algorithm)));
    }
    let der = genuine.key.public_der();
    let secrets = [
        ("the public key's DER", der.clone()),
        ("its PEM", pem(&der).into_bytes()),
        ("its PEM without the last line end", pem(&der).trim_end().as_bytes().to_vec()),
        ("its JWK", genuine.key.jwk().to_string().into_bytes()),
        ("its modulus", genuine.key.jwk()["n"].as_str().unwrap().as_bytes().to_vec()),
        ("its id", genuine.key.id.clone().into_bytes()),
        ("nothing", Vec::new()),
        ("a word", b"secret".to_vec()),
    ];
    for (what, secret) in secrets {
        for (name, algorithm) in [("HS256", HMAC_SHA256), ("HS384", HMAC_SHA384), ("HS512", HMAC_SHA512)] {
            let header = with(genuine.header.clone(), "alg", json!(name));
            attacks.push(bearer(
                format!("{name} with {what}"),
                hmac_with(algorithm, &secret, &header, &genuine.claims),
            ));
        }
        attacks.push(bearer(
            format!("HMAC with {what} under RS256"),
            hmac_with(HMAC_SHA256, &secret, &genuine.header, &genuine.claims),
        ));
    }
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
    let header = with(genuine.header.clone(), "alg", json!("ES256"));
    let message = format!("{}.{}", part(header.to_string()), part(genuine.claims.to_string()));
    let signature = ec.sign(&random, message.as_bytes()).unwrap();
    attacks.push(bearer("ES256 by a key of one's own", format!("{message}.{}", part(signature))));
    attacks.push(bearer("ES256 with r and s zero", format!("{message}.{}", part([0; 64]))));
    attacks
}

fn key_choices(genuine: &Genuine) -> Vec<Attack> {
    let kids = [
        json!(""),
        json!(" "),
        json!("unknown"),
        json!(genuine.key.id.to_uppercase()),
        json!(format!("{} ", genuine.key.id)),
        json!(format!("{}\u{0}", genuine.key.id)),
        json!(format!("{}' or '1'='1", genuine.key.id)),
        json!("' union select 'a"),
        json!("../../../../../../dev/null"),
        json!("/dev/null"),
        json!("file:///etc/passwd"),
        json!("http://127.0.0.1/certs"),
        json!("| sleep 5"),
        json!("${jndi:ldap://127.0.0.1/a}"),
        json!("__proto__"),
        json!("k".repeat(129)),
        json!("k".repeat(4_000)),
        json!("\u{1f511}"),
        json!(1),
        json!(null),
        json!(true),
        json!([genuine.key.id]),
        json!({"id": genuine.key.id}),
    ];
    let mut attacks: Vec<Attack> = kids
        .into_iter()
        .map(|kid| bearer(format!("kid {kid}"), genuine.under(&with(genuine.header.clone(), "kid", kid))))
        .collect();
    attacks.push(bearer("no kid", genuine.under(&without(genuine.header.clone(), "kid"))));
    let own = Key::of_nobody("attacker");
    let places = [
        ("jwk", own.jwk()),
        ("jku", json!("https://attacker.example/certs")),
        ("jku", json!(format!("{}/realms/packytrace/protocol/openid-connect/certs", STACK.keycloak_url))),
        ("x5u", json!("https://attacker.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
    ];
    for (member, value) in places {
        for kid in [&own.id, &genuine.key.id] {
            let header = with(with(genuine.header.clone(), "kid", json!(kid)), member, value.clone());
            let name = format!("own key by {member} as {kid}");
            attacks.push(bearer(name, own.sign(&header, &genuine.claims)));
        }
        let header = with(without(genuine.header.clone(), "kid"), member, value);
        attacks.push(bearer(format!("own key by {member}, no kid"), own.sign(&header, &genuine.claims)));
    }
    attacks.push(bearer("own key under Keycloak's id", own.sign(&genuine.header, &genuine.claims)));
    attacks
}

fn header_members(genuine: &Genuine) -> Vec<Attack> {
    let mut attacks = Vec::new();
    let members = [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(null)),
        ("crit", json!(["b64"])),
        ("zip", json!("DEF")),
        ("zip", json!(null)),
        ("cty", json!("JWT")),
        ("cty", json!("")),
        ("enc", json!("A256GCM")),
        ("enc", json!(null)),
        ("typ", json!("JWT")),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("typ", json!("Offline")),
        ("typ", json!("logout+jwt")),
        ("typ", json!("pt-internal+jwt")),
        ("typ", json!("AT+JWT")),
        ("typ", json!("application/at+jwt")),
        ("typ", json!("at+jwt;v=1")),
        ("typ", json!("")),
        ("typ", json!(null)),
        ("typ", json!(["at+jwt"])),
    ];
    for (member, value) in members {
        let header = with(genuine.header.clone(), member, value.clone());
        attacks.push(bearer(format!("{member}: {value}"), genuine.under(&header)));
    }
    for member in ["alg", "typ"] {
        attacks.push(bearer(format!("no {member}"), genuine.under(&without(genuine.header.clone(), member))));
    }
    let (header, payload) = (genuine.header.to_string(), genuine.claims.to_string());
    for (member, value) in [("alg", "\"none\""), ("typ", "\"JWT\""), ("kid", "\"attacker\"")] {
        let first = format!("{{\"{member}\":{value},{}", &header[1..]);
        let last = format!("{},\"{member}\":{value}}}", &header[..header.len() - 1]);
        attacks.push(bearer(format!("{member} twice, wrong one first"), genuine.text(&first, &payload)));
        attacks.push(bearer(format!("{member} twice, wrong one last"), genuine.text(&last, &payload)));
    }
    for text in ["", "null", "[]", "\"RS256\"", "{", "{}", "\u{feff}{}", "{\"alg\":\"RS256\"}"] {
        attacks.push(bearer(format!("header {text:?}"), genuine.text(text, &payload)));
    }
    attacks.push(bearer("text after the header", genuine.text(&format!("{header}{{}}"), &payload)));
    attacks
}

fn signatures(genuine: &Genuine) -> Vec<Attack> {
    let good = &genuine.token;
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    let (header, payload) = (genuine.header.to_string(), genuine.claims.to_string());
    let other =
        part(with(genuine.claims.clone(), "sub", json!("11111111-1111-4111-8111-111111111111")).to_string());
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    [
        ("no signature", format!("{message}.")),
        ("a cut signature", good[..good.len() - 4].to_owned()),
        ("half a signature", format!("{message}.{}", &signature[..signature.len() / 2])),
        ("a longer signature", format!("{good}AAAA")),
        ("a flipped signature", format!("{message}.{flipped}{}", &signature[1..])),
        ("a signature of zeros", format!("{message}.{}", part([0; 256]))),
        ("a signature of one byte", format!("{message}.AA")),
        ("a signature twice", format!("{message}.{signature}{signature}")),
        ("the signature of another payload", format!("{head}.{other}.{signature}")),
        (
            "the signature of another header",
            format!("{}.{}.{signature}", part(format!(" {header}")), part(&payload)),
        ),
        ("RS512 under the name RS256", genuine.key.sign_text(&RSA_PKCS1_SHA512, &header, &payload)),
        ("PSS under the name RS256", genuine.key.sign_text(&RSA_PSS_SHA256, &header, &payload)),
    ]
    .map(|(name, token)| bearer(name, token))
    .to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_elsewhere_than_in_authorization_is_not_read() {
    let token = Genuine::token().await.token;
    let client = Client::builder().no_proxy().build().unwrap();
    let get = |path: &str| client.get(STACK.url(path));
    let form = format!("access_token={token}");
    let placed = [
        get(&format!("/api/v1/me?access_token={token}")),
        get(&format!("/api/v1/me?token={token}&authorization=Bearer%20{token}")),
        get("/api/v1/me").header("cookie", format!("access_token={token}; Authorization=Bearer {token}")),
        get("/api/v1/me").header("x-authorization", format!("Bearer {token}")),
        get("/api/v1/me").header("proxy-authorization", format!("Bearer {token}")),
        get("/api/v1/me").header("x-forwarded-authorization", format!("Bearer {token}")),
        get("/api/v1/me").header("x-access-token", &token),
        get("/api/v1/me").header("x-auth-token", &token),
        get("/api/v1/me").header("sec-websocket-protocol", format!("bearer, {token}")),
        get("/api/v1/me").header("content-type", "application/x-www-form-urlencoded").body(form),
    ];
    for request in placed {
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    let lower = get("/api/v1/me").header("authorization", format!("bearer {token}"));
    assert_eq!(lower.send().await.unwrap().status(), 200, "the scheme has no case (RFC 9110, 11.1)");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keycloak_issues_for_other_purposes_opens_nothing() {
    let client = Client::builder().no_proxy().build().unwrap();
    let anna = STACK.user("consumer").unwrap();
    let token_url = format!("{}/realms/{}/protocol/openid-connect/token", STACK.keycloak_url, STACK.realm);
    let form = |pairs: &[(&str, &str)]| {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        form.finish()
    };
    let body = form(&[
        ("grant_type", "password"),
        ("client_id", &STACK.test_client_id),
        ("username", &anna.email),
        ("password", &anna.password),
        ("scope", "openid"),
    ]);
    let request = client.post(token_url).header("content-type", "application/x-www-form-urlencoded");
    let issued: Value = request.body(body).send().await.unwrap().json().await.unwrap();
    for (kind, opens) in [("id_token", false), ("refresh_token", false), ("access_token", true)] {
        let token = issued[kind].as_str().unwrap();
        let answer = client.get(STACK.url("/api/v1/me")).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), if opens { 200 } else { 401 }, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_an_erased_account_is_void_on_every_kind_of_route() {
    let (mut person, password) = (Person::anonymous(&STACK).unwrap(), "reads labels at night");
    let email = format!("erased-{}@example.net", end_to_end::announce::random().simple());
    let body = json!({"email": email, "password": password});
    person.ask(Method::POST, "/api/v1/accounts", &body).await.unwrap().error_for_status().unwrap();
    person.sign_in(&email, password).await.unwrap();
    assert_eq!(person.call(Method::DELETE, "/api/v1/me").await.unwrap().status(), 202);
    within(Duration::from_secs(15), "the token is refused", async || {
        Ok((person.get("/api/v1/me").await?.status() == 401).then_some(()))
    })
    .await
    .unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    let attack = bearer("erased", person.token().unwrap());
    for (method, path) in &ROUTES {
        assert_eq!(refusal(&client, &attack, method, path).await, None);
    }
}
