//! What handlers may use, and the table of contents.

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, post},
};
use service_chassis::{clock::Clock, ids::Ids, outbox::Outbox, store::Schema};
use sqlx::{PgPool, PgTransaction};
use uuid::Uuid;

use crate::{
    auth::Account,
    clients::{Identity, Passport, Pushes},
    config::Config,
    domain::{dates, shown::Viewer},
    error::Error,
    routes::{expiring, export, feed, household, items, notices, push, taps, waste},
    store::{self, people::Person},
};

/// What handlers may use.
#[derive(Clone)]
pub struct App {
    /// Settings.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The schema `fridge`, as `fridge_svc`.
    pub database: PgPool,
    /// Its name, for the chassis' tables.
    pub schema: Schema,
    /// Events on their way to Kafka.
    pub outbox: Outbox,
    /// What was scanned.
    pub passport: Passport,
    /// Time zones and languages.
    pub identity: Identity,
    /// Messages on their way to browsers.
    pub pushes: Pushes,
}

impl App {
    /// A transaction that writes for an account: its erasure waits, or has been.
    pub async fn begin(&self, account: Uuid) -> Result<PgTransaction<'static>, Error> {
        let mut tx = self.database.begin().await?;
        if store::people::enter(&mut tx, account).await? { Ok(tx) } else { Err(Error::NotFound) }
    }

    /// A person as Identity knows them now; as it last said while it is away.
    pub async fn person(&self, account: &Account) -> Result<Person, Error> {
        let mut conn = self.database.acquire().await?;
        let known = store::people::find(&mut conn, account.id).await?;
        drop(conn);
        let said = self.identity.person(account.id, &account.context).await;
        if said.is_some() && said == known {
            return Ok(said.or(known).unwrap_or_else(unknown));
        }
        let person = said.or_else(|| known.clone()).unwrap_or_else(unknown);
        if known.as_ref() != Some(&person) {
            let mut tx = self.begin(account.id).await?;
            store::people::put(&mut tx, account.id, &person).await?;
            tx.commit().await?;
        }
        Ok(person)
    }

    /// Who looks at items: an account at its own clock on the wall.
    pub fn viewer(&self, account: Uuid, person: &Person) -> Viewer {
        Viewer {
            account,
            zone: dates::zone(&person.time_zone),
            now: self.clock.now(),
            soon: self.config.soon(),
        }
    }
}

/// Somebody of whom Identity has not said anything yet.
pub(crate) fn unknown() -> Person {
    Person { time_zone: "UTC".to_owned(), language: "en".to_owned() }
}

/// The routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/api/v1/fridge/items", get(items::list).post(items::add))
        .route("/api/v1/fridge/items/manual", post(items::add_by_hand))
        .route("/api/v1/fridge/items/{item_id}", get(items::read).patch(taps::date))
        .route("/api/v1/fridge/items/{item_id}/history", get(items::history))
        .route("/api/v1/fridge/items/{item_id}/consume", post(taps::consume))
        .route("/api/v1/fridge/items/{item_id}/discard", post(taps::discard))
        .route("/api/v1/fridge/items/{item_id}/open", post(taps::open))
        .route("/api/v1/fridge/items/{item_id}/freeze", post(taps::freeze))
        .route("/api/v1/fridge/items/{item_id}/thaw", post(taps::thaw))
        .route("/api/v1/fridge/items/{item_id}/undo", post(taps::undo))
        .route("/api/v1/fridge/expiring", get(expiring::list))
        .route("/api/v1/fridge/expiring.ics", get(feed::read))
        .route("/api/v1/fridge/feed-token", post(feed::make).delete(feed::revoke))
        .route("/api/v1/fridge/notices", get(notices::list))
        .route("/api/v1/fridge/push-subscriptions", get(push::list).post(push::add).delete(push::remove))
        .route(
            "/api/v1/fridge/household",
            get(household::read).post(household::invite).delete(household::leave),
        )
        .route("/api/v1/fridge/household/members", post(household::join))
        .route("/api/v1/fridge/household/members/{account_id}", delete(household::remove))
        .route("/api/v1/fridge/household/invitations/{invitation_id}", delete(household::withdraw))
        .route("/api/v1/fridge/waste-summary", get(waste::summary))
        .route("/api/v1/fridge/waste-summary.csv", get(waste::table))
        .route("/internal/v1/accounts/{account_id}/export", get(export::read))
        .with_state(app)
}
