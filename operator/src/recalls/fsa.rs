//! Food alerts of the UK Food Standards Agency (data.food.gov.uk/food-alerts).

use fridge::domain::{
    recall::{Lots, Recall},
    words::telling,
};
use passport::domain::gs1::Gtin;
use serde::Deserialize;
use serde_json::Value;
use shared_contracts::fridge::RecallSource;

use super::id;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    notation: String,
    title: String,
    short_title: Option<String>,
    #[serde(rename = "alertURL")]
    url: Option<String>,
    status: Option<Label>,
    reporting_business: Option<Business>,
    #[serde(default)]
    product_details: Vec<Product>,
}

#[derive(Deserialize)]
struct Label {
    label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Business {
    common_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Product {
    #[serde(rename = "productName")]
    name: String,
    #[serde(rename = "productCode")]
    code: Option<String>,
    #[serde(default)]
    batch_description: Vec<Batch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    lot_number: Option<String>,
    batch_code: Option<String>,
}

/// The recall of an alert.
///
/// # Errors
/// What is no such alert.
pub(super) fn recall(record: Value) -> Result<Recall, &'static str> {
    let alert: Alert = serde_json::from_value(record).map_err(|_| "it is no alert of the FSA")?;
    let products = &alert.product_details;
    let codes = products.iter().filter_map(|product| product.code.as_deref());
    let gtins = codes.filter_map(|code| Some(code.trim().parse::<Gtin>().ok()?.to_string())).collect();
    let lots = products.iter().flat_map(|product| &product.batch_description);
    let lots = lots.flat_map(|batch| [&batch.lot_number, &batch.batch_code]).flatten().cloned().collect();
    let business = alert.reporting_business.and_then(|business| business.common_name).unwrap_or_default();
    // A name alone, such as "Chocolate cake", is that of many: the business makes it one.
    let names = products.iter().filter_map(|product| {
        let named = product.name.to_lowercase().contains(&business.to_lowercase());
        let whole = format!("{business} {}", product.name);
        telling(if named { &product.name } else { &whole })
    });
    Ok(Recall {
        recall_id: id(RecallSource::Fsa, &alert.notation),
        source: RecallSource::Fsa,
        gtins,
        // Alerts tell batches in free text too: of other lots nobody can tell.
        lots: Lots::AtLeast(lots),
        use_by: None,
        names: names.collect(),
        reason: alert.short_title.unwrap_or(alert.title),
        url: alert.url,
        active: alert.status.is_none_or(|status| status.label.eq_ignore_ascii_case("published")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_alert_is_a_recall_by_name_code_and_batch() {
        let recall = recall(json!({
            "notation": "FSA-PRIN-01-2026", "title": "Fjell recalls Oat drink", "alertURL": "https://example.org/a",
            "status": {"label": "Published"}, "reportingBusiness": {"commonName": "Fjell"},
            "productDetails": [
                {"productName": "Oat drink", "productCode": "9521234543213",
                 "batchDescription": [{"lotNumber": "L-7"}]},
                {"productName": "Fjell barley drink"},
            ],
        }))
        .unwrap();
        assert_eq!(recall.gtins, ["09521234543213"]);
        assert_eq!(recall.lots, Lots::AtLeast(vec!["L-7".to_owned()]));
        let words = |name: &str| telling(name).unwrap();
        assert_eq!(recall.names, [words("Fjell Oat drink"), words("Fjell barley drink")]);
        assert!(recall.active);
    }
}
