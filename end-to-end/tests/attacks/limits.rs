//! How much one caller may ask, send and hold open: with production's limits, and beside 500 clients who
//! are in no hurry.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use end_to_end::{patience::within, person::Person, stack::Stack};
use futures::{future::join_all, stream};
use reqwest::{Body, Client, Method, RequestBuilder};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, interval},
};
use url::Url;

use crate::{DEMO, STACK};

const MIB: usize = 1024 * 1024;

/// A second gateway, with the limits that it has where nobody sets them.
struct Production(Child, String);

impl Production {
    async fn gateway() -> Self {
        let address = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (door, admin) = (address(), address());
        let mut command = Command::new(STACK.state().join("bin/api-gateway"));
        command.arg(format!("HTTP_ADDRESS={door}")).arg(format!("ADMIN_ADDRESS={admin}"));
        for (limit, production) in [
            ("PER_ADDRESS", 50),
            ("PER_ACCOUNT", 50),
            ("PER_VISITOR", 50),
            ("REGISTRATIONS", 5),
            ("SCANS", 20),
        ] {
            command.arg(format!("RATE_LIMIT_{limit}={production}"));
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let gateway = Self(child, format!("http://{door}"));
        within(Duration::from_mins(1), "a second gateway", async || {
            Ok(Stack::is_ready(&format!("http://{admin}")).await?.then_some(()))
        })
        .await
        .unwrap();
        gateway
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.1)
    }
}

