//! Keycloak's Admin API, as far as accounts need it: users are made, found and deleted.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use service_chassis::{client, clock::Clock};
use tokio::{
    sync::{Mutex, Semaphore, SemaphorePermit},
    time::timeout,
};
use url::form_urlencoded;
use uuid::Uuid;

use super::{ClientKeys, KeyProblem};
use crate::config::Config;

/// A token is not used any more when it has less than this left.
const SPARE: TimeDelta = TimeDelta::seconds(10);
/// Registrations at once. Hashing a password takes Keycloak a core for a while: a crowd that is let
/// in together would time out together, again and again.
const AT_ONCE: usize = 2;
/// How long a registration waits for its turn.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// Why Keycloak did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum KeycloakError {
    /// No connection: nothing was sent, nothing was done.
    #[error("Keycloak cannot be reached")]
    Away(#[source] reqwest::Error),
    /// Too many register at once: nothing was sent, nothing was done.
    #[error("too many registrations at once")]
    Busy,
    /// No whole answer, or one that says nothing: what was asked may have been done.
    #[error("Keycloak gave no usable answer: {0}")]
    Unclear(String),
    /// It refuses what the person gave: the field, as far as it says, and its words.
    #[error("Keycloak refuses what was given")]
    Refused {
        /// `email`, `username` or none.
        field: Option<String>,
        /// Its error code or sentence.
        reason: String,
    },
    /// It does not let us in, or lets us do less than we need.
    #[error("Keycloak does not let Identity's client do this: {0}")]
    Forbidden(StatusCode),
    /// Our own key.
    #[error(transparent)]
    Key(#[from] KeyProblem),
}

/// What became of a new user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewUser {
    /// It has this id.
    Made(Uuid),
    /// Somebody has this address.
    Taken,
}

/// A user of the realm.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Id.
    pub id: Uuid,
    /// Address.
    #[serde(default)]
    pub email: Option<String>,
    /// When it was made, in milliseconds since 1970.
    #[serde(rename = "createdTimestamp", default)]
    created_ms: i64,
}

impl User {
    /// When it was made.
    pub fn created_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.created_ms).unwrap_or_default()
    }
}

/// The realm's users.
#[derive(Clone)]
pub struct Keycloak(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    keys: ClientKeys,
    clock: Clock,
    token_url: String,
    users_url: String,
    client: String,
    issuer: String,
    token: Mutex<Option<(String, DateTime<Utc>)>>,
    turns: Semaphore,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: i64,
}

/// What Keycloak says when it refuses; its endpoints differ in the members.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    field: Option<String>,
    #[serde(default, rename = "errorMessage")]
    message: Option<String>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    errors: Vec<Refusal>,
}

impl Keycloak {
    /// The realm of the settings.
    ///
    /// # Errors
    /// When the TLS roots cannot be loaded.
    pub fn new(config: &Config, keys: ClientKeys, clock: Clock) -> Result<Self, reqwest::Error> {
        let base = config.keycloak_url.as_str().trim_end_matches('/');
        let realm = &config.keycloak_realm;
        Ok(Self(Arc::new(Inner {
            http: client::http(config.keycloak_timeout())?,
            keys,
            clock,
            token_url: format!("{base}/realms/{realm}/protocol/openid-connect/token"),
            users_url: format!("{base}/admin/realms/{realm}/users"),
            client: config.keycloak_client.clone(),
            issuer: config.keycloak_issuer.clone(),
            token: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        })))
    }

