//! GTINs, as they come in queries.

/// 14 digits of a GTIN-8, -12, -13 or -14 whose check digit is right (GS1 General Specifications, 7.9).
pub fn padded(text: &str) -> Option<String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || ![8, 12, 13, 14].contains(&text.len()) {
        return None;
    }
    let gtin = format!("{text:0>14}");
    let weighted =
        gtin.bytes().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight);
    (weighted.sum::<u32>() % 10 == 0).then_some(gtin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_ones_are_padded_and_wrong_ones_are_none() {
        assert_eq!(padded("9521234543213").as_deref(), Some("09521234543213"));
        assert_eq!(padded("96385074").as_deref(), Some("00000096385074"));
        for wrong in ["9521234543214", "", "952123454321", "09521234543213 ", "0952123454321x"] {
            assert_eq!(padded(wrong), None, "{wrong}");
        }
    }
}
