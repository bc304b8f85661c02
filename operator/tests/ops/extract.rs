//! The 3,078 real records of Open Food Facts that the project keeps beside its repository: none is
//! lost, none is changed. They are not ours to copy, so where they are absent this says so.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use operator::catalog::{self, Format, Request, Summary};
use passport::{domain::gs1::Gtin, store::products};
use serde_json::{Map, Value, json};
use sqlx::{PgConnection, PgPool};

use crate::support::{Captured, as_passport, clock, not_run};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/products/products.jsonl.gz");

/// The extract's allergens with a code of ours, written down a second time on purpose.
const ALLERGENS: [(&str, &str); 14] = [
    ("en:gluten", "gluten"),
    ("en:crustaceans", "crustaceans"),
    ("en:eggs", "eggs"),
    ("en:fish", "fish"),
    ("en:peanuts", "peanuts"),
    ("en:soybeans", "soybeans"),
    ("en:milk", "milk"),
    ("en:nuts", "nuts"),
    ("en:celery", "celery"),
    ("en:mustard", "mustard"),
    ("en:sesame-seeds", "sesame"),
    ("en:sulphur-dioxide-and-sulphites", "sulphites"),
    ("en:lupin", "lupin"),
    ("en:molluscs", "molluscs"),
];

fn source() -> Option<Vec<Value>> {
    let file = Path::new(FILE);
    if !file.exists() {
        not_run("shared/data/products/products.jsonl.gz is not beside this checkout");
        return None;
    }
    let lines = BufReader::new(MultiGzDecoder::new(std::fs::File::open(file).unwrap())).lines();
    Some(lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect())
}

