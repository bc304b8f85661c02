use super::*;

fn failure() -> Failure {
    Failure { code: "handler_failed", error: "no".to_owned(), retry: Retry::MayHelp }
}

/// Runs a settlement against a handler until it is settled; tells deliveries, done and given up.
fn settle(
    batch: &[u32],
    on_error: OnError,
    retries: u32,
    mut handler: impl FnMut(&[u32]) -> Verdict,
) -> (Vec<Vec<u32>>, Vec<u32>, Vec<u32>) {
    let mut settlement = Settlement::new(batch.to_vec(), on_error, retries);
    let (mut deliveries, mut done, mut given_up) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(part) = settlement.next() {
        deliveries.push(part.records.clone());
        let verdict = handler(&part.records);
        for step in settlement.decide(part, verdict, |_| false) {
            match step {
                Step::Done(records) => done.extend(records),
                Step::GivenUp { records, .. } => given_up.extend(records),
                Step::Again(_) => {}
            }
        }
    }
    (deliveries, done, given_up)
}

/// A handler that names the record that fails.
fn names(poison: u32) -> impl FnMut(&[u32]) -> Verdict {
    move |records| match records.iter().position(|record| *record == poison) {
        Some(index) => Verdict::FailedAt(index, failure()),
        None => Verdict::Done,
    }
}

/// A handler that only fails.
fn fails_on(poison: u32) -> impl FnMut(&[u32]) -> Verdict {
    move |records| {
        if records.contains(&poison) { Verdict::Failed(failure()) } else { Verdict::Done }
    }
}

#[test]
fn a_batch_without_failure_is_delivered_once() {
    let (deliveries, done, given_up) = settle(&[1, 2, 3], OnError::Bisect, 10, |_| Verdict::Done);
    assert_eq!(deliveries, [vec![1, 2, 3]]);
    assert_eq!((done, given_up), (vec![1, 2, 3], vec![]));
}

#[test]
fn a_named_record_is_tried_alone_and_its_neighbours_pass() {
    let (deliveries, done, given_up) = settle(&[1, 2, 3, 4], OnError::Bisect, 2, names(2));
    assert_eq!(deliveries, [vec![1, 2, 3, 4], vec![2], vec![2], vec![3, 4]]);
    assert_eq!((done, given_up), (vec![1, 3, 4], vec![2]));
}

#[test]
fn an_unusable_record_is_given_up_at_once() {
    let useless = || Failure { retry: Retry::IsUseless, ..failure() };
    let refuses = |records: &[u32]| match records.iter().position(|record| *record == 2) {
        Some(index) => Verdict::FailedAt(index, useless()),
        None => Verdict::Done,
    };
    let (deliveries, done, given_up) = settle(&[1, 2, 3, 4], OnError::Bisect, 10, refuses);
    assert_eq!(deliveries, [vec![1, 2, 3, 4], vec![3, 4]]);
    assert_eq!((done, given_up), (vec![1, 3, 4], vec![2]));
}

#[test]
fn a_named_record_that_succeeds_later_keeps_its_place() {
    let mut refused = false;
    let (_, done, given_up) = settle(&[1, 2, 3], OnError::Bisect, 2, |records| {
        if records.contains(&2) && !std::mem::replace(&mut refused, true) {
            Verdict::FailedAt(1, failure())
        } else {
            Verdict::Done
        }
    });
    assert_eq!((done, given_up), (vec![1, 2, 3], vec![]));
}

#[test]
fn bisection_finds_a_poison_record_and_only_it() {
    let batch: Vec<u32> = (0..100).collect();
    for poison in [0, 1, 49, 50, 98, 99] {
        let (deliveries, done, given_up) = settle(&batch, OnError::Bisect, 3, fails_on(poison));
        assert_eq!(given_up, [poison]);
        assert_eq!(done, batch.iter().copied().filter(|r| *r != poison).collect::<Vec<_>>());
        assert_eq!(deliveries.iter().filter(|records| **records == [poison]).count(), 4);
        assert!(deliveries.len() <= 1 + 2 * 7 + 3, "{}", deliveries.len());
    }
}

#[test]
fn without_bisection_the_whole_batch_is_tried_and_given_up() {
    let (deliveries, done, given_up) = settle(&[1, 2], OnError::Retry, 2, fails_on(1));
    assert_eq!(deliveries, [[1, 2], [1, 2], [1, 2]]);
    assert_eq!((done, given_up), (vec![], vec![1, 2]));
}

#[test]
fn no_retries_means_one_try() {
    let (deliveries, _, given_up) = settle(&[1], OnError::Bisect, 0, fails_on(1));
    assert_eq!((deliveries.len(), given_up), (1, vec![1]));
}

#[test]
fn a_record_that_is_too_old_is_not_tried_again() {
    let mut settlement = Settlement::new(vec![1_u32], OnError::Bisect, 10);
    let part = settlement.next().unwrap();
    let steps = settlement.decide(part, Verdict::Failed(failure()), |_| true);
    assert!(matches!(&steps[..], [Step::GivenUp { tries: 1, .. }]));
}

#[test]
fn pauses_double_up_to_30_seconds_and_are_jittered_downwards() {
    let millis = |failures, fraction| pause(failures, fraction).as_millis();
    assert_eq!([millis(1, 1.0), millis(2, 1.0), millis(3, 1.0)], [100, 200, 400]);
    assert_eq!([millis(9, 1.0), millis(10, 1.0), millis(4_000_000_000, 1.0)], [25_600, 30_000, 30_000]);
    assert_eq!([millis(1, 0.0), millis(1, 0.5)], [50, 75]);
}

#[test]
fn pauses_grow_while_everything_fails_and_restart_when_something_is_done() {
    let mut settlement = Settlement::new(vec![1, 2, 3, 4], OnError::Bisect, 10);
    let mut pauses = Vec::new();
    for _ in 0..3 {
        let part = settlement.next().unwrap();
        settlement.decide(part, Verdict::Failed(failure()), |_: &u32| false);
        pauses.push(settlement.pause(1.0).as_millis());
    }
    assert_eq!(pauses, [100, 200, 400]);
    let part = settlement.next().unwrap();
    settlement.decide(part, Verdict::Done, |_| false);
    let part = settlement.next().unwrap();
    settlement.decide(part, Verdict::Failed(failure()), |_| false);
    assert_eq!(settlement.pause(1.0).as_millis(), 100);
}
