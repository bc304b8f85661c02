//! SQL of `measurement.environment`.

use sqlx::PgConnection;

/// Whether this is a database of tests.
pub async fn is_test(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select exists (select from measurement.environment) as "test!""#)
        .fetch_one(conn)
        .await
}

/// Makes it one, as the schema's owner. A database with facts or releases in it refuses.
pub async fn make_test(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    if is_test(conn).await? {
        return Ok(());
    }
    sqlx::query!("insert into measurement.environment (environment) values ('test')").execute(conn).await?;
    Ok(())
}
