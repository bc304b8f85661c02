//! What was eaten and what was thrown away.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::item::DiscardReason;

/// How much: items by parts, and mass where the unit is one of mass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WasteCount {
    /// A half counts 0.5.
    pub items: Number,
    /// Grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_g: Option<Number>,
}

/// One group of what left a fridge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WasteGroup {
    /// Such as `2026-11`; absent where it is of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// What kind of food; absent where it is of several or of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Eaten.
    pub consumed: WasteCount,
    /// Thrown away.
    pub discarded: WasteCount,
    /// Discarded of all that left, by items; `null` where nothing did.
    pub waste_rate: Option<Number>,
    /// Thrown away though merely past its best-before date.
    pub merely_past_best_before: WasteCount,
    /// Thrown away, by reason.
    pub by_reason: BTreeMap<DiscardReason, WasteCount>,
    /// Thrown away, by currency.
    pub money: BTreeMap<String, Number>,
    /// Of the discarded mass; absent without mass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub co2e_kg: Option<Number>,
}

/// Answer of `GET /api/v1/fridge/waste-summary`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WasteSummary {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// All of it.
    pub total: WasteGroup,
    /// By month.
    pub months: Vec<WasteGroup>,
    /// By month and category.
    pub categories: Vec<WasteGroup>,
    /// Waste rate of the last month less that of the month before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Number>,
    /// The ten that most was thrown away of.
    pub most_wasted: Vec<Wasted>,
    /// Where `co2e_kg` comes from.
    pub co2e_factor: Factor,
}

/// A product that was thrown away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wasted {
    /// What it is.
    pub name: String,
    /// 14 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// How much.
    pub discarded: WasteCount,
}

/// A factor with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Kilograms of `CO2e` for each kilogram of food.
    pub kg_per_kg: Number,
    /// Who says so.
    pub source: String,
}
