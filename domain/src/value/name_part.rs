use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::value::typed;
use crate::{Forgettable, Invalid, Line};

/// One of the two names of a person: a line of at most 64 characters, or empty for a person who has
/// one name only. What holds nothing but signs, such as the `-` or `.` that people write into a field
/// that they have no name for, is empty.
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
        if typed::is_blank(&text.replace(is_sign, "")) {
            return Ok(Self(String::new()));
        }
        text.parse().map(|line: Line<{ Self::MAX }>| Self(line.into()))
    }
}

/// Whether `c` is a sign that no name is made of: punctuation, a symbol, an arrow, a shape.
const fn is_sign(c: char) -> bool {
    matches!(
        c,
        '!'..='/' | ':'..='@' | '['..='`' | '{'..='~'
            | '\u{a1}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b4}' | '\u{b6}'..='\u{b8}'
            | '\u{bb}' | '\u{bf}' | '\u{d7}' | '\u{f7}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2190}'..='\u{22ff}'
            | '\u{2500}'..='\u{25ff}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3020}'
            | '\u{30fb}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}'
    )
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
    #[case("--\n…", "")]
    #[case("・", "")]
    #[case("（×）", "")]
    #[case("-\u{200b}A-", "-A-")]
    #[case("\u{200b}\u{3164}", "")]
    fn a_name_is_more_than_signs_or_is_empty(#[case] typed: &str, #[case] kept: &str) {
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
