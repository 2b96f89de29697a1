use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kinds of document an application may carry, recognised by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of the formats")]
pub enum MediaType {
    Pdf,
    Doc,
    Docx,
    Odt,
    Rtf,
    Txt,
    Jpeg,
    Png,
}

impl MediaType {
    /// Every kind, in the order in which pages list them.
    pub const ALL: [Self; 8] =
        [Self::Pdf, Self::Doc, Self::Docx, Self::Odt, Self::Rtf, Self::Txt, Self::Jpeg, Self::Png];

    /// The IANA media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Doc => "application/msword",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Rtf => "application/rtf",
            Self::Txt => "text/plain",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The Content-Type of a document with these bytes: the media type, and of a text the character
    /// encoding, where the bytes tell it.
    pub fn content_type(self, bytes: &[u8]) -> Cow<'static, str> {
        let charset = if self == Self::Txt { super::charset::of_text(bytes) } else { None };
        match charset {
            Some(charset) => format!("{}; charset={charset}", self.mime()).into(),
            None => self.mime().into(),
        }
    }

    /// The usual file extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Doc => "doc",
            Self::Docx => "docx",
            Self::Odt => "odt",
            Self::Rtf => "rtf",
            Self::Txt => "txt",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}
