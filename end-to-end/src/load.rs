//! A steady load of every kind of request, and what came back. Requests are sent when they are due
//! whatever became of those before, and their time counts from then, so that a system that stands
//! still is seen to. Every second one goes over a connection of its own.
//!
//! ```ignore
//! let load = Load::start(&STACK, &Kind::ALL, 20.0).await?;
//! // … do something to the system …
//! let report = load.end().await;
//! assert!(report.unexpected().is_empty(), "{report}");
//! ```

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method, RequestBuilder, header, redirect::Policy};
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{Instant, MissedTickBehavior, interval_at},
};

use crate::{announce::random, person::Person, stack::Stack};

const GTIN: &str = "9521234543213";
const PASSWORD: &str = "sends requests all night";
/// A request that has no answer by then has none.
const PATIENCE: Duration = Duration::from_secs(20);
/// Tokens hold for five minutes.
const NEW_TOKENS: Duration = Duration::from_secs(100);

/// What is asked, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody, by a phone's camera: the resolver leads to the passport's page.
    Resolve,
    /// Nobody: a passport.
    Product,
    /// A visitor scans.
    Scan,
    /// Somebody signed in scans and gets a verdict.
    Verdict,
    /// Somebody's account.
    Account,
    /// Somebody's Health Profile, opened with its key.
    Profile,
    /// Somebody writes their Health Profile.
    WriteProfile,
    /// Somebody puts food into their fridge.
    Fridge,
    /// A brand's own page.
    Brand,
    /// A brand's products.
    Products,
    /// A brand's metrics.
    Metrics,
    /// Somebody registers.
    Register,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Resolve,
        Self::Product,
        Self::Scan,
        Self::Verdict,
        Self::Account,
        Self::Profile,
        Self::WriteProfile,
        Self::Fridge,
        Self::Brand,
        Self::Products,
        Self::Metrics,
        Self::Register,
    ];

    /// The status of an answer that did what was asked.
    fn expected(self) -> u16 {
        match self {
            Self::Resolve => 307,
            Self::Scan | Self::Verdict | Self::Fridge | Self::Register => 201,
            _ => 200,
        }
    }
}

/// What a request went over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// One that others used before.
    Kept,
    /// One of its own.
    Fresh,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer with this status.
    Answer(u16),
    /// None; the reason.
    None(String),
}

/// One request.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What was asked.
    pub kind: Kind,
    /// Over what.
    pub connection: Connection,
    /// When it was due, from the start.
    pub due: Duration,
    /// From then to the end of its answer.
    pub took: Duration,
    /// What came back.
    pub outcome: Outcome,
    /// The scan that the answer acknowledged, if it did.
    pub scan: Option<String>,
}

impl Sample {
    /// Whether it did what was asked.
    pub fn is_expected(&self) -> bool {
        self.outcome == Outcome::Answer(self.kind.expected())
    }
}

/// A running load.
pub struct Load {
    sender: Arc<Sender>,
    stop: watch::Sender<()>,
    tasks: Vec<JoinHandle<()>>,
}

/// Who sends, and how.
struct Sender {
    stack: &'static Stack,
    kept: Client,
    /// Keeps no connection.
    fresh: Client,
    began: Instant,
    /// The visitor's cookie.
    cookie: String,
    /// The consumer and the brand's user.
    people: [(String, String); 2],
    tokens: RwLock<[String; 2]>,
    samples: Mutex<Vec<Sample>>,
}

impl Load {
    /// So many requests a second of each kind, by people of its own.
    pub async fn start(stack: &'static Stack, kinds: &[Kind], per_second: f64) -> Result<Self> {
        let sender = Arc::new(Sender::new(stack).await?);
        let (stop, stopped) = watch::channel(());
        let pause = Duration::from_secs_f64(1.0 / per_second);
        let mut tasks = vec![tokio::spawn(Arc::clone(&sender).keep_tokens(stopped.clone()))];
        for (turn, kind) in (0_u32..).zip(kinds) {
            // the kinds take turns, rather than all at once
            let first = Instant::now() + pause * turn / u32::try_from(kinds.len())?;
            let keep_asking = Arc::clone(&sender).keep_asking(*kind, first, pause, stopped.clone());
            tasks.push(tokio::spawn(keep_asking));
        }
        Ok(Self { sender, stop, tasks })
    }

