//! The checks that the GS1 Syntax Dictionary names ("linters"), one variant each.
//!
//! A check sees one component of an AI's data, whose length and character set are already right.

mod characters;
mod codes;
mod coupon;
mod digits;
mod numbers;
mod time;

use std::borrow::Cow;

use chrono::NaiveDate;

use super::CodeErrorKind;

pub(super) use characters::first_foreign;
pub(super) use digits::check_digit;
pub(super) use time::date;

/// A check by its name in the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    Couponcode,
    Couponposoffer,
    Csum,
    Csumalpha,
    Gcppos1,
    Gcppos2,
    Hasnondigit,
    Hh,
    Hhmi,
    Hyphen,
    Iban,
    Importeridx,
    Iso3166,
    Iso3166999,
    Iso3166alpha2,
    Iso4217,
    Iso5218,
    Latitude,
    Longitude,
    Mediatype,
    Mi,
    Nonzero,
    Nozeroprefix,
    Packagetype,
    Pcenc,
    Pieceoftotal,
    Posinseqslash,
    Ss,
    Winding,
    Yesno,
    Yymmd0,
    Yymmdd,
    Yyyymmdd,
    Zero,
}

/// Why data breaks a rule, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: CodeErrorKind,
    /// Offset of the first wrong character in the data that was checked.
    pub(super) at: usize,
    /// The rule as a sentence without its subject, which is the AI.
    pub(super) why: Cow<'static, str>,
}

impl Fault {
    pub(super) fn new(kind: CodeErrorKind, at: usize, why: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, at, why: why.into() }
    }

    /// A coded value or a number that its rule does not allow.
    fn value(at: usize, why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(CodeErrorKind::InvalidCharacter, at, why)
    }

    /// The same fault in data of which this was a part that starts here.
    pub(super) fn from(mut self, start: usize) -> Self {
        self.at += start;
        self
    }
}

impl Check {
    /// Applies the check; `today` decides the century of two-digit years.
    pub(super) fn run(self, data: &str, today: NaiveDate) -> Result<(), Fault> {
        match self {
            Self::Couponcode => coupon::north_american(data, today),
            Self::Couponposoffer => coupon::positive_offer_file(data),
            Self::Csum => digits::has_check_digit(data),
            Self::Csumalpha => digits::has_check_characters(data),
            Self::Gcppos1 => digits::starts_with_company_prefix(data),
            Self::Gcppos2 => digits::starts_with_company_prefix(data.get(1..).unwrap_or_default())
                .map_err(|fault| fault.from(1)),
            Self::Hasnondigit => characters::has_a_letter(data),
            Self::Hh => time::below(data, 24, "hour"),
            Self::Hhmi => time::below(&data[..2], 24, "hour")
                .and_then(|()| time::below(&data[2..], 60, "minute").map_err(|f| f.from(2))),
            Self::Hyphen => characters::is_hyphens(data),
            Self::Iban => digits::is_iban(data),
            Self::Importeridx => characters::is_importer_index(data),
            // 999 stands for several countries.
            Self::Iso3166999 if data == "999" => Ok(()),
            Self::Iso3166 | Self::Iso3166999 => codes::is_country(data),
            Self::Iso3166alpha2 => codes::is_country_letters(data),
            Self::Iso4217 => codes::is_currency(data),
            Self::Iso5218 => codes::is_sex(data),
            Self::Latitude => numbers::at_most(data, 1_800_000_000, "a latitude"),
            Self::Longitude => numbers::at_most(data, 3_600_000_000, "a longitude"),
            Self::Mediatype => codes::is_media_type(data),
            Self::Mi => time::below(data, 60, "minute"),
            Self::Nonzero => numbers::is_not_zero(data),
            Self::Nozeroprefix => numbers::has_no_leading_zero(data),
            Self::Packagetype => codes::is_package_type(data),
            Self::Pcenc => characters::is_percent_encoded(data),
            Self::Pieceoftotal => numbers::is_piece_of_total(data),
            Self::Posinseqslash => numbers::is_position_in_sequence(data),
            Self::Ss => time::below(data, 60, "second"),
            Self::Winding => codes::is_winding(data),
            Self::Yesno => codes::is_yes_or_no(data),
            Self::Yymmd0 | Self::Yymmdd => time::date(data, self, today).map(|_| ()),
            Self::Yyyymmdd => time::full_date(data),
            Self::Zero => numbers::is_zero(data),
        }
    }
}
