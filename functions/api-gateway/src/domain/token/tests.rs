use http::HeaderValue;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_800_000_000;
const SUB: &str = "0b6f2f0e-7f55-4b2a-9a57-3ac5e1f4a4d1";

fn rules() -> Rules {
    Rules {
        issuer: "https://pt.example/auth/realms/packytrace".into(),
        clients: vec!["packytrace-web".into()],
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://pt.example/auth/realms/packytrace", "aud": "packytrace-api", "azp": "packytrace-web",
        "exp": NOW + 300, "iat": NOW, "typ": "Bearer", "sub": SUB,
    })
}

fn judge(claims: &Value) -> Result<Account, Refusal> {
    rules().account(&Verified(claims.to_string().into_bytes()), NOW)
}

fn with(name: &str, value: impl Into<Value>) -> Result<Account, Refusal> {
    let mut claims = claims();
    claims[name] = value.into();
    judge(&claims)
}

fn header(header: &Value) -> Result<(), Refusal> {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let token = format!("{}.{}.AAAA", part(header), part(&claims()));
    Unverified::parse(&token).map(drop)
}

#[test]
fn an_ordinary_token_names_its_account() {
    let account = judge(&claims()).unwrap();
    assert_eq!(account, Account { id: SUB.parse().unwrap(), platform_admin: false });
    assert_eq!(with("aud", json!(["account", "packytrace-api"])), Ok(account));
    assert!(header(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "k"})).is_ok());
}

#[test]
fn only_the_realm_role_makes_an_administrator() {
    let with_roles = |roles: Value| with("realm_access", json!({ "roles": roles })).map(|a| a.platform_admin);
    assert_eq!(with_roles(json!(["offline_access", "platform-admin"])), Ok(true));
    assert_eq!(with_roles(json!(["Platform-Admin"])), Ok(false));
    assert_eq!(with_roles(json!("platform-admin")), Err(Refusal::Claims));
    let client_role = json!({"packytrace-web": {"roles": ["platform-admin"]}});
    assert_eq!(with("resource_access", client_role).map(|account| account.platform_admin), Ok(false));
}

#[test]
fn a_token_is_valid_within_its_time_and_ten_seconds_around_it() {
    let at = |iat: i64, exp: i64| {
        let mut claims = claims();
        claims["iat"] = iat.into();
        claims["exp"] = exp.into();
        judge(&claims).is_ok()
    };
    assert!(at(NOW + 10, NOW + 300) && !at(NOW + 11, NOW + 300));
    assert!(at(NOW - 300, NOW - 9) && !at(NOW - 300, NOW - 10));
    assert!(at(NOW, NOW + 3_600) && !at(NOW, NOW + 3_601));
    assert!(!at(NOW, NOW) && !at(i64::MIN, i64::MAX) && !at(NOW, i64::MAX) && !at(i64::MIN, NOW + 1));
    assert!(with("nbf", NOW + 10).is_ok());
    assert_eq!(with("nbf", NOW + 11), Err(Refusal::Time));
}

#[test]
fn times_are_integers() {
    for value in [json!("1800000300"), json!(1.8e9), json!(1_800_000_000.5), json!(null), json!(u64::MAX)] {
        for name in ["exp", "iat", "nbf"] {
            assert_eq!(with(name, value.clone()), Err(Refusal::Claims), "{name} = {value}");
        }
    }
}

#[test]
fn claims_of_somebody_else_are_refused() {
    assert_eq!(with("iss", "https://pt.example/auth/realms/packytrace/"), Err(Refusal::Issuer));
    assert_eq!(with("iss", json!(["https://pt.example/auth/realms/packytrace"])), Err(Refusal::Claims));
    assert_eq!(with("aud", "packytrace"), Err(Refusal::Audience));
    assert_eq!(with("aud", json!([])), Err(Refusal::Audience));
    assert_eq!(with("aud", json!({"packytrace-api": 1})), Err(Refusal::Claims));
    assert_eq!(with("azp", "somebody"), Err(Refusal::Client));
    assert_eq!(with("typ", "ID"), Err(Refusal::Type));
    for sub in ["admin", "", "{0b6f2f0e-7f55-4b2a-9a57-3ac5e1f4a4d1}", "0B6F2F0E-7F55-4B2A-9A57-3AC5E1F4A4D1"]
    {
        assert_eq!(with("sub", sub), Err(Refusal::Claims), "{sub}");
    }
}

