//! `/api/v1/brand/products`: the catalogue of a brand.

use axum::extract::State;
use http::StatusCode;
use service_chassis::{
    caller::Caller,
    extract::{Json, Path, Query},
    page::PageQuery,
    trace::TraceContext,
};
use shared_contracts::{
    page::Page,
    passport::{BrandProduct, Product},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::own;
use crate::{
    app::App,
    auth::{BrandEditor, BrandViewer},
    domain::{
        catalog::{Entry, Refusal},
        gs1::Gtin,
        passport,
        search::ChangedAt,
        signature::{Signer, SigningKey},
    },
    error::Error,
    events,
    store::{self, products::Taken},
};

/// `GET /api/v1/brand/products`: those that the catalogue has, the latest change first.
pub async fn list(
    State(app): State<App>,
    viewer: BrandViewer,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<BrandProduct>>, Error> {
    let window = query.window::<ChangedAt>()?;
    let mut conn = app.database.acquire().await?;
    let rows =
        store::products::of_brand(&mut conn, viewer.brand, window.after.as_ref(), window.rows()).await?;
    let page = window.page(rows, |row| {
        let gtin = row.document["gtin"].as_str().unwrap_or_default().to_owned();
        ChangedAt { at: row.at, gtin }
    });
    let today = app.clock.today();
    let items = page.items.into_iter().map(|row| passport::to_brand(row, today)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// `GET /api/v1/brand/products/{gtin}`: one of them.
pub async fn read(
    State(app): State<App>,
    viewer: BrandViewer,
    Path(gtin): Path<String>,
) -> Result<Json<BrandProduct>, Error> {
    let mut conn = app.database.acquire().await?;
    let gtin = own(&mut conn, viewer.brand, &gtin).await?;
    Ok(Json(told(&app, &mut conn, gtin).await?))
}

/// `PUT /api/v1/brand/products/{gtin}`: states it as a whole.
pub async fn put(
    State(app): State<App>,
    editor: BrandEditor,
    caller: Caller,
    Path(gtin): Path<String>,
    Json(product): Json<Product>,
) -> Result<(StatusCode, Json<BrandProduct>), Error> {
    let mut tx = app.database.begin().await?;
    let gtin = own(&mut tx, editor.brand, &gtin).await?;
    let entry = entry(product, editor.brand)?;
    if entry.gtin != gtin {
        return Err(Error::Refused(vec![(
            "/gtin".to_owned(),
            "The address names another product.".to_owned(),
        )]));
    }
    let signer = signer(&app, &mut tx).await?;
    let published = publish(&app, &mut tx, &entry, &signer, caller.trace).await?;
    let product = told(&app, &mut tx, gtin).await?;
    tx.commit().await?;
    app.outbox.send_soon();
    let status = if published.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(product)))
}

/// `DELETE /api/v1/brand/products/{gtin}`: withdraws it.
pub async fn withdraw(
    State(app): State<App>,
    editor: BrandEditor,
    caller: Caller,
    Path(gtin): Path<String>,
) -> Result<StatusCode, Error> {
    let mut tx = app.database.begin().await?;
    let gtin = own(&mut tx, editor.brand, &gtin).await?;
    let held = store::products::hold(&mut tx, gtin.as_str()).await?.ok_or(Error::NotFound)?;
    if !held.withdrawn {
        store::products::withdraw(&mut tx, gtin.as_str(), app.clock.now()).await?;
        let event =
            events::product_changed(&app, gtin, Some(editor.brand), held.current.number, true, caller.trace)?;
        app.outbox.append(&mut tx, &event).await?;
        tx.commit().await?;
        app.outbox.send_soon();
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What publishing an entry did.
pub struct Published {
    /// The catalogue did not have the product.
    pub is_new: bool,
}

/// The signer of revisions; its key is noted, so that its signatures can be checked for good.
pub async fn signer(app: &App, conn: &mut PgConnection) -> Result<Signer, Error> {
    let secret = app.secrets.own("signing-key").await.map_err(no_key)?;
    let signer = Signer::new(&secret.json::<SigningKey>().map_err(no_key)?).map_err(no_key)?;
    store::keys::note(conn, &signer.public(), app.clock.now()).await?;
    Ok(signer)
}

/// Publishes what a brand states, in the caller's transaction: a signed revision and its event, unless
/// it is just so already. A product that was withdrawn is offered again.
pub async fn publish(
    app: &App,
    conn: &mut PgConnection,
    entry: &Entry,
    signer: &Signer,
    trace: TraceContext,
) -> Result<Published, Error> {
    let before = store::products::hold(conn, entry.gtin.as_str()).await?;
    let taken = store::products::take(conn, entry, Some(signer), app.clock.now()).await?;
    let offered_again = before.as_ref().is_some_and(|before| before.withdrawn);
    if offered_again {
        store::products::offer_again(conn, entry.gtin.as_str()).await?;
    }
    let revision = match (taken, &before) {
        (Taken::Changed { revision }, _) => Some(revision),
        (Taken::Unchanged, Some(before)) if offered_again => Some(before.current.number),
        (Taken::Unchanged, _) => None,
    };
    if let Some(revision) = revision {
        let event = events::product_changed(app, entry.gtin, entry.brand, revision, false, trace)?;
        app.outbox.append(conn, &event).await?;
    }
    Ok(Published { is_new: before.is_none() })
}

/// The entry of a body.
fn entry(product: Product, brand: Uuid) -> Result<Entry, Error> {
    Entry::of_brand(product, brand).map_err(|refusal| {
        let pointer = match &refusal {
            Refusal::Gtin(_) => "/gtin".to_owned(),
            Refusal::TooLong(member) => format!("/{member}"),
            Refusal::Nul | Refusal::Unwritable(_) => String::new(),
        };
        Error::Refused(vec![(pointer, refusal.to_string())])
    })
}

async fn told(app: &App, conn: &mut PgConnection, gtin: Gtin) -> Result<BrandProduct, Error> {
    let row = store::products::find(conn, gtin.as_str()).await?.ok_or(Error::NotFound)?;
    Ok(passport::to_brand(row, app.clock.today())?)
}

pub(crate) fn no_key(reason: impl std::fmt::Display) -> Error {
    Error::SigningKey(reason.to_string())
}
