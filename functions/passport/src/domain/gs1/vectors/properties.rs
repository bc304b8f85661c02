//! What holds for all codes.

use proptest::prelude::*;

use super::super::checks::check_digit;
use super::super::{Code, parse, parse_digital_link_path};
use super::{read, today};

const SET_82: &str = "[!\"%-?A-Z_a-z]";

fn gtin() -> impl Strategy<Value = String> {
    "[0-9]{13}".prop_map(|digits| {
        let check = char::from(check_digit(digits.as_bytes()));
        format!("{digits}{check}")
    })
}

fn text(longest: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("{SET_82}{{1,{longest}}}")).unwrap()
}

/// A valid code of a trade item, as a bracketed element string in any order.
fn code() -> impl Strategy<Value = Code> {
    let qualifiers =
        (proptest::option::of(text(20)), proptest::option::of(text(20)), proptest::option::of(text(20)));
    let attributes = (
        proptest::option::of("[0-9]{2}(0[1-9]|1[0-2])(0[0-9]|1[0-9]|2[0-8])"),
        proptest::option::of("[0-9]{2}(0[1-9]|1[0-2])(0[0-9]|1[0-9]|2[0-8])"),
        proptest::option::of("[0-9]{6}"),
        proptest::option::of(text(90)),
    );
    (gtin(), qualifiers, attributes).prop_flat_map(|(gtin, qualifiers, attributes)| {
        let optional = [
            ("22", qualifiers.0),
            ("10", qualifiers.1),
            ("21", qualifiers.2),
            ("17", attributes.0),
            ("15", attributes.1),
            ("3103", attributes.2),
            ("91", attributes.3),
        ];
        let mut elements = vec![("01", gtin)];
        elements.extend(optional.into_iter().filter_map(|(ai, value)| Some((ai, value?))));
        Just(elements).prop_shuffle().prop_map(|elements| {
            let elements = elements.into_iter();
            let text: String = elements
                .flat_map(|(ai, value)| {
                    ["(".to_owned(), ai.to_owned(), ")".to_owned(), value.replace('(', "\\(")]
                })
                .collect();
            read(&text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
        })
    })
}

fn sorted(code: &Code) -> Vec<(&str, &str)> {
    let pairs = code.elements().iter().map(|element| (element.ai, element.value.as_str()));
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_unstable();
    pairs
}

proptest! {
    #[test]
    fn the_canonical_uri_means_the_same_and_is_a_fixed_point(code in code()) {
        let uri = code.canonical_uri().unwrap();
        let again = read(&uri).unwrap();
        prop_assert_eq!(sorted(&again), sorted(&code));
        prop_assert_eq!(again.canonical_uri().unwrap(), uri);
        prop_assert_eq!(again.use_by(), code.use_by());
    }

    #[test]
    fn the_element_string_means_the_same(code in code()) {
        let again = parse(&code.element_string(), Some("]d2"), today()).unwrap();
        prop_assert_eq!(&again, &code);
        let uri = read(&code.canonical_uri().unwrap()).unwrap();
        let again = parse(&uri.element_string(), Some("]C1"), today()).unwrap();
        prop_assert_eq!(again, uri);
    }

    #[test]
    fn the_path_of_a_canonical_uri_is_a_request_for_the_same(code in code()) {
        let uri = code.canonical_uri().unwrap();
        let target = uri.strip_prefix("https://id.gs1.org").unwrap();
        let (path, query) = target.split_once('?').map_or((target, None), |(p, q)| (p, Some(q)));
        prop_assert_eq!(parse_digital_link_path(path, query, today()).unwrap(), read(&uri).unwrap());
    }

    #[test]
    fn nothing_makes_it_panic(text in any::<String>(), symbology in "]?[A-Za-z]?[0-9]?") {
        let _ = parse(&text, None, today());
        let _ = parse(&text, Some(&symbology), today());
        let _ = parse_digital_link_path(&text, Some(&text), today());
    }

    #[test]
    fn errors_point_into_the_input(
        text in "(\\]d2|\\]E0|https://a|/|\\(|)((/?(00|01|02|10|17|21|22|235|253|3103|423|8006|8110|99|eh|ex)[/)=]?)([0-9A-Za-z%é\u{1d}^\\\\(+ -]{0,20})[?&;/]?){0,5}"
    ) {
        match read(&text) {
            Ok(code) => prop_assert!(!code.elements().is_empty()),
            Err(error) => prop_assert!(error.position.is_none_or(|at| at <= text.len())),
        }
    }

    #[test]
    fn a_changed_digit_of_a_gtin_is_noticed(gtin in gtin(), at in 0..14usize, by in 1..10u8) {
        let mut digits = gtin.into_bytes();
        digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
        let text = String::from_utf8(digits).unwrap();
        prop_assert!(read(&text).is_err());
    }
}
