//! SQL of `passport.link_sets` and `passport.link_entries`.

use chrono::{DateTime, Utc};
use shared_contracts::passport::LinkEntry;
use sqlx::{PgConnection, types::Json};

use crate::domain::links::{Entry, Level};

/// What is known where a request for a product leads.
#[derive(Debug, Default)]
pub struct Known {
    /// Whether the catalogue has the product, and how it stands there.
    pub standing: Option<Standing>,
    /// The links of the levels that the request names.
    pub entries: Vec<Entry>,
}

/// How a product stands in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is offered.
    Offered,
    /// Its brand has withdrawn it.
    Withdrawn,
}

/// The links of a product, as they were put.
#[derive(Debug, PartialEq, Eq)]
pub struct LinkSet {
    /// Counts from 1.
    pub version: i32,
    /// In the order of the document.
    pub entries: Vec<Entry>,
}

/// The columns that say which level an entry is of: empty text for none.
fn level(cpv: String, lot: String, serial: String) -> Level {
    let some = |value: String| (!value.is_empty()).then_some(value);
    Level { cpv: some(cpv), lot: some(lot), serial: some(serial) }
}

/// What is known of a product at a level and at those above it, by primary keys.
pub async fn known(conn: &mut PgConnection, gtin: &str, asked: &Level) -> Result<Known, sqlx::Error> {
    let or_none = |value: Option<&str>| vec![String::new(), value.unwrap_or_default().to_owned()];
    let rows = sqlx::query!(
        r#"select p.gtin is not null as "in_catalogue!", p.withdrawn_at is not null as "withdrawn!",
                  e.cpv as "cpv?", e.lot as "lot?", e.serial as "serial?",
                  e.content as "content?: Json<LinkEntry>"
             from (select $1::text as gtin) as asked
             left join passport.products p on p.gtin = asked.gtin
             left join passport.link_entries e
               on e.gtin = asked.gtin and e.serial = any ($2::text[])
              and e.lot = any ($3::text[]) and e.cpv = any ($4::text[])"#,
        gtin,
        &or_none(asked.serial.as_deref()),
        &or_none(asked.lot.as_deref()),
        &or_none(asked.cpv.as_deref()),
    )
    .fetch_all(conn)
    .await?;
    let mut known = Known::default();
    for row in rows {
        let standing = if row.withdrawn { Standing::Withdrawn } else { Standing::Offered };
        known.standing = row.in_catalogue.then_some(standing);
        if let (Some(cpv), Some(lot), Some(serial), Some(Json(content))) =
            (row.cpv, row.lot, row.serial, row.content)
        {
            known.entries.push(Entry::read(level(cpv, lot, serial), content));
        }
    }
    Ok(known)
}

/// The links of a product, if any were ever put.
pub async fn find(conn: &mut PgConnection, gtin: &str) -> Result<Option<LinkSet>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select s.version, e.cpv as "cpv?", e.lot as "lot?", e.serial as "serial?",
                  e.content as "content?: Json<LinkEntry>"
             from passport.link_sets s
             left join passport.link_entries e using (gtin)
            where s.gtin = $1
            order by e.position"#,
        gtin,
    )
    .fetch_all(conn)
    .await?;
    let Some(version) = rows.first().map(|row| row.version) else { return Ok(None) };
    let entries = rows
        .into_iter()
        .filter_map(|row| Some(Entry::read(level(row.cpv?, row.lot?, row.serial?), row.content?.0)));
    Ok(Some(LinkSet { version, entries: entries.collect() }))
}

/// Replaces the links of a product as a whole, within the caller's transaction: the new version, or
/// `None` when the current one is not the expected one (0: no links were ever put). Then the
/// transaction is not to be committed.
pub async fn replace(
    conn: &mut PgConnection,
    gtin: &str,
    expected: Option<i32>,
    entries: &[Entry],
    now: DateTime<Utc>,
) -> Result<Option<i32>, sqlx::Error> {
    let version = next_version(conn, gtin, now).await?;
    if expected.is_some_and(|expected| expected != version - 1) {
        return Ok(None);
    }
    clear(conn, gtin).await?;
    insert(conn, gtin, entries).await?;
    Ok(Some(version))
}

/// Counts the version up, and holds the set until the transaction ends.
async fn next_version(conn: &mut PgConnection, gtin: &str, now: DateTime<Utc>) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(
        "insert into passport.link_sets as s (gtin, version, updated_at)
         values ($1, 1, $2)
         on conflict on constraint link_sets_pkey do update
            set version = s.version + 1, updated_at = excluded.updated_at
         returning version",
        gtin,
        now,
    )
    .fetch_one(conn)
    .await
}

async fn clear(conn: &mut PgConnection, gtin: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from passport.link_entries where gtin = $1", gtin).execute(conn).await?;
    Ok(())
}

async fn insert(conn: &mut PgConnection, gtin: &str, entries: &[Entry]) -> Result<(), sqlx::Error> {
    let column = |value: fn(&Level) -> Option<&str>| -> Vec<String> {
        entries.iter().map(|entry| value(&entry.level).unwrap_or_default().to_owned()).collect()
    };
    let content = entries
        .iter()
        .map(|entry| serde_json::to_value(LinkEntry { qualifiers: None, ..entry.written() }))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "insert into passport.link_entries (gtin, cpv, lot, serial, position, content)
         select $1, cpv, lot, serial, ordinal - 1, content
           from unnest($2::text[], $3::text[], $4::text[], $5::jsonb[])
                with ordinality as put (cpv, lot, serial, content, ordinal)",
        gtin,
        &column(|level| level.cpv.as_deref()),
        &column(|level| level.lot.as_deref()),
        &column(|level| level.serial.as_deref()),
        &content,
    )
    .execute(conn)
    .await?;
    Ok(())
}
