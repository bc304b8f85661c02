//! The containers of `make compose-offline`: what each may do, what is to be found in them, how much they
//! need, and that they come back. `make compose-test` runs this; without containers there is nothing to ask.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use end_to_end::{
    containers::{self, Container, compose, docker, run},
    patience::within,
    person::Person,
    stack::Stack,
};
use futures::future::try_join_all;
use service_chassis::runtime::manifest::Manifest;
use tokio::time::Instant;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

const DEMO: &str = "09521234543213";
/// How long the scans go on before the memory is read, and how many people scan at once.
const LOAD: Duration = Duration::from_secs(30);
const PEOPLE: usize = 16;
/// MiB of everything, and of the seven functions.
const MOST_OF_ALL: f64 = 2048.0;
const MOST_OF_FUNCTIONS: f64 = 120.0;

fn is_function(container: &Container) -> bool {
    Manifest::embedded().unwrap().function(container.service()).is_ok()
}

#[test]
fn only_caddy_publishes_ports() {
    for container in containers::all().unwrap() {
        let bindings = container.0["HostConfig"]["PortBindings"].as_object().unwrap();
        let mut ports: Vec<&str> = bindings.keys().map(String::as_str).collect();
        ports.sort_unstable();
        let expected: &[&str] = if container.service() == "caddy" { &["443/tcp", "80/tcp"] } else { &[] };
        assert_eq!(ports, expected, "{}", container.service());
    }
}

#[test]
fn nobody_is_root_or_writes_to_its_image_or_has_a_capability() {
    let all = containers::all().unwrap();
    assert!(all.len() >= 15, "{} containers", all.len());
    for container in all {
        let (name, host) = (container.service(), &container.0["HostConfig"]);
        assert_eq!(container.0["Config"]["User"], "10001:10001", "{name}");
        assert_eq!(host["ReadonlyRootfs"], true, "{name}");
        assert_eq!(host["CapDrop"], serde_json::json!(["ALL"]), "{name}");
        assert!(host["CapAdd"].as_array().is_none_or(Vec::is_empty), "{name}");
        assert_eq!(host["Privileged"], false, "{name}");
        assert!(host["SecurityOpt"].to_string().contains("no-new-privileges"), "{name}");
        assert!(host["Memory"].as_u64().unwrap() > 0, "{name} has no limit");
    }
}

#[test]
fn the_processes_themselves_have_no_capability() {
    for container in containers::servers().unwrap() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", container.life().1)).unwrap();
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .split_whitespace()
                .next()
                .unwrap()
        };
        let name = container.service();
        assert_eq!(field("Uid:"), "10001", "{name}");
        assert_eq!(field("NoNewPrivs:"), "1", "{name}");
        for set in ["CapEff:", "CapPrm:", "CapBnd:"] {
            assert_eq!(field(set), "0000000000000000", "{name} {set}");
        }
    }
}

/// Every value that is secret on this machine.
async fn secrets() -> Vec<String> {
    let mut values = vec![STACK.kafka.password.clone()];
    values.push(url::Url::parse(&STACK.postgres_admin_url).unwrap().password().unwrap().to_owned());
    for function in Manifest::embedded().unwrap().functions {
        for name in function.secrets {
            let secret = STACK.secret(&function.name, &name).await.unwrap();
            leaves(&secret, &mut values);
        }
    }
    values
}