    /// What came back until now.
    pub fn so_far(&self) -> Report {
        Report { samples: self.sender.samples().clone() }
    }

    /// Sends nothing more, waits for the last answers.
    pub async fn end(self) -> Report {
        drop(self.stop);
        for task in self.tasks {
            task.await.ok();
        }
        Report { samples: std::mem::take(&mut *self.sender.samples()) }
    }
}

fn client(idle: usize) -> Result<Client> {
    let builder = Client::builder().redirect(Policy::none()).no_proxy().timeout(PATIENCE);
    Ok(builder.pool_max_idle_per_host(idle).build()?)
}

impl Sender {
    async fn new(stack: &'static Stack) -> Result<Self> {
        let visitor = Person::anonymous(stack)?;
        visitor.scan(GTIN).await?.error_for_status()?;
        let cookie = visitor.cookie().context("a scan makes a visitor")?;
        let email = format!("load-{}@example.net", random().simple());
        let mut consumer = Person::anonymous(stack)?;
        let account = json!({"email": email, "password": PASSWORD});
        consumer.ask(Method::POST, "/api/v1/accounts", &account).await?.error_for_status()?;
        consumer.sign_in(&email, PASSWORD).await?;
        let consent = json!({"granted": true, "policy_version": "2026-11"});
        let path = "/api/v1/me/consents/health_profile";
        consumer.ask(Method::PUT, path, &consent).await?.error_for_status()?;
        let written = consumer.ask(Method::PUT, "/api/v1/me/profile", &profile()).await?;
        ensure!(written.status().is_success(), "the profile: {}", written.status());
        let user = stack.user("brand")?;
        let people = [(email, PASSWORD.to_owned()), (user.email.clone(), user.password.clone())];
        let tokens = RwLock::new(tokens(stack, &people).await?);
        let (kept, fresh, began) = (client(64)?, client(0)?, Instant::now());
        Ok(Self { stack, kept, fresh, began, cookie, people, tokens, samples: Mutex::default() })
    }

    fn samples(&self) -> MutexGuard<'_, Vec<Sample>> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep_tokens(self: Arc<Self>, mut stopped: watch::Receiver<()>) {
        let mut times = interval_at(Instant::now() + NEW_TOKENS, NEW_TOKENS);
        loop {
            tokio::select! {
                _ = stopped.changed() => return,
                _ = times.tick() => {}
            }
            // without Keycloak the old ones hold for a while
            if let Ok(new) = tokens(self.stack, &self.people).await {
                *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = new;
            }
        }
    }

    async fn keep_asking(
        self: Arc<Self>,
        kind: Kind,
        first: Instant,
        pause: Duration,
        mut stopped: watch::Receiver<()>,
    ) {
        let mut times = interval_at(first, pause);
        times.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut under_way = JoinSet::new();
        let mut connections = [Connection::Kept, Connection::Fresh].into_iter().cycle();
        loop {
            tokio::select! {
                _ = stopped.changed() => break,
                due = times.tick() => {
                    let connection = connections.next().unwrap_or(Connection::Fresh);
                    under_way.spawn(Arc::clone(&self).ask(kind, connection, due));
                }
                Some(_) = under_way.join_next() => {}
            }
        }
        under_way.join_all().await;
    }

    async fn ask(self: Arc<Self>, kind: Kind, connection: Connection, due: Instant) {
        let (outcome, scan) = match self.answer(kind, connection).await {
            Ok((status, scan)) => (Outcome::Answer(status), scan),
            Err(error) => (Outcome::None(format!("{error:#}")), None),
        };
        let (took, due) = (due.elapsed(), due - self.began);
        self.samples().push(Sample { kind, connection, due, took, outcome, scan });
    }

    async fn answer(&self, kind: Kind, connection: Connection) -> Result<(u16, Option<String>)> {
        let client = match connection {
            Connection::Kept => &self.kept,
            Connection::Fresh => &self.fresh,
        };
        let answer = self.request(client, kind).send().await?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await?;
        let scanned = matches!(kind, Kind::Scan | Kind::Verdict) && status == 201;
        let scan = scanned.then(|| serde_json::from_slice::<Value>(&body)).transpose()?;
        Ok((status, scan.and_then(|scan| scan["scan_id"].as_str().map(str::to_owned))))
    }

    fn request(&self, client: &Client, kind: Kind) -> RequestBuilder {
        let [consumer, brand] = self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone();
        let url = |path: &str| self.stack.url(path);
        let scan = || client.post(url("/api/v1/scans")).json(&json!({ "code": GTIN }));
        let get = |path: &str| client.get(url(path));
        match kind {
            Kind::Resolve => get("/01/09521234543213")
                .header(header::ACCEPT, "text/html")
                .header("sec-fetch-mode", "navigate"),
            Kind::Product => get(&format!("/api/v1/products/{GTIN}")),
            Kind::Scan => scan().header(header::COOKIE, &self.cookie),
            Kind::Verdict => scan().bearer_auth(consumer),
            Kind::Account => get("/api/v1/me").bearer_auth(consumer),
            Kind::Profile => get("/api/v1/me/profile").bearer_auth(consumer),
            Kind::WriteProfile => {
                client.put(url("/api/v1/me/profile")).json(&profile()).bearer_auth(consumer)
            }
            Kind::Fridge => {
                let food = json!({"name": "Soup", "expires_on": "2030-01-01"});
                client.post(url("/api/v1/fridge/items/manual")).json(&food).bearer_auth(consumer)
            }
            Kind::Brand => get("/api/v1/brand").bearer_auth(brand),
            Kind::Products => get("/api/v1/brand/products").bearer_auth(brand),
            Kind::Metrics => get("/api/v1/brand/metrics?metric=scanned").bearer_auth(brand),
            Kind::Register => {
                let email = format!("load-{}@example.net", random().simple());
                client.post(url("/api/v1/accounts")).json(&json!({"email": email, "password": PASSWORD}))
            }
        }
    }
}

