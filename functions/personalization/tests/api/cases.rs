//! The cases that the rules are known by.

use personalization::domain::{
    facts::Facts,
    interpret::Circumstances,
    verdict::{self, Opinion},
};
use serde_json::{Value, json};
use shared_contracts::{
    passport::Passport,
    personalization::{
        HealthProfile,
        Outcome::{self, Avoid, Caution, PastUseBy, Recalled, Suitable, Unknown},
    },
};

use crate::people::{
    avoiding, headline, of_anybody, of_brand, opinion, passport, profile, reason, rules, today,
};

fn declared(allergens: Value) -> Passport {
    of_anybody(json!({"allergens": allergens}))
}

fn one(code: &str, presence: &str) -> Passport {
    declared(json!([{"code": code, "presence": presence}]))
}

fn both(code: &str, passport: &Passport) -> [Outcome; 2] {
    ["normal", "strict"].map(|sensitivity| headline(&avoiding(code, sensitivity), passport))
}

fn complete() -> Value {
    json!({
        "statement_complete": true,
        "ingredients": [{"id": "en:sugar", "text": "sugar"}, {"text": "sunflower oil"}],
    })
}

#[test]
fn the_five_states_of_an_allergen_come_to_what_the_table_says() {
    assert_eq!(both("milk", &one("milk", "contains")), [Avoid, Avoid]);
    assert_eq!(both("milk", &one("milk", "may_contain")), [Caution, Avoid]);
    assert_eq!(both("milk", &one("milk", "free_from")), [Suitable, Suitable]);
    assert_eq!(both("milk", &of_brand(complete())), [Suitable, Caution]);
    assert_eq!(both("milk", &declared(json!([]))), [Unknown, Unknown]);
}

#[test]
fn nobody_but_who_answers_for_it_states_completely() {
    assert_eq!(both("milk", &of_anybody(complete())), [Unknown, Unknown]);
    let mut with_a_stranger = complete();
    with_a_stranger["ingredients"][1] = json!({"text": "zorbulate"});
    assert_eq!(both("milk", &of_brand(with_a_stranger)), [Unknown, Unknown]);
    let mut without_a_list = complete();
    without_a_list["ingredients"] = json!([]);
    assert_eq!(both("milk", &of_brand(without_a_list)), [Unknown, Unknown]);
}

#[test]
fn gluten_free_with_wheat_suits_coeliacs_and_not_who_is_allergic_to_wheat() {
    let coeliac = profile(json!({"conditions": ["coeliac"]}));
    for product in [
        json!({"allergens": [{"code": "gluten", "presence": "free_from"}, {"code": "wheat", "presence": "contains"}]}),
        json!({"labels": ["en:no-gluten"], "allergens": [{"code": "en:wheat", "presence": "contains"}]}),
        json!({"labels": ["en:gluten-free"], "ingredients": [{"text": "gluten-free wheat starch"}]}),
    ] {
        let product = of_anybody(product);
        assert_eq!(headline(&coeliac, &product), Suitable);
        assert_eq!(both("wheat", &product), [Avoid, Avoid]);
    }
}

#[test]
fn gluten_free_alone_is_no_word_about_wheat_and_with_gluten_it_is_none_at_all() {
    let coeliac = profile(json!({"conditions": ["coeliac"]}));
    assert_eq!(both("wheat", &one("gluten", "free_from")), [Unknown, Unknown]);
    let contradiction = declared(
        json!([{"code": "gluten", "presence": "free_from"}, {"code": "gluten", "presence": "may_contain"}]),
    );
    assert_eq!(headline(&coeliac, &contradiction), Unknown);
    assert_eq!(headline(&coeliac, &one("barley", "contains")), Avoid);
    assert_eq!(headline(&coeliac, &one("oats", "may_contain")), Avoid);
    assert_eq!(headline(&coeliac, &of_brand(complete())), Caution);
}

#[test]
fn gs1_un_hits_crustaceans_and_molluscs() {
    let shellfish = one("UN", "contains");
    assert_eq!(both("crustaceans", &shellfish), [Avoid, Avoid]);
    assert_eq!(both("molluscs", &shellfish), [Avoid, Avoid]);
    assert_eq!(both("fish", &shellfish), [Unknown, Unknown]);
}

