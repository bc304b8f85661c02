//! The record shape of the extract that the tests use: Open Food Facts' facts under shorter names.
//! What a product has no place for is not read: dates, countries, computed scores, all brands but the
//! first and all categories but the last, which is the most specific.

use std::collections::BTreeMap;

use passport::domain::import::read;
use serde::Deserialize;
use serde_json::{Number, Value};
use shared_contracts::passport::{Ingredient, Nutriment, Packaging, PackagingPart, Product};

use super::{amount, terms};

/// A record, as far as it is read.
#[derive(Deserialize)]
struct Record {
    code: String,
    #[serde(default)]
    names: BTreeMap<String, String>,
    brand: Option<String>,
    quantity: Option<String>,
    serving_size: Option<String>,
    categories: Option<Vec<String>>,
    #[serde(default)]
    ingredients_text: BTreeMap<String, String>,
    ingredients: Option<Vec<Parsed>>,
    allergens: Option<Vec<String>>,
    traces: Option<Vec<String>>,
    labels: Option<Vec<String>>,
    additives: Option<Vec<String>>,
    #[serde(default)]
    nutriments: BTreeMap<String, Amount>,
    packagings: Option<Vec<Pack>>,
}

/// An ingredient.
#[derive(Deserialize)]
struct Parsed {
    id: Option<String>,
    text: String,
    percent: Option<Number>,
    vegan: Option<String>,
    vegetarian: Option<String>,
    #[serde(default)]
    ingredients: Vec<Parsed>,
}

/// A nutrition value.
#[derive(Deserialize)]
struct Amount {
    value: Number,
    unit: Option<String>,
    per: String,
    prepared: Option<bool>,
}

/// A part of the packaging, or only its tag.
#[derive(Deserialize)]
struct Pack {
    tag: Option<String>,
    shape: Option<String>,
    material: Option<String>,
    recycling: Option<String>,
    number_of_units: Option<Number>,
    quantity_per_unit: Option<String>,
    weight_measured: Option<Number>,
}

/// The product of a record.
pub(super) fn product(record: Value) -> Result<Product, String> {
    let record: Record = read(record)?;
    Ok(Product {
        gtin: record.code,
        names: record.names,
        brand_name: record.brand,
        category: record.categories.unwrap_or_default().pop(),
        quantity: record.quantity.as_deref().map(amount::of_package),
        ingredients_text: record.ingredients_text,
        ingredients: record.ingredients.unwrap_or_default().into_iter().map(ingredient).collect(),
        allergens: terms::allergens(
            &record.allergens.unwrap_or_default(),
            &record.traces.unwrap_or_default(),
        ),
        nutriments: record.nutriments.into_iter().map(nutriment).collect::<Result<_, _>>()?,
        serving: record.serving_size.as_deref().map(amount::of_serving),
        additives: record.additives.unwrap_or_default(),
        labels: record.labels.unwrap_or_default(),
        packaging: record.packagings.unwrap_or_default().into_iter().map(packaging).collect(),
        ..Product::default()
    })
}

fn ingredient(parsed: Parsed) -> Ingredient {
    Ingredient {
        id: parsed.id,
        text: parsed.text,
        percent: parsed.percent,
        vegan: parsed.vegan.as_deref().and_then(terms::dietary),
        vegetarian: parsed.vegetarian.as_deref().and_then(terms::dietary),
        ingredients: parsed.ingredients.into_iter().map(ingredient).collect(),
    }
}

fn nutriment((name, amount): (String, Amount)) -> Result<Nutriment, String> {
    let plain = name.strip_suffix("_prepared").unwrap_or(&name);
    Ok(Nutriment {
        nutrient: terms::nutrient(plain, amount.unit.as_deref()),
        value: amount.value,
        basis: terms::basis(&amount.per).map_err(|reason| format!("nutriments.{name}: {reason}"))?,
        unit: amount.unit,
        prepared: amount.prepared,
    })
}

