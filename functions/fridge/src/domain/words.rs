//! Words of names, as authorities' alerts are compared by where there is no code.

use std::collections::BTreeSet;

/// Words that tell nothing about a food.
const EMPTY: [&str; 24] = [
    "a", "an", "and", "all", "by", "for", "from", "g", "in", "kg", "l", "ml", "net", "of", "or", "oz", "own",
    "pack", "product", "products", "s", "the", "various", "with",
];
/// Fewer words than this name too much.
const FEWEST: usize = 2;

/// The telling words of a name, without case, punctuation and numbers.
pub fn words(name: &str) -> BTreeSet<String> {
    let plain = name.to_lowercase().replace(['’', '\''], "");
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.chars().all(|c| c.is_ascii_digit()))
        .filter(|word| !EMPTY.contains(word))
        .map(str::to_owned)
        .collect()
}

/// The words of an alert's product by which it is compared; none where they would name too much.
pub fn telling(name: &str) -> Option<BTreeSet<String>> {
    Some(words(name)).filter(|words| words.len() >= FEWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_by_its_telling_words() {
        let alert = telling("Tesco’s finest chocolate cake, 400 g").unwrap();
        assert!(alert.is_subset(&words("Tescos FINEST Chocolate Cake with walnuts")));
        assert!(!alert.is_subset(&words("Finest chocolate cake")));
        assert_eq!(telling("All products"), None);
        assert_eq!(telling("Chives"), None);
    }
}
