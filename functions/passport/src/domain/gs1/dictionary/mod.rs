//! What the GS1 Barcode Syntax Dictionary, release 2026-01-27, says of each Application Identifier.
//!
//! `table.rs` is generated from `gs1-syntax-dictionary.txt` by `cargo run -p passport --example
//! gs1_table`; a test below fails when the two differ.

#[cfg(test)]
mod generate;
#[rustfmt::skip]
mod table;

use super::checks::Check;
use table::TABLE;

/// The characters that a component may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Digits.
    N,
    /// GS1 AI encodable character set 82.
    X,
    /// GS1 AI encodable character set 39.
    Y,
    /// GS1 AI encodable character set 64: URI-safe base 64, padding allowed.
    Z,
}

/// One component of an AI's data.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) charset: Charset,
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) optional: bool,
    pub(super) checks: &'static [Check],
}

/// Groups of AIs, of which one group must be present as a whole.
pub(super) type Requirement = &'static [&'static [&'static str]];

/// One line of the dictionary: an AI, or a range of AIs with the same rules.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) ais: &'static [&'static str],
    pub(super) title: &'static str,
    /// Its length follows from its first two digits, so that no separator follows it.
    pub(super) predefined: bool,
    /// It may stand in the query part of a Digital Link URI.
    pub(super) attribute: bool,
    pub(super) parts: &'static [Part],
    pub(super) requires: &'static [Requirement],
    pub(super) excludes: &'static [&'static str],
    /// For primary keys of a Digital Link URI: the alternative sequences of its key qualifiers.
    pub(super) key: Option<&'static [&'static [&'static str]]>,
}

impl Entry {
    /// The least and the most characters that its data may have.
    pub(super) fn length(&self) -> (usize, usize) {
        self.parts.iter().fold((0, 0), |(min, max), part| {
            (if part.optional { min } else { min + part.min }, max + part.max)
        })
    }
}

/// A known Application Identifier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ai {
    pub(super) name: &'static str,
    pub(super) entry: &'static Entry,
}

/// The lines of the table that have AIs with these first two digits: from, and up to.
static LINES_BY_PREFIX: [(usize, usize); 100] = {
    let mut lines = [(0, 0); 100];
    let mut line = 0;
    while line < TABLE.len() {
        let ais = TABLE[line].ais;
        let mut ai = 0;
        while ai < ais.len() {
            let digits = ais[ai].as_bytes();
            let slot = &mut lines[(digits[0] - b'0') as usize * 10 + (digits[1] - b'0') as usize];
            if slot.1 == 0 {
                slot.0 = line;
            }
            slot.1 = line + 1;
            ai += 1;
        }
        line += 1;
    }
    lines
};

fn lines(text: &str) -> &'static [Entry] {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', units @ b'0'..=b'9', ..] => {
            let prefix = usize::from(tens - b'0') * 10 + usize::from(units - b'0');
            let (from, to) = LINES_BY_PREFIX[prefix];
            &TABLE[from..to]
        }
        _ => &[],
    }
}

/// Looks an AI up by all of its digits.
pub(super) fn lookup(ai: &str) -> Option<Ai> {
    lines(ai).iter().find_map(|entry| {
        let name = entry.ais.iter().find(|name| **name == ai)?;
        Some(Ai { name, entry })
    })
}

/// How many digits the AI has that this text begins with, if there are AIs that begin so.
///
/// GS1 General Specifications table 7-5: the first two digits decide.
pub(super) fn ai_length(text: &str) -> Option<usize> {
    lines(text).first().map(|entry| entry.ais[0].len())
}

/// Whether an AI fits a pattern of the dictionary such as `310n`, where `n` is any digit.
pub(super) fn fits(ai: &str, pattern: &str) -> bool {
    ai.len() == pattern.len()
        && ai.bytes().zip(pattern.bytes()).all(|(digit, wanted)| wanted == b'n' || wanted == digit)
}

const fn part(charset: Charset, min: usize, max: usize, checks: &'static [Check]) -> Part {
    Part { charset, min, max, optional: false, checks }
}

const fn optional(charset: Charset, min: usize, max: usize, checks: &'static [Check]) -> Part {
    Part { charset, min, max, optional: true, checks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_what_the_dictionary_says() {
        let fresh = generate::table(include_str!("gs1-syntax-dictionary.txt")).unwrap();
        let stale = "the table is stale: cargo run -p passport --example gs1_table";
        assert!(fresh == include_str!("table.rs"), "{stale}");
    }

    #[test]
    fn the_table_is_sorted_and_complete() {
        assert!(TABLE.is_sorted_by(|a, b| a.ais[a.ais.len() - 1] < b.ais[0]));
        assert_eq!(TABLE.len(), 224);
        assert_eq!(TABLE.iter().map(|entry| entry.ais.len()).sum::<usize>(), 541);
    }

    #[test]
    fn every_ai_is_found_and_its_first_two_digits_give_its_length() {
        for ai in TABLE.iter().flat_map(|entry| entry.ais) {
            assert_eq!(lookup(ai).unwrap().name, *ai);
            assert_eq!(ai_length(&ai[..2]), Some(ai.len()), "{ai}");
        }
        for unknown in ["", "0", "04", "05", "1", "14", "88", "100", "3106", "8044", "999", "x1"] {
            assert!(lookup(unknown).is_none(), "{unknown}");
        }
        assert_eq!(ai_length("04"), None);
        assert_eq!(ai_length("88"), None);
    }

    #[test]
    fn a_requirement_names_only_ais_that_exist() {
        let exists = |pattern: &str| TABLE.iter().flat_map(|entry| entry.ais).any(|ai| fits(ai, pattern));
        for entry in TABLE {
            let required = entry.requires.iter().copied().flatten().copied().flatten();
            let keys = entry.key.into_iter().flatten().copied().flatten();
            for pattern in required.chain(entry.excludes).chain(keys) {
                assert!(exists(pattern), "{pattern} of {:?}", entry.ais);
            }
        }
    }
}
