//! The shared examples hold schemas and wire types together: what the one takes, the other takes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::{collections::BTreeSet, fs, path::PathBuf, sync::LazyLock};

use jsonschema::{Draft, Validator};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use shared_contracts::{
    events::{
        AccountErased, BrandChanged, BrandMetricBatchPublished, ConsentChanged, EntryReverted, Envelope,
        FridgeErasureCompleted, ItemAddedToFridge, ItemConsumed, ItemDiscarded, MeasurementErasureCompleted,
        PassportErasureCompleted, PersonalizationErasureCompleted, ProductChanged, ProductRecalled,
        ProductScanned, VisitorLinkedToAccount,
    },
    fridge, identity,
    internal::Claims,
    job::{Job, JobStarted},
    metrics::MetricsPage,
    openapi,
    page::Page,
    passport::{
        BrandProduct, BrandRecall, LinkDocument, Passport, Product, ProductSummary, PublisherKeys,
        RecallRequest, Scan, ScanRequest, ScanSnapshot,
    },
    personalization::{HealthProfile, KeptProfile, RuleSetSummary, Verdict, VerdictRequest},
    problem::Problem,
    schemas,
};

static CONTRACT: LazyLock<Value> = LazyLock::new(|| openapi::merged().unwrap());

/// An entry of `examples/invalid/index.json`.
#[derive(Deserialize)]
struct Invalid {
    file: String,
    why: String,
    #[serde(rename = "type")]
    wire_type: WireType,
}

/// What the wire type does with an invalid example. What it takes, only the schema or the rules of
/// the function that reads it keep out.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireType {
    Refuses,
    Takes,
    None,
}

fn folder(kind: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "examples", kind].iter().collect()
}

/// All examples of a kind: schema, file below `examples/<kind>/`, text.
fn examples(kind: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for schema in
        fs::read_dir(folder(kind)).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        let name = schema.file_name().unwrap().to_str().unwrap().to_owned();
        for file in fs::read_dir(&schema).unwrap().map(|entry| entry.unwrap().path()) {
            let label = format!("{name}/{}", file.file_name().unwrap().to_str().unwrap());
            found.push((name.clone(), label, fs::read_to_string(file).unwrap()));
        }
    }
    found
}

/// The schema of an event, token or body.
fn validator(name: &str) -> Validator {
    let schema = schemas::schema(name).map_or_else(
        || {
            assert!(CONTRACT["components"]["schemas"][name].is_object(), "{name} is a schema");
            json!({ "$ref": format!("#/components/schemas/{name}"), "components": CONTRACT["components"] })
        },
        |text| serde_json::from_str(text).unwrap(),
    );
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(&schema).unwrap()
}

