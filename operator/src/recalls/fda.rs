//! Food enforcement reports of the US Food and Drug Administration (openFDA), which tell numbers and
//! lots in free text. What cannot be read there for certain rules nothing out.

use fridge::domain::{
    recall::{Lots, Recall},
    words::telling,
};
use passport::domain::gs1::Gtin;
use serde::Deserialize;
use serde_json::Value;
use shared_contracts::fridge::RecallSource;

use super::id;

/// A report, as openFDA writes it now (`code_info`) and as it once did (`code-info`).
#[derive(Deserialize)]
struct Report {
    #[serde(alias = "code-info", default)]
    code_info: String,
    #[serde(alias = "product-description")]
    product_description: String,
    #[serde(alias = "reason-for-recall")]
    reason_for_recall: String,
    #[serde(alias = "recall-number")]
    recall_number: Option<String>,
    status: Option<String>,
}

/// The recall of a report.
///
/// # Errors
/// What is no such report.
pub(super) fn recall(record: Value) -> Result<Recall, &'static str> {
    let report: Report =
        serde_json::from_value(record).map_err(|_| "it is no enforcement report of the FDA")?;
    let text = &report.product_description;
    // Older reports have their number within the text; one without any is known by that text.
    let reference = report.recall_number.or_else(|| after(text, "Recall #").next()).unwrap_or(text.clone());
    Ok(Recall {
        recall_id: id(RecallSource::Fda, reference.trim()),
        source: RecallSource::Fda,
        gtins: gtins(text),
        lots: lots(&report.code_info),
        use_by: None,
        names: names(text),
        reason: report.reason_for_recall,
        url: None,
        active: report.status.is_none_or(|status| !status.eq_ignore_ascii_case("terminated")),
    })
}

/// What stands behind each occurrence of a word, up to the next space, comma or semicolon.
fn after<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = String> + 't {
    text.split(word).skip(1).map(|rest| {
        let rest = rest.trim_start_matches([' ', ':', '#', '.']);
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
    })
}

/// Numbers behind "UPC" that are whole: 12 to 14 digits, however they are spaced, with the right
/// check digit. Others lack digits that we would have to guess.
fn gtins(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in text.split("UPC").skip(1) {
        let Some(start) = rest.find(|c: char| c.is_ascii_digit()).filter(|start| *start <= 10) else {
            continue;
        };
        let run = rest[start..].chars().take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'));
        let digits: String = run.filter(char::is_ascii_digit).collect();
        let whole = (12..=14).contains(&digits.len());
        if let Some(gtin) = whole.then(|| digits.parse::<Gtin>().ok()).flatten() {
            found.push(gtin.to_string());
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Lots behind the word "Lot"; all, where the report says so.
fn lots(text: &str) -> Lots {
    if text.to_lowercase().trim().starts_with("all product") {
        return Lots::All;
    }
    let found = text.split("Lot").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        let lot: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        lot.contains(|c: char| c.is_ascii_digit()).then_some(lot)
    });
    Lots::AtLeast(found.collect())
}

/// The words of each product: a description numbers several, and begins with the name of each.
fn names(text: &str) -> Vec<std::collections::BTreeSet<String>> {
    let products = text.split("; ").map(|product| {
        let product = product.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let product = product.strip_prefix(')').unwrap_or(product);
        product.split([',', '.', '"', '(', ';', '*']).next().unwrap_or_default()
    });
    let mut names: Vec<_> = products.filter_map(telling).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(description: &str, code_info: &str) -> Recall {
        let reason = "Listeria";
        recall(
            json!({"product-description": description, "code-info": code_info, "reason-for-recall": reason}),
        )
        .unwrap()
    }

    #[test]
    fn whole_numbers_are_read_however_they_are_spaced_and_others_are_not_guessed() {
        let text = "a) Baby Spinach, UPC 0-11110-91128-5; b) Brewer's Yeast, UPC Code: 033984004009; \
                    c) Sorbet, UPC # 7203698196; d) Bread (no UPC). Recall # F-1398-2012";
        let recall = report(text, "");
        assert_eq!(recall.gtins, ["00011110911285", "00033984004009"]);
        assert_eq!(recall.recall_id, id(RecallSource::Fda, "F-1398-2012"));
    }

    #[test]
    fn lots_are_read_where_they_are_named_one_by_one() {
        let lots = |text: &str| report("Hop pellets", text).lots;
        let at_least = |lots: &[&str]| Lots::AtLeast(lots.iter().map(ToString::to_string).collect());
        assert_eq!(lots("Lot # 439605-01, Lot # 439605-02"), at_least(&["439605-01", "439605-02"]));
        assert_eq!(lots("lot number from 00112 through 10412"), at_least(&[]));
        assert_eq!(lots("All products."), Lots::All);
        assert_eq!(lots(""), at_least(&[]));
    }

    #[test]
    fn a_description_names_several_products() {
        let recall =
            report("1) Lemon Sorbet brand X, Pints; 2) Mango Sorbet brand X, Pints. Recall # F-1", "");
        let words = |name: &str| telling(name).unwrap();
        assert_eq!(recall.names, [words("Lemon Sorbet brand X"), words("Mango Sorbet brand X")]);
    }
}
