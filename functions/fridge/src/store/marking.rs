//! Recalls meet items: what is marked, and who hears of it. For the event of a brand's recall and
//! for the operator's import alike.

use chrono::{DateTime, Utc};
use service_chassis::ids::Ids;
use sqlx::PgConnection;

use super::{items, items::Kept, notices, people, push, recalls};
use crate::domain::{
    item::Added,
    recall::{self, Recall, Standing},
};
use shared_contracts::fridge::NoticeKind;

/// What a recall did here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Items that it touches, or may.
    pub items: usize,
    /// People who heard of it now.
    pub people: usize,
}

/// Takes a recall: marks every item that it touches, in every fridge, and tells everybody who has
/// one, once.
pub async fn take(
    conn: &mut PgConnection,
    recall: &Recall,
    ids: &Ids,
    now: DateTime<Utc>,
) -> Result<Marked, sqlx::Error> {
    recalls::take_turn(conn).await?;
    recalls::put(conn, recall).await?;
    let names: Vec<Vec<String>> = recall.names.iter().map(|words| words.iter().cloned().collect()).collect();
    for words in &names {
        recalls::put_name(conn, recall.recall_id, words).await?;
    }
    let mut marked = Marked::default();
    for kept in items::touched(conn, &recall.gtins, &names).await? {
        let standing = standing(conn, &kept.item.added).await?;
        if standing != kept.standing {
            items::mark(conn, kept.item.item_id, &standing).await?;
        }
        if recall.reach(&kept.item.added).is_some_and(|(reach, _)| recall::warns(reach)) {
            marked.items += 1;
            marked.people += tell(conn, &kept, recall, ids, now).await?;
        }
    }
    Ok(marked)
}

/// What the recalls that we know make of an item.
pub async fn standing(conn: &mut PgConnection, added: &Added) -> Result<Standing, sqlx::Error> {
    Ok(recall::standing(&recalls::of_item(conn, added).await?, added))
}

/// Tells everybody who looks into the item's fridge, if they have not heard of the recall.
async fn tell(
    conn: &mut PgConnection,
    kept: &Kept,
    recall: &Recall,
    ids: &Ids,
    now: DateTime<Utc>,
) -> Result<usize, sqlx::Error> {
    let mut told = 0;
    for account in people::of_fridge(conn, kept.item.added.fridge_id).await? {
        if notices::recall(conn, ids.next(now), account, recall, now).await? {
            push::queue(conn, account, NoticeKind::Recall, now).await?;
            told += 1;
        }
    }
    Ok(told)
}
