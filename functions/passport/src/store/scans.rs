//! SQL of `passport.scans`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::products::PassportRow;
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

struct Joined {
    scan_id: Uuid,
    scanned_at: DateTime<Utc>,
    identifier: Value,
    passport: Option<Json<PassportRow>>,
}

impl From<Joined> for ScanRow {
    fn from(row: Joined) -> Self {
        let revision = row.passport.map(|Json(row)| row.into());
        Self { scan_id: row.scan_id, scanned_at: row.scanned_at, identifier: row.identifier, revision }
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
        "select pg_advisory_xact_lock(hashtextextended('passport.scans/' || coalesce($1::uuid, $2::uuid)::text, 0))",
        account,
        visitor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The resolver scan of the same code by the same owner, younger than the id `since`, if there is
/// one.
pub async fn just_visited(
    conn: &mut PgConnection,
    new: &NewScan,
    since: Uuid,
) -> Result<Option<Uuid>, sqlx::Error> {
    let (account, visitor) = new.owner.ids();
    sqlx::query_scalar!(
        "select scan_id
           from passport.scans
          where (account_id = $1 or visitor_id = $2) and scan_id > $3 and channel = 'resolver' and identifier = $4
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
        r#"select s.scan_id, s.scanned_at, s.identifier, to_jsonb(v) as "passport?: Json<PassportRow>"
             from passport.scans s
             left join passport.passports v using (gtin)
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
        r#"select s.scan_id, s.scanned_at, s.identifier, to_jsonb(v) as "passport?: Json<PassportRow>"
             from passport.scans s
             left join passport.passports v using (gtin)
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

/// Makes the scans of a visitor those of an account.
pub async fn hand_over(conn: &mut PgConnection, visitor: Uuid, account: Uuid) -> Result<(), sqlx::Error> {
    let moved = sqlx::query!(
        "update passport.scans set account_id = $2, visitor_id = null where visitor_id = $1",
        visitor,
        account,
    );
    moved.execute(conn).await?;
    Ok(())
}

/// A scan without the product, for the export of a person's data.
#[derive(Debug)]
pub struct BareScanRow {
    /// Id.
    pub scan_id: Uuid,
    /// When.
    pub scanned_at: DateTime<Utc>,
    /// Identifier, as in shared-contracts.
    pub identifier: Value,
    /// How.
    pub channel: String,
    /// The scanner's symbology identifier.
    pub symbology: Option<String>,
}

/// Every scan of an account, newest first.
pub async fn of_account(conn: &mut PgConnection, account: Uuid) -> Result<Vec<BareScanRow>, sqlx::Error> {
    sqlx::query_as!(
        BareScanRow,
        "select scan_id, scanned_at, identifier, channel, symbology
           from passport.scans
          where account_id = $1
          order by scan_id desc",
        account,
    )
    .fetch_all(conn)
    .await
}

/// Deletes every scan of an account and of these visitors.
pub async fn erase(conn: &mut PgConnection, account: Uuid, visitors: &[Uuid]) -> Result<(), sqlx::Error> {
    let erased = sqlx::query!(
        "delete from passport.scans where account_id = $1 or visitor_id = any ($2)",
        account,
        visitors,
    );
    erased.execute(conn).await?;
    Ok(())
}
