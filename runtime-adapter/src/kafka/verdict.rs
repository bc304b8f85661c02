//! What a handler's answer means for its batch.

use rdkafka::message::{Message, OwnedMessage};

use crate::function::{BatchAnswer, Retry};

/// Why a record or a batch failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// A word for metrics and for dead letters that may not say more.
    pub(crate) code: &'static str,
    /// The error's text.
    pub(crate) error: String,
    /// Whether another try could end otherwise.
    pub(crate) retry: Retry,
}

/// What a handler's answer means for its batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every record is done.
    Done,
    /// The records before this index are done, this one failed, those after it are to be
    /// delivered again.
    FailedAt(usize, Failure),
    /// Nothing is known to be done.
    Failed(Failure),
}

/// An answer that names a record which was not in the batch fails all of it.
pub(crate) fn of_answer(partition: &str, batch: &[OwnedMessage], answer: BatchAnswer) -> Verdict {
    let mut lowest: Option<(usize, Option<String>, Retry)> = None;
    for failure in answer.batch_item_failures {
        let id = &failure.item_identifier;
        let known = batch.iter().position(|message| message.offset() == id.offset);
        let Some(index) = known.filter(|_| id.partition == partition) else {
            let error = format!("the answer names {}, offset {}", id.partition, id.offset);
            return Verdict::Failed(Failure { code: "unknown_record", error, retry: Retry::MayHelp });
        };
        if lowest.as_ref().is_none_or(|(known, ..)| index < *known) {
            lowest = Some((index, failure.error, failure.retry));
        }
    }
    match lowest {
        None => Verdict::Done,
        Some((index, error, retry)) => {
            let error = error.unwrap_or_else(|| "the handler refused the record".to_owned());
            let code = match retry {
                Retry::MayHelp => "record_failed",
                Retry::IsUseless => "record_unusable",
            };
            Verdict::FailedAt(index, Failure { code, error, retry })
        }
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::Timestamp;

    use super::*;
    use crate::function::{BatchItemFailure, ItemIdentifier};

    fn batch() -> Vec<OwnedMessage> {
        let message = |offset| {
            let time = Timestamp::NotAvailable;
            OwnedMessage::new(None, None, "a.b.v1".to_owned(), time, 0, offset, None)
        };
        (10..15).map(message).collect()
    }

    fn verdict(failed: &[(&str, i64)]) -> Verdict {
        let failures = failed.iter().map(|(partition, offset)| BatchItemFailure {
            item_identifier: ItemIdentifier { partition: (*partition).to_owned(), offset: *offset },
            error: Some(format!("no {offset}")),
            retry: Retry::MayHelp,
        });
        let answer = BatchAnswer { batch_item_failures: failures.collect() };
        of_answer("a.b.v1-0", &batch(), answer)
    }

    #[test]
    fn no_failures_are_success() {
        assert_eq!(verdict(&[]), Verdict::Done);
    }

    #[test]
    fn the_lowest_failed_offset_counts() {
        let Verdict::FailedAt(index, failure) =
            verdict(&[("a.b.v1-0", 13), ("a.b.v1-0", 11), ("a.b.v1-0", 14)])
        else {
            panic!()
        };
        assert_eq!((index, failure.error.as_str()), (1, "no 11"));
    }

    #[test]
    fn an_unknown_or_empty_identifier_fails_the_whole_batch() {
        for unknown in [("a.b.v1-0", 15), ("a.b.v1-1", 11), ("", 11)] {
            let verdict = verdict(&[("a.b.v1-0", 11), unknown]);
            assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
        }
    }
}
