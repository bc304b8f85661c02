//! Check digits and check characters, and what stands in front of them.

use super::super::CodeErrorKind::{InvalidCheckDigit, InvalidLength};
use super::{Fault, codes};

/// The shortest GS1 Company Prefix.
const SHORTEST_COMPANY_PREFIX: usize = 4;

/// The modulo 10 check digit of a text of digits, itself excluded: weights 3, 1, 3, … from the right.
///
/// GS1 General Specifications section 7.9.1.
pub(in super::super) fn check_digit(digits_before: &[u8]) -> u8 {
    let weights = [3, 1].into_iter().cycle();
    let weighted = digits_before.iter().rev().zip(weights);
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit & 0xf) * weight).sum();
    [b'0', b'9', b'8', b'7', b'6', b'5', b'4', b'3', b'2', b'1'][(sum % 10) as usize]
}

pub(super) fn has_check_digit(data: &str) -> Result<(), Fault> {
    let Some((last, before)) = data.as_bytes().split_last() else {
        return Err(Fault::new(InvalidLength, 0, "it has no check digit"));
    };
    let expected = check_digit(before);
    if *last == expected {
        return Ok(());
    }
    let why = format!(
        "its check digit is {}, but the digits before it ask for {}",
        char::from(*last),
        char::from(expected)
    );
    Err(Fault::new(InvalidCheckDigit, before.len(), why))
}

/// Set 82 in the order of its values, GS1 General Specifications table 7-18.
const SET_82: &str = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// The characters of a check character pair in the order of their values, table 7-19.
const SET_32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// The weights of the characters from the right, as many as an alphanumeric key has.
const PRIMES: [usize; 23] =
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];

/// The pair of check characters of the GMN and the MUDI, section 7.9.5.
pub(super) fn has_check_characters(data: &str) -> Result<(), Fault> {
    let bytes = data.as_bytes();
    let Some((before, pair)) = bytes.split_last_chunk::<2>() else {
        return Err(Fault::new(InvalidLength, 0, "it has no pair of check characters"));
    };
    let value = |byte: &u8| SET_82.bytes().position(|other| other == *byte).unwrap_or_default();
    let weighted = before.iter().rev().zip(PRIMES);
    let sum = weighted.map(|(byte, prime)| value(byte) * prime).sum::<usize>() % 1021;
    let expected = [SET_32[sum >> 5], SET_32[sum & 31]];
    if *pair == expected {
        return Ok(());
    }
    let text = |pair: [u8; 2]| pair.map(char::from).iter().collect::<String>();
    let why = format!(
        "its check characters are {}, but the characters before them ask for {}",
        text(*pair),
        text(expected)
    );
    Err(Fault::new(InvalidCheckDigit, before.len(), why))
}

pub(super) fn starts_with_company_prefix(data: &str) -> Result<(), Fault> {
    let prefix = data.as_bytes().iter().take(SHORTEST_COMPANY_PREFIX);
    if let Some(at) = prefix.clone().position(|byte| !byte.is_ascii_digit()) {
        return Err(Fault::value(at, "it must start with the digits of a GS1 Company Prefix"));
    }
    if prefix.len() < SHORTEST_COMPANY_PREFIX {
        let why = "it is too short to start with a GS1 Company Prefix";
        return Err(Fault::new(InvalidLength, data.len(), why));
    }
    Ok(())
}

/// International Bank Account Number, ISO 13616-1.
pub(super) fn is_iban(data: &str) -> Result<(), Fault> {
    let foreign = |byte: u8| !byte.is_ascii_digit() && !byte.is_ascii_uppercase();
    if let Some(at) = data.bytes().position(foreign) {
        return Err(Fault::value(at, "an IBAN has digits and capital letters only"));
    }
    if !(11..=34).contains(&data.len()) {
        return Err(Fault::new(InvalidLength, data.len(), "an IBAN has 11 to 34 characters"));
    }
    let (head, account) = data.split_at(4);
    codes::is_country_letters(&head[..2])?;
    let remainder = account.bytes().chain(head.bytes()).fold(0, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        letter => (remainder * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    if remainder == 1 {
        return Ok(());
    }
    Err(Fault::new(InvalidCheckDigit, 2, "the check digits of the IBAN are wrong"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pair_of_check_characters_is_the_one_of_the_general_specifications() {
        for good in [
            "1987654Ad4X4bL5ttr2310c2K",
            "12345678901234567890123NT",
            "12345_ABCDEFGHIJKLMCP",
            "12345_abcdefghijklmN3",
            "12345_!\"%&'()*+,-./LC",
            "12345_0123456789:;<=>?62",
            "7907665Bm8v2AB",
            "99999zzzzzzzzzzzzzzzzzzT2",
            "00000!HV",
        ] {
            assert_eq!(has_check_characters(good), Ok(()), "{good}");
        }
        let wrong = has_check_characters("1987654Ad4X4bL5ttr2310cXK").unwrap_err();
        assert_eq!((wrong.kind, wrong.at), (InvalidCheckDigit, 23));
        assert_eq!(has_check_characters("A").unwrap_err().kind, InvalidLength);
    }

    #[test]
    fn an_iban_is_checked_by_its_two_digits() {
        for good in [
            "FR7630006000011234567890189",
            "DE91100000000123456789",
            "GR9608100010000001234567890",
            "MU43BOMM0101123456789101000MUR",
            "CH5604835012345678009",
            "GB98MIDL07009312345678",
            "BE71096123456769",
            "MT90MALT011000012345MTLCAST001SABC",
        ] {
            assert_eq!(is_iban(good), Ok(()), "{good}");
        }
        assert_eq!(is_iban("BE71096123456760").unwrap_err().kind, InvalidCheckDigit);
        assert_eq!(is_iban("FR1234").unwrap_err().kind, InvalidLength);
        assert_eq!(is_iban("FR12_45678901234").unwrap_err().at, 4);
        assert_eq!(is_iban("AB12345678901234").unwrap_err().at, 0);
    }
}
