//! The public route table, read from the OpenAPI documents: what the gateway routes, and what
//! `public` in the manifest stands for.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::openapi::{ContractError, DOCUMENTS};

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
    /// The function that is asked where the owner answers 404: the two answer for different ids.
    pub then: Option<String>,
    /// Who may ask.
    pub who: Who,
    /// A rate limit of its own, beside the general ones.
    pub limit: Option<Limit>,
    /// Largest body in bytes.
    pub body_limit: u64,
    /// Whether a caller without a Visitor ID is given one, should the owner record something for it.
    pub issues_visitor: bool,
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

/// A rate limit of its own (`x-limit`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// New accounts.
    Registrations,
    /// Scans.
    Scans,
}

/// Members of an operation that make it a route.
#[derive(Deserialize)]
struct Operation {
    #[serde(rename = "operationId")]
    id: String,
    #[serde(rename = "x-owner")]
    owner: String,
    #[serde(rename = "x-who")]
    who: Who,
    #[serde(rename = "x-then", default)]
    then: Option<String>,
    #[serde(rename = "x-limit", default)]
    limit: Option<Limit>,
    #[serde(rename = "x-body-limit", default = "default_body_limit")]
    body_limit: u64,
    #[serde(rename = "x-issues-visitor", default)]
    issues_visitor: bool,
}

const fn default_body_limit() -> u64 {
    DEFAULT_BODY_LIMIT
}

/// What of a document makes routes. The rest is passed over unread: every function reads the table when
/// it starts, and would keep the memory of the whole contract.
#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    paths: BTreeMap<String, PathItem>,
}

/// One path with its operations.
#[derive(Deserialize)]
struct PathItem {
    #[serde(rename = "x-covers-below", default)]
    covers_below: bool,
    get: Option<Operation>,
    head: Option<Operation>,
    options: Option<Operation>,
    post: Option<Operation>,
    put: Option<Operation>,
    patch: Option<Operation>,
    delete: Option<Operation>,
}

impl PathItem {
    /// Its operations, in the order of [`Method::ALL`].
    fn operations(self) -> impl Iterator<Item = (Method, Operation)> {
        let all = [self.get, self.head, self.options, self.post, self.put, self.patch, self.delete];
        Method::ALL.into_iter().zip(all).filter_map(|(method, operation)| Some((method, operation?)))
    }
}

/// Every route that the gateway serves, in the order of path and method.
pub fn public() -> Result<Vec<Route>, ContractError> {
    let mut paths = BTreeMap::new();
    for (name, text) in DOCUMENTS {
        paths.extend(read(name, text)?.paths);
    }
    Ok(paths.into_iter().flat_map(|(path, item)| routes(&path, item)).collect())
}

/// The document of that name.
fn read(name: &str, text: &str) -> Result<Document, ContractError> {
    serde_saphyr::from_str(text)
        .map_err(|error| ContractError::Unreadable { document: name.to_owned(), reason: error.to_string() })
}

/// The routes of one path.
fn routes(path: &str, item: PathItem) -> Vec<Route> {
    let mut routes = Vec::new();
    let below = item.covers_below;
    for (method, operation) in item.operations() {
        let route = route(method, path, operation);
        if below {
            routes.push(Route { path: format!("{path}/{{*below}}"), ..route.clone() });
        }
        routes.push(route);
    }
    routes
}

