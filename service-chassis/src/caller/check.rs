//! Checking internal tokens: the layer in front of every route of a function.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method};
use jsonwebtoken::{Algorithm, Validation};
use shared_contracts::internal::{Claims, LIFETIME_SECONDS, TOKEN_TYPE};
use uuid::Uuid;

use super::{
    ACCOUNT_ID, BRAND_ID, BrandScope, Caller, INTERNAL_TOKEN, KeySet, OnBehalf, REQUEST_ID, TRACEPARENT,
    VISITOR_ID,
};
use crate::{
    audit::{self, Actor},
    clock::Clock,
    problem::{Problem, RequestId},
    secrets::{SecretError, Secrets},
    trace::TraceContext,
};

/// How far the clocks of two functions may differ.
const SKEW_SECONDS: i64 = 10;

/// Why a call is not believed. The caller learns none of this; operators do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No token, or more than one.
    #[error("not exactly one internal token")]
    NoToken,
    /// No JWT of the right type, or one that is not signed by its issuer.
    #[error("not a token that its issuer signed: {0}")]
    Forged(&'static str),
    /// Signed, but expired, not yet valid, or valid for too long.
    #[error("outside its time")]
    Time,
    /// Signed for another function, method or path.
    #[error("signed for another call")]
    OtherCall,
    /// The manifest has no such edge.
    #[error("the manifest does not let {0} call this route")]
    NoSuchEdge(String),
    /// Identity headers that differ from the token's claims.
    #[error("the header {0} differs from the token")]
    Mismatch(&'static str),
    /// The public keys cannot be read at all.
    #[error(transparent)]
    Keys(#[from] SecretError),
}

/// Who may call this function, and with which keys that is checked.
#[derive(Clone)]
pub struct Callers(Arc<Inner>);

struct Inner {
    function: String,
    secrets: Secrets,
    clock: Clock,
    /// Routes by calling function.
    edges: HashMap<String, Vec<(String, String)>>,
}

impl Callers {
    /// Callers of `function`: `edges` names for each calling function the methods and path
    /// templates that it may ask for.
    pub fn new(
        function: &str,
        secrets: Secrets,
        clock: Clock,
        edges: HashMap<String, Vec<(String, String)>>,
    ) -> Self {
        Self(Arc::new(Inner { function: function.to_owned(), secrets, clock, edges }))
    }

    /// The caller of a request.
    ///
    /// # Errors
    /// The reason for which the request is not believed.
    pub async fn check(&self, method: &Method, path: &str, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let claims = self.verify(one(headers, INTERNAL_TOKEN)?).await?;
        let now = self.0.clock.now().timestamp();
        let timely = claims.iat <= now + SKEW_SECONDS
            && now < claims.exp + SKEW_SECONDS
            && claims.exp - claims.iat <= LIFETIME_SECONDS;
        if !timely {
            return Err(Refusal::Time);
        }
        if claims.aud != self.0.function || claims.htm != method.as_str() || claims.htu != path {
            return Err(Refusal::OtherCall);
        }
        let edge =
            |(allowed, template): &(String, String)| allowed == method.as_str() && covers(template, path);
        if !self.0.edges.get(&claims.iss).is_some_and(|edges| edges.iter().any(edge)) {
            return Err(Refusal::NoSuchEdge(claims.iss));
        }
        same(headers, ACCOUNT_ID, claims.sub)?;
        same(headers, VISITOR_ID, claims.vid)?;
        same(headers, BRAND_ID, claims.brand)?;
        let trace = headers.get(TRACEPARENT).and_then(|value| TraceContext::parse(value.to_str().ok()?));
        Ok(Caller {
            function: claims.iss,
            on_behalf: OnBehalf {
                account: claims.sub,
                visitor: claims.vid,
                brand: claims.brand.zip(claims.brand_role).map(|(brand, role)| BrandScope { brand, role }),
            },
            request_id: claims.request_id,
            trace: trace.unwrap_or_else(TraceContext::start),
        })
    }

    async fn verify(&self, token: &str) -> Result<Claims, Refusal> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Forged("no JWT"))?;
        if header.typ.as_deref() != Some(TOKEN_TYPE) || header.alg != Algorithm::EdDSA {
            return Err(Refusal::Forged("another type or algorithm"));
        }
        let kid = header.kid.ok_or(Refusal::Forged("no key id"))?;
        // The issuer names the key set; nothing else of these claims is used before the
        // signature holds.
        let unverified: Claims = jsonwebtoken::dangerous::insecure_decode(token)
            .map_err(|_| Refusal::Forged("other claims"))?
            .claims;
        if !self.0.edges.contains_key(&unverified.iss) {
            return Err(Refusal::NoSuchEdge(unverified.iss));
        }
        let name = format!("internal-keys/{}", unverified.iss);
        let mut secret = self.0.secrets.shared(&name).await?;
        if secret.json::<KeySet>()?.decoding(&kid).is_none() {
            secret = self.0.secrets.refresh_shared(&name).await?;
        }
        let key = secret.json::<KeySet>()?.decoding(&kid).ok_or(Refusal::Forged("unknown key"))?;
        let verified = jsonwebtoken::decode::<Claims>(token, &key, &signature_only())
            .map_err(|_| Refusal::Forged("wrong signature"))?;
        Ok(verified.claims)
    }
}

