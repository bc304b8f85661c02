//! SQL of `passport.products`, `passport.product_revisions` and the view `passport.passports`.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use shared_contracts::passport::LinkEntry;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::domain::{
    brand::Brand,
    catalog::{Current, Entry, Facts, Next},
    links::{self, Level},
    passport::Revision,
    recall::Recall,
    search::{ChangedAt, FoundAt, SearchTerms},
    signature::Signer,
};

/// A row of the view `passport.passports`, as JSON: one column of a query, whatever else it joins.
#[derive(Debug, Deserialize)]
pub struct PassportRow {
    document: Value,
    revision: i32,
    content_hash: String,
    source: String,
    brand_id: Option<Uuid>,
    brand_name: Option<String>,
    brand_trusted: Option<bool>,
    facts: Facts,
    signature: Option<String>,
    updated_at: DateTime<Utc>,
    withdrawn_at: Option<DateTime<Utc>>,
    links: Option<LinkEntry>,
    recalls: Vec<Recall>,
}

impl From<PassportRow> for Revision {
    fn from(row: PassportRow) -> Self {
        let brand = || {
            Some(Brand {
                id: row.brand_id?,
                name: row.brand_name?,
                trusted: row.brand_trusted.unwrap_or(false),
            })
        };
        Self {
            brand: brand(),
            document: row.document,
            number: row.revision,
            content_hash: row.content_hash,
            source: row.source,
            facts: row.facts,
            signature: row.signature,
            at: row.updated_at,
            withdrawn: row.withdrawn_at.is_some(),
            links: row
                .links
                .map(|entry| links::Entry::read(Level::default(), entry).shown())
                .unwrap_or_default(),
            recalls: row.recalls,
        }
    }
}

/// A product that a search found, with its rank for the cursor.
#[derive(Debug)]
pub struct FoundRow {
    /// GTIN-14.
    pub gtin: String,
    /// Product as in shared-contracts.
    pub document: Value,
    /// Whether the brand has withdrawn it.
    pub withdrawn: bool,
    /// Relevance, higher is better.
    pub rank: f32,
}

/// What an entry did to the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new, or a new revision.
    Changed {
        /// Counts from 1.
        revision: i32,
    },
    /// The catalogue had just this.
    Unchanged,
}

/// What counts of a product, held until the transaction ends.
#[derive(Debug)]
pub struct Held {
    /// The revision that counts.
    pub current: Current,
    /// Whether its brand has withdrawn it.
    pub withdrawn: bool,
}

/// The product of a GTIN-14.
pub async fn find(conn: &mut PgConnection, gtin: &str) -> Result<Option<Revision>, sqlx::Error> {
    let row = sqlx::query_scalar!(
        r#"select to_jsonb(v) as "passport!: Json<PassportRow>" from passport.passports v where v.gtin = $1"#,
        gtin,
    );
    Ok(row.fetch_optional(conn).await?.map(|Json(row)| row.into()))
}

/// A former revision of a product, or the current one, with the links and recalls of today.
pub async fn find_revision(
    conn: &mut PgConnection,
    gtin: &str,
    revision: i32,
) -> Result<Option<Revision>, sqlx::Error> {
    let row = sqlx::query_scalar!(
        r#"select case when v.revision = $2 then to_jsonb(v)
                  else to_jsonb(v) || to_jsonb(r)
                       || jsonb_build_object('updated_at', r.published_at, 'brand_name', b.name,
                                             'brand_trusted', b.trusted) end as "passport!: Json<PassportRow>"
             from passport.passports v
             left join passport.product_revisions r on r.gtin = v.gtin and r.revision = $2
             left join passport.brands b on b.brand_id = r.brand_id
            where v.gtin = $1 and (v.revision = $2 or r.revision is not null)"#,
        gtin,
        revision,
    );
    Ok(row.fetch_optional(conn).await?.map(|Json(row)| row.into()))
}

/// What counts of a product, held until the transaction ends.
pub async fn hold(conn: &mut PgConnection, gtin: &str) -> Result<Option<Held>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select revision, document, content_hash, source, brand_id, facts as "facts: Json<Facts>", updated_at,
                  withdrawn_at is not null as "withdrawn!"
             from passport.products
            where gtin = $1
              for update"#,
        gtin,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Held {
        withdrawn: row.withdrawn,
        current: Current {
            number: row.revision,
            document: row.document,
            content_hash: row.content_hash,
            source: row.source,
            brand: row.brand_id,
            facts: row.facts.0,
            at: row.updated_at,
        },
    }))
}

/// GTINs of the catalogue in their order, after this one.
pub async fn gtins_after(
    conn: &mut PgConnection,
    after: &str,
    rows: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select gtin from passport.products where gtin > $1 order by gtin limit $2",
        after,
        rows
    )
    .fetch_all(conn)
    .await
}

/// Takes an entry into the catalogue, within the caller's transaction: a new product, a new revision of
/// a known one, or, when publisher and content are what they were, nothing.
pub async fn take(
    conn: &mut PgConnection,
    entry: &Entry,
    signer: Option<&Signer>,
    now: DateTime<Utc>,
) -> Result<Taken, sqlx::Error> {
    let gtin = entry.gtin.to_string();
    loop {
        let held = hold(conn, &gtin).await?;
        let Some(next) = entry.after(held.as_ref().map(|held| &held.current), signer, now) else {
            return Ok(Taken::Unchanged);
        };
        let revision = next.number;
        if held.is_some() {
            keep_former(conn, &gtin).await?;
            replace(conn, &gtin, entry, &next, now).await?;
            return Ok(Taken::Changed { revision });
        }
        if insert(conn, &gtin, entry, &next, now).await? {
            return Ok(Taken::Changed { revision });
        }
        // Somebody else was first: theirs is the one to follow.
    }
}