fn profile() -> Value {
    json!({"allergens": [{"code": "milk", "sensitivity": "strict"}], "diets": ["vegetarian"],
           "conditions": [], "nutrient_limits": [], "avoid_ingredients": []})
}

async fn tokens(stack: &Stack, people: &[(String, String); 2]) -> Result<[String; 2]> {
    let mut tokens = [String::new(), String::new()];
    for (token, (email, password)) in tokens.iter_mut().zip(people) {
        let mut person = Person::anonymous(stack)?;
        person.sign_in(email, password).await?;
        person.token().unwrap_or_default().clone_into(token);
    }
    Ok(tokens)
}

/// What came back; shown as one line for each kind and one for each unexpected answer.
#[derive(Debug)]
pub struct Report {
    /// Each request, in the order of the answers.
    pub samples: Vec<Sample>,
}

impl Report {
    /// This and what came back to another load.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.samples.extend(other.samples);
        self
    }

    /// Requests that did not do what was asked.
    pub fn unexpected(&self) -> Vec<&Sample> {
        self.samples.iter().filter(|sample| !sample.is_expected()).collect()
    }

    /// Ids of the scans that answers acknowledged.
    pub fn scans(&self) -> Vec<&str> {
        self.samples.iter().filter_map(|sample| sample.scan.as_deref()).collect()
    }

    /// The time that this share of the requests kept below: `0.99`.
    pub fn within(&self, share: f64) -> Duration {
        percentile(self.samples.iter(), share)
    }
}

fn percentile<'s>(samples: impl Iterator<Item = &'s Sample>, share: f64) -> Duration {
    let mut times: Vec<Duration> = samples.map(|sample| sample.took).collect();
    times.sort_unstable();
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among some thousands"
    )]
    let place = (times.len() as f64 * share) as usize;
    times.get(place.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} requests, {} unexpected", self.samples.len(), self.unexpected().len())?;
        for kind in Kind::ALL {
            let of = || self.samples.iter().filter(|sample| sample.kind == kind);
            let [half, most] = [0.5, 0.99].map(|share| percentile(of(), share).as_millis());
            let slowest = percentile(of(), 1.0).as_millis();
            let (all, well) = (of().count(), of().filter(|sample| sample.is_expected()).count());
            let name = format!("{kind:?}");
            writeln!(f, "{name:12} {well:6} of {all:6}  p50 {half} ms  p99 {most} ms  max {slowest} ms")?;
        }
        for Sample { kind, connection, due, took, outcome, .. } in self.unexpected().into_iter().take(40) {
            writeln!(f, "  at {due:.1?} {kind:?} ({connection:?}): {outcome:?} after {took:.1?}")?;
        }
        Ok(())
    }
}
