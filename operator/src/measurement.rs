//! `measurement`: closing windows by a test clock, and starting anew after a restore without the
//! output topic.

use std::io;

use chrono::{DateTime, Utc};
use measurement::{
    domain::parameters::{Broken, Parameters, Policy},
    store::{
        closing::{self, CloseError},
        delivery::{self, DeliveryError},
        environment,
        rebuild::{self, Refusal},
        releases,
        topic::{self, Connection, Contents, TopicError},
    },
};
use service_chassis::{
    runtime::manifest::{Database, Manifest, ManifestError},
    store::Schema,
};
use sqlx::PgConnection;
use tokio::task::JoinError;

use crate::{
    output::Output,
    postgres::{self, PostgresError},
    settings::KafkaAdmin,
};

/// Why nothing was released or adopted.
#[derive(Debug, thiserror::Error)]
pub enum MeasurementError {
    /// The database is not one of tests.
    #[error(
        "this is no database of tests: a test clock works only where the row environment = test was \
         written before anything else, and windows close by the wall clock everywhere else"
    )]
    NotATest,
    /// The manifest has no such database.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The manifest gives measurement no database.
    #[error("measurement has no database in the manifest")]
    NoDatabase,
    /// No connection.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// The parameters break the promise.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The output topic cannot be read.
    #[error("the output topic: {0}")]
    Topic(#[from] TopicError),
    /// Reading it was stopped.
    #[error("reading the output topic was stopped")]
    Stopped(#[from] JoinError),
    /// The output topic is not the one that it was.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A window could not be closed.
    #[error(transparent)]
    Close(#[from] CloseError),
    /// Batches wait in the outbox.
    #[error("the batches wait in the outbox: {0}")]
    Delivery(#[from] DeliveryError),
    /// Postgres refuses.
    #[error("measurement's schema cannot be used")]
    Store(#[from] sqlx::Error),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Where measurement's data is.
pub struct Place<'a> {
    /// Describes its database.
    pub manifest: &'a Manifest,
    /// Postgres as the operator.
    pub admin_url: &'a str,
    /// Kafka as its super user.
    pub kafka: KafkaAdmin,
}

/// Makes a new database one of tests, for good.
pub async fn mark_test(
    manifest: &Manifest,
    admin_url: &str,
    output: &mut Output,
) -> Result<(), MeasurementError> {
    let database = described(manifest)?;
    let mut conn = postgres::connect_as(admin_url, &database.database, &database.owner).await?;
    environment::make_test(&mut conn).await?;
    Ok(output.line("environment\ttest")?)
}

/// Closes and publishes by a test clock that holds for this run. Windows that it closes stay closed.
pub async fn release(
    place: &Place<'_>,
    as_of: DateTime<Utc>,
    output: &mut Output,
) -> Result<(), MeasurementError> {
    let (mut conn, policy) = open(place).await?;
    if !environment::is_test(&mut conn).await? {
        return Err(MeasurementError::NotATest);
    }
    let (delivered, contents) = look(place, &mut conn).await?;
    rebuild::rebuild(&mut conn, &policy, &contents, &delivered, as_of).await?;
    let closed = closing::close_due(&mut conn, &policy, as_of).await?;
    let published = releases::publish_due(&mut conn, as_of).await?;
    deliver(place, &mut conn).await?;
    output.line(format_args!("closed\t{closed}"))?;
    Ok(output.line(format_args!("published\t{published}"))?)
}

/// Starts anew after a restore without the topic: every window that began before now is given up, so
/// that nothing is drawn twice.
pub async fn adopt(
    place: &Place<'_>,
    now: DateTime<Utc>,
    output: &mut Output,
) -> Result<(), MeasurementError> {
    let (mut conn, policy) = open(place).await?;
    let (delivered, contents) = look(place, &mut conn).await?;
    let given_up = rebuild::adopt(&mut conn, &policy, &contents, &delivered, now).await?;
    output.line(format_args!("not_available\t{given_up}"))?;
    Ok(output.tell("measurement may start now")?)
}

async fn open(place: &Place<'_>) -> Result<(PgConnection, Policy), MeasurementError> {
    let database = described(place.manifest)?;
    let conn = postgres::connect_as(place.admin_url, &database.database, &database.role).await?;
    Ok((conn, Parameters::default().check()?))
}

fn described(manifest: &Manifest) -> Result<&Database, MeasurementError> {
    manifest.function("measurement")?.database.as_ref().ok_or(MeasurementError::NoDatabase)
}

/// What the database believes the topic to have, and what it has.
async fn look(
    place: &Place<'_>,
    conn: &mut PgConnection,
) -> Result<(Vec<String>, Contents), MeasurementError> {
    let delivered = releases::delivered(conn).await?;
    let connection = connection(place);
    let contents = tokio::task::spawn_blocking(move || topic::read(&connection)).await??;
    Ok((delivered, contents))
}

async fn deliver(place: &Place<'_>, conn: &mut PgConnection) -> Result<(), MeasurementError> {
    if let Ok(schema) = Schema::new("measurement") {
        delivery::deliver(conn, schema, &connection(place)).await?;
    }
    Ok(())
}

fn connection(place: &Place<'_>) -> Connection {
    let KafkaAdmin { bootstrap, protocol, username, password } = place.kafka.clone();
    Connection { bootstrap, protocol, username, password }
}
