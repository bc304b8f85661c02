//! SQL of `brand_analytics.metrics`.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use shared_contracts::{
    events::{BrandMetricBatchPublished, MetricRow},
    metrics::{Metric, MetricItem, MetricTotal, MetricWindow, Shown},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{
    interval,
    position::Position,
    question::{GroupBy, Question},
};

/// Writes the rows of a batch.
pub async fn insert_all(
    conn: &mut PgConnection,
    batch: &BrandMetricBatchPublished,
) -> Result<(), sqlx::Error> {
    let (gtins, metrics): (Vec<String>, Vec<String>) =
        batch.metrics.iter().map(|row| (row.key().0.to_owned(), row.key().1.as_str().to_owned())).unzip();
    let number = |pick: fn(&MetricRow) -> Option<i64>| batch.metrics.iter().map(pick).collect::<Vec<_>>();
    sqlx::query!(
        "insert into brand_analytics.metrics
             (brand_id, window_start, window_end, gtin, metric, value, ci_low, ci_high)
         select $1, $2, $3, rows.gtin, rows.metric, rows.value, rows.ci_low, rows.ci_high
           from unnest($4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
                as rows (gtin, metric, value, ci_low, ci_high)",
        batch.brand_id,
        batch.window.start.date_naive(),
        batch.window.end.date_naive(),
        &gtins,
        &metrics,
        &number(value) as &[Option<i64>],
        &number(ci_low) as &[Option<i64>],
        &number(ci_high) as &[Option<i64>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn value(row: &MetricRow) -> Option<i64> {
    if let MetricRow::Published { value, .. } = row { Some(*value) } else { None }
}

fn ci_low(row: &MetricRow) -> Option<i64> {
    if let MetricRow::Published { ci_low, .. } = row { Some(*ci_low) } else { None }
}

fn ci_high(row: &MetricRow) -> Option<i64> {
    if let MetricRow::Published { ci_high, .. } = row { Some(*ci_high) } else { None }
}

/// How many of these products are in a batch of the brand.
pub async fn known(conn: &mut PgConnection, brand: Uuid, gtins: &[String]) -> Result<usize, sqlx::Error> {
    let known = sqlx::query_scalar!(
        r#"select count(distinct gtin) as "known!" from brand_analytics.metrics
            where brand_id = $1 and gtin = any($2)"#,
        brand,
        gtins,
    )
    .fetch_one(conn)
    .await?;
    Ok(usize::try_from(known).unwrap_or_default())
}

/// Rows behind a position, the newest window first.
pub async fn page(
    conn: &mut PgConnection,
    brand: Uuid,
    question: &Question,
    after: Option<&Position>,
    limit: i64,
) -> Result<Vec<MetricItem>, sqlx::Error> {
    let rows = sqlx::query!(
        "select gtin, metric, window_start, window_end, value, ci_low, ci_high
           from brand_analytics.metrics
          where brand_id = $1
            and ($2::date is null or window_start >= $2)
            and ($3::date is null or window_end <= $3::date + 1)
            and (cardinality($4::text[]) = 0 or gtin = any($4))
            and (cardinality($5::text[]) = 0 or metric = any($5))
            and ($6::date is null or window_start < $6 or window_start = $6 and (gtin, metric) > ($7, $8))
          order by window_start desc, gtin, metric
          limit $9",
        brand,
        question.from,
        question.to,
        &question.gtins,
        &names(&question.metrics),
        after.map(|position| position.start),
        after.map(|position| position.gtin.as_str()),
        after.map(|position| position.metric.as_str()),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(MetricItem {
                gtin: row.gtin,
                metric: metric(&row.metric)?,
                window: MetricWindow { start: midnight(row.window_start), end: midnight(row.window_end) },
                shown: shown(row.value, row.ci_low, row.ci_high),
            })
        })
        .collect()
}

/// Sums of what is published, with intervals of their own.
pub async fn totals(
    conn: &mut PgConnection,
    brand: Uuid,
    question: &Question,
) -> Result<Vec<MetricTotal>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select case when $6 then gtin end as gtin, metric,
                  coalesce(sum(value), 0)::bigint as "value!",
                  coalesce(sum((ci_high - value) * (ci_high - value)), 0)::bigint as "squares!",
                  count(value) as "windows_published!", count(*) as "windows!"
             from brand_analytics.metrics
            where brand_id = $1
              and ($2::date is null or window_start >= $2)
              and ($3::date is null or window_end <= $3::date + 1)
              and (cardinality($4::text[]) = 0 or gtin = any($4))
              and (cardinality($5::text[]) = 0 or metric = any($5))
            group by 1, metric
            order by 1, metric"#,
        brand,
        question.from,
        question.to,
        &question.gtins,
        &names(&question.metrics),
        question.group_by == GroupBy::Gtin,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let width = interval::half_width(row.squares);
            Ok(MetricTotal {
                gtin: row.gtin,
                metric: metric(&row.metric)?,
                value: row.value,
                ci_low: row.value - width,
                ci_high: row.value + width,
                windows_published: row.windows_published,
                windows: row.windows,
            })
        })
        .collect()
}

fn names(metrics: &[Metric]) -> Vec<String> {
    metrics.iter().map(|metric| metric.as_str().to_owned()).collect()
}

/// The table holds no other than these.
fn metric(name: &str) -> Result<Metric, sqlx::Error> {
    Metric::named(name).ok_or_else(|| sqlx::Error::Decode("no metric".into()))
}

fn shown(value: Option<i64>, ci_low: Option<i64>, ci_high: Option<i64>) -> Shown {
    match (value, ci_low, ci_high) {
        (Some(value), Some(ci_low), Some(ci_high)) => Shown::Published { value, ci_low, ci_high },
        _ => Shown::Suppressed,
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
