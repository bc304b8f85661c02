//! For the tests of functions: keys for every function, and a client that calls a router the
//! way the gateway does, with a signed internal token. In no release.

use std::{collections::HashMap, sync::Arc};

use axum::Router;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use runtime_adapter::{Function, invoke::InvokeError, manifest::Manifest};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

use crate::{
    boot::{BootError, edges_to},
    caller::{self, BrandScope, Callers, KeySet, OnBehalf, SigningKey, TokenSigner},
    clock::Clock,
    ids::Ids,
    producer::Producer,
    secrets::Secrets,
    settings::{self, Platform},
};

/// Signing keys of all functions of the manifest, as the parameter store would hold them.
pub struct Authority {
    values: HashMap<String, String>,
    clock: Clock,
    ids: Ids,
}

impl Authority {
    /// Draws a key for each function.
    pub fn new(clock: &Clock, ids: &Ids) -> Result<Self, BootError> {
        let mut values = HashMap::new();
        for function in Manifest::embedded()?.functions {
            let name = &function.name;
            let own = |error: &dyn std::fmt::Display| BootError::Own(error.to_string());
            let key = SigningKey::generate(format!("{name}-1")).map_err(|error| own(&error))?;
            let public = KeySet { keys: vec![key.public().map_err(|error| own(&error))?] };
            values.insert(format!("/packytrace/test/{name}/internal-key"), json(&key)?);
            values.insert(format!("/packytrace/test/shared/internal-keys/{name}"), json(&public)?);
        }
        Ok(Self { values, clock: clock.clone(), ids: ids.clone() })
    }

    /// Adds a secret by its full path.
    #[must_use]
    pub fn with(mut self, path: &str, value: &str) -> Self {
        self.values.insert(path.to_owned(), value.to_owned());
        self
    }

    /// What `function` can read. (The tests' store checks no rights; IAM does.)
    pub fn secrets(&self, function: &str) -> Secrets {
        Secrets::fixed("test", function, self.values.clone())
    }

    /// Signs as `function`.
    pub fn signer(&self, function: &'static str) -> TokenSigner {
        TokenSigner::new(function, self.secrets(function), self.clock.clone(), self.ids.clone())
    }

    /// Checks calls of `function`, by the manifest's edges.
    pub fn callers(&self, function: &str) -> Result<Callers, BootError> {
        let edges = edges_to(&Manifest::embedded()?, function)?;
        Ok(Callers::new(function, self.secrets(function), self.clock.clone(), edges))
    }

    /// A producer for an outbox whose sending no test asks for: there is no broker behind it.
    pub fn producer(&self, platform: &Platform) -> Producer {
        Producer::new(platform, self.secrets("nobody"))
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, BootError> {
    serde_json::to_string(value).map_err(|error| BootError::Own(error.to_string()))
}

/// The database that `#[sqlx::test]` made, seen through the eyes of a restricted role.
pub fn as_role(connect: &PgConnectOptions, role: &str) -> PgPool {
    let options = connect.clone().options([("role", role), ("search_path", "")]);
    PgPoolOptions::new().max_connections(8).connect_lazy_with(options)
}

/// Platform settings that point nowhere.
pub fn platform() -> Result<Platform, BootError> {
    Ok(settings::defaults())
}

/// A function's answer to any Lambda event: the door of Lambda and of `<function> invoke --event`.
pub async fn invoke(function: &Function, event: &Value) -> Result<Value, InvokeError> {
    let clock = Clock::system();
    runtime_adapter::invoke::event(function, Arc::new(move || clock.now()), event).await
}

/// Calls the router of a function as another function would.
#[derive(Clone)]
pub struct Api {
    router: Router,
    callee: &'static str,
    signer: TokenSigner,
    on_behalf: OnBehalf,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Api {
    /// Calls `callee`'s router, signed by `signer`, for nobody in particular.
    pub fn new(router: Router, callee: &'static str, signer: TokenSigner) -> Self {
        Self { router, callee, signer, on_behalf: OnBehalf::default() }
    }

    /// The same for a visitor.
    #[must_use]
    pub fn visitor(&self, visitor: Uuid) -> Self {
        let on_behalf = OnBehalf { visitor: Some(visitor), ..OnBehalf::default() };
        Self { on_behalf, ..self.clone() }
    }

    /// The same for an account.
    #[must_use]
    pub fn account(&self, account: Uuid) -> Self {
        let on_behalf = OnBehalf { account: Some(account), ..OnBehalf::default() };
        Self { on_behalf, ..self.clone() }
    }

    /// The same for an account that acts for a brand.
    #[must_use]
    pub fn brand(&self, account: Uuid, brand: Uuid, role: &str) -> Self {
        let brand = Some(BrandScope { brand, role: role.to_owned() });
        self.on_behalf(OnBehalf { account: Some(account), visitor: None, brand })
    }

    /// The same for whomever.
    #[must_use]
    pub fn on_behalf(&self, on_behalf: OnBehalf) -> Self {
        Self { on_behalf, ..self.clone() }
    }

    /// `GET`.
    pub async fn get(&self, path_and_query: &str) -> Answer {
        self.send(Method::GET, path_and_query, &[], Bytes::new()).await
    }

    /// `POST` of a JSON body.
    pub async fn post<T: Serialize + Sync>(&self, path: &str, body: &T) -> Answer {
        let body = serde_json::to_vec(body).unwrap_or_default();
        self.send(Method::POST, path, &[("content-type", "application/json")], body.into()).await
    }

    /// Any call, with the token that belongs to it.
    pub async fn send(
        &self,
        method: Method,
        path_and_query: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let path = path_and_query.split('?').next().unwrap_or_default();
        let token = self.signer.sign(self.callee, method.as_str(), path, "request-1", &self.on_behalf).await;
        let mut all = vec![(caller::INTERNAL_TOKEN, token.unwrap_or_default())];
        all.extend(self.on_behalf.account.map(|id| (caller::ACCOUNT_ID, id.to_string())));
        all.extend(self.on_behalf.visitor.map(|id| (caller::VISITOR_ID, id.to_string())));
        let brand = self.on_behalf.brand.as_ref();
        all.extend(brand.map(|scope| (caller::BRAND_ID, scope.brand.to_string())));
        all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
        call(self.router.clone(), method, path_and_query, &all, body).await
    }
}

/// One call of a function's router with exactly these headers (and a `Host`), through the door that
/// `<function> invoke --http` takes: by way of a Lambda event, within Lambda's limits.
pub async fn call(
    router: Router,
    method: Method,
    path_and_query: &str,
    headers: &[(&str, String)],
    body: Bytes,
) -> Answer {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = path_and_query.parse().unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::from_str(value)) {
            request.headers_mut().append(name, value);
        }
    }
    let answer = through_lambda(router, request).await.unwrap_or_else(|error| no_answer(&error));
    let (parts, body) = answer.into_parts();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// Room for whatever a test asks.
const LIMITS: &str =
    "version: 1\nfunctions: { test: { http: { timeout: 30s, memory: 512, concurrency: 512 } } }";

async fn through_lambda(router: Router, request: Request<Bytes>) -> Result<Response<Bytes>, InvokeError> {
    let limits = Manifest::parse(LIMITS)?.function("test")?.clone();
    let function = Function::new("test").described_by(limits).http(router);
    let clock = Clock::system();
    runtime_adapter::invoke::http(&function, Arc::new(move || clock.now()), request).await
}

/// Looks like no answer of any function.
fn no_answer(error: &InvokeError) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(error.to_string()));
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    response
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as a type of the contract.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
