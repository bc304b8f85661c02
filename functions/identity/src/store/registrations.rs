//! SQL of `identity.registrations`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A registration on its way.
#[derive(Clone, Debug)]
pub struct RegistrationRow {
    /// The address, lower case.
    pub email: String,
    /// The browser that asked.
    pub visitor_id: Option<Uuid>,
    /// How the person likes to be called.
    pub display_name: Option<String>,
    /// BCP 47.
    pub language: String,
    /// When the first try began.
    pub begun_at: DateTime<Utc>,
    /// When the last try began.
    pub tried_at: DateTime<Utc>,
}

/// Notes a registration before Keycloak is asked; another try of the same keeps its beginning.
pub async fn note(conn: &mut PgConnection, row: &RegistrationRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.registrations (email, visitor_id, display_name, language, begun_at, tried_at)
         values ($1, $2, $3, $4, $5, $5)
         on conflict on constraint registrations_pkey do update
            set visitor_id = coalesce(excluded.visitor_id, registrations.visitor_id),
                display_name = excluded.display_name,
                language = excluded.language,
                tried_at = excluded.tried_at",
        row.email,
        row.visitor_id,
        row.display_name,
        row.language,
        row.begun_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a registration for the rest of the transaction; waits for whoever has it. `None` when
/// they finished it.
pub async fn take(conn: &mut PgConnection, email: &str) -> Result<Option<RegistrationRow>, sqlx::Error> {
    sqlx::query_as!(
        RegistrationRow,
        "select email, visitor_id, display_name, language, begun_at, tried_at
           from identity.registrations
          where email = $1
            for update",
        email,
    )
    .fetch_optional(conn)
    .await
}

/// Takes one that nobody has tried since `before`, if there is one that nobody has.
pub async fn take_left_behind(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<Option<RegistrationRow>, sqlx::Error> {
    sqlx::query_as!(
        RegistrationRow,
        "select email, visitor_id, display_name, language, begun_at, tried_at
           from identity.registrations
          where tried_at < $1
          order by tried_at
          limit 1
            for update skip locked",
        before,
    )
    .fetch_optional(conn)
    .await
}

/// Forgets a registration that this very try began, because Keycloak certainly has no user of it.
/// What an earlier try left behind stays.
pub async fn take_back(
    conn: &mut PgConnection,
    email: &str,
    begun_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from identity.registrations where email = $1 and begun_at = $2 and tried_at = $2",
        email,
        begun_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a registration that is finished.
pub async fn remove(conn: &mut PgConnection, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from identity.registrations where email = $1", email).execute(conn).await?;
    Ok(())
}