/// The long words of a secret: names and ids are short.
fn leaves(secret: &serde_json::Value, found: &mut Vec<String>) {
    match secret {
        serde_json::Value::String(text) if text.len() >= 32 => found.push(text.clone()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        serde_json::Value::Object(members) => members.values().for_each(|value| leaves(value, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_a_container_an_image_or_the_compose_file() {
    let mut texts = BTreeMap::from([("compose config".to_owned(), compose(&STACK, &["config"]).unwrap())]);
    for container in containers::all().unwrap() {
        let name = container.service().to_owned();
        texts.insert(format!("{name}: inspect"), container.0.to_string());
        let pid = container.life().1;
        if pid > 0 {
            for file in ["environ", "cmdline"] {
                let bytes = std::fs::read(format!("/proc/{pid}/{file}")).unwrap();
                texts.insert(format!("{name}: {file}"), String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        texts.insert(format!("{name}: image"), docker(&["inspect", container.image()]).unwrap());
        let history =
            docker(&["history", "--no-trunc", "--format", "{{.CreatedBy}}", container.image()]).unwrap();
        texts.insert(format!("{name}: history"), history);
    }
    let secrets = secrets().await;
    assert!(secrets.len() >= 20, "{} secrets", secrets.len());
    for (place, text) in texts {
        assert!(secrets.iter().all(|secret| !text.contains(secret.as_str())), "{place} holds a secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_keycloak_the_realm_alone_is_public() {
    let person = Person::anonymous(&STACK).unwrap();
    for path in [
        "/auth/",
        "/auth/admin/",
        "/auth/admin/realms/packytrace",
        "/auth/realms/master",
        "/auth/realms/master/protocol/openid-connect/token",
        "/auth/metrics",
        "/auth/health",
        "/auth/health/ready",
        "/internal/v1/revocations",
    ] {
        assert_eq!(person.get(path).await.unwrap().status(), 404, "{path}");
    }
    let two_readings = person.get("/auth/realms/packytrace/..;/master").await.unwrap();
    assert_eq!(two_readings.status(), 400);
    let known = person.get("/auth/realms/packytrace/.well-known/openid-configuration").await.unwrap();
    let known: serde_json::Value = known.error_for_status().unwrap().json().await.unwrap();
    assert_eq!(known["issuer"], STACK.url("/auth/realms/packytrace"));
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_leads_to_tls() {
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let caddy = containers::of("caddy").unwrap();
    let address = format!("http://{}/", caddy.address("public").unwrap());
    let answer = client.get(address).header("host", "localhost").send().await.unwrap();
    assert_eq!(answer.status(), 308);
    assert!(answer.headers()["location"].to_str().unwrap().starts_with("https://localhost"));
    let page = Person::anonymous(&STACK).unwrap().get("/").await.unwrap();
    assert!(page.headers()["strict-transport-security"].to_str().unwrap().starts_with("max-age=31536000"));
}

/// Whether a connection can be made from inside a container's network.
fn reaches(from: &str, address: &str) -> bool {
    let network = format!("container:{}", containers::of(from).unwrap().id());
    let probe = format!("timeout 2 bash -c '</dev/tcp/{address}/8080'");
    docker(&["run", "--rm", "--network", &network, "packytrace-offline/debian:12", "bash", "-c", &probe])
        .is_ok()
}

#[test]
fn who_does_not_talk_cannot_even_connect() {
    assert!(reaches("api-gateway", "passport.internal"), "the way that there is");
    for address in
        [containers::of("passport").unwrap().address("outside").unwrap(), "passport.internal", "keycloak"]
    {
        assert!(!reaches("brand-analytics", address), "{address}");
    }
    assert!(!reaches("passport", containers::of("api-gateway").unwrap().address("outside").unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_comes_back_by_itself() {
    for service in ["passport", "api-gateway", "caddy"] {
        let before = containers::of(service).unwrap();
        run("kill", &["-s", "KILL", &before.life().1.to_string()]).unwrap();
        let back = async || {
            let now = containers::of(service)?;
            Ok((now.life() != before.life() && now.is_healthy()).then_some(now))
        };
        let now = within(Duration::from_mins(2), service, back).await.unwrap();
        assert_eq!(now.id(), before.id(), "the same container");
    }
    let person = Person::anonymous(&STACK).unwrap();
    assert_eq!(person.scan(DEMO).await.unwrap().status(), 201);
}

#[test]
fn up_once_more_changes_nothing() {
    let lives = || -> BTreeMap<String, (String, u64)> {
        containers::servers().unwrap().iter().map(|server| (server.id().to_owned(), server.life())).collect()
    };
    let before = lives();
    compose(&STACK, &["up", "--detach", "--wait"]).unwrap();
    assert_eq!(lives(), before);
    for one_shot in ["realm-apply", "secrets-render"] {
        let said = docker(&["logs", "--tail", "1", containers::of(one_shot).unwrap().id()]).unwrap();
        assert!(said.starts_with("kept\t"), "{one_shot}: {said}");
    }
}

/// Scans until the time is over, and how many.
async fn scan_for(time: Duration) -> anyhow::Result<usize> {
    let person = Person::anonymous(&STACK)?;
    let (began, mut scans) = (Instant::now(), 0);
    while began.elapsed() < time {
        person.scan(DEMO).await?.error_for_status()?;
        scans += 1;
    }
    Ok(scans)
}

#[expect(clippy::print_stdout, reason = "a measurement is to be read")]
#[tokio::test(flavor = "multi_thread")]
async fn under_scans_everything_fits_its_memory() {
    let load = tokio::spawn(try_join_all((0..PEOPLE).map(|_| scan_for(LOAD))));
    let servers = containers::servers().unwrap();
    let mut most: BTreeMap<String, f64> = BTreeMap::new();
    while !load.is_finished() {
        let servers = servers.clone();
        let now = tokio::task::spawn_blocking(move || containers::memory(&servers)).await.unwrap().unwrap();
        for (service, used) in now {
            let entry = most.entry(service).or_default();
            *entry = entry.max(used);
        }
    }
    let scans: usize = load.await.unwrap().unwrap().iter().sum();
    // what stands in for AWS is no part of the stack
    most.remove("ssm");
    let functions: f64 = servers
        .iter()
        .filter(|server| is_function(server))
        .filter_map(|server| most.get(server.service()))
        .sum();
    let all: f64 = most.values().sum();
    println!("{scans} scans in {LOAD:?}, MiB at most: {most:#?}\nfunctions {functions:.1}, all {all:.1}");
    assert!(scans > 0);
    assert!(all < MOST_OF_ALL, "{all} MiB");
    assert!(functions < MOST_OF_FUNCTIONS, "{functions} MiB: {most:?}");
}

#[test]
fn an_image_of_a_function_is_small_and_has_no_shell() {
    for container in containers::servers().unwrap().iter().filter(|container| is_function(container)) {
        let size: u64 =
            docker(&["inspect", "--format", "{{.Size}}", container.image()]).unwrap().trim().parse().unwrap();
        assert!(size < 40_000_000, "{}: {size} bytes", container.service());
        let shell = docker(&["exec", container.id(), "/bin/sh", "-c", "true"]);
        assert!(shell.is_err(), "{} has a shell", container.service());
    }
}

#[test]
fn the_files_of_servers_are_in_memory_and_for_their_owner() {
    for (service, file) in
        [("postgres", "password"), ("redpanda", "kafka-admin-password"), ("keycloak", "keycloak.conf")]
    {
        let container = containers::of(service).unwrap();
        let pid = container.life().1;
        let mounts = std::fs::read_to_string(format!("/proc/{pid}/mounts")).unwrap();
        let mount = mounts.lines().find(|line| line.split(' ').nth(1) == Some("/run/packytrace")).unwrap();
        assert_eq!(mount.split(' ').nth(2), Some("tmpfs"), "{service}: {mount}");
        let path = format!("/proc/{pid}/root/run/packytrace/{file}");
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o400, "{service}");
        let files = std::fs::read_dir(format!("/proc/{pid}/root/run/packytrace")).unwrap().count();
        assert_eq!(files, 1, "{service} sees nothing but its own");
    }
}
