//! Element strings with and without brackets.

use chrono::NaiveDate;

use super::super::CodeErrorKind::{
    DuplicateAi, InvalidCharacter, InvalidCheckDigit, InvalidDate, InvalidLength, MissingRequired,
    NotAllowedHere, UnknownAi, Unreadable,
};
use super::{all_invalid, all_valid, read};

/// ENGINE (ai), in the engine's notation: `^` is FNC1.
#[test]
fn the_engines_unbracketed_strings_are_read_alike() {
    all_valid(&[
        ("^991234", "(99)1234"),
        ("^0112345678901231", "(01)12345678901231"),
        ("^0112345678901231^", "(01)12345678901231"),
        ("^0112345678901231991234", "(01)12345678901231(99)1234"),
        ("^0112345678901231^991234", "(01)12345678901231(99)1234"),
        ("^0112345678901231242123456^10ABC123", "(01)12345678901231(242)123456(10)ABC123"),
        ("^2421^0112345678901231", "(242)1(01)12345678901231"),
        ("^2551234567890128^81111234", "(255)1234567890128(8111)1234"),
        ("^800112341234512398^0112345678901231", "(8001)12341234512398(01)12345678901231"),
        ("^0112345678901231423528528528528528", "(01)12345678901231(423)528528528528528"),
        ("^0112345678901231423528", "(01)12345678901231(423)528"),
        ("^01123456789012317007211225211231", "(01)12345678901231(7007)211225211231"),
        ("^01123456789012317007211225", "(01)12345678901231(7007)211225"),
        ("^800302112345678900ABC", "(8003)02112345678900ABC"),
        ("^800302112345678900", "(8003)02112345678900"),
        ("^01123456789012317230123", "(01)12345678901231(7230)123"),
        ("\u{1d}0112345678901231", "(01)12345678901231"),
        ("0109520123456788172612001012A\u{1d}21B", "(01)09520123456788(17)261200(10)12A(21)B"),
        ("(01)12345678901231(10)12345\\(11)991225", "(01)12345678901231(10)12345(11)991225"),
    ]);
    all_invalid(&[
        ("^", Unreadable, None, 1),
        ("^891234", UnknownAi, Some("89"), 1),
        ("^99~ABC", InvalidCharacter, Some("99"), 3),
        ("^99ABC~", InvalidCharacter, Some("99"), 6),
        ("^01A2345678901231", InvalidCharacter, Some("01"), 3),
        ("^011234567890123A", InvalidCharacter, Some("01"), 16),
        ("^0112345678901234", InvalidCheckDigit, Some("01"), 16),
        ("^011234567890123", InvalidLength, Some("01"), 16),
        ("^01123456789012312", UnknownAi, None, 17),
        ("^011234567890123^", InvalidLength, Some("01"), 16),
        ("^01123456789012345^991234", InvalidCheckDigit, Some("01"), 16),
        ("^2421234567", InvalidLength, Some("242"), 10),
        ("^8111123", InvalidLength, Some("8111"), 8),
        ("^811112345", InvalidLength, Some("8111"), 9),
        ("^80011234123451239", InvalidLength, Some("8001"), 18),
        ("^8001123412345123981", InvalidLength, Some("8001"), 19),
        ("^70072112252", InvalidLength, Some("7007"), 12),
        ("^70072112252212311", InvalidLength, Some("7007"), 17),
        ("^800302112345678901ABC", InvalidCheckDigit, Some("8003"), 18),
        ("^800302112345678900ABCDEFGHIJKLMNOPQ", InvalidLength, Some("8003"), 35),
        ("^723012", InvalidLength, Some("7230"), 7),
        ("^4235", InvalidLength, Some("423"), 5),
        ("^4235285", InvalidLength, Some("423"), 8),
        ("^4235285285285285285", InvalidLength, Some("423"), 19),
    ]);
}

