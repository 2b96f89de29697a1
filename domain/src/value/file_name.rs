use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Forgettable, Invalid};

/// A file's name for people: at most 150 characters, no folder, no control or reserved character.
///
/// Parsing keeps only what follows the last `/` or `\`, since browsers once sent whole paths, and
/// drops control and bidirectional formatting characters, which make `exe` look like `pdf`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

super::text_value!(FileName, { "type": "string", "minLength": 1, "maxLength": 150 });

impl Forgettable for FileName {
    const PLACEHOLDER: &'static str = "erased";
}

impl FileName {
    /// The longest name, in characters.
    pub const MAX: usize = 150;
}

impl FromStr for FileName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let base = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let hidden = |c: char| {
            c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let reserved = |c: char| matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*');
        let name: String = base
            .chars()
            .filter(|&c| !hidden(c))
            .map(|c| if reserved(c) { '_' } else { c })
            .collect();
        let name = name.trim().trim_matches('.').trim();
        if name.is_empty() || name.chars().count() > Self::MAX {
            return Err(Invalid::FileName);
        }
        Ok(Self(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("cv.pdf", "cv.pdf")]
    #[case("C:\\fakepath\\cv.pdf", "cv.pdf")]
    #[case("../../etc/passwd", "passwd")]
    #[case("Curriculum vitæ.odt", "Curriculum vitæ.odt")]
    #[case("cv\r\nX-Header: 1.pdf", "cvX-Header_ 1.pdf")]
    #[case("\u{202e}fdp.exe", "fdp.exe")]
    fn only_the_name_itself_is_kept(#[case] sent: &str, #[case] kept: &str) {
        assert_eq!(sent.parse::<FileName>().unwrap().as_str(), kept);
    }

    proptest! {
        #[test]
        fn parsing_a_parsed_name_changes_nothing(text in "\\PC{0,200}|[\\x00-\\x7f]{0,60}") {
            if let Ok(name) = text.parse::<FileName>() {
                let again: FileName = name.as_str().parse().unwrap();
                prop_assert_eq!(&again, &name);
                prop_assert!(!name.as_str().contains(['/', '\\', '\r', '\n', '"']));
            }
        }
    }
}
