use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Forgettable, Invalid, Line};

/// The user name of an account: 3 to 50 characters, which are letters and digits of any script, `.`, `_`,
/// `-` and spaces between them. It holds no `@`, so that no name looks like an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

super::text_value!(Username, { "type": "string", "minLength": 3, "maxLength": 50 }, Username::stored);

impl Forgettable for Username {
    const PLACEHOLDER: &'static str = "erased";
}

impl Username {
    /// The shortest name, in characters.
    pub const MIN: usize = 3;
    /// The longest name, in characters.
    pub const MAX: usize = 50;

    /// A name that was taken before, as it is.
    fn stored(text: &str) -> Result<Self, Invalid> {
        Line::<{ Self::MAX }>::try_from(text.to_owned()).map(|line| Self(line.into()))
    }
}

impl FromStr for Username {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let line: Line<{ Self::MAX }> = text.parse()?;
        if line.as_str().chars().count() < Self::MIN {
            return Err(Invalid::TooShort { min: Self::MIN });
        }
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ');
        if line.as_str().chars().all(is_plain) {
            Ok(Self(line.into()))
        } else {
            Err(Invalid::Username)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("mira_k", Ok("mira_k"))]
    #[case("  Zoé Martin-2 ", Ok("Zoé Martin-2"))]
    #[case("李小龙", Ok("李小龙"))]
    #[case("ab", Err(Invalid::TooShort { min: 3 }))]
    #[case("", Err(Invalid::Missing))]
    #[case("mira@exemple.test", Err(Invalid::Username))]
    #[case("https://example", Err(Invalid::Username))]
    #[case("a\nbc", Err(Invalid::ControlCharacter))]
    fn a_name_is_of_letters_and_digits(#[case] typed: &str, #[case] kept: Result<&str, Invalid>) {
        assert_eq!(
            typed.parse::<Username>().as_ref().map(Username::as_str),
            kept.as_ref().copied()
        );
    }

    #[test]
    fn a_name_is_bounded() {
        assert!("é".repeat(50).parse::<Username>().is_ok());
        assert_eq!("é".repeat(51).parse::<Username>(), Err(Invalid::TooLong { max: 50 }));
    }
}
