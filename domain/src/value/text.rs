//! Text of people, with a bound in characters: one line, or several.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{Forgettable, Invalid};

/// One line of 1 to `MAX` characters without control characters, trimmed: safe in a header.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MAX: usize>(String);

/// Text of 1 to `MAX` characters in any number of lines, trimmed; line ends become `\n`, and no
/// other control character than tab is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = bounded(text.trim(), MAX)?;
        // U+2028 and U+2029 end a line too (Unicode 5.8).
        if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(Invalid::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = bounded(text.trim(), MAX)?;
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(Invalid::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }
}

fn bounded(text: &str, max: usize) -> Result<&str, Invalid> {
    if text.is_empty() {
        Err(Invalid::Missing)
    } else if text.chars().nth(max).is_some() {
        Err(Invalid::TooLong { max })
    } else {
        Ok(text)
    }
}

macro_rules! bounded_text {
    ($name:ident) => {
        impl<const MAX: usize> $name<MAX> {
            /// The longest text, in characters (Unicode scalar values).
            pub const MAX: usize = MAX;

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> AsRef<str> for $name<MAX> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<const MAX: usize> TryFrom<String> for $name<MAX> {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }

        impl<const MAX: usize> From<$name<MAX>> for String {
            fn from(value: $name<MAX>) -> Self {
                value.0
            }
        }

        impl<const MAX: usize> Forgettable for $name<MAX> {
            const PLACEHOLDER: &'static str = "erased";
        }

        impl<const MAX: usize> JsonSchema for $name<MAX> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                format!("{}{MAX}", stringify!($name)).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX })
            }
        }
    };
}

bounded_text!(Line);
bounded_text!(Prose);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_counted_in_characters_not_bytes() {
        assert!("é".repeat(64).parse::<Line<64>>().is_ok());
        assert_eq!("é".repeat(65).parse::<Line<64>>(), Err(Invalid::TooLong { max: 64 }));
    }

    #[test]
    fn a_line_cannot_carry_a_header() {
        assert_eq!("Bob\r\nBcc: x@y.z".parse::<Line<64>>(), Err(Invalid::ControlCharacter));
        assert_eq!("Bob\u{2028}Bcc".parse::<Line<64>>(), Err(Invalid::ControlCharacter));
    }

    #[test]
    fn prose_keeps_its_lines_in_one_form() {
        let text: Prose<99> = " one\r\ntwo\rthree\n".parse().unwrap();
        assert_eq!(text.as_str(), "one\ntwo\nthree");
        assert_eq!("a\0b".parse::<Prose<9>>(), Err(Invalid::ControlCharacter));
    }

    proptest! {
        #[test]
        fn parsing_what_was_parsed_changes_nothing(text in "(\\PC|[\\x00-\\x1f]){0,80}") {
            if let Ok(line) = text.parse::<Line<64>>() {
                prop_assert_eq!(line.as_str().parse::<Line<64>>(), Ok(line));
            }
            if let Ok(prose) = text.parse::<Prose<64>>() {
                prop_assert_eq!(prose.as_str().parse::<Prose<64>>(), Ok(prose));
            }
        }
    }
}
