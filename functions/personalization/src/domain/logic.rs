//! Three-valued logic (Kleene): what is not known is neither true nor false.

use serde::Deserialize;

/// Whether something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// The facts do not tell.
    Maybe,
}

impl Truth {
    /// Both are so.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Maybe,
        }
    }

    /// What two who speak of the same thing say together: where one of them cannot tell, the other
    /// decides; where they contradict each other, nobody knows.
    #[must_use]
    pub fn agreed(self, other: Self) -> Self {
        match (self, other) {
            (Self::Maybe, one) | (one, Self::Maybe) => one,
            (one, another) if one == another => one,
            _ => Self::Maybe,
        }
    }
}

impl From<bool> for Truth {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Truth::{Maybe, No, Yes};

    #[test]
    fn what_is_not_known_of_one_part_is_not_known_of_the_whole_unless_another_part_decides() {
        assert_eq!(Yes.and(Yes), Yes);
        assert_eq!(Yes.and(Maybe), Maybe);
        assert_eq!(Maybe.and(No), No);
        assert_eq!(Truth::from(true).and(Truth::from(false)), No);
    }

    #[test]
    fn who_contradict_each_other_tell_nothing() {
        assert_eq!(Yes.agreed(No), Maybe);
        assert_eq!(Maybe.agreed(No), No);
        assert_eq!(Yes.agreed(Yes), Yes);
    }
}
