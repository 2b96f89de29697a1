use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::value::typed;
use crate::{Forgettable, Invalid, Line};

/// One of the two names of a person: a line of at most 64 characters, or empty for a person who has
/// one name only. What holds no letter, such as the `-` or `.` that people write into a field that
/// they have no name for, is empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NamePart(String);

super::text_value!(NamePart, { "type": "string", "maxLength": 64 }, NamePart::stored);

impl Forgettable for NamePart {
    const PLACEHOLDER: &'static str = "erased";
}

impl NamePart {
    /// The longest name, in characters.
    pub const MAX: usize = 64;

    /// Whether the person has no such name.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A name that was taken before, as it is.
    fn stored(text: &str) -> Result<Self, Invalid> {
        match text {
            "" => Ok(Self(String::new())),
            text => Line::<{ Self::MAX }>::try_from(text.to_owned()).map(|line| Self(line.into())),
        }
    }
}

impl FromStr for NamePart {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if typed::is_blank(text) {
            return Ok(Self(String::new()));
        }
        let line: Line<{ Self::MAX }> = text.parse()?;
        let is_name = line.as_str().chars().any(char::is_alphanumeric);
        Ok(Self(if is_name { line.into() } else { String::new() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("Sukarno", "Sukarno")]
    #[case(" Marie\u{200b}-Ange ", "Marie-Ange")]
    #[case("O’Neil", "O’Neil")]
    #[case("王", "王")]
    #[case("X", "X")]
    #[case("", "")]
    #[case("-", "")]
    #[case(" . ", "")]
    #[case("—", "")]
    #[case("\u{200b}\u{3164}", "")]
    fn a_name_has_letters_or_is_empty(#[case] typed: &str, #[case] kept: &str) {
        assert_eq!(typed.parse::<NamePart>().unwrap().as_str(), kept);
    }

    #[test]
    fn a_name_is_bounded_and_one_line() {
        assert_eq!("é".repeat(65).parse::<NamePart>(), Err(Invalid::TooLong { max: 64 }));
        assert_eq!("a\r\nb".parse::<NamePart>(), Err(Invalid::ControlCharacter));
    }

    #[test]
    fn what_was_taken_before_stays_readable_as_it_is() {
        for json in [r#""-""#, r#""Camille""#, r#""""#] {
            let name: NamePart = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&name).unwrap(), json);
        }
    }
}