#[test]
fn may_contain_nuts_hits_hazelnut_and_almond_does_not() {
    assert_eq!(both("hazelnut", &one("nuts", "may_contain")), [Caution, Avoid]);
    assert_eq!(both("hazelnut", &one("almond", "contains")), [Unknown, Unknown]);
    assert_eq!(both("nuts", &one("almond", "contains")), [Avoid, Avoid]);
    assert_eq!(both("hazelnut", &one("nuts", "free_from")), [Suitable, Suitable]);
    assert_eq!(both("nuts", &one("hazelnut", "free_from")), [Unknown, Unknown]);
}

#[test]
fn a_claim_that_something_belies_is_worth_nothing() {
    let belied = declared(
        json!([{"code": "nuts", "presence": "free_from"}, {"code": "almond", "presence": "contains"}]),
    );
    assert_eq!(both("hazelnut", &belied), [Unknown, Unknown]);
    assert_eq!(both("almond", &belied), [Unknown, Unknown]);
    let by_ingredient = of_anybody(json!({"labels": ["en:no-milk"], "ingredients": [{"text": "butter"}]}));
    assert_eq!(both("milk", &by_ingredient), [Unknown, Unknown]);
}

#[test]
fn a_declared_value_that_nobody_understands_may_be_any_allergen() {
    let with = |other: &str| {
        declared(json!([{"code": "milk", "presence": "free_from"}, {"code": other, "presence": "contains"}]))
    };
    assert_eq!(both("milk", &with("en:zorbulate")), [Unknown, Unknown]);
    assert_eq!(both("milk", &with("en:pine-nuts")), [Suitable, Suitable], "known, and not of Annex II");
    assert_eq!(both("nuts", &one("coconut", "contains")), [Unknown, Unknown]);
    let mut complete = complete();
    complete["allergens"] = json!([{"code": "en:zorbulate", "presence": "contains"}]);
    assert_eq!(both("milk", &of_brand(complete)), [Unknown, Unknown]);
}

#[test]
fn an_ingredient_tells_the_allergen_that_nobody_declared() {
    let chocolate =
        of_anybody(json!({"ingredients": [{"id": "en:whole-milk-powder", "text": "Vollmilchpulver"}]}));
    let opinion = opinion(&avoiding("milk", "normal"), &chocolate);
    assert_eq!(opinion.headline, Avoid);
    let fact = reason(&opinion, "allergen.milk").fact.clone().unwrap();
    assert_eq!((fact.pointer.as_str(), fact.source.as_str()), ("/ingredients/0", "Nordfeld"));
    let sulphited = of_anybody(json!({"additives": ["en:e220"]}));
    assert_eq!(both("sulphites", &sulphited), [Avoid, Avoid]);
}

#[test]
fn a_diet_is_known_by_every_ingredient_of_a_complete_list_or_by_a_label() {
    let vegan = profile(json!({"diets": ["vegan"]}));
    assert_eq!(headline(&vegan, &of_brand(complete())), Suitable);
    assert_eq!(headline(&vegan, &of_anybody(complete())), Unknown);
    let with = |ingredient: &str| {
        let mut product = complete();
        product["ingredients"][1] = json!({ "text": ingredient });
        headline(&vegan, &of_brand(product))
    };
    assert_eq!(with("honey"), Avoid);
    assert_eq!(with("natural flavouring"), Unknown);
    assert_eq!(with("zorbulate"), Unknown);
    assert_eq!(headline(&vegan, &of_anybody(json!({"labels": ["en:vegan"]}))), Suitable);
    let belied = json!({"labels": ["en:vegan"], "allergens": [{"code": "milk", "presence": "contains"}]});
    assert_eq!(headline(&vegan, &of_anybody(belied)), Unknown);
    assert_eq!(headline(&vegan, &one("eggs", "contains")), Avoid);
    assert_eq!(headline(&vegan, &of_anybody(json!({"additives": ["en:e120"]}))), Avoid);
}

#[test]
fn halal_and_kosher_need_a_certificate_that_is_valid() {
    for diet in ["halal", "kosher"] {
        let person = profile(json!({ "diets": [diet] }));
        assert_eq!(headline(&person, &of_brand(complete())), Unknown);
        let certified = |valid_until: &str| {
            let mut product = complete();
            product["certificates"] = json!([{"scheme": diet, "valid_until": valid_until}]);
            headline(&person, &of_brand(product))
        };
        assert_eq!(certified("2026-11-22"), Suitable);
        assert_eq!(certified("2026-11-21"), Unknown);
        let label = of_anybody(json!({ "labels": [format!("en:{diet}")] }));
        assert_eq!(headline(&person, &label), Unknown, "a label is no certificate");
        let pork = of_anybody(json!({"ingredients": [{"text": "pork"}]}));
        assert_eq!(headline(&person, &pork), Avoid);
    }
}

