//! Signing internal tokens.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use shared_contracts::internal::{Claims, LIFETIME_SECONDS, TOKEN_TYPE};

use super::{
    OnBehalf,
    keys::{KeyError, KeySet, SigningKey},
};
use crate::{
    clock::Clock,
    ids::Ids,
    secrets::{Candidate, SecretError, Secrets, Trial, Unfit},
};

/// Why a token could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The function's own key could not be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The function's own key is no Ed25519 key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The library refused to sign.
    #[error("the token could not be signed")]
    Token(#[from] jsonwebtoken::errors::Error),
}

/// A new key is used when others can check what it signs: its public half is published.
pub fn trial(function: &'static str, secrets: &Secrets) -> Trial {
    let secrets = secrets.clone();
    Arc::new(move |candidate: Candidate| {
        let secrets = secrets.clone();
        Box::pin(async move {
            let wrong = |error: &dyn std::fmt::Display| Unfit::Wrong(error.to_string());
            let public = candidate.json::<SigningKey>()?.public().map_err(|error| wrong(&error))?;
            let published = secrets.refresh_shared(&format!("internal-keys/{function}")).await;
            let published = published.map_err(|error| Unfit::Unknown(error.to_string()))?;
            let published: KeySet = published.json().map_err(|error| wrong(&error))?;
            if published.keys.contains(&public) {
                Ok(())
            } else {
                Err(wrong(&"its public half is not published"))
            }
        })
    })
}

/// Signs the internal tokens of one function.
#[derive(Clone)]
pub struct TokenSigner(Arc<Inner>);

struct Inner {
    function: String,
    secrets: Secrets,
    clock: Clock,
    ids: Ids,
    /// The key in signing form, with the version of the secret that it came from.
    ready: ArcSwapOption<(i64, Header, EncodingKey)>,
}

impl TokenSigner {
    /// A signer with the function's secret `internal-key`.
    pub fn new(function: &str, secrets: Secrets, clock: Clock, ids: Ids) -> Self {
        Self(Arc::new(Inner {
            function: function.to_owned(),
            secrets,
            clock,
            ids,
            ready: ArcSwapOption::empty(),
        }))
    }

    /// A token for one call: `method` and `path` (no query) of `callee`, valid for 30 seconds.
    pub async fn sign(
        &self,
        callee: &str,
        method: &str,
        path: &str,
        request_id: &str,
        on_behalf: &OnBehalf,
    ) -> Result<String, SignError> {
        let key = self.key().await?;
        let now = self.0.clock.now();
        let claims = Claims {
            iss: self.0.function.clone(),
            aud: callee.to_owned(),
            iat: now.timestamp(),
            exp: now.timestamp() + LIFETIME_SECONDS,
            jti: self.0.ids.next(now),
            htm: method.to_owned(),
            htu: path.to_owned(),
            request_id: request_id.to_owned(),
            sub: on_behalf.account,
            vid: on_behalf.visitor,
            brand: on_behalf.brand.as_ref().map(|scope| scope.brand),
            brand_role: on_behalf.brand.as_ref().map(|scope| scope.role.clone()),
        };
        Ok(jsonwebtoken::encode(&key.1, &claims, &key.2)?)
    }

    async fn key(&self) -> Result<Arc<(i64, Header, EncodingKey)>, SignError> {
        let secret = self.0.secrets.own("internal-key").await?;
        if let Some(ready) = self.0.ready.load_full()
            && ready.0 == secret.version()
        {
            return Ok(ready);
        }
        let key: SigningKey = secret.json()?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(key.kid.clone());
        let ready = Arc::new((secret.version(), header, key.encoding()?));
        self.0.ready.store(Some(Arc::clone(&ready)));
        Ok(ready)
    }
}
