//! Tells a person how far an import is: after the first batch, then about once a second.

use std::{fmt::Write, io, time::Duration};

use tokio::time::Instant;

use super::Summary;
use crate::output::Output;

/// How often it is told.
const EVERY: Duration = Duration::from_secs(1);

/// How far an import is.
#[derive(Default)]
pub(super) struct Progress {
    told: Option<Instant>,
}

impl Progress {
    /// Tells it when it is time.
    pub(super) fn tell(
        &mut self,
        summary: &Summary,
        percent: Option<u64>,
        output: &mut Output,
    ) -> io::Result<()> {
        if self.told.is_some_and(|told| told.elapsed() < EVERY) {
            return Ok(());
        }
        self.told = Some(Instant::now());
        output.tell(sentence(summary, percent))
    }
}

/// The counts in words.
pub(super) fn sentence(summary: &Summary, percent: Option<u64>) -> String {
    let Summary { read, taken, unchanged, refused } = summary;
    let mut sentence = format!("{read} read: {taken} taken, {unchanged} unchanged, {refused} refused");
    if let Some(percent) = percent {
        let _infallible = write!(sentence, " ({percent} % of the file)");
    }
    sentence
}
