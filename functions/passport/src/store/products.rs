//! SQL of `passport.products`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use crate::domain::{
    catalog::Entry,
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
}

impl From<ProductRow> for Revision {
    fn from(row: ProductRow) -> Self {
        Self {
            document: row.document,
            number: row.revision,
            content_hash: row.content_hash,
            source: row.source,
            at: row.updated_at,
        }
    }
}

/// A product that a search found, with its rank for the cursor.
#[derive(Debug)]
pub struct FoundRow {
    /// The product.
    pub product: ProductRow,
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
        "select gtin, document, revision, content_hash, source, updated_at
           from passport.products
          where gtin = $1",
        gtin,
    )
    .fetch_optional(conn)
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
    let found = sqlx::query!(
        r#"select gtin, document, revision, content_hash, source, updated_at, rank as "rank!"
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
    .await?;
    Ok(found
        .into_iter()
        .map(|row| FoundRow {
            rank: row.rank,
            product: ProductRow {
                gtin: row.gtin,
                document: row.document,
                revision: row.revision,
                content_hash: row.content_hash,
                source: row.source,
                updated_at: row.updated_at,
            },
        })
        .collect())
}
