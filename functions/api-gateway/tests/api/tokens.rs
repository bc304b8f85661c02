//! Access tokens: one way in, and the ways that are shut.

use aws_lc_rs::{
    hmac,
    signature::{RSA_PKCS1_SHA512, RSA_PSS_SHA256},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{
    ISSUER, World,
    keycloak::{ACCOUNT, ATTACKER, ENCRYPTION, Key, SIGNING, claims, header, part, token, token_with},
    start,
};

/// A route that anybody may ask: a bad token is refused there too.
const PUBLIC: &str = "/api/v1/products?q=milk";

#[tokio::test]
async fn a_genuine_token_names_the_account_to_the_service() {
    let world = World::new().await;
    let received = world.get(PUBLIC).bearer(&token()).send().await.received();
    assert_eq!(received["caller"]["account"], ACCOUNT);
    assert_eq!(received["headers"]["x-account-id"], ACCOUNT);
    assert_eq!(received["headers"].get("authorization"), None);
}

#[tokio::test]
async fn harmless_differences_are_let_in() {
    let now = start().timestamp();
    let world = World::new().await;
    for (what, token) in [
        ("several audiences", token_with(&json!({"aud": ["account", "packytrace-api"]}))),
        ("another client of ours", token_with(&json!({"azp": "packytrace-test"}))),
        ("a clock ahead of ours", token_with(&json!({"iat": now + 10, "nbf": now + 10}))),
        ("expired within the skew", token_with(&json!({"iat": now - 300, "exp": now - 9}))),
        ("an unknown claim", token_with(&json!({"new": {"nested": [1, 2, 3]}}))),
        ("an unknown header member", SIGNING.sign(&with(header(), "x", json!("y")), &claims())),
        (
            "a key address, which is never read",
            SIGNING.sign(&with(header(), "jku", json!("http://evil")), &claims()),
        ),
    ] {
        assert_eq!(world.get(PUBLIC).bearer(&token).status().await, 200, "{what}");
    }
    let lower = world.get(PUBLIC).header("authorization", &format!("bearer {}", token()));
    assert_eq!(lower.status().await, 200, "the scheme has no case");
}

#[tokio::test]
async fn every_attack_is_refused_in_the_same_words() {
    let world = World::new().await;
    let attacks =
        [header_attacks(), signature_attacks(), claim_attacks(), time_attacks(), form_attacks()].concat();
    assert!(attacks.len() >= 80, "only {} attacks", attacks.len());
    for (attack, token) in attacks {
        let answer = world.get(PUBLIC).bearer(&token).send().await;
        answer.assert_problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{attack}");
        assert_eq!(answer.json()["detail"], "Valid credentials are required.", "{attack}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{attack}");
    }
    assert_eq!(world.passport.calls(), 0, "an attack reached a service");
    assert_eq!(world.get(PUBLIC).bearer(&token()).status().await, 200, "the control");
}

#[tokio::test]
async fn one_authorization_field_with_one_bearer_token_or_none() {
    let world = World::new().await;
    let token = token();
    for fields in [
        vec![format!("Bearer {token}"), format!("Bearer {token}")],
        vec![format!("Bearer {token}"), "Basic YTpi".to_owned()],
        vec![format!("Bearer {token},Bearer {token}")],
        vec![format!("Bearer {token}, Basic YTpi")],
        vec!["Basic YTpi".to_owned()],
        vec!["Bearer".to_owned()],
        vec!["Bearer ".to_owned()],
        vec![String::new()],
        vec![token.clone()],
        vec![format!("Bearer  {token}")],
        vec![format!("Bearer {token} {token}")],
        vec![format!("DPoP {token}")],
        vec![format!("Bearer\u{a0}{token}").replace('\u{a0}', "\t")],
    ] {
        let ask = fields.iter().fold(world.get(PUBLIC), |ask, field| ask.header("authorization", field));
        ask.send().await.assert_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_token_elsewhere_than_in_authorization_is_not_read() {
    let world = World::new().await;
    let token = token();
    for ask in [
        world.get(&format!("{PUBLIC}&access_token={token}")),
        world.get(PUBLIC).header("cookie", &format!("access_token={token}; Authorization=Bearer {token}")),
        world.get(PUBLIC).header("x-authorization", &format!("Bearer {token}")),
        world.get(PUBLIC).header("proxy-authorization", &format!("Bearer {token}")),
    ] {
        assert_eq!(ask.send().await.received()["caller"]["account"], Value::Null);
    }
}

type Attacks = Vec<(String, String)>;

fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

fn signed(header: &Value) -> String {
    SIGNING.sign(header, &claims())
}

fn header_attacks() -> Attacks {
    let mut attacks = Attacks::new();
    for algorithm in
        ["none", "None", "NONE", "HS256", "HS512", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", ""]
    {
        attacks.push((
            format!("alg {algorithm:?} signed as RS256"),
            signed(&with(header(), "alg", json!(algorithm))),
        ));
    }
    for kind in ["JWT", "ID", "Refresh", "logout+jwt", "AT+JWT", "application/at+jwt", "pt-internal+jwt", ""]
    {
        attacks.push((format!("typ {kind:?}"), signed(&with(header(), "typ", json!(kind)))));
    }
    for kid in [
        json!(""),
        json!("k".repeat(129)),
        json!(1),
        json!(null),
        json!(["signing-1"]),
        json!("unknown"),
        json!("SIGNING-1"),
        json!("../../../../dev/null"),
        json!("signing-1' or '1'='1"),
        json!("signing-1\u{0}"),
        json!("http://evil.example/key"),
        json!("__proto__"),
    ] {
        attacks.push((format!("kid {kid}"), signed(&with(header(), "kid", kid))));
    }
    for (member, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(null)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("enc", json!("A256GCM")),
    ] {
        attacks.push((format!("{member}: {value}"), signed(&with(header(), member, value))));
    }
    for member in ["alg", "typ", "kid"] {
        attacks.push((format!("no {member}"), signed(&without(header(), member))));
    }
    let detached = with(with(header(), "b64", json!(false)), "crit", json!(["b64"]));
    attacks.push(("an unencoded payload".into(), signed(&detached)));
    let twice = format!(r#"{{"alg":"none",{}"#, &header().to_string()[1..]);
    attacks.push(("alg twice".into(), text(&SIGNING, &twice, &claims().to_string())));
    for header in ["", "null", "[]", "\"RS256\"", "{", "{}", "\u{feff}{}"] {
        attacks.push((format!("header {header:?}"), text(&SIGNING, header, &claims().to_string())));
    }
    attacks
}

fn text(key: &Key, header: &str, payload: &str) -> String {
    key.sign_text(&aws_lc_rs::signature::RSA_PKCS1_SHA256, header, payload)
}

fn signature_attacks() -> Attacks {
    let (good, payload) = (token(), claims().to_string());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let unsigned = |header: &Value| format!("{}.{}.", part(&header.to_string()), part(&payload));
    let hmac_with = |key: &[u8]| {
        let message =
            format!("{}.{}", part(&with(header(), "alg", json!("HS256")).to_string()), part(&payload));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes());
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
    };
    let own_key = ATTACKER.jwk("sig", "RS256");
    let with_key = |kid: &str, member: &str, value: Value| {
        ATTACKER.sign(&with(with(header(), "kid", json!(kid)), member, value), &claims())
    };
    let mut other_bits = signature.as_bytes().to_vec();
    *other_bits.last_mut().unwrap() = other_last_bits(*other_bits.last().unwrap());
    let first = if signature.starts_with('A') { "B" } else { "A" };
    [
        ("alg none without a signature", unsigned(&with(header(), "alg", json!("none")))),
        ("no signature", format!("{message}.")),
        ("HMAC with the public key", hmac_with(&SIGNING.public_der())),
        ("HMAC with the public key as PEM", hmac_with(pem(&SIGNING.public_der()).as_bytes())),
        ("HMAC with the key set's text", hmac_with(SIGNING.jwk("sig", "RS256").to_string().as_bytes())),
        ("HMAC with nothing", hmac_with(b"")),
        ("another key", ATTACKER.sign(&header(), &claims())),
        ("the encryption key", ENCRYPTION.sign(&with(header(), "kid", json!(ENCRYPTION.id)), &claims())),
        ("a key of one's own in the header", with_key(ATTACKER.id, "jwk", own_key.clone())),
        ("the same under our key's id", with_key(SIGNING.id, "jwk", own_key.clone())),
        ("the address of one's own keys", with_key(ATTACKER.id, "jku", json!("http://127.0.0.1:1/certs"))),
        ("the same under our key's id", with_key(SIGNING.id, "jku", json!("http://127.0.0.1:1/certs"))),
        (
            "the address of one's own certificate",
            with_key(ATTACKER.id, "x5u", json!("http://127.0.0.1:1/cert")),
        ),
        ("one's own certificate", with_key(SIGNING.id, "x5c", json!(["MIIB"]))),
        ("RS512 under the name RS256", SIGNING.sign_text(&RSA_PKCS1_SHA512, &header().to_string(), &payload)),
        ("PSS under the name RS256", SIGNING.sign_text(&RSA_PSS_SHA256, &header().to_string(), &payload)),
        ("a cut signature", good[..good.len() - 4].to_owned()),
        ("a flipped signature", format!("{message}.{first}{}", &signature[1..])),
        ("bits left over", format!("{message}.{}", String::from_utf8(other_bits).unwrap())),
        ("padding", format!("{good}==")),
        ("a longer signature", format!("{good}AAAA")),
        ("a signature of zeros", format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode([0; 256]))),
        (
            "another payload",
            swapped(&good, &with(claims(), "sub", json!("11111111-1111-4111-8111-111111111111"))),
        ),
        (
            "another header",
            format!(
                "{}.{}",
                part(r#"{"typ":"at+jwt","alg":"RS256","kid":"signing-1"}"#),
                good.split_once('.').unwrap().1
            ),
        ),
    ]
    .map(|(attack, token)| (attack.to_owned(), token))
    .to_vec()
}

/// The last character of 2048 bits in base64url has four bits that mean nothing.
fn other_last_bits(last: u8) -> u8 {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let index = alphabet.iter().position(|letter| *letter == last).unwrap();
    alphabet[index ^ 1]
}

fn swapped(token: &str, claims: &Value) -> String {
    let parts: Vec<_> = token.split('.').collect();
    format!("{}.{}.{}", parts[0], part(&claims.to_string()), parts[2])
}

fn pem(der: &[u8]) -> String {
    use base64::prelude::BASE64_STANDARD;
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(der))
}

fn claim_attacks() -> Attacks {
    let mut attacks = Attacks::new();
    for name in ["iss", "aud", "azp", "sub", "typ", "exp", "iat"] {
        attacks.push((format!("no {name}"), SIGNING.sign(&header(), &without(claims(), name))));
        attacks.push((format!("{name}: null"), token_with(&json!({ name: null }))));
    }
    for (name, value) in [
        ("iss", json!(format!("{ISSUER}/"))),
        ("iss", json!(ISSUER.replace("packytrace", "master"))),
        ("iss", json!(ISSUER.replace("http", "HTTP"))),
        ("iss", json!([ISSUER])),
        ("iss", json!({"url": ISSUER})),
        ("aud", json!("account")),
        ("aud", json!("packytrace-api2")),
        ("aud", json!("Packytrace-API")),
        ("aud", json!("packytrace-api account")),
        ("aud", json!([])),
        ("aud", json!(["account", ["packytrace-api"]])),
        ("aud", json!({"packytrace-api": true})),
        ("azp", json!("evil")),
        ("azp", json!("admin-cli")),
        ("azp", json!(["packytrace-web"])),
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("typ", json!("Logout")),
        ("typ", json!("bearer")),
        ("sub", json!("")),
        ("sub", json!("ada")),
        ("sub", json!(1)),
        ("sub", json!(format!("{{{ACCOUNT}}}"))),
        ("sub", json!(ACCOUNT.to_uppercase())),
        ("sub", json!(ACCOUNT.replace('-', ""))),
        ("sub", json!(format!("urn:uuid:{ACCOUNT}"))),
        ("realm_access", json!({"roles": "platform-admin"})),
        ("realm_access", json!(["platform-admin"])),
    ] {
        attacks.push((format!("{name}: {value}"), token_with(&json!({ name: value }))));
    }
    for name in ["sub", "exp", "aud", "iss", "azp", "typ", "iat", "realm_access"] {
        let twice = format!(r#"{{"{name}":{},{}"#, claims()[name], &claims().to_string()[1..]);
        attacks.push((format!("{name} twice"), text(&SIGNING, &header().to_string(), &twice)));
    }
    let escaped =
        claims().to_string().replacen('{', r#"{"s\u0075b":"11111111-1111-4111-8111-111111111111","#, 1);
    attacks.push(("sub twice, once in escapes".into(), text(&SIGNING, &header().to_string(), &escaped)));
    attacks
}

fn time_attacks() -> Attacks {
    let now = start().timestamp();
    [
        json!({"exp": now - 10, "iat": now - 300}),
        json!({"exp": now - 3_600, "iat": now - 7_000}),
        json!({"exp": now + 3_601}),
        json!({"exp": now + 86_400 * 365 * 100}),
        json!({"exp": i64::MAX}),
        json!({"exp": u64::MAX}),
        json!({"exp": 1e300}),
        json!({"exp": now.to_string()}),
        json!({"exp": format!("{}", now + 300)}),
        json!({"exp": 1_795_341_900.5}),
        json!({"exp": [now + 300]}),
        json!({"exp": true}),
        json!({"exp": -1, "iat": -300}),
        json!({"exp": i64::MAX, "iat": i64::MAX - 1}),
        json!({"iat": i64::MIN}),
        json!({"iat": now + 11}),
        json!({"iat": now.to_string()}),
        json!({"iat": now + 300, "exp": now + 300}),
        json!({"iat": now, "exp": now - 5}),
        json!({"nbf": now + 11}),
        json!({"nbf": now.to_string()}),
        json!({"nbf": null}),
        json!({"nbf": 0.5}),
    ]
    .iter()
    .map(|changes| (changes.to_string(), token_with(changes)))
    .collect()
}

fn form_attacks() -> Attacks {
    let good = token();
    let (head, rest) = good.split_once('.').unwrap();
    let long = token_with(&json!({"padding": "x".repeat(8 * 1024)}));
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(2_000), "]".repeat(2_000));
    let not_utf8 = format!("{head}.{}.AAAA", BASE64_URL_SAFE_NO_PAD.encode(b"{\"sub\":\"\xff\"}"));
    [
        ("garbage", "garbage".to_owned()),
        ("dots", "..".to_owned()),
        ("one part", head.to_owned()),
        ("two parts", good.rsplit_once('.').unwrap().0.to_owned()),
        ("four parts", format!("{good}.AAAA")),
        ("five parts, as a JWE", format!("{head}.AA.AA.AA.AA")),
        ("padding inside", format!("{head}=.{rest}")),
        ("base64 of the other alphabet", good.replacen(['-', '_'], "+", 1).replacen('e', "/", 1)),
        ("percent-encoding", good.replacen('.', "%2e", 1)),
        ("quotes", format!("\"{good}\"")),
        ("longer than 8 KB", long),
        ("deep nesting", text(&SIGNING, &header().to_string(), &deep)),
        ("bytes that are no text", not_utf8),
        ("text after the claims", text(&SIGNING, &header().to_string(), &format!("{}{{}}", claims()))),
        ("claims in a list", text(&SIGNING, &header().to_string(), &format!("[{}]", claims()))),
        ("no claims", text(&SIGNING, &header().to_string(), "")),
    ]
    .map(|(attack, token)| (attack.to_owned(), token))
    .to_vec()
}
