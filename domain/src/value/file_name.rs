use std::str::FromStr;

use serde::{Deserialize, Serialize};

use unicode_normalization::UnicodeNormalization as _;

use crate::value::typed;
use crate::{Forgettable, Invalid};

/// A file's name for people: at most 150 characters, no folder, no control or reserved character.
///
/// Parsing mends whatever a computer calls a file, since nobody chose that name for us. It keeps only
/// what follows the last `/` or `\`, since browsers once sent whole paths; drops what nobody sees,
/// which makes `exe` look like `pdf`; composes letters, which macOS parts from their accents; and cuts
/// what is too long before the extension. Only a name of which nothing is left is refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

super::text_value!(FileName, { "type": "string", "minLength": 1, "maxLength": 150 }, FileName::stored);

impl Forgettable for FileName {
    const PLACEHOLDER: &'static str = "erased";
}

/// The longest extension that is kept when a name is cut, in characters.
const LONGEST_EXTENSION: usize = 16;

impl FileName {
    /// The longest name, in characters.
    pub const MAX: usize = 150;

    /// The part after the last dot, in lower case; empty where there is none.
    pub fn extension(&self) -> String {
        split(&self.0).1.to_lowercase()
    }

    /// The name with this extension behind it.
    #[must_use]
    pub fn with_extension(&self, extension: &str) -> Self {
        Self(cut(&self.0, extension))
    }

    /// The name of the `n`th file that is called so: `cv (2).pdf`.
    #[must_use]
    pub fn numbered(&self, n: usize) -> Self {
        let (stem, extension) = split(&self.0);
        let number = format!(" ({n})");
        let behind = number.chars().count() + extension.chars().count() + 1;
        let stem = shortened(stem, Self::MAX.saturating_sub(behind));
        match extension {
            "" => Self(format!("{stem}{number}")),
            extension => Self(format!("{stem}{number}.{extension}")),
        }
    }

    /// A name that was taken before, as it is.
    fn stored(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.chars().count() > Self::MAX {
            return Err(Invalid::FileName);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The name before its last dot, and the extension after it; a dot at either end begins none.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('.')
        .filter(|(stem, extension)| !stem.is_empty() && !extension.is_empty())
        .unwrap_or((name, ""))
}

/// `stem` and `extension`, of which the stem is cut.
fn cut(stem: &str, extension: &str) -> String {
    let room = FileName::MAX - extension.chars().count() - 1;
    format!("{}.{extension}", shortened(stem, room))
}

/// At most so many characters, of which the last one is whole.
fn shortened(text: &str, most: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(most) else { return text };
    text[..end].trim_end_matches(|c: char| c.is_whitespace() || c == '.' || typed::attaches(c))
}

/// Whether Windows takes this name for a device, whatever its extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

impl FromStr for FileName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let base = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let reserved = |c: char| matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*');
        let dropped = |c: char| c.is_control() || typed::ends_a_line(c);
        let name: String = base
            .nfc()
            .filter(|&c| !dropped(c))
            .map(|c| if reserved(c) { '_' } else { c })
            .collect();
        let name: String = typed::seen(&name).nfc().collect();
        let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
        if typed::is_blank(name) {
            return Err(Invalid::FileName);
        }
        let name = if is_device(name) { format!("_{name}") } else { name.to_owned() };
        if name.chars().count() <= Self::MAX {
            return Ok(Self(name));
        }
        let (stem, extension) = split(&name);
        Ok(Self(match extension.chars().count() {
            1..=LONGEST_EXTENSION => cut(stem, extension),
            _ => shortened(&name, Self::MAX).to_owned(),
        }))
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
    #[case("Entretie\u{301}e.pdf", "Entretiée.pdf")]
    #[case("c\u{200b}v\u{feff}.pdf", "cv.pdf")]
    #[case("cv.pdf . .", "cv.pdf")]
    #[case("  .cv.pdf", "cv.pdf")]
    #[case("con.pdf", "_con.pdf")]
    #[case("COM1", "_COM1")]
    #[case("communes.pdf", "communes.pdf")]
    #[case("履歴書.pdf", "履歴書.pdf")]
    #[case("a\u{2028}b.pdf", "ab.pdf")]
    fn only_the_name_itself_is_kept(#[case] sent: &str, #[case] kept: &str) {
        assert_eq!(sent.parse::<FileName>().unwrap().as_str(), kept);
    }

    #[rstest::rstest]
    #[case(&format!("{}.pdf", "é".repeat(160)), &format!("{}.pdf", "é".repeat(146)))]
    #[case(&format!("{}.pdf", "a".repeat(147)), &format!("{}.pdf", "a".repeat(146)))]
    #[case(&format!("{}.pdf", "a".repeat(146)), &format!("{}.pdf", "a".repeat(146)))]
    #[case(&format!("{}. suite {}", "a".repeat(100), "b".repeat(100)), &format!("{}. suite {}", "a".repeat(100), "b".repeat(42)))]
    #[case(&"a".repeat(300), &"a".repeat(150))]
    #[case(&format!("{} .pdf", "a ".repeat(150)), &format!("{}a.pdf", "a ".repeat(72)))]
    fn a_long_name_is_cut_before_its_extension(#[case] sent: &str, #[case] kept: &str) {
        assert_eq!(sent.parse::<FileName>().unwrap().as_str(), kept);
    }

    #[rstest::rstest]
    #[case("")]
    #[case("..")]
    #[case("folder/")]
    #[case("\u{200b}\u{202e}")]
    fn a_name_of_nothing_is_refused(#[case] sent: &str) {
        assert_eq!(sent.parse::<FileName>(), Err(Invalid::FileName));
    }

    #[test]
    fn names_that_are_equal_are_numbered() {
        let named = |name: &str| name.parse::<FileName>().unwrap();
        assert_eq!(named("cv.pdf").numbered(2).as_str(), "cv (2).pdf");
        assert_eq!(named("cv").numbered(3).as_str(), "cv (3)");
        let long = named(&format!("{}.pdf", "a".repeat(160))).numbered(2);
        assert_eq!(long.as_str(), format!("{} (2).pdf", "a".repeat(142)));
        let long = named(&"a".repeat(150)).with_extension("pdf");
        assert_eq!(long.as_str(), format!("{}.pdf", "a".repeat(146)));
    }

    proptest! {
        #[test]
        fn parsing_a_parsed_name_changes_nothing(text in "\\PC{0,200}|[\\x00-\\x7f]{0,60}|[a. é\\x{301}\\x{200d}]{140,170}(\\.[a-z ]{0,20})?") {
            if let Ok(name) = text.parse::<FileName>() {
                let again: FileName = name.as_str().parse().unwrap();
                prop_assert_eq!(&again, &name);
                prop_assert!(name.numbered(10).as_str().chars().count() <= FileName::MAX);
                prop_assert!(name.with_extension("docx").as_str().chars().count() <= FileName::MAX);
                prop_assert!(!name.as_str().contains(['/', '\\', '\r', '\n', '"']));
            }
        }
    }
}
