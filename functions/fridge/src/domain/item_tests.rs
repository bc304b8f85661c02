use chrono::Days;
use proptest::prelude::*;

use super::*;

fn entry(n: i32, change: Change) -> Entry {
    Entry {
        event_id: Uuid::from_u128(u128::try_from(n).unwrap()),
        item_id: Uuid::from_u128(0xf00d),
        sequence: n,
        account_id: Some(Uuid::from_u128(0xa)),
        occurred_at: DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(i64::from(n)),
        change,
    }
}

fn day(n: u64) -> NaiveDate {
    NaiveDate::default() + Days::new(n)
}

fn cheese() -> Entry {
    let expiry = Expiry { kind: ExpiryKind::UseBy, on: Some(day(10)), at: None };
    let added = Added { expiry, day: day(0), days_after_opening: Some(3), ..Added::default() };
    entry(1, Change::Added(Box::new(added), amount(10)))
}

fn amount(tenths: i64) -> Amount {
    Amount::from_millionths(tenths * 100_000)
}

fn discard(tenths: i64) -> Change {
    Change::Discarded(amount(tenths), DiscardReason::Other)
}

#[test]
fn parts_are_taken_until_nothing_is_left() {
    let history = [cheese(), entry(2, Change::Consumed(amount(4))), entry(3, discard(6))];
    let item = fold(&history).unwrap();
    assert_eq!((item.left, item.gone_at), (Amount::ZERO, Some(history[2].occurred_at)));
    let mut gone = item.clone();
    assert_eq!(gone.apply(&entry(4, Change::Consumed(amount(1)))), Err(Refusal::NotEnough));
    assert_eq!(gone.apply(&entry(4, Change::Opened(day(1)))), Err(Refusal::Gone));
    assert_eq!(gone, item);
}

#[test]
fn more_than_there_is_is_refused() {
    let mut item = fold(&[cheese()]).unwrap();
    assert_eq!(item.apply(&entry(2, Change::Consumed(amount(11)))), Err(Refusal::NotEnough));
    assert_eq!(item.left, amount(10));
}

#[test]
fn an_undo_is_an_event_and_the_state_is_as_if_the_other_had_not_been() {
    let mut history = vec![cheese(), entry(2, discard(10))];
    let before = fold(&history[..1]).unwrap();
    let item = undo(&mut history, entry(3, Change::Reverted(Uuid::from_u128(2)))).unwrap();
    assert_eq!(history.len(), 3);
    assert_eq!(item, Item { sequence: 3, ..before });
    let twice = undo(&mut history, entry(4, Change::Reverted(Uuid::from_u128(2))));
    assert_eq!(twice, Err(Refusal::NotUndoable));
    let of_an_undo = undo(&mut history, entry(4, Change::Reverted(Uuid::from_u128(3))));
    assert_eq!(of_an_undo, Err(Refusal::NotUndoable));
    let of_nothing = undo(&mut history, entry(4, Change::Reverted(Uuid::from_u128(9))));
    assert_eq!(of_nothing, Err(Refusal::NoSuchEvent));
}

#[test]
fn what_later_events_need_is_not_undone() {
    let mut history = vec![cheese(), entry(2, Change::Frozen(day(1))), entry(3, Change::Thawed(day(5)))];
    let of = |event: u128| entry(4, Change::Reverted(Uuid::from_u128(event)));
    assert_eq!(undo(&mut history.clone(), of(2)), Err(Refusal::Needed));
    assert_eq!(undo(&mut history.clone(), of(1)), Err(Refusal::Needed));
    assert!(undo(&mut history, of(3)).unwrap().frozen_at.is_some());
}

#[test]
fn an_undone_adding_leaves_nothing() {
    let mut history = vec![cheese()];
    let item = undo(&mut history, entry(2, Change::Reverted(Uuid::from_u128(1)))).unwrap();
    assert_eq!((item.left, item.gone_at), (Amount::ZERO, Some(history[1].occurred_at)));
}

/// One random tap.
#[derive(Clone, Debug)]
enum Tap {
    Take(i64, bool),
    Open,
    Freeze,
    Thaw,
    Date(u64),
    Undo(usize),
    Another(i64),
}

fn tap() -> impl Strategy<Value = Tap> {
    prop_oneof![
        4 => (1_i64..300, any::<bool>()).prop_map(|(tenths, eaten)| Tap::Take(tenths, eaten)),
        1 => Just(Tap::Open),
        1 => Just(Tap::Freeze),
        1 => Just(Tap::Thaw),
        1 => (0_u64..500).prop_map(Tap::Date),
        3 => (0_usize..200).prop_map(Tap::Undo),
        1 => (1_i64..5_000).prop_map(Tap::Another),
    ]
}

/// What the store does: the item of the snapshot takes an event, or refuses it and stays.
fn happens(item: &mut Item, history: &mut Vec<Entry>, change: Change) {
    let next = entry(item.sequence + 1, change);
    if next.change.reverts().is_some() {
        let mut longer = history.clone();
        if let Ok(now) = undo(&mut longer, next) {
            (*item, *history) = (now, longer);
        }
    } else if item.apply(&next).is_ok() {
        history.push(next);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// Ten thousand taps on a row of items: what each is now is what its raw history makes of it,
    /// and nothing is ever below nothing or comes from nowhere.
    #[test]
    fn the_state_is_the_fold_of_the_history_after_10_000_operations(
        taps in proptest::collection::vec(tap(), 10_000),
    ) {
        let mut shelf: Vec<(Item, Vec<Entry>)> = Vec::new();
        for (n, tap) in taps.into_iter().enumerate() {
            let today = day(u64::try_from(n).unwrap() / 50);
            if let Tap::Another(tenths) = tap {
                let first = Entry { change: Change::Added(Box::default(), amount(tenths)), ..cheese() };
                shelf.push((Item::begin(&first).unwrap(), vec![first]));
                continue;
            }
            let place = shelf.len().wrapping_sub(1 + n % 7);
            let Some((item, history)) = shelf.get_mut(place) else { continue };
            let change = match tap {
                Tap::Take(tenths, true) => Change::Consumed(amount(tenths)),
                Tap::Take(tenths, false) => discard(tenths),
                Tap::Open => Change::Opened(today),
                Tap::Freeze => Change::Frozen(today),
                Tap::Thaw => Change::Thawed(today),
                Tap::Date(on) => {
                    Change::Dated(Expiry { kind: ExpiryKind::BestBefore, on: Some(day(on)), at: None }, today)
                }
                Tap::Undo(back) => Change::Reverted(history[history.len().saturating_sub(1 + back % 9)].event_id),
                Tap::Another(_) => unreachable!(),
            };
            happens(item, history, change);
            prop_assert_eq!(&*item, &fold(history).unwrap());
        }
        for (item, history) in shelf {
            let undone = reverted(&history);
            let counted = |entry: &&Entry| !undone.contains(&entry.event_id);
            let taken: i64 = history[1..].iter().filter(counted)
                .filter_map(|entry| entry.change.quantity()).map(Amount::millionths).sum();
            let left = if undone.contains(&history[0].event_id) { 0 } else { item.whole.millionths() - taken };
            prop_assert_eq!(item.left.millionths(), left);
        }
    }
}
