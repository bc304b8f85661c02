//! A person with a browser: keeps cookies, follows no redirect unasked, may sign in.

use std::sync::Mutex;

use anyhow::{Context, Result};
use reqwest::{Client, Method, RequestBuilder, Response, header, redirect::Policy};
use serde_json::{Value, json};

use crate::stack::Stack;

/// A person at the public door.
pub struct Person<'s> {
    stack: &'s Stack,
    client: Client,
    cookie: Mutex<Option<String>>,
    token: Option<String>,
}

impl<'s> Person<'s> {
    /// Somebody whom nobody has seen before.
    pub fn anonymous(stack: &'s Stack) -> Result<Self> {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build()?;
        Ok(Self { stack, client, cookie: Mutex::default(), token: None })
    }

    /// A demo user of this role, signed in at the real Keycloak.
    pub async fn signed_in(stack: &'s Stack, role: &str) -> Result<Self> {
        let mut person = Self::anonymous(stack)?;
        let user = stack.user(role)?;
        person.sign_in(&user.email, &user.password).await?;
        Ok(person)
    }

    /// Signs in at the real Keycloak.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Result<()> {
        self.token = Some(self.password_grant(email, password).await?);
        Ok(())
    }

    /// Forgets the token, as an app does when somebody signs out.
    pub fn forget_token(&mut self) {
        self.token = None;
    }

    async fn password_grant(&self, email: &str, password: &str) -> Result<String> {
        let url =
            format!("{}/realms/{}/protocol/openid-connect/token", self.stack.keycloak_url, self.stack.realm);
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "password")
            .append_pair("client_id", &self.stack.test_client_id)
            .append_pair("username", email)
            .append_pair("password", password)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        let answer = self.client.post(url).header(header::CONTENT_TYPE, kind).body(form).send().await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        Ok(answer["access_token"].as_str().context("no access token")?.to_owned())
    }

    /// The access token, where the person is signed in.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The visitor's cookie as the browser sends it, where an answer has set one.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().ok()?.clone()
    }

    /// A request with the person's cookie and token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, self.stack.url(path));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Ok(cookie) = self.cookie.lock()
            && let Some(cookie) = cookie.as_ref()
        {
            request = request.header(header::COOKIE, cookie);
        }
        request
    }

    /// Sends a request and keeps the cookie that its answer sets.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let answer = request.send().await?;
        let set = answer.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        if let Some(pair) = set.and_then(|set| set.split(';').next())
            && let Ok(mut cookie) = self.cookie.lock()
        {
            *cookie = Some(pair.to_owned());
        }
        Ok(answer)
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Result<Response> {
        self.send(self.request(Method::GET, path)).await
    }

    /// Any method with a JSON body.
    pub async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Response> {
        self.send(self.request(method, path).json(body)).await
    }

    /// Any method without a body.
    pub async fn call(&self, method: Method, path: &str) -> Result<Response> {
        self.send(self.request(method, path)).await
    }

    /// Scans a code: `POST /api/v1/scans`.
    pub async fn scan(&self, code: &str) -> Result<Response> {
        self.send(self.request(Method::POST, "/api/v1/scans").json(&json!({ "code": code }))).await
    }

    /// Opens an address as a phone's camera app does: a navigation of its browser.
    pub async fn open(&self, path: &str) -> Result<Response> {
        let request = self
            .request(Method::GET, path)
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-mode", "navigate");
        self.send(request).await
    }

    /// Ids of the person's newest scans.
    pub async fn scans(&self) -> Result<Vec<String>> {
        let page: Value = self.get("/api/v1/scans?limit=200").await?.error_for_status()?.json().await?;
        let items = page["items"].as_array().context("a page has items")?;
        Ok(items.iter().filter_map(|scan| scan["scan_id"].as_str().map(str::to_owned)).collect())
    }
}
