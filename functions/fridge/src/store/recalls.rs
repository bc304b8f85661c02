//! SQL of `fridge.recalls` and `fridge.recall_names`.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{named, read, written};
use crate::domain::{item::Added, recall::Recall};

struct Row {
    recall_id: Uuid,
    source: String,
    gtins: Vec<String>,
    lots: Value,
    use_by_from: Option<NaiveDate>,
    use_by_to: Option<NaiveDate>,
    reason: String,
    url: Option<String>,
    active: bool,
    names: Value,
}

impl Row {
    fn recall(self) -> Result<Recall, sqlx::Error> {
        let names: Vec<BTreeSet<String>> = read(self.names)?;
        Ok(Recall {
            recall_id: self.recall_id,
            source: named(&self.source)?,
            gtins: self.gtins,
            lots: read(self.lots)?,
            use_by: self.use_by_from.zip(self.use_by_to).map(|(from, to)| [from, to]),
            names,
            reason: self.reason,
            url: self.url,
            active: self.active,
        })
    }
}

/// Makes adding and recalling one product wait for each other until the transaction ends: one of
/// the two sees what the other wrote.
pub async fn take_turn(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('fridge.recalls', 0))").execute(conn).await?;
    Ok(())
}

/// The same for who adds: they do not wait for each other.
pub async fn share_turn(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock_shared(hashtextextended('fridge.recalls', 0))")
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes a recall as it is now. False when that changes nothing.
pub async fn put(conn: &mut PgConnection, recall: &Recall) -> Result<bool, sqlx::Error> {
    let put = sqlx::query!(
        "insert into fridge.recalls as r
             (recall_id, source, gtins, lots, use_by_from, use_by_to, reason, url, active)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict on constraint recalls_pkey do update
            set gtins = excluded.gtins, lots = excluded.lots, use_by_from = excluded.use_by_from,
                use_by_to = excluded.use_by_to, reason = excluded.reason, url = excluded.url,
                active = excluded.active
          where (r.gtins, r.lots, r.use_by_from, r.use_by_to, r.reason, r.url, r.active) is distinct from
                (excluded.gtins, excluded.lots, excluded.use_by_from, excluded.use_by_to, excluded.reason,
                 excluded.url, excluded.active)",
        recall.recall_id,
        recall.source.as_str(),
        &recall.gtins,
        written(&recall.lots)?,
        recall.use_by.map(|[from, _]| from),
        recall.use_by.map(|[_, to]| to),
        recall.reason,
        recall.url,
        recall.active,
    )
    .execute(conn)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// Adds the words of one product that a recall names.
pub async fn put_name(conn: &mut PgConnection, recall_id: Uuid, words: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into fridge.recall_names (recall_id, words) values ($1, $2)
         on conflict on constraint recall_names_pkey do nothing",
        recall_id,
        words,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The recalls that may touch an item: all of its number, and active ones by all words of a name.
pub async fn of_item(conn: &mut PgConnection, added: &Added) -> Result<Vec<Recall>, sqlx::Error> {
    let gtin: Vec<String> = added.gtin.iter().cloned().collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select recall_id, source, gtins, lots, use_by_from, use_by_to, reason, url, active,
                  (select coalesce(jsonb_agg(to_jsonb(n.words)), '[]')
                     from fridge.recall_names n
                    where n.recall_id = r.recall_id and n.words <@ $2) as "names!"
             from fridge.recalls r
            where gtins && $1
               or active and recall_id in (select n.recall_id from fridge.recall_names n where n.words <@ $2)
            order by recall_id"#,
        &gtin,
        &super::items::words_of(added),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::recall).collect()
}
