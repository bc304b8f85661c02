//! Keycloak's Admin API as its administrator: the realm, its users and their roles.

use reqwest::{Client, Method, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::form_urlencoded;
use uuid::Uuid;

use crate::settings::KeycloakAdmin;

/// Why Keycloak did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum KeycloakError {
    /// It is away.
    #[error("Keycloak cannot be reached")]
    Away(#[from] reqwest::Error),
    /// It refuses.
    #[error("Keycloak answers {status} to {what}")]
    Refused {
        /// What it was asked.
        what: &'static str,
        /// Its status.
        status: StatusCode,
    },
    /// A new user without an address.
    #[error("Keycloak made a user and does not say which")]
    NoId,
}

/// A user of the realm.
#[derive(Deserialize)]
struct User {
    id: Uuid,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
}

/// The realm, signed in as administrator.
pub struct Realm {
    http: Client,
    admin: KeycloakAdmin,
    token: Mutex<String>,
    base: String,
}

impl Realm {
    /// Signs in.
    pub async fn sign_in(admin: &KeycloakAdmin) -> Result<Self, KeycloakError> {
        let http = service_chassis::client::http(std::time::Duration::from_secs(20))?;
        let token = Mutex::new(token(&http, admin).await?);
        let base = format!("{}/admin/realms/{}", admin.url, admin.realm);
        Ok(Self { http, admin: admin.clone(), token, base })
    }

    /// The user with this address.
    pub async fn find(&self, email: &str) -> Result<Option<Uuid>, KeycloakError> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("exact", "true")
            .append_pair("email", email)
            .finish();
        let answer = self.ask(Method::GET, &format!("/users?{query}"), None).await?;
        let users: Vec<User> = well("a search for a user", answer)?.json().await?;
        Ok(users.first().map(|user| user.id))
    }

    /// Makes a user whose password must be changed at the first sign-in.
    pub async fn make(&self, email: &str, password: &str) -> Result<Uuid, KeycloakError> {
        let user = json!({
            "username": email, "email": email, "emailVerified": true, "enabled": true,
            "credentials": [{"type": "password", "value": password, "temporary": true}],
        });
        let answer = well("a new user", self.ask(Method::POST, "/users", Some(&user)).await?)?;
        let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        location.and_then(|location| location.rsplit('/').next()?.parse().ok()).ok_or(KeycloakError::NoId)
    }

    /// Gives a user a role of the realm; who has it keeps it.
    pub async fn grant(&self, user: Uuid, role: &str) -> Result<(), KeycloakError> {
        let found = self.ask(Method::GET, &format!("/roles/{role}"), None).await?;
        let found: Value = well("a role of the realm", found)?.json().await?;
        let path = format!("/users/{user}/role-mappings/realm");
        well("a role for a user", self.ask(Method::POST, &path, Some(&json!([found]))).await?)?;
        Ok(())
    }

    /// What stands at a path below the realm; `None` when there is nothing.
    pub async fn read(&self, path: &str) -> Result<Option<Value>, KeycloakError> {
        let answer = self.ask(Method::GET, path, None).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(well("a question about the realm", answer)?.json().await?))
    }

    /// Changes something below the realm.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<(), KeycloakError> {
        well("a change of the realm", self.ask(method, path, Some(body)).await?)?;
        Ok(())
    }

    /// Makes the realm.
    pub async fn make_realm(&self, realm: &Value) -> Result<(), KeycloakError> {
        let all = self.base.rsplit_once('/').map_or(self.base.as_str(), |(all, _)| all);
        let token = self.token.lock().await;
        let answer = self.http.post(all).bearer_auth(token.as_str()).json(realm).send().await?;
        well("a new realm", answer)?;
        Ok(())
    }

    /// An administrator's token lives for a minute, so a refused one is replaced once.
    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response, KeycloakError> {
        let mut token = self.token.lock().await;
        let answer = self.ask_with(&token, method.clone(), path, body).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        *token = self::token(&self.http, &self.admin).await?;
        self.ask_with(&token, method, path, body).await
    }

    async fn ask_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, KeycloakError> {
        let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(token);
        let request = if let Some(body) = body { request.json(body) } else { request };
        Ok(request.send().await?)
    }
}

async fn token(http: &Client, admin: &KeycloakAdmin) -> Result<String, KeycloakError> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "password")
        .append_pair("client_id", "admin-cli")
        .append_pair("username", &admin.username)
        .append_pair("password", &admin.password)
        .finish();
    let answer = http
        .post(format!("{}/realms/master/protocol/openid-connect/token", admin.url))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await?;
    let token: TokenAnswer = well("a sign-in as administrator", answer)?.json().await?;
    Ok(token.access_token)
}

fn well(what: &'static str, answer: Response) -> Result<Response, KeycloakError> {
    let status = answer.status();
    if status.is_success() { Ok(answer) } else { Err(KeycloakError::Refused { what, status }) }
}
