use std::str::FromStr;

use email_address::Options;
use serde::{Deserialize, Serialize};

use crate::{Forgettable, Invalid};

/// An e-mail address: RFC 5321 limits (local part 64, whole 254 octets), RFC 5322 dot-atom or quoted
/// local part, a domain name with at least two labels. ASCII only: an international domain is
/// written in its `xn--` form, and no display name or address literal is taken.
///
/// Kept as typed; [`EmailAddress::matches`] compares without case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

super::text_value!(EmailAddress, { "type": "string", "format": "email", "maxLength": 254 });

impl Forgettable for EmailAddress {
    /// No mail server has it (RFC 2606 2).
    const PLACEHOLDER: &'static str = "erased@erased.invalid";
}

impl EmailAddress {
    /// The longest address, in octets (RFC 5321 4.5.3.1.3, less the angle brackets).
    pub const MAX: usize = 254;

    /// Whether both are the same mailbox when letter case does not count.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// The part after the last `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for EmailAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Invalid::Email);
        }
        let options =
            Options::default().with_required_tld().without_domain_literal().without_display_text();
        email_address::EmailAddress::parse_with_options(text, options)
            .map(|_| Self(text.to_owned()))
            .map_err(|_| Invalid::Email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("camille.martin@example.org", true)]
    #[case("a+tag@sub.example.co.uk", true)]
    #[case("o'neil@example.org", true)]
    #[case("x@xn--bcher-kva.example", true)]
    #[case("", false)]
    #[case("camille", false)]
    #[case("@example.org", false)]
    #[case("a@b", false)]
    #[case("a@@example.org", false)]
    #[case("a b@example.org", false)]
    #[case("Camille <a@example.org>", false)]
    #[case("a@example.org\r\nBcc: x@example.org", false)]
    #[case("a@[127.0.0.1]", false)]
    #[case("é@example.org", false)]
    #[case(".a@example.org", false)]
    #[case("a@-example.org", false)]
    #[case(&format!("{}@example.org", "a".repeat(65)), false)]
    fn an_address_follows_rfc_5321(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(text.parse::<EmailAddress>().is_ok(), valid, "{text}");
    }

    #[test]
    fn letter_case_does_not_count_in_a_comparison() {
        let typed: EmailAddress = "Camille@Example.org".parse().unwrap();
        assert!(typed.matches(&"camille@example.ORG".parse().unwrap()));
        assert_eq!(typed.domain(), "Example.org");
    }

    proptest! {
        #[test]
        fn any_text_is_taken_whole_or_refused(text in "\\PC{0,300}|[\\x00-\\x7f]{0,60}") {
            if let Ok(address) = text.parse::<EmailAddress>() {
                prop_assert_eq!(address.as_str(), &text);
                prop_assert!(!text.contains(['\r', '\n', '\0', ' ']));
                let printed = address.to_string().parse();
                prop_assert_eq!(printed, Ok(address));
            }
        }
    }
}