/// ENGINE (ai).
#[test]
fn the_engines_bracketed_strings_are_read_alike() {
    all_valid(&[
        ("(01)12345678901231", "(01)12345678901231"),
        ("(01)12345678901231(10)12345", "(01)12345678901231(10)12345"),
        ("(01)12345678901231(10)12345(11)991225", "(01)12345678901231(10)12345(11)991225"),
        ("(01)95012345678903(3103)000123", "(01)95012345678903(3103)000123"),
        ("(01)12345678901231(10)12345\\(", "(01)12345678901231(10)12345("),
    ]);
    all_invalid(&[
        ("(10)(11)98765", InvalidLength, Some("10"), 4),
        ("(01)12345678901231(11)", InvalidLength, Some("11"), 22),
        ("(1A)12345", UnknownAi, None, 1),
        ("()12345", UnknownAi, None, 1),
        ("(1)12345", UnknownAi, None, 1),
        ("(12345)12345", UnknownAi, None, 1),
        ("(15", Unreadable, None, 0),
        ("(", Unreadable, None, 0),
        ("(01)123456789012312(10)12345", InvalidLength, Some("01"), 18),
        ("(10)12345^", InvalidCharacter, Some("10"), 9),
        ("(17)9(90)217", InvalidLength, Some("17"), 5),
        ("(10) ", InvalidCharacter, Some("10"), 4),
        ("(00)A23456789012345675", InvalidCharacter, Some("00"), 4),
        ("(01)95012345678902(3103)000123", InvalidCheckDigit, Some("01"), 17),
        ("(01)95012345678903(11)131313", InvalidDate, Some("11"), 24),
        ("(01)09520123456788(10)a\\(b~", InvalidCharacter, Some("10"), 26),
    ]);
}

/// ENGINE (ai), SPECS section 4.13.
#[test]
fn ais_that_exclude_each_other_do_not_stand_together() {
    all_invalid(&[
        ("(01)12345678901231(02)12345678901231", NotAllowedHere, Some("02"), 19),
        ("(99)A(01)12345678901231(02)12345678901231", NotAllowedHere, Some("02"), 24),
        ("(01)12345678901231(255)5412345000150", NotAllowedHere, Some("01"), 1),
        ("(01)12345678901231(37)123", NotAllowedHere, Some("01"), 1),
        ("(01)12345678901231(21)ABC(235)XYZ", NotAllowedHere, Some("21"), 19),
        ("(255)5412345000150(3940)1234(8111)9999", NotAllowedHere, Some("3940"), 19),
        ("(255)5412345000150(3940)1234(3941)9999", NotAllowedHere, Some("3940"), 19),
        ("(01)12345678901231(3100)123456(3103)123456", NotAllowedHere, Some("3100"), 19),
    ]);
}

/// ENGINE (ai); the engine's older answers for AI 37 follow an older dictionary.
#[test]
fn an_ai_stands_with_what_it_needs() {
    all_valid(&[
        (
            "(02)12345678901231(37)123(00)123456789012345675",
            "(02)12345678901231(37)123(00)123456789012345675",
        ),
        ("(21)ABC123(8006)123456789012310510", "(21)ABC123(8006)123456789012310510"),
        ("(01)12345678901231(21)XYZ999(250)ABC123", "(01)12345678901231(21)XYZ999(250)ABC123"),
        ("(01)12345678901231(3925)12599(3105)654321", "(01)12345678901231(3925)12599(3105)654321"),
        ("(01)12345678901231(3925)12599(30)123", "(01)12345678901231(3925)12599(30)123"),
        ("(8030)DIGSIG(00)123456789012345675", "(8030)DIGSIG(00)123456789012345675"),
        ("(8030)DIGSIG(01)12345678901231(21)A", "(8030)DIGSIG(01)12345678901231(21)A"),
        ("(8030)DIGSIG(253)1234567890128X", "(8030)DIGSIG(253)1234567890128X"),
        ("(8030)DIGSIG(8010)1234567890(8011)123", "(8030)DIGSIG(8010)1234567890(8011)123"),
        ("(253)1234567890128", "(253)1234567890128"),
    ]);
    all_invalid(&[
        ("(10)12345", MissingRequired, Some("10"), 1),
        ("(02)12345678901231", MissingRequired, Some("02"), 1),
        ("(02)12345678901231(37)123", MissingRequired, Some("37"), 19),
        ("(21)ABC123", MissingRequired, Some("21"), 1),
        ("(01)12345678901231(250)ABC123", MissingRequired, Some("250"), 19),
        ("(01)12345678901231(3925)12599", MissingRequired, Some("3925"), 19),
        ("(8030)DIGSIG", MissingRequired, Some("8030"), 1),
        ("(8030)DIGSIG(01)12345678901231", MissingRequired, Some("8030"), 1),
        ("(8030)DIGSIG(8010)1234567890", MissingRequired, Some("8030"), 1),
        ("(253)1234567890128(8030)ABC123", MissingRequired, Some("253"), 1),
        ("(8003)01234567890128(8030)ABC123", MissingRequired, Some("8003"), 1),
    ]);
}

