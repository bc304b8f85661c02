//! Items and histories as people see them, by their own clock.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;
use shared_contracts::fridge::{Amount as Wire, ExpiryKind, FridgeEvent, FridgeHistory, FridgeItem};
use uuid::Uuid;

use super::{
    amount::Amount,
    dates::{self, Soon},
    item::{Change, Entry, Item, reverted},
    recall::Standing,
};

/// Who looks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// The account.
    pub account: Uuid,
    /// Its time zone.
    pub zone: Tz,
    /// Now.
    pub now: DateTime<Utc>,
    /// What counts as soon.
    pub soon: Soon,
}

impl Viewer {
    /// Today, on the viewer's calendar.
    pub fn today(&self) -> chrono::NaiveDate {
        dates::local(self.now, self.zone).date()
    }

    /// An item as the viewer sees it.
    pub fn shown(&self, item: Item, standing: Standing) -> FridgeItem {
        let state = item.dates.state(dates::local(self.now, self.zone), self.soon);
        let usual = item.added.shelf_life_days.map(u64::from);
        let suggested = || item.added.day.checked_add_days(Days::new(usual?));
        FridgeItem {
            item_id: item.item_id,
            scan_id: item.added.scan_id,
            state,
            quantity: wire(item.left, &item.added.unit),
            use_by: item.added.use_by,
            best_before: item.added.best_before,
            expires_on: item.dates.expires_on(),
            expires_at: item.dates.expires_at(),
            expires_kind: item.dates.kind(),
            recall_status: standing.status,
            recalls: standing.recalls,
            added_at: item.added_at,
            opened_at: item.opened_at,
            frozen_at: item.frozen_at,
            gone_at: item.gone_at,
            last_event_id: item.last_event_id,
            suggested_expires_on: if item.dates.kind() == ExpiryKind::None { suggested() } else { None },
            shared: item.added.fridge_id != self.account,
            gtin: item.added.gtin,
            name: item.added.name,
            brand_name: item.added.brand_name,
            category: item.added.category,
            lot: item.added.lot,
        }
    }
}

/// A history as everybody who may look at its item sees it.
pub fn history(entries: &[Entry]) -> FridgeHistory {
    let undone = reverted(entries);
    let unit = entries.iter().find_map(|entry| match &entry.change {
        Change::Added(added, _) => Some(added.unit.as_str()),
        _ => None,
    });
    let shown = |entry: &Entry| FridgeEvent {
        event_id: entry.event_id,
        sequence: entry.sequence,
        kind: entry.change.kind(),
        quantity: entry.change.quantity().map(|amount| wire(amount, unit.unwrap_or_default())),
        reason: match entry.change {
            Change::Discarded(_, reason) => Some(reason),
            _ => None,
        },
        expires_on: match &entry.change {
            Change::Added(added, _) => added.expiry.on,
            Change::Dated(expiry, _) => expiry.on,
            _ => None,
        },
        reverts: entry.change.reverts(),
        by: entry.account_id,
        occurred_at: entry.occurred_at,
        reverted: undone.contains(&entry.event_id),
    };
    FridgeHistory { items: entries.iter().map(shown).collect() }
}

fn wire(amount: Amount, unit: &str) -> Wire {
    Wire { value: amount.number(), unit: unit.to_owned() }
}
