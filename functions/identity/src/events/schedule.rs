//! Work that goes on after an answer, or that a killed process left behind: registrations, Keycloak
//! users to be deleted, exports.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use service_chassis::{
    audit::{self, Actor},
    caller::OnBehalf,
    client::Context,
    sealed::SealError,
    store::idempotency,
    store::processed,
    trace::TraceContext,
};
use shared_contracts::identity::{Export, ExportPart};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    app::App,
    clients::{ExportError, KeycloakError, User},
    domain::erasure::{KEYCLOAK, Subject},
    error::Error,
    routes::{accounts, exports, me},
    store,
    store::{accounts::AccountRow, exports::Claimed},
};

/// After this long, who worked on something has died.
const PATIENCE: TimeDelta = TimeDelta::minutes(1);
/// After each of these, Keycloak is asked again to delete a user; then by the schedule.
const FORGET_PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];
/// How long an export is tried.
const EXPORT_PATIENCE: TimeDelta = TimeDelta::hours(1);
/// How long a finished export is kept.
const EXPORT_LIFE: TimeDelta = TimeDelta::days(1);
/// How long a revocation is kept: longer than any token lives (an hour, and clocks that differ).
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(70);
/// How many left-behind things one run takes on.
const MOST: usize = 100;
/// Users of Keycloak that are compared at a time.
const PAGE: usize = 200;

