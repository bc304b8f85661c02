//! Keys to sign tokens with: Keycloak's own, as its database holds it, so that a token is wrong in
//! nothing but what a test made wrong; and a key that is nobody's.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaEncoding},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use end_to_end::person::Person;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::STACK;

/// An RSA key pair with its id.
pub(crate) struct Key {
    pub(crate) id: String,
    pair: KeyPair,
}

/// What real tokens of a demo user look like, and the key that signs such.
pub(crate) struct Genuine {
    pub(crate) key: Key,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) token: String,
}

impl Genuine {
    /// Of the demo consumer, signed in just now.
    pub(crate) async fn token() -> Self {
        let person = Person::signed_in(&STACK, "consumer").await.unwrap();
        let token = person.token().unwrap().to_owned();
        let mut parts = token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap());
        let mut json = || -> Value { serde_json::from_slice(&parts.next().unwrap()).unwrap() };
        let (header, claims) = (json(), json());
        let key = Key::of_keycloak(header["kid"].as_str().unwrap()).await;
        Self { key, header, claims, token }
    }

    /// The genuine claims under another header.
    pub(crate) fn under(&self, header: &Value) -> String {
        self.key.sign(header, &self.claims)
    }

    /// Other claims under the genuine header.
    pub(crate) fn claiming(&self, claims: &Value) -> String {
        self.key.sign(&self.header, claims)
    }

    /// The genuine claims with some of them changed.
    pub(crate) fn changed(&self, changes: &Value) -> String {
        let mut claims = self.claims.clone();
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.claiming(&claims)
    }

    /// Exactly these texts, signed.
    pub(crate) fn text(&self, header: &str, payload: &str) -> String {
        self.key.sign_text(&RSA_PKCS1_SHA256, header, payload)
    }
}

impl Key {
    /// The key that the realm signs access tokens with.
    async fn of_keycloak(id: &str) -> Self {
        let options: PgConnectOptions = STACK.postgres_admin_url.parse().unwrap();
        let mut conn = options.database("keycloak").connect().await.unwrap();
        let key: String = sqlx::query_scalar(
            "select setting.value from component
               join component_config setting on setting.component_id = component.id
               join realm on realm.id = component.realm_id
              where realm.name = $1 and component.provider_id = 'rsa-generated' and setting.name = 'privateKey'",
        )
        .bind(&STACK.realm)
        .fetch_one(&mut conn)
        .await
        .unwrap();
        let der = BASE64_STANDARD.decode(key).unwrap();
        let pair = KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der)).unwrap();
        Self { id: id.to_owned(), pair }
    }

    /// A new one that nobody knows, under this id.
    pub(crate) fn of_nobody(id: &str) -> Self {
        Self { id: id.to_owned(), pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    /// The public half as a member of a key set.
    pub(crate) fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kid": self.id, "kty": "RSA", "use": "sig", "alg": "RS256",
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "e": number(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// The public half in DER.
    pub(crate) fn public_der(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    /// An RS256 token.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&RSA_PKCS1_SHA256, &header.to_string(), &claims.to_string())
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
}

/// A token "signed" by HMAC with whatever secret an attacker has.
pub(crate) fn hmac_with(algorithm: hmac::Algorithm, secret: &[u8], header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header.to_string()), part(claims.to_string()));
    let tag = hmac::sign(&hmac::Key::new(algorithm, secret), message.as_bytes());
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
}

/// base64url of a text.
pub(crate) fn part(text: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

/// A PEM block.
pub(crate) fn pem(der: &[u8]) -> String {
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(der))
}

/// A JSON object with one member changed.
pub(crate) fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}

/// A JSON object without one member.
pub(crate) fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}
