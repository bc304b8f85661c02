//! What left a fridge: eaten or thrown away, by month, category and reason.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde_json::Number;
use shared_contracts::fridge::{DiscardReason, Factor, Price, WasteCount, WasteGroup, WasteSummary, Wasted};

use super::amount::{self, Amount};

/// Kilograms of `CO2e` for a kilogram of food that nobody ate.
const CO2E: f64 = 2.1;
/// Where that comes from.
const CO2E_SOURCE: &str =
    "FAO, Food wastage footprint (2013): 3.3 Gt CO2e for 1.6 Gt of food, an average over all food";
/// How many products a summary names.
const NAMED: usize = 10;

/// A part of an item that left.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// On which local day.
    pub day: NaiveDate,
    /// What it is.
    pub name: String,
    /// 14 digits.
    pub gtin: Option<String>,
    /// What kind of food.
    pub category: Option<String>,
    /// How much there was in all.
    pub whole: Amount,
    /// How much of it left.
    pub part: Amount,
    /// What both are counted in.
    pub unit: String,
    /// What the whole had cost.
    pub price: Option<Price>,
    /// Why it was thrown away; none = it was eaten.
    pub discarded: Option<DiscardReason>,
}

#[derive(Clone, Debug, Default)]
struct Count {
    items: f64,
    grams: Option<f64>,
}

#[derive(Clone, Debug, Default)]
struct Group {
    consumed: Count,
    by_reason: BTreeMap<DiscardReason, Count>,
    money: BTreeMap<String, f64>,
}

impl Left {
    #[expect(clippy::cast_precision_loss, reason = "a sum for people, not an account")]
    fn share(&self) -> f64 {
        self.part.millionths() as f64 / self.whole.millionths().max(1) as f64
    }

    fn count(&self) -> Count {
        Count { items: self.share(), grams: amount::grams(self.part, &self.unit) }
    }

    fn month(&self) -> String {
        format!("{:04}-{:02}", self.day.year(), self.day.month())
    }
}

impl Count {
    fn add(&mut self, other: &Self) {
        self.items += other.items;
        self.grams = match (self.grams, other.grams) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or_default() + other.unwrap_or_default()),
        };
    }

    fn shown(&self) -> WasteCount {
        WasteCount { items: number(self.items, 3), mass_g: self.grams.map(|grams| number(grams, 3)) }
    }
}

impl Group {
    fn add(&mut self, left: &Left) {
        let Some(reason) = left.discarded else { return self.consumed.add(&left.count()) };
        self.by_reason.entry(reason).or_default().add(&left.count());
        if let Some(price) = &left.price {
            let paid = price.amount.as_f64().unwrap_or_default();
            *self.money.entry(price.currency.clone()).or_default() += paid * left.share();
        }
    }

    fn discarded(&self) -> Count {
        let mut all = Count::default();
        for count in self.by_reason.values() {
            all.add(count);
        }
        all
    }

    fn rate(&self) -> Option<f64> {
        let (discarded, consumed) = (self.discarded().items, self.consumed.items);
        (discarded + consumed > 0.0).then(|| discarded / (discarded + consumed))
    }

    fn shown(&self, month: Option<&str>, category: Option<&str>) -> WasteGroup {
        let discarded = self.discarded();
        let merely = self.by_reason.get(&DiscardReason::PastBestBefore).cloned().unwrap_or_default();
        WasteGroup {
            month: month.map(str::to_owned),
            category: category.map(str::to_owned),
            consumed: self.consumed.shown(),
            waste_rate: self.rate().map(|rate| number(rate, 4)),
            merely_past_best_before: merely.shown(),
            by_reason: self.by_reason.iter().map(|(reason, count)| (*reason, count.shown())).collect(),
            money: self.money.iter().map(|(currency, sum)| (currency.clone(), number(*sum, 2))).collect(),
            co2e_kg: discarded.grams.map(|grams| number(grams / 1_000.0 * CO2E, 3)),
            discarded: discarded.shown(),
        }
    }
}

/// The summary of everything that left from one day to another.
pub fn summary(from: NaiveDate, to: NaiveDate, left: &[Left]) -> WasteSummary {
    let (mut total, mut months) = (Group::default(), BTreeMap::<String, Group>::new());
    let mut categories = BTreeMap::<(String, Option<String>), Group>::new();
    let mut products = BTreeMap::<(Option<String>, String), Count>::new();
    for part in left {
        total.add(part);
        months.entry(part.month()).or_default().add(part);
        categories.entry((part.month(), part.category.clone())).or_default().add(part);
        if part.discarded.is_some() {
            products.entry((part.gtin.clone(), part.name.clone())).or_default().add(&part.count());
        }
    }
    let shown = |(month, group): (&String, &Group)| group.shown(Some(month), None);
    WasteSummary {
        from,
        to,
        total: total.shown(None, None),
        months: months.iter().map(shown).collect(),
        categories: categories
            .iter()
            .map(|((month, category), group)| group.shown(Some(month), category.as_deref()))
            .collect(),
        trend: trend(&months, to).map(|trend| number(trend, 4)),
        most_wasted: most_wasted(products),
        co2e_factor: Factor { kg_per_kg: number(CO2E, 3), source: CO2E_SOURCE.to_owned() },
    }
}

