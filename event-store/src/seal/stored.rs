//! A payload as it is stored. What is sealed of it lies in a column of its own, as bytes: in base64 it is a
//! third longer, in the row and in the engine's journal. Older events have it in their text, as its last
//! member; whoever reads the log is told the same text of both.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Where the text of a payload has what was sealed of it: its last member.
const MEMBER: &str = ",\"sealed\":\"";

/// A payload as it is stored: JSON in which placeholders stand for personal values, and what they stand
/// for, sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPayload {
    plain: String,
    /// No bytes where the personal values were dropped.
    sealed: Option<Vec<u8>>,
}

impl StoredPayload {
    /// As its text tells it.
    pub fn from_text(text: String) -> Self {
        let Some((plain, sealed)) = parts(&text) else {
            return Self { plain: text, sealed: None };
        };
        // What is no base64 is kept as it is, and opened by no key.
        let sealed = STANDARD.decode(sealed).unwrap_or_else(|_| sealed.as_bytes().to_vec());
        let end = plain.len();
        let mut plain = text;
        plain.truncate(end);
        plain.push('}');
        Self { plain, sealed: Some(sealed) }
    }

    /// As the columns hold it.
    pub(crate) fn from_columns(payload: String, sealed: Option<Vec<u8>>) -> Self {
        if sealed.is_none() { Self::from_text(payload) } else { Self { plain: payload, sealed } }
    }

    /// With placeholders for what is sealed.
    pub(crate) fn plain(&self) -> &str {
        &self.plain
    }

    pub(crate) fn sealed(&self) -> Option<&[u8]> {
        self.sealed.as_deref()
    }

    /// The JSON text that the topic carries and the signatures are over: its last member is what is sealed,
    /// in base64.
    pub fn text(&self) -> Cow<'_, str> {
        let Some(sealed) = &self.sealed else { return Cow::Borrowed(&self.plain) };
        let Some(open) = self.plain.strip_suffix('}') else {
            // Never written so: it must differ from what was.
            return Cow::Owned(format!("not an object: {}", self.plain));
        };
        let mut text =
            String::with_capacity(open.len() + MEMBER.len() + sealed.len().div_ceil(3) * 4 + 2);
        text.push_str(open);
        text.push_str(MEMBER);
        STANDARD.encode_string(sealed, &mut text);
        text.push_str("\"}");
        Cow::Owned(text)
    }
}

/// Its text.
impl fmt::Debug for StoredPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

/// A payload's text without its last brace, and what was sealed of it. Text in a payload cannot be
/// taken for it: its quotation marks are escaped.
fn parts(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_suffix("\"}")?;
    let (plain, sealed) = body.rsplit_once('"')?;
    let plain = plain.strip_suffix(&MEMBER[..MEMBER.len() - 1])?;
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    sealed.bytes().all(base64).then_some((plain, sealed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_no_sealed_part_is_its_text() {
        for text in
            ["{}", r#"{"a":1}"#, r#"{"a":1,"sealed":"é"}"#, r#"{"a":",\"sealed\":\""}"#, "x"]
        {
            let payload = StoredPayload::from_text(text.to_owned());
            assert_eq!((payload.plain(), payload.sealed()), (text, None));
            assert_eq!(payload.text(), text);
        }
    }

    #[test]
    fn dropped_values_are_sealed_as_no_bytes() {
        let payload = StoredPayload::from_text(r#"{"a":1,"sealed":""}"#.to_owned());
        assert_eq!((payload.plain(), payload.sealed()), (r#"{"a":1}"#, Some(&[][..])));
    }

    #[test]
    fn a_damaged_row_has_another_text_than_the_one_that_was_written() {
        let whole = StoredPayload::from_columns(r#"{"a":1}"#.to_owned(), Some(vec![7]));
        let cut = StoredPayload::from_columns(r#"{"a":1"#.to_owned(), Some(vec![7]));
        assert_ne!(whole.text(), cut.text());
    }

    proptest! {
        #[test]
        fn columns_and_text_tell_the_same(
            text in "\\PC{0,9}", sealed in proptest::collection::vec(any::<u8>(), 0..99)
        ) {
            let plain = format!("{{\"a\":{}}}", serde_json::Value::from(text));
            let stored = StoredPayload::from_columns(plain, Some(sealed));
            prop_assert_eq!(StoredPayload::from_text(stored.text().into_owned()), stored);
        }
    }
}
