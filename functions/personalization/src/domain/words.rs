//! Words as labels and taxonomies write them, brought to one form.

/// `en:Cow's-Milks` as `cow s milk`: without the language, in lower case, the words apart, plurals
/// as singulars.
pub fn normal(text: &str) -> String {
    let text = match text.split_once(':') {
        Some((language, rest)) if (2..=3).contains(&language.len()) => rest,
        _ => text,
    };
    let mut words = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        let from = words.len();
        words.extend(word.chars().flat_map(char::to_lowercase));
        make_singular(&mut words, from);
    }
    words
}

/// The simple plurals of English: `berries`, `tomatoes`, `oats`; not `couscous`, `glass`, `is`.
fn make_singular(words: &mut String, from: usize) {
    let word = &words[from..];
    let cut = |ending: &str| word.len() > ending.len() + 2 && word.ends_with(ending);
    if word.len() <= 3 || ["ss", "us", "is", "s s"].iter().any(|ending| word.ends_with(ending)) {
        return;
    }
    if cut("ies") && word != "cookies" {
        words.truncate(words.len() - 3);
        words.push('y');
    } else if ["oes", "ches", "shes", "sses", "xes"].iter().any(|ending| cut(ending)) {
        words.truncate(words.len() - 2);
    } else if cut("s") {
        words.truncate(words.len() - 1);
    }
}

/// Whether `phrase` stands in `text` as whole words; both in normal form.
pub fn holds(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let end = at + phrase.len();
        (at == 0 || text.as_bytes()[at - 1] == b' ') && (end == text.len() || text.as_bytes()[end] == b' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_labels_come_to_the_same_words() {
        for (text, expected) in [
            ("en:whole-milk-powder", "whole milk powder"),
            ("Cow's Milk", "cow s milk"),
            ("Hazelnuts", "hazelnut"),
            ("cranberries", "cranberry"),
            ("tomatoes", "tomato"),
            ("couscous", "couscous"),
            ("  Sel  de mer ", "sel de mer"),
            ("E471", "e471"),
            ("", ""),
        ] {
            assert_eq!(normal(text), expected, "{text}");
        }
    }

    #[test]
    fn a_phrase_is_found_as_whole_words_only() {
        assert!(holds("refined palm oil", "palm oil"));
        assert!(!holds("coconut milk", "nut"));
        assert!(holds("nut", "nut"));
        assert!(!holds("palm", "palm oil"));
    }
}
