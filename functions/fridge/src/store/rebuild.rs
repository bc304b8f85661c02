//! The snapshot made again from the history.

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{events, items, items::Kept, marking};
use crate::domain::item;

/// Items of one transaction.
const BATCH: i64 = 500;

/// Why the snapshot cannot be made again.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The database did not give or take rows.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A history cannot have happened.
    #[error("the history of item {item_id}: {refusal}")]
    Broken {
        /// The item.
        item_id: Uuid,
        /// What is wrong with it.
        refusal: item::Refusal,
    },
}

/// Folds every history anew into `fridge.items`, and gives the number of items.
///
/// # Errors
/// The first history that cannot be folded; the items before it are rebuilt.
pub async fn rebuild(conn: &mut PgConnection) -> Result<usize, RebuildError> {
    let (mut done, mut after) = (0, Uuid::nil());
    loop {
        let mut tx = conn.begin().await?;
        let batch = events::items(&mut tx, after, BATCH).await?;
        for item_id in &batch {
            one(&mut tx, *item_id).await?;
        }
        tx.commit().await?;
        let Some(last) = batch.last() else { return Ok(done) };
        (done, after) = (done + batch.len(), *last);
    }
}

async fn one(conn: &mut PgConnection, item_id: Uuid) -> Result<(), RebuildError> {
    let history = events::of_item(conn, item_id).await?;
    let item = item::fold(&history).map_err(|refusal| RebuildError::Broken { item_id, refusal })?;
    let standing = marking::standing(conn, &item.added).await?;
    let added_by = history.first().and_then(|entry| entry.account_id);
    Ok(items::save(conn, &Kept { item, standing }, added_by).await?)
}
