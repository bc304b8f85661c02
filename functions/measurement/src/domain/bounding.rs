//! Which groups of a person count, when there are more than may: a choice that only a key could
//! repeat, and the key is thrown away with the window.

use aws_lc_rs::{hmac, rand};

use super::people::Person;

/// A product with a metric, by its place in the batch.
pub type Group = u32;

/// The key of one close. It is never kept.
pub struct WindowKey(hmac::Key);

impl WindowKey {
    /// A new one from the operating system's generator.
    ///
    /// # Errors
    /// A system without randomness.
    pub fn draw() -> Result<Self, aws_lc_rs::error::Unspecified> {
        let mut key = [0; 32];
        rand::fill(&mut key)?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    fn rank(&self, person: Person, group: Group) -> [u8; 32] {
        let mut message = [0; 8];
        message[..4].copy_from_slice(&person.to_be_bytes());
        message[4..].copy_from_slice(&group.to_be_bytes());
        let mut rank = [0; 32];
        rank.copy_from_slice(hmac::sign(&self.0, &message).as_ref());
        rank
    }
}

/// Leaves at most `most` of the groups of one person.
pub fn bound(person: Person, groups: &mut Vec<Group>, most: usize, key: &WindowKey) {
    if groups.len() > most {
        groups.sort_by_cached_key(|group| key.rank(person, *group));
        groups.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_keeps_four_groups_and_no_group_is_favoured() {
        let mut kept = [0_u32; 16];
        for person in 0..2_000 {
            let key = WindowKey::draw().unwrap();
            let mut groups: Vec<Group> = (0..16).collect();
            bound(person, &mut groups, 4, &key);
            assert_eq!(groups.len(), 4);
            for group in &groups {
                kept[*group as usize] += 1;
            }
        }
        // 500 expected, with a deviation of about 19.
        assert!(kept.iter().all(|count| (380..620).contains(count)), "{kept:?}");
    }

    #[test]
    fn who_has_few_groups_keeps_them_all() {
        let mut groups = vec![3, 1];
        bound(1, &mut groups, 4, &WindowKey::draw().unwrap());
        assert_eq!(groups, [3, 1]);
    }

    #[test]
    fn one_key_chooses_the_same_whatever_the_order() {
        let key = WindowKey::draw().unwrap();
        let (mut one, mut other): (Vec<Group>, Vec<Group>) = ((0..9).collect(), (0..9).rev().collect());
        bound(5, &mut one, 4, &key);
        bound(5, &mut other, 4, &key);
        assert_eq!(one, other);
    }
}
