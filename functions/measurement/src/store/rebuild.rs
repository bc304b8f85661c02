//! The release table, rebuilt from the output topic: a database that was restored from a backup
//! learns what was released since, and never draws noise for it again.

use chrono::{DateTime, Utc};
use service_chassis::canonical;
use shared_contracts::events::{BatchStatus, BrandMetricBatchPublished, Envelope};
use sqlx::{Connection, PgConnection};

use super::{
    closing::{self, CloseError},
    facts, ledger, releases,
    topic::Contents,
};
use crate::domain::{batch::Batch, parameters::Policy, windows::Window};

/// Why nothing may be released.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Another Kafka cluster than before.
    #[error(
        "the output topic is in another Kafka cluster than before: what was released may be lost. \
         If that is so, run `packytrace-ops measurement adopt`"
    )]
    OtherCluster,
    /// The topic lacks batches that the broker had.
    #[error(
        "the output topic lacks {0} batches that it had: what was released may be lost. \
         If that is so, run `packytrace-ops measurement adopt`"
    )]
    Lacking(usize),
    /// The topic has other bytes than the release table.
    #[error(
        "{0} batches on the output topic are not the ones that were released here; nothing is released any more"
    )]
    Different(usize),
    /// The database did not answer.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A window could not be given up.
    #[error(transparent)]
    Close(#[from] CloseError),
}

/// Takes over what the topic knows and the database does not, and refuses when the topic is not the
/// one that it was. Says how many batches were taken over. `delivered` is what the database believed
/// the topic to have before it was read ([`releases::delivered`]).
pub async fn rebuild(
    conn: &mut PgConnection,
    policy: &Policy,
    contents: &Contents,
    delivered: &[String],
    now: DateTime<Utc>,
) -> Result<u64, Refusal> {
    if releases::cluster(conn).await?.is_some_and(|known| known != contents.cluster) {
        return Err(Refusal::OtherCluster);
    }
    let lacking = lacking(contents, delivered);
    if !lacking.is_empty() {
        return Err(Refusal::Lacking(lacking.len()));
    }
    let taken = take_over(conn, policy, contents, now).await?;
    releases::note_cluster(conn, &contents.cluster, now).await?;
    Ok(taken)
}

/// After a restore without the topic: what it has is taken over, what it lacks is sent again byte
/// for byte, and every window that began before now is given up. Says how many of these.
pub async fn adopt(
    conn: &mut PgConnection,
    policy: &Policy,
    contents: &Contents,
    delivered: &[String],
    now: DateTime<Utc>,
) -> Result<u64, Refusal> {
    take_over(conn, policy, contents, now).await?;
    releases::send_again(conn, &lacking(contents, delivered)).await?;
    let given_up = closing::give_up_all(conn, policy, now).await?;
    releases::note_cluster(conn, &contents.cluster, now).await?;
    Ok(given_up)
}

fn lacking(contents: &Contents, delivered: &[String]) -> Vec<String> {
    delivered.iter().filter(|key| !contents.batches.contains_key(*key)).cloned().collect()
}

async fn take_over(
    conn: &mut PgConnection,
    policy: &Policy,
    contents: &Contents,
    now: DateTime<Utc>,
) -> Result<u64, Refusal> {
    let (mut taken, mut different) = (0, 0);
    for (key, payload) in &contents.batches {
        match learn(conn, policy, key, payload, now).await? {
            Learnt::New => taken += 1,
            Learnt::Different => different += 1,
            Learnt::Known | Learnt::Foreign => {}
        }
    }
    if different > 0 { Err(Refusal::Different(different)) } else { Ok(taken) }
}

/// What a record of the output topic tells.
#[derive(Debug, PartialEq, Eq)]
pub enum Learnt {
    /// A release that the database did not know.
    New,
    /// One that it knew.
    Known,
    /// Other bytes than were released.
    Different,
    /// No batch: somebody else wrote it.
    Foreign,
}

/// Takes over one record of the output topic.
pub async fn learn(
    conn: &mut PgConnection,
    policy: &Policy,
    key: &str,
    payload: &[u8],
    now: DateTime<Utc>,
) -> Result<Learnt, sqlx::Error> {
    let hash = canonical::sha256_hex(payload);
    if let Some(known) = releases::hash_of(conn, key).await? {
        releases::note_published(conn, key, now).await?;
        return Ok(if known == hash { Learnt::Known } else { Learnt::Different });
    }
    let Some((event, payload)) = read(key, payload) else { return Ok(Learnt::Foreign) };
    let data = event.data;
    let window = Window { start: data.window.start.date_naive(), length: data.window.length };
    let status = data.privacy.batch_status;
    let cost = if status == BatchStatus::BudgetExhausted { 0 } else { policy.micro_epsilon() };
    let mut tx = conn.begin().await?;
    ledger::lock(&mut tx, data.brand_id).await?;
    if !ledger::insert(&mut tx, data.brand_id, &window, status, cost, now).await? {
        return Ok(Learnt::Different);
    }
    let batch = Batch { event_id: event.id, key: key.to_owned(), payload, hash };
    releases::insert(&mut tx, data.brand_id, &window, &batch, Some(now)).await?;
    let gtins: Vec<String> = data.metrics.iter().map(|row| row.key().0.to_owned()).collect();
    facts::delete_of_window(&mut tx, &gtins, &window).await?;
    tx.commit().await?;
    Ok(Learnt::New)
}

/// A batch as we write them: its key and id follow from its brand and window.
fn read(key: &str, payload: &[u8]) -> Option<(Envelope<BrandMetricBatchPublished>, String)> {
    use shared_contracts::events::Fact;
    let payload = String::from_utf8(payload.to_vec()).ok()?;
    let event: Envelope<BrandMetricBatchPublished> = serde_json::from_str(&payload).ok()?;
    let ours = event.data.key() == key && event.id == event.data.event_id();
    ours.then_some((event, payload))
}
