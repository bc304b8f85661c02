//! What the passport of a product answers itself: the web app's page, under each type of link that
//! the product's data can answer.

use percent_encoding::utf8_percent_encode;
use shared_contracts::passport::Product;
use uuid::Uuid;

use super::{Entry, Level, Link, RESERVED, forward};
use crate::domain::{
    gs1::{Code, Gtin},
    link_type::LinkType,
};

/// The web app's page of a product.
pub fn passport_page(public_url: &str, gtin: Gtin) -> String {
    format!("{public_url}/p/{gtin}")
}

/// The same page, told which scan led to it, and what the code said beyond the GTIN, by AI: who is
/// shown the page by somebody else cannot see that person's scan.
pub fn visited_page(page: &str, scan: Uuid, code: &Code) -> String {
    let qualifiers = [("22", code.cpv()), ("10", code.lot()), ("21", code.serial()), ("235", code.tpx())];
    let qualifiers = qualifiers
        .into_iter()
        .filter_map(|(ai, value)| Some(format!("{ai}={}", utf8_percent_encode(value?, RESERVED))));
    let told: Vec<String> = std::iter::once(format!("scan={scan}")).chain(qualifiers).collect();
    forward(page, Some(&told.join("&")))
}

/// The links of the passport itself. Without the product, only what every product has.
pub fn own_entry(public_url: &str, gtin: Gtin, product: Option<&Product>) -> Entry {
    let page = passport_page(public_url, gtin);
    let name = product.and_then(name).map_or_else(|| format!("Product {gtin}"), str::to_owned);
    let link = |(kind, title): (&str, &str)| Link {
        media_type: Some("text/html".to_owned()),
        ..Link::plain(LinkType::gs1(kind), page.clone(), title.to_owned())
    };
    Entry {
        level: Level::default(),
        default: Some(Link::plain(LinkType::gs1("pip"), page.clone(), name.clone())),
        links: product.map(answers).unwrap_or_default().into_iter().map(link).collect(),
        item_description: Some(name),
    }
}

/// A name of the product: the English one, else the first.
fn name(product: &Product) -> Option<&str> {
    product.names.get("en").or_else(|| product.names.values().next()).map(String::as_str)
}

/// The types of link that the data of a product can answer, with what a person reads.
fn answers(product: &Product) -> Vec<(&'static str, &'static str)> {
    let storage = &product.storage;
    let has_storage =
        storage.text.is_some() || storage.days_after_opening.is_some() || storage.shelf_life_days.is_some();
    let has_ingredients = !product.ingredients_text.is_empty() || !product.ingredients.is_empty();
    [
        (true, "pip", "Product information"),
        (!product.nutriments.is_empty(), "nutritionalInfo", "Nutrition"),
        (has_ingredients, "ingredientsInfo", "Ingredients"),
        (!product.allergens.is_empty(), "allergenInfo", "Allergens"),
        (has_storage, "consumerHandlingStorageInfo", "Storage"),
        (!product.certificates.is_empty(), "certificationInfo", "Certificates"),
    ]
    .into_iter()
    .filter_map(|(can, kind, title)| can.then_some((kind, title)))
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(product: serde_json::Value) -> Vec<String> {
        let product: Product = serde_json::from_value(product).unwrap();
        let gtin = product.gtin.parse().unwrap();
        let entry = own_entry("https://pt.example", gtin, Some(&product));
        entry.links.iter().map(|link| link.kind.to_string()).collect()
    }

    #[test]
    fn the_passport_is_offered_for_what_its_data_can_answer() {
        assert_eq!(kinds(json!({"gtin": "9521234543213"})), ["gs1:pip"]);
        let full = json!({
            "gtin": "9521234543213",
            "ingredients_text": {"en": "Oats"},
            "allergens": [{"code": "gluten", "presence": "contains"}],
            "nutriments": [{"nutrient": "fat", "value": 1}],
            "storage": {"days_after_opening": 5},
            "certificates": [{"scheme": "halal"}],
        });
        let all =
            ["pip", "nutritionalInfo", "ingredientsInfo", "allergenInfo", "consumerHandlingStorageInfo"];
        let all: Vec<String> =
            all.into_iter().chain(["certificationInfo"]).map(|name| format!("gs1:{name}")).collect();
        assert_eq!(kinds(full), all);
    }

    #[test]
    fn the_default_is_the_page_with_the_name_of_the_product() {
        let product: Product =
            serde_json::from_value(json!({"gtin": "9521234543213", "names": {"de": "Hafer", "en": "Oats"}}))
                .unwrap();
        let gtin: Gtin = product.gtin.parse().unwrap();
        let entry = own_entry("https://pt.example", gtin, Some(&product));
        let page = "https://pt.example/p/09521234543213".to_owned();
        assert_eq!(entry.default, Some(Link::plain(LinkType::gs1("pip"), page, "Oats".to_owned())));
    }
}
