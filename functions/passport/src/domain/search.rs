//! What a catalogue search looks for.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

/// Words that one search uses at most; more make it no better.
const MOST_WORDS: usize = 8;
/// Characters that a search has at most, as the contract says.
const MOST_CHARACTERS: usize = 200;

/// A search in the terms of the catalogue's indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchTerms {
    /// All words, each as a prefix, in the syntax of `to_tsquery`; empty when there is none.
    pub tsquery: String,
    /// GTIN-14 patterns that begin with the digits given, however many zeros their form leaves out.
    pub gtin_patterns: Vec<String>,
}

impl SearchTerms {
    /// The terms of what a person typed; none when there is no letter or digit in it, or it is longer
    /// than anybody types.
    pub fn of(typed: &str) -> Option<Self> {
        if typed.chars().count() > MOST_CHARACTERS {
            return None;
        }
        let words: Vec<String> = words(typed).take(MOST_WORDS).collect();
        if words.is_empty() {
            return None;
        }
        let prefixes: Vec<String> = words.iter().map(|word| format!("{word}:*")).collect();
        let typed = typed.trim();
        let digits = typed.len() <= 14 && typed.bytes().all(|b| b.is_ascii_digit());
        // GTIN-14, -13, -12 and -8 as the 14 digits that we keep.
        let gtin_patterns = if digits {
            ["", "0", "00", "000000"].map(|zeros| format!("{zeros}{typed}%")).to_vec()
        } else {
            Vec::new()
        };
        Some(Self { tsquery: prefixes.join(" & "), gtin_patterns })
    }
}

/// The words of a text, lower case: runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Where a page of found products ends: rank and GTIN of its last one.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundAt {
    /// Relevance.
    pub rank: f32,
    /// GTIN-14.
    pub gtin: String,
}

impl fmt::Display for FoundAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.rank.to_bits(), self.gtin)
    }
}

impl FromStr for FoundAt {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (rank, gtin) = text.split_once(':').ok_or(())?;
        let rank = f32::from_bits(rank.parse().map_err(|_| ())?);
        let sound = rank.is_finite() && gtin.len() == 14 && gtin.bytes().all(|b| b.is_ascii_digit());
        if sound { Ok(Self { rank, gtin: gtin.to_owned() }) } else { Err(()) }
    }
}

/// Where a list of changed products goes on: after the product that changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAt {
    /// When.
    pub at: DateTime<Utc>,
    /// The product.
    pub gtin: String,
}

impl fmt::Display for ChangedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at.timestamp_micros(), self.gtin)
    }
}

impl FromStr for ChangedAt {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, gtin) = text.split_once(' ').ok_or(())?;
        let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(())?;
        Ok(Self { at, gtin: gtin.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_prefixes_and_syntax_is_left_out() {
        let terms = SearchTerms::of("Hasel'nuss & (Creme) | !x:*").unwrap();
        assert_eq!(terms.tsquery, "hasel:* & nuss:* & creme:* & x:*");
        assert!(terms.gtin_patterns.is_empty());
    }

    #[test]
    fn digits_also_find_gtins_in_every_form() {
        let terms = SearchTerms::of("9521").unwrap();
        assert_eq!(terms.gtin_patterns, ["9521%", "09521%", "009521%", "0000009521%"]);
    }

    #[test]
    fn nothing_to_look_for_is_no_search() {
        assert_eq!(SearchTerms::of(" -- "), None);
        assert!(SearchTerms::of(&"ä".repeat(200)).is_some());
        assert_eq!(SearchTerms::of(&"ä".repeat(201)), None);
    }

    #[test]
    fn the_place_of_a_page_survives_its_text_form() {
        let place = FoundAt { rank: 0.060_792_71, gtin: "09521234543213".to_owned() };
        assert_eq!(place.to_string().parse(), Ok(place));
        assert_eq!("1:2:3".parse::<FoundAt>(), Err(()));
    }
}