/// The waste rate of the last month less that of the month before.
fn trend(months: &BTreeMap<String, Group>, to: NaiveDate) -> Option<f64> {
    let before = to.with_day(1)?.pred_opt()?;
    let rate = |day: NaiveDate| months.get(&format!("{:04}-{:02}", day.year(), day.month()))?.rate();
    Some(rate(to)? - rate(before)?)
}

fn most_wasted(products: BTreeMap<(Option<String>, String), Count>) -> Vec<Wasted> {
    let mut products: Vec<_> = products.into_iter().collect();
    products.sort_by(|(_, one), (_, other)| other.items.total_cmp(&one.items));
    products.truncate(NAMED);
    let shown = |((gtin, name), count): ((Option<String>, String), Count)| Wasted {
        name,
        gtin,
        discarded: count.shown(),
    };
    products.into_iter().map(shown).collect()
}

/// The table: one line for each month, category and reason, what was eaten under `consumed`.
///
/// # Errors
/// None that a table in memory has.
pub fn table(summary: &WasteSummary) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["month", "category", "what", "items", "mass_g"])?;
    for group in &summary.categories {
        let mut line = |what: &str, count: &WasteCount| {
            let (month, category) = (group.month.as_deref(), group.category.as_deref());
            let mass = count.mass_g.as_ref().map(ToString::to_string).unwrap_or_default();
            let cells =
                [month.unwrap_or_default(), &harmless(category), what, &count.items.to_string(), &mass];
            writer.write_record(cells)
        };
        line("consumed", &group.consumed)?;
        for (reason, count) in &group.by_reason {
            let name = serde_json::to_value(reason).unwrap_or_default();
            line(&format!("discarded:{}", name.as_str().unwrap_or_default()), count)?;
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: Option<&str>) -> String {
    let cell = cell.unwrap_or_default();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn number(value: f64, places: i32) -> Number {
    let power = 10_f64.powi(places);
    let rounded = (value * power).round() / power;
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers are written without a point")]
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 {
        return Number::from(rounded as i64);
    }
    Number::from_f64(rounded).unwrap_or_else(|| Number::from(0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn left(day: &str, part: i64, discarded: Option<DiscardReason>) -> Left {
        Left {
            day: day.parse().unwrap(),
            name: "Bread".to_owned(),
            gtin: None,
            category: Some("=breads".to_owned()),
            whole: Amount::from_millionths(500_000_000),
            part: Amount::from_millionths(part * 1_000_000),
            unit: "g".to_owned(),
            price: Some(Price { amount: json!(4).as_number().unwrap().clone(), currency: "EUR".to_owned() }),
            discarded,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn parts_are_summed_by_month_and_reason() {
        let parts = [
            left("2026-10-31", 500, Some(DiscardReason::Spoiled)),
            left("2026-11-01", 375, None),
            left("2026-11-02", 125, Some(DiscardReason::PastBestBefore)),
        ];
        let summary = summary(day("2026-10-01"), day("2026-11-30"), &parts);
        let november = serde_json::to_value(&summary.months[1]).unwrap();
        assert_eq!(
            november,
            json!({
                "month": "2026-11",
                "consumed": {"items": 0.75, "mass_g": 375},
                "discarded": {"items": 0.25, "mass_g": 125},
                "waste_rate": 0.25,
                "merely_past_best_before": {"items": 0.25, "mass_g": 125},
                "by_reason": {"past_best_before": {"items": 0.25, "mass_g": 125}},
                "money": {"EUR": 1},
                "co2e_kg": 0.263,
            })
        );
        assert_eq!(summary.trend, Some(number(-0.75, 4)));
        assert_eq!(summary.most_wasted[0].discarded.items, number(1.25, 3));
        let table = String::from_utf8(table(&summary).unwrap()).unwrap();
        assert!(table.contains("2026-11,'=breads,discarded:past_best_before,0.25,125\n"), "{table}");
    }

    #[test]
    fn without_mass_there_is_no_co2e_and_without_waste_no_rate() {
        let piece = Left { unit: "piece".to_owned(), ..left("2026-11-01", 500, Some(DiscardReason::Other)) };
        let summary_of_piece = summary(day("2026-11-01"), day("2026-11-30"), &[piece]);
        assert_eq!(summary_of_piece.total.co2e_kg, None);
        let nothing = summary(day("2026-11-01"), day("2026-11-30"), &[]);
        assert_eq!((nothing.total.waste_rate, nothing.trend), (None, None));
    }
}
