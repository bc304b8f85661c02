//! The contract is the whole of what answers: each of its routes is there, and nothing else is.

use std::collections::BTreeSet;

use reqwest::{Client, Method, redirect::Policy};
use shared_contracts::routes::{self, Route, Who};

use crate::{STACK, people::People, wire::Door};

/// The routes without those that stand for whatever lies below others.
fn contract() -> Vec<Route> {
    let all = routes::public().unwrap().into_iter();
    all.filter(|route| !route.path.ends_with("{*below}")).collect()
}

/// A template with unnamed parameters: functions may call them otherwise.
fn shape(template: &str) -> String {
    let mut shape = String::new();
    for part in template.split_inclusive(['{', '}']) {
        match part.strip_suffix('}') {
            Some(_) => shape.push('}'),
            None => shape.push_str(part),
        }
    }
    shape
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_contract_is_answered_by_its_owner() {
    let people = People::meet().await;
    let mut routes = contract();
    routes.retain(|route| !route.path.starts_with("/01/") || route.path == "/01/{gtin}");
    // its token is its only credential, and this one is none
    let is_feed = |route: &Route| route.operation_id == "readExpiringFeed";
    // who goes last has nothing more to ask; without the account the token is void within seconds
    let last = ["eraseVisitor", "eraseMe"];
    routes.sort_by_key(|route| last.iter().position(|operation| *operation == route.operation_id));
    for route in &routes {
        let person = match route.who {
            Who::Admin => &people.admin,
            Who::Brand => &people.editor,
            Who::Anyone | Who::Account => &people.owner,
        };
        let status = people.request(person, route).send().await.unwrap().status();
        let denied = matches!(status.as_u16(), 403 | 405 | 500..) || status == 401 && !is_feed(route);
        assert!(!denied, "{} {}: {status}", route.method.as_str(), route.path);
    }
    let owners: BTreeSet<&str> = routes.iter().map(|route| route.owner.as_str()).collect();
    for owner in owners {
        let metrics = STACK.metrics(owner).await.unwrap();
        let known: BTreeSet<String> = metrics
            .lines()
            .filter(|line| line.starts_with("http_requests_total"))
            .filter_map(|line| Some(shape(line.split_once("route=\"")?.1.split_once('"')?.0)))
            .collect();
        for route in routes.iter().filter(|route| route.owner == owner) {
            assert!(known.contains(&shape(&route.path)), "{owner} has no {}: {known:?}", route.path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_the_contract_does_not_name_is_not_there() {
    let people = People::meet().await;
    let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let routes = contract();
    let paths: BTreeSet<&str> = routes.iter().map(|route| route.path.as_str()).collect();
    for path in paths.into_iter().filter(|path| !path.starts_with("/01/") || *path == "/01/{gtin}") {
        let named: Vec<&str> =
            routes.iter().filter(|route| route.path == path).map(|route| route.method.as_str()).collect();
        for method in
            ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY"]
        {
            if named.contains(&method) {
                continue;
            }
            let request = client.request(method.parse::<Method>().unwrap(), STACK.url(&people.path(path)));
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 405, "{method} {path}");
            if method != "TRACE" {
                let allow = answer.headers()["allow"].to_str().unwrap();
                assert_eq!(
                    allow.split(", ").collect::<BTreeSet<_>>(),
                    named.iter().copied().collect(),
                    "{path}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_left_open_is_not_there() {
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/scans",
        "/api/v0/scans",
        "/api/scans",
        "/api/v1/admin",
        "/api/v1/users",
        "/api/v1/accounts/1",
        "/api/v1/debug",
        "/api/v1/config",
        "/api/v1/metrics",
        "/api/v1/health",
        "/api/v1/openapi.yaml",
        "/api/v1/graphql",
        "/api/v1/me/password",
        "/api/v1/me/roles",
        "/api/v1/brands",
        "/api/v1/brand/users",
        "/api/v1/scans/export",
        "/api/v1/events",
        "/api/v1/secrets",
        "/api/v1/internal",
        "/internal/metrics",
        "/healthz/ready",
        "/.well-known/jwks.json",
        "/01",
        "/01/",
    ] {
        for door in Door::BOTH {
            let asked = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let came = String::from_utf8_lossy(&door.exchange(asked.as_bytes()).await).into_owned();
            let refused = came.starts_with("HTTP/1.1 404") || came.starts_with("HTTP/1.1 400");
            assert!(refused, "{door:?} {path}: {came}");
        }
    }
    // Behind the door these are; before it there is a page of the web app at most.
    for path in [
        "/metrics",
        "/health",
        "/ready",
        "/debug/pprof",
        "/actuator/env",
        "/.env",
        "/.git/config",
        "/server-status",
    ] {
        let asked = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let came = String::from_utf8_lossy(&Door::Caddy.exchange(asked.as_bytes()).await).to_lowercase();
        let page = came.contains("content-type: text/html") && came.contains("content-security-policy");
        assert!(came.starts_with("http/1.1 404") || page, "{path}: {came}");
    }
}
