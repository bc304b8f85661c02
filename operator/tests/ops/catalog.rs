//! `catalog import` of small files, in every shape.

use std::{fmt::Write as _, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use operator::catalog::{self, Format, ImportError, Request, Summary};
use passport::store::products;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Captured, File, as_passport, clock};

async fn import(
    pool: &PgPool,
    content: &[u8],
    source: Option<&str>,
) -> (Result<Summary, ImportError>, Vec<Value>) {
    let file = File::new(content);
    let captured = Captured::default();
    let request = Request { file: file.0.clone(), format: Format::Auto, source: source.map(str::to_owned) };
    let mut conn = as_passport(pool).await;
    let outcome = catalog::import(&mut conn, request, &clock(), &mut captured.output()).await;
    (outcome, captured.json())
}

async fn find(pool: &PgPool, gtin: &str) -> Option<passport::domain::passport::Revision> {
    products::find(&mut as_passport(pool).await, gtin).await.unwrap()
}

const THREE: &str = r#"{"gtin":"9521234543213","names":{"en":"Pudding"},"nutriments":[{"nutrient":"fat","value":6.6e-05}]}
this is not JSON
{"gtin":"9521234543214","names":{"en":"Wrong check digit"}}

{"gtin":"09521234543213","names":{"en":"The same again"}}
{"gtin":"9521234100010"}
"#;

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn every_record_is_taken_or_refused_with_its_line_and_why(pool: PgPool) {
    let (outcome, lines) = import(&pool, THREE.as_bytes(), Some("demo")).await;
    assert_eq!(outcome.unwrap(), Summary { read: 5, taken: 2, unchanged: 0, refused: 3 });
    assert!(lines[1]["reason"].as_str().unwrap().contains("check digit"), "{}", lines[1]);
    assert_eq!(
        lines,
        [
            json!({"line": 2, "code": null, "reason": "not JSON: expected ident (column 2)"}),
            json!({"line": 3, "code": "9521234543214", "reason": lines[1]["reason"]}),
            json!({"line": 5, "code": "09521234543213", "reason":
                "the GTIN 09521234543213 stands at line 1 already; one import takes it once"}),
            json!({"read": 5, "taken": 2, "unchanged": 0, "refused": 3}),
        ]
    );
    let kept = find(&pool, "09521234543213").await.unwrap();
    assert_eq!((kept.source.as_str(), kept.number), ("demo", 1));
    assert_eq!(kept.document["nutriments"][0]["value"], json!(6.6e-05));
    assert_eq!(kept.document["names"], json!({"en": "Pudding"}));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_second_import_changes_nothing_and_a_changed_record_is_a_new_revision(pool: PgPool) {
    import(&pool, THREE.as_bytes(), None).await.0.unwrap();
    let again = import(&pool, THREE.as_bytes(), None).await.0.unwrap();
    assert_eq!(again, Summary { read: 5, taken: 0, unchanged: 2, refused: 3 });
    assert_eq!(find(&pool, "09521234543213").await.unwrap().number, 1);

    let changed = THREE.replace("Pudding", "Better pudding");
    let changed = import(&pool, changed.as_bytes(), None).await.0.unwrap();
    assert_eq!(changed, Summary { read: 5, taken: 1, unchanged: 1, refused: 3 });
    assert_eq!(find(&pool, "09521234543213").await.unwrap().number, 2);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn packed_csv_and_foreign_exports_are_known_by_themselves(pool: PgPool) {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(b"gtin,names.de,labels\r\n9521234543213,\"Hafer, fein\",en:vegan;en:organic\r\n")
        .unwrap();
    import(&pool, &packed.finish().unwrap(), None).await.0.unwrap();
    let kept = find(&pool, "09521234543213").await.unwrap();
    assert_eq!(kept.source, "operator");
    assert_eq!(kept.document["names"], json!({"de": "Hafer, fein"}));
    assert_eq!(kept.document["labels"], json!(["en:vegan", "en:organic"]));

    let export =
        br#"{"code":"9521234100010","product_name":"Oat drink","lang":"en","nutriments":{"sugars_100g":4}}"#;
    import(&pool, export, None).await.0.unwrap();
    let kept = find(&pool, "09521234100010").await.unwrap();
    assert_eq!(kept.source, "open-food-facts");
    assert_eq!(
        kept.document["nutriments"],
        json!([{"nutrient": "sugars", "value": 4, "unit": "g", "basis": "100g"}])
    );
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn one_record_that_postgres_cannot_keep_takes_no_other_with_it(pool: PgPool) {
    let content = "{\"gtin\":\"9521234543213\",\"names\":{\"en\":\"before\"}}\n\
                   {\"gtin\":\"9521234100010\",\"names\":{\"en\":\"a \\u0000 within\"}}\n\
                   {\"gtin\":\"9521234100027\",\"names\":{\"en\":\"after\"}}\n";
    let (outcome, lines) = import(&pool, content.as_bytes(), None).await;
    assert_eq!(outcome.unwrap(), Summary { read: 3, taken: 2, unchanged: 0, refused: 1 });
    assert_eq!((&lines[0]["line"], &lines[0]["code"]), (&json!(2), &json!("9521234100010")));
    assert!(find(&pool, "09521234100027").await.is_some());
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_file_that_breaks_off_keeps_what_came_before_and_is_an_error(pool: PgPool) {
    let mut content = String::from("{\"gtin\":\"9521234543213\"}\n");
    for number in 0..20_000_u32 {
        writeln!(content, "{}", number.wrapping_mul(2_654_435_761)).unwrap();
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(content.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let (outcome, lines) = import(&pool, &packed[..packed.len() / 2], None).await;
    assert!(matches!(outcome, Err(ImportError::Unreadable { .. })));
    let last = lines.last().unwrap();
    assert_eq!(last["taken"], 1);
    assert_eq!(last["read"].as_u64().unwrap() - 1, last["refused"].as_u64().unwrap());
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_empty_file_is_an_import_of_nothing(pool: PgPool) {
    let (outcome, lines) = import(&pool, b"", None).await;
    assert_eq!(outcome.unwrap(), Summary::default());
    assert_eq!(lines, [json!({"read": 0, "taken": 0, "unchanged": 0, "refused": 0})]);
}