/// Reads an example as its wire type and writes it again; `None` where there is no wire type.
fn through_wire_type(name: &str, text: &str) -> Option<Result<Value, String>> {
    fn through<T: Serialize + DeserializeOwned>(text: &str) -> Result<Value, String> {
        let read = serde_json::from_str::<T>(text).map_err(|error| error.to_string());
        read.map(|value| serde_json::to_value(value).unwrap())
    }
    let again = match name {
        "Product" => through::<Product>(text),
        "Passport" => through::<Passport>(text),
        "ProductPage" => through::<Page<ProductSummary>>(text),
        "ScanRequest" => through::<ScanRequest>(text),
        "Scan" => through::<Scan>(text),
        "ScanPage" => through::<Page<Scan>>(text),
        "Problem" => through::<Problem>(text),
        "passport.product-scanned.v1" => through::<ProductScanned>(text),
        "envelope.v1" => through::<Envelope<ProductScanned>>(text),
        "internal-token.v1" => through::<Claims>(text),
        "identity.visitor-linked.v1" => through::<VisitorLinkedToAccount>(text),
        "identity.consent-changed.v1" => through::<ConsentChanged>(text),
        "identity.brand-changed.v1" => through::<BrandChanged>(text),
        "identity.account-erased.v1" => through::<AccountErased>(text),
        "measurement.brand-metric-batch.v1" => through::<BrandMetricBatchPublished>(text),
        "measurement.erasure-completed.v1" => through::<MeasurementErasureCompleted>(text),
        "MetricsPage" => through::<MetricsPage>(text),
        "passport.erasure-completed.v1" => through::<PassportErasureCompleted>(text),
        "personalization.erasure-completed.v1" => through::<PersonalizationErasureCompleted>(text),
        "Registration" => through::<identity::Registration>(text),
        "Registered" => through::<identity::Registered>(text),
        "Account" => through::<identity::Account>(text),
        "AccountChange" => through::<identity::AccountChange>(text),
        "ConsentChoice" => through::<identity::ConsentChoice>(text),
        "Consent" => through::<identity::Consent>(text),
        "ConsentPage" => through::<Page<identity::Consent>>(text),
        "ErasureStarted" => through::<identity::ErasureStarted>(text),
        "Erasure" => through::<identity::Erasure>(text),
        "Export" => through::<identity::Export>(text),
        "Brand" => through::<identity::Brand>(text),
        "BrandPage" => through::<Page<identity::Brand>>(text),
        "BrandRequest" => through::<identity::BrandRequest>(text),
        "BrandChange" => through::<identity::BrandChange>(text),
        "BrandUserRequest" => through::<identity::BrandUserRequest>(text),
        "BrandUser" => through::<identity::BrandUser>(text),
        "BrandUserPage" => through::<Page<identity::BrandUser>>(text),
        "BrandScope" => through::<identity::BrandScope>(text),
        "LinkAnswer" => through::<identity::LinkAnswer>(text),
        "Revocations" => through::<identity::Revocations>(text),
        "ConsentAnswer" => through::<identity::ConsentAnswer>(text),
        "ExportPart" => through::<identity::ExportPart>(text),
        "JobStarted" => through::<JobStarted>(text),
        "Job" => through::<Job>(text),
        "LinkDocument" => through::<LinkDocument>(text),
        "BrandProduct" => through::<BrandProduct>(text),
        "BrandProductPage" => through::<Page<BrandProduct>>(text),
        "BrandRecall" => through::<BrandRecall>(text),
        "BrandRecallPage" => through::<Page<BrandRecall>>(text),
        "PublisherKeys" => through::<PublisherKeys>(text),
        "RecallRequest" => through::<RecallRequest>(text),
        "ScanSnapshot" => through::<ScanSnapshot>(text),
        "passport.product-changed.v1" => through::<ProductChanged>(text),
        "passport.product-recalled.v1" => through::<ProductRecalled>(text),
        "HealthProfile" => through::<HealthProfile>(text),
        "KeptProfile" => through::<KeptProfile>(text),
        "ProfilePage" => through::<Page<KeptProfile>>(text),
        "RuleSetPage" => through::<Page<RuleSetSummary>>(text),
        "Verdict" => through::<Verdict>(text),
        "VerdictRequest" => through::<VerdictRequest>(text),
        "AccountSettings" => through::<identity::AccountSettings>(text),
        "FridgePage" => through::<Page<fridge::FridgeItem>>(text),
        "FridgeItem" => through::<fridge::FridgeItem>(text),
        "AddRequest" => through::<fridge::AddRequest>(text),
        "ManualRequest" => through::<fridge::ManualRequest>(text),
        "DateRequest" => through::<fridge::DateRequest>(text),
        "FridgeHistory" => through::<fridge::FridgeHistory>(text),
        "ConsumeRequest" => through::<fridge::ConsumeRequest>(text),
        "DiscardRequest" => through::<fridge::DiscardRequest>(text),
        "UndoRequest" => through::<fridge::UndoRequest>(text),
        "FeedToken" => through::<fridge::FeedToken>(text),
        "NoticePage" => through::<Page<fridge::Notice>>(text),
        "PushSubscriptions" => through::<fridge::PushSubscriptions>(text),
        "PushRequest" => through::<fridge::PushRequest>(text),
        "PushSubscription" => through::<fridge::PushSubscription>(text),
        "Household" => through::<fridge::Household>(text),
        "InvitationRequest" => through::<fridge::InvitationRequest>(text),
        "NewInvitation" => through::<fridge::NewInvitation>(text),
        "JoinRequest" => through::<fridge::JoinRequest>(text),
        "WasteSummary" => through::<fridge::WasteSummary>(text),
        "fridge.item-added.v1" => through::<ItemAddedToFridge>(text),
        "fridge.item-consumed.v1" => through::<ItemConsumed>(text),
        "fridge.item-discarded.v1" => through::<ItemDiscarded>(text),
        "fridge.entry-reverted.v1" => through::<EntryReverted>(text),
        "fridge.erasure-completed.v1" => through::<FridgeErasureCompleted>(text),
        "Health" | "Linkset" | "LinksetLd" | "ResolverDescription" | "RuleSet" | "rule-set.v1" => {
            return None;
        }
        _ => panic!("which wire type is {name}?"),
    };
    Some(again)
}

/// Where two JSON values differ, if a member that is absent, `null`, `false` or empty says the same.
fn difference(before: &Value, after: &Value, place: &str) -> Option<String> {
    let nothing = |value: &Value| [json!(null), json!(false), json!([]), json!({})].contains(value);
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            keys.into_iter().find_map(|key| match (old.get(key), new.get(key)) {
                (Some(old), Some(new)) => difference(old, new, &format!("{place}/{key}")),
                (Some(one), None) if *one != Value::Null => Some(format!("{place}/{key} is lost")),
                (None, Some(one)) if !nothing(one) => Some(format!("{place}/{key} is invented")),
                _ => None,
            })
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => old
            .iter()
            .zip(new)
            .enumerate()
            .find_map(|(n, (old, new))| difference(old, new, &format!("{place}/{n}"))),
        _ if before == after => None,
        _ => Some(format!("{place} was {before} and is {after}")),
    }
}