    /// The turn of a registration, for as long as the permit lives.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, KeycloakError> {
        match timeout(PATIENCE, self.0.turns.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(KeycloakError::Busy),
        }
    }

    /// Makes a user who signs in with this address and password.
    pub async fn make(&self, email: &str, password: &str) -> Result<NewUser, KeycloakError> {
        let body = json!({
            "username": email, "email": email, "enabled": true,
            "credentials": [{"type": "password", "value": password, "temporary": false}],
        });
        let answer = self.send(Method::POST, "", |request| request.json(&body)).await?;
        match answer.status() {
            StatusCode::CREATED => Ok(NewUser::Made(made(&answer)?)),
            StatusCode::CONFLICT => Ok(NewUser::Taken),
            _ => Err(refusal(answer).await),
        }
    }

    /// The user with this address.
    pub async fn with_email(&self, email: &str) -> Result<Option<User>, KeycloakError> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("exact", "true")
            .append_pair("email", email)
            .finish();
        let users: Vec<User> = self.read(&format!("?{query}")).await?.unwrap_or_default();
        Ok(users.into_iter().find(|user| user.email.as_deref() == Some(email)))
    }

    /// The user of this id.
    pub async fn find(&self, user: Uuid) -> Result<Option<User>, KeycloakError> {
        self.read(&format!("/{user}")).await
    }

    /// A page of all users, in Keycloak's order.
    pub async fn page(&self, first: usize, most: usize) -> Result<Vec<User>, KeycloakError> {
        let page = format!("?first={first}&max={most}&briefRepresentation=true");
        Ok(self.read(&page).await?.unwrap_or_default())
    }

    /// Gives a user another password.
    pub async fn set_password(&self, user: Uuid, password: &str) -> Result<(), KeycloakError> {
        let body = json!({"type": "password", "value": password, "temporary": false});
        let path = format!("/{user}/reset-password");
        let answer = self.send(Method::PUT, &path, |request| request.json(&body)).await?;
        if answer.status().is_success() { Ok(()) } else { Err(refusal(answer).await) }
    }

    /// Has Keycloak send the mail in which a new user confirms the address.
    pub async fn send_verification(&self, user: Uuid) -> Result<(), KeycloakError> {
        let path = format!("/{user}/send-verify-email");
        let answer = self.send(Method::PUT, &path, |request| request).await?;
        if answer.status().is_success() { Ok(()) } else { Err(refusal(answer).await) }
    }

    /// Deletes a user with credentials and sessions; one who is gone is no error.
    pub async fn delete(&self, user: Uuid) -> Result<(), KeycloakError> {
        let answer = self.send(Method::DELETE, &format!("/{user}"), |request| request).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(refusal(answer).await),
        }
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<Option<T>, KeycloakError> {
        let answer = self.send(Method::GET, path, |request| request).await?;
        match answer.status() {
            StatusCode::OK => Ok(Some(answer.json().await.map_err(failed)?)),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(refusal(answer).await),
        }
    }

    /// One call below `users`. A token that is not taken any more is replaced once.
    async fn send(
        &self,
        method: Method,
        path: &str,
        with: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, KeycloakError> {
        let url = format!("{}{path}", self.0.users_url);
        let call = async || {
            let request = self.0.http.request(method.clone(), &url).bearer_auth(self.token().await?);
            with(request).send().await.map_err(failed)
        };
        let answer = call().await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        *self.0.token.lock().await = None;
        call().await
    }

    async fn token(&self) -> Result<String, KeycloakError> {
        let mut kept = self.0.token.lock().await;
        let now = self.0.clock.now();
        if let Some((token, until)) = kept.as_ref()
            && now < *until
        {
            return Ok(token.clone());
        }
        let fresh = self.fetch_token().await?;
        *kept = Some((fresh.access_token.clone(), now + TimeDelta::seconds(fresh.expires_in) - SPARE));
        Ok(fresh.access_token)
    }

    /// A new token; where our key is refused, once more with the newest.
    async fn fetch_token(&self) -> Result<TokenAnswer, KeycloakError> {
        match self.ask_for_token().await {
            Err(KeycloakError::Forbidden(_)) => {
                self.0.keys.look_again().await?;
                self.ask_for_token().await
            }
            answered => answered,
        }
    }

    async fn ask_for_token(&self) -> Result<TokenAnswer, KeycloakError> {
        let assertion = self.0.keys.assert(&self.0.client, &self.0.issuer).await?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .append_pair("client_assertion", &assertion)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        let request = self.0.http.post(&self.0.token_url).header(header::CONTENT_TYPE, kind).body(form);
        // Nothing of ours is done yet, whatever breaks here.
        let answer = request.send().await.map_err(KeycloakError::Away)?;
        match answer.status() {
            StatusCode::OK => answer.json().await.map_err(KeycloakError::Away),
            status => Err(KeycloakError::Forbidden(status)),
        }
    }
}

/// The id in the address of a new user: Keycloak ignores one that a client chooses.
fn made(answer: &Response) -> Result<Uuid, KeycloakError> {
    let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    location
        .and_then(|location| location.rsplit('/').next()?.parse().ok())
        .ok_or_else(|| KeycloakError::Unclear("a new user without an address".to_owned()))
}

/// The library's errors tell the address, in which a person's e-mail address may stand.
fn failed(error: reqwest::Error) -> KeycloakError {
    let error = error.without_url();
    if error.is_connect() { KeycloakError::Away(error) } else { KeycloakError::Unclear(error.to_string()) }
}

async fn refusal(answer: Response) -> KeycloakError {
    let status = answer.status();
    match status {
        StatusCode::BAD_REQUEST => {
            let mut refusal: Refusal = answer.json().await.unwrap_or_default();
            let first = if refusal.errors.is_empty() { refusal } else { refusal.errors.swap_remove(0) };
            let reason = first.error_description.or(first.message).or(first.error).unwrap_or_default();
            KeycloakError::Refused { field: first.field, reason }
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => KeycloakError::Forbidden(status),
        _ => KeycloakError::Unclear(format!("status {status}")),
    }
}
