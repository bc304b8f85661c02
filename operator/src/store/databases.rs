//! Whole databases, for backups: what is in them at one moment, and making them empty.

use std::collections::BTreeMap;

use sqlx::PgConnection;

/// Begins to look at the database as it is now, and keeps looking until the connection ends. What this
/// gives is the name under which `pg_dump` sees the same.
pub async fn hold(conn: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::query("begin isolation level repeatable read read only").execute(&mut *conn).await?;
    sqlx::query_scalar("select pg_export_snapshot()").fetch_one(conn).await
}

/// How many rows each table has, `schema.table` by name.
pub async fn rows(conn: &mut PgConnection) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    // query_to_xml runs a statement for each table; its answer is the only one that may differ in shape.
    let counted: Vec<(String, i64)> = sqlx::query_as(
        "select schemaname || '.' || tablename,
                (xpath('/row/count/text()',
                       query_to_xml(format('select count(*) from %I.%I', schemaname, tablename),
                                    false, true, '')))[1]::text::bigint
           from pg_catalog.pg_tables
          where schemaname not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(conn)
    .await?;
    Ok(counted.into_iter().collect())
}

/// How many other sessions use the database.
pub async fn others(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from pg_catalog.pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'",
    )
    .fetch_one(conn)
    .await
}

/// Takes everything out of the database. Roles, and who may connect, stay.
pub async fn empty(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "do $empty$
         declare
           found text;
         begin
           for found in select nspname from pg_catalog.pg_namespace
                         where nspname !~ '^pg_' and nspname <> 'information_schema' loop
             execute format('drop schema %I cascade', found);
           end loop;
           create schema public authorization pg_database_owner;
         end
         $empty$",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The database that backups are tried in.
pub const SCRATCH: &str = "packytrace_restore_check";

/// Makes that database anew.
pub async fn make_scratch(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    drop_scratch(&mut *conn).await?;
    sqlx::query("create database packytrace_restore_check template template0").execute(&mut *conn).await?;
    sqlx::query("revoke all on database packytrace_restore_check from public").execute(conn).await?;
    Ok(())
}

/// Takes it away.
pub async fn drop_scratch(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("drop database if exists packytrace_restore_check with (force)").execute(conn).await?;
    Ok(())
}
