//! Digital Link URIs that are read, and how their parts are told apart.

use super::super::CodeErrorKind::{
    self, DuplicateAi, InvalidCharacter, InvalidLength, NotAllowedHere, UnknownAi, Unreadable,
};
use super::super::parse_digital_link_path;
use super::{all_valid, read, today, with_brackets};

/// URI, ENGINE (dl).
#[test]
fn the_examples_of_the_uri_syntax_are_read() {
    all_valid(&[
        ("https://id.gs1.org/01/09520123456788", "(01)09520123456788"),
        ("https://brand.example.com/01/9520123456788", "(01)09520123456788"),
        ("https://brand.example.com/some-extra/pathinfo/01/9520123456788", "(01)09520123456788"),
        ("https://id.gs1.org/01/09520123456788/22/2A", "(01)09520123456788(22)2A"),
        ("https://id.gs1.org/01/09520123456788/10/ABC123", "(01)09520123456788(10)ABC123"),
        ("https://id.gs1.org/01/09520123456788/21/12345", "(01)09520123456788(21)12345"),
        (
            "https://id.gs1.org/01/09520123456788/10/ABC1/21/12345?17=180426",
            "(01)09520123456788(10)ABC1(21)12345(17)180426",
        ),
        ("https://id.gs1.org/01/09520123456788?3103=000195", "(01)09520123456788(3103)000195"),
        (
            "https://example.com/01/9520123456788?3103=000195&3922=0299&17=201225",
            "(01)09520123456788(3103)000195(3922)0299(17)201225",
        ),
        ("https://id.gs1.org/00/952012345678912345", "(00)952012345678912345"),
        (
            "https://id.gs1.org/00/952012345678912345?02=09520123456788&37=25&10=ABC123",
            "(00)952012345678912345(02)09520123456788(37)25(10)ABC123",
        ),
        ("https://id.gs1.org/414/9520123456788", "(414)9520123456788"),
        ("https://id.gs1.org/414/9520123456788/254/32a%2Fb", "(414)9520123456788(254)32a/b"),
        (
            "https://example.com/8004/9520614141234567?01=9520123456788",
            "(8004)9520614141234567(01)09520123456788",
        ),
        ("https://id.gs1.org/01/09520123456788/235/XYZ?10=ABC123", "(01)09520123456788(235)XYZ(10)ABC123"),
        ("https://a/01/12312312312333/22/TEST/10/ABC/21/XYZ", "(01)12312312312333(22)TEST(10)ABC(21)XYZ"),
        ("https://a/253/1231231231232TEST5678901234567", "(253)1231231231232TEST5678901234567"),
        ("https://a/8018/123456789012345675/8019/123", "(8018)123456789012345675(8019)123"),
        ("https://a/417/9520123456788/7040/1ABC", "(417)9520123456788(7040)1ABC"),
        ("https://a/415/9520123456788/8020/A%2B1", "(415)9520123456788(8020)A+1"),
        ("https://a/8006/095201234567880102/10/L/21/S", "(8006)095201234567880102(10)L(21)S"),
        ("https://a/8010/952012345%2FA-%23/8011/12", "(8010)952012345/A-#(8011)12"),
        // The engine refuses this: GenSpecs lets AI 22 stand beside 01 only. URI Syntax 4.9 allows it.
        ("https://a/8006/095201234567880102/22/2A", "(8006)095201234567880102(22)2A"),
    ]);
}

/// ENGINE (dl), RFC 3986.
#[test]
fn any_host_stem_and_fragment_may_surround_the_code() {
    for uri in [
        "http://a/00/006141411234567890",
        "HTTP://a/00/006141411234567890",
        "HTTPS://a/00/006141411234567890",
        // The engine refuses a scheme of mixed case; RFC 3986 section 3.1 does not.
        "HtTp://a/b/00/006141411234567890",
        "https://a/stem/00/006141411234567890",
        "https://a/more/stem/00/006141411234567890",
        "https://a/00/faux/00/006141411234567890",
        "https://xn--fsq.xn--0zwm56d/00/006141411234567890",
        "https://a./00/006141411234567890",
        "https://a:65535/00/006141411234567890",
        "https://192.0.2.1/00/006141411234567890",
        "https://[2001:db8::1]/00/006141411234567890",
        "https://[2001:db8::1]:8080/00/006141411234567890",
        // RESOLVER section 2.13; the engine refuses it.
        "https://a/stem/00/006141411234567890/",
        "https://a/stem/00/006141411234567890?",
        "https://a/stem/00/006141411234567890#",
        "https://a/stem/00/006141411234567890#fragment?99=A",
        "https://a/00/006141411234567890?linkType=gs1:pip&context=fr",
        "https://a/00/006141411234567890?&&&singleton&unknown=666&&&",
    ] {
        assert_eq!(with_brackets(&read(uri).expect(uri)), "(00)006141411234567890", "{uri}");
    }
}

