use num_bigint::BigUint;

use super::*;

fn parameters() -> Parameters {
    Parameters::default()
}

#[test]
fn the_parameters_of_the_house_keep_the_promise_and_no_lower_threshold_does() {
    let policy = parameters().check().unwrap();
    assert_eq!(policy.micro_epsilon(), 2_000_000);
    assert_eq!(policy.ci_half_width(), 6);
    let lower = Parameters { release_threshold: 39, ..parameters() };
    let broken = lower.check().unwrap_err();
    assert_eq!(broken, Broken::Threshold { release_threshold: 39, delta: "0.000001".to_owned(), lowest: 40 });
    assert!(broken.to_string().contains("the lowest that holds is 40"), "{broken}");
}

/// Independent of the code under test: P(noise ≥ t) by adding up the mass function in whole
/// numbers of 10^−60, with y = e^(−1/2) from its alternating series; then the chance that at least
/// one of four groups is shown, by the binomial formula.
#[test]
fn the_threshold_agrees_with_the_mass_function_added_up() {
    let unit = BigUint::from(10_u32).pow(60);
    let (mut y, mut term) = (unit.clone(), unit.clone());
    for n in 1_u32..50 {
        term /= 2 * n;
        if n % 2 == 1 { y -= &term } else { y += &term }
    }
    let any_of_four = |t: u32| {
        let weight = (&unit - &y) * &unit / (&unit + &y);
        let mut mass = weight;
        for _ in 0..t {
            mass = mass * &y / &unit;
        }
        let mut p = BigUint::from(0_u32);
        for _ in 0..400 {
            p += &mass;
            mass = mass * &y / &unit;
        }
        // 4p − 6p² + 4p³ − p⁴
        let p2 = &p * &p / &unit;
        let p3 = &p2 * &p / &unit;
        let p4 = &p3 * &p / &unit;
        &p * 4_u32 + p3 * 4_u32 - p2 * 6_u32 - p4
    };
    let delta = &unit / 1_000_000_u32;
    assert!(any_of_four(30) <= delta);
    assert!(any_of_four(29) > delta);
}

/// For noise with y = e^(−1/s) rational all is exact: the rule (1 − p)^L0 ≥ 1 − δ is the binomial one.
#[test]
fn the_rule_for_all_groups_is_one_minus_the_chance_of_none() {
    let p = Rational::new(1_u32.into(), 7_u32.into());
    let none = power(&(whole(1) - &p), 3);
    let some = &p * whole(3) + &p * &p * &p - &p * &p * whole(3);
    assert_eq!(none + some, whole(1));
}

#[test]
fn what_breaks_epsilon_is_refused_with_the_reason() {
    for (broken, says) in [
        (Parameters { scale: "1.999".to_owned(), ..parameters() }, "above 2"),
        (Parameters { max_groups: 5, ..parameters() }, "5 groups"),
        (Parameters { epsilon: "2.01".to_owned(), ..parameters() }, "epsilon 2.01 is above 2"),
        (Parameters { epsilon: "1".to_owned(), ..parameters() }, "above 1"),
        (Parameters { epsilon: "0".to_owned(), ..parameters() }, "epsilon is zero"),
        (Parameters { max_groups: 0, ..parameters() }, "max_groups is zero"),
        (Parameters { scale: "1e3".to_owned(), ..parameters() }, "no decimal"),
    ] {
        let reason = broken.check().unwrap_err().to_string();
        assert!(reason.contains(says), "{reason}");
    }
}

#[test]
fn what_breaks_delta_or_the_minimum_is_refused_with_the_reason() {
    for (broken, says) in [
        (Parameters { delta: "0.00001".to_owned(), ..parameters() }, "delta 0.00001 is above"),
        (Parameters { delta: "0.0000001".to_owned(), ..parameters() }, "lowest that holds"),
        (Parameters { min_persons: 9, ..parameters() }, "min_persons 9 is below 10"),
        (Parameters { min_persons: 11, ..parameters() }, "the lowest that holds is 41"),
    ] {
        let reason = broken.check().unwrap_err().to_string();
        assert!(reason.contains(says), "{reason}");
    }
}

#[test]
fn stricter_parameters_are_taken() {
    let weekly =
        Parameters { epsilon: "1".to_owned(), scale: "4".to_owned(), release_threshold: 75, ..parameters() };
    let policy = weekly.check().unwrap();
    assert_eq!(policy.micro_epsilon(), 1_000_000);
    assert!(policy.ci_half_width() > 6);
}

#[test]
fn a_number_is_shown_for_ten_persons_and_forty_with_noise() {
    let policy = parameters().check().unwrap();
    assert_eq!(policy.shown(9, 1_000), None);
    assert_eq!(policy.shown(10, 29), None);
    assert_eq!(policy.shown(10, 30), Some(40));
    assert_eq!(policy.shown(60, -21), None);
    assert_eq!(policy.shown(60, -3), Some(57));
    assert_eq!(policy.shown(0, 0), None);
}