async fn import(conn: &mut PgConnection) -> (Summary, Vec<Value>) {
    let captured = Captured::default();
    let request = Request { file: FILE.into(), format: Format::Extract, source: None };
    let summary = catalog::import(conn, request, &clock(), &mut captured.output()).await.unwrap();
    let mut lines = captured.json();
    assert_eq!(lines.pop(), Some(json!(summary)), "the summary is the last line");
    (summary, lines)
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn every_record_is_taken_unchanged_or_refused_with_its_reason(pool: PgPool) {
    let Some(source) = source() else { return };
    let mut conn = as_passport(&pool).await;
    let (summary, refusals) = import(&mut conn).await;
    assert_eq!(summary, Summary { read: 3_078, taken: 2_978, unchanged: 0, refused: 100 });

    let mut refused = BTreeMap::new();
    for refusal in &refusals {
        let line = usize::try_from(refusal["line"].as_u64().unwrap()).unwrap();
        assert_eq!(refusal["code"], source[line - 1]["code"]);
        assert!(!refusal["reason"].as_str().unwrap().is_empty());
        assert!(refused.insert(line, refusal["reason"].as_str().unwrap()).is_none(), "line {line} twice");
    }
    let mut met = BTreeSet::new();
    let (mut invalid, mut twice) = (0, 0);
    for (index, record) in source.iter().enumerate() {
        let reason = refused.get(&(index + 1));
        if record["gtin_valid"] == false {
            invalid += 1;
            assert!(reason.is_some(), "{} was taken", record["code"]);
        } else if !met.insert(record["gtin14"].as_str().unwrap()) {
            twice += 1;
            assert!(reason.unwrap().contains("already"), "{reason:?}");
        } else {
            assert_eq!(reason, None, "{}", record["code"]);
            compare(record, &mut conn).await;
        }
    }
    assert_eq!((invalid, twice, met.len()), (96, 4, 2_978));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_second_import_of_all_records_changes_nothing(pool: PgPool) {
    if source().is_none() {
        return;
    }
    let mut conn = as_passport(&pool).await;
    let (first, refusals) = import(&mut conn).await;
    let (second, again) = import(&mut conn).await;
    assert_eq!(
        second,
        Summary { read: first.read, taken: 0, unchanged: first.taken, refused: first.refused }
    );
    assert_eq!(again, refusals);
}

#[test]
fn the_makers_of_the_extract_and_we_agree_on_what_a_gtin_is() {
    let Some(source) = source() else { return };
    for record in source {
        let ours = record["code"].as_str().unwrap().parse::<Gtin>();
        assert_eq!(ours.is_ok(), record["gtin_valid"] == true, "{}", record["code"]);
        assert_eq!(ours.ok().map(|gtin| gtin.to_string()).as_deref(), record["gtin14"].as_str());
    }
}

/// The product in the catalogue says what the record says.
async fn compare(record: &Value, conn: &mut PgConnection) {
    let gtin = record["gtin14"].as_str().unwrap();
    let kept = products::find(conn, gtin).await.unwrap().unwrap();
    assert_eq!((kept.source.as_str(), kept.number), ("open-food-facts", 1));
    let product = kept.document;
    for (ours, theirs) in [
        ("names", "names"),
        ("brand_name", "brand"),
        ("ingredients_text", "ingredients_text"),
        ("labels", "labels"),
    ] {
        assert_eq!(product[ours], record[theirs], "{gtin} {ours}");
    }
    let categories = record["categories"].as_array().unwrap();
    assert_eq!(&product["category"], categories.last().unwrap_or(&Value::Null), "{gtin} category");
    assert_eq!(product["quantity"]["text"], record["quantity"], "{gtin} quantity");
    assert_eq!(product["serving"]["text"], record["serving_size"], "{gtin} serving");
    assert_eq!(product["additives"], given(&record["additives"]), "{gtin} additives");
    assert_eq!(product["allergens"], allergens(record), "{gtin} allergens");
    assert_eq!(nutriments(&product), stated(record), "{gtin} nutriments");
    assert_eq!(
        ingredients(&product["ingredients"]),
        ingredients(&record["ingredients"]),
        "{gtin} ingredients"
    );
    assert_eq!(product["packaging"], packaging(record), "{gtin} packaging");
}

/// What the source does not have is an empty list here.
fn given(list: &Value) -> Value {
    if list.is_null() { json!([]) } else { list.clone() }
}

fn allergens(record: &Value) -> Value {
    let declared = |list: &str, presence: &str| -> Vec<Value> {
        let code = |tag: &Value| {
            let ours = ALLERGENS.iter().find(|(theirs, _)| *theirs == tag.as_str().unwrap());
            json!({"code": ours.map_or(tag.as_str().unwrap(), |(_, ours)| ours), "presence": presence})
        };
        record[list].as_array().unwrap().iter().map(code).collect()
    };
    [declared("allergens", "contains"), declared("traces", "may_contain")].concat().into()
}

/// Each value with its unit, basis and preparation, in no order; names are compared where they are
/// the same in both.
fn nutriments(product: &Value) -> Vec<String> {
    let told = |one: &Value| {
        let name = one["nutrient"].as_str().unwrap();
        format!("{} {} {} {} {}", common(name), one["value"], one["unit"], one["basis"], one["prepared"])
    };
    let mut all: Vec<String> = product["nutriments"].as_array().unwrap().iter().map(told).collect();
    all.sort();
    all
}

fn stated(record: &Value) -> Vec<String> {
    let told = |(name, one): (&String, &Value)| {
        let name = name.strip_suffix("_prepared").unwrap_or(name);
        format!("{} {} {} {} {}", common(name), one["value"], one["unit"], one["per"], one["prepared"])
    };
    let mut all: Vec<String> = record["nutriments"].as_object().unwrap().iter().map(told).collect();
    all.sort();
    all
}

fn common(name: &str) -> &str {
    match name {
        "saturated-fat" => "saturates",
        "carbohydrates" => "carbohydrate",
        "proteins" => "protein",
        "fiber" => "fibre",
        "energy-kcal" | "energy-kj" => "energy",
        name => name,
    }
}

/// Ingredients with what both sides say of them, at every depth.
fn ingredients(list: &Value) -> Value {
    let one = |ingredient: &Value| {
        let mut told = Map::new();
        for member in ["id", "text", "percent"] {
            told.insert(member.to_owned(), ingredient[member].clone());
        }
        for member in ["vegan", "vegetarian"] {
            let word = ingredient[member].as_str().map(|word| word.trim_start_matches("en:"));
            told.insert(member.to_owned(), word.into());
        }
        told.insert("ingredients".to_owned(), ingredients(&ingredient["ingredients"]));
        Value::Object(told)
    };
    list.as_array().into_iter().flatten().map(one).collect()
}

fn packaging(record: &Value) -> Value {
    let part = |pack: &Value| {
        let mut part = pack.clone();
        if let Some(weight) = part.as_object_mut().unwrap().remove("weight_measured") {
            part["weight_grams"] = weight;
        }
        pack.get("tag").cloned().unwrap_or(part)
    };
    record["packagings"].as_array().unwrap().iter().map(part).collect()
}
