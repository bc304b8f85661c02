//! The import itself: records become entries, entries go to the catalogue in batches.

use std::collections::HashMap;

use passport::{
    domain::{
        catalog::{Entry, Source},
        gs1::Gtin,
    },
    store::products::{self, Taken},
};
use serde::Serialize;
use service_chassis::clock::Clock;
use sqlx::{Acquire, PgConnection};

use super::{
    ImportError,
    progress::{self, Progress},
    records::{Record, Records},
};
use crate::output::Output;

/// Entries in one transaction.
const BATCH: usize = 500;

/// What became of the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Records in the input.
    pub read: u64,
    /// New products and new revisions of known ones.
    pub taken: u64,
    /// Products that the catalogue has just so.
    pub unchanged: u64,
    /// Records that are no product, each with a line that says why.
    pub refused: u64,
}

/// A record that was not taken, as a line for programs.
#[derive(Serialize)]
struct Refusal<'a> {
    line: u64,
    code: Option<&'a str>,
    reason: &'a str,
}

/// An entry on its way to the catalogue.
struct Waiting {
    line: u64,
    code: Option<String>,
    entry: Entry,
}

struct Import<'a> {
    conn: &'a mut PgConnection,
    source: Option<&'a Source>,
    clock: &'a Clock,
    output: &'a mut Output,
    summary: Summary,
    /// The line of each GTIN that this run has met, a few dozen bytes each.
    met: HashMap<Gtin, u64>,
    batch: Vec<Waiting>,
}

/// Takes every record, or says why not. The last line is the summary, even of a run that an unreadable
/// file or a lost database ends early.
pub(super) async fn run(
    conn: &mut PgConnection,
    mut records: Records,
    source: Option<&Source>,
    clock: &Clock,
    output: &mut Output,
) -> Result<Summary, ImportError> {
    let summary = Summary::default();
    let mut import = Import { conn, source, clock, output, summary, met: HashMap::new(), batch: Vec::new() };
    let outcome = import.all(&mut records).await;
    let summary = import.summary;
    output.line(json(&summary)?)?;
    output.tell(progress::sentence(&summary, None))?;
    outcome.map(|()| summary)
}

impl Import<'_> {
    async fn all(&mut self, records: &mut Records) -> Result<(), ImportError> {
        let mut progress = Progress::default();
        loop {
            match records.next() {
                Ok(Some(record)) => self.meet(record)?,
                Ok(None) => return self.write().await,
                Err(unreadable) => {
                    self.write().await?;
                    return Err(unreadable);
                }
            }
            if self.batch.len() == BATCH {
                self.write().await?;
                progress.tell(&self.summary, records.percent(), self.output)?;
            }
        }
    }

    fn meet(&mut self, record: Record) -> Result<(), ImportError> {
        self.summary.read += 1;
        let Record { line, code, origin, product } = record;
        let source = self.source.cloned().or_else(|| Source::new(origin)).ok_or(ImportError::Source)?;
        let entry =
            product.and_then(|product| Entry::new(product, source).map_err(|refusal| refusal.to_string()));
        match entry.and_then(|entry| self.once(line, entry)) {
            Ok(entry) => {
                self.batch.push(Waiting { line, code, entry });
                Ok(())
            }
            Err(reason) => self.refuse(line, code.as_deref(), &reason),
        }
    }

    /// One run takes a GTIN once: two records of it contradict each other or say the same twice.
    fn once(&mut self, line: u64, entry: Entry) -> Result<Entry, String> {
        let first = *self.met.entry(entry.gtin).or_insert(line);
        if first == line {
            return Ok(entry);
        }
        Err(format!("the GTIN {} stands at line {first} already; one import takes it once", entry.gtin))
    }

    fn refuse(&mut self, line: u64, code: Option<&str>, reason: &str) -> Result<(), ImportError> {
        self.summary.refused += 1;
        Ok(self.output.line(json(&Refusal { line, code, reason })?)?)
    }

    /// Writes the batch in one transaction. Where Postgres cannot keep one of its entries, each goes
    /// by itself, so that only that one is refused.
    async fn write(&mut self) -> Result<(), ImportError> {
        let batch = std::mem::take(&mut self.batch);
        match self.together(&batch).await {
            Ok(taken) => {
                for taken in taken {
                    self.count(taken);
                }
                Ok(())
            }
            Err(error) if is_about_the_data(&error) => self.one_by_one(&batch).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn together(&mut self, batch: &[Waiting]) -> Result<Vec<Taken>, sqlx::Error> {
        let now = self.clock.now();
        let mut transaction = self.conn.begin().await?;
        let mut taken = Vec::with_capacity(batch.len());
        for waiting in batch {
            taken.push(products::take(&mut transaction, &waiting.entry, None, now).await?);
        }
        transaction.commit().await?;
        Ok(taken)
    }

    async fn one_by_one(&mut self, batch: &[Waiting]) -> Result<(), ImportError> {
        for waiting in batch {
            match self.alone(&waiting.entry).await {
                Ok(taken) => self.count(taken),
                Err(error) if is_about_the_data(&error) => {
                    let reason = format!("the catalogue cannot keep it: {error}");
                    self.refuse(waiting.line, waiting.code.as_deref(), &reason)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn alone(&mut self, entry: &Entry) -> Result<Taken, sqlx::Error> {
        let now = self.clock.now();
        let mut transaction = self.conn.begin().await?;
        let taken = products::take(&mut transaction, entry, None, now).await?;
        transaction.commit().await?;
        Ok(taken)
    }

    fn count(&mut self, taken: Taken) {
        match taken {
            Taken::Changed { .. } => self.summary.taken += 1,
            Taken::Unchanged => self.summary.unchanged += 1,
        }
    }
}

fn json(line: &impl Serialize) -> Result<String, ImportError> {
    serde_json::to_string(line).map_err(|error| ImportError::Output(error.into()))
}

/// Whether Postgres refuses this entry and would take another one: data exceptions, integrity, limits
/// (PostgreSQL 15, appendix A, classes 22, 23 and 54).
fn is_about_the_data(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| ["22", "23", "54"].iter().any(|class| code.starts_with(class)))
}
