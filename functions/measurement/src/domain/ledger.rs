//! The budget: what the windows of a month may spend together, in millionths of ε.

use shared_contracts::identity::WindowLength;

/// Millionths in one ε.
const MICRO: u64 = 1_000_000;

/// What a month has for windows of this length: each day of the longest month, or five weeks, at
/// the promised ε of 2.
pub const fn ceiling(length: WindowLength) -> u64 {
    match length {
        WindowLength::Day => 62 * MICRO,
        WindowLength::Week => 10 * MICRO,
    }
}

/// Whether a window that costs `cost` fits into a month that has spent `spent`.
pub fn fits(spent: u64, cost: u64, length: WindowLength) -> bool {
    spent.checked_add(cost).is_some_and(|sum| sum <= ceiling(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_of_days_fits_and_one_more_does_not() {
        let cost = 2 * MICRO;
        assert!(fits(60 * MICRO, cost, WindowLength::Day));
        assert!(!fits(62 * MICRO, cost, WindowLength::Day));
        assert!(fits(8 * MICRO, cost, WindowLength::Week));
        assert!(!fits(10 * MICRO, cost, WindowLength::Week));
        assert!(!fits(u64::MAX, cost, WindowLength::Day));
    }
}
