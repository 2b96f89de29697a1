use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::value::typed;

/// A SIRET, the French register's number of an establishment: 14 digits, of which the first nine
/// are the company's SIREN. The Luhn sum is a multiple of 10; for La Poste (SIREN 356000000), whose
/// establishments outnumber that code, the plain sum of the digits is a multiple of 5 instead.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siret(String);

super::text_value!(Siret, { "type": "string", "pattern": "^[0-9]{14}$" }, Siret::of_register);

impl Siret {
    const LA_POSTE: &str = "356000000";

    /// A number that another service has from the register: its check digit is that service's to check.
    pub fn of_register(text: &str) -> Result<Self, Invalid> {
        let is_one = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_one { Ok(Self(text.to_owned())) } else { Err(Invalid::Siret) }
    }
}

impl FromStr for Siret {
    type Err = Invalid;

    /// What people write between groups is taken away: spaces, dots, hyphens.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let between = |c: &char| c.is_whitespace() || matches!(c, '.' | '-');
        let text: String = typed::keyboard(text).chars().filter(|c| !between(c)).collect();
        if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Invalid::Siret);
        }
        let digits = text.bytes().map(|byte| u32::from(byte - b'0'));
        let plain: u32 = digits.clone().sum();
        let luhn: u32 = digits
            .enumerate()
            .map(|(place, digit)| match (place % 2, digit * 2) {
                (0, double) if double > 9 => double - 9,
                (0, double) => double,
                _ => digit,
            })
            .sum();
        let la_poste = text.starts_with(Self::LA_POSTE) && plain.is_multiple_of(5);
        if luhn.is_multiple_of(10) || la_poste { Ok(Self(text)) } else { Err(Invalid::Siret) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("73282932000074", true)]
    #[case("732 829 320 00074", true)]
    #[case("732\u{a0}829\u{202f}320\u{2009}00074", true)]
    #[case("\u{202d}732-829-320-00074\u{202c}", true)]
    #[case("７３２８２９３２００００７４", true)]
    #[case("73282932000075", false)]
    #[case("35600000000048", true)] // La Poste, head office: Luhn holds
    #[case("35600000049837", true)] // La Poste: sum 45, Luhn does not hold
    #[case("35600000049838", false)]
    #[case("7328293200007", false)]
    #[case("7328293200007a", false)]
    #[case("", false)]
    fn the_check_digit_counts(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(text.parse::<Siret>().is_ok(), valid, "{text}");
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(digits in "[0-9]{13}", place in 0_usize..14, step in 1_u8..10) {
            prop_assume!(!digits.starts_with(Siret::LA_POSTE));
            let valid = (0..10).map(|last| format!("{digits}{last}")).find(|t| t.parse::<Siret>().is_ok()).unwrap();
            let mut altered = valid.into_bytes();
            altered[place] = b'0' + (altered[place] - b'0' + step) % 10;
            let altered = String::from_utf8(altered).unwrap();
            prop_assume!(!altered.starts_with(Siret::LA_POSTE));
            prop_assert!(altered.parse::<Siret>().is_err());
        }
    }
}
