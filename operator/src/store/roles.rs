//! Logins of the services: their verifiers and their sessions.

use sqlx::PgConnection;

/// Gives a login the SCRAM verifier that its password is checked against from now on.
/// `deploy/postgres/bootstrap.sql` makes the function, which touches nothing but such logins.
pub async fn set_login_verifier(
    conn: &mut PgConnection,
    login: &str,
    verifier: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("select packytrace_admin.set_login_verifier($1, $2)")
        .bind(login)
        .bind(verifier)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many sessions a login has.
pub async fn sessions(conn: &mut PgConnection, login: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from pg_catalog.pg_stat_activity where usename = $1")
        .bind(login)
        .fetch_one(conn)
        .await
}