impl Drop for Production {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Asks ten times as often as a span of so many seconds allows, each time from the address that `from`
/// gives: what passes is no more than that and what time adds to it.
async fn is_slowed_down(
    what: &str,
    (most, span): (usize, usize),
    ask: impl Fn() -> RequestBuilder,
    from: fn(usize) -> String,
) {
    let began = Instant::now();
    let asked = (0..10 * most).map(|n| ask().header("x-forwarded-for", from(n)).send());
    let answers: Vec<_> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap() + 1;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status() == 429).collect();
    let passed = answers.len() - refused.len();
    assert!(!refused.is_empty(), "{what}: all {passed} passed in {seconds} s");
    assert!(
        (1..=most + most * seconds / span).contains(&passed),
        "{what}: {passed} of {} in {seconds} s",
        answers.len()
    );
    for answer in refused {
        assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_productions_limits_everybody_is_slowed_down_and_told_so() {
    let gateway = Production::gateway().await;
    let client = Client::builder().no_proxy().build().unwrap();
    let register = json!({"email": "no address", "password": "x"});
    let registration = || client.post(gateway.url("/api/v1/accounts")).json(&register);
    let scan = || client.post(gateway.url("/api/v1/scans")).json(&json!({"code": "x"}));
    let health = || client.get(gateway.url("/healthz"));
    // another address before ours, each time: Caddy's own word comes last
    let lying = |n: usize| format!("10.0.{}.{n}, 192.0.2.9", n % 250);
    is_slowed_down("registrations", (5, 60), registration, lying).await;
    is_slowed_down("scans", (20, 1), scan, lying).await;
    is_slowed_down("requests of an address", (50, 1), health, lying).await;

    let everywhere = |n: usize| format!("198.51.{}.{}", n / 250, n % 250);
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    let known = || client.get(gateway.url("/api/v1/scans?limit=0")).bearer_auth(anna.token().unwrap());
    is_slowed_down("requests of an account", (50, 1), known, everywhere).await;
    let visitor = Person::anonymous(&STACK).unwrap();
    visitor.scan(DEMO).await.unwrap();
    let cookie = visitor.cookie().unwrap();
    let seen = || client.get(gateway.url("/api/v1/scans?limit=0")).header("cookie", &cookie);
    is_slowed_down("requests of a visitor", (50, 1), seen, everywhere).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_too_much_is_refused_before_it_is_read() {
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    let editor = Person::signed_in(&STACK, "brand").await.unwrap();
    let padded = |size: usize| format!("{{\"code\":\"{}\"}}", "9".repeat(size - 11));
    let stream = |size: usize| {
        Body::wrap_stream(stream::iter(
            padded(size)
                .into_bytes()
                .chunks(16 * 1024)
                .map(<[u8]>::to_vec)
                .map(Ok::<_, std::io::Error>)
                .collect::<Vec<_>>(),
        ))
    };
    let scan = |body: Body| {
        anna.request(Method::POST, "/api/v1/scans").header("content-type", "application/json").body(body)
    };
    let import = |size: usize| {
        let request = editor.request(Method::POST, "/api/v1/brand/products/import");
        request.header("content-type", "text/csv").body("x".repeat(size))
    };
    let get = |path: &str| anna.request(Method::GET, path);
    for (what, request, expected) in [
        ("a body of 1 MiB and a byte", scan(padded(MIB + 1).into()), 413),
        ("the same in chunks", scan(stream(MIB + 1)), 413),
        ("a body of 7 MiB", scan(padded(7 * MIB).into()), 413),
        ("a code of a megabyte", scan(padded(MIB).into()), 422),
        ("an import of 5 MiB and a byte", import(5 * MIB + 1), 413),
        ("an address of 8 KB and more", get(&format!("/api/v1/products?q={}", "x".repeat(8 * 1024))), 414),
        ("headers of 20 KB", get("/api/v1/me").header("x-a", "x".repeat(20 * 1024)), 431),
        (
            "an Idempotency-Key of 300 bytes",
            scan("{}".into()).header("idempotency-key", "k".repeat(300)),
            400,
        ),
        ("a page of none", get("/api/v1/scans?limit=0"), 400),
        ("a page of 201", get("/api/v1/scans?limit=201"), 400),
        ("a page of less than none", get("/api/v1/scans?limit=-1"), 400),
        ("a page of 1e9", get("/api/v1/scans?limit=1e9"), 400),
        ("a page of 2^64", get("/api/v1/scans?limit=18446744073709551616"), 400),
        ("a cursor that is none", get("/api/v1/scans?cursor=../../etc/passwd"), 400),
        ("a cursor of 4 KB", get(&format!("/api/v1/scans?cursor={}", "A".repeat(4096))), 400),
        ("a search of 201 letters", get(&format!("/api/v1/products?q={}", "x".repeat(201))), 400),
        ("days beyond the calendar", get("/api/v1/fridge/expiring?within_days=99999999999"), 400),
        ("years beyond the calendar", get("/api/v1/fridge/waste-summary?from=0001-01-01&to=9999-12-31"), 400),
    ] {
        let answer = request.send().await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!(answer.status(), expected, "{what}: {}", answer.text().await.unwrap());
    }
    let bomb = scan(vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3].into()).header("content-encoding", "gzip");
    assert!(matches!(bomb.send().await.unwrap().status().as_u16(), 400 | 415), "nothing is unpacked");
}

/// What a slow client begins with, and what it goes on with byte by byte; without that it reads nothing.
enum Slow {
    Head,
    Body,
    Reader,
}

/// Holds a connection for as long as it is let.
async fn dawdle(kind: Slow, address: String) {
    let Ok(mut socket) = TcpStream::connect(address).await else { return };
    let begin = match kind {
        Slow::Head => "GET /api/v1/products?q=milk HTTP/1.1\r\nHost: localhost\r\n",
        Slow::Body => {
            "POST /api/v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
        }
        Slow::Reader => "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n",
    };
    if socket.write_all(begin.as_bytes()).await.is_err() {
        return;
    }
    let mut tick = interval(Duration::from_secs(1));
    let mut one = [0];
    loop {
        tick.tick().await;
        let alive = match kind {
            Slow::Head | Slow::Body => socket.write_all(b"x").await.is_ok(),
            Slow::Reader => socket.read(&mut one).await.is_ok_and(|read| read > 0),
        };
        if !alive {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_500_slow_clients_a_normal_one_is_served() {
    let url = Url::parse(&STACK.base_url).unwrap();
    let address = format!("{}:{}", url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let mut slow = JoinSet::new();
    for number in 0..500 {
        let kind = [Slow::Head, Slow::Body, Slow::Reader].into_iter().nth(number % 3).unwrap();
        slow.spawn(dawdle(kind, address.clone()));
    }
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    let mut waits = Vec::new();
    for _ in 0..100 {
        let began = Instant::now();
        assert_eq!(anna.scan(DEMO).await.unwrap().status(), 201);
        waits.push(began.elapsed());
    }
    waits.sort();
    assert!(waits[98] < Duration::from_secs(2), "p99 {:?}, median {:?}", waits[98], waits[50]);
    let held = slow.len();
    within(Duration::from_secs(20), "slow heads are ended", async || {
        while slow.try_join_next().is_some() {}
        Ok((slow.len() <= held - 160).then_some(()))
    })
    .await
    .unwrap();
}
