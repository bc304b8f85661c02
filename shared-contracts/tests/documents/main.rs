//! The documents themselves: valid OpenAPI 3.1 and JSON Schema, whole, and in step with the code.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod structure;

use std::{collections::BTreeSet, fs, path::PathBuf};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use shared_contracts::{
    events::{
        AccountErased, BrandChanged, BrandMetricBatchPublished, ConsentChanged, EntryReverted, Fact,
        FridgeErasureCompleted, ItemAddedToFridge, ItemConsumed, ItemDiscarded, MeasurementErasureCompleted,
        PassportErasureCompleted, PersonalizationErasureCompleted, ProductChanged, ProductRecalled,
        ProductScanned, VisitorLinkedToAccount,
    },
    openapi,
    problem::ProblemType,
    schemas,
};
use structure::{findings, named_problems};

/// The OpenAPI Initiative's own schema of OpenAPI 3.1 documents (Apache-2.0).
fn openapi_schema() -> Validator {
    let schema: Value = serde_json::from_str(include_str!("openapi-3.1.schema.json")).unwrap();
    jsonschema::options().with_draft(Draft::Draft202012).build(&schema).unwrap()
}

fn contract() -> Value {
    openapi::merged().unwrap()
}

#[test]
fn the_merged_document_and_each_alone_is_openapi_3_1() {
    let schema = openapi_schema();
    let alone =
        openapi::DOCUMENTS.iter().map(|&(name, text)| (name, serde_saphyr::from_str::<Value>(text).unwrap()));
    for (name, document) in alone.chain([("the merged document", contract())]) {
        let errors: Vec<String> = schema
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn a_document_that_is_no_openapi_would_be_seen() {
    let mut broken = contract();
    broken["paths"]["/healthz"]["get"]["responses"]["200"].as_object_mut().unwrap().remove("description");
    assert!(!openapi_schema().is_valid(&broken));
}

#[test]
fn every_body_is_described_by_a_valid_json_schema() {
    for (name, schema) in contract()["components"]["schemas"].as_object().unwrap() {
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            panic!("{name}: {error}");
        }
    }
}

#[test]
fn the_merged_document_is_whole() {
    assert_eq!(findings(&contract()), Vec::<String>::new());
}

#[test]
fn what_is_missing_in_a_document_would_be_seen() {
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut document = contract();
        change(&mut document);
        let findings = findings(&document);
        assert_eq!(findings.len(), 1, "{findings:#?}");
        findings.into_iter().next().unwrap()
    };
    let scans = "/api/v1/scans";
    assert_eq!(
        broken(&|d| d["paths"][scans]["post"]["requestBody"] = json!({ "$ref": "#/components/none" })),
        "#/components/none leads nowhere"
    );
    assert_eq!(
        broken(&|d| d["paths"][scans]["get"]["operationId"] = json!("recordScan")),
        "recordScan names two operations"
    );
    assert_eq!(
        broken(&|d| d["paths"][scans]["get"]["summary"] = json!("")),
        "GET /api/v1/scans has no summary"
    );
    assert_eq!(
        broken(&|d| d["paths"]["/api/v1/scans/{scan_id}"]["parameters"] = json!([])),
        "GET /api/v1/scans/{scan_id} declares other path parameters than its path has"
    );
    assert_eq!(
        broken(&|d| d["paths"][scans]["post"]["responses"]["422"]["x-problems"] = json!([])),
        "POST /api/v1/scans 422 names no problem"
    );
    assert_eq!(
        broken(&|d| d["paths"][scans]["post"]["responses"]["422"]["x-problems"] = json!(["not-found"])),
        "POST /api/v1/scans 422 names not-found, which is 404"
    );
    assert_eq!(
        broken(&|d| d["paths"][scans]["post"]["responses"]["422"]["x-problems"] = json!(["bad-luck"])),
        "POST /api/v1/scans 422 names bad-luck, which is no problem type"
    );
    assert_eq!(
        broken(&|d| {
            d["paths"][scans]["post"]["responses"].as_object_mut().unwrap().remove("default");
        }),
        "POST /api/v1/scans does not say what any operation may answer"
    );
}

#[test]
fn every_problem_type_is_an_answer_of_some_operation() {
    let types: BTreeSet<&str> = ProblemType::ALL.iter().map(|kind| kind.slug()).collect();
    let contract = contract();
    let named = named_problems(&contract);
    assert_eq!(named, types);
}

#[test]
fn problem_types_have_the_status_and_title_of_the_contract() {
    let types: Vec<(&str, Value)> = ProblemType::ALL
        .iter()
        .map(|kind| (kind.slug(), json!({ "status": kind.status(), "title": kind.title() })))
        .collect();
    assert_eq!(
        contract()["components"]["schemas"]["Problem"]["x-types"],
        types.into_iter().collect::<Value>()
    );
}

#[test]
fn a_document_with_paths_holds_the_operations_of_its_function_only() {
    for (name, text) in openapi::DOCUMENTS {
        let document: Value = serde_saphyr::from_str(text).unwrap();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for operation in item.as_object().unwrap().values().filter(|member| member.is_object()) {
                let owner = operation["x-owner"].as_str().unwrap();
                assert!(name == owner || name.starts_with(&format!("{owner}-")), "{name}: {path}");
            }
        }
    }
}

#[test]
fn every_schema_file_is_embedded_under_its_own_name() {
    let root: PathBuf = [env!("CARGO_MANIFEST_DIR"), "schemas"].iter().collect();
    let files =
        [root.clone(), root.join("events")].into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let names: BTreeSet<String> = files
        .filter_map(|entry| {
            entry.unwrap().file_name().to_str().unwrap().strip_suffix(".json").map(str::to_owned)
        })
        .collect();
    let embedded: BTreeSet<String> = schemas::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, embedded);
    for (name, text) in schemas::ALL {
        let schema: Value = serde_json::from_str(text).unwrap();
        assert_eq!(schema["$id"], format!("urn:packytrace:schema:{name}"));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name}");
    }
    assert_eq!(schemas::schema("passport.product-scanned.v2"), None);
}

#[test]
fn a_fact_is_named_by_its_service_and_described_by_a_closed_schema() {
    fn check<F: Fact>() {
        let schema: Value = serde_json::from_str(schemas::schema(F::TOPIC).unwrap()).unwrap();
        assert_eq!(schema["$id"], F::DATASCHEMA);
        assert_eq!(schema["additionalProperties"], false);
        let fact = schema["title"].as_str().unwrap();
        let version = F::TOPIC.rsplit('.').next().unwrap();
        assert_eq!(F::TYPE, format!("packytrace.{}.{fact}.{version}", F::SOURCE));
        assert!(F::TOPIC.starts_with(&format!("{}.", F::SOURCE)));
    }
    check::<ProductScanned>();
    check::<ItemAddedToFridge>();
    check::<ItemConsumed>();
    check::<ItemDiscarded>();
    check::<EntryReverted>();
    check::<FridgeErasureCompleted>();
    check::<ProductChanged>();
    check::<ProductRecalled>();
    check::<VisitorLinkedToAccount>();
    check::<ConsentChanged>();
    check::<BrandChanged>();
    check::<AccountErased>();
    check::<BrandMetricBatchPublished>();
    check::<MeasurementErasureCompleted>();
    check::<PassportErasureCompleted>();
    check::<PersonalizationErasureCompleted>();
}
