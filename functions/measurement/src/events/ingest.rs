//! What notices do, in one transaction.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use service_chassis::runtime::BoxError;
use sqlx::PgConnection;

use super::{
    erasure,
    notices::{BrandData, Notice, ProductData},
};
use crate::{
    app::App,
    domain::{
        consent::Decision,
        fact::{Fact, Untimely, timely},
        pseudonym::{Kind, Subject},
        windows::{BrandVersion, length_on},
    },
    store::{
        self,
        links::Link,
        products::ProductVersion,
        rebuild::{Learnt, learn},
    },
};

/// Applies notices in their order; facts come last, all at once, because no notice of the same
/// partition waits for one.
pub(super) async fn take(app: &App, notices: Vec<Notice>) -> Result<(), BoxError> {
    let now = app.clock.now();
    let (mut facts, mut reverted) = (Vec::new(), Vec::new());
    let mut tx = app.database.begin().await?;
    let mut announces = false;
    for notice in notices {
        match notice {
            Notice::Fact { event_id, subject, gtin, metric, at } => {
                let fact = Fact { event_id, subject: app.pseudonyms.of(subject), gtin, metric, at };
                facts.push((subject.kind(), fact));
            }
            Notice::Reverted(event_id) => reverted.push(event_id),
            Notice::Erased(erased) => announces |= erasure::erase(app, &mut tx, &erased).await?,
            other => remember(app, &mut tx, other, now).await?,
        }
    }
    let facts = in_time(&mut tx, facts, now).await?;
    if !facts.is_empty() {
        store::facts::insert_all(&mut tx, &facts).await?;
    }
    if !reverted.is_empty() {
        store::facts::revert_all(&mut tx, &reverted, now).await?;
    }
    tx.commit().await?;
    if announces {
        app.outbox.send_soon();
    }
    Ok(())
}

async fn remember(
    app: &App,
    conn: &mut PgConnection,
    notice: Notice,
    now: DateTime<Utc>,
) -> Result<(), BoxError> {
    match notice {
        Notice::Linked { visitor, account, at } => {
            let (visitor, account) = (Subject::Visitor(visitor), Subject::Account(account));
            let link = Link { visitor: app.pseudonyms.of(visitor), account: app.pseudonyms.of(account), at };
            store::links::insert(conn, &link, now).await?;
        }
        Notice::Consent { event_id, subject, granted, at } => {
            let decision = Decision { event_id, subject: app.pseudonyms.of(subject), granted, at };
            store::consents::insert(conn, &decision, now).await?;
        }
        Notice::Brand { event_id, at, brand } => {
            let BrandData { brand_id, trusted, measured, window, window_from } = brand;
            let measured = measured && trusted;
            let version = BrandVersion { at, received_at: now, measured, length: window, from: window_from };
            store::brands::insert(conn, event_id, brand_id, &version).await?;
        }
        Notice::Product { event_id, at, product } => {
            let ProductData { gtin, brand_id, withdrawn } = product;
            let version = ProductVersion { event_id, gtin, brand: brand_id, withdrawn, at };
            store::products::insert(conn, &version, now).await?;
        }
        Notice::Released { key, payload } => {
            if learn(conn, &app.policy, &key, &payload, now).await? == Learnt::Different {
                tracing::error!("the output topic has a batch that was not released here");
            }
        }
        // The caller has these.
        Notice::Fact { .. } | Notice::Reverted(_) | Notice::Erased(_) | Notice::Nothing => {}
    }
    Ok(())
}

/// The facts that may still count.
async fn in_time(
    conn: &mut PgConnection,
    mut facts: Vec<(Kind, Fact)>,
    now: DateTime<Utc>,
) -> Result<Vec<(Kind, Fact)>, sqlx::Error> {
    if facts.is_empty() {
        return Ok(facts);
    }
    let gtins: BTreeSet<&str> = facts.iter().map(|(_, fact)| fact.gtin.as_str()).collect();
    let gtins: Vec<String> = gtins.into_iter().map(str::to_owned).collect();
    let brands = store::brands::of_products(conn, &gtins).await?;
    facts.retain(|(_, fact)| {
        let length = brands.get(&fact.gtin).and_then(|versions| length_on(versions, fact.at.date_naive()));
        let untimely = timely(fact.at, length, now).err();
        let reason = match untimely {
            None => return true,
            Some(Untimely::Ahead) => "ahead",
            Some(Untimely::Late) => "late",
        };
        metrics::counter!("facts_dropped_total", "reason" => reason).increment(1);
        false
    });
    Ok(facts)
}
