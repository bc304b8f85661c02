use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The first ticks after a moment.
fn ticks(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let expression: Expression = expression.parse().unwrap();
    let zone: Tz = zone.parse().unwrap();
    let start = at(after);
    std::iter::successors(Some(start), |after| expression.next_after(*after, start, zone))
        .skip(1)
        .take(count)
        .map(|tick| tick.format("%Y-%m-%dT%H:%MZ").to_string())
        .collect()
}

#[test]
fn a_rate_counts_from_its_start() {
    assert_eq!(
        ticks("rate(5 minutes)", "UTC", "2026-11-22T10:02:00Z", 3),
        ["2026-11-22T10:07Z", "2026-11-22T10:12Z", "2026-11-22T10:17Z"]
    );
    let daily: Expression = "rate(1 day)".parse().unwrap();
    let start = at("2026-11-20T03:00:00Z");
    let next = daily.next_after(at("2026-11-22T03:00:00Z"), start, Tz::UTC);
    assert_eq!(next, Some(at("2026-11-23T03:00:00Z")));
}

#[test]
fn a_cron_expression_is_local_time_of_its_zone() {
    assert_eq!(
        ticks("cron(0 3 * * ? *)", "Europe/Berlin", "2026-10-23T00:00:00Z", 4),
        ["2026-10-23T01:00Z", "2026-10-24T01:00Z", "2026-10-25T02:00Z", "2026-10-26T02:00Z"]
    );
}

#[test]
fn a_local_time_that_spring_skips_is_skipped() {
    assert_eq!(
        ticks("cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T00:00:00Z", 2),
        ["2026-03-28T01:30Z", "2026-03-30T00:30Z"]
    );
}

#[test]
fn a_local_time_that_autumn_repeats_runs_the_first_time_only() {
    assert_eq!(
        ticks("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]
    );
    // asked in the second half of that hour
    assert_eq!(
        ticks("cron(0/15 2 * * ? *)", "Europe/Berlin", "2026-10-25T01:20:00Z", 1),
        ["2026-10-26T01:00Z"]
    );
}

#[test]
fn sunday_is_the_first_day_of_the_week() {
    for sunday in ["1", "SUN"] {
        assert_eq!(
            ticks(&format!("cron(0 12 ? * {sunday} *)"), "UTC", "2026-11-22T13:00:00Z", 1),
            ["2026-11-29T12:00Z"]
        );
    }
    assert_eq!(ticks("cron(0 12 ? * 2-6 *)", "UTC", "2026-11-20T13:00:00Z", 1), ["2026-11-23T12:00Z"]);
    assert_eq!(ticks("cron(0 12 ? * MON-FRI *)", "UTC", "2026-11-20T13:00:00Z", 1), ["2026-11-23T12:00Z"]);
}

#[test]
fn last_days_nearest_weekdays_and_numbered_weekdays_are_understood() {
    let after = "2026-11-01T00:00:00Z";
    assert_eq!(ticks("cron(0 9 L * ? *)", "UTC", after, 1), ["2026-11-30T09:00Z"]);
    // the 15th is a Sunday: its nearest weekday is Monday
    assert_eq!(ticks("cron(0 9 15W * ? *)", "UTC", after, 1), ["2026-11-16T09:00Z"]);
    // the last Friday, the second Friday
    assert_eq!(ticks("cron(0 9 ? * 6L *)", "UTC", after, 1), ["2026-11-27T09:00Z"]);
    assert_eq!(ticks("cron(0 9 ? * 6#2 *)", "UTC", after, 1), ["2026-11-13T09:00Z"]);
    // L alone is Saturday
    assert_eq!(ticks("cron(0 9 ? * L *)", "UTC", after, 1), ["2026-11-07T09:00Z"]);
}

#[test]
fn steps_lists_months_and_years_are_understood() {
    let after = "2026-11-22T10:50:00Z";
    assert_eq!(
        ticks("cron(0/20 * * * ? *)", "UTC", after, 3),
        ["2026-11-22T11:00Z", "2026-11-22T11:20Z", "2026-11-22T11:40Z"]
    );
    assert_eq!(
        ticks("cron(15,45 8 1 JAN,jul ? 2027)", "UTC", after, 5),
        ["2027-01-01T08:15Z", "2027-01-01T08:45Z", "2027-07-01T08:15Z", "2027-07-01T08:45Z"]
    );
}

#[test]
fn what_eventbridge_refuses_is_refused() {
    for wrong in [
        "every minute",
        "rate(1 minutes)",
        "rate(2 minute)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        "cron(0 3 * * *)",
        "cron(0 3 * * * *)",
        "cron(0 3 ? * ? *)",
        "cron(0 3 ? * 0 *)",
        "cron(60 3 * * ? *)",
        "cron(0 25 * * ? *)",
        "cron(0 3 * 13 ? *)",
        "at(tomorrow)",
        "at(2026-11-22 12:00:00)",
        "rate(5 minutes",
    ] {
        assert!(wrong.parse::<Expression>().is_err(), "{wrong}");
    }
}
