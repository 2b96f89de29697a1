//! Text of people, with a bound in characters: one line, or several.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::value::typed;
use crate::{Forgettable, Invalid};

/// One line of 1 to `MAX` characters without control characters, trimmed: safe in a header. What
/// nobody sees is taken away, a tab becomes a space, and letters are composed (Unicode NFC).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MAX: usize>(String);

/// Text of 1 to `MAX` characters in any number of lines, trimmed; line ends become `\n`, and no
/// other control character than tab is kept. What nobody sees is taken away, and letters are
/// composed (Unicode NFC).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::stored(&as_seen(&text.replace('\t', " ")))
    }
}

impl<const MAX: usize> Line<MAX> {
    /// A line that was taken before, as it is.
    fn stored(text: &str) -> Result<Self, Invalid> {
        let text = bounded(text.trim(), MAX)?;
        if text.chars().any(|c| c.is_control() || typed::ends_a_line(c)) {
            return Err(Invalid::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.contains('\0') {
            return Err(Invalid::ControlCharacter); // that is no text
        }
        let lines = text.replace("\r\n", "\n").replace(ends_a_line, "\n");
        // Some come along from a PDF, where they stand for hyphens.
        let text: String =
            lines.chars().filter(|&c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        Self::stored(&as_seen(&text))
    }
}

impl<const MAX: usize> Prose<MAX> {
    /// Prose that was taken before, as it is.
    fn stored(text: &str) -> Result<Self, Invalid> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = bounded(text.trim(), MAX)?;
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(Invalid::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Text as a reader sees it: without what is invisible, its letters composed (Unicode NFC), which can make
/// it longer; empty where a reader sees nothing.
pub fn as_seen(text: &str) -> String {
    if typed::is_blank(text) {
        return String::new();
    }
    if text.is_ascii() {
        return text.to_owned();
    }
    // Composed first: what a joiner stands behind may become another character.
    composed(&typed::seen(&composed(text))).into_owned()
}

/// `text` with its letters composed, unless that takes more characters, as where Unicode parts a
/// letter for good: what fits a bound as it was typed fits it as it is kept.
fn composed(text: &str) -> Cow<'_, str> {
    // Nearly all that is typed is composed already.
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.into();
    }
    let composed: String = text.nfc().collect();
    if composed.chars().count() > text.chars().count() { text.into() } else { composed.into() }
}

/// Whether `c` ends a line: also the vertical tab of word processors (Unicode 5.8).
fn ends_a_line(c: char) -> bool {
    typed::ends_a_line(c) || matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}')
}

/// The lines of `text` as one, parted by commas: a postal address as people write it. Where that
/// would take more than `max` characters, the spaces behind the commas are left out, so that no line
/// takes more room than it was typed in.
pub(crate) fn lines_as_one(text: &str, max: usize) -> String {
    let filler = |c: char| c == ',' || c.is_whitespace();
    let lines = text.split(ends_a_line).map(|line| line.trim_start().trim_end_matches(filler));
    let lines: Vec<_> = lines.filter(|line| !typed::is_blank(&line.replace(',', ""))).collect();
    let line = lines.join(", ");
    if line.chars().nth(max).is_some() { lines.join(",") } else { line }
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
                Self::stored(&text)
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

    #[rstest::rstest]
    #[case("\u{202e}elliM\u{202c}", "elliM")]
    #[case("Ca\u{200b}mille\u{feff}", "Camille")]
    #[case("\u{200b} Camille \u{2060}", "Camille")]
    #[case("Camille\tMartin\t", "Camille Martin")]
    #[case("E\u{301}lodie", "Élodie")]
    #[case("d’Aubigné-Le\u{a0}Goff", "d’Aubigné-Le\u{a0}Goff")]
    #[case("می\u{200c}خواهم", "می\u{200c}خواهم")]
    #[case("Nguyễn Thị Ánh", "Nguyễn Thị Ánh")]
    #[case("👩\u{200d}🍳 Chef", "👩\u{200d}🍳 Chef")]
    fn a_line_is_what_a_reader_sees(#[case] typed: &str, #[case] kept: &str) {
        assert_eq!(typed.parse::<Line<64>>().unwrap().as_str(), kept);
    }

    #[rstest::rstest]
    #[case("\u{200b}")]
    #[case("\u{202e}\u{202c}")]
    #[case(" \u{feff}\u{a0}\u{3164}")]
    #[case("\u{2800}\u{2800}")]
    #[case("\u{200d}\u{fe0f}")]
    fn a_text_of_nothing_that_is_seen_is_missing(#[case] typed: &str) {
        assert_eq!(typed.parse::<Line<64>>(), Err(Invalid::Missing));
        assert_eq!(typed.parse::<Prose<64>>(), Err(Invalid::Missing));
    }

    #[test]
    fn what_was_taken_before_stays_readable_as_it_is() {
        for json in ["\"\u{200b}\"", "\"a\u{202e}b\"", "\"E\u{301}\""] {
            let line: Line<64> = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&line).unwrap(), json);
            let prose: Prose<64> = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&prose).unwrap(), json);
        }
    }

    #[test]
    fn the_bound_counts_what_is_kept() {
        assert!("e\u{301}\u{200b}".repeat(64).parse::<Line<64>>().is_ok());
    }

    #[test]
    fn what_fits_as_it_was_typed_fits_as_it_is_kept() {
        for letter in ["\u{f75}", "\u{fb2c}", "\u{1d160}", "\u{958}"] {
            assert!(letter.repeat(64).parse::<Line<64>>().is_ok(), "{letter}");
            assert!(letter.repeat(64).parse::<Prose<64>>().is_ok(), "{letter}");
        }
    }

    #[test]
    fn prose_keeps_emoji_and_loses_what_a_pdf_leaves_in_it() {
        let text: Prose<99> = "Bonjour 👋🏽\u{b}co\u{2}opérer\u{2028}\u{202e}fin".parse().unwrap();
        assert_eq!(text.as_str(), "Bonjour 👋🏽\ncoopérer\nfin");
    }

    #[rstest::rstest]
    #[case("12 rue des Lilas\r\n75020 Paris", "12 rue des Lilas, 75020 Paris")]
    #[case("12 rue des Lilas,\n\n 75020 Paris \n", "12 rue des Lilas, 75020 Paris")]
    #[case("12 rue des Lilas\u{2028}75020 Paris", "12 rue des Lilas, 75020 Paris")]
    #[case("12 rue des Lilas, 75020 Paris", "12 rue des Lilas, 75020 Paris")]
    #[case(" \n\u{200b}\n", "")]
    #[case("12 rue des Lilas\n , ,\n75020 Paris, ,", "12 rue des Lilas, 75020 Paris")]
    #[case(",", "")]
    fn the_lines_of_an_address_become_one(#[case] typed: &str, #[case] line: &str) {
        assert_eq!(lines_as_one(typed, 256), line);
    }

    #[test]
    fn the_lines_of_an_address_take_no_more_room_than_they_were_typed_in() {
        assert_eq!(lines_as_one("ab\ncd\nef", 10), "ab, cd, ef");
        assert_eq!(lines_as_one("ab\ncd\nef", 8), "ab,cd,ef");
    }

    proptest! {
        #[test]
        fn parsing_what_was_parsed_changes_nothing(text in "(\\PC|[\\x00-\\x1f\\x{200b}-\\x{200f}\\x{2028}-\\x{202e}\\x{300}-\\x{302}\\x{34f}]){0,80}") {
            if let Ok(line) = text.parse::<Line<64>>() {
                prop_assert_eq!(line.as_str().parse::<Line<64>>(), Ok(line));
            }
            if let Ok(prose) = text.parse::<Prose<64>>() {
                prop_assert_eq!(prose.as_str().parse::<Prose<64>>(), Ok(prose));
            }
        }
    }
}
