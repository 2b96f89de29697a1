//! The languages Postulo speaks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! languages {
    ($($(#[$meta:meta])* $name:ident = $code:literal,)+) => {
        /// A language of pages and e-mails, written as its ISO 639-1 code.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "lowercase")]
        pub enum Language {
            $($(#[$meta])* $name,)+
        }

        impl Language {
            /// Every language, in the order in which a page offers them.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$name),+];

            /// The ISO 639-1 code: `fr` or `en`.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

// A language is a line here and a folder of that name below `texts/locales`. The line is there because
// events hold the language of an application, and their schemas name those that there are.
languages! {
    /// French, the default.
    #[default]
    Fr = "fr",
    /// English.
    En = "en",
}

impl Language {
    /// The language of an ISO 639-1 code or of a BCP 47 tag that begins with one (`fr-CA`).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }
}

impl std::str::FromStr for Language {
    type Err = crate::Invalid;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        Self::from_tag(tag).ok_or(crate::Invalid::Language)
    }
}
