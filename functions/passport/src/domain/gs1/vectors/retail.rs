//! Plain GTINs, symbology identifiers and what they carry.

use super::super::CodeErrorKind::{self, InvalidCheckDigit, InvalidLength, Unreadable};
use super::{all_invalid, all_valid, parse, today, with_brackets};

/// SPECS, ENGINE (scandata).
#[test]
fn a_gtin_of_any_length_is_read() {
    all_valid(&[
        ("24012345678905", "(01)24012345678905"),
        ("2112233789657", "(01)02112233789657"),
        ("416000336108", "(01)00416000336108"),
        ("02345680", "(01)00000002345680"),
        (" 9520123456788\r\n", "(01)09520123456788"),
        ("9 520123 456788", "(01)09520123456788"),
    ]);
    all_invalid(&[
        ("24012345678909", InvalidCheckDigit, None, 13),
        ("2112233789658", InvalidCheckDigit, None, 12),
        ("416000336107", InvalidCheckDigit, None, 11),
        ("02345689", InvalidCheckDigit, None, 7),
        (" 9520123456789", InvalidCheckDigit, None, 13),
        ("9 520123 456789", InvalidCheckDigit, None, 14),
        ("952012345", InvalidLength, None, 9),
        ("", Unreadable, None, 0),
        ("  ", Unreadable, None, 2),
        ("hello", Unreadable, None, 0),
        ("é", Unreadable, None, 0),
    ]);
}

/// SPECS table 5-2, ENGINE (scandata).
#[test]
fn a_symbology_identifier_says_how_to_read() {
    for (input, symbology, expected) in [
        ("]E09520123456788", None, "(01)09520123456788"),
        ("9520123456788", Some("]E0"), "(01)09520123456788"),
        ("]E09520123456788", Some("]E0"), "(01)09520123456788"),
        ("]E00416000336108", None, "(01)00416000336108"),
        ("]E0416000336108", None, "(01)00416000336108"),
        ("]E402345673", None, "(01)00000002345673"),
        ("]E3952012345678812", None, "(01)09520123456788"),
        ("]E3952012345678812345", None, "(01)09520123456788"),
        ("]I124012345678905", None, "(01)24012345678905"),
        ("]E001234505", None, "(01)00012000003455"),
        ("]E09520123456788|]e010ABC", None, "(01)09520123456788(10)ABC"),
        ("]d20109520123456788", None, "(01)09520123456788"),
        ("]Q30109520123456788", None, "(01)09520123456788"),
        ("]C10109520123456788", None, "(01)09520123456788"),
        ("]e0010952012345678810ABC123", None, "(01)09520123456788(10)ABC123"),
        ("0109520123456788", Some("]J1"), "(01)09520123456788"),
        ("]Q1https://example.com/01/09520123456788", None, "(01)09520123456788"),
        ("]d1https://example.com/01/09520123456788", None, "(01)09520123456788"),
        ("]d19520123456788", None, "(01)09520123456788"),
        // 14 characters that are no GTIN, because the symbol says so.
        ("]d240112345678901", None, "(401)12345678901"),
    ] {
        let code = parse(input, symbology, today()).expect(input);
        assert_eq!(with_brackets(&code), expected, "{input}");
    }
}

#[test]
fn a_symbology_identifier_and_the_data_must_agree() {
    for (input, symbology, kind, position) in [
        ("]d20109520123456788", Some("]Q3"), Unreadable, Some(0)),
        ("]E09520123456788", Some("]e0"), Unreadable, Some(0)),
        ("9520123456788", Some("d2"), Unreadable, None),
        ("9520123456788", Some(""), Unreadable, None),
        ("]E112", None, Unreadable, None),
        ("]E095201234567", None, InvalidLength, Some(14)),
        ("]E49520123456788", None, InvalidLength, Some(16)),
        ("]I19520123456788", None, InvalidLength, Some(16)),
        ("]E09520123456789", None, InvalidCheckDigit, Some(15)),
        ("]E011234505", None, InvalidLength, Some(11)),
        ("]Q10109520123456788", None, InvalidLength, Some(19)),
        ("]Q1TESTING", None, Unreadable, Some(3)),
        ("]d2https://example.com/01/09520123456788", None, CodeErrorKind::UnknownAi, Some(3)),
        ("]d2", None, Unreadable, Some(3)),
        ("]", None, Unreadable, Some(0)),
    ] {
        let error = parse(input, symbology, today()).expect_err(input);
        assert_eq!((error.kind, error.position), (kind, position), "{input}: {error}");
    }
}

#[test]
fn nothing_longer_than_a_barcode_is_read() {
    let error = parse(&"9".repeat(8_001), None, today()).unwrap_err();
    assert_eq!(error.kind, Unreadable);
}
