//! How a profile is stored and read: the same for the account's own and for the household's.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use service_chassis::{extract::Json, sealed::KeyRing};
use shared_contracts::personalization::{HealthProfile, KeptProfile};
use sqlx::PgConnection;

use crate::{
    app::App,
    auth::Account,
    clients::Consent,
    domain::profile::{self, Label},
    error::Error,
    store::{self, profiles::ProfileRow},
};

/// A profile that is about to be stored, and when its person consented.
pub(super) struct Permitted {
    pub(super) profile: HealthProfile,
    pub(super) consented_at: chrono::DateTime<chrono::Utc>,
}

/// Whether a profile may be stored now. The account's turn is taken first and kept until the
/// transaction ends: whatever erases for a withdrawal that Identity did not know of yet comes after.
pub(super) async fn permit(
    app: &App,
    conn: &mut PgConnection,
    account: &Account,
    profile: HealthProfile,
) -> Result<Permitted, Error> {
    let profile = profile::check(profile).map_err(Error::Invalid)?;
    store::profiles::take_turn(conn, account.id).await?;
    match app.identity.consent(account.id, &account.caller).await? {
        Consent::Granted(consented_at) => Ok(Permitted { profile, consented_at }),
        Consent::Missing => Err(Error::NoConsent),
    }
}

/// Stores a version, sealed.
pub(super) async fn store(
    app: &App,
    conn: &mut PgConnection,
    label: Label,
    profile: HealthProfile,
) -> Result<KeptProfile, Error> {
    let now = app.clock.now();
    let sealed = app.keys().await?.seal(&label.text(), &serde_json::to_vec(&profile)?)?;
    store::profile_versions::insert(conn, label, &sealed, now).await?;
    Ok(KeptProfile { profile_id: label.profile, version: label.version, updated_at: now, profile })
}

/// The next version of a profile that is there.
pub(super) async fn replace(
    app: &App,
    conn: &mut PgConnection,
    before: &ProfileRow,
    permitted: Permitted,
) -> Result<KeptProfile, Error> {
    let label = Label { version: before.version + 1, ..before.label() };
    store::profiles::advance(conn, label.account, label.profile, label.version, permitted.consented_at)
        .await?;
    store(app, conn, label, permitted.profile).await
}

/// Opens a stored profile.
pub(super) fn open(keys: &KeyRing, row: ProfileRow) -> Result<KeptProfile, Error> {
    let (label, updated_at) = (row.label(), row.stored_at);
    let document = keys.open(&label.text(), &row.sealed())?;
    let profile = serde_json::from_slice(&document)?;
    Ok(KeptProfile { profile_id: label.profile, version: label.version, updated_at, profile })
}

/// One person's answer: no cache keeps it.
pub(super) fn private<T: serde::Serialize>(body: T) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response()
}
