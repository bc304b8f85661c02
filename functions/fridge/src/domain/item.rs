//! An item is what its history makes of it: events are appended, the state is their fold.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shared_contracts::{
    fridge::{DiscardReason, ExpiryKind, Kind, Price},
    passport::RecallReach,
};
use uuid::Uuid;

use super::{
    amount::Amount,
    dates::{Dates, Expiry},
};

/// What an item is: what was known of it when it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// The fridge, by its owner's account.
    pub fridge_id: Uuid,
    /// What it is.
    pub name: String,
    /// What amounts are counted in.
    pub unit: String,
    /// The local day on which it came.
    pub day: NaiveDate,
    /// The date of the package, or of the person.
    pub expiry: Expiry,
    /// The scan that it was added from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan_id: Option<Uuid>,
    /// The Idempotency-Key that it was added under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// 14 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// The brand whose product it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<Uuid>,
    /// Its name, as on the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_name: Option<String>,
    /// What kind of food.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// AI 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// AI 17, or the day of AI 7003.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<NaiveDate>,
    /// AI 15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_before: Option<NaiveDate>,
    /// "Eat within n days of opening".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_after_opening: Option<u32>,
    /// Days that it usually keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_life_days: Option<u32>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// What Passport knew of recalls.
    #[serde(default)]
    pub recall_status: RecallReach,
}

/// What can happen to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It came.
    Added(Box<Added>, Amount),
    /// It was eaten, or a part.
    Consumed(Amount),
    /// It was thrown away, or a part.
    Discarded(Amount, DiscardReason),
    /// It was opened on this local day.
    Opened(NaiveDate),
    /// It was frozen.
    Frozen(NaiveDate),
    /// It was thawed.
    Thawed(NaiveDate),
    /// A date was given, on this local day.
    Dated(Expiry, NaiveDate),
    /// An earlier event was a wrong tap.
    Reverted(Uuid),
}

/// One event of an item's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id; also of the event that announces it.
    pub event_id: Uuid,
    /// The item.
    pub item_id: Uuid,
    /// From 1, without gaps.
    pub sequence: i32,
    /// Who did it; nobody once that account is erased.
    pub account_id: Option<Uuid>,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// What happened.
    pub change: Change,
}

/// An item as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub item_id: Uuid,
    /// What it is.
    pub added: Added,
    /// How much there was.
    pub whole: Amount,
    /// How much is left.
    pub left: Amount,
    /// Its dates.
    pub dates: Dates,
    /// Events so far.
    pub sequence: i32,
    /// The last event that counts.
    pub last_event_id: Uuid,
    /// Since when it is there.
    pub added_at: DateTime<Utc>,
    /// Since when it is open.
    pub opened_at: Option<DateTime<Utc>>,
    /// Since when it is frozen.
    pub frozen_at: Option<DateTime<Utc>>,
    /// Since when nothing is left.
    pub gone_at: Option<DateTime<Utc>>,
}

/// Why something cannot have happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is left of it.
    #[error("Nothing is left of this item.")]
    Gone,
    /// There is less of it.
    #[error("There is not that much left of this item.")]
    NotEnough,
    /// It was opened before.
    #[error("This item is open already.")]
    Open,
    /// It is frozen.
    #[error("This item is frozen already.")]
    Frozen,
    /// It is not frozen.
    #[error("This item is not frozen.")]
    NotFrozen,
    /// It is past its use-by date.
    #[error("This item is past its use-by date. Send confirm: true if it was eaten all the same.")]
    PastUseBy,
    /// The event was undone before, or is an undo.
    #[error("This event was taken back already, or takes back another one.")]
    NotUndoable,
    /// What came after it needs it.
    #[error("What came after this event needs it. Take that back first.")]
    Needed,
    /// The history has no such event.
    #[error("There is no such event.")]
    NoSuchEvent,
    /// A history that does not begin with an item.
    #[error("This history is none of an item.")]
    NoHistory,
}

impl Change {
    /// Its name.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Added(..) => Kind::Added,
            Self::Consumed(_) => Kind::Consumed,
            Self::Discarded(..) => Kind::Discarded,
            Self::Opened(_) => Kind::Opened,
            Self::Frozen(_) => Kind::Frozen,
            Self::Thawed(_) => Kind::Thawed,
            Self::Dated(..) => Kind::Dated,
            Self::Reverted(_) => Kind::Reverted,
        }
    }

    /// How much it is about.
    pub const fn quantity(&self) -> Option<Amount> {
        match self {
            Self::Added(_, amount) | Self::Consumed(amount) | Self::Discarded(amount, _) => Some(*amount),
            _ => None,
        }
    }

    /// The event that it takes back.
    pub const fn reverts(&self) -> Option<Uuid> {
        match self {
            Self::Reverted(event_id) => Some(*event_id),
            _ => None,
        }
    }
}

