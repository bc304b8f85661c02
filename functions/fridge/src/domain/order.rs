//! The order of a fridge: recalled first, then opened, then by date, then by age.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use shared_contracts::passport::RecallReach;
use uuid::Uuid;

use super::{item::Item, recall::Standing};

/// An item's place. It stands for itself, so that a list goes on after an item that is gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    not_recalled: bool,
    not_opened: bool,
    expires_on: NaiveDate,
    added_at: DateTime<Utc>,
    item_id: Uuid,
}

impl Place {
    /// The place of an item.
    pub fn of(item: &Item, standing: &Standing) -> Self {
        Self {
            not_recalled: standing.status != RecallReach::Affected,
            not_opened: item.opened_at.is_none(),
            expires_on: item.dates.expires_on().unwrap_or(NaiveDate::MAX),
            added_at: item.added_at,
            item_id: item.item_id,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (recall, opened) = (u8::from(self.not_recalled), u8::from(self.not_opened));
        let added = self.added_at.timestamp_micros();
        write!(f, "{recall} {opened} {} {added} {}", self.expires_on, self.item_id)
    }
}

/// The text is no place.
#[derive(Debug)]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let mut words = text.split(' ');
        let mut next = || words.next().ok_or(NoPlace);
        Ok(Self {
            not_recalled: next()? == "1",
            not_opened: next()? == "1",
            expires_on: next()?.parse().map_err(|_| NoPlace)?,
            added_at: next()?.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(NoPlace)?,
            item_id: next()?.parse().map_err(|_| NoPlace)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn place(not_recalled: bool, not_opened: bool, day: &str, age: i64) -> Place {
        Place {
            not_recalled,
            not_opened,
            expires_on: day.parse().unwrap(),
            added_at: DateTime::UNIX_EPOCH - TimeDelta::minutes(age),
            item_id: Uuid::from_u128(1),
        }
    }

    #[test]
    fn recalled_comes_before_opened_before_earlier_before_older() {
        let wanted = [
            place(false, true, "2027-01-01", 0),
            place(true, false, "2026-12-01", 0),
            place(true, true, "2026-11-01", 0),
            place(true, true, "2026-12-01", 9),
            place(true, true, "2026-12-01", 1),
            Place { expires_on: NaiveDate::MAX, ..place(true, true, "2026-12-01", 1) },
        ];
        let mut sorted = wanted.clone();
        sorted.reverse();
        sorted.sort();
        assert_eq!(sorted, wanted);
        for place in wanted {
            assert_eq!(place.to_string().parse::<Place>().unwrap(), place);
        }
        assert!("1 1 tomorrow".parse::<Place>().is_err());
    }
}
