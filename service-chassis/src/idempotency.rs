//! `Idempotency-Key` (IETF draft): the same key and request from the same caller gets the
//! first answer again; the same key with another request is refused.

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::Serialize;
use sqlx::PgConnection;

use crate::{
    caller::Caller,
    problem::Problem,
    store::{Schema, idempotency as store},
};

/// Longest key that is taken, in characters.
const LONGEST_KEY: usize = 255;

/// What a request says about repeating it: an optional key.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    caller: String,
    key: Option<String>,
    request: String,
}

/// Whether the work is to be done.
#[derive(Debug)]
pub enum Repetition {
    /// The first time, or no key: do it.
    First,
    /// Done before: this was the answer.
    Again {
        /// Its HTTP status.
        status: u16,
        /// Its body.
        body: serde_json::Value,
    },
    /// The key belongs to another request.
    OtherRequest,
}

impl IdempotencyKey {
    /// The key itself, if the request has one.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Claims the key within the transaction that does the work.
    pub async fn begin<T: Serialize + Sync>(
        &self,
        conn: &mut PgConnection,
        schema: Schema,
        body: &T,
    ) -> Result<Repetition, sqlx::Error> {
        self.begin_as(conn, schema, std::slice::from_ref(body)).await
    }

    /// Claims the key for a request that is told from others by the first of these, and may have come
    /// before under any of them: fingerprints with a key that has changed since.
    pub async fn begin_as<T: Serialize + Sync>(
        &self,
        conn: &mut PgConnection,
        schema: Schema,
        bodies: &[T],
    ) -> Result<Repetition, sqlx::Error> {
        let hashes: Vec<Vec<u8>> = bodies.iter().map(|body| self.hash(body)).collect();
        let (Some(key), Some(hash)) = (&self.key, hashes.first()) else { return Ok(Repetition::First) };
        if store::claim(conn, schema, &self.caller, key, hash).await? {
            return Ok(Repetition::First);
        }
        Ok(match store::kept(conn, schema, &self.caller, key).await? {
            Some(kept) if hashes.contains(&kept.request_hash) => {
                Repetition::Again { status: u16::try_from(kept.status).unwrap_or(200), body: kept.body }
            }
            _ => Repetition::OtherRequest,
        })
    }

    /// Keeps the answer, in the same transaction.
    pub async fn keep<T: Serialize + Sync>(
        &self,
        conn: &mut PgConnection,
        schema: Schema,
        status: http::StatusCode,
        body: &T,
    ) -> Result<(), sqlx::Error> {
        let Some(key) = &self.key else { return Ok(()) };
        let body = serde_json::to_value(body).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let status = i16::try_from(status.as_u16()).unwrap_or(200);
        store::keep(conn, schema, &self.caller, key, status, &body).await
    }

    fn hash<T: Serialize>(&self, body: &T) -> Vec<u8> {
        let mut request = self.request.clone().into_bytes();
        // A body that came in as JSON goes out as JSON.
        request.extend(serde_json::to_vec(body).unwrap_or_default());
        digest(&SHA256, &request).as_ref().to_vec()
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let key = match parts.headers.get("idempotency-key") {
            None => None,
            Some(value) => Some(read(value.to_str().ok()).ok_or_else(|| {
                Problem::bad_request("Idempotency-Key must be 1 to 255 visible ASCII characters")
            })?),
        };
        Ok(Self { caller: caller.key(), key, request: format!("{} {} ", parts.method, parts.uri.path()) })
    }
}

fn read(value: Option<&str>) -> Option<String> {
    let value = value?.trim_matches('"');
    let sound =
        (1..=LONGEST_KEY).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    sound.then(|| value.to_owned())
}
