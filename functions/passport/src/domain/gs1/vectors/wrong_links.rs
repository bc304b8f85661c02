//! Web addresses that are no Digital Link URIs, and EPC binary strings.

use super::super::CodeErrorKind::{
    DuplicateAi, InvalidCharacter, InvalidCheckDigit, InvalidLength, MissingRequired, NotAllowedHere,
    QualifierOrder, UnknownAi, Unreadable,
};
use super::{all_invalid, all_valid};

#[test]
fn what_is_no_digital_link_is_refused() {
    all_invalid(&[
        ("ftp://", Unreadable, None, 0),
        ("http://", Unreadable, None, 7),
        ("http:///", Unreadable, None, 7),
        ("http://a", Unreadable, None, 0),
        ("http://a/", Unreadable, None, 0),
        ("http://a/b/", Unreadable, None, 9),
        ("https://00/006141411234567890", Unreadable, None, 11),
        ("https://a@b/01/09520123456788", Unreadable, None, 8),
        ("https://a:b/01/09520123456788", Unreadable, None, 8),
        ("https://[fe80::1%25lo]/01/12312312312333", Unreadable, None, 8),
        ("https://example.com/example", Unreadable, None, 20),
        // Names for AIs were removed in release 1.3.
        ("https://a/gtin/12312312312333", Unreadable, None, 10),
        ("https://a/01/12312312312333/lot/A", UnknownAi, None, 28),
        ("https://a/01/09520123456788/foo", UnknownAi, None, 28),
        ("https://a/01/09520123456789", InvalidCheckDigit, Some("01"), 26),
        ("https://a/01/9520123456789", InvalidCheckDigit, Some("01"), 25),
        ("https://a/01/952012345678", InvalidCheckDigit, Some("01"), 24),
        ("https://a/01/95201234567", InvalidLength, Some("01"), 24),
        ("https://a/01/095201234567880", InvalidLength, Some("01"), 27),
        ("https://a/253/1231231231232TEST56789012345678", InvalidLength, Some("253"), 44),
    ]);
}

#[test]
fn data_in_a_digital_link_is_whole_and_percent_encoded() {
    all_invalid(&[
        ("https://a/01//10/A", InvalidLength, Some("01"), 13),
        ("https://a/01/09520123456788/10", InvalidLength, Some("10"), 30),
        ("https://a/01/09520123456788/10/", InvalidLength, Some("10"), 30),
        ("https://a/01/09520123456788/10/AB/CD", UnknownAi, None, 34),
        ("https://a/01/09520123456788/10/A%2zB", InvalidCharacter, None, 32),
        ("https://a/01/09520123456788/10/A%", InvalidCharacter, None, 32),
        ("https://a/01/09520123456788/10/A B", InvalidCharacter, None, 32),
        ("https://a/01/09520123456788/10/A%20B", InvalidCharacter, Some("10"), 32),
        ("https://a/01/09520123456788/10/%2F%20B", InvalidCharacter, Some("10"), 34),
        ("https://a/01/09520123456788/10/A%00", InvalidCharacter, Some("10"), 32),
        ("https://a/01/09520123456788/10/A%FF", InvalidCharacter, Some("10"), 32),
        ("https://a/01/09520123456788/10/A%C3%A9", InvalidCharacter, Some("10"), 32),
        ("https://a/415/9520123456788", MissingRequired, Some("415"), 10),
    ]);
}

/// URI section 4.9, RESOLVER section 2.4.1.
#[test]
fn qualifiers_stand_in_their_order_and_attributes_in_the_query() {
    all_invalid(&[
        ("https://a/01/09520123456788/21/S1/10/L1", QualifierOrder, Some("10"), 34),
        ("https://a/01/09520123456788/10/L1/22/2A", QualifierOrder, Some("22"), 34),
        ("https://a/01/09520123456788/21/S1/22/2A", QualifierOrder, Some("22"), 34),
        ("https://a/01/09520123456788/10/A/10/B", DuplicateAi, Some("10"), 33),
        ("https://a/01/09520123456788/10/A/10/A", DuplicateAi, Some("10"), 33),
        ("https://a/01/09520123456788/10/A/235/B", NotAllowedHere, Some("235"), 33),
        ("https://a/01/09520123456788/17/261231", NotAllowedHere, Some("17"), 28),
        ("https://a/01/09520123456788/99/ABC", NotAllowedHere, Some("99"), 28),
        ("https://a/01/09520123456788/89/ABC123?99=XYZ", UnknownAi, Some("89"), 28),
        ("https://a/414/9520123456788/254/A/7040/1ABC", NotAllowedHere, Some("7040"), 34),
        ("https://a/00/006141411234567890/10/A", NotAllowedHere, Some("10"), 32),
    ]);
}

/// EPC section 4.2: one SGTIN-96 in both spellings, and what the Tag Data Standard says.
#[test]
fn epc_binary_strings_are_read() {
    let expected = "(01)09528765123457(21)123456789123";
    all_valid(&[
        ("https://example.com/eh30164596f40c0e5cbe991a83", expected),
        ("https://example.com/exMBZFlvQMDly-mRqD", expected),
        ("https://example.com/stem/eh30164596f40c0e5cbe991a83/", expected),
        ("eh30164596f40c0e5cbe991a83", expected),
        ("https://example.com/exMBZFlvQMDly-mRqD?17=261231", "(01)09528765123457(21)123456789123(17)261231"),
        // SGTIN-198 of the Tag Data Standard, annex E.3; also filled up to a word of 16 bits.
        ("eh3674257bf6b7a659b2c2bf1000000000000000000000000000", "(01)70614141123451(21)32a/b"),
        ("eh3674257bf6b7a659b2c2bf100000000000000000000000000000", "(01)70614141123451(21)32a/b"),
        ("exNnQle_a3plmywr8QAAAAAAAAAAAAAAAAA", "(01)70614141123451(21)32a/b"),
        ("eh3074257bf7194e4000001a85", "(01)80614141123458(21)6789"),
    ]);
    all_invalid(&[
        ("eh30164596f40c0e5cbe991a8300", InvalidLength, None, 0),
        ("https://example.com/eh3016", InvalidLength, None, 20),
        ("https://example.com/eh", Unreadable, None, 20),
        ("https://example.com/eh310000000000000000000000", Unreadable, None, 20),
        ("https://example.com/eh30164596F40C0E5CBE991A83", Unreadable, None, 20),
        ("https://example.com/exMBZFlvQMDly+mRqD", Unreadable, None, 20),
        // Partition 7 is not defined.
        ("https://example.com/eh301c00000000000000000000", InvalidCharacter, None, 20),
        // An SGTIN-198 without a serial number.
        (
            "https://example.com/eh3674257bf7194e400000000000000000000000000000000000",
            InvalidCharacter,
            None,
            20,
        ),
    ]);
}
