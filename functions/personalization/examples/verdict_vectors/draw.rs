//! Choices that look random and are the same in every run.

/// A sequence of numbers: splitmix64.
pub(crate) struct Draw(u64);

impl Draw {
    /// The sequence of a number.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Whether something of this chance in a hundred comes true.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of some.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// At most this many of some, each once, in an order of its own.
    pub(crate) fn some<T: Copy>(&mut self, most: usize, of: &[T]) -> Vec<T> {
        let mut left = of.to_vec();
        let count = self.below(most + 1).min(left.len());
        (0..count).map(|_| left.swap_remove(self.below(left.len()))).collect()
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % limit as u64).unwrap()
    }
}
