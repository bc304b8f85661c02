//! Whose fridge somebody may look into and change: the own one, and that of a household.

use shared_contracts::fridge::Role;
use uuid::Uuid;

/// What one account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The account, which is also its own fridge's name.
    pub account: Uuid,
    /// The household's fridge, and the role in it.
    pub shared: Option<(Uuid, Role)>,
}

/// Somebody may look but not touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnlyLooking;

impl Access {
    /// The fridges that it may look into.
    pub fn fridges(self) -> Vec<Uuid> {
        std::iter::once(self.account).chain(self.shared.map(|(fridge, _)| fridge)).collect()
    }

    /// Where what it adds goes: into the household's fridge, if it may.
    pub fn home(self) -> Uuid {
        match self.shared {
            Some((fridge, Role::Member)) => fridge,
            _ => self.account,
        }
    }

    /// Whether it may change something in a fridge that it may look into.
    ///
    /// # Errors
    /// When it may not.
    pub fn change(self, fridge: Uuid) -> Result<(), OnlyLooking> {
        match self.shared {
            _ if fridge == self.account => Ok(()),
            Some((shared, Role::Member)) if shared == fridge => Ok(()),
            _ => Err(OnlyLooking),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: Uuid = Uuid::from_u128(1);
    const BEN: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_member_changes_the_shared_fridge_and_a_viewer_looks() {
        let alone = Access { account: BEN, shared: None };
        let member = Access { account: BEN, shared: Some((ANNA, Role::Member)) };
        let viewer = Access { account: BEN, shared: Some((ANNA, Role::Viewer)) };
        assert_eq!((alone.home(), member.home(), viewer.home()), (BEN, ANNA, BEN));
        assert_eq!(member.fridges(), [BEN, ANNA]);
        assert_eq!(member.change(ANNA), Ok(()));
        assert_eq!(viewer.change(ANNA), Err(OnlyLooking));
        assert_eq!(viewer.change(BEN), Ok(()));
        assert_eq!(alone.change(ANNA), Err(OnlyLooking));
    }
}
