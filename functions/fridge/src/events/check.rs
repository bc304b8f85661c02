//! The hourly check: what is soon, today or past is told once, in one digest a day, outside the
//! quiet hours of each person's own clock.

use chrono::Timelike;
use shared_contracts::fridge::{DateState, NoticeKind};
use uuid::Uuid;

use crate::{
    app::App,
    domain::dates,
    error::Error,
    store::{self, people::Checked},
};

/// People of one turn.
const BATCH: i64 = 500;

/// Checks the fridges of everybody. Somebody whose check fails does not stop the others'.
pub(super) async fn everybody(app: &App) -> Result<(), Error> {
    let mut after = Uuid::nil();
    loop {
        let mut conn = app.database.acquire().await?;
        let people = store::people::to_check(&mut conn, after, BATCH).await?;
        drop(conn);
        let Some(last) = people.last() else { break };
        after = last.account_id;
        for person in &people {
            if let Err(error) = one(app, person).await {
                tracing::warn!(%error, "a fridge could not be checked; the next hour tries again");
            }
        }
    }
    app.pushes.send_soon();
    Ok(())
}

async fn one(app: &App, person: &Checked) -> Result<(), Error> {
    let now = app.clock.now();
    let local = dates::local(now, dates::zone(&person.time_zone));
    let awake = app.config.quiet_until_hour..app.config.quiet_from_hour;
    if !awake.contains(&local.hour()) || person.digested_on == Some(local.date()) {
        return Ok(());
    }
    let mut tx = app.begin(person.account_id).await?;
    let access = store::households::access(&mut tx, person.account_id).await?;
    let mut told = false;
    for kept in store::items::there(&mut tx, &access.fridges()).await? {
        let state = kept.item.dates.state(local, app.config.soon());
        if kept.item.dates.is_frozen() || matches!(state, DateState::Fresh | DateState::NoDate) {
            continue;
        }
        let notice_id = app.ids.next(now);
        told |= store::notices::expiry(&mut tx, notice_id, person.account_id, &kept.item, state, now).await?;
    }
    if told && store::people::digest(&mut tx, person.account_id, local.date()).await? {
        store::push::queue(&mut tx, person.account_id, NoticeKind::Expiry, now).await?;
    }
    Ok(tx.commit().await?)
}
