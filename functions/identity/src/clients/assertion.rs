//! How Identity proves to Keycloak who it is: a JWT signed with a key that Keycloak reads from us
//! (`private_key_jwt`, RFC 7523), so that a new key needs no change there.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use service_chassis::{
    caller::{KeySet, SigningKey},
    clock::Clock,
    ids::Ids,
    secrets::{self, SecretError, Secrets, Trial},
};

/// Name of the secret.
const SECRET: &str = "keycloak-client";
/// Seconds that an assertion holds: one request.
const LIFETIME: i64 = 30;

/// The secret's form: keys, of which the named one signs and all are published.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ring {
    current: String,
    keys: Vec<SigningKey>,
}

/// Why there is no assertion or no key set.
#[derive(Debug, thiserror::Error)]
pub enum KeyProblem {
    /// The secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The secret has no sound key under the current id.
    #[error("the secret keycloak-client has no sound current key")]
    NoKey,
    /// The library refused to sign.
    #[error("the assertion could not be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Claims of an assertion (RFC 7523, section 3).
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    exp: i64,
}

/// The keys of Identity's Keycloak client.
#[derive(Clone)]
pub struct ClientKeys {
    secrets: Secrets,
    clock: Clock,
    ids: Ids,
    ready: Arc<ArcSwapOption<(i64, Header, EncodingKey)>>,
}

impl ClientKeys {
    /// The keys of the secret `keycloak-client`.
    pub fn new(secrets: Secrets, clock: Clock, ids: Ids) -> Self {
        Self { secrets, clock, ids, ready: Arc::default() }
    }

    /// What a new version of the keys must pass.
    pub fn trial() -> Trial {
        secrets::ring(|ring: Ring| ring.keys.iter().all(|key| key.encoding().is_ok()))
    }

    /// Reads the keys again at once: Keycloak has refused an assertion.
    pub async fn look_again(&self) -> Result<(), KeyProblem> {
        self.secrets.refresh_own(SECRET).await?;
        Ok(())
    }

    /// An assertion that we are `client`, for the realm `audience`.
    pub async fn assert(&self, client: &str, audience: &str) -> Result<String, KeyProblem> {
        let key = self.signing().await?;
        let now = self.clock.now();
        let claims = Claims {
            iss: client,
            sub: client,
            aud: audience,
            jti: self.ids.next(now).to_string(),
            iat: now.timestamp(),
            exp: now.timestamp() + LIFETIME,
        };
        Ok(jsonwebtoken::encode(&key.1, &claims, &key.2)?)
    }

    /// The public halves of all keys, as a JWKS.
    pub async fn published(&self) -> Result<KeySet, KeyProblem> {
        let ring: Ring = self.secrets.own(SECRET).await?.json()?;
        let keys = ring.keys.iter().map(SigningKey::public).collect::<Result<_, _>>();
        Ok(KeySet { keys: keys.map_err(|_| KeyProblem::NoKey)? })
    }

    async fn signing(&self) -> Result<Arc<(i64, Header, EncodingKey)>, KeyProblem> {
        let secret = self.secrets.own(SECRET).await?;
        if let Some(ready) = self.ready.load_full()
            && ready.0 == secret.version()
        {
            return Ok(ready);
        }
        let ring: Ring = secret.json()?;
        let key = ring.keys.iter().find(|key| key.kid == ring.current).ok_or(KeyProblem::NoKey)?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.kid.clone());
        let ready = Arc::new((secret.version(), header, key.encoding().map_err(|_| KeyProblem::NoKey)?));
        self.ready.store(Some(Arc::clone(&ready)));
        Ok(ready)
    }
}
