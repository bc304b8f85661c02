//! A browser that follows a code is a scan.

use axum::response::Response;
use http::{HeaderValue, header};
use service_chassis::caller::Caller;
use shared_contracts::events::Channel;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::call::Call;
use crate::{
    app::App,
    auth::owner_of,
    domain::scan,
    error::Error,
    routes::scans::{VISITOR_USED, new_scan, theirs, write},
    store,
};

/// Keeps the scan of a browser whose person we can name; the same address within a few seconds
/// is the same scan.
pub(super) async fn keep(
    app: &App,
    conn: &mut PgConnection,
    call: &Call<'_>,
    caller: &Caller,
) -> Result<Option<Uuid>, Error> {
    let Some(owner) = owner_of(caller) else { return Ok(None) };
    let mut tx = conn.begin().await?;
    let Some(owner) = theirs(&mut tx, owner).await? else { return Ok(None) };
    let new = new_scan(app, owner, &call.code, Channel::Resolver, None).map_err(Error::InvalidIdentifier)?;
    let since = scan::repeats_since(new.scanned_at);
    if let Some(earlier) = store::scans::just_visited(&mut tx, &new, since).await? {
        return Ok(Some(earlier));
    }
    write(app, &mut tx, &new, caller).await?;
    tx.commit().await?;
    app.outbox.send_soon();
    Ok(Some(new.scan_id))
}

/// An answer that is one person's: something is kept under their visitor id.
pub(super) fn kept(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    headers.insert(VISITOR_USED, HeaderValue::from_static("true"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
