use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::value::typed;

/// A ROME code, the French register of occupations: one capital letter and four digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RomeCode(String);

super::text_value!(RomeCode, { "type": "string", "pattern": "^[A-Z][0-9]{4}$" });

impl FromStr for RomeCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text: String = typed::keyboard(text).chars().filter(|c| !c.is_whitespace()).collect();
        let text = text.to_ascii_uppercase();
        match text.as_bytes() {
            [letter, digits @ ..]
                if letter.is_ascii_uppercase()
                    && digits.len() == 4
                    && digits.iter().all(u8::is_ascii_digit) =>
            {
                Ok(Self(text))
            }
            _ => Err(Invalid::RomeCode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("M1805", Some("M1805"))]
    #[case("m1805", Some("M1805"))]
    #[case("\u{a0}M 1805\u{200b}", Some("M1805"))]
    #[case("Ｍ１８０５", Some("M1805"))]
    #[case("M180", None)]
    #[case("11805", None)]
    #[case("É1805", None)]
    fn a_code_is_a_letter_and_four_digits(#[case] text: &str, #[case] code: Option<&str>) {
        assert_eq!(text.parse::<RomeCode>().ok().as_ref().map(RomeCode::as_str), code);
    }
}
