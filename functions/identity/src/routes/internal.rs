//! `/internal/v1`: what other functions ask.

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use service_chassis::extract::{Json, Path, Query};
use shared_contracts::identity::{
    AccountSettings, BrandRole, BrandScope, ConsentAnswer, LinkAnswer, Purpose, Revocations,
};
use uuid::Uuid;

use crate::{
    app::App,
    auth::Internal,
    domain::{erasure::Subject, pseudonym},
    error::Error,
    routes::{accounts, consents},
    store,
    store::visitors::Linked,
};

/// Since when revocations are asked for.
#[derive(Deserialize)]
pub struct Since {
    since: DateTime<Utc>,
}

/// `GET /internal/v1/accounts/{account_id}/brand-scope`.
pub async fn brand_scope(
    State(app): State<App>,
    _: Internal,
    Path(account): Path<Uuid>,
) -> Result<Json<BrandScope>, Error> {
    let mut conn = app.database.acquire().await?;
    let row = store::brands::scope(&mut conn, account).await?.ok_or(Error::NotFound)?;
    let role = BrandRole::named(&row.role).ok_or(Error::Stored(row.role))?;
    Ok(Json(BrandScope { brand_id: row.brand_id, role }))
}

/// `GET /internal/v1/accounts/{account_id}/settings`.
pub async fn settings(
    State(app): State<App>,
    _: Internal,
    Path(account): Path<Uuid>,
) -> Result<Json<AccountSettings>, Error> {
    let mut conn = app.database.acquire().await?;
    let row = store::accounts::find(&mut conn, account).await?.ok_or(Error::NotFound)?;
    Ok(Json(AccountSettings { time_zone: row.time_zone, language: row.language }))
}

/// `GET /internal/v1/accounts/{account_id}/consents/{purpose}`.
pub async fn consent(
    State(app): State<App>,
    _: Internal,
    Path((account, purpose)): Path<(Uuid, String)>,
) -> Result<Json<ConsentAnswer>, Error> {
    let purpose = Purpose::named(&purpose).ok_or(Error::NotFound)?;
    let consent = consents::holding(&app, Subject::Account(account), purpose).await?;
    Ok(Json(ConsentAnswer {
        granted: consent.granted,
        policy_version: consent.policy_version,
        changed_at: consent.changed_at,
    }))
}

/// `PUT /internal/v1/visitors/{visitor_id}/link`: the account of the call is this browser's.
pub async fn link(
    State(app): State<App>,
    Internal(caller): Internal,
    Path(visitor): Path<Uuid>,
) -> Result<Json<LinkAnswer>, Error> {
    let account = caller.on_behalf.account.ok_or(Error::NotFound)?;
    let mut tx = app.database.begin().await?;
    let linked = accounts::link(&app, &mut tx, account, visitor, caller.trace).await?;
    tx.commit().await?;
    if linked == Linked::Now {
        app.outbox.send_soon();
    }
    Ok(Json(match linked {
        Linked::Now | Linked::Before => LinkAnswer::Linked,
        Linked::ToAnother => LinkAnswer::BelongsToAnother,
    }))
}

/// `GET /internal/v1/revocations?since=`.
pub async fn revocations(
    State(app): State<App>,
    _: Internal,
    Query(Since { since }): Query<Since>,
) -> Result<Json<Revocations>, Error> {
    let mut conn = app.database.acquire().await?;
    let digests = store::erasures::revoked_since(&mut conn, since).await?;
    Ok(Json(Revocations { accounts: digests.iter().map(|digest| pseudonym::hex(digest)).collect() }))
}
