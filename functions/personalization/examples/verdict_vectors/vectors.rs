//! The cases: each an invented product, person and package, and what comes of them.

use std::fmt::Write;

use personalization::domain::{
    facts::Facts,
    interpret::Circumstances,
    rule_set::{Published, RuleSet},
    verdict,
};
use serde_json::{Value, json};
use service_chassis::canonical;

use super::{draw::Draw, person, product};

/// Cases of one theme.
const CASES: u64 = 200;

/// What a file of cases is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// What is declared, claimed and found in ingredients.
    Allergens,
    /// Ingredients, additives, certificates, own words.
    Diets,
    /// Values, units, limits, categories, statements.
    Nutrients,
    /// Recalls and dates.
    Packages,
    /// All of it.
    Everything,
}

const THEMES: [(&str, Theme); 5] = [
    ("allergens", Theme::Allergens),
    ("diets", Theme::Diets),
    ("nutrients", Theme::Nutrients),
    ("packages", Theme::Packages),
    ("everything", Theme::Everything),
];

/// Every file: its name and its text, a case a line.
pub(crate) fn files() -> Vec<(String, String)> {
    let rules = Published::read().unwrap().current;
    let file = |(place, (name, theme)): (usize, &(&str, Theme))| {
        let cases = (1..=CASES).map(|nth| {
            let draw = &mut Draw::new(place as u64 * 1_000 + nth);
            case(&rules, draw, *theme, &format!("{name} {nth}"))
        });
        (format!("{name}.json"), text(&rules.summary.version, cases))
    };
    THEMES.iter().enumerate().map(file).collect()
}

fn text(version: &str, cases: impl Iterator<Item = Value>) -> String {
    let mut text = format!("{{\"rules\": \"{version}\", \"cases\": [");
    for (place, case) in cases.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(text, "{comma}\n{}", canonical::json(&case)).unwrap();
    }
    text + "\n]}\n"
}

fn case(rules: &RuleSet, draw: &mut Draw, theme: Theme, name: &str) -> Value {
    let passport = product::passport(draw, theme);
    let profile = person::profile(draw, theme);
    let at = product::package(draw, theme);
    let day = |name: &str| at[name].as_str().map(|day| day.parse().unwrap());
    let circumstances = Circumstances {
        on: day("on").unwrap(),
        lot: at["lot"].as_str(),
        use_by: day("use_by"),
        best_before: day("best_before"),
    };
    let opinion = verdict::judge(rules, &profile, &Facts::of(&passport, rules), circumstances);
    let opinion =
        json!({"headline": opinion.headline, "unchecked": opinion.unchecked, "reasons": opinion.reasons});
    json!({"name": name, "passport": passport, "profile": profile, "at": at, "opinion": opinion})
}
