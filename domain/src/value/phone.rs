use std::str::FromStr;

use phonenumber::{Mode, Type, country};
use serde::{Deserialize, Serialize};

use crate::{Forgettable, Invalid};

/// A phone number that can exist, kept as typed: at most 32 characters; a number without a country
/// prefix is French. Checked against the numbering plans of libphonenumber.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

super::text_value!(Phone, { "type": "string", "minLength": 1, "maxLength": 32 });

impl Forgettable for Phone {
    /// Kept free for fiction by the French numbering plan.
    const PLACEHOLDER: &'static str = "+33 1 99 00 00 00";
}

impl Phone {
    /// The longest number, in characters.
    pub const MAX: usize = 32;

    /// The number in ITU-T E.164 form, `+33123456789`, for `tel:` links.
    pub fn e164(&self) -> String {
        phonenumber::parse(Some(country::FR), &self.0)
            .map_or_else(|_| self.0.clone(), |number| number.format().mode(Mode::E164).to_string())
    }
}

impl Phone {
    /// Whether it is one of a mobile phone, by the numbering plan of its country; where a country
    /// gives both the same numbers, it counts as one.
    pub fn is_mobile(&self) -> bool {
        is_mobile(&self.e164())
    }
}

/// Mayotte has the country code of La Réunion, whose numbers alone the library knows.
const MAYOTTE_MOBILE: &str = "+262639";

fn is_mobile(e164: &str) -> bool {
    let kind = phonenumber::parse(None, e164)
        .map(|number| number.number_type(&phonenumber::metadata::DATABASE));
    e164.starts_with(MAYOTTE_MOBILE) || matches!(kind, Ok(Type::Mobile | Type::FixedLineOrMobile))
}

impl FromStr for Phone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.chars().count() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        let usual = |c: char| c.is_ascii_digit() || "+().-/ \u{a0}\u{202f}".contains(c);
        if !text.chars().all(usual) {
            return Err(Invalid::Phone);
        }
        let number = phonenumber::parse(Some(country::FR), text).map_err(|_| Invalid::Phone)?;
        if number.is_valid() { Ok(Self(text.to_owned())) } else { Err(Invalid::Phone) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("01 23 45 67 89", Some("+33123456789"))]
    #[case("06.12.34.56.78", Some("+33612345678"))]
    #[case("+33 (0)6 12 34 56 78", Some("+33612345678"))]
    #[case("+44 20 7946 0958", Some("+442079460958"))]
    #[case("12", None)]
    #[case("phone me", None)]
    #[case("", None)]
    #[case("01 23 45 67 89\r\nX: y", None)]
    #[case("0123456789012345678901234567890123", None)]
    fn a_number_follows_a_numbering_plan(#[case] text: &str, #[case] e164: Option<&str>) {
        assert_eq!(text.parse::<Phone>().ok().map(|phone| phone.e164()).as_deref(), e164);
    }

    #[test]
    fn a_mobile_number_is_told_from_a_fixed_one_overseas_too() {
        for mobile in ["+33612345678", "+590690123456", "+262692123456", "+262639123456"] {
            assert!(is_mobile(mobile), "{mobile}");
        }
        for fixed in ["+33123456789", "+590590123456", "+262262123456", "+262269612345", "nothing"]
        {
            assert!(!is_mobile(fixed), "{fixed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,60}|[0-9+(). ]{0,40}") {
            if let Ok(phone) = text.parse::<Phone>() {
                prop_assert!(phone.e164().starts_with('+'));
            }
        }
    }
}
