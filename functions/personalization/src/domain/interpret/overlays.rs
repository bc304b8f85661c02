//! The kinds `recall` and `date`: above every wish of a profile.

use chrono::NaiveDate;
use shared_contracts::{
    passport::{Recall, RecallStatus},
    personalization::Outcome,
};

use super::{Case, Circumstances, Finding};
use crate::domain::{facts::Place, logic::Truth};

/// The recall that touches the package, else one that may; nothing to say without any.
pub(super) fn recall(case: Case<'_>) -> Option<Finding> {
    let recalls = case.facts.passport.recalls.iter().enumerate();
    let active = recalls.filter(|(_, recall)| recall.status == RecallStatus::Active);
    let touching = active.map(|(index, recall)| (touches(recall, case.at), index));
    let (touches, index) =
        touching.reduce(|worst, next| if gravity(next.0) > gravity(worst.0) { next } else { worst })?;
    let finding = match touches {
        Truth::Yes => Finding::new(Outcome::Recalled, "recall.affected"),
        Truth::Maybe => Finding {
            settled_by: Some("package.lot_and_date"),
            ..Finding::new(Outcome::Recalled, "recall.cannot_tell")
        },
        Truth::No => Finding::new(Outcome::Suitable, "recall.not_affected"),
    };
    Some(finding.at(Place::Recall(index)))
}

fn gravity(touches: Truth) -> u8 {
    match touches {
        Truth::No => 0,
        Truth::Maybe => 1,
        Truth::Yes => 2,
    }
}

/// Whether the recall touches the package: its lot and its date, as far as the recall is limited to
/// such.
fn touches(recall: &Recall, at: Circumstances<'_>) -> Truth {
    let lot = match (&recall.lots, at.lot) {
        (None, _) => Truth::Yes,
        (Some(_), None) => Truth::Maybe,
        (Some(lots), Some(lot)) => lots.iter().any(|one| one == lot).into(),
    };
    let date = match (recall.use_by, at.use_by) {
        (None, _) => Truth::Yes,
        (Some(_), None) => Truth::Maybe,
        (Some([first, last]), Some(day)) => (first..=last).contains(&day).into(),
    };
    lot.and(date)
}

/// A use-by day that is over; a best-before day only says that the best is over.
pub(super) fn date(at: Circumstances<'_>) -> Option<Finding> {
    let is_over = |day: &NaiveDate| *day < at.on;
    if let Some(day) = at.use_by.filter(is_over) {
        return Some(Finding::new(Outcome::PastUseBy, "date.past_use_by").param("use_by", day.to_string()));
    }
    let day = at.best_before.filter(is_over)?;
    Some(Finding::new(Outcome::Caution, "date.past_best_before").param("best_before", day.to_string()))
}
