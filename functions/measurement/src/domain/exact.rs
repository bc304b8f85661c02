//! Exact arithmetic: decimals, and bounds of the exponential function. No floating point decides
//! whether a promise of privacy holds.

use num_bigint::BigUint;
use num_rational::Ratio;

/// A fraction that is not negative.
pub type Rational = Ratio<BigUint>;

/// A whole number as a fraction.
pub fn whole(number: u64) -> Rational {
    Rational::from_integer(BigUint::from(number))
}

/// Reads a decimal such as `0.000001`: digits, and at most one point between digits.
pub fn decimal(text: &str) -> Option<Rational> {
    let (units, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = !units.is_empty() && text.len() <= 40 && !text.ends_with('.');
    if !shaped || !digits_only(units) || !digits_only(fraction) {
        return None;
    }
    let digits = BigUint::parse_bytes(format!("{units}{fraction}").as_bytes(), 10)?;
    let places = u32::try_from(fraction.len()).ok()?;
    Some(Rational::new(digits, BigUint::from(10_u32).pow(places)))
}

/// A number that lies between two fractions.
#[derive(Clone, Debug)]
pub struct Between {
    /// Not above the number.
    pub low: Rational,
    /// Not below it.
    pub high: Rational,
}

/// e^(−r), closer with more terms of the series of e^r.
///
/// The partial sum S with n terms behind the first is below e^r. What is left out is below twice
/// its first term a when n + 2 ≥ 2r, because each term is then at most half of the one before. So
/// 1/(S + 2a) ≤ e^(−r) ≤ 1/S.
pub fn exp_of_minus(r: &Rational, terms: u32) -> Between {
    let enough = (r + r).ceil().to_integer();
    let least = u32::try_from(&enough).unwrap_or(u32::MAX);
    let (mut term, mut sum) = (whole(1), whole(1));
    for n in 1..=least.saturating_add(terms) {
        term = term * r / whole(u64::from(n));
        sum += &term;
    }
    let left_out = term * r / whole(u64::from(least.saturating_add(terms)) + 1);
    Between { low: (&sum + &left_out + &left_out).recip(), high: sum.recip() }
}

/// The chance that discrete Laplace noise of this scale is `t` or more, for t ≥ 1:
/// e^(−t/scale) / (1 + e^(−1/scale)).
pub fn tail(scale: &Rational, t: u64, terms: u32) -> Between {
    let far = exp_of_minus(&(whole(t) / scale), terms);
    let step = exp_of_minus(&scale.recip(), terms);
    Between { low: far.low / (whole(1) + step.high), high: far.high / (whole(1) + step.low) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approx(value: &Rational) -> f64 {
        // Thirty digits behind the point are enough for a look.
        let scaled = (value * Rational::from_integer(BigUint::from(10_u32).pow(30))).to_integer();
        scaled.to_string().parse::<f64>().unwrap() / 1e30
    }

    #[test]
    fn the_bounds_of_the_exponential_close_in_on_it() {
        for (r, expected) in [
            ("0.5", 0.606_530_659_712_633_4),
            ("15", 3.059_023_205_018_258e-7),
            ("1", 0.367_879_441_171_442_33),
        ] {
            let r = decimal(r).unwrap();
            let few = exp_of_minus(&r, 4);
            let many = exp_of_minus(&r, 40);
            assert!(few.low <= many.low && many.low < many.high && many.high <= few.high);
            assert!((approx(&many.low) / expected - 1.0).abs() < 1e-12);
            assert!((approx(&many.high) / expected - 1.0).abs() < 1e-12);
        }
    }

    /// Independent: e^(−1/2) by its own alternating series in whole numbers of 10^−60, whose
    /// partial sums lie on both sides of it, and powers of that.
    #[test]
    fn the_bounds_hold_against_another_series_in_whole_numbers() {
        let unit = BigUint::from(10_u32).pow(60);
        let (mut below, mut above) = (BigUint::from(0_u32), BigUint::from(0_u32));
        let (mut sum, mut term) = (unit.clone(), unit.clone());
        for n in 1_u32..60 {
            term /= 2 * n;
            if n % 2 == 1 {
                sum -= &term;
                below.clone_from(&sum);
            } else {
                sum += &term;
                above.clone_from(&sum);
            }
        }
        // Each division rounds down by less than one unit.
        let (below, above) = (below - 60_u32, above + 60_u32);
        for t in [1_u32, 2, 10, 29, 30, 31] {
            let ours = exp_of_minus(&Rational::new(t.into(), 2_u32.into()), 60);
            let low = Rational::new(below.pow(t), unit.pow(t));
            let high = Rational::new(above.pow(t), unit.pow(t));
            assert!(ours.low <= high && low <= ours.high, "e^(-{t}/2)");
        }
    }

    #[test]
    fn the_tail_is_the_sum_of_what_it_is_a_tail_of() {
        // P(X = x) = (1 − y)/(1 + y) y^|x| with y = e^(−1/s); with y = 1/3 all is rational:
        // the closed form y^t/(1 + y) must be the sum.
        let y = Rational::new(1_u32.into(), 3_u32.into());
        let one = whole(1);
        let t = 5;
        let mut sum = whole(0);
        let mut power = one.clone();
        for _ in 0..t {
            power *= &y;
        }
        let closed = &power / (&one + &y);
        for _ in 0..200 {
            sum += &power * (&one - &y) / (&one + &y);
            power *= &y;
        }
        let rest = &power / (&one + &y);
        assert_eq!(sum + rest, closed);
    }

    #[test]
    fn decimals_are_read_to_the_last_digit() {
        assert_eq!(decimal("0.000001"), Some(Rational::new(1_u32.into(), 1_000_000_u32.into())));
        assert_eq!(decimal("2"), Some(whole(2)));
        for wrong in ["", ".5", "5.", "-1", "+1", "1e3", "1.2.3", "NaN", " 1", "1,5"] {
            assert_eq!(decimal(wrong), None, "{wrong}");
        }
    }
}
