//! docker-compose.yml and functions/manifest.yaml say the same: who there is, who talks to whom, and that
//! nobody gets more than that.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};

use end_to_end::stack::workspace;
use serde_json::{Map, Value};
use service_chassis::runtime::manifest::Manifest;

/// The images of the operator's tool: its one-shots are one party.
const OPERATOR: &str = "operator";
/// Where nobody reaches anybody else: out to AWS, and to the host's endpoint for roles.
const LONELY: [&str; 2] = ["outside", "credentials"];
/// All of them together must fit beside the system on a machine of 2 GiB.
const MOST_MEMORY: u64 = 2048;

type Pair = (String, String);

fn compose() -> Value {
    let text = std::fs::read_to_string(workspace().join("docker-compose.yml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn services(compose: &Value) -> &Map<String, Value> {
    compose["services"].as_object().unwrap()
}

fn is_operator(service: &Value) -> bool {
    service["image"].as_str().unwrap().contains("/packytrace-ops:")
}

/// Who runs all the time.
fn servers(compose: &Value) -> impl Iterator<Item = (&String, &Value)> {
    services(compose).iter().filter(|(_, service)| service["restart"] == "unless-stopped")
}

fn party(name: &str, service: &Value) -> String {
    if is_operator(service) { OPERATOR.to_owned() } else { name.to_owned() }
}

fn pair(one: &str, other: &str) -> Pair {
    if one < other { (one.to_owned(), other.to_owned()) } else { (other.to_owned(), one.to_owned()) }
}

/// Who talks to whom, whoever begins.
fn conversations() -> BTreeSet<Pair> {
    let mut pairs: BTreeSet<Pair> = [
        ("caddy", "api-gateway"),
        ("caddy", "keycloak"),
        ("api-gateway", "keycloak"),
        ("identity", "keycloak"),
        ("keycloak", "postgres"),
        (OPERATOR, "postgres"),
        (OPERATOR, "redpanda"),
        (OPERATOR, "keycloak"),
    ]
    .map(|(one, other)| pair(one, other))
    .into();
    for function in Manifest::embedded().unwrap().functions {
        pairs.insert(pair(OPERATOR, &function.name));
        pairs.extend(function.calls.keys().map(|callee| pair(&function.name, callee)));
        if function.database.is_some() {
            pairs.insert(pair(&function.name, "postgres"));
        }
        if !function.publishes.is_empty() || !function.consumes.is_empty() {
            pairs.insert(pair(&function.name, "redpanda"));
        }
    }
    pairs
}

/// The networks, each with the parties in it.
fn networks(compose: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, service) in services(compose) {
        let joined: Vec<&str> = match &service["networks"] {
            Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
            Value::Object(networks) => networks.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        for network in joined {
            all.entry(network.to_owned()).or_default().insert(party(name, service));
        }
    }
    all
}

fn pairs_of(parties: &BTreeSet<String>) -> impl Iterator<Item = Pair> {
    parties
        .iter()
        .flat_map(|one| parties.iter().filter(move |other| one < *other).map(move |other| pair(one, other)))
}

#[test]
fn every_function_of_the_manifest_is_a_service() {
    let compose = compose();
    let functions: BTreeSet<String> =
        Manifest::embedded().unwrap().functions.into_iter().map(|function| function.name).collect();
    let is_function = |service: &Value| service["healthcheck"]["test"][1] == "/healthy";
    let built: BTreeSet<String> = services(&compose)
        .iter()
        .filter(|(_, service)| is_function(service))
        .map(|(name, _)| name.clone())
        .collect();
    assert_eq!(built, functions);
    for name in functions {
        let image = compose["services"][&name]["image"].as_str().unwrap();
        assert!(image.contains(&format!("/{name}:")), "{name} runs {image}");
    }
}

#[test]
fn in_a_network_everybody_talks_to_everybody() {
    let talk = conversations();
    for (network, parties) in networks(&compose()) {
        if LONELY.contains(&network.as_str()) {
            continue;
        }
        for pair in pairs_of(&parties) {
            assert!(talk.contains(&pair), "{pair:?} share {network} and have nothing to say");
        }
    }
}

#[test]
fn whoever_talks_shares_a_network() {
    let compose = compose();
    let shared: BTreeSet<Pair> = networks(&compose)
        .iter()
        .filter(|(network, _)| !LONELY.contains(&network.as_str()))
        .flat_map(|(_, parties)| pairs_of(parties).collect::<Vec<_>>())
        .collect();
    let apart: Vec<Pair> = conversations().difference(&shared).cloned().collect();
    assert!(apart.is_empty(), "{apart:?} cannot reach each other");
}

#[test]
fn nobody_reaches_anybody_where_all_are() {
    let compose = compose();
    for network in LONELY {
        let options = &compose["networks"][network]["driver_opts"];
        assert_eq!(options["com.docker.network.bridge.enable_icc"], "false", "{network}");
    }
    for (name, network) in compose["networks"].as_object().unwrap() {
        let leads_out = ["outside", "public"].contains(&name.as_str());
        assert_eq!(network["internal"] == true, !leads_out, "{name}");
    }
}

#[test]
fn a_function_knows_the_addresses_of_those_whom_it_calls() {
    let compose = compose();
    let functions = Manifest::embedded().unwrap().functions;
    let variable = |name: &str| format!("{}_URL", name.replace('-', "_").to_uppercase());
    for function in &functions {
        let settings = compose["services"][&function.name]["environment"].as_object().unwrap();
        for other in &functions {
            let known = settings.get(&variable(&other.name)).and_then(Value::as_str);
            let called = function.calls.contains_key(&other.name);
            let address = format!("http://{}.internal:8080", other.name);
            assert_eq!(known, called.then_some(address.as_str()), "{} and {}", function.name, other.name);
        }
    }
}

#[test]
fn only_caddy_has_ports() {
    let compose = compose();
    for (name, service) in services(&compose) {
        assert_eq!(service["ports"].is_array(), name == "caddy", "{name}");
    }
    let ports: Vec<&str> =
        compose["services"]["caddy"]["ports"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(ports, ["${HTTP_PORT:-80}:80", "${HTTPS_PORT:-443}:443"]);
}

#[test]
fn nobody_may_more_than_it_must() {
    for (name, service) in services(&compose()) {
        assert_eq!(service["user"], "10001:10001", "{name}");
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], serde_json::json!(["ALL"]), "{name}");
        assert_eq!(service["security_opt"], serde_json::json!(["no-new-privileges:true"]), "{name}");
        assert!(service["cap_add"].is_null() && service["privileged"].is_null(), "{name}");
        assert!(service["logging"]["options"]["max-size"].is_string(), "{name}: its log grows for ever");
        assert!(service["pids_limit"].is_number(), "{name}");
    }
}

#[test]
fn who_runs_all_the_time_is_watched_and_comes_back() {
    let compose = compose();
    assert!(servers(&compose).count() >= 11);
    for (name, service) in servers(&compose) {
        assert!(service["healthcheck"]["test"].is_array(), "{name} has no health check");
        assert!(service["healthcheck"]["start_interval"].is_null(), "{name}: Docker 20.10 refuses it");
    }
}

#[test]
fn all_limits_together_fit_two_gibibytes() {
    let megabytes = |service: &Value| {
        let limit = service["mem_limit"].as_str().unwrap();
        limit.strip_suffix('m').unwrap().parse::<u64>().unwrap()
    };
    let compose = compose();
    // the operator's tool beside them runs when nobody starts
    let always = services(&compose).values().filter(|service| service["profiles"].is_null());
    let sum: u64 = always.map(megabytes).sum();
    assert!(sum < MOST_MEMORY, "{sum} MiB");
}

#[test]
fn no_variable_holds_a_secret() {
    for (name, service) in services(&compose()) {
        for variable in service["environment"].as_object().into_iter().flat_map(Map::keys) {
            let file = variable.ends_with("_FILE");
            let suspect =
                ["PASSWORD", "SECRET", "TOKEN", "KEY_ID"].iter().any(|word| variable.contains(word));
            assert!(file || !suspect, "{name}: {variable}");
        }
    }
}

#[test]
fn every_image_of_others_has_its_version_in_the_one_file() {
    let images = std::fs::read_to_string(workspace().join("deploy/images.env")).unwrap();
    let pinned = |variable: &str| {
        let line = images.lines().find_map(|line| line.strip_prefix(variable)?.strip_prefix('='));
        line.is_some_and(|image| image.split('@').next().unwrap().rsplit('/').next().unwrap().contains(':'))
    };
    for (name, service) in services(&compose()) {
        let image = service["image"].as_str().unwrap();
        let ours = image.starts_with("${PACKYTRACE_IMAGES:-ghcr.io/packytrace}/");
        let variable = image.trim_start_matches("${").split(':').next().unwrap();
        assert!(ours || pinned(variable), "{name}: {image}");
    }
    let dockerfile = std::fs::read_to_string(workspace().join("deploy/Dockerfile")).unwrap();
    for argument in dockerfile.lines().filter_map(|line| line.strip_prefix("ARG ")) {
        assert!(!argument.ends_with("_IMAGE") || pinned(argument), "{argument}");
    }
}

#[test]
fn whoever_mounts_a_folder_in_memory_finds_it_prepared() {
    let script = std::fs::read_to_string(workspace().join("deploy/prepare-host.sh")).unwrap();
    let prepared: BTreeSet<&str> = script
        .split_once("for service in ")
        .and_then(|(_, rest)| rest.split_once("; do"))
        .map(|(names, _)| names.split_whitespace().filter(|name| *name != "\\").collect())
        .unwrap();
    // The private door's, too: its token is made on either track.
    let text = ["docker-compose.yml", "deploy/lambda/docker-compose.lambda.yml"]
        .map(|file| std::fs::read_to_string(workspace().join(file)).unwrap())
        .concat();
    let mounted: BTreeSet<&str> = text
        .split("${PACKYTRACE_RUN:-/run/packytrace}/")
        .skip(1)
        .map(|rest| rest.split(':').next().unwrap())
        .collect();
    assert_eq!(prepared, mounted);
}