impl Item {
    /// The item that a first event makes.
    ///
    /// # Errors
    /// An event that makes none.
    pub fn begin(entry: &Entry) -> Result<Self, Refusal> {
        let Change::Added(added, whole) = &entry.change else { return Err(Refusal::NoHistory) };
        Ok(Self {
            item_id: entry.item_id,
            dates: Dates::new(added.expiry, added.day),
            added: added.as_ref().clone(),
            whole: *whole,
            left: *whole,
            sequence: entry.sequence,
            last_event_id: entry.event_id,
            added_at: entry.occurred_at,
            opened_at: None,
            frozen_at: None,
            gone_at: None,
        })
    }

    /// Applies what happened next. An undo is not applied but folded, see [`undo`].
    ///
    /// # Errors
    /// What cannot have happened; the item is as before.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Refusal> {
        if self.is_gone() {
            let took = matches!(entry.change, Change::Consumed(_) | Change::Discarded(..));
            return Err(if took { Refusal::NotEnough } else { Refusal::Gone });
        }
        match &entry.change {
            Change::Added(..) | Change::Reverted(_) => return Err(Refusal::NoHistory),
            Change::Consumed(part) | Change::Discarded(part, _) => {
                self.left = self.left.less(*part).ok_or(Refusal::NotEnough)?;
                self.gone_at = (self.left == Amount::ZERO).then_some(entry.occurred_at);
            }
            Change::Opened(_) if self.opened_at.is_some() => return Err(Refusal::Open),
            Change::Opened(day) => {
                self.opened_at = Some(entry.occurred_at);
                self.dates.open(*day, self.added.days_after_opening);
            }
            Change::Frozen(_) if self.frozen_at.is_some() => return Err(Refusal::Frozen),
            Change::Frozen(day) => {
                self.frozen_at = Some(entry.occurred_at);
                self.dates.freeze(*day);
            }
            Change::Thawed(_) if self.frozen_at.is_none() => return Err(Refusal::NotFrozen),
            Change::Thawed(day) => {
                self.frozen_at = None;
                self.dates.thaw(*day);
            }
            Change::Dated(expiry, day) => self.dates.give(*expiry, *day),
        }
        self.sequence = entry.sequence;
        self.last_event_id = entry.event_id;
        Ok(())
    }

    /// Whether nothing is left.
    pub fn is_gone(&self) -> bool {
        self.gone_at.is_some()
    }

    /// The expiry that a person means who names a day, a kind, or both. Without a kind it stays what
    /// it was; a first date is a use-by date, the careful choice.
    pub fn expiry(&self, on: Option<NaiveDate>, kind: Option<ExpiryKind>) -> Expiry {
        let kept = match self.dates.kind() {
            ExpiryKind::None => ExpiryKind::UseBy,
            kind => kind,
        };
        match kind.unwrap_or(kept) {
            ExpiryKind::None => Expiry::default(),
            kind => Expiry { kind, on: on.or(self.dates.expires_on()), at: None },
        }
    }
}

/// The events that later ones took back.
pub fn reverted(history: &[Entry]) -> HashSet<Uuid> {
    history.iter().filter_map(|entry| entry.change.reverts()).collect()
}

/// The item that a whole history makes.
///
/// # Errors
/// A history that cannot have happened.
pub fn fold(history: &[Entry]) -> Result<Item, Refusal> {
    let undone = reverted(history);
    let first = history.first().ok_or(Refusal::NoHistory)?;
    let last = history.last().unwrap_or(first);
    let mut item = Item::begin(first)?;
    for entry in &history[1..] {
        if !undone.contains(&entry.event_id) && entry.change.reverts().is_none() {
            item.apply(entry)?;
        }
    }
    if undone.contains(&first.event_id) {
        if item.last_event_id != first.event_id {
            return Err(Refusal::Needed);
        }
        item.left = Amount::ZERO;
        item.gone_at = Some(last.occurred_at);
    }
    item.sequence = last.sequence;
    Ok(item)
}

/// Appends an undo of `event_id` to a history, and gives the item without that event.
///
/// # Errors
/// No such event, one that cannot be undone, or one that later ones need.
pub fn undo(history: &mut Vec<Entry>, entry: Entry) -> Result<Item, Refusal> {
    let event_id = entry.change.reverts().ok_or(Refusal::NoHistory)?;
    let wrong = history.iter().find(|entry| entry.event_id == event_id).ok_or(Refusal::NoSuchEvent)?;
    if wrong.change.reverts().is_some() || reverted(history).contains(&event_id) {
        return Err(Refusal::NotUndoable);
    }
    history.push(entry);
    fold(history).map_err(|_| Refusal::Needed)
}

#[cfg(test)]
#[path = "item_tests.rs"]
mod tests;
