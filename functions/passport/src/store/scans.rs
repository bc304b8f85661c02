//! SQL of `passport.scans`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::domain::{
    passport::Revision,
    scan::{NewScan, Owner},
};

/// A scan with the product that it found.
#[derive(Debug)]
pub struct ScanRow {
    /// Id.
    pub scan_id: Uuid,
    /// When.
    pub scanned_at: DateTime<Utc>,
    /// Identifier, as in shared-contracts.
    pub identifier: Value,
    /// The product's current revision, if the catalogue has the product now.
    pub revision: Option<Revision>,
}

/// The columns of a [`ScanRow`]: those of the product are all there or none.
struct Joined {
    scan_id: Uuid,
    scanned_at: DateTime<Utc>,
    identifier: Value,
    document: Option<Value>,
    revision: Option<i32>,
    content_hash: Option<String>,
    source: Option<String>,
    updated_at: Option<DateTime<Utc>>,
}

impl From<Joined> for ScanRow {
    fn from(row: Joined) -> Self {
        let revision = || {
            Some(Revision {
                document: row.document?,
                number: row.revision?,
                content_hash: row.content_hash?,
                source: row.source?,
                at: row.updated_at?,
            })
        };
        Self {
            scan_id: row.scan_id,
            scanned_at: row.scanned_at,
            identifier: row.identifier,
            revision: revision(),
        }
    }
}

/// Writes a scan.
pub async fn insert(conn: &mut PgConnection, scan: &NewScan) -> Result<(), sqlx::Error> {
    let (account, visitor) = scan.owner.ids();
    sqlx::query!(
        "insert into passport.scans
             (scan_id, scanned_at, gtin, identifier, channel, symbology, visitor_id, account_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        scan.scan_id,
        scan.scanned_at,
        scan.gtin.to_string(),
        Json(&scan.identifier) as _,
        scan.channel_name(),
        scan.symbology,
        visitor,
        account,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes visits of one owner wait for each other until the transaction ends, so that two at
/// once see each other's scan.
pub async fn take_turn(conn: &mut PgConnection, owner: Owner) -> Result<(), sqlx::Error> {
    let (account, visitor) = owner.ids();
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended(coalesce($1::uuid, $2::uuid)::text, 0))",
        account,
        visitor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The resolver scan of the same code by the same owner since a moment, if there is one.
pub async fn just_visited(
    conn: &mut PgConnection,
    new: &NewScan,
    since: DateTime<Utc>,
) -> Result<Option<Uuid>, sqlx::Error> {
    let (account, visitor) = new.owner.ids();
    sqlx::query_scalar!(
        "select scan_id
           from passport.scans
          where (account_id = $1 or visitor_id = $2) and scanned_at > $3 and channel = 'resolver' and identifier = $4
          order by scan_id desc
          limit 1",
        account,
        visitor,
        since,
        Json(&new.identifier) as _,
    )
    .fetch_optional(conn)
    .await
}

/// The owner's scan of this id; somebody else's is none.
pub async fn find(
    conn: &mut PgConnection,
    owner: Owner,
    scan_id: Uuid,
) -> Result<Option<ScanRow>, sqlx::Error> {
    let (account, visitor) = owner.ids();
    sqlx::query_as!(
        Joined,
        r#"select s.scan_id, s.scanned_at, s.identifier,
                  p.document as "document?", p.revision as "revision?", p.content_hash as "content_hash?",
                  p.source as "source?", p.updated_at as "updated_at?"
             from passport.scans s
             left join passport.products p using (gtin)
            where (s.account_id = $1 or s.visitor_id = $2) and s.scan_id = $3"#,
        account,
        visitor,
        scan_id,
    )
    .fetch_optional(conn)
    .await
    .map(|row| row.map(ScanRow::from))
}

/// The owner's scans, newest first, older than `after`.
pub async fn list(
    conn: &mut PgConnection,
    owner: Owner,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<ScanRow>, sqlx::Error> {
    let (account, visitor) = owner.ids();
    sqlx::query_as!(
        Joined,
        r#"select s.scan_id, s.scanned_at, s.identifier,
                  p.document as "document?", p.revision as "revision?", p.content_hash as "content_hash?",
                  p.source as "source?", p.updated_at as "updated_at?"
             from passport.scans s
             left join passport.products p using (gtin)
            where (s.account_id = $1 or s.visitor_id = $2) and ($3::uuid is null or s.scan_id < $3)
            order by s.scan_id desc
            limit $4"#,
        account,
        visitor,
        after,
        rows,
    )
    .fetch_all(conn)
    .await
    .map(|rows| rows.into_iter().map(ScanRow::from).collect())
}