#[test]
fn every_valid_example_passes_its_schema_and_its_wire_type_without_loss() {
    for (name, label, text) in examples("valid") {
        let example: Value = serde_json::from_str(&text).unwrap();
        let schema = validator(&name);
        if let Err(error) = schema.validate(&example) {
            panic!("{label}: {error} at {}", error.instance_path());
        }
        let Some(again) = through_wire_type(&name, &text) else { continue };
        let again = again.unwrap_or_else(|error| panic!("{label}: {error}"));
        assert_eq!(difference(&example, &again, ""), None, "{label}");
        if let Err(error) = schema.validate(&again) {
            panic!("{label}, written again: {error} at {}", error.instance_path());
        }
    }
}

#[test]
fn every_invalid_example_fails_its_schema_and_the_index_says_what_its_wire_type_does() {
    let index = fs::read_to_string(folder("invalid").join("index.json")).unwrap();
    let index: Vec<Invalid> = serde_json::from_str(&index).unwrap();
    let examples = examples("invalid");
    let listed: BTreeSet<&str> = index.iter().map(|entry| entry.file.as_str()).collect();
    let present: BTreeSet<&str> = examples.iter().map(|(_, label, _)| label.as_str()).collect();
    assert_eq!(listed, present);
    for (name, label, text) in &examples {
        let entry = index.iter().find(|entry| entry.file == *label).unwrap();
        let example: Value = serde_json::from_str(text).unwrap();
        assert!(!validator(name).is_valid(&example), "{label} passes its schema, although {}", entry.why);
        let does = match through_wire_type(name, text) {
            None => WireType::None,
            Some(Ok(_)) => WireType::Takes,
            Some(Err(_)) => WireType::Refuses,
        };
        assert_eq!(does, entry.wire_type, "{label}: {}", entry.why);
    }
}

/// Names of the component schemas that bodies of operations are made of.
fn bodies(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if let (true, Some(content)) = (key == "content", member.as_object()) {
                    let schemas = content.values().filter_map(|media| media["schema"]["$ref"].as_str());
                    into.extend(schemas.filter_map(|target| target.rsplit('/').next()).map(str::to_owned));
                }
                bodies(member, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| bodies(item, into)),
        _ => {}
    }
}

#[test]
fn every_schema_and_every_body_has_valid_and_invalid_examples() {
    let mut wanted: BTreeSet<String> = schemas::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    bodies(&CONTRACT, &mut wanted);
    // What passport asks personalization with.
    wanted.insert("VerdictRequest".to_owned());
    // Bodies between functions.
    let internal = [
        "AccountSettings",
        "BrandScope",
        "LinkAnswer",
        "Revocations",
        "ConsentAnswer",
        "ExportPart",
        "ScanSnapshot",
    ];
    wanted.extend(internal.map(str::to_owned));
    for kind in ["valid", "invalid"] {
        let covered: BTreeSet<String> = examples(kind).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(covered, wanted, "{kind}");
    }
}

#[test]
fn the_data_of_every_event_example_passes_the_schema_that_it_names() {
    for (_, label, text) in examples("valid").into_iter().filter(|(name, ..)| name == "envelope.v1") {
        let event: Value = serde_json::from_str(&text).unwrap();
        let name = event["dataschema"].as_str().unwrap().strip_prefix("urn:packytrace:schema:").unwrap();
        assert!(validator(name).is_valid(&event["data"]), "{label}");
    }
}

#[test]
fn a_loss_would_be_seen() {
    let lost = |before: Value, after: Value| difference(&before, &after, "").is_some();
    assert!(lost(json!({ "a": 1 }), json!({})));
    assert!(lost(json!({ "a": 1 }), json!({ "a": 1.0 })));
    assert!(lost(json!({ "a": [1, 2] }), json!({ "a": [1] })));
    assert!(lost(json!({ "a": false }), json!({})));
    assert!(lost(json!({}), json!({ "a": "g" })));
    assert!(!lost(json!({ "a": null }), json!({ "b": [] })));
}

proptest::proptest! {
    /// Numbers of a source are facts: they come out as they went in, whatever they are.
    #[test]
    fn every_number_of_a_nutriment_comes_out_as_it_went_in(value: f64, whole: i64) {
        proptest::prop_assume!(value.is_finite());
        for value in [json!(value), json!(whole)] {
            let text = json!({ "gtin": "96385074", "nutriments": [{ "nutrient": "fat", "value": value }] }).to_string();
            let product: Product = serde_json::from_str(&text).unwrap();
            let again = serde_json::to_string(&product).unwrap();
            let again: Value = serde_json::from_str(&again).unwrap();
            proptest::prop_assert_eq!(&again["nutriments"][0]["value"], &value);
        }
    }
}
