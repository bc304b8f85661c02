//! Erasing again: a backup brings back whoever was erased after it, and the erasure log takes them out
//! before anything runs.

use chrono::{DateTime, Utc};
use identity::{
    domain::{
        erasure::{Logged, Subject, names_before},
        pseudonym::{self, KeySecret, Pseudonyms},
    },
    store::erasures::{self, Erasing},
};
use service_chassis::{
    events::Event,
    ids::Ids,
    objects::Objects,
    store::{Schema, outbox},
    trace::TraceContext,
};
use shared_contracts::events::AccountErased;
use sqlx::{Connection, PgConnection};

use super::{BackupError, Ground};
use crate::{postgres, secrets::SecretsError};

/// Erases again everybody whose erasure was noted since this moment. Says how many they were. Without a
/// log nobody is: the command line asks for that in so many words.
pub(super) async fn again(ground: &Ground<'_>, since: DateTime<Utc>) -> Result<usize, BackupError> {
    let Some(log) = &ground.erasures else { return Ok(0) };
    let mut conn = connect(ground).await?;
    let pseudonyms = pseudonyms(ground).await?;
    let mut erased = 0;
    for logged in noted(log, since).await? {
        // One that the backup knows goes on where it was: its event is in an outbox, or on its way.
        if erasures::find(&mut conn, logged.erasure_id).await?.is_none()
            && erasures::of(&mut conn, logged.subject.id()).await?.is_none()
        {
            erase(ground, &mut conn, &pseudonyms, logged).await?;
            erased += 1;
        }
    }
    Ok(erased)
}

async fn noted(log: &Objects, since: DateTime<Utc>) -> Result<Vec<Logged>, BackupError> {
    let first = names_before(since);
    let mut all = Vec::new();
    for name in log.list().await?.into_iter().filter(|name| *name >= first) {
        let text = log.get(&name).await?;
        all.push(serde_json::from_slice(&text).map_err(|error| BackupError::Json(name, error))?);
    }
    Ok(all)
}

/// What identity does when somebody asks for it; the others hear of it as soon as identity runs.
async fn erase(
    ground: &Ground<'_>,
    conn: &mut PgConnection,
    pseudonyms: &Pseudonyms,
    logged: Logged,
) -> Result<(), BackupError> {
    let (subject, now) = (logged.subject, ground.clock.now());
    let mut tx = conn.begin().await?;
    let erasing = Erasing {
        erasure: logged.erasure_id,
        person: subject.id(),
        visitors: &logged.visitor_ids,
        pseudonym: &pseudonyms.of_person(subject.id()),
        confirmers: &subject.confirmers(&identity::confirmers(ground.manifest)),
        at: logged.erased_at,
    };
    erasures::carry_out(&mut tx, &erasing).await?;
    if let Subject::Account(id) = subject {
        erasures::revoke(&mut tx, &pseudonym::digest_of(id), now).await?;
    }
    let fact = AccountErased {
        account_id: subject.id(),
        visitor_ids: logged.visitor_ids,
        erased_at: logged.erased_at,
    };
    let event = Event::new(fact, ground.clock, &Ids::system(), TraceContext::start())
        .map_err(|error| BackupError::Json("an erasure".to_owned(), error))?;
    let trace = event.traceparent.as_deref();
    outbox::append(&mut tx, schema()?, event.id, event.topic, &event.key, &event.payload, trace).await?;
    Ok(tx.commit().await?)
}

async fn connect(ground: &Ground<'_>) -> Result<PgConnection, BackupError> {
    let unknown = |error: &dyn std::error::Error| BackupError::Manifest(error.to_string());
    let described = ground.manifest.function("identity").map_err(|error| unknown(&error))?;
    let database = described.database.as_ref();
    let database = database.ok_or_else(|| BackupError::Manifest("identity has no database".to_owned()))?;
    let admin_url = ground.settings.postgres_admin_url()?;
    Ok(postgres::connect_as(admin_url, &database.database, &database.role).await?)
}

async fn pseudonyms(ground: &Ground<'_>) -> Result<Pseudonyms, BackupError> {
    let parameters = ground.settings.parameters().await?;
    let path = parameters.path("identity", "pseudonym-key");
    let current = parameters.current(&path).await?.ok_or_else(|| SecretsError::Missing(path.clone()))?;
    Ok(Pseudonyms::new(&current.json::<KeySecret>(&path)?)?)
}

fn schema() -> Result<Schema, BackupError> {
    Schema::new("identity").map_err(|name| BackupError::Manifest(format!("{name} is no schema")))
}
