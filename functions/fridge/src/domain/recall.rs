//! Recalls: whether one touches an item, and by what that is known.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shared_contracts::{
    fridge::{ItemRecall, MatchedBy, RecallSource},
    passport::RecallReach,
};
use uuid::Uuid;

use super::{item::Added, words::words};

/// A recall of a brand or an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recall {
    /// Its id.
    pub recall_id: Uuid,
    /// Who recalls.
    pub source: RecallSource,
    /// The products, 14 digits each.
    pub gtins: Vec<String>,
    /// AI 10 of the lots that it touches.
    pub lots: Lots,
    /// First and last use-by day that it touches; none = not limited by date.
    pub use_by: Option<[NaiveDate; 2]>,
    /// Telling words of each product that it names, where it is compared by text.
    pub names: Vec<BTreeSet<String>>,
    /// What is wrong.
    pub reason: String,
    /// Where an authority says so.
    pub url: Option<String>,
    /// Whether it holds.
    pub active: bool,
}

/// The lots that a recall touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "lots", content = "named")]
pub enum Lots {
    /// It is not limited to lots.
    All,
    /// These and no other.
    Exactly(Vec<String>),
    /// These, and others that free text tells: of those nobody can tell.
    AtLeast(Vec<String>),
}

/// What the recalls of everything make of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The worst of them.
    pub status: RecallReach,
    /// Those that touch it, or may.
    pub recalls: Vec<ItemRecall>,
}

impl Recall {
    /// How far it reaches an item, and by what that is known.
    pub fn reach(&self, added: &Added) -> Option<(RecallReach, MatchedBy)> {
        if !self.active {
            return None;
        }
        if added.gtin.as_ref().is_some_and(|gtin| self.gtins.contains(gtin)) {
            return Some(self.reach_product(added));
        }
        // Where both have numbers, the numbers decide.
        let numbered = added.gtin.is_some() && !self.gtins.is_empty();
        if self.names.is_empty() || numbered {
            return None;
        }
        let known = words(&format!("{} {}", added.name, added.brand_name.as_deref().unwrap_or_default()));
        let named = self.names.iter().any(|name| name.is_subset(&known));
        named.then_some((RecallReach::CannotTell, MatchedBy::Text))
    }

    /// A limit that is known not to hold rules the recall out; one that is not known leaves it open.
    fn reach_product(&self, added: &Added) -> (RecallReach, MatchedBy) {
        let is_among = |lots: &[String]| {
            added.lot.as_ref().map(|lot| lots.iter().any(|recalled| recalled.eq_ignore_ascii_case(lot)))
        };
        let lot = match &self.lots {
            Lots::All => Some(true),
            Lots::Exactly(lots) => is_among(lots),
            Lots::AtLeast(lots) => is_among(lots).filter(|among| *among),
        };
        let day = match self.use_by {
            None => Some(true),
            Some([from, to]) => added.use_by.map(|day| from <= day && day <= to),
        };
        let reach = match (lot, day) {
            (Some(false), _) | (_, Some(false)) => RecallReach::NotAffected,
            (Some(true), Some(true)) => RecallReach::Affected,
            _ => RecallReach::CannotTell,
        };
        let by_lot = self.lots != Lots::All && lot.is_some();
        (reach, if by_lot { MatchedBy::Lot } else { MatchedBy::Gtin })
    }

    /// As the owner of an item sees it.
    fn shown(&self, matched_by: MatchedBy) -> ItemRecall {
        ItemRecall {
            recall_id: self.recall_id,
            source: self.source,
            matched_by,
            reason: self.reason.clone(),
            url: self.url.clone(),
        }
    }
}

