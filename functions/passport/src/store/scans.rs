//! SQL of `passport.scans`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{auth::Owner, domain::scan::NewScan};

/// A scan with the product that it found, as one row.
#[derive(Debug)]
pub struct ScanRow {
    /// Id.
    pub scan_id: Uuid,
    /// When.
    pub scanned_at: DateTime<Utc>,
    /// Identifier, as in shared-contracts.
    pub identifier: Value,
    /// The product's document, if the catalogue has it now.
    pub document: Option<Value>,
    /// Its revision.
    pub revision: Option<i32>,
    /// Its content hash.
    pub content_hash: Option<String>,
    /// Its source.
    pub source: Option<String>,
    /// When the revision was made.
    pub updated_at: Option<DateTime<Utc>>,
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
        scan.identifier_json(),
        scan.channel.as_str(),
        scan.symbology,
        visitor,
        account,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The owner's scan of this id; somebody else's is none.
pub async fn find(conn: &mut PgConnection, owner: Owner, scan_id: Uuid) -> Result<Option<ScanRow>, sqlx::Error> {
    let (account, visitor) = owner.ids();
    sqlx::query_as!(
        ScanRow,
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
        ScanRow,
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
}
