//! Data for every line of the dictionary, good and bad (ENGINE linters, SPECS section 3).

use super::super::CodeError;
use super::super::CodeErrorKind::{self, InvalidCharacter, InvalidCheckDigit, InvalidDate, InvalidLength};
use super::super::dictionary::lookup;
use super::super::element_string::GROUP_SEPARATOR;
use super::super::reader::{Escape, Raw, Reader};
use super::today;

fn data(ai: &str, text: &str) -> Result<(), CodeError> {
    assert!(!text.contains(GROUP_SEPARATOR));
    let ai = lookup(ai).expect(ai);
    Reader::new(today()).add(ai, 0, Raw { text, at: 0, escape: Escape::None })
}

#[test]
fn good_data_is_taken() {
    for (ai, good) in [
        ("00", "123456789012345675"),
        ("01", "12345678901231"),
        ("02", "12345678901231"),
        ("03", "12345678901231"),
        ("10", "A!\"%&'()*+,-./:;<=>?"),
        ("11", "991200"),
        ("12", "261231"),
        ("20", "00"),
        ("235", "ABCDEFGHIJKLMNOPQRSTUVWXYZab"),
        ("242", "123456"),
        ("253", "1231231231232"),
        ("253", "1231231231232TEST5678901234567"),
        ("255", "1234567890128123456789012"),
        ("30", "99999999"),
        ("3695", "000000"),
        ("3909", "1"),
        ("3910", "978123456789012345"),
        ("3943", "0050"),
        ("3955", "000299"),
        ("401", "1234567890ABC"),
        ("402", "12345678901234560"),
        ("414", "9520123456788"),
        ("421", "5281234AB"),
        ("422", "144"),
        ("423", "528276250380056"),
        ("427", "NSW"),
        ("4302", "Main%20Street%2C+1"),
        ("4307", "LK"),
        ("4309", "18000000003600000000"),
        ("4323", "1"),
        ("4324", "2612002359"),
        ("4326", "261231"),
        ("4330", "000123"),
        ("4331", "000123-"),
        ("7003", "2612312359"),
        ("7011", "261231"),
        ("7011", "2612311200"),
        ("7030", "999ABC"),
        ("7039", "144A"),
        ("7040", "1ABC"),
        ("7040", "1AB_"),
        ("7041", "X11"),
        ("717", "ABC"),
        ("7239", "AB1"),
        ("7241", "80"),
        ("7250", "19991231"),
        ("7251", "199912312359"),
        ("7252", "9"),
        ("7258", "1/3"),
        ("8001", "12341234512398"),
        ("8003", "00000000000000"),
        ("8004", "0000"),
        ("8006", "123456789012310102"),
        ("8007", "GB98MIDL07009312345678"),
        ("8008", "26123123"),
        ("8008", "2612312359"),
        ("8008", "261231235959"),
        ("8010", "0200#-/A"),
        ("8011", "1"),
        ("8013", "1987654Ad4X4bL5ttr2310c2K"),
        ("8014", "1987654Ad4X4bL5ttr2310c2K"),
        ("8017", "123456789012345675"),
        ("8030", "-_Az09=="),
        ("8040", "123456789012345"),
        ("8042", "12345678901234567890123456789012"),
        ("8043", "12345678901234567812"),
        ("8110", "012345612345611110123"),
        ("8112", "001234561234560123456"),
        ("8200", "http://example.com/a?b=c"),
        ("90", "A"),
        ("99", "A"),
    ] {
        assert_eq!(data(ai, good), Ok(()), "({ai}){good}");
    }
}

#[test]
fn bad_data_is_refused_with_its_rule_and_place() {
    let bad: &[(&str, &str, CodeErrorKind, usize)] = &[
        ("00", "123456789012345670", InvalidCheckDigit, 17),
        ("10", "ABC#", InvalidCharacter, 3),
        ("10", "123456789012345678901", InvalidLength, 20),
        ("11", "26130", InvalidLength, 5),
        ("11", "261301", InvalidDate, 2),
        ("11", "261232", InvalidDate, 4),
        ("401", "123", InvalidLength, 3),
        ("7023", "12A4", InvalidCharacter, 2),
        ("426", "987", InvalidCharacter, 0),
        ("423", "528987", InvalidCharacter, 3),
        ("7030", "987ABC", InvalidCharacter, 0),
        ("4307", "AA", InvalidCharacter, 0),
        ("4307", "lk", InvalidCharacter, 0),
        ("3910", "9870", InvalidCharacter, 0),
        ("4300", "ABC%0g", InvalidCharacter, 3),
        ("4309", "18000000010000000000", InvalidCharacter, 0),
        ("4309", "00000000003600000001", InvalidCharacter, 10),
        ("4321", "2", InvalidCharacter, 0),
        ("4324", "2012252400", InvalidDate, 6),
        ("4324", "2012252360", InvalidDate, 8),
        ("4326", "201300", InvalidDate, 2),
        ("4326", "201200", InvalidDate, 4),
        ("4330", "000000X", InvalidCharacter, 6),
        ("7040", "1AB=", InvalidCharacter, 3),
        ("7041", "0000", InvalidCharacter, 0),
        ("7241", "11", InvalidCharacter, 0),
        ("7250", "19990229", InvalidDate, 6),
        ("7252", "5", InvalidCharacter, 0),
        ("7258", "111", InvalidCharacter, 0),
        ("7258", "0/3", InvalidCharacter, 0),
        ("7258", "2/1", InvalidCharacter, 0),
        ("8001", "12340000012311", InvalidCharacter, 4),
        ("8001", "12341234512321", InvalidCharacter, 12),
        ("8003", "112345678901281234567890123456", InvalidCharacter, 0),
        ("8006", "123456789012310099", InvalidCharacter, 14),
        ("8007", "FR1234", InvalidLength, 6),
        ("8007", "FR12345678901234", InvalidCheckDigit, 2),
        ("8007", "AB12345678901234", InvalidCharacter, 0),
        ("8008", "201225230060", InvalidDate, 10),
        ("8008", "2012252", InvalidLength, 7),
        ("8010", "123456_", InvalidCharacter, 6),
        ("8010", "12345a", InvalidCharacter, 5),
        ("8011", "023456789012", InvalidCharacter, 0),
        ("8013", "123456ABXX", InvalidCheckDigit, 8),
        ("8013", "A", InvalidLength, 0),
        ("8014", "12345678901234567890123", InvalidCheckDigit, 21),
        ("8026", "123456789012310302", InvalidCharacter, 14),
        ("8030", "ABC:123", InvalidCharacter, 3),
        ("8110", "71234567890123", InvalidCharacter, 0),
        ("8112", "0", InvalidLength, 1),
    ];
    for (ai, bad, kind, position) in bad {
        let error = data(ai, bad).expect_err(bad);
        assert_eq!((error.kind, error.position), (*kind, Some(*position)), "({ai}){bad}: {error}");
        assert_eq!(error.ai.as_deref(), Some(*ai));
    }
}