/// Lets only believed calls pass, and gives the handler its [`Caller`].
pub async fn require(State(callers): State<Callers>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match callers.check(&request.method().clone(), &path, request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(RequestId(caller.request_id.clone()));
            tracing::Span::current().record(REQUEST_ID_FIELD, caller.request_id.as_str());
            let id = caller.request_id.clone();
            request.extensions_mut().insert(caller);
            let mut response = next.run(request).await;
            if let Ok(value) = id.parse() {
                response.headers_mut().insert(REQUEST_ID, value);
            }
            response
        }
        Err(refusal) => refuse(&refusal).into_response(),
    }
}

/// Field of the request's span that holds the request id.
const REQUEST_ID_FIELD: &str = "request_id";

impl Refusal {
    /// The reason without anything that the caller wrote.
    fn word(&self) -> &'static str {
        match self {
            Self::NoToken => "not one token",
            Self::Forged(how) => how,
            Self::Time => "outside its time",
            Self::OtherCall => "another call",
            Self::NoSuchEdge(_) => "no such edge",
            Self::Mismatch(header) => header,
            Self::Keys(_) => "no keys",
        }
    }
}

fn refuse(refusal: &Refusal) -> Problem {
    metrics::counter!("internal_calls_refused_total").increment(1);
    match refusal {
        Refusal::Keys(error) => {
            tracing::error!(%error, "internal tokens cannot be checked");
            Problem::unavailable()
        }
        Refusal::Mismatch(header) => {
            tracing::error!(%refusal, "security: an internal call was refused");
            metrics::counter!("identity_header_mismatches_total").increment(1);
            audit::record("identity_header_mismatch", Actor::Function, header);
            Problem::unauthorized()
        }
        _ => {
            tracing::warn!(%refusal, "security: an internal call was refused");
            audit::record("internal_call_refused", Actor::Function, refusal.word());
            Problem::unauthorized()
        }
    }
}

/// The library checks the signature; times come from our clock and names from the manifest.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

fn one<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Refusal::NoToken),
        _ => Err(Refusal::NoToken),
    }
}

/// An identity header says what the token says, or is absent where the token says nothing.
fn same(headers: &HeaderMap, name: &'static str, claim: Option<Uuid>) -> Result<(), Refusal> {
    let mut values = headers.get_all(name).iter();
    let header = match (values.next(), values.next()) {
        (None, _) => return if claim.is_none() { Ok(()) } else { Err(Refusal::Mismatch(name)) },
        (Some(value), None) => value.to_str().ok().and_then(|text| Uuid::parse_str(text).ok()),
        _ => None,
    };
    if header.is_some() && header == claim { Ok(()) } else { Err(Refusal::Mismatch(name)) }
}

/// Whether a path template such as `/api/v1/scans/{scan_id}` or `/eh{hexadecimal}` covers a path.
fn covers(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (Some("{*below}"), Some(_)) | (None, None) => return true,
            (Some(want), Some(got)) if want == got || fits(want, got) => {}
            _ => return false,
        }
    }
}

/// Whether a segment fits a template with a parameter, in front of which text may stand.
fn fits(template: &str, segment: &str) -> bool {
    let Some((before, _)) = template.split_once('{') else { return false };
    segment.strip_prefix(before).is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_template_covers_its_own_paths_only() {
        for (template, path, covered) in [
            ("/api/v1/scans", "/api/v1/scans", true),
            ("/api/v1/scans/{scan_id}", "/api/v1/scans/1", true),
            ("/api/v1/scans/{scan_id}", "/api/v1/scans/", false),
            ("/01/{gtin}/{*below}", "/01/1/10/L/21/S", true),
            ("/01/{gtin}", "/01/1/10", false),
            ("/eh{hexadecimal}", "/eh3016", true),
            ("/eh{hexadecimal}", "/eh", false),
            ("/eh{hexadecimal}", "/ex3016", false),
        ] {
            assert_eq!(covers(template, path), covered, "{template} {path}");
        }
    }
}