/// Writes the first revision; false when there is one.
async fn insert(
    conn: &mut PgConnection,
    gtin: &str,
    entry: &Entry,
    next: &Next,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "insert into passport.products
             (gtin, brand_name, category, document, content_hash, source, brand_id, facts, signature, revision,
              search, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_tsvector('pg_catalog.simple', $11), $12, $12)
         on conflict on constraint products_pkey do nothing",
        gtin,
        entry.product.brand_name,
        entry.product.category,
        entry.document,
        entry.content_hash,
        entry.source.as_str(),
        entry.brand,
        Json(&next.facts) as _,
        next.signature,
        next.number,
        entry.search_text,
        now,
    );
    Ok(written.execute(conn).await?.rows_affected() == 1)
}

async fn replace(
    conn: &mut PgConnection,
    gtin: &str,
    entry: &Entry,
    next: &Next,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let written = sqlx::query!(
        "update passport.products
            set brand_name = $2, category = $3, document = $4, content_hash = $5, source = $6, brand_id = $7,
                facts = $8, signature = $9, revision = $10, search = to_tsvector('pg_catalog.simple', $11),
                updated_at = $12
          where gtin = $1",
        gtin,
        entry.product.brand_name,
        entry.product.category,
        entry.document,
        entry.content_hash,
        entry.source.as_str(),
        entry.brand,
        Json(&next.facts) as _,
        next.signature,
        next.number,
        entry.search_text,
        now,
    );
    written.execute(conn).await?;
    Ok(())
}

/// Keeps the revision that counts until now.
async fn keep_former(conn: &mut PgConnection, gtin: &str) -> Result<(), sqlx::Error> {
    let kept = sqlx::query!(
        "insert into passport.product_revisions
             (gtin, revision, document, content_hash, source, brand_id, facts, signature, published_at)
         select gtin, revision, document, content_hash, source, brand_id, facts, signature, updated_at
           from passport.products
          where gtin = $1",
        gtin,
    );
    kept.execute(conn).await?;
    Ok(())
}

/// The products of a brand that the catalogue has, the latest change first: those below its company
/// prefixes that nobody else was given, and those that it was given.
pub async fn of_brand(
    conn: &mut PgConnection,
    brand: Uuid,
    after: Option<&ChangedAt>,
    rows: i64,
) -> Result<Vec<Revision>, sqlx::Error> {
    let (after_at, after_gtin) =
        after.map_or((None, None), |after| (Some(after.at), Some(after.gtin.as_str())));
    let rows = sqlx::query_scalar!(
        r#"select to_jsonb(v) as "passport!: Json<PassportRow>"
             from (select p.gtin
                     from passport.brand_prefixes x
                     join passport.products p
                       on substr(p.gtin, 2) collate "C" >= x.prefix
                      and substr(p.gtin, 2) collate "C" < x.prefix || ':'
                    where x.brand_id = $1 and p.gtin not like '000000%'
                      and not exists (select from passport.assigned_gtins a where a.gtin = p.gtin)
                    union
                   select a.gtin from passport.assigned_gtins a where a.brand_id = $1) as own
             join passport.passports v using (gtin)
            where $2::timestamptz is null or (v.updated_at, v.gtin) < ($2, $3)
            order by v.updated_at desc, v.gtin desc
            limit $4"#,
        brand,
        after_at,
        after_gtin,
        rows,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|Json(row)| row.into()).collect())
}

/// Products whose names, brand or category have all the words, or whose GTIN begins with the
/// digits; best first, then by GTIN.
pub async fn search(
    conn: &mut PgConnection,
    terms: &SearchTerms,
    after: Option<&FoundAt>,
    rows: i64,
) -> Result<Vec<FoundRow>, sqlx::Error> {
    let (after_rank, after_gtin) = after.map_or((None, None), |at| (Some(at.rank), Some(at.gtin.as_str())));
    sqlx::query_as!(
        FoundRow,
        r#"select gtin, document, withdrawn_at is not null as "withdrawn!", rank as "rank!"
             from (select p.*, ts_rank(p.search, to_tsquery('pg_catalog.simple', $1)) as rank
                     from passport.products p
                    where p.search @@ to_tsquery('pg_catalog.simple', $1) or p.gtin like any ($2::text[])) as found
            where $3::real is null or (-rank, gtin) > (-$3::real, $4)
            order by -rank, gtin
            limit $5"#,
        terms.tsquery,
        &terms.gtin_patterns,
        after_rank,
        after_gtin,
        rows,
    )
    .fetch_all(conn)
    .await
}

/// Marks a product as withdrawn by its brand, from now or since it was; false when there is none.
pub async fn withdraw(conn: &mut PgConnection, gtin: &str, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let marked = sqlx::query!(
        "update passport.products set withdrawn_at = coalesce(withdrawn_at, $2) where gtin = $1",
        gtin,
        now,
    );
    Ok(marked.execute(conn).await?.rows_affected() == 1)
}

/// Takes that mark away; false when there is no such product.
pub async fn offer_again(conn: &mut PgConnection, gtin: &str) -> Result<bool, sqlx::Error> {
    let cleared = sqlx::query!("update passport.products set withdrawn_at = null where gtin = $1", gtin);
    Ok(cleared.execute(conn).await?.rows_affected() == 1)
}
