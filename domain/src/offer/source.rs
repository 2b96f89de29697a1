//! Where an offer comes from.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// Where an offer comes from: this house, or the name of a collector.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfferSource(String);

crate::value::text_value!(OfferSource, { "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$" });

impl OfferSource {
    /// The name of this house: what is published by a company here.
    pub const DESK: &'static str = "desk";

    /// This house.
    pub fn desk() -> Self {
        Self(Self::DESK.to_owned())
    }

    /// Whether that is this house.
    pub fn is_desk(&self) -> bool {
        self.0 == Self::DESK
    }
}

impl FromStr for OfferSource {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_known = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
        };
        if text.is_empty() {
            Err(Invalid::Missing)
        } else if text.len() > 64 {
            Err(Invalid::TooLong { max: 64 })
        } else if text.bytes().all(is_known) && text.as_bytes()[0].is_ascii_alphanumeric() {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::Choice {
                allowed: "lower-case letters a to z, digits, dots, dashes, underscores",
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("desk", true)]
    #[case("greenhouse.acme-2", true)]
    #[case("", false)]
    #[case("-a", false)]
    #[case("France Travail", false)]
    fn a_source_is_a_name_for_programs(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(text.parse::<OfferSource>().is_ok(), is_one, "{text}");
    }
}