fn packaging(pack: Pack) -> Packaging {
    match pack.tag {
        Some(tag) => Packaging::Name(tag),
        None => Packaging::Part(PackagingPart {
            shape: pack.shape,
            material: pack.material,
            recycling: pack.recycling,
            number_of_units: pack.number_of_units,
            quantity_per_unit: pack.quantity_per_unit,
            weight_grams: pack.weight_measured,
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // Made up, in the shape of the extract.
    fn record() -> Value {
        json!({
            "code": "9521234543213", "gtin14": "09521234543213", "gtin_valid": true, "source": "A",
            "last_modified": "2026-03-25", "lang": "en",
            "names": {"en": "Hazelnut bar", "xx": "Bar"}, "brand": "Morgenwald", "brands": ["Morgenwald", "Other"],
            "quantity": "3.5 oz (100 g)", "serving_size": "2 pieces (30 g)",
            "categories": ["en:snacks", "en:bars"], "countries": ["en:germany"],
            "ingredients_text": {"en": "sugar, hazelnuts"},
            "ingredients": [{"id": "en:sugar", "text": "sugar", "percent": 12.5, "vegan": "en:yes",
                             "ingredients": [{"id": "en:x", "text": "x", "vegetarian": "maybe"}]}],
            "ingredients_known": 1, "ingredients_unknown": 0, "ingredients_analysis": [],
            "allergens": ["en:nuts", "de:wheyprotein"], "traces": ["en:sesame-seeds"],
            "labels": ["en:organic"], "additives": null,
            "nutriments": {
                "energy-kcal": {"value": 53.57143, "unit": "kcal", "per": "100g"},
                "saturated-fat_prepared": {"value": -6.6e-05, "unit": null, "per": "serving", "prepared": true}
            },
            "nutriscore_grade": "c", "nutriscore_score": 10, "nova_group": 4,
            "packagings": [{"tag": "en:box"}, {"material": "en:glass", "number_of_units": 2, "weight_measured": 12.5}]
        })
    }

    #[test]
    fn every_fact_that_a_product_has_a_place_for_is_kept() {
        let product = serde_json::to_value(product(record()).unwrap()).unwrap();
        let expected = json!({
            "gtin": "9521234543213",
            "names": {"en": "Hazelnut bar", "xx": "Bar"}, "brand_name": "Morgenwald", "category": "en:bars",
            "quantity": {"value": 100, "unit": "g", "text": "3.5 oz (100 g)"},
            "serving": {"value": 30, "unit": "g", "text": "2 pieces (30 g)"},
            "ingredients_text": {"en": "sugar, hazelnuts"},
            "ingredients": [{"id": "en:sugar", "text": "sugar", "percent": 12.5, "vegan": "yes",
                             "ingredients": [{"id": "en:x", "text": "x", "vegetarian": "maybe"}]}],
            "statement_complete": false,
            "allergens": [{"code": "nuts", "presence": "contains"},
                          {"code": "de:wheyprotein", "presence": "contains"},
                          {"code": "sesame", "presence": "may_contain"}],
            "nutriments": [
                {"nutrient": "energy", "value": 53.57143, "unit": "kcal", "basis": "100g"},
                {"nutrient": "saturates", "value": -6.6e-05, "unit": null, "basis": "serving", "prepared": true}
            ],
            "additives": [], "labels": ["en:organic"], "certificates": [], "storage": {},
            "packaging": ["en:box", {"material": "en:glass", "number_of_units": 2, "weight_grams": 12.5}]
        });
        assert_eq!(product, expected);
    }

    #[test]
    fn a_value_without_a_number_is_refused_with_its_place() {
        let mut record = record();
        record["nutriments"]["energy-kcal"]["value"] = json!("much");
        let reason = product(record).unwrap_err();
        assert!(reason.starts_with("nutriments.energy-kcal.value: "), "{reason}");
    }
}