#[test]
fn a_claim_that_is_missing_or_comes_twice_is_refused() {
    for name in ["iss", "aud", "azp", "exp", "iat", "typ", "sub"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(judge(&claims), Err(Refusal::Claims), "without {name}");
    }
    let twice =
        claims().to_string().replacen('{', r#"{"s\u0075b":"0b6f2f0e-7f55-4b2a-9a57-3ac5e1f4a4d1","#, 1);
    assert_eq!(rules().account(&Verified(twice.into_bytes()), NOW), Err(Refusal::Claims));
}

#[test]
fn only_our_kind_of_header_is_understood() {
    let sound = json!({"alg": "RS256", "typ": "at+jwt", "kid": "k"});
    let with = |name: &str, value: Value| {
        let mut changed = sound.clone();
        changed[name] = value;
        header(&changed)
    };
    for member in ["crit", "zip", "cty", "enc"] {
        assert_eq!(with(member, json!("x")), Err(Refusal::Header), "{member}");
        assert_eq!(with(member, json!(null)), Err(Refusal::Header), "{member}");
    }
    for algorithm in ["none", "None", "HS256", "RS512", "PS256", "ES256", "EdDSA", "rs256", ""] {
        assert_eq!(with("alg", json!(algorithm)), Err(Refusal::Algorithm), "{algorithm}");
    }
    for kind in ["JWT", "AT+JWT", "logout+jwt", "Refresh", ""] {
        assert_eq!(with("typ", json!(kind)), Err(Refusal::Type), "{kind}");
    }
    assert_eq!(with("kid", json!("")), Err(Refusal::KeyId));
    assert_eq!(with("kid", json!("k".repeat(129))), Err(Refusal::KeyId));
    assert_eq!(with("kid", json!("k".repeat(128))), Ok(()));
    assert_eq!(with("kid", json!(1)), Err(Refusal::Header));
    assert_eq!(with("jku", json!("https://evil.example/jwks")), Ok(()), "never read, so it changes nothing");
}

#[test]
fn only_the_strict_compact_form_is_read() {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let (head, body) = (part(r#"{"alg":"RS256","typ":"at+jwt","kid":"k"}"#), part("{}"));
    let sound = format!("{head}.{body}.AAAA");
    assert!(Unverified::parse(&sound).is_ok());
    for token in [
        String::new(),
        "..".to_owned(),
        format!("{head}.{body}"),
        format!("{sound}.AAAA"),
        format!("{sound}="),
        format!("{sound}\n"),
        format!("{head}.{body}.AB"),
        format!("{head}.{body}.A+/A"),
        format!("{head}=.{body}.AAAA"),
        format!("{head}.{body}.{}", "A".repeat(MAX_BYTES)),
    ] {
        assert!(Unverified::parse(&token).is_err(), "{token:.80}");
    }
}

#[test]
fn one_bearer_token_or_none() {
    let headers = |values: &[&str]| {
        values
            .iter()
            .map(|value| (header::AUTHORIZATION, HeaderValue::from_str(value).unwrap()))
            .collect::<HeaderMap>()
    };
    assert_eq!(bearer(&headers(&[])), Ok(None));
    assert_eq!(bearer(&headers(&["bearer abc"])), Ok(Some("abc")));
    for wrong in [
        &["Bearer a", "Bearer b"][..],
        &["Bearer a,Bearer b"],
        &["Basic YTpi"],
        &["Bearer"],
        &["Bearer "],
        &["Bearer  a"],
        &[""],
    ] {
        assert_eq!(bearer(&headers(wrong)), Err(Refusal::NotOneBearer), "{wrong:?}");
    }
}
