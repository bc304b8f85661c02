//! Who one is, is what the token and the cookie say: nothing else that a caller sends says it, and no
//! header changes method, path, host or limits.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use end_to_end::{announce::random, patience::within, person::Person};
use futures::{StreamExt, stream};
use reqwest::{Client, Method, RequestBuilder, Response, header::HeaderMap};
use serde_json::{Value, json};
use service_chassis::clock::Clock;

use crate::{DEMO, STACK};

/// What any server in front of any application ever took for somebody's name or right.
const IDENTITY: [&str; 27] = [
    "X-Account-Id",
    "x-account-id",
    "X-ACCOUNT-ID",
    "X-Account-ID",
    "X-Visitor-Id",
    "X-Brand-Id",
    "X-Brand-Role",
    "X-Roles",
    "X-Role",
    "X-User-Id",
    "X-User",
    "X-Username",
    "X-Remote-User",
    "Remote-User",
    "X-Forwarded-User",
    "X-Forwarded-Email",
    "X-Auth-Request-User",
    "X-Authenticated-Userid",
    "X-Consumer-Id",
    "X-Goog-Authenticated-User-Id",
    "X-Amzn-Oidc-Identity",
    "X-Ms-Client-Principal-Id",
    "X-Original-User",
    "X-Impersonate-User",
    "Impersonate-User",
    "X-Tenant-Id",
    "From",
];

/// A demo consumer with a scan.
struct Victim {
    account: String,
    scan: String,
}

impl Victim {
    async fn new() -> Self {
        let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
        let scan: Value = anna.scan(DEMO).await.unwrap().json().await.unwrap();
        let scan = scan["scan_id"].as_str().unwrap().to_owned();
        Self { account: STACK.user("consumer").unwrap().account_id.clone(), scan }
    }