/// Why a part of an export is not there.
#[derive(Debug, thiserror::Error)]
enum GatherError {
    #[error(transparent)]
    Own(#[from] Error),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Keycloak(#[from] KeycloakError),
    #[error(transparent)]
    Service(#[from] ExportError),
    #[error("an export cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("an export cannot be sealed: {0}")]
    Seal(#[from] SealError),
}

/// Forgets what nobody can ask for any more.
pub async fn tidy(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    let mut conn = app.database.acquire().await?;
    idempotency::forget_old(&mut conn, app.schema).await?;
    processed::forget_old(&mut conn, app.schema).await?;
    store::erasures::forget_revocations(&mut conn, now - TOKEN_LIFE).await?;
    Ok(store::exports::forget(&mut conn, now - EXPORT_LIFE).await?)
}

/// Finishes registrations whose process ended between Keycloak and the account.
pub async fn finish_registrations(app: &App) -> Result<(), Error> {
    for _ in 0..MOST {
        let mut tx = app.database.begin().await?;
        let before = app.clock.now() - PATIENCE;
        let Some(row) = store::registrations::take_left_behind(&mut tx, before).await? else { break };
        let user = app.keycloak.with_email(&row.email).await?;
        match user {
            Some(user) if accounts::is_left_behind(&mut tx, &user, row.begun_at).await? => {
                accounts::finish(app, &mut tx, user.id, &row, TraceContext::start()).await?;
            }
            _ => store::registrations::remove(&mut tx, &row.email).await?,
        }
        tx.commit().await?;
        app.outbox.send_soon();
    }
    Ok(())
}

/// Deletes the Keycloak user of an erased account, and confirms that.
pub async fn forget_user(app: &App, account: Uuid) -> Result<(), Error> {
    app.keycloak.delete(account).await?;
    let now = app.clock.now();
    let mut tx = app.database.begin().await?;
    store::erasures::take_turn(&mut tx, account).await?;
    store::erasures::confirm(&mut tx, account, KEYCLOAK, now).await?;
    let completed = store::erasures::complete(&mut tx, account, now).await?;
    tx.commit().await?;
    if completed {
        audit::record("erasure_completed", Actor::Account(account), "");
    }
    Ok(())
}

/// The same with patience for a Keycloak that stumbles; whom it does not delete is left to the schedule.
pub async fn forget_user_soon(app: App, account: Uuid) {
    for pause in FORGET_PAUSES {
        match forget_user(&app, account).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "a Keycloak user could not be deleted"),
        }
        tokio::time::sleep_until(Instant::now() + pause).await;
    }
}

/// The same for all whose user could not be deleted at once.
pub async fn forget_users(app: &App) -> Result<(), Error> {
    let mut conn = app.database.acquire().await?;
    let waiting = store::erasures::waiting_for(&mut conn, KEYCLOAK, i64::try_from(MOST).unwrap_or(1)).await?;
    drop(conn);
    for account in waiting {
        forget_user(app, account).await?;
    }
    Ok(())
}

/// How many parts an export has: ours and that of every other service.
pub fn parts(app: &App) -> i32 {
    i32::try_from(app.exporters.count() + 1).unwrap_or(i32::MAX)
}

/// Goes on with exports whose process ended or could not reach everybody.
pub async fn gather_left_behind(app: &App) -> Result<(), Error> {
    for _ in 0..MOST {
        let now = app.clock.now();
        let mut conn = app.database.acquire().await?;
        let Some(claimed) = store::exports::claim(&mut conn, now - PATIENCE, now).await? else { break };
        drop(conn);
        gather(app, claimed).await;
    }
    Ok(())
}

/// Gathers an export. What cannot be had now is tried again by the schedule, for an hour.
pub async fn gather(app: &App, claimed: Claimed) {
    let Err(error) = try_to_gather(app, &claimed).await else { return };
    tracing::warn!(%error, "an export could not be gathered");
    if app.clock.now() - claimed.requested_at < EXPORT_PATIENCE {
        return;
    }
    let failed = async {
        let mut conn = app.database.acquire().await?;
        let sentence = "Not every service could be reached. Ask for another export.";
        store::exports::fail(&mut conn, claimed.job_id, sentence, app.clock.now()).await
    };
    if let Err(error) = failed.await {
        tracing::warn!(%error, "an export could not be given up");
    }
}

async fn try_to_gather(app: &App, claimed: &Claimed) -> Result<(), GatherError> {
    let account = claimed.account_id;
    let context = Context {
        request_id: app.ids.next(app.clock.now()).to_string(),
        trace: TraceContext::start(),
        on_behalf: OnBehalf { account: Some(account), ..OnBehalf::default() },
    };
    let mut parts = vec![own_part(app, account).await?];
    for index in 0..app.exporters.count() {
        store::exports::progress(
            &mut *app.database.acquire().await?,
            claimed.job_id,
            i32::try_from(index + 1).unwrap_or(i32::MAX),
        )
        .await?;
        parts.extend(app.exporters.part(index, account, &context).await?);
    }
    let now = app.clock.now();
    let export = serde_json::to_vec(&Export { account_id: account, exported_at: now, parts })?;
    let export = app.export_keys().await?.seal(&exports::label(account, claimed.job_id), &export)?;
    let mut conn = app.database.acquire().await?;
    Ok(store::exports::finish(&mut conn, claimed.job_id, &export, now).await?)
}

/// What identity and Keycloak hold of a person.
async fn own_part(app: &App, account: Uuid) -> Result<ExportPart, GatherError> {
    let user = app.keycloak.find(account).await?;
    let mut conn = app.database.acquire().await?;
    let row = store::accounts::find(&mut conn, account).await?;
    let visitors = store::visitors::of(&mut conn, account).await?;
    let mut consents = store::consents::history(&mut conn, Subject::Account(account), None, i64::MAX).await?;
    for link in &visitors {
        let subject = Subject::Visitor(link.visitor_id);
        consents.extend(store::consents::history(&mut conn, subject, None, i64::MAX).await?);
    }
    let brand = store::brands::scope(&mut conn, account).await?;
    let credentials = |user: User| json!({"email": user.email, "created_at": user.created_at()});
    Ok(ExportPart {
        service: "identity".to_owned(),
        data: json!({
            "accounts": row.map(me::body).into_iter().collect::<Vec<_>>(),
            "credentials": user.map(credentials).into_iter().collect::<Vec<_>>(),
            "visitors": visitors,
            "consents": consents,
            "brand_roles": brand
                .map(|user| json!({"brand_id": user.brand_id, "role": user.role}))
                .into_iter()
                .collect::<Vec<_>>(),
        }),
    })
}

/// Gives an account to every user of the realm who lacks one: made by hand in Keycloak, or left
/// behind in a way that nobody noted.
pub async fn compare_users(app: &App) -> Result<(), Error> {
    let mut first = 0;
    loop {
        let users = app.keycloak.page(first, PAGE).await?;
        if users.is_empty() {
            return Ok(());
        }
        first += users.len();
        adopt(app, &users).await?;
    }
}

async fn adopt(app: &App, users: &[User]) -> Result<(), Error> {
    let now = app.clock.now();
    let ids: Vec<Uuid> = users.iter().map(|user| user.id).collect();
    let mut conn = app.database.acquire().await?;
    let known = store::accounts::among(&mut conn, &ids).await?;
    for user in users.iter().filter(|user| !known.contains(&user.id) && user.created_at() < now - PATIENCE) {
        // Whose erasure is going on is deleted soon.
        if store::erasures::of(&mut conn, user.id).await?.is_none() {
            store::accounts::insert(&mut conn, &AccountRow::plain(user.id, now)).await?;
            metrics::counter!("users_without_account_total").increment(1);
        }
    }
    Ok(())
}