/// ENGINE (ai): two symbols on one label may repeat an AI, with the same data.
#[test]
fn an_ai_may_be_repeated_with_the_same_data_only() {
    all_valid(&[("(400)ABC(400)ABC", "(400)ABC"), ("(400)ABC(99)DEF(400)ABC", "(400)ABC(99)DEF")]);
    all_invalid(&[
        ("(400)ABC(400)AB", DuplicateAi, Some("400"), 9),
        ("(400)ABC(400)ABC(400)XYZ", DuplicateAi, Some("400"), 17),
        ("(99)ABC(400)ABC(400)XYZ", DuplicateAi, Some("400"), 16),
    ]);
}

#[test]
fn a_food_label_says_its_dates_weight_and_count() {
    let code = read("0109520123456788310300195015261200172612311026-A\u{1d}304").unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    assert_eq!(code.gtin().unwrap().to_string(), "09520123456788");
    assert_eq!(code.lot(), Some("26-A"));
    assert_eq!(code.use_by(), day("2026-12-31"));
    assert_eq!(code.best_before(), day("2026-12-31"));
    assert_eq!((code.packed_on(), code.produced_on()), (None, None));
    assert_eq!(code.net_weight().unwrap().to_string(), "1.950");
    assert_eq!(code.count(), Some(4));
    assert_eq!((code.cpv(), code.serial(), code.tpx()), (None, None, None));
    let light = read("(01)09520123456788(3105)000195(13)261101(11)261100").unwrap();
    assert_eq!(light.net_weight().unwrap().to_string(), "0.00195");
    assert_eq!(light.packed_on(), day("2026-11-01"));
    assert_eq!(light.produced_on(), day("2026-11-30"));
    assert_eq!(read("(01)09520123456788(3100)000195").unwrap().net_weight().unwrap().to_string(), "195");
}

#[test]
fn an_error_is_a_sentence_that_names_the_ai_and_the_rule() {
    for (input, sentence) in [
        ("(01)09520123456788(17)261301", "AI 17 (USE BY or EXPIRY): there is no month 13."),
        ("(01)09520123456788(17)270229", "AI 17 (USE BY or EXPIRY): there is no day 29 in February 2027."),
        ("(01)09520123456789", "AI 01 (GTIN): its check digit is 9, but the digits before it ask for 8."),
        ("(10)ABC", "AI 10 (BATCH/LOT) needs AI 01, or 02, or 03, or 8006, or 8026."),
        (
            "(8030)A(01)09520123456788",
            "AI 8030 (DIGSIG) needs AI 00, or 01 with 21, or 03 with 21, or 253, or 255, or 8003, or 8004, or 8006 with 21, or 8010 with 8011, or 8017, or 8018.",
        ),
        ("(01)09520123456788(10)A B", "AI 10 (BATCH/LOT): ' ' is no character that it may have."),
    ] {
        assert_eq!(read(input).unwrap_err().to_string(), sentence);
    }
}
