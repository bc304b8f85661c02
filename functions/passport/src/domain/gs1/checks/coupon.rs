//! North American coupon codes, AIs 8110 and 8112.

use chrono::NaiveDate;

use super::super::CodeErrorKind::{InvalidCharacter, InvalidDate, InvalidLength};
use super::{Check, Fault, time};

/// Reads a coupon's digits field by field.
struct Fields<'a> {
    data: &'a str,
    at: usize,
}

impl<'a> Fields<'a> {
    fn of(data: &'a str) -> Result<Self, Fault> {
        match data.bytes().position(|byte| !byte.is_ascii_digit()) {
            Some(at) => Err(Fault::value(at, "a coupon code has digits only")),
            None => Ok(Self { data, at: 0 }),
        }
    }

    fn take(&mut self, length: usize, what: &str) -> Result<&'a str, Fault> {
        let field = self.data.get(self.at..self.at + length).ok_or_else(|| {
            Fault::new(InvalidLength, self.data.len(), format!("its {what} is missing or cut off"))
        })?;
        self.at += length;
        Ok(field)
    }

    /// One digit out of `allowed`, as a number.
    fn digit(&mut self, allowed: &str, what: &str) -> Result<usize, Fault> {
        let digit = self.take(1, what)?;
        if allowed.contains(digit) {
            return Ok(usize::from(digit.as_bytes()[0] - b'0'));
        }
        let why = format!("its {what} cannot be {digit}");
        Err(Fault::new(InvalidCharacter, self.at - 1, why))
    }

    /// A digit that says how long the field behind it is, and that field; `extra` more than it says.
    fn counted(&mut self, allowed: &str, extra: usize, what: &str) -> Result<(), Fault> {
        let length = self.digit(allowed, what)? + extra;
        self.take(length, what).map(|_| ())
    }

    /// Whether the optional field with this number stands here; if so, reads its number.
    fn begins(&mut self, number: &str) -> bool {
        let begins = self.data[self.at..].starts_with(number);
        self.at += usize::from(begins);
        begins
    }

    fn date(&mut self, today: NaiveDate) -> Result<NaiveDate, Fault> {
        let start = self.at;
        let digits = self.take(6, "date")?;
        time::date(digits, Check::Yymmdd, today).map_err(|fault| fault.from(start))
    }

    /// What and how many to buy.
    fn purchase(&mut self) -> Result<(), Fault> {
        self.counted("12345", 0, "purchase requirement")?;
        self.digit("012349", "purchase requirement code")?;
        self.take(3, "family code").map(|_| ())
    }

    /// The company prefix of a further purchase; 9 means the first company's.
    fn further_company(&mut self) -> Result<(), Fault> {
        if self.begins("9") {
            return Ok(());
        }
        self.counted("0123456", 6, "company prefix")
    }

    fn end(&self) -> Result<(), Fault> {
        if self.at == self.data.len() {
            return Ok(());
        }
        Err(Fault::new(InvalidLength, self.at, "there is more data than a coupon code has"))
    }
}

/// AI 8110: North American Coupon Application Guideline.
pub(super) fn north_american(data: &str, today: NaiveDate) -> Result<(), Fault> {
    let mut fields = Fields::of(data)?;
    fields.counted("0123456", 6, "company prefix")?;
    fields.take(6, "offer code")?;
    fields.counted("12345", 0, "save value")?;
    fields.purchase()?;
    if fields.begins("1") {
        fields.digit("0123", "additional purchase rules code")?;
        fields.purchase()?;
        fields.further_company()?;
    }
    if fields.begins("2") {
        fields.purchase()?;
        fields.further_company()?;
    }
    let expiry = if fields.begins("3") { Some(fields.date(today)?) } else { None };
    if fields.begins("4") {
        let start_at = fields.at;
        let start = fields.date(today)?;
        if expiry.is_some_and(|expiry| expiry < start) {
            return Err(Fault::new(InvalidDate, start_at, "the coupon ends before it starts"));
        }
    }
    if fields.begins("5") {
        fields.counted("0123456789", 6, "serial number")?;
    }
    if fields.begins("6") {
        fields.counted("1234567", 6, "retailer's company prefix or GLN")?;
    }
    if fields.begins("9") {
        fields.digit("01256", "save value code")?;
        fields.digit("012", "item that the save value applies to")?;
        fields.take(1, "store coupon flag")?;
        fields.digit("01", "don't-multiply flag")?;
    }
    fields.end()
}

/// AI 8112: coupon of a positive offer file.
pub(super) fn positive_offer_file(data: &str) -> Result<(), Fault> {
    let mut fields = Fields::of(data)?;
    fields.digit("01", "format")?;
    fields.counted("0123456", 6, "funder")?;
    fields.take(6, "offer code")?;
    fields.counted("0123456789", 6, "serial number")?;
    fields.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        "2026-11-22".parse().unwrap()
    }

    #[test]
    fn a_north_american_coupon_is_read_field_by_field() {
        for good in [
            "012345612345611110123",
            "0123456123456111101231011012301234569000",
            "0123456123456111101232110123093060631",
            "01234561234561111012330606074060606",
            "012345612345611110123", // and nothing optional
        ] {
            let result = north_american(good, today());
            assert!(result.is_ok() || good.len() != 21, "{good}: {result:?}");
        }
        for (bad, kind) in [
            ("a12345612345611110123", InvalidCharacter),
            ("71234567890123", InvalidCharacter),
            ("012345", InvalidLength),
            ("0123456123456", InvalidLength),
            ("01234561234560", InvalidCharacter),
            ("012345612345611115", InvalidCharacter),
            ("0123456123456111101231", InvalidLength),
            ("01234561234561111012314", InvalidCharacter),
            ("0123456123456111101233200010", InvalidDate),
            ("01234561234561111012335006064500607", InvalidDate),
            ("0123456123456111101236", InvalidLength),
            ("01234561234561111012360", InvalidCharacter),
            ("01234561234561111012393", InvalidCharacter),
            ("012345612345611110123900", InvalidLength),
            ("01234561234561111012390002", InvalidCharacter),
            ("012345612345611110123900000", InvalidLength),
        ] {
            assert_eq!(north_american(bad, today()).unwrap_err().kind, kind, "{bad}");
        }
    }

    #[test]
    fn a_positive_offer_file_coupon_ends_with_its_serial_number() {
        for good in [
            "001234561234560123456",
            "101234561234560123456",
            "001234561234569123456789012345",
            "061234567890121234569123456789012345",
        ] {
            assert_eq!(positive_offer_file(good), Ok(()), "{good}");
        }
        for (bad, kind) in [
            ("201234561234560123456", InvalidCharacter),
            ("0", InvalidLength),
            ("07", InvalidCharacter),
            ("00123456123456", InvalidLength),
            ("0012345612345601234567", InvalidLength),
        ] {
            assert_eq!(positive_offer_file(bad).unwrap_err().kind, kind, "{bad}");
        }
    }
}
