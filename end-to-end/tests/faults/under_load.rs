//! A fault in the middle of a load, and what must be true of every one.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use end_to_end::{
    facts::Facts,
    load::{Kind, Load, Report, Sample},
    patience::{at_last, within},
};
use serde_json::Value;
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};

use crate::STACK;

/// How soon everybody is served again, without anybody's help.
const RECOVERY: Duration = Duration::from_secs(90);

/// A load that something happens to.
pub(crate) struct UnderLoad {
    load: Load,
    facts: Facts,
    kinds: usize,
    /// The verdict that the load's consumer gets, as it was before anything happened.
    right: Option<String>,
}

impl UnderLoad {
    /// Two requests a second of each kind, once they are answered.
    pub(crate) async fn of(kinds: &[Kind]) -> Self {
        // what another test did to the broker may not be over
        let facts = at_last(RECOVERY, "the broker answers", async || {
            Facts::from_now(&STACK, "passport.product-scanned.v1")
        });
        let facts = facts.await.unwrap();
        let load =
            at_last(RECOVERY, "everybody can register", async || Load::start(&STACK, kinds, 2.0).await);
        let load = load.await.unwrap();
        let mut begun = Self { load, facts, kinds: kinds.len(), right: None };
        begun.answers(3 * kinds.len()).await;
        begun.is_well().await;
        let newest = begun.load.so_far().samples.into_iter().rev();
        begun.right = newest.filter(|sample| sample.kind == Kind::Verdict).find_map(|sample| sample.verdict);
        begun
    }

    /// Returns when so many more requests have ended, well or not.
    pub(crate) async fn answers(&self, more: usize) {
        let before = self.load.so_far().samples.len();
        within(RECOVERY, "requests end", async || {
            Ok((self.load.so_far().samples.len() >= before + more).then_some(()))
        })
        .await
        .unwrap();
    }

    /// What has come back by now.
    pub(crate) fn so_far(&self) -> Report {
        self.load.so_far()
    }

    /// Returns when what has come back is enough.
    pub(crate) async fn until(&self, what: &str, enough: impl Fn(&Report) -> bool) {
        within(RECOVERY, what, async || Ok(enough(&self.load.so_far()).then_some(()))).await.unwrap();
    }

    /// Waits until everybody is served again, with verdicts.
    pub(crate) async fn is_well(&self) {
        let well =
            |sample: &&Sample| sample.is_expected() && sample.verdict.as_deref() != Some("unavailable");
        within(RECOVERY, "everybody is served again", async || {
            let samples = self.load.so_far().samples;
            let mut newest = samples.iter().rev().take(3 * self.kinds);
            Ok(newest.all(|sample| well(&sample)).then_some(()))
        })
        .await
        .unwrap();
    }

    /// Waits until everybody is served again; no verdict was wrong, no scan that was acknowledged is lost,
    /// and each is announced as one event, which measurement counts once.
    pub(crate) async fn recovers(self) -> Report {
        self.is_well().await;
        let report = self.load.end().await;
        let is_right = |verdict: &str| Some(verdict) == self.right.as_deref() || verdict == "unavailable";
        let mut verdicts = report.samples.iter().filter(|sample| sample.kind == Kind::Verdict);
        let wrong =
            verdicts.find(|sample| sample.verdict.as_deref().is_some_and(|verdict| !is_right(verdict)));
        assert!(wrong.is_none(), "a wrong verdict: {wrong:?}, not {:?}", self.right);
        let scans: BTreeSet<String> = report.scans().into_iter().map(str::to_owned).collect();
        assert!(!scans.is_empty(), "{report}");
        assert_eq!(kept(&scans).await, scans.len(), "acknowledged scans were lost: {report}");
        counted(&announced_once(&self.facts, &scans)).await;
        report
    }
}

/// How many of these scans passport has.
async fn kept(scans: &BTreeSet<String>) -> usize {
    let ids: Vec<String> = scans.iter().cloned().collect();
    count("select count(*) from passport.scans where scan_id::text = any($1)", &ids).await
}

/// How many rows there are of these ids.
async fn count(query: &'static str, ids: &[String]) -> usize {
    let options: PgConnectOptions = STACK.postgres_admin_url.parse().unwrap();
    let mut conn: PgConnection = options.database("packytrace").connect().await.unwrap();
    let rows: i64 = sqlx::query_scalar(query).bind(ids).fetch_one(&mut conn).await.unwrap();
    usize::try_from(rows).unwrap()
}

/// Each scan has one event: a repeated one has the same id, by which consumers tell.
/// Gives their ids.
fn announced_once(facts: &Facts, scans: &BTreeSet<String>) -> Vec<String> {
    let by_scan = |events: &[Value]| {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for event in events {
            let scan = event["data"]["scan_id"].as_str().unwrap_or_default();
            if scans.contains(scan) {
                let id = event["id"].as_str().unwrap_or_default();
                found.entry(scan.to_owned()).or_default().insert(id.to_owned());
            }
        }
        found
    };
    let events = facts.until(RECOVERY, |events| by_scan(events).len() >= scans.len()).unwrap();
    let found = by_scan(&events);
    assert_eq!(found.len(), scans.len(), "events of acknowledged scans were lost");
    assert!(found.values().all(|ids| ids.len() == 1), "a scan was announced as two events");
    found.into_values().flatten().collect()
}

/// Measurement comes to have a fact of each of these events; its primary key lets it have no second.
async fn counted(events: &[String]) {
    within(RECOVERY, "measurement has every event", async || {
        let rows =
            count("select count(*) from measurement.facts where event_id::text = any($1)", events).await;
        Ok((rows == events.len()).then_some(()))
    })
    .await
    .unwrap();
}