/// What `recalls` make of an item.
pub fn standing(recalls: &[Recall], added: &Added) -> Standing {
    let known =
        recalls.iter().any(|recall| added.gtin.as_ref().is_some_and(|gtin| recall.gtins.contains(gtin)));
    // What Passport said when the item came counts until we hear of its recalls ourselves.
    let said = if known { RecallReach::None } else { added.recall_status };
    let mut standing = Standing { status: said, recalls: Vec::new() };
    for recall in recalls {
        let Some((reach, matched_by)) = recall.reach(added) else { continue };
        standing.status = standing.status.max(reach);
        if warns(reach) {
            standing.recalls.push(recall.shown(matched_by));
        }
    }
    standing
}

/// Whether a person with such an item must hear of the recall.
pub fn warns(reach: RecallReach) -> bool {
    matches!(reach, RecallReach::Affected | RecallReach::CannotTell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::words::telling;

    const GTIN: &str = "09521234543213";

    fn recall(lots: Lots) -> Recall {
        Recall {
            recall_id: Uuid::from_u128(1),
            source: RecallSource::Brand,
            gtins: vec![GTIN.to_owned()],
            lots,
            use_by: None,
            names: Vec::new(),
            reason: "Glass".to_owned(),
            url: None,
            active: true,
        }
    }

    fn item(lot: Option<&str>) -> Added {
        Added { gtin: Some(GTIN.to_owned()), lot: lot.map(str::to_owned), ..Added::default() }
    }

    fn status(recall: &Recall, added: &Added) -> RecallReach {
        standing(std::slice::from_ref(recall), added).status
    }

    #[test]
    fn a_lot_is_recalled_and_no_other() {
        let lots = recall(Lots::Exactly(vec!["L-7".to_owned()]));
        assert_eq!(status(&lots, &item(Some("l-7"))), RecallReach::Affected);
        assert_eq!(status(&lots, &item(Some("L-8"))), RecallReach::NotAffected);
        assert_eq!(status(&lots, &item(None)), RecallReach::CannotTell);
        assert_eq!(status(&lots, &Added::default()), RecallReach::None, "another product");
        assert_eq!(status(&Recall { active: false, ..lots }, &item(Some("L-7"))), RecallReach::None);
        assert_eq!(status(&recall(Lots::All), &item(None)), RecallReach::Affected);
    }

    #[test]
    fn lots_read_from_free_text_rule_no_other_out() {
        let lots = recall(Lots::AtLeast(vec!["5604".to_owned()]));
        assert_eq!(status(&lots, &item(Some("5604"))), RecallReach::Affected);
        assert_eq!(status(&lots, &item(Some("5605"))), RecallReach::CannotTell);
        assert_eq!(status(&lots, &item(None)), RecallReach::CannotTell);
    }

    #[test]
    fn days_limit_a_recall_too() {
        let days = Some(["2026-12-01".parse().unwrap(), "2026-12-31".parse().unwrap()]);
        let recall = Recall { use_by: days, ..recall(Lots::Exactly(vec!["L-7".to_owned()])) };
        let with = |use_by: Option<&str>| Added {
            use_by: use_by.map(|day| day.parse().unwrap()),
            ..item(Some("L-7"))
        };
        assert_eq!(status(&recall, &with(Some("2026-12-31"))), RecallReach::Affected);
        assert_eq!(status(&recall, &with(Some("2027-01-01"))), RecallReach::NotAffected);
        assert_eq!(status(&recall, &with(None)), RecallReach::CannotTell);
    }

    #[test]
    fn a_name_alone_never_proves_a_recall() {
        let names = vec![telling("Tesco finest chocolate cake").unwrap()];
        let recall = Recall { gtins: Vec::new(), names, source: RecallSource::Fsa, ..recall(Lots::All) };
        let cake = Added {
            name: "Finest Chocolate Cake".to_owned(),
            brand_name: Some("Tesco".to_owned()),
            ..Added::default()
        };
        let standing = standing(&[recall], &cake);
        assert_eq!(standing.status, RecallReach::CannotTell);
        assert_eq!(standing.recalls[0].matched_by, MatchedBy::Text);
    }
}