fn nutrients(nutrient: &str, value: f64, basis: &str) -> Value {
    json!({"nutriments": [{"nutrient": nutrient, "value": value, "unit": "g", "basis": basis}]})
}

#[test]
fn front_of_pack_limits_are_those_of_food_and_of_drinks() {
    let salt = |value: f64, basis: &str, unit: &str| {
        let mut product = nutrients("salt", value, basis);
        product["quantity"] = json!({"value": 1, "unit": unit});
        let opinion = opinion(&profile(json!({"conditions": ["hypertension"]})), &of_anybody(product));
        reason(&opinion, "condition.hypertension.salt").outcome
    };
    for (value, outcome) in [(0.3, Suitable), (0.31, Caution), (1.5, Caution), (1.51, Avoid)] {
        assert_eq!(salt(value, "100g", "g"), outcome, "{value}");
    }
    for (value, outcome) in [(0.3, Suitable), (0.31, Caution), (0.75, Caution), (0.76, Avoid)] {
        assert_eq!(salt(value, "100ml", "ml"), outcome, "{value}");
    }
    let sugars = |value: f64, unit: &str| {
        let mut product = nutrients("sugars", value, "100g");
        product["quantity"] = json!({"value": 1, "unit": unit});
        let opinion = opinion(&profile(json!({"conditions": ["diabetes"]})), &of_anybody(product));
        reason(&opinion, "condition.diabetes.sugars").outcome
    };
    assert_eq!(sugars(4.0, "g"), Suitable);
    assert_eq!(sugars(4.0, "ml"), Unknown, "it may be a drink, for which that is much");
    assert_eq!(sugars(2.5, "ml"), Suitable);
    assert_eq!(sugars(23.0, "ml"), Avoid);
    assert_eq!(salt(-1.0, "100g", "g"), Unknown);
    assert_eq!(salt(101.0, "100g", "g"), Unknown);
}

#[test]
fn own_limits_and_own_ingredients_are_kept_to() {
    let limit = |basis: &str| {
        profile(
            json!({"nutrient_limits": [{"nutrient": "sugars", "max": 5000, "unit": "mg", "basis": basis}]}),
        )
    };
    assert_eq!(headline(&limit("100g"), &of_anybody(nutrients("sugars", 5.1, "100g"))), Avoid);
    assert_eq!(headline(&limit("100g"), &of_anybody(nutrients("sugars", 5.0, "100g"))), Suitable);
    assert_eq!(headline(&limit("portion"), &of_anybody(nutrients("sugars", 5.0, "100g"))), Unknown);
    assert_eq!(headline(&limit("portion"), &of_anybody(nutrients("sugars", 9.0, "serving"))), Avoid);
    let no_palm_oil = profile(json!({"avoid_ingredients": ["Palm oil"]}));
    let text = of_anybody(json!({"ingredients_text": {"en": "Sugar, PALM OIL (20%), cocoa"}}));
    assert_eq!(headline(&no_palm_oil, &text), Avoid);
    let foreign = of_anybody(json!({"ingredients": [{"id": "en:palm-oil", "text": "Palmöl"}]}));
    assert_eq!(headline(&no_palm_oil, &foreign), Avoid);
    assert_eq!(headline(&no_palm_oil, &of_anybody(complete())), Unknown);
    assert_eq!(headline(&no_palm_oil, &of_brand(complete())), Suitable);
}

#[test]
fn lactose_free_milk_suits_who_is_intolerant_and_not_who_is_allergic() {
    let product =
        json!({"labels": ["en:no-lactose"], "allergens": [{"code": "milk", "presence": "contains"}]});
    let product = of_anybody(product);
    assert_eq!(headline(&profile(json!({"conditions": ["lactose_intolerance"]})), &product), Suitable);
    assert_eq!(both("milk", &product), [Avoid, Avoid]);
}

#[test]
fn aspartame_alcohol_and_raw_milk_are_warned_of() {
    let pku = profile(json!({"conditions": ["pku"]}));
    assert_eq!(headline(&pku, &of_anybody(json!({"additives": ["en:e951"]}))), Avoid);
    let stated = json!({"ingredients_text": {"en": "Water. Contains a source of phenylalanine."}});
    assert_eq!(headline(&pku, &of_anybody(stated)), Avoid);
    let pregnant = profile(json!({"conditions": ["pregnancy"]}));
    assert_eq!(headline(&pregnant, &of_anybody(json!({"ingredients": [{"text": "white wine"}]}))), Avoid);
    assert_eq!(headline(&pregnant, &of_anybody(json!({"ingredients": [{"text": "raw milk"}]}))), Avoid);
    assert_eq!(headline(&pregnant, &of_anybody(json!({"category": "en:bries"}))), Avoid);
    let mut biscuits = complete();
    biscuits["category"] = json!("en:biscuits");
    assert_eq!(headline(&pregnant, &of_brand(biscuits)), Suitable);
}

