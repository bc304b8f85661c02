//! What people do with an item: each tap appends one event to its history.

use axum::{
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use service_chassis::{
    extract::{Json, Path},
    idempotency::{IdempotencyKey, Repetition},
    problem::Problem,
};
use shared_contracts::fridge::{
    ConsumeRequest, DateRequest, DateState, DiscardRequest, ExpiryKind, Part, UndoRequest,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    app::App,
    auth::Account,
    domain::{
        amount::{self, Amount},
        dates,
        item::{self, Change, Entry, Item, Refusal},
        shown::Viewer,
        snapshot::Invalid,
    },
    error::Error,
    events, store,
};

/// A JSON body whose members are all optional: none at all is one without members.
pub struct Optional<T>(T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for Optional<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(Self(T::default()));
        }
        Json::from_request(request, state).await.map(|Json(body)| Self(body))
    }
}

/// One tap on one item.
struct Tap<'r, T> {
    account: &'r Account,
    key: &'r IdempotencyKey,
    item_id: Uuid,
    /// What was asked, for the key.
    request: &'r T,
}

/// `POST …/consume`: it was eaten, all that is left or a part.
pub async fn consume(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
    key: IdempotencyKey,
    Optional(request): Optional<ConsumeRequest>,
) -> Result<Response, Error> {
    let tap = Tap { account: &account, key: &key, item_id, request: &request };
    tap.happens(&app, |item, viewer| {
        let state = item.dates.state(dates::local(viewer.now, viewer.zone), viewer.soon);
        if state == DateState::PastUseBy && !item.is_gone() && request.confirm != Some(true) {
            return Err(Refusal::PastUseBy.into());
        }
        Ok(Change::Consumed(part(item, request.quantity.as_ref())?))
    })
    .await
}

/// `POST …/discard`: it was thrown away, all that is left or a part.
pub async fn discard(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
    key: IdempotencyKey,
    Json(request): Json<DiscardRequest>,
) -> Result<Response, Error> {
    let tap = Tap { account: &account, key: &key, item_id, request: &request };
    tap.happens(&app, |item, _| Ok(Change::Discarded(part(item, request.quantity.as_ref())?, request.reason)))
        .await
}

/// `POST …/open`: it was opened.
pub async fn open(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
    key: IdempotencyKey,
) -> Result<Response, Error> {
    let tap = Tap { account: &account, key: &key, item_id, request: &() };
    tap.happens(&app, |_, viewer| Ok(Change::Opened(viewer.today()))).await
}

/// `POST …/freeze`: it was frozen.
pub async fn freeze(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
    key: IdempotencyKey,
) -> Result<Response, Error> {
    let tap = Tap { account: &account, key: &key, item_id, request: &() };
    tap.happens(&app, |_, viewer| Ok(Change::Frozen(viewer.today()))).await
}

/// `POST …/thaw`: it was thawed.
pub async fn thaw(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
    key: IdempotencyKey,
) -> Result<Response, Error> {
    let tap = Tap { account: &account, key: &key, item_id, request: &() };
    tap.happens(&app, |_, viewer| Ok(Change::Thawed(viewer.today()))).await
}

/// `PATCH …/items/{item_id}`: its date is given or corrected.
pub async fn date(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
    key: IdempotencyKey,
    Json(request): Json<DateRequest>,
) -> Result<Response, Error> {
    let tap = Tap { account: &account, key: &key, item_id, request: &request };
    tap.happens(&app, |item, viewer| {
        let expiry = item.expiry(request.expires_on, request.kind);
        let says_nothing = request.expires_on.is_none() && request.kind.is_none();
        if says_nothing || (expiry.on.is_none() && expiry.kind != ExpiryKind::None) {
            let detail = "give a date, or kind none".to_owned();
            return Err(Invalid { pointer: "/expires_on", detail }.into());
        }
        Ok(Change::Dated(expiry, viewer.today()))
    })
    .await
}

/// `POST …/undo`: an event was a wrong tap.
pub async fn undo(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
    key: IdempotencyKey,
    Json(request): Json<UndoRequest>,
) -> Result<Response, Error> {
    let tap = Tap { account: &account, key: &key, item_id, request: &request };
    tap.happens(&app, |_, _| Ok(Change::Reverted(request.event_id))).await
}

impl<T: Serialize + Sync> Tap<'_, T> {
    /// Appends what `change` makes of the item, once, and answers with the item as it is then. The
    /// item is locked: who taps at the same time sees what this tap left.
    async fn happens(
        &self,
        app: &App,
        change: impl FnOnce(&Item, &Viewer) -> Result<Change, Error>,
    ) -> Result<Response, Error> {
        let account = self.account;
        let viewer = app.viewer(account.id, &app.person(account).await?);
        let mut tx = app.begin(account.id).await?;
        match self.key.begin(&mut tx, app.schema, self.request).await? {
            Repetition::First => {}
            Repetition::Again { body, .. } => return Ok(axum::Json(body).into_response()),
            Repetition::OtherRequest => return Err(Error::KeyReused),
        }
        let access = store::households::access(&mut tx, account.id).await?;
        let mut kept =
            store::items::lock(&mut tx, &access.fridges(), self.item_id).await?.ok_or(Error::NotFound)?;
        access.change(kept.item.added.fridge_id)?;
        let entry = Entry {
            event_id: app.ids.next(viewer.now),
            item_id: self.item_id,
            sequence: kept.item.sequence + 1,
            account_id: Some(account.id),
            occurred_at: viewer.now,
            change: change(&kept.item, &viewer)?,
        };
        let undone = apply(&mut tx, &mut kept.item, &entry).await?;
        store::events::append(&mut tx, kept.item.added.fridge_id, &entry).await?;
        store::items::save(&mut tx, &kept, None).await?;
        if let Some(event) = events::announced(&entry, &kept.item.added, undone.as_ref(), account.trace())? {
            app.outbox.append(&mut tx, &event).await?;
        }
        let item = viewer.shown(kept.item, kept.standing);
        self.key.keep(&mut tx, app.schema, StatusCode::OK, &item).await?;
        tx.commit().await?;
        app.outbox.send_soon();
        Ok(axum::Json(item).into_response())
    }
}

/// Applies an entry; an undo folds the whole history anew, and gives what it took back.
async fn apply(conn: &mut PgConnection, item: &mut Item, entry: &Entry) -> Result<Option<Change>, Error> {
    let Change::Reverted(event_id) = entry.change else {
        item.apply(entry)?;
        return Ok(None);
    };
    let mut history = store::events::of_item(conn, entry.item_id).await?;
    let undone = history.iter().find(|past| past.event_id == event_id).map(|past| past.change.clone());
    *item = item::undo(&mut history, entry.clone())?;
    Ok(undone)
}

/// All that is left, or the part that is asked for.
fn part(item: &Item, asked: Option<&Part>) -> Result<Amount, Error> {
    match asked {
        None if item.is_gone() => Err(Refusal::NotEnough.into()),
        None => Ok(item.left),
        Some(part) => {
            amount::part(part, &item.added.unit).map_err(|error| Invalid::amount("/quantity", error).into())
        }
    }
}
