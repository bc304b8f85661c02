use proptest::prelude::*;

use super::*;

const SOON: Soon = Soon { use_by: 3, best_before: 5 };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn use_by(on: &str) -> Dates {
    Dates::new(Expiry { kind: ExpiryKind::UseBy, on: Some(day(on)), at: None }, day("2020-01-01"))
}

fn best_before(on: &str) -> Dates {
    Dates::new(Expiry { kind: ExpiryKind::BestBefore, on: Some(day(on)), at: None }, day("2020-01-01"))
}

/// The state at a moment in UTC, in a zone.
fn state(dates: &Dates, utc: &str, name: &str) -> DateState {
    dates.state(local(utc.parse().unwrap(), name.parse().unwrap()), SOON)
}

#[test]
fn a_use_by_date_is_past_at_local_midnight_and_not_before() {
    for (zone, on, last, first) in [
        // UTC+14
        ("Pacific/Kiritimati", "2026-11-30", "2026-11-30T09:59:59Z", "2026-11-30T10:00:00Z"),
        // UTC-11
        ("Pacific/Pago_Pago", "2026-11-30", "2026-12-01T10:59:59Z", "2026-12-01T11:00:00Z"),
        // a day of 25 hours
        ("Europe/Berlin", "2026-10-25", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"),
        // a day of 23 hours
        ("America/New_York", "2026-03-08", "2026-03-09T03:59:59Z", "2026-03-09T04:00:00Z"),
        // a midnight that the clocks skip: 23:59:59 is followed by 01:00
        ("Africa/Cairo", "2026-04-23", "2026-04-23T21:59:59Z", "2026-04-23T22:00:00Z"),
        // leap day
        ("UTC", "2028-02-29", "2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z"),
        // ends of months, which is what day 00 of AI 17 means
        ("Europe/London", "2027-02-28", "2027-02-28T23:59:59Z", "2027-03-01T00:00:00Z"),
        ("Europe/London", "2026-04-30", "2026-04-30T22:59:59Z", "2026-04-30T23:00:00Z"),
        ("Asia/Kolkata", "2026-12-31", "2026-12-31T18:29:59Z", "2026-12-31T18:30:00Z"),
    ] {
        assert_eq!(state(&use_by(on), last, zone), DateState::Today, "{zone} {last}");
        assert_eq!(state(&use_by(on), first, zone), DateState::PastUseBy, "{zone} {first}");
        assert_eq!(state(&best_before(on), first, zone), DateState::PastBestBefore, "{zone} {first}");
    }
}

#[test]
fn a_date_is_soon_for_so_many_days() {
    for (now, use_by_state, best_before_state) in [
        ("2026-11-24T12:00:00Z", DateState::Fresh, DateState::Fresh),
        ("2026-11-25T12:00:00Z", DateState::Fresh, DateState::Soon),
        ("2026-11-26T12:00:00Z", DateState::Fresh, DateState::Soon),
        ("2026-11-27T12:00:00Z", DateState::Soon, DateState::Soon),
        ("2026-11-30T12:00:00Z", DateState::Today, DateState::Today),
    ] {
        assert_eq!(state(&use_by("2026-11-30"), now, "UTC"), use_by_state, "{now}");
        assert_eq!(state(&best_before("2026-11-30"), now, "UTC"), best_before_state, "{now}");
    }
    assert_eq!(state(&Dates::default(), "2026-11-30T12:00:00Z", "UTC"), DateState::NoDate);
}

#[test]
fn ai_7003_counts_to_the_minute() {
    let at = NaiveTime::from_hms_opt(14, 30, 0);
    let expiry = Expiry { kind: ExpiryKind::UseBy, on: Some(day("2026-11-30")), at };
    let dates = Dates::new(expiry, day("2026-11-22"));
    assert_eq!(state(&dates, "2026-11-30T13:29:59Z", "Europe/Berlin"), DateState::Today);
    assert_eq!(state(&dates, "2026-11-30T13:30:00Z", "Europe/Berlin"), DateState::PastUseBy);
    assert_eq!(dates.expires_at().unwrap().to_string(), "2026-11-30 14:30:00");
}

#[test]
fn opening_shortens_and_never_lengthens() {
    let mut dates = use_by("2026-12-30");
    dates.open(day("2026-11-22"), Some(3));
    assert_eq!((dates.expires_on(), dates.kind()), (Some(day("2026-11-25")), ExpiryKind::UseBy));
    let mut dates = use_by("2026-11-23");
    dates.open(day("2026-11-22"), Some(3));
    assert_eq!(dates.expires_on(), Some(day("2026-11-23")));
    let mut dates = Dates::default();
    dates.open(day("2026-11-22"), Some(3));
    assert_eq!((dates.expires_on(), dates.kind()), (Some(day("2026-11-25")), ExpiryKind::Estimated));
}

#[test]
fn freezing_stops_the_date_and_thawing_restarts_it() {
    let mut dates = use_by("2026-11-24");
    dates.freeze(day("2026-11-22"));
    assert_eq!(state(&dates, "2027-06-01T00:00:00Z", "UTC"), DateState::Fresh);
    dates.thaw(day("2027-06-01"));
    assert_eq!(dates.expires_on(), Some(day("2027-06-03")), "two days were left");
    let mut late = use_by("2026-11-20");
    late.freeze(day("2026-11-22"));
    assert_eq!(state(&late, "2027-06-01T00:00:00Z", "UTC"), DateState::PastUseBy, "cold heals nothing");
}

#[test]
fn what_was_opened_in_the_cold_counts_from_then() {
    let mut dates = use_by("2026-12-30");
    dates.freeze(day("2026-11-22"));
    dates.open(day("2026-11-25"), Some(2));
    dates.thaw(day("2026-11-26"));
    assert_eq!(dates.expires_on(), Some(day("2026-11-28")));
}

proptest! {
    #[test]
    fn no_opening_makes_a_date_later(base in proptest::option::of(0_u64..400), opened in 0_u64..400, days in proptest::option::of(0_u32..400)) {
        let start = day("2026-01-01");
        let expiry = Expiry { kind: ExpiryKind::UseBy, on: base.map(|base| start + Days::new(base)), at: None };
        let mut dates = Dates::new(expiry, start);
        let before = dates.expires_on();
        dates.open(start + Days::new(opened), days);
        prop_assert!(before.is_none_or(|before| dates.expires_on().unwrap() <= before));
    }
}
