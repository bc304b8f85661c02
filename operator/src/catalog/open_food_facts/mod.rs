//! Open Food Facts' own JSON Lines export. A record has some two hundred members in several
//! generations of one schema; read is what a product has a place for, in whichever generation it
//! stands. Not read: images, people, dates, scores and estimates that Open Food Facts computes, all
//! brands but the first and all categories but the last, which is the most specific.

mod nutriments;

use std::collections::BTreeMap;

use passport::domain::import::exact;
use serde_json::{Map, Number, Value};
use shared_contracts::passport::{Ingredient, Packaging, PackagingPart, Product, Storage};

use super::{amount, terms};

/// A language for a text that says none (ISO 639 has no `xx`; Open Food Facts uses it so).
const NO_LANGUAGE: &str = "xx";

/// The product of a record.
pub(super) fn product(record: &Value) -> Result<Product, String> {
    let record = record.as_object().ok_or("not a JSON object")?;
    let code = match record.get("code").or_else(|| record.get("_id")) {
        Some(Value::String(code)) => code.clone(),
        Some(Value::Number(code)) => code.to_string(),
        _ => return Err("code: no barcode".to_owned()),
    };
    Ok(Product {
        gtin: code,
        names: texts(record, "product_name"),
        brand_name: brand(record),
        category: list(record, &["categories_hierarchy", "categories_tags"]).pop(),
        quantity: text(record, "quantity").map(amount::of_package),
        ingredients_text: texts(record, "ingredients_text"),
        ingredients: ingredients(record.get("ingredients"))?,
        allergens: terms::allergens(
            &list(record, &["allergens_tags", "allergens_hierarchy"]),
            &list(record, &["traces_tags", "traces_hierarchy"]),
        ),
        nutriments: nutriments::read(record)?,
        serving: text(record, "serving_size").map(amount::of_serving),
        additives: list(record, &["additives_tags"]),
        labels: list(record, &["labels_tags", "labels_hierarchy"]),
        storage: Storage { text: in_main_language(record, "conservation_conditions"), ..Storage::default() },
        packaging: packaging(record)?,
        origin: in_main_language(record, "origin").or_else(|| text(record, "origins").map(str::to_owned)),
        ..Product::default()
    })
}

/// A text that is not empty.
fn text<'r>(record: &'r Map<String, Value>, member: &str) -> Option<&'r str> {
    record.get(member)?.as_str().filter(|text| !text.trim().is_empty())
}

fn main_language(record: &Map<String, Value>) -> &str {
    text(record, "lang").or_else(|| text(record, "lc")).unwrap_or(NO_LANGUAGE)
}

/// `member_en`, `member_fr`, … by language; `member` itself is in the main language.
fn texts(record: &Map<String, Value>, member: &str) -> BTreeMap<String, String> {
    let is_language = |tag: &str| (2..=3).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_lowercase());
    let mut texts: BTreeMap<String, String> = record
        .keys()
        .filter_map(|name| {
            let language = name.strip_prefix(member)?.strip_prefix('_').filter(|tag| is_language(tag))?;
            Some((language.to_owned(), text(record, name)?.to_owned()))
        })
        .collect();
    if let Some(main) = text(record, member) {
        let known = texts.entry(main_language(record).to_owned()).or_insert_with(|| main.to_owned());
        if known != main {
            texts.insert("main".to_owned(), main.to_owned());
        }
    }
    texts
}

/// A text that a product has in one language only.
fn in_main_language(record: &Map<String, Value>, member: &str) -> Option<String> {
    let mut all = texts(record, member);
    all.remove(main_language(record)).or_else(|| all.into_values().next())
}

/// Tags from the first of the members that has any.
fn list(record: &Map<String, Value>, members: &[&str]) -> Vec<String> {
    let tags = |member: &&str| -> Option<Vec<String>> {
        let tags = record.get(*member)?.as_array()?.iter();
        let tags: Vec<String> = tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        (!tags.is_empty()).then_some(tags)
    };
    members.iter().find_map(tags).unwrap_or_default()
}

fn brand(record: &Map<String, Value>) -> Option<String> {
    let first = match record.get("brands")? {
        Value::String(brands) => brands.split(',').next()?,
        Value::Array(brands) => brands.first()?.as_str()?,
        _ => return None,
    };
    let first = first.trim();
    (!first.is_empty()).then(|| first.to_owned())
}

fn ingredients(list: Option<&Value>) -> Result<Vec<Ingredient>, String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .map(ingredient)
        .collect()
}

fn ingredient(parsed: &Map<String, Value>) -> Result<Ingredient, String> {
    let id = text(parsed, "id");
    let words = text(parsed, "text").or(id).ok_or("ingredients: one has neither text nor id")?;
    // An ingredient outside the taxonomy gets an id all the same, made of its own words.
    let is_known = parsed.get("is_in_taxonomy").and_then(Value::as_i64) != Some(0);
    let dietary = |member| text(parsed, member).and_then(terms::dietary);
    Ok(Ingredient {
        id: id.filter(|_| is_known).map(str::to_owned),
        text: words.to_owned(),
        percent: number(parsed.get("percent")).map_err(|reason| format!("ingredients: percent: {reason}"))?,
        vegan: dietary("vegan"),
        vegetarian: dietary("vegetarian"),
        ingredients: ingredients(parsed.get("ingredients"))?,
    })
}

/// A number, which some generations write as a text.
fn number(value: Option<&Value>) -> Result<Option<Number>, String> {
    match value {
        Some(Value::Number(number)) => Ok(Some(number.clone())),
        Some(Value::String(text)) if !text.trim().is_empty() => exact::number(text.trim()).map(Some),
        _ => Ok(None),
    }
}

