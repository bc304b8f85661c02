//! SQL of `fridge.fridge_events`: appended and read.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_contracts::fridge::Kind;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{name_of, named, read, written};
use crate::domain::{
    amount::Amount,
    dates::Expiry,
    item::{Added, Change, Entry},
    waste::Left,
};

/// Of a change that has them: the local day, and a date that was given.
#[derive(Default, Serialize, Deserialize)]
struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiry: Option<Expiry>,
}

struct Row {
    event_id: Uuid,
    item_id: Uuid,
    sequence: i32,
    account_id: Option<Uuid>,
    kind: String,
    quantity: Option<i64>,
    reason: Option<String>,
    reverts: Option<Uuid>,
    details: Value,
    occurred_at: DateTime<Utc>,
}

/// Appends an event to the history of an item in this fridge.
pub async fn append(conn: &mut PgConnection, fridge_id: Uuid, entry: &Entry) -> Result<(), sqlx::Error> {
    let reason = match &entry.change {
        Change::Discarded(_, reason) => Some(name_of(reason)?),
        _ => None,
    };
    sqlx::query!(
        "insert into fridge.fridge_events
             (event_id, item_id, sequence, fridge_id, account_id, kind, quantity, reason, reverts, details, occurred_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        entry.event_id,
        entry.item_id,
        entry.sequence,
        fridge_id,
        entry.account_id,
        name_of(&entry.change.kind())?,
        entry.change.quantity().map(Amount::millionths),
        reason,
        entry.change.reverts(),
        details(&entry.change)?,
        entry.occurred_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn details(change: &Change) -> Result<Value, sqlx::Error> {
    let (day, expiry) = match change {
        Change::Added(added, _) => return written(added.as_ref()),
        Change::Opened(day) | Change::Frozen(day) | Change::Thawed(day) => (Some(*day), None),
        Change::Dated(expiry, day) => (Some(*day), Some(*expiry)),
        Change::Consumed(_) | Change::Discarded(..) | Change::Reverted(_) => (None, None),
    };
    written(&Details { day, expiry })
}

/// The whole history of an item, the oldest event first.
pub async fn of_item(conn: &mut PgConnection, item_id: Uuid) -> Result<Vec<Entry>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select event_id, item_id, sequence, account_id, kind, quantity, reason, reverts, details, occurred_at
           from fridge.fridge_events
          where item_id = $1
          order by sequence",
        item_id,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::entry).collect()
}

/// Every event of an account, in its own fridge and in others', item by item.
pub async fn of_account(conn: &mut PgConnection, account: Uuid) -> Result<Vec<Entry>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select event_id, item_id, sequence, account_id, kind, quantity, reason, reverts, details, occurred_at
           from fridge.fridge_events
          where fridge_id = $1 or account_id = $1
          order by item_id, sequence",
        account,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::entry).collect()
}

/// Ids of all items that ever were, after `after`.
pub async fn items(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select item_id from fridge.fridge_events where sequence = 1 and item_id > $1 order by item_id limit $2",
        after,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// What left these fridges between two moments and was not taken back, by days of a time zone.
pub async fn left(
    conn: &mut PgConnection,
    fridges: &[Uuid],
    [from, to]: [DateTime<Utc>; 2],
    zone: &str,
) -> Result<Vec<Left>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Taken,
        r#"select (e.occurred_at at time zone $4)::date as "day!", e.quantity as "part!", e.reason,
                  a.quantity as "whole!", a.details
             from fridge.fridge_events e
             join fridge.fridge_events a on a.item_id = e.item_id and a.sequence = 1
            where e.fridge_id = any($1) and e.occurred_at >= $2 and e.occurred_at < $3
              and e.kind in ('consumed', 'discarded')
              and not exists (select from fridge.fridge_events r where r.reverts = e.event_id)
            order by e.occurred_at"#,
        fridges,
        from,
        to,
        zone,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Taken::left).collect()
}

/// A part of an item that left, beside how the item began.
struct Taken {
    day: NaiveDate,
    part: i64,
    whole: i64,
    reason: Option<String>,
    details: Value,
}

impl Taken {
    fn left(self) -> Result<Left, sqlx::Error> {
        let added: Added = read(self.details)?;
        Ok(Left {
            day: self.day,
            name: added.name,
            gtin: added.gtin,
            category: added.category,
            whole: Amount::from_millionths(self.whole),
            part: Amount::from_millionths(self.part),
            unit: added.unit,
            price: added.price,
            discarded: self.reason.as_deref().map(named).transpose()?,
        })
    }
}

impl Row {
    fn entry(self) -> Result<Entry, sqlx::Error> {
        let missing = || sqlx::Error::Decode("an event lacks what its kind has".into());
        let amount = || self.quantity.map(Amount::from_millionths).ok_or_else(missing);
        let kind: Kind = named(&self.kind)?;
        let details: Details =
            if kind == Kind::Added { Details::default() } else { read(self.details.clone())? };
        let day = details.day.ok_or_else(missing);
        let change = match kind {
            Kind::Added => Change::Added(read(self.details)?, amount()?),
            Kind::Consumed => Change::Consumed(amount()?),
            Kind::Discarded => {
                Change::Discarded(amount()?, named(self.reason.as_deref().unwrap_or_default())?)
            }
            Kind::Opened => Change::Opened(day?),
            Kind::Frozen => Change::Frozen(day?),
            Kind::Thawed => Change::Thawed(day?),
            Kind::Dated => Change::Dated(details.expiry.ok_or_else(missing)?, day?),
            Kind::Reverted => Change::Reverted(self.reverts.ok_or_else(missing)?),
        };
        Ok(Entry {
            event_id: self.event_id,
            item_id: self.item_id,
            sequence: self.sequence,
            account_id: self.account_id,
            occurred_at: self.occurred_at,
            change,
        })
    }
}
