//! How old the newest backup is.

use chrono::{DateTime, TimeDelta, Utc};
use service_chassis::objects::Objects;

use super::page::{Finding, Page};
use crate::{backup, output::told, secrets};

/// One each night, and half a night for a run that is tried again.
const OLDEST: TimeDelta = TimeDelta::hours(36);

pub(super) async fn look(backups: Option<&Objects>, now: DateTime<Utc>, page: &mut Page) {
    let finding = match backups {
        Some(backups) => newest(backups, now).await,
        None => Ok("not looked at: BACKUP_TO is not set".to_owned()),
    };
    page.add("backup", "newest", finding);
}

async fn newest(backups: &Objects, now: DateTime<Utc>) -> Finding {
    let newest = backup::newest(backups).await.map_err(|error| told(&error))?;
    let newest = newest.ok_or("there is none: run `packytrace-ops backup`")?;
    let age = now - newest.taken_at;
    let found = format!("{}, {} old, {} MiB", newest.name, secrets::age(age), newest.bytes() / (1024 * 1024));
    if age > OLDEST { Err(found) } else { Ok(found) }
}
