//! Codes written again: canonical URI and element string.

use super::read;

/// URI section 4.12, ENGINE (dl, generate).
#[test]
fn the_canonical_uri_has_one_form() {
    for (input, expected) in [
        ("9520123456788", "https://id.gs1.org/01/09520123456788"),
        (
            "http://example.com/stem/01/9520123456788/22/2A/10/a%2db/21/c%2fd?98=z&17=261231&foo=1",
            "https://id.gs1.org/01/09520123456788/22/2A/10/a-b/21/c%2Fd?17=261231&98=z",
        ),
        (
            "(21)XYZ(01)12312312312333(10)ABC123(99)XYZ",
            "https://id.gs1.org/01/12312312312333/10/ABC123/21/XYZ?99=XYZ",
        ),
        (
            "(01)12312312312333(10)ABC+123(99)XYZ+QWERTY",
            "https://id.gs1.org/01/12312312312333/10/ABC%2B123?99=XYZ%2BQWERTY",
        ),
        (
            "(8017)795260646688514634(99)000001(253)9526064000028000001",
            "https://id.gs1.org/8017/795260646688514634?253=9526064000028000001&99=000001",
        ),
        (
            "(253)9526064000028000001(99)000001(01)12312312312326(10)DEF(95)INT",
            "https://id.gs1.org/253/9526064000028000001?01=12312312312326&10=DEF&95=INT&99=000001",
        ),
        (
            "https://example.com/01/12312312312326/235/ABC?10=DEF",
            "https://id.gs1.org/01/12312312312326/235/ABC?10=DEF",
        ),
        ("eh30164596f40c0e5cbe991a83", "https://id.gs1.org/01/09528765123457/21/123456789123"),
    ] {
        assert_eq!(read(input).expect(input).canonical_uri().as_deref(), Some(expected), "{input}");
    }
}

#[test]
fn a_code_without_a_digital_link_has_no_canonical_uri() {
    for input in [
        "(99)ABC",
        "(01)12312312312326(99)000001(8200)http://example.com(95)INT",
        "(01)12312312312326(235)TPX9526064(99)000001(22)ABC(95)INT",
        "(03)12312312312326",
    ] {
        assert_eq!(read(input).expect(input).canonical_uri(), None, "{input}");
    }
}

#[test]
fn the_element_string_has_separators_where_they_are_due() {
    for (input, expected) in [
        ("9520123456788", "0109520123456788"),
        ("https://a/01/09520123456788/10/AB/21/C?17=261231", "010952012345678810AB\u{1d}21C\u{1d}17261231"),
        ("(01)09520123456788(17)261231(10)AB", "01095201234567881726123110AB"),
    ] {
        assert_eq!(read(input).expect(input).element_string(), expected, "{input}");
    }
}
