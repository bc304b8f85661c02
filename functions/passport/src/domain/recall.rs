//! Recalls: what a brand takes back, and whether what somebody holds is of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use shared_contracts::passport::{self, BrandRecall, Identifier, RecallReach, RecallRequest, RecallStatus};
use uuid::Uuid;

use super::gs1::{self, Gtin};

/// Longest reason or instruction, in characters.
const LONGEST_TEXT: usize = 2_000;
/// Most lots of one recall.
const MOST_LOTS: usize = 1_000;

/// A recall, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Recall {
    /// UUIDv7.
    pub recall_id: Uuid,
    /// 14 digits.
    pub gtin: String,
    /// The brand that recalls.
    pub brand_id: Uuid,
    /// AI 10 of the lots that it touches; none = not limited to lots.
    pub lots: Option<Vec<String>>,
    /// First use-by day that it touches; none = not limited by date.
    pub use_by_from: Option<NaiveDate>,
    /// Last use-by day that it touches.
    pub use_by_to: Option<NaiveDate>,
    /// What is wrong.
    pub reason: String,
    /// What a person who has the product should do.
    pub instructions: String,
    /// Since when it holds.
    pub opened_at: DateTime<Utc>,
    /// Since when it is over.
    pub lifted_at: Option<DateTime<Utc>>,
}

/// One reason for which a recall is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// JSON Pointer into the request.
    pub pointer: String,
    /// For the person who wrote it.
    pub detail: String,
}

/// What a code says of the things that a recall is limited by. What it does not say is not known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held<'i> {
    /// AI 10.
    pub lot: Option<&'i str>,
    /// AI 17. A best-before day (AI 15) is another day and tells nothing here.
    pub use_by: Option<NaiveDate>,
}

impl<'i> Held<'i> {
    /// What an identifier says.
    pub fn of(identifier: &'i Identifier) -> Self {
        Self { lot: identifier.lot.as_deref(), use_by: identifier.use_by }
    }
}

/// How far the recalls of its product reach what somebody holds: the worst of them.
pub fn reach(recalls: &[Recall], held: Held<'_>) -> RecallReach {
    let active = recalls.iter().filter(|recall| recall.status() == RecallStatus::Active);
    active.map(|recall| recall.reach(held)).max().unwrap_or_default()
}

impl Recall {
    /// The recall that a request asks for.
    ///
    /// # Errors
    /// Every reason for which it is not taken.
    pub fn open(
        request: RecallRequest,
        gtin: Gtin,
        brand_id: Uuid,
        recall_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Self, Vec<Refusal>> {
        let refusals = refusals(&request, gtin);
        if !refusals.is_empty() {
            return Err(refusals);
        }
        Ok(Self {
            recall_id,
            gtin: gtin.to_string(),
            brand_id,
            lots: request.lots,
            use_by_from: request.use_by.map(|[from, _]| from),
            use_by_to: request.use_by.map(|[_, to]| to),
            reason: request.reason,
            instructions: request.instructions,
            opened_at: now,
            lifted_at: None,
        })
    }

    /// Whether it holds.
    pub fn status(&self) -> RecallStatus {
        if self.lifted_at.is_some() { RecallStatus::Lifted } else { RecallStatus::Active }
    }

    /// The use-by days that it touches.
    pub fn use_by(&self) -> Option<[NaiveDate; 2]> {
        Some([self.use_by_from?, self.use_by_to?])
    }

    /// As everybody sees it.
    pub fn shown(&self) -> passport::Recall {
        passport::Recall {
            recall_id: self.recall_id,
            lots: self.lots.clone(),
            use_by: self.use_by(),
            status: self.status(),
            reason: self.reason.clone(),
            instructions: self.instructions.clone(),
        }
    }

    /// As its brand sees it.
    pub fn shown_to_brand(&self) -> BrandRecall {
        BrandRecall {
            recall: self.shown(),
            gtin: self.gtin.clone(),
            opened_at: self.opened_at,
            lifted_at: self.lifted_at,
        }
    }

    /// A limit that is known not to hold rules the recall out; one that is not known leaves it open.
    fn reach(&self, held: Held<'_>) -> RecallReach {
        // Capital and small letters are told apart by scanners, not by people who type a lot.
        let of_lot =
            |lot: &str| self.lots.iter().flatten().any(|recalled| recalled.eq_ignore_ascii_case(lot));
        let limits = [
            self.lots.is_some().then(|| held.lot.map(of_lot)),
            self.use_by().map(|[from, to]| held.use_by.map(|day| from <= day && day <= to)),
        ];
        let limits = limits.into_iter().flatten();
        limits.fold(RecallReach::Affected, |reach, holds| match holds {
            Some(true) => reach,
            Some(false) => RecallReach::NotAffected,
            None => reach.min(RecallReach::CannotTell),
        })
    }
}

fn refusals(request: &RecallRequest, gtin: Gtin) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut refuse = |pointer: &str, detail: String| {
        refusals.push(Refusal { pointer: pointer.to_owned(), detail });
    };
    match request.lots.as_deref() {
        Some([]) => {
            refuse("/lots", "without a lot nothing is recalled; leave it out to recall all".to_owned());
        }
        Some(lots) if lots.len() > MOST_LOTS => refuse("/lots", format!("more than {MOST_LOTS} lots")),
        lots => {
            for (index, lot) in lots.into_iter().flatten().enumerate() {
                // A lot holds no date: any day does.
                if let Err(error) = gs1::product_code(gtin, Some(lot), None, NaiveDate::default()) {
                    refuse(&format!("/lots/{index}"), error.detail);
                }
            }
        }
    }
    if request.use_by.is_some_and(|[from, to]| from > to) {
        refuse("/use_by", "the first day is after the last".to_owned());
    }
    for (pointer, text) in [("/reason", &request.reason), ("/instructions", &request.instructions)] {
        if text.trim().is_empty() {
            refuse(pointer, "this must say something".to_owned());
        } else if text.chars().count() > LONGEST_TEXT {
            refuse(pointer, format!("longer than {LONGEST_TEXT} characters"));
        } else if text.contains('\0') {
            refuse(pointer, "a text has no NUL".to_owned());
        }
    }
    refusals
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn gtin() -> Gtin {
        "09521234543213".parse().unwrap()
    }

