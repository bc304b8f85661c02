//! Records as they come in, read down to what is kept: everything else (lots, serials, places,
//! verdicts, headers, names) is gone before any line of ours sees it.

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, de::DeserializeOwned};
use service_chassis::runtime::KafkaRecord;
use shared_contracts::{
    events::{
        AccountErased, BrandChanged, BrandMetricBatchPublished, ConsentChanged, EntryReverted, Envelope,
        Fact, ItemAddedToFridge, ItemConsumed, ItemDiscarded, ProductChanged, ProductScanned,
        VisitorLinkedToAccount,
    },
    identity::WindowLength,
    metrics::Metric,
};
use uuid::Uuid;

use crate::domain::pseudonym::Subject;

/// What a record tells.
pub(super) enum Notice {
    /// Somebody did something.
    Fact { event_id: Uuid, subject: Subject, gtin: String, metric: Metric, at: DateTime<Utc> },
    /// A fact was undone.
    Reverted(Uuid),
    /// A visitor is an account.
    Linked { visitor: Uuid, account: Uuid, at: DateTime<Utc> },
    /// Somebody decided about being counted.
    Consent { event_id: Uuid, subject: Subject, granted: bool, at: DateTime<Utc> },
    /// A brand is new or was changed.
    Brand { event_id: Uuid, at: DateTime<Utc>, brand: BrandData },
    /// A product is new or was changed.
    Product { event_id: Uuid, at: DateTime<Utc>, product: ProductData },
    /// Somebody's data must go.
    Erased(ErasedData),
    /// A batch of our own is on its topic.
    Released { key: String, payload: Vec<u8> },
    /// Nothing that matters here.
    Nothing,
}

/// The members of an event that are read at all.
#[derive(Deserialize)]
struct Event<T> {
    id: Uuid,
    time: DateTime<Utc>,
    data: T,
}

#[derive(Deserialize)]
struct Scanned {
    gtin: String,
    visitor_id: Option<Uuid>,
    account_id: Option<Uuid>,
    #[serde(rename = "scanned_at")]
    at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct InFridge {
    gtin: Option<String>,
    account_id: Uuid,
    happened_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Reverted {
    #[serde(rename = "reverts_event_id")]
    event_id: Uuid,
}

#[derive(Deserialize)]
struct Linked {
    visitor_id: Uuid,
    account_id: Uuid,
    #[serde(rename = "linked_at")]
    at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Consent {
    visitor_id: Option<Uuid>,
    account_id: Option<Uuid>,
    purpose: String,
    granted: bool,
    changed_at: DateTime<Utc>,
}

/// What counts of a brand.
#[derive(Deserialize)]
pub(super) struct BrandData {
    pub(super) brand_id: Uuid,
    pub(super) trusted: bool,
    pub(super) measured: bool,
    pub(super) window: WindowLength,
    pub(super) window_from: NaiveDate,
}

/// What counts of a product.
#[derive(Deserialize)]
pub(super) struct ProductData {
    pub(super) gtin: String,
    pub(super) brand_id: Option<Uuid>,
    pub(super) withdrawn: bool,
}

/// Who must go.
#[derive(Deserialize)]
pub(super) struct ErasedData {
    pub(super) account_id: Uuid,
    pub(super) visitor_ids: Vec<Uuid>,
    pub(super) erased_at: DateTime<Utc>,
}

/// The notices of a partition's records up to the first that cannot be read, and that one.
pub(super) fn read(records: &[KafkaRecord]) -> (Vec<Notice>, Option<&KafkaRecord>) {
    let mut notices = Vec::with_capacity(records.len());
    for record in records {
        match notice(record) {
            Some(notice) => notices.push(notice),
            None => return (notices, Some(record)),
        }
    }
    (notices, None)
}

fn notice(record: &KafkaRecord) -> Option<Notice> {
    match record.topic.as_deref()? {
        ProductScanned::TOPIC => scanned(event(record)?),
        ItemAddedToFridge::TOPIC => in_fridge(event(record)?, Metric::Added),
        ItemConsumed::TOPIC => in_fridge(event(record)?, Metric::Consumed),
        ItemDiscarded::TOPIC => in_fridge(event(record)?, Metric::Discarded),
        EntryReverted::TOPIC => Some(Notice::Reverted(event::<Reverted>(record)?.data.event_id)),
        VisitorLinkedToAccount::TOPIC => {
            let Linked { visitor_id, account_id, at } = event(record)?.data;
            Some(Notice::Linked { visitor: visitor_id, account: account_id, at })
        }
        ConsentChanged::TOPIC => consent(event(record)?),
        BrandChanged::TOPIC => {
            let Event { id, time, data } = event(record)?;
            Some(Notice::Brand { event_id: id, at: time, brand: data })
        }
        ProductChanged::TOPIC => {
            let Event { id, time, data } = event::<ProductData>(record)?;
            is_gtin(&data.gtin).then_some(Notice::Product { event_id: id, at: time, product: data })
        }
        AccountErased::TOPIC => Some(Notice::Erased(event(record)?.data)),
        BrandMetricBatchPublished::TOPIC => released(record),
        _ => None,
    }
}

fn event<T: DeserializeOwned>(record: &KafkaRecord) -> Option<Event<T>> {
    serde_json::from_slice(&BASE64_STANDARD.decode(record.value.as_deref()?).ok()?).ok()
}

fn scanned(event: Event<Scanned>) -> Option<Notice> {
    let Event { id, data, .. } = event;
    let subject = subject(data.visitor_id, data.account_id)?;
    is_gtin(&data.gtin).then_some(Notice::Fact {
        event_id: id,
        subject,
        gtin: data.gtin,
        metric: Metric::Scanned,
        at: data.at,
    })
}

/// Food without a code is of no brand.
fn in_fridge(event: Event<InFridge>, metric: Metric) -> Option<Notice> {
    let Event { id, data, .. } = event;
    let Some(gtin) = data.gtin else { return Some(Notice::Nothing) };
    let subject = Subject::Account(data.account_id);
    is_gtin(&gtin).then_some(Notice::Fact { event_id: id, subject, gtin, metric, at: data.happened_at })
}

fn consent(event: Event<Consent>) -> Option<Notice> {
    let Event { id, data, .. } = event;
    let subject = subject(data.visitor_id, data.account_id)?;
    if data.purpose != shared_contracts::identity::Purpose::Measurement.as_str() {
        return Some(Notice::Nothing);
    }
    Some(Notice::Consent { event_id: id, subject, granted: data.granted, at: data.changed_at })
}

/// A record that somebody has taken away is nothing of ours to read.
fn released(record: &KafkaRecord) -> Option<Notice> {
    let Some(value) = record.value.as_deref() else { return Some(Notice::Nothing) };
    let key = BASE64_STANDARD.decode(record.key.as_deref().unwrap_or_default()).ok()?;
    let key = String::from_utf8(key).ok()?;
    let payload = BASE64_STANDARD.decode(value).ok()?;
    let event: Envelope<BrandMetricBatchPublished> = serde_json::from_slice(&payload).ok()?;
    // as batches are written: all but id and time follows from the type, and there is no trace
    let ours = Envelope::new(event.id, event.time, None, event.data.clone());
    (event == ours).then_some(Notice::Released { key, payload })
}

fn subject(visitor: Option<Uuid>, account: Option<Uuid>) -> Option<Subject> {
    match (visitor, account) {
        (Some(id), None) => Some(Subject::Visitor(id)),
        (None, Some(id)) => Some(Subject::Account(id)),
        _ => None,
    }
}

fn is_gtin(text: &str) -> bool {
    text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit())
}