fn on_package(passport: &Passport, at: Circumstances<'_>) -> Opinion {
    verdict::judge(rules(), &HealthProfile::default(), &Facts::of(passport, rules()), at)
}

fn package<'a>(lot: Option<&'a str>, use_by: Option<&str>) -> Circumstances<'a> {
    let use_by = use_by.map(|day| day.parse().unwrap());
    Circumstances { on: today(), lot, use_by, best_before: None }
}

#[test]
fn a_recall_touches_a_lot_or_not_or_nobody_can_tell() {
    let recall = |more: Value| {
        let mut recall = json!({"recall_id": "0193e3a1-6a10-7c3f-9e52-3a7bad1f8c22", "status": "active",
                                "reason": "glass", "instructions": "bring it back"});
        recall.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        passport(json!({}), "brand", json!([recall]))
    };
    let told = |passport: &Passport, lot: Option<&str>, use_by: Option<&str>| {
        let opinion = on_package(passport, package(lot, use_by));
        (opinion.headline, opinion.reasons[0].message.key.to_string())
    };
    let of = |outcome: Outcome, key: &str| (outcome, key.to_owned());
    assert_eq!(told(&recall(json!({})), None, None), of(Recalled, "recall.affected"));
    let lots = recall(json!({"lots": ["L1", "L2"]}));
    assert_eq!(told(&lots, Some("L2"), None), of(Recalled, "recall.affected"));
    assert_eq!(told(&lots, Some("L3"), None), of(Suitable, "recall.not_affected"));
    assert_eq!(told(&lots, None, None), of(Recalled, "recall.cannot_tell"));
    let dated = recall(json!({"lots": ["L1"], "use_by": ["2026-12-01", "2026-12-24"]}));
    assert_eq!(told(&dated, Some("L1"), Some("2026-12-24")), of(Recalled, "recall.affected"));
    assert_eq!(told(&dated, Some("L1"), Some("2026-12-25")), of(Suitable, "recall.not_affected"));
    assert_eq!(told(&dated, Some("L1"), None), of(Recalled, "recall.cannot_tell"));
    let lifted = on_package(&recall(json!({"status": "lifted"})), package(None, None));
    assert_eq!((lifted.headline, lifted.reasons.len()), (Suitable, 0));
}

#[test]
fn a_day_that_is_over_counts_above_every_wish() {
    let product = of_anybody(json!({}));
    let yesterday = on_package(&product, package(None, Some("2026-11-21")));
    assert_eq!(yesterday.headline, PastUseBy);
    assert_eq!(on_package(&product, package(None, Some("2026-11-22"))).headline, Suitable);
    let best = Circumstances { best_before: "2026-11-21".parse().ok(), ..package(None, None) };
    assert_eq!(on_package(&product, best).headline, Caution);
}

#[test]
fn the_worst_is_the_headline_and_what_could_not_be_checked_is_counted() {
    let person = profile(json!({
        "allergens": [{"code": "milk", "sensitivity": "normal"}, {"code": "eggs", "sensitivity": "normal"}],
        "diets": ["vegan"],
    }));
    let opinion = opinion(&person, &one("milk", "may_contain"));
    assert_eq!((opinion.headline, opinion.unchecked), (Caution, 3));
    let outcomes: Vec<Outcome> = opinion.reasons.iter().map(|reason| reason.outcome).collect();
    assert!(outcomes.is_sorted(), "the worst first: {outcomes:?}");
    assert!(opinion.reasons.iter().all(|r| (r.outcome == Unknown) == r.settled_by.is_some()));
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let person = profile(json!({"conditions": ["pregnancy", "pku", "coeliac"], "diets": ["halal", "vegan"]}));
    let product = of_anybody(json!({"ingredients": [{"text": "chocolate"}], "additives": ["en:e471"]}));
    let bytes = || serde_json::to_vec(&opinion(&person, &product).reasons).unwrap();
    assert_eq!(bytes(), bytes());
    insta::assert_json_snapshot!(opinion(&person, &product).reasons);
}