    fn open(more: &Value) -> Result<Recall, Vec<Refusal>> {
        let mut request =
            json!({"gtin": "9521234543213", "reason": "Glass", "instructions": "Bring it back"});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let request = serde_json::from_value(request).unwrap();
        Recall::open(request, gtin(), Uuid::from_u128(1), Uuid::from_u128(2), DateTime::UNIX_EPOCH)
    }

    fn held(lot: Option<&'static str>, use_by: Option<&str>) -> Held<'static> {
        Held { lot, use_by: use_by.map(|day| day.parse().unwrap()) }
    }

    #[test]
    fn lot_and_date_decide_and_what_is_not_known_stays_open() {
        use RecallReach::{Affected, CannotTell, NotAffected};
        let all = open(&json!({})).unwrap();
        let lots = open(&json!({"lots": ["L-7", "L-8"]})).unwrap();
        let days = open(&json!({"use_by": ["2026-12-01", "2026-12-31"]})).unwrap();
        let both = open(&json!({"lots": ["L-7"], "use_by": ["2026-12-01", "2026-12-31"]})).unwrap();
        for (recall, lot, use_by, wanted) in [
            (&all, None, None, Affected),
            (&lots, Some("L-7"), None, Affected),
            (&lots, Some("l-8"), None, Affected),
            (&lots, Some("L-9"), None, NotAffected),
            (&lots, None, Some("2026-12-03"), CannotTell),
            (&days, None, Some("2026-12-01"), Affected),
            (&days, None, Some("2026-12-31"), Affected),
            (&days, Some("L-7"), Some("2027-01-01"), NotAffected),
            (&days, Some("L-7"), None, CannotTell),
            (&both, Some("L-7"), Some("2026-12-03"), Affected),
            (&both, Some("L-7"), None, CannotTell),
            (&both, None, Some("2026-12-03"), CannotTell),
            (&both, None, Some("2026-11-03"), NotAffected),
            (&both, Some("L-9"), None, NotAffected),
        ] {
            assert_eq!(reach(std::slice::from_ref(recall), held(lot, use_by)), wanted, "{lot:?} {use_by:?}");
        }
    }

    #[test]
    fn the_worst_of_several_counts_and_a_lifted_one_does_not() {
        let lots = open(&json!({"lots": ["L-7"]})).unwrap();
        let lifted = Recall { lifted_at: Some(DateTime::UNIX_EPOCH), ..open(&json!({})).unwrap() };
        assert_eq!(reach(&[], held(None, None)), RecallReach::None);
        assert_eq!(reach(std::slice::from_ref(&lifted), held(None, None)), RecallReach::None);
        assert_eq!(reach(&[lifted, lots.clone()], held(Some("L-9"), None)), RecallReach::NotAffected);
        let all = open(&json!({})).unwrap();
        assert_eq!(reach(&[lots, all], held(Some("L-9"), None)), RecallReach::Affected);
    }

    #[test]
    fn what_is_no_recall_is_refused_where_it_is_wrong() {
        for (more, pointer) in [
            (json!({"lots": []}), "/lots"),
            (json!({"lots": ["L-7", "a b"]}), "/lots/1"),
            (json!({"lots": ["123456789012345678901"]}), "/lots/0"),
            (json!({"use_by": ["2026-12-02", "2026-12-01"]}), "/use_by"),
            (json!({"reason": " "}), "/reason"),
            (json!({"reason": "a\u{0}"}), "/reason"),
            (json!({"instructions": "x".repeat(LONGEST_TEXT + 1)}), "/instructions"),
        ] {
            assert_eq!(open(&more).unwrap_err()[0].pointer, pointer);
        }
    }

    proptest! {
        /// Nothing that is learned of the thing, and no further recall, hides that it is recalled.
        #[test]
        fn another_recall_never_makes_it_better(lot in "[ab]", day in 0_u32..4, lots: [bool; 2], days: [bool; 2]) {
            let recall = |limit_lot: bool, limit_day: bool| Recall {
                lots: limit_lot.then(|| vec!["a".to_owned()]),
                use_by_from: limit_day.then(|| NaiveDate::default() + chrono::Days::new(1)),
                use_by_to: limit_day.then(|| NaiveDate::default() + chrono::Days::new(2)),
                ..open(&json!({})).unwrap()
            };
            let held = Held { lot: Some(&lot), use_by: NaiveDate::default().checked_add_days(chrono::Days::new(day.into())) };
            let (one, other) = (recall(lots[0], days[0]), recall(lots[1], days[1]));
            let alone = reach(std::slice::from_ref(&one), held);
            prop_assert!(reach(&[one, other], held) >= alone);
        }
    }
}
