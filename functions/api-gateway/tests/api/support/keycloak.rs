//! A Keycloak that publishes keys and signs whatever a test wants signed.

use std::sync::{Arc, LazyLock, Mutex};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaEncoding},
};
use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

use super::{ISSUER, start};

/// Keycloak's signing key, an encryption key that it also publishes, the key that comes after, and
/// the key of somebody who would like to be Keycloak.
pub(crate) static SIGNING: LazyLock<Key> = LazyLock::new(|| Key::generate("signing-1"));
pub(crate) static ENCRYPTION: LazyLock<Key> = LazyLock::new(|| Key::generate("encryption-1"));
pub(crate) static NEXT: LazyLock<Key> = LazyLock::new(|| Key::generate("signing-2"));
pub(crate) static ATTACKER: LazyLock<Key> = LazyLock::new(|| Key::generate("attacker"));

/// The account of ordinary tokens.
pub(crate) const ACCOUNT: &str = "0b6f2f0e-7f55-4b2a-9a57-3ac5e1f4a4d1";

/// An RSA key pair.
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pair: KeyPair,
}

impl Key {
    fn generate(id: &'static str) -> Self {
        Self { id, pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    /// The public half.
    pub(crate) fn jwk(&self, usage: &str, algorithm: &str) -> Value {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kid": self.id, "kty": "RSA", "use": usage, "alg": algorithm,
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "e": number(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// The public half in DER, as an attacker would use it for an HMAC.
    pub(crate) fn public_der(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    /// A JWS of exactly these texts, by another RSA algorithm if need be.
    pub(crate) fn sign_text(
        &self,
        algorithm: &'static dyn RsaEncoding,
        header: &str,
        payload: &str,
    ) -> String {
        let message = format!("{}.{}", part(header), part(payload));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(algorithm, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// An RS256 token with this header and these claims.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&RSA_PKCS1_SHA256, &header.to_string(), &claims.to_string())
    }
}

/// base64url of a text.
pub(crate) fn part(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

/// The header of an ordinary access token.
pub(crate) fn header() -> Value {
    json!({"alg": "RS256", "typ": "at+jwt", "kid": SIGNING.id})
}

/// The claims of an ordinary access token, as Keycloak 26 writes them.
pub(crate) fn claims() -> Value {
    let now = start().timestamp();
    json!({
        "exp": now + 300, "iat": now, "jti": "onrtac:5b2c", "iss": ISSUER, "aud": "packytrace-api",
        "sub": ACCOUNT, "typ": "Bearer", "azp": "packytrace-web", "sid": "3c4d", "acr": "1", "scope": "openid profile",
        "realm_access": {"roles": ["default-roles-packytrace", "offline_access"]},
        "preferred_username": "ada", "email": "ada@pt.example",
    })
}

/// An ordinary access token.
pub(crate) fn token() -> String {
    SIGNING.sign(&header(), &claims())
}

/// An access token with some claims changed.
pub(crate) fn token_with(changes: &Value) -> String {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    SIGNING.sign(&header(), &claims)
}

/// What the key endpoint answers.
#[derive(Clone)]
pub(crate) struct Published {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// The key endpoint.
pub(crate) struct FakeKeycloak {
    pub(crate) url: String,
    published: Arc<Mutex<Published>>,
    fetches: watch::Receiver<usize>,
}

impl FakeKeycloak {
    pub(crate) async fn start() -> Self {
        let published =
            Arc::new(Mutex::new(keys(&[SIGNING.jwk("sig", "RS256"), ENCRYPTION.jwk("enc", "RSA-OAEP")])));
        let (count, fetches) = watch::channel(0);
        let answer = Arc::clone(&published);
        let endpoint = move || {
            count.send_modify(|fetches| *fetches += 1);
            let Published { status, headers, body } = answer.lock().unwrap().clone();
            async move { (status, headers, body) }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/certs", listener.local_addr().unwrap());
        let router = Router::new().route("/certs", get(endpoint));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, published, fetches }
    }

    /// Changes what the endpoint answers.
    pub(crate) fn publish(&self, published: Published) {
        *self.published.lock().unwrap() = published;
    }

    /// Makes the endpoint fail.
    pub(crate) fn fail(&self) {
        self.publish(Published {
            status: StatusCode::SERVICE_UNAVAILABLE,
            headers: HeaderMap::new(),
            body: String::new(),
        });
    }

    /// How often the endpoint was asked.
    pub(crate) fn fetches(&self) -> usize {
        *self.fetches.borrow()
    }

    /// Waits until the endpoint was asked so often.
    pub(crate) async fn fetched(&self, count: usize) {
        self.fetches.clone().wait_for(|fetches| *fetches >= count).await.unwrap();
    }
}

/// A key set.
pub(crate) fn keys(keys: &[Value]) -> Published {
    Published { status: StatusCode::OK, headers: HeaderMap::new(), body: json!({ "keys": keys }).to_string() }
}
