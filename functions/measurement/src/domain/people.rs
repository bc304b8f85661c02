//! Who is one person: a connected component of the graph of visitors and accounts that were linked.
//! Shared devices merge people. That is on the safe side, and the proof needs it.

use std::collections::HashMap;

use super::pseudonym::Pseudonym;

/// Somebody whom facts are of. Numbers mean nothing outside of one [`People`].
pub type Person = u32;

/// The graph, as a forest of disjoint sets (union by size, path halving).
#[derive(Default)]
pub struct People {
    numbers: HashMap<Pseudonym, u32>,
    parents: Vec<u32>,
    sizes: Vec<u32>,
    accounts: Vec<Pseudonym>,
}

impl People {
    /// Adds what was announced: this visitor is that account. Any order, any number of times.
    pub fn link(&mut self, visitor: Pseudonym, account: Pseudonym) {
        let (one, other) = (self.number(visitor), self.account(account));
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return;
        }
        let (one, other) = if self.size(one) < self.size(other) { (other, one) } else { (one, other) };
        self.parents[other as usize] = one;
        self.sizes[one as usize] += self.sizes[other as usize];
    }

    /// The person behind a pseudonym, alone as long as nothing links them.
    pub fn person(&mut self, pseudonym: Pseudonym) -> Person {
        let number = self.number(pseudonym);
        self.root(number)
    }

    /// Every account that was linked, with its person.
    pub fn accounts(&mut self) -> Vec<(Pseudonym, Person)> {
        let accounts = self.accounts.clone();
        accounts.into_iter().map(|account| (account, self.person(account))).collect()
    }

    fn account(&mut self, account: Pseudonym) -> u32 {
        let known = self.numbers.contains_key(&account);
        if !known {
            self.accounts.push(account);
        }
        self.number(account)
    }

    fn number(&mut self, pseudonym: Pseudonym) -> u32 {
        let next = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(pseudonym).or_insert(next);
        if number == next {
            self.parents.push(next);
            self.sizes.push(1);
        }
        number
    }

    fn root(&mut self, mut number: u32) -> u32 {
        while self.parents[number as usize] != number {
            let above = self.parents[number as usize];
            self.parents[number as usize] = self.parents[above as usize];
            number = self.parents[number as usize];
        }
        number
    }

    fn size(&self, number: u32) -> u32 {
        self.sizes[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn visitor(n: u8) -> Pseudonym {
        Pseudonym([n; 16])
    }

    fn account(n: u8) -> Pseudonym {
        Pseudonym([n | 0x80; 16])
    }

    /// Which of the first visitors are one person.
    fn groups(links: &[(u8, u8)]) -> Vec<Vec<bool>> {
        let mut people = People::default();
        for (one, other) in links {
            people.link(visitor(*one), account(*other));
        }
        let persons: Vec<Person> = (0..8).map(|n| people.person(visitor(n))).collect();
        persons.iter().map(|one| persons.iter().map(|other| one == other).collect()).collect()
    }

    #[test]
    fn fifty_visitors_of_one_account_are_one_person() {
        let mut people = People::default();
        (0..50).for_each(|n| people.link(visitor(n), account(1)));
        let person = people.person(account(1));
        assert!((0..50).all(|n| people.person(visitor(n)) == person));
        assert_ne!(people.person(visitor(99)), person);
        assert_eq!(people.accounts(), [(account(1), person)]);
    }

    #[test]
    fn a_shared_device_merges_its_people() {
        let mut people = People::default();
        people.link(visitor(1), account(1));
        people.link(visitor(1), account(2));
        people.link(visitor(2), account(2));
        assert_eq!(people.person(visitor(2)), people.person(account(1)));
    }

    proptest! {
        #[test]
        fn the_order_of_links_is_of_no_matter(
            (links, shuffled) in prop::collection::vec((0_u8..8, 0_u8..8), 0..30)
                .prop_flat_map(|links| (Just(links.clone()), Just(links).prop_shuffle()))
        ) {
            prop_assert_eq!(groups(&links), groups(&shuffled));
        }
    }
}
