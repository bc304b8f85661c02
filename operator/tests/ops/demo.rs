//! The demonstration catalogue of this repository.

use operator::catalog::{self, Format, Request, Summary};
use passport::store::products;
use sqlx::PgPool;

use crate::support::{Captured, as_passport, clock};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/demo/catalog.jsonl");
const CODES: &str = include_str!("../../../deploy/demo/codes.md");

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn every_product_of_the_demo_is_taken(pool: PgPool) {
    let captured = Captured::default();
    let request = Request { file: FILE.into(), format: Format::Auto, source: Some("demo".to_owned()) };
    let mut conn = as_passport(&pool).await;
    let summary = catalog::import(&mut conn, request, &clock(), &mut captured.output()).await.unwrap();
    assert_eq!(summary, Summary { read: 24, taken: 24, unchanged: 0, refused: 0 });
    assert!(products::find(&mut conn, "09521234543213").await.unwrap().is_some());
}

#[test]
fn the_demo_keeps_to_the_demonstration_prefix_and_two_brands() {
    let text = std::fs::read_to_string(FILE).unwrap();
    let products: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for product in &products {
        let prefix = match product["brand_name"].as_str().unwrap() {
            "Auenkorn" => "9521234",
            "Nordmole" => "9521321",
            other => panic!("{other} is no brand of the demo"),
        };
        assert!(product["gtin"].as_str().unwrap().starts_with(prefix));
        assert!(product["names"]["en"].is_string() && product["names"]["de"].is_string());
    }
    let incomplete = products.iter().filter(|product| product["statement_complete"] != true).count();
    assert!(incomplete >= 3, "some of the demo is honestly unknown");
}

#[test]
fn the_codes_to_try_are_of_products_in_the_demo() {
    let catalogue = std::fs::read_to_string(FILE).unwrap();
    let good = CODES.lines().filter(|line| !line.contains("422") && !line.contains("without a passport"));
    let gtins: Vec<&str> = good
        .flat_map(|line| line.split(|c: char| !c.is_ascii_digit()))
        .filter(|run| run.len() == 13 && run.starts_with("952"))
        .collect();
    assert!(gtins.len() >= 10, "{gtins:?}");
    for gtin in gtins {
        assert!(catalogue.contains(gtin), "{gtin} is in no product of the demo");
    }
}