/// URI section 4.10, ENGINE (dl).
#[test]
fn the_query_holds_attributes_and_what_is_not_of_gs1() {
    let gtin = "https://a/01/12312312312333";
    for (query, expected) in [
        ("?99=ABC&98=XYZ", "(99)ABC(98)XYZ"),
        ("?&&&99=ABC&&&&&&98=XYZ&&&", "(99)ABC(98)XYZ"),
        // A semicolon is a delimiter too (section 4.11); the engine takes it for data.
        ("?99=ABC;98=XYZ", "(99)ABC(98)XYZ"),
        ("?singleton1&unknown1=5&99=ABC&s2&98=XYZ&unknown3=7&s3", "(99)ABC(98)XYZ"),
        ("/22/ABC%2d123?99=ABC&98=XYZ%2f987", "(22)ABC-123(99)ABC(98)XYZ/987"),
        ("/22/ABC+123?98=XYZ%2B987", "(22)ABC+123(98)XYZ+987"),
        ("?99=A=B", "(99)A=B"),
        ("?99a=1&linkType=all", ""),
    ] {
        let uri = format!("{gtin}{query}");
        let code = read(&uri).expect(&uri);
        assert_eq!(with_brackets(&code), format!("(01)12312312312333{expected}"), "{uri}");
    }
    for (query, kind, ai, position) in [
        ("?99=", InvalidLength, "99", 31),
        ("?17", InvalidLength, "17", 30),
        ("?99=ABC&999=faux", UnknownAi, "999", 35),
        ("?99=XYZ&89=ABC123", UnknownAi, "89", 35),
        ("?98=XYZ+987", InvalidCharacter, "98", 34),
        ("?10=ABC123", NotAllowedHere, "10", 28),
        ("?21=ABC123", NotAllowedHere, "21", 28),
        ("?235=ABC123", NotAllowedHere, "235", 28),
        ("?8200=http:%2F%2Fa", NotAllowedHere, "8200", 28),
        ("?03=12312312312333", NotAllowedHere, "03", 28),
        ("/10/A?22=2A", NotAllowedHere, "22", 33),
        // URI Syntax lets the last one of a key win; the engine and RESOLVER 2.4 refuse repeats.
        ("?99=XYZ789&99=XYZ789", DuplicateAi, "99", 38),
        ("/10/A?99=XYZ789&01=12312312312333", DuplicateAi, "01", 43),
        ("/235/A?17=261301", CodeErrorKind::InvalidDate, "17", 39),
    ] {
        let uri = format!("{gtin}{query}");
        let error = read(&uri).expect_err(&uri);
        let found = (error.kind, error.ai.as_deref(), error.position);
        assert_eq!(found, (kind, Some(ai), Some(position)), "{uri}: {error}");
    }
}

#[test]
fn a_request_to_the_resolver_starts_with_its_key() {
    let read = |path: &str, query| parse_digital_link_path(path, query, today());
    for (path, query, expected) in [
        ("/01/09520123456788", None, "(01)09520123456788"),
        ("/01/9520123456788/", Some(""), "(01)09520123456788"),
        ("/01/09520123456788/10/A%2FB", Some("17=261231"), "(01)09520123456788(10)A/B(17)261231"),
        // Decoded once: the data is %41.
        ("/01/09520123456788/10/%2541", None, "(01)09520123456788(10)%41"),
        ("/eh30164596f40c0e5cbe991a83", None, "(01)09528765123457(21)123456789123"),
    ] {
        assert_eq!(with_brackets(&read(path, query).expect(path)), expected);
    }
    for (path, query, kind, position) in [
        ("/01/09520123456788/foo", None, UnknownAi, 19),
        ("/stem/01/09520123456788", None, Unreadable, 1),
        ("", None, Unreadable, 0),
        ("/", None, Unreadable, 0),
        ("/01", None, InvalidLength, 3),
        ("/eh30164596f40c0e5cbe991a83/10/A", None, Unreadable, 28),
        ("/01/09520123456788", Some("linkType=all&17=261301"), CodeErrorKind::InvalidDate, 37),
        ("/01/09520123456788", Some("17=26%"), InvalidCharacter, 24),
    ] {
        let error = read(path, query).expect_err(path);
        assert_eq!((error.kind, error.position), (kind, Some(position)), "{path}: {error}");
    }
}