fn route(method: Method, path: &str, operation: Operation) -> Route {
    Route {
        method,
        path: path.to_owned(),
        owner: operation.owner,
        then: operation.then,
        who: operation.who,
        limit: operation.limit,
        body_limit: operation.body_limit,
        issues_visitor: operation.issues_visitor,
        operation_id: operation.id,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(route: &Route) -> String {
        format!("{} {} {} {:?}", route.method.as_str(), route.path, route.owner, route.who)
    }

    #[test]
    fn the_route_table_is_this() {
        let table: Vec<String> = public()
            .unwrap()
            .iter()
            .filter(|route| !route.path.starts_with("/api/v1/fridge"))
            .filter(|route| !route.path.starts_with("/01/{gtin}/") && !route.path.ends_with("/{*below}"))
            .map(told)
            .collect();
        assert_eq!(
            table,
            [
                "GET /.well-known/gs1resolver passport Anyone",
                "HEAD /.well-known/gs1resolver passport Anyone",
                "OPTIONS /.well-known/gs1resolver passport Anyone",
                "GET /.well-known/passport-keys.json passport Anyone",
                "GET /01/{gtin} passport Anyone",
                "HEAD /01/{gtin} passport Anyone",
                "OPTIONS /01/{gtin} passport Anyone",
                "POST /api/v1/accounts identity Anyone",
                "GET /api/v1/admin/brands identity Admin",
                "POST /api/v1/admin/brands identity Admin",
                "PATCH /api/v1/admin/brands/{brand_id} identity Admin",
                "GET /api/v1/admin/brands/{brand_id}/users identity Admin",
                "POST /api/v1/admin/brands/{brand_id}/users identity Admin",
                "DELETE /api/v1/admin/brands/{brand_id}/users/{account_id} identity Admin",
                "GET /api/v1/brand identity Brand",
                "GET /api/v1/brand/metrics brand-analytics Brand",
                "GET /api/v1/brand/metrics.csv brand-analytics Brand",
                "GET /api/v1/brand/products passport Brand",
                "POST /api/v1/brand/products/import passport Brand",
                "GET /api/v1/brand/products/{gtin} passport Brand",
                "PUT /api/v1/brand/products/{gtin} passport Brand",
                "DELETE /api/v1/brand/products/{gtin} passport Brand",
                "GET /api/v1/brand/products/{gtin}/label.svg passport Brand",
                "GET /api/v1/brand/products/{gtin}/links passport Brand",
                "PUT /api/v1/brand/products/{gtin}/links passport Brand",
                "GET /api/v1/brand/recalls passport Brand",
                "POST /api/v1/brand/recalls passport Brand",
                "POST /api/v1/brand/recalls/{recall_id}/lift passport Brand",
                "GET /api/v1/erasures/{erasure_id} identity Anyone",
                "GET /api/v1/jobs/{job_id} identity Account",
                "GET /api/v1/me identity Account",
                "PATCH /api/v1/me identity Account",
                "DELETE /api/v1/me identity Account",
                "GET /api/v1/me/consents identity Account",
                "GET /api/v1/me/consents/history identity Account",
                "PUT /api/v1/me/consents/{purpose} identity Account",
                "POST /api/v1/me/export identity Account",
                "GET /api/v1/me/exports/{job_id} identity Account",
                "GET /api/v1/me/household/profiles personalization Account",
                "POST /api/v1/me/household/profiles personalization Account",
                "GET /api/v1/me/household/profiles/{profile_id} personalization Account",
                "PUT /api/v1/me/household/profiles/{profile_id} personalization Account",
                "DELETE /api/v1/me/household/profiles/{profile_id} personalization Account",
                "GET /api/v1/me/profile personalization Account",
                "PUT /api/v1/me/profile personalization Account",
                "DELETE /api/v1/me/profile personalization Account",
                "GET /api/v1/me/verdicts/{gtin} passport Account",
                "GET /api/v1/openapi.json api-gateway Anyone",
                "GET /api/v1/products passport Anyone",
                "GET /api/v1/products/{gtin} passport Anyone",
                "GET /api/v1/products/{gtin}/revisions/{revision} passport Anyone",
                "GET /api/v1/scans passport Anyone",
                "POST /api/v1/scans passport Anyone",
                "GET /api/v1/scans/{scan_id} passport Anyone",
                "GET /api/v1/verdict-rules personalization Anyone",
                "GET /api/v1/verdict-rules/{version} personalization Anyone",
                "DELETE /api/v1/visitor identity Anyone",
                "GET /api/v1/visitor/consents identity Anyone",
                "PUT /api/v1/visitor/consents/{purpose} identity Anyone",
                "POST /api/v1/visitor/sign-out api-gateway Anyone",
                "GET /eh{hexadecimal} passport Anyone",
                "HEAD /eh{hexadecimal} passport Anyone",
                "OPTIONS /eh{hexadecimal} passport Anyone",
                "GET /ex{base64} passport Anyone",
                "HEAD /ex{base64} passport Anyone",
                "OPTIONS /ex{base64} passport Anyone",
                "GET /healthz api-gateway Anyone",
            ]
        );
    }

    #[test]
    fn the_routes_of_the_fridge_are_these() {
        let routes = public().unwrap();
        let fridge = routes.iter().filter(|route| route.owner == "fridge");
        assert_eq!(
            fridge.map(told).collect::<Vec<_>>(),
            [
                "GET /api/v1/fridge/expiring fridge Account",
                "GET /api/v1/fridge/expiring.ics fridge Anyone",
                "POST /api/v1/fridge/feed-token fridge Account",
                "DELETE /api/v1/fridge/feed-token fridge Account",
                "GET /api/v1/fridge/household fridge Account",
                "POST /api/v1/fridge/household fridge Account",
                "DELETE /api/v1/fridge/household fridge Account",
                "DELETE /api/v1/fridge/household/invitations/{invitation_id} fridge Account",
                "POST /api/v1/fridge/household/members fridge Account",
                "DELETE /api/v1/fridge/household/members/{account_id} fridge Account",
                "GET /api/v1/fridge/items fridge Account",
                "POST /api/v1/fridge/items fridge Account",
                "POST /api/v1/fridge/items/manual fridge Account",
                "GET /api/v1/fridge/items/{item_id} fridge Account",
                "PATCH /api/v1/fridge/items/{item_id} fridge Account",
                "POST /api/v1/fridge/items/{item_id}/consume fridge Account",
                "POST /api/v1/fridge/items/{item_id}/discard fridge Account",
                "POST /api/v1/fridge/items/{item_id}/freeze fridge Account",
                "GET /api/v1/fridge/items/{item_id}/history fridge Account",
                "POST /api/v1/fridge/items/{item_id}/open fridge Account",
                "POST /api/v1/fridge/items/{item_id}/thaw fridge Account",
                "POST /api/v1/fridge/items/{item_id}/undo fridge Account",
                "GET /api/v1/fridge/notices fridge Account",
                "GET /api/v1/fridge/push-subscriptions fridge Account",
                "POST /api/v1/fridge/push-subscriptions fridge Account",
                "DELETE /api/v1/fridge/push-subscriptions fridge Account",
                "GET /api/v1/fridge/waste-summary fridge Account",
                "GET /api/v1/fridge/waste-summary.csv fridge Account",
            ]
        );
    }

    #[test]
    fn the_resolver_has_every_order_of_qualifiers_that_gs1_allows_and_all_that_lies_below() {
        let routes = public().unwrap();
        for method in ["GET", "HEAD", "OPTIONS"] {
            let mut below: Vec<&str> = routes
                .iter()
                .filter(|route| route.method.as_str() == method)
                .filter_map(|route| route.path.strip_prefix("/01/{gtin}/"))
                .collect();
            below.sort_unstable();
            assert_eq!(
                below,
                [
                    "10/{lot}",
                    "10/{lot}/21/{serial}",
                    "21/{serial}",
                    "22/{cpv}",
                    "22/{cpv}/10/{lot}",
                    "22/{cpv}/10/{lot}/21/{serial}",
                    "22/{cpv}/21/{serial}",
                    "235/{tpx}",
                    "{*below}",
                ],
                "{method}"
            );
        }
    }

    #[test]
    fn an_operation_may_set_its_own_body_limit() {
        let operation = |more: Value| {
            let mut operation = json!({ "operationId": "import", "x-owner": "passport", "x-who": "brand" });
            operation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            routes("/import", serde_json::from_value(json!({ "post": operation })).unwrap()).remove(0)
        };
        assert_eq!(operation(json!({})).body_limit, DEFAULT_BODY_LIMIT);
        assert_eq!(operation(json!({ "x-body-limit": 5_242_880 })).body_limit, 5_242_880);
        assert_eq!(operation(json!({})).who, Who::Brand);
    }

    #[test]
    fn an_operation_without_owner_or_with_an_unknown_right_is_named() {
        for (operation, reason) in [
            ("{ operationId: x, x-who: anyone }", "missing field `x-owner`"),
            ("{ operationId: x, x-owner: passport, x-who: everyone }", "unknown variant `everyone`"),
        ] {
            let text = format!("paths:\n  /x:\n    get: {operation}\n");
            let error = read("x", &text).err().unwrap().to_string();
            assert!(error.starts_with("openapi/x.yaml ") && error.contains(reason), "{error}");
            assert!(error.contains("line 3"), "{error}");
        }
    }
}
