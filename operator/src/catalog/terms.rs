//! Other catalogues' names for allergens, nutrients and bases, in ours. What no list has stays as its
//! source wrote it.

use shared_contracts::passport::{Allergen, Basis, Dietary, Presence};

/// Open Food Facts' allergen taxonomy, and the single nuts and cereals of its ingredient taxonomy.
const ALLERGENS: &[(&str, &str)] = &[
    ("en:gluten", "gluten"),
    ("en:wheat", "wheat"),
    ("en:rye", "rye"),
    ("en:barley", "barley"),
    ("en:oats", "oats"),
    ("en:crustaceans", "crustaceans"),
    ("en:eggs", "eggs"),
    ("en:fish", "fish"),
    ("en:peanuts", "peanuts"),
    ("en:soybeans", "soybeans"),
    ("en:milk", "milk"),
    ("en:nuts", "nuts"),
    ("en:almonds", "almond"),
    ("en:hazelnuts", "hazelnut"),
    ("en:walnuts", "walnut"),
    ("en:cashew-nuts", "cashew"),
    ("en:pecan-nuts", "pecan"),
    ("en:brazil-nuts", "brazil_nut"),
    ("en:pistachio-nuts", "pistachio"),
    ("en:macadamia-nuts", "macadamia"),
    ("en:celery", "celery"),
    ("en:mustard", "mustard"),
    ("en:sesame-seeds", "sesame"),
    ("en:sulphur-dioxide-and-sulphites", "sulphites"),
    ("en:lupin", "lupin"),
    ("en:molluscs", "molluscs"),
];

/// Open Food Facts' nutrients that have another name here.
const NUTRIENTS: &[(&str, &str)] = &[
    ("saturated-fat", "saturates"),
    ("carbohydrates", "carbohydrate"),
    ("proteins", "protein"),
    ("fiber", "fibre"),
];

/// Allergens that are in it, then those of which there may be traces.
pub(super) fn allergens(contains: &[String], traces: &[String]) -> Vec<Allergen> {
    let declared = |tags: &[String], presence| -> Vec<Allergen> {
        tags.iter().map(|tag| Allergen { code: allergen(tag), presence }).collect()
    };
    let mut all = declared(contains, Presence::Contains);
    all.extend(declared(traces, Presence::MayContain));
    all
}

fn allergen(tag: &str) -> String {
    ALLERGENS.iter().find(|(theirs, _)| *theirs == tag).map_or(tag, |(_, ours)| ours).to_owned()
}

/// The nutrient of a name and a unit. `energy-kcal` and `energy-kj` are energy in the unit that they
/// name; with another unit they contradict themselves and stay as they are.
pub(super) fn nutrient(name: &str, unit: Option<&str>) -> String {
    if let Some(stated) = name.strip_prefix("energy-")
        && matches!(stated, "kj" | "kcal")
        && unit.is_some_and(|unit| unit.eq_ignore_ascii_case(stated))
    {
        return "energy".to_owned();
    }
    NUTRIENTS.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours).to_owned()
}

/// The amount of food that a value is for.
pub(super) fn basis(stated: &str) -> Result<Option<Basis>, String> {
    match stated {
        "" => Ok(None),
        "100g" => Ok(Some(Basis::Per100g)),
        "100ml" => Ok(Some(Basis::Per100ml)),
        "serving" => Ok(Some(Basis::Serving)),
        other => Err(format!("the basis {other:?} is none of 100g, 100ml, serving")),
    }
}

/// Whether an ingredient fits a way of eating; a word that says neither is as if nothing was said.
pub(super) fn dietary(word: &str) -> Option<Dietary> {
    match word.strip_prefix("en:").unwrap_or(word) {
        "yes" => Some(Dietary::Yes),
        "no" => Some(Dietary::No),
        "maybe" => Some(Dietary::Maybe),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annex_ii_groups_have_our_codes_and_the_rest_stays_as_declared() {
        for (tag, code) in [
            ("en:sesame-seeds", "sesame"),
            ("en:sulphur-dioxide-and-sulphites", "sulphites"),
            ("de:wheyprotein", "de:wheyprotein"),
            ("en:gelatin", "en:gelatin"),
            ("en:none", "en:none"),
        ] {
            assert_eq!(allergen(tag), code);
        }
    }

    #[test]
    fn energy_is_energy_only_in_the_unit_of_its_name() {
        assert_eq!(nutrient("energy-kcal", Some("kcal")), "energy");
        assert_eq!(nutrient("energy-kj", Some("kJ")), "energy");
        assert_eq!(nutrient("energy-kcal", Some("g")), "energy-kcal");
        assert_eq!(nutrient("energy-kj", None), "energy-kj");
        assert_eq!(nutrient("energy-from-fat", Some("kJ")), "energy-from-fat");
    }

    #[test]
    fn a_basis_that_nobody_knows_is_named() {
        assert_eq!(basis("100ml"), Ok(Some(Basis::Per100ml)));
        assert_eq!(basis(""), Ok(None));
        assert!(basis("1kg").unwrap_err().contains("1kg"));
    }
}
