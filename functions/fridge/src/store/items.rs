//! SQL of `fridge.items`, the snapshot.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{read, written};
use crate::domain::{
    item::{Added, Item},
    recall::Standing,
    words::words,
};

/// An item with what the recalls make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The item.
    pub item: Item,
    /// What the recalls make of it.
    pub standing: Standing,
}

struct Row {
    document: Value,
    standing: Value,
}

impl Row {
    fn kept(self) -> Result<Kept, sqlx::Error> {
        Ok(Kept { item: read(self.document)?, standing: read(self.standing)? })
    }
}

/// Words by which alerts without a code are compared with an item.
pub fn words_of(added: &Added) -> Vec<String> {
    let name = format!("{} {}", added.name, added.brand_name.as_deref().unwrap_or_default());
    words(&name).into_iter().collect()
}

/// Writes a new item, or the same item as it is now.
pub async fn save(conn: &mut PgConnection, kept: &Kept, added_by: Option<Uuid>) -> Result<(), sqlx::Error> {
    let item = &kept.item;
    sqlx::query!(
        "insert into fridge.items
             (item_id, fridge_id, sequence, gone, added_by, scan_id, add_key, gtin, words, document, standing)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict on constraint items_pkey do update
            set sequence = excluded.sequence, gone = excluded.gone,
                document = excluded.document, standing = excluded.standing",
        item.item_id,
        item.added.fridge_id,
        item.sequence,
        item.is_gone(),
        added_by,
        item.added.scan_id,
        item.added.key.as_deref().unwrap_or_default(),
        item.added.gtin,
        &words_of(&item.added),
        written(item)?,
        written(&kept.standing)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes what the recalls make of an item.
pub async fn mark(conn: &mut PgConnection, item_id: Uuid, standing: &Standing) -> Result<(), sqlx::Error> {
    sqlx::query!("update fridge.items set standing = $2 where item_id = $1", item_id, written(standing)?)
        .execute(conn)
        .await?;
    Ok(())
}

/// What is there in these fridges.
pub async fn there(conn: &mut PgConnection, fridges: &[Uuid]) -> Result<Vec<Kept>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select document, standing from fridge.items where fridge_id = any($1) and not gone",
        fridges,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::kept).collect()
}

/// One item of these fridges, gone or not.
pub async fn find(
    conn: &mut PgConnection,
    fridges: &[Uuid],
    item_id: Uuid,
) -> Result<Option<Kept>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select document, standing from fridge.items where item_id = $2 and fridge_id = any($1)",
        fridges,
        item_id,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::kept).transpose()
}

/// The same, until the transaction ends for it alone: whoever else wants to change it waits.
pub async fn lock(
    conn: &mut PgConnection,
    fridges: &[Uuid],
    item_id: Uuid,
) -> Result<Option<Kept>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select document, standing from fridge.items where item_id = $2 and fridge_id = any($1) for update",
        fridges,
        item_id,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::kept).transpose()
}

/// The item that an account made of a scan under this key.
pub async fn of_scan(
    conn: &mut PgConnection,
    account: Uuid,
    scan_id: Uuid,
    key: Option<&str>,
) -> Result<Option<Kept>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "select document, standing from fridge.items where added_by = $1 and scan_id = $2 and add_key = $3",
        account,
        scan_id,
        key.unwrap_or_default(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::kept).transpose()
}

/// What is there of these products, or has all words of one of these names, in every fridge, locked.
pub async fn touched(
    conn: &mut PgConnection,
    gtins: &[String],
    names: &[Vec<String>],
) -> Result<Vec<Kept>, sqlx::Error> {
    let names = serde_json::to_value(names).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let rows = sqlx::query_as!(
        Row,
        "select document, standing
           from fridge.items
          where item_id in (
                select item_id from fridge.items where gtin = any($1) and not gone
                union
                select i.item_id
                  from jsonb_array_elements($2) as name
                  join fridge.items i
                    on i.words @> array(select jsonb_array_elements_text(name)) and not i.gone
                )
          order by item_id
            for update",
        gtins,
        names,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::kept).collect()
}

/// Everything of an account's own fridge, gone or not.
pub async fn of_fridge(conn: &mut PgConnection, fridge: Uuid) -> Result<Vec<Kept>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select document, standing from fridge.items where fridge_id = $1 order by item_id",
        fridge,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::kept).collect()
}
