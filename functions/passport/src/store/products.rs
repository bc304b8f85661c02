//! SQL of `passport.products`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use shared_contracts::passport::{Link, LinkEntry};
use sqlx::{PgConnection, types::Json};

use crate::domain::{
    catalog::Entry,
    links::{self, Level},
    passport::Revision,
    search::{FoundAt, SearchTerms},
};

/// The current revision of a product.
#[derive(Debug)]
pub struct ProductRow {
    /// GTIN-14.
    pub gtin: String,
    /// Product as in shared-contracts.
    pub document: Value,
    /// Counts from 1.
    pub revision: i32,
    /// SHA-256 of the canonical document.
    pub content_hash: String,
    /// Where the facts come from.
    pub source: String,
    /// When this revision was made.
    pub updated_at: DateTime<Utc>,
    /// Since when the brand has withdrawn the product.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// What the brand links the product to.
    pub links: Option<Json<LinkEntry>>,
}

impl From<ProductRow> for Revision {
    fn from(row: ProductRow) -> Self {
        Self {
            document: row.document,
            number: row.revision,
            content_hash: row.content_hash,
            source: row.source,
            at: row.updated_at,
            withdrawn: row.withdrawn_at.is_some(),
            links: row.links.map(shown).unwrap_or_default(),
        }
    }
}

/// The links of a product as its passport shows them.
pub(super) fn shown(Json(entry): Json<LinkEntry>) -> Vec<Link> {
    links::Entry::read(Level::default(), entry).shown()
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
    Changed,
    /// The catalogue had just this.
    Unchanged,
}

/// The product of a GTIN-14.
pub async fn find(conn: &mut PgConnection, gtin: &str) -> Result<Option<ProductRow>, sqlx::Error> {
    sqlx::query_as!(
        ProductRow,
        r#"select p.gtin, p.document, p.revision, p.content_hash, p.source, p.updated_at, p.withdrawn_at,
                  e.content as "links?: Json<LinkEntry>"
             from passport.products p
             left join passport.link_entries e
               on e.gtin = p.gtin and e.serial = '' and e.lot = '' and e.cpv = ''
            where p.gtin = $1"#,
        gtin,
    )
    .fetch_optional(conn)
    .await
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

/// Takes an entry into the catalogue: a new product, a new revision of a known one, or, when
/// source and content are what they were, nothing.
pub async fn take(conn: &mut PgConnection, entry: &Entry, now: DateTime<Utc>) -> Result<Taken, sqlx::Error> {
    let written = sqlx::query!(
        "insert into passport.products
             (gtin, brand_name, category, document, content_hash, source, revision, search, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 1, to_tsvector('pg_catalog.simple', $7), $8, $8)
         on conflict on constraint products_pkey do update
            set brand_name = excluded.brand_name, category = excluded.category, document = excluded.document,
                content_hash = excluded.content_hash, source = excluded.source, search = excluded.search,
                revision = products.revision + 1, updated_at = excluded.updated_at
          where (products.content_hash, products.source) is distinct from (excluded.content_hash, excluded.source)",
        entry.gtin.to_string(),
        entry.product.brand_name,
        entry.product.category,
        entry.document,
        entry.content_hash,
        entry.source.as_str(),
        entry.search_text,
        now,
    )
    .execute(conn)
    .await?;
    Ok(if written.rows_affected() == 1 { Taken::Changed } else { Taken::Unchanged })
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
