//! Logins of Postgres and users of the broker: each function has two, of which one is idle. The idle
//! one gets a new password, everybody moves to it, and the other one's password stops working.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Fact, Place, RotateError, Turn};
use crate::{
    kafka::{Broker, KafkaError, users},
    postgres::{self, PostgresError},
    scram::{self, random},
    secrets::{SecretsError, parameters::Parameter, shapes::Login},
    settings::KafkaAdmin,
    store::roles,
};

/// A broker knows of a changed user in milliseconds; so many looks, so far apart, are enough.
const LOOKS: u32 = 20;
const LOOK: Duration = Duration::from_millis(250);

/// The idle one of the two logins of a role, with a new password.
pub(super) fn successor(turn: &Turn, role: &str) -> Result<String, RotateError> {
    let current: Login = turn.current.json(&turn.path)?;
    let [first, second] = ["a", "b"].map(|turn| format!("{role}_{turn}"));
    let idle = if current.username == first { second } else { first };
    let next = Login::generate(idle).map_err(SecretsError::from)?;
    Ok(serde_json::to_string(&next).map_err(|_| SecretsError::Malformed(turn.path.clone()))?)
}

/// Postgres knows the next password, as a verifier.
pub(super) async fn add_to_postgres(place: &Place<'_>, turn: &Turn) -> Result<Vec<Fact>, RotateError> {
    set_verifier(place, &turn.next()?.json(&turn.path)?).await
}

/// Nobody knows the password of this one any more.
pub(super) async fn remove_from_postgres(
    place: &Place<'_>,
    turn: &Turn,
    old: &Parameter,
) -> Result<Vec<Fact>, RotateError> {
    let old: Login = old.json(&turn.path)?;
    set_verifier(place, &Login::generate(old.username).map_err(SecretsError::from)?).await
}

async fn set_verifier(place: &Place<'_>, login: &Login) -> Result<Vec<Fact>, RotateError> {
    let salt = random::<16>().map_err(SecretsError::from)?;
    let verifier = scram::postgres_verifier(&login.password, &salt);
    roles::set_login_verifier(&mut place.postgres().await?, &login.username, &verifier)
        .await
        .map_err(|source| SecretsError::Verifier { login: login.username.clone(), source })?;
    Ok(Vec::new())
}

/// The login of the version before has no session.
pub(super) fn no_session_of_previous(turn: &Turn) -> Result<Option<Fact>, RotateError> {
    let Some(previous) = &turn.previous else { return Ok(None) };
    let Login { username, .. } = previous.json(&turn.path)?;
    Ok(Some(Fact::NoSession { login: username }))
}

/// Logs in at the function's database and acts as its role.
pub(super) async fn postgres_takes(
    place: &Place<'_>,
    turn: &Turn,
    version: &Parameter,
) -> Result<(), RotateError> {
    let login: Login = version.json(&turn.path)?;
    let database = place.database(&turn.function)?;
    let admin_url = place.settings.postgres_admin_url()?;
    postgres::log_in(admin_url, &database.database, &database.role, &login)
        .await
        .map_err(|error| SecretsError::from(error).into())
}

/// Postgres refuses this login, which is more than not to answer.
pub(super) async fn postgres_refuses(
    place: &Place<'_>,
    turn: &Turn,
    version: &Parameter,
) -> Result<(), RotateError> {
    match postgres_takes(place, turn, version).await {
        Ok(()) => Err(still_works(turn, "Postgres lets it in")),
        Err(RotateError::Secrets(SecretsError::Postgres(PostgresError::Refused(sqlx::Error::Database(
            _,
        ))))) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The broker knows the next user.
pub(super) async fn add_to_kafka(place: &Place<'_>, turn: &Turn) -> Result<Vec<Fact>, RotateError> {
    let login: Login = turn.next()?.json(&turn.path)?;
    users::apply(&mut Broker::connect(&place.settings.kafka()?).await?, &[login]).await?;
    Ok(Vec::new())
}

/// The broker knows another password of this one, which nobody else does.
pub(super) async fn remove_from_kafka(
    place: &Place<'_>,
    turn: &Turn,
    old: &Parameter,
) -> Result<Vec<Fact>, RotateError> {
    let Login { username, .. } = old.json(&turn.path)?;
    users::lock(&mut Broker::connect(&place.settings.kafka()?).await?, username).await?;
    Ok(Vec::new())
}

/// Logs in at the broker, which may need a moment to hear of a new user.
pub(super) async fn kafka_takes(
    place: &Place<'_>,
    turn: &Turn,
    version: &Parameter,
) -> Result<(), RotateError> {
    let user = user(place, turn, version)?;
    for _ in 0..LOOKS {
        if Broker::connect(&user).await.is_ok() {
            return Ok(());
        }
        sleep_until(Instant::now() + LOOK).await;
    }
    Broker::connect(&user).await.map(drop).map_err(RotateError::from)
}

/// The broker refuses this user, which is more than not to answer.
pub(super) async fn kafka_refuses(
    place: &Place<'_>,
    turn: &Turn,
    version: &Parameter,
) -> Result<(), RotateError> {
    let user = user(place, turn, version)?;
    for _ in 0..LOOKS {
        match Broker::connect(&user).await {
            Err(KafkaError::Refused { .. } | KafkaError::Login(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
            Ok(_) => sleep_until(Instant::now() + LOOK).await,
        }
    }
    Err(still_works(turn, "the broker lets it in"))
}

fn user(place: &Place<'_>, turn: &Turn, version: &Parameter) -> Result<KafkaAdmin, RotateError> {
    let Login { username, password } = version.json(&turn.path)?;
    Ok(KafkaAdmin { username, password, ..place.settings.kafka()? })
}

fn still_works(turn: &Turn, reason: &str) -> RotateError {
    RotateError::StillWorks { path: turn.path.clone(), reason: reason.to_owned() }
}
