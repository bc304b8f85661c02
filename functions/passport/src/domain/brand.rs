//! Which products are a brand's.

use uuid::Uuid;

use super::gs1::Gtin;

/// Lengths of a GS1 company prefix (GS1 General Specifications, section 1.4.2).
const PREFIX_LENGTHS: std::ops::RangeInclusive<usize> = 4..=12;

/// A brand, as Identity announces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// An admin vouches for it: its facts count as brand-attested.
    pub trusted: bool,
}

/// What an account may do for its brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and writes: `editor` and `owner`.
    Editor,
}

impl Role {
    /// Of Identity's word; a word that we do not know may only read.
    pub fn of(word: &str) -> Self {
        if matches!(word, "editor" | "owner") { Self::Editor } else { Self::Viewer }
    }
}

/// Every company prefix that would make a GTIN the company's: the first 4 to 12 digits behind the
/// indicator digit. A GTIN-13 has a zero there, a GTIN-12 begins with the zero that its company
/// prefix has too. A GTIN-8 has none: GS1 gives each by itself, so only an admin can.
pub fn covering_prefixes(gtin: Gtin) -> Vec<String> {
    let digits = gtin.as_str();
    if digits.starts_with("000000") {
        return Vec::new();
    }
    PREFIX_LENGTHS.map(|length| digits[1..=length].to_owned()).collect()
}

/// Whether a text may be a company prefix.
pub fn is_company_prefix(text: &str) -> bool {
    PREFIX_LENGTHS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(gtin: &str, prefix: &str) -> bool {
        covering_prefixes(gtin.parse().unwrap()).contains(&prefix.to_owned())
    }

    #[test]
    fn a_prefix_covers_a_product_in_every_length_and_packaging_level() {
        for gtin in ["9521234543213", "09521234543213", "19521234543210", "99521234543216"] {
            assert!(covered(gtin, "9521234"), "{gtin}");
            assert!(covered(gtin, "9521") && covered(gtin, "952123454321"), "{gtin}");
        }
    }

    #[test]
    fn a_upc_is_covered_by_its_company_prefix_with_the_leading_zero() {
        assert!(covered("614141000036", "0614141"));
        assert!(!covered("614141000036", "614141"));
    }

    #[test]
    fn neither_the_indicator_nor_the_check_digit_belongs_to_a_prefix() {
        assert!(!covered("19521234543210", "1952"));
        assert!(!covered("9521234543213", "0952"));
        assert!(!covered("9521234543213", "9521234543213"));
        assert!(!covered("9521234543213", "952"));
        assert!(!covered("9521234543213", "9521235"));
    }

    #[test]
    fn a_gtin_8_is_under_no_prefix() {
        assert_eq!(covering_prefixes("96385074".parse().unwrap()), Vec::<String>::new());
    }

    #[test]
    fn who_has_no_word_for_writing_may_only_read() {
        assert_eq!(["owner", "editor"].map(Role::of), [Role::Editor; 2]);
        assert_eq!(["viewer", "", "OWNER"].map(Role::of), [Role::Viewer; 3]);
    }
}
