//! `/api/v1/scans`: a person reads a code.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::StatusCode;
use service_chassis::{
    caller::Caller,
    extract::{Json, Path, Query},
    idempotency::{IdempotencyKey, Repetition},
    page::PageQuery,
};
use shared_contracts::{
    events::Channel,
    page::Page,
    passport::{Identifier, Scan, ScanRequest},
    personalization::Verdict,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    app::App,
    auth::{Anyone, owner_of},
    domain::{
        gs1,
        passport::{self, Revision},
        recall::{self, Held},
        scan::{self, NewScan, Owner, Whose},
    },
    error::Error,
    events,
    routes::verdicts,
    store,
};

/// Tells the gateway that something is kept under the visitor id that it made for this call.
pub const VISITOR_USED: &str = "x-visitor-used";

/// `POST /api/v1/scans`: reads a code, keeps the scan, answers with the passport.
pub async fn record(
    State(app): State<App>,
    owner: Owner,
    caller: Caller,
    key: IdempotencyKey,
    Json(request): Json<ScanRequest>,
) -> Result<Response, Error> {
    let code = gs1::parse(&request.code, request.symbology.as_deref(), app.clock.today())
        .map_err(Error::InvalidCode)?;
    scan::identifier(&code).map_err(Error::InvalidCode)?;
    let mut tx = app.database.begin().await?;
    match key.begin(&mut tx, app.schema, &request).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => {
            tx.rollback().await?;
            return Ok(created(&judged(&app, &caller, serde_json::from_value(body)?).await));
        }
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    let owner = theirs(&mut tx, owner).await?.ok_or(Error::Erased)?;
    let new =
        new_scan(&app, owner, &code, Channel::App, request.symbology.clone()).map_err(Error::InvalidCode)?;
    let scan = keep(&app, &mut tx, new, &caller).await?;
    key.keep(&mut tx, app.schema, StatusCode::CREATED, &scan).await?;
    tx.commit().await?;
    app.outbox.send_soon();
    Ok(created(&judged(&app, &caller, scan).await))
}

/// `GET /api/v1/scans`: the caller's own scans, newest first.
pub async fn list(
    State(app): State<App>,
    _: Anyone,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Scan>>, Error> {
    let window = query.window::<Uuid>()?;
    // A browser that has no visitor id yet has no scans: an empty page, not a refusal.
    let rows = match owner_of(&caller) {
        None => Vec::new(),
        Some(owner) => {
            let mut conn = app.database.acquire().await?;
            store::scans::list(&mut conn, owner, window.after, window.rows()).await?
        }
    };
    let page = window.page(rows, |row| row.scan_id);
    let items = page.items.into_iter().map(|row| recorded(&app, row)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// `GET /api/v1/scans/{scan_id}`: one of the caller's own scans.
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(scan_id): Path<Uuid>,
) -> Result<Json<Scan>, Error> {
    let owner = owner_of(&caller).ok_or(Error::NotFound)?;
    let row = {
        let mut conn = app.database.acquire().await?;
        store::scans::find(&mut conn, owner, scan_id).await?.ok_or(Error::NotFound)?
    };
    Ok(Json(judged(&app, &caller, recorded(&app, row)?).await))
}

/// Whose a scan is that a caller makes now, in turn with others of theirs until the transaction ends:
/// a visitor who is an account scans for the account. None for an account that was erased.
pub async fn theirs(conn: &mut PgConnection, owner: Owner) -> Result<Option<Owner>, sqlx::Error> {
    store::scans::take_turn(conn, owner).await?;
    match store::people::whose(conn, owner).await? {
        Whose::Nobodys => Ok(None),
        Whose::Theirs(whose) if whose == owner => Ok(Some(owner)),
        Whose::Theirs(account) => {
            store::scans::take_turn(conn, account).await?;
            Ok(Some(account))
        }
    }
}

/// A scan of `code` by `owner`, happening now.
///
/// # Errors
/// `no_gtin` when the code names no product.
pub fn new_scan(
    app: &App,
    owner: Owner,
    code: &gs1::Code,
    channel: Channel,
    symbology: Option<String>,
) -> Result<NewScan, gs1::CodeError> {
    let identifier = scan::identifier(code)?;
    let now = app.clock.now();
    let gtin = identifier.gtin.parse()?;
    Ok(NewScan { scan_id: app.ids.next(now), scanned_at: now, gtin, identifier, channel, symbology, owner })
}

/// Writes a scan with its event, in the caller's transaction.
pub async fn write(app: &App, conn: &mut PgConnection, new: &NewScan, caller: &Caller) -> Result<(), Error> {
    store::scans::insert(conn, new).await?;
    let brand = store::brands::owner(conn, new.gtin).await?.map(|brand| brand.id);
    let event = events::product_scanned(app, new, brand, caller.trace)?;
    Ok(app.outbox.append(conn, &event).await?)
}

/// Keeps a scan, and answers what it found.
async fn keep(app: &App, conn: &mut PgConnection, new: NewScan, caller: &Caller) -> Result<Scan, Error> {
    let product = store::products::find(conn, new.gtin.as_str()).await?;
    write(app, conn, &new, caller).await?;
    let NewScan { scan_id, scanned_at, identifier, .. } = new;
    Ok(told(app, scan_id, scanned_at, identifier, product)?)
}

/// The scan with its verdict, which is a health datum: it is asked for when everything is kept, and
/// is kept nowhere here.
async fn judged(app: &App, caller: &Caller, scan: Scan) -> Scan {
    let verdict = verdicts::of(app, caller, scan.passport.as_ref(), &scan.identifier).await;
    Scan { verdict, ..scan }
}

/// A list says no verdicts: each scan does, when it is asked for alone.
fn recorded(app: &App, row: store::scans::ScanRow) -> Result<Scan, serde_json::Error> {
    let identifier = serde_json::from_value(row.identifier)?;
    told(app, row.scan_id, row.scanned_at, identifier, row.revision)
}

fn told(
    app: &App,
    scan_id: Uuid,
    scanned_at: DateTime<Utc>,
    identifier: Identifier,
    product: Option<Revision>,
) -> Result<Scan, serde_json::Error> {
    let recalls = product.as_ref().map(|product| product.recalls.as_slice()).unwrap_or_default();
    Ok(Scan {
        scan_id,
        scanned_at,
        recall_status: recall::reach(recalls, Held::of(&identifier)),
        identifier,
        passport: product.map(|row| passport::of(row, app.clock.today())).transpose()?,
        verdict: Verdict::NotRequested,
    })
}

fn created<T: serde::Serialize>(scan: &T) -> Response {
    (StatusCode::CREATED, [(VISITOR_USED, "true")], axum::Json(scan)).into_response()
}