    /// Whether somebody who asks like this sees the victim's scan, scans or account.
    async fn is_seen(&self, ask: impl Fn(&str) -> RequestBuilder) -> bool {
        let scan = ask(&format!("/api/v1/scans/{}", self.scan)).send().await.unwrap();
        let me = ask("/api/v1/me").send().await.unwrap();
        let list = ask("/api/v1/scans").send().await.unwrap();
        let refused = |answer: &Response| matches!(answer.status().as_u16(), 400 | 401 | 404);
        !refused(&scan) || !refused(&me) || list.text().await.unwrap().contains(&self.scan)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_makes_a_caller_somebody() {
    let victim = Victim::new().await;
    let client = Client::builder().no_proxy().build().unwrap();
    let brand = STACK.user("brand").unwrap().brand_id.clone().unwrap();
    let names = IDENTITY.iter().map(|name| (*name).to_owned());
    let spelled = IDENTITY.iter().filter(|name| name.contains('-')).map(|name| name.replace('-', "_"));
    let names: Vec<String> = names.chain(spelled).collect();
    let values =
        [victim.account.clone(), brand, "platform-admin".to_owned(), format!("\"{}\"", victim.account)];
    let tries = names.iter().flat_map(|name| values.iter().map(move |value| (name, value)));
    let tries: Vec<_> = tries.flat_map(|(name, value)| [1, 2, 3].map(|form| (name, value, form))).collect();
    assert!(tries.len() >= 160, "only {} attacks", tries.len());
    let seen: Vec<String> = stream::iter(tries)
        .map(async |(name, value, form)| {
            let ask = |path: &str| {
                let request = client.get(STACK.url(path)).header(name, value);
                match form {
                    1 => request,
                    2 => request.header(name, "0"),
                    _ => request.header("connection", format!("keep-alive, {name}")),
                }
            };
            victim.is_seen(ask).await.then(|| format!("{name}: {value} ({form})"))
        })
        .buffer_unordered(8)
        .filter_map(async |seen| seen)
        .collect()
        .await;
    assert!(seen.is_empty(), "{seen:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_token_opens_nothing_from_outside() {
    let victim = Victim::new().await;
    let client = Client::builder().no_proxy().build().unwrap();
    let key = STACK.secret("api-gateway", "internal-key").await.unwrap();
    let genuine = internal_token(&key, &victim);
    for token in ["x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", genuine.as_str()] {
        let ask = |path: &str| {
            let request = client.get(STACK.url(path)).header("x-internal-token", token);
            request.header("x-account-id", &victim.account)
        };
        assert!(!victim.is_seen(ask).await, "{token}");
    }
    let passport = format!("{}/api/v1/scans/{}", STACK.function("passport").unwrap().url, victim.scan);
    let behind =
        client.get(passport).header("x-internal-token", &genuine).header("x-account-id", &victim.account);
    let behind = behind.header("x-request-id", "attack").send().await.unwrap();
    assert_eq!(behind.status(), 200, "the control: behind the door this token is good");
    let me = client.get(STACK.url("/api/v1/me")).bearer_auth(&genuine).send().await.unwrap();
    assert_eq!(me.status(), 401);
}

/// What the gateway itself would send to passport, signed with its own key.
fn internal_token(secret: &Value, victim: &Victim) -> String {
    use aws_lc_rs::signature::Ed25519KeyPair;
    use base64::prelude::BASE64_STANDARD;

    let text = |name: &str| secret[name].as_str().unwrap();
    let pkcs8 = BASE64_STANDARD.decode(text("pkcs8")).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap();
    let now = Clock::system().now().timestamp();
    let header = json!({"alg": "EdDSA", "typ": "pt-internal+jwt", "kid": text("kid")});
    let claims = json!({
        "iss": "api-gateway", "aud": "passport", "iat": now, "exp": now + 30, "jti": random(), "htm": "GET",
        "htu": format!("/api/v1/scans/{}", victim.scan), "request_id": "attack", "sub": victim.account,
    });
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(&claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_changes_method_path_or_host() {
    let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Method"] {
        for method in ["DELETE", "PUT", "PATCH"] {
            let posed = anna.request(Method::POST, "/api/v1/me").header(name, method).send().await.unwrap();
            assert_eq!(posed.status(), 405, "{name}: {method}");
            let read = anna.request(Method::GET, &format!("/api/v1/me?_method={method}"));
            assert_eq!(read.header(name, method).send().await.unwrap().status(), 200);
        }
    }
    for name in
        ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Forwarded-Path", "X-Forwarded-Prefix"]
    {
        for path in ["/internal/v1/revocations", "/api/v1/me"] {
            let healthy = client.get(STACK.url("/healthz")).header(name, path).send().await.unwrap();
            assert_eq!(healthy.text().await.unwrap(), r#"{"status":"ok"}"#, "{name}: {path}");
        }
    }
    for name in ["Host", "X-Forwarded-Host", "X-Host", "Forwarded", "X-Forwarded-Server", "X-Original-Host"] {
        let value =
            if name == "Forwarded" { "host=attacker.example;proto=https" } else { "attacker.example" };
        let opened = client.get(STACK.url(&format!("/01/{DEMO}"))).header(name, value);
        let opened =
            opened.header("accept", "text/html").header("sec-fetch-mode", "navigate").send().await.unwrap();
        assert_eq!(opened.status(), 307);
        let everything = format!("{:?}{}", opened.headers().clone(), opened.text().await.unwrap());
        assert!(!everything.contains("attacker.example"), "{name}: {everything}");
    }
    let odd =
        client.get(STACK.url("/healthz")).header("x-forwarded-proto", "javascript").send().await.unwrap();
    assert_eq!(odd.status(), 200, "Caddy says itself how one came");
}

/// A visitor who scanned something: the value of the cookie.
async fn visitor() -> (String, String) {
    let person = Person::anonymous(&STACK).unwrap();
    let scanned = person.scan(DEMO).await.unwrap();
    let set = scanned.headers()["set-cookie"].to_str().unwrap().to_owned();
    let (pair, _) = set.split_once(';').unwrap();
    let scan: Value = scanned.json().await.unwrap();
    (pair.strip_prefix("pt_vid=").unwrap().to_owned(), scan["scan_id"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_genuine_cookie_names_a_visitor() {
    let ((cookie, scan), (other, _)) = (visitor().await, visitor().await);
    let client = Client::builder().no_proxy().build().unwrap();
    let sees = async |cookie: &str| {
        let path = STACK.url(&format!("/api/v1/scans/{scan}"));
        client.get(path).header("cookie", cookie).send().await.unwrap().status().as_u16()
    };
    assert_eq!(sees(&format!("pt_vid={cookie}")).await, 200, "the control");
    let parts: Vec<&str> = cookie.split('.').collect();
    let [version, key, id, tag] = parts[..] else { panic!("{cookie}") };
    let (first, rest) = tag.split_at(1);
    let flipped = format!("{}{rest}", if first == "A" { "B" } else { "A" });
    let of_other = other.split('.').nth(3).unwrap();
    let padded = format!("pt_vid={version}.{key}.{id}.{tag}==");
    for attack in [
        format!("pt_vid={id}"),
        format!("pt_vid={version}.{key}.{id}"),
        format!("pt_vid={version}.{key}.{id}."),
        format!("pt_vid={version}.{key}.{id}.{flipped}"),
        format!("pt_vid={version}.{key}.{id}.{of_other}"),
        format!("pt_vid={version}.{key}.{id}.{}", &tag[..tag.len() - 2]),
        format!("pt_vid={version}.{key}.{id}.{}", "A".repeat(tag.len())),
        format!("pt_vid={version}.unknown.{id}.{tag}"),
        format!("pt_vid={version}..{id}.{tag}"),
        format!("pt_vid={version}.__proto__.{id}.{tag}"),
        format!("pt_vid=v0.{key}.{id}.{tag}"),
        format!("pt_vid=v2.{key}.{id}.{tag}"),
        format!("pt_vid={version}.{key}.{}.{tag}", id.to_uppercase()),
        format!("pt_vid={version}.{key}.{id}.{tag}.{tag}"),
        format!("pt_vid={version}.{key}.{id}%00.{tag}"),
        padded,
        format!("pt_vid=\"{cookie}\""),
        format!("PT_VID={cookie}"),
        format!("pt_vid ={cookie}"),
        format!("__Host-pt_vid={cookie}"),
        format!("pt_vid={other}; pt_vid={cookie}"),
        format!("pt_vid={cookie}; pt_vid={other}"),
        format!("pt_vid={cookie}; pt_vid="),
        format!("$Version=1; x=\"pt_vid={cookie}\""),
        format!("pt_vid={}", "A".repeat(9_000)),
    ] {
        let found = sees(&attack).await;
        // a space before `=` and quotes are nobody's cookie; a repeated one was planted
        assert_eq!(found, 404, "{attack}");
    }
    for name in ["cookie2", "x-cookie", "set-cookie", "x-visitor-id"] {
        let asked =
            client.get(STACK.url(&format!("/api/v1/scans/{scan}"))).header(name, format!("pt_vid={cookie}"));
        assert_eq!(asked.send().await.unwrap().status(), 404, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_of_somebody_elses_browser_shows_an_account_nothing() {
    let (cookie, scan) = visitor().await;
    let (mut owner, password) = (Person::anonymous(&STACK).unwrap(), "reads labels at night");
    let email = format!("owner-{}@example.net", random().simple());
    owner
        .ask(Method::POST, "/api/v1/accounts", &json!({"email": email, "password": password}))
        .await
        .unwrap();
    owner.sign_in(&email, password).await.unwrap();
    let as_owner = |path: &str| owner.request(Method::GET, path).header("cookie", format!("pt_vid={cookie}"));
    let path = format!("/api/v1/scans/{scan}");
    within(Duration::from_secs(20), "the visitor's scan is the account's", async || {
        as_owner("/api/v1/me").send().await?;
        Ok((owner.get(&path).await?.status() == 200).then_some(()))
    })
    .await
    .unwrap();
    let ben = Person::signed_in(&STACK, "admin").await.unwrap();
    let thief = ben.request(Method::GET, &path).header("cookie", format!("pt_vid={cookie}"));
    assert_eq!(thief.send().await.unwrap().status(), 404);
    let nobody = Client::builder().no_proxy().build().unwrap().get(STACK.url(&path));
    let nobody = nobody.header("cookie", format!("pt_vid={cookie}")).send().await.unwrap();
    assert_eq!(nobody.status(), 404, "what an account owns, its cookie alone does not show");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_foreign_origin_may_read_an_answer() {
    let client = Client::builder().no_proxy().build().unwrap();
    let (ours, port) = (STACK.base_url.as_str(), STACK.base_url.rsplit(':').next().unwrap());
    let allows =
        |headers: &HeaderMap| headers.keys().any(|name| name.as_str().starts_with("access-control-allow"));
    for origin in [
        "null".to_owned(),
        "*".to_owned(),
        "https://attacker.example".to_owned(),
        format!("https://localhost:{port}"),
        format!("http://LOCALHOST:{port}"),
        format!("http://127.0.0.1:{port}"),
        format!("{ours}/"),
        format!("{ours}.attacker.example"),
        format!("http://attacker.example#{ours}"),
        format!("http://x.localhost:{port}"),
        format!("http://localhost:{port}0"),
        format!("{ours} https://attacker.example"),
        "file://".to_owned(),
    ] {
        for path in ["/api/v1/me", "/api/v1/products?q=milk", "/api/v1/none", "/api//v1"] {
            let answer = client.get(STACK.url(path)).header("origin", &origin).send().await.unwrap();
            assert!(!allows(answer.headers()), "{origin} {path}: {:?}", answer.headers());
            let asks = client.request(Method::OPTIONS, STACK.url(path)).header("origin", &origin);
            let told = asks.header("access-control-request-method", "PUT").send().await.unwrap();
            assert!(!allows(told.headers()), "{origin} {path}: {:?}", told.headers());
        }
    }
    for path in ["/api/v1/me", "/api/v1/products?q=milk"] {
        let answer = client.get(STACK.url(path)).header("origin", ours).send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], ours, "the control, on a 401 too");
        assert!(answer.headers()["vary"].to_str().unwrap().contains("Origin"));
    }
}
