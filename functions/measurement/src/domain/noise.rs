//! Exact discrete Laplace noise (Canonne, Kamath, Steinke 2020, algorithm 2), drawn from the
//! operating system's generator. There is no seed, and no way to have none of it.

use prio::dp::{DpError, Rational, distributions::DiscreteLaplace};
use rand::{distr::Distribution, rand_core::UnwrapErr, rngs::SysRng};

use super::exact;

/// Noise of one scale.
pub struct Noise(DiscreteLaplace);

impl Noise {
    /// Noise of this scale.
    ///
    /// # Errors
    /// A scale of zero, or one beyond 128 bits.
    pub fn of_scale(scale: &exact::Rational) -> Result<Self, DpError> {
        let part = |part| u128::try_from(part).map_err(|_| DpError::BigIntConversion);
        let scale = Rational::from_unsigned(part(scale.numer())?, part(scale.denom())?)?;
        Ok(Self(DiscreteLaplace::new(scale)?))
    }

    /// One draw. A draw beyond 64 bits, which nobody will ever see, counts as zero persons.
    pub fn draw(&self) -> i64 {
        // A system without randomness ends the release: nothing is committed.
        let drawn = self.0.sample(&mut UnwrapErr(SysRng));
        i64::try_from(&drawn).unwrap_or(i64::MIN / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chi-square of 400,000 draws against the mass function, tails put together where fewer than
    /// a hundred are expected.
    #[expect(clippy::cast_precision_loss, reason = "a test of a distribution")]
    fn chi_square(scale: u32) -> (f64, f64) {
        const DRAWS: i64 = 400_000;
        let noise = Noise::of_scale(&exact::whole(u64::from(scale))).unwrap();
        let y = (-1.0 / f64::from(scale)).exp();
        let mass = |x: i64| (1.0 - y) / (1.0 + y) * y.powf(x.unsigned_abs() as f64);
        let reach = (0..DRAWS).take_while(|x| mass(*x) * DRAWS as f64 >= 100.0).last().unwrap();
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..DRAWS {
            *seen.entry(noise.draw().clamp(-reach - 1, reach + 1)).or_insert(0_i64) += 1;
        }
        let tail = y.powf((reach + 1) as f64) / (1.0 + y);
        let expected = |x: i64| DRAWS as f64 * if x.abs() > reach { tail } else { mass(x) };
        let cells = (-reach - 1)..=(reach + 1);
        let statistic = cells
            .clone()
            .map(|x| (*seen.get(&x).unwrap_or(&0) as f64 - expected(x)).powi(2) / expected(x))
            .sum();
        let freedom = (cells.count() - 1) as f64;
        // Wilson and Hilferty's approximation of the quantile that one run in a million passes.
        let (z, part) = (4.753_4, 2.0 / (9.0 * freedom));
        (statistic, freedom * (1.0 - part + z * part.sqrt()).powi(3))
    }

    #[test]
    fn noise_of_scale_two_has_its_distribution() {
        let (statistic, limit) = chi_square(2);
        assert!(statistic < limit, "{statistic} of {limit}");
    }

    #[test]
    fn noise_of_scale_four_has_its_distribution() {
        let (statistic, limit) = chi_square(4);
        assert!(statistic < limit, "{statistic} of {limit}");
    }

    #[test]
    fn there_is_no_noise_of_scale_zero() {
        assert!(Noise::of_scale(&exact::whole(0)).is_err());
    }
}
