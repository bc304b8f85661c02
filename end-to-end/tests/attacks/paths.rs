//! Addresses that two readers could understand differently, and every spelling of what is internal.

use crate::wire::{Door, statuses, try_all};

/// A path that somebody could read as another one.
const MALFORMED: [&str; 44] = [
    "//api/v1/scans",
    "/api//v1/scans",
    "/api/v1//scans",
    "/api/v1/scans//",
    "/api/./v1/scans",
    "/api/v1/./scans",
    "/api/v1/.",
    "/api/v1/scans/.",
    "/api/../api/v1/scans",
    "/api/v1/products/..",
    "/api/v1/me/../scans",
    "/api/%2e/v1/scans",
    "/api/%2E%2e/api/v1/scans",
    "/api/.%2e/api/v1/scans",
    "/api/%2e./api/v1/scans",
    "/api/v1%2fscans",
    "/api/v1%2Fscans",
    "/api%2fv1%2fscans",
    "/api/v1/%2fscans",
    "/api/v1/scans%2f",
    "/api/v1/scans/..%2f..%2fme",
    "/api/v1/scans%252f",
    "/api/v1/%252e%252e/me",
    "/api/v1/100%25",
    "/api/v1/scans;x=y",
    "/api/v1;x/scans",
    "/api/v1/scans%3bx=y",
    "/api/v1/scans%3Bx",
    "/api\\v1\\scans",
    "/api/v1/scans\\..\\me",
    "/api/v1%5cscans",
    "/api/v1/..%5c..%5cme",
    "/api/v1/scans%00",
    "/api/v1/%00",
    "/api/v1/scans%0d%0aX-Account-Id:%20x",
    "/api/v1/scans%0a",
    "/api/v1/scans%7f",
    "/api/v1/%",
    "/api/v1/%2",
    "/api/v1/%zz",
    "/api/v1/caf\u{e9}",
    "/api/v1/products?q=%00",
    "/01/09521234543213/10/..",
    "/01/09521234543213/10/%2e%2e",
];

/// What is only for functions among themselves, and the private pages of a function.
const INTERNAL: [&str; 32] = [
    "/internal",
    "/internal/",
    "/internal/v1/verdicts",
    "/internal/v1/revocations?since=0",
    "/Internal/v1/verdicts",
    "/INTERNAL/V1/VERDICTS",
    "//internal/v1/verdicts",
    "/./internal/v1/verdicts",
    "/api/../internal/v1/verdicts",
    "/api/v1/../../internal/v1/verdicts",
    "/api/v1/scans/../../../internal/v1/verdicts",
    "/%69nternal/v1/verdicts",
    "/%49nternal/v1/verdicts",
    "/%2569nternal/v1/verdicts",
    "/internal%2fv1/verdicts",
    "/internal%252fv1/verdicts",
    "/internal;x=1/v1/verdicts",
    "/internal%3bx/v1/verdicts",
    "/internal\\v1\\verdicts",
    "/%2e/internal/v1/verdicts",
    "/api/%2e%2e/internal/v1/verdicts",
    "/api%2f..%2finternal/v1/verdicts",
    "/api/..%2finternal/v1/verdicts",
    "/api/..;/internal/v1/verdicts",
    "/%5cinternal/v1/verdicts",
    "/internal/v1/verdicts%00",
    "/internal/../internal/v1/verdicts",
    "/01/../internal/v1/verdicts",
    "/01/09521234543213/../../internal/v1/verdicts",
    "/api/v1/internal/v1/verdicts",
    "/healthz/../internal/v1/verdicts",
    "/.well-known/../internal/v1/verdicts",
];

fn ask(path: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .into_bytes()
}

fn look(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_with_two_readings_is_refused() {
    for bytes in [ask, look] {
        let wrong = try_all(
            &MALFORMED,
            |path| bytes(path),
            |path, door, came| {
                let found = statuses(came);
                (found != [400]).then(|| format!("{door:?}: {path}: {found:?}"))
            },
        )
        .await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_internal_is_nowhere_in_any_spelling() {
    for bytes in [ask, look] {
        let wrong = try_all(
            &INTERNAL,
            |path| bytes(path),
            |path, door, came| {
                let found = statuses(came);
                (found != [404]).then(|| format!("{door:?}: {path}: {found:?}"))
            },
        )
        .await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_keycloak_only_the_realm_and_its_resources_are_outside() {
    let admin = [
        "/auth",
        "/auth/",
        "/auth/admin",
        "/auth/admin/realms/packytrace/users",
        "/auth/admin/master/console/",
        "/auth/realms/master",
        "/auth/realms/master/protocol/openid-connect/token",
        "/auth/realms/packytrace/../master/protocol/openid-connect/token",
        "/auth/realms/packytrace/..%2fmaster",
        "/auth/realms/packytrace/%2e%2e/master",
        "/auth/realms/packytrace/..;/master",
        "/auth/realms//packytrace/../master",
        "/auth//admin/realms",
        "/auth/resources/../admin/realms",
        "/auth/resources/%2e%2e/admin/realms",
        "/auth/metrics",
        "/auth/health",
        "/auth/health/ready",
        "/AUTH/admin",
        "/auth/Admin",
        "/%61uth/admin",
        "/auth%2fadmin",
        "/auth;x/admin",
        "/realms/master",
        "/admin/realms",
    ];
    for path in admin {
        let came = Door::Caddy.exchange(&ask(path)).await;
        assert!(matches!(statuses(&came)[..], [400 | 404 | 405]), "POST {path}: {:?}", statuses(&came));
        let came = String::from_utf8_lossy(&Door::Caddy.exchange(&look(path)).await).into_owned();
        let page_of_ours =
            came.contains("content-security-policy") || came.contains("Content-Security-Policy");
        let refused = matches!(statuses(came.as_bytes())[..], [400 | 404 | 405]);
        assert!(refused || page_of_ours && !came.contains("keycloak"), "GET {path}: {came}");
    }
    let realm = Door::Caddy.exchange(&look("/auth/realms/packytrace/.well-known/openid-configuration")).await;
    assert_eq!(statuses(&realm), [200], "the control");
}