fn packaging(record: &Map<String, Value>) -> Result<Vec<Packaging>, String> {
    let parts = record.get("packagings").and_then(Value::as_array).into_iter().flatten();
    let parts: Vec<Packaging> = parts.filter_map(Value::as_object).map(part).collect::<Result<_, _>>()?;
    if parts.is_empty() {
        return Ok(list(record, &["packaging_tags"]).into_iter().map(Packaging::Name).collect());
    }
    Ok(parts)
}

fn part(part: &Map<String, Value>) -> Result<Packaging, String> {
    // A tag, or in the newest generation an object with it.
    let tag = |member: &str| {
        let value = part.get(member)?;
        value.as_str().or_else(|| value.get("id")?.as_str()).filter(|tag| !tag.is_empty()).map(str::to_owned)
    };
    let amount =
        |member: &str| number(part.get(member)).map_err(|reason| format!("packagings: {member}: {reason}"));
    Ok(Packaging::Part(PackagingPart {
        shape: tag("shape"),
        material: tag("material"),
        recycling: tag("recycling"),
        number_of_units: amount("number_of_units")?,
        quantity_per_unit: text(part, "quantity_per_unit").map(str::to_owned),
        weight_grams: amount("weight_measured")?,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // Made up, in the shape of the export.
    fn record() -> Value {
        json!({
            "_id": "9521234543213", "code": "9521234543213", "lang": "de", "lc": "de",
            "product_name": "Haferdrink", "product_name_de": "Haferdrink", "product_name_en": "Oat drink",
            "product_name_fr": "", "product_name_en_imported": "x", "generic_name": "Getränk",
            "brands": "Morgenwald, Nordküste", "brands_tags": ["morgenwald", "nordkuste"],
            "quantity": "1 l", "serving_size": "1 glass (200 ml)",
            "categories_tags": ["en:beverages", "en:oat-based-drinks"],
            "labels_tags": ["en:organic"], "additives_tags": ["en:e170"],
            "allergens_tags": ["en:gluten", "de:hafer"], "traces_tags": ["en:nuts"],
            "ingredients_text": "Wasser, Hafer 10%", "ingredients_text_en": "water, oats 10%",
            "ingredients_text_with_allergens_en": "water, <span>oats</span>",
            "ingredients": [
                {"id": "en:water", "text": "Wasser", "percent_estimate": 90, "vegan": "yes", "vegetarian": "yes"},
                {"id": "de:zaubermehl", "is_in_taxonomy": 0, "text": "Zaubermehl", "percent": "10.0", "vegan": "ignore"}
            ],
            "nutrition_data_per": "100ml", "nutriments": {"fat": 1.5, "fat_100g": 1.5, "fat_unit": "g", "fat_value": 1.5},
            "conservation_conditions": "Kühl lagern", "origins": "Finnland",
            "packagings": [{"shape": {"id": "en:brick"}, "material": "en:cardboard", "number_of_units": "1", "weight_measured": 32.5}],
            "images": {"front": {"uploader": "somebody"}}, "creator": "somebody"
        })
    }

    #[test]
    fn every_fact_that_a_product_has_a_place_for_is_read() {
        let product = serde_json::to_value(product(&record()).unwrap()).unwrap();
        let expected = json!({
            "gtin": "9521234543213", "names": {"de": "Haferdrink", "en": "Oat drink"}, "brand_name": "Morgenwald",
            "category": "en:oat-based-drinks", "quantity": {"value": 1, "unit": "l", "text": "1 l"},
            "serving": {"value": 200, "unit": "ml", "text": "1 glass (200 ml)"},
            "ingredients_text": {"de": "Wasser, Hafer 10%", "en": "water, oats 10%"},
            "ingredients": [
                {"id": "en:water", "text": "Wasser", "vegan": "yes", "vegetarian": "yes"},
                {"text": "Zaubermehl", "percent": 10.0}
            ],
            "statement_complete": false,
            "allergens": [{"code": "gluten", "presence": "contains"}, {"code": "de:hafer", "presence": "contains"},
                          {"code": "nuts", "presence": "may_contain"}],
            "nutriments": [{"nutrient": "fat", "value": 1.5, "unit": "g", "basis": "100ml"}],
            "additives": ["en:e170"], "labels": ["en:organic"], "certificates": [],
            "storage": {"text": "Kühl lagern"}, "origin": "Finnland",
            "packaging": [{"shape": "en:brick", "material": "en:cardboard", "number_of_units": 1, "weight_grams": 32.5}]
        });
        assert_eq!(product, expected);
    }

    #[test]
    fn a_main_name_that_differs_from_that_of_its_language_is_kept_beside_it() {
        let record = json!({"code": "1", "lang": "de", "product_name": "A", "product_name_de": "B"});
        let names = product(&record).unwrap().names;
        assert_eq!(
            names.into_iter().collect::<Vec<_>>(),
            [("de".into(), "B".into()), ("main".into(), "A".into())]
        );
    }

    #[test]
    fn a_record_without_anything_is_still_a_product() {
        let product = product(&json!({"code": "9521234543213"})).unwrap();
        assert_eq!(product, Product { gtin: "9521234543213".to_owned(), ..Product::default() });
    }

    #[test]
    fn a_record_without_a_barcode_is_refused() {
        assert_eq!(product(&json!({"product_name": "x"})).unwrap_err(), "code: no barcode");
    }
}
