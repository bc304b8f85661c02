//! The public route table, read from the OpenAPI documents: what the gateway routes, and what
//! `public` in the manifest stands for.

use serde::Deserialize;
use serde_json::Value;

use crate::openapi::{self, ContractError};

/// Largest body of an operation that names no `x-body-limit`, in bytes.
pub const DEFAULT_BODY_LIMIT: u64 = 1024 * 1024;

/// One method of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path template as in OpenAPI, such as `/api/v1/scans/{scan_id}`. `/{*below}` at its end
    /// stands for one or more further segments, whatever they are (`x-covers-below`).
    pub path: String,
    /// The function that answers.
    pub owner: String,
    /// Who may ask.
    pub who: Who,
    /// Largest body in bytes.
    pub body_limit: u64,
    /// Name of the operation.
    pub operation_id: String,
}

/// Method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// OPTIONS.
    Options,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Get, Self::Head, Self::Options, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As on the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may ask (`x-who`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// No login; with one, the account is known too.
    Anyone,
    /// A valid access token.
    Account,
    /// An account that Identity names as a user of a Brand.
    Brand,
    /// Realm role `platform-admin`.
    Admin,
}

/// Members of an operation that make it a route.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    operation_id: String,
    #[serde(rename = "x-owner")]
    owner: String,
    #[serde(rename = "x-who")]
    who: Who,
    #[serde(rename = "x-body-limit", default = "default_body_limit")]
    body_limit: u64,
}

const fn default_body_limit() -> u64 {
    DEFAULT_BODY_LIMIT
}

/// Every route that the gateway serves, in the order of path and method.
pub fn public() -> Result<Vec<Route>, ContractError> {
    of(&openapi::merged()?)
}

/// The routes of one merged document.
fn of(document: &Value) -> Result<Vec<Route>, ContractError> {
    let mut routes = Vec::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let below = item.get("x-covers-below").is_some_and(|covers| covers == true);
        for method in Method::ALL {
            let Some(operation) = item.get(method.as_str().to_ascii_lowercase()) else { continue };
            let route = route(method, path, operation)?;
            if below {
                routes.push(Route { path: format!("{path}/{{*below}}"), ..route.clone() });
            }
            routes.push(route);
        }
    }
    Ok(routes)
}

fn route(method: Method, path: &str, operation: &Value) -> Result<Route, ContractError> {
    let operation = Operation::deserialize(operation).map_err(|error| ContractError::Operation {
        operation: format!("{} {path}", method.as_str()),
        reason: error.to_string(),
    })?;
    Ok(Route {
        method,
        path: path.to_owned(),
        owner: operation.owner,
        who: operation.who,
        body_limit: operation.body_limit,
        operation_id: operation.operation_id,
    })
}
