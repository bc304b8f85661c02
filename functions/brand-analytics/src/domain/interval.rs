//! The interval of a sum.

/// Half of the width of the interval of a sum of independent numbers, from the sum of the squares of
/// theirs: noise adds up like the sides of a right angle.
pub fn half_width(sum_of_squares: i64) -> i64 {
    let root = sum_of_squares.max(0).isqrt();
    if root * root == sum_of_squares { root } else { root + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_its_own_interval_and_nothing_has_none() {
        assert_eq!(half_width(36), 6);
        assert_eq!(half_width(0), 0);
        assert_eq!(half_width(72), 9);
    }

    /// The noise of n numbers of scale 2 added up, exactly enough: the interval holds it in 95 of 100
    /// cases, whatever n.
    #[test]
    fn the_interval_of_a_sum_holds_its_noise() {
        const REACH: i64 = 400;
        let y = (-0.5_f64).exp();
        let cells = usize::try_from(2 * REACH + 1).unwrap();
        let one: Vec<f64> = (-60..=60).map(|x: i32| (1.0 - y) / (1.0 + y) * y.powi(x.abs())).collect();
        let mut sum = vec![0.0; cells];
        sum[usize::try_from(REACH).unwrap()] = 1.0;
        for n in 1..=31 {
            let mut next = vec![0.0; cells];
            for (at, mass) in sum.iter().enumerate().filter(|(_, mass)| **mass > 1e-15) {
                for (step, part) in one.iter().enumerate() {
                    if let Some(cell) = (at + step).checked_sub(60).and_then(|cell| next.get_mut(cell)) {
                        *cell += mass * part;
                    }
                }
            }
            sum = next;
            let width = half_width(36 * n);
            let from = usize::try_from(REACH - width).unwrap();
            let held: f64 = sum[from..=usize::try_from(REACH + width).unwrap()].iter().sum();
            assert!(held >= 0.95, "{n} numbers: {held}");
        }
    }
}
