//! A payload as the engine stores it. On SQLite, whose journal takes whole pages, the sealed part of a
//! payload lies there as bytes and not in base64, which is a third longer: the text without its last
//! brace, a zero byte, what is sealed. JSON text holds no zero byte. Whoever reads it gets the text.

use std::string::FromUtf8Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Postgres, Sqlite, Type};

use super::codec::{MEMBER, parts};

/// A payload with a sealed part, packed; `None` where it has none.
pub(crate) fn packed(payload: &str) -> Option<Vec<u8>> {
    let (plain, sealed) = parts(payload)?;
    let sealed = STANDARD.decode(sealed).ok().filter(|sealed| !sealed.is_empty())?;
    Some([plain.as_bytes(), &[0], &sealed].concat())
}

/// The text of a payload that was packed, or was not.
pub(crate) fn unpacked(mut stored: Vec<u8>) -> Result<String, FromUtf8Error> {
    let Some(end) = stored.iter().position(|byte| *byte == 0) else {
        return String::from_utf8(stored);
    };
    let sealed = stored.split_off(end + 1);
    stored.pop();
    let mut text = String::from_utf8(stored)?;
    text.reserve(MEMBER.len() + sealed.len().div_ceil(3) * 4 + 2);
    text.push_str(MEMBER);
    STANDARD.encode_string(sealed, &mut text);
    text.push_str("\"}");
    Ok(text)
}

/// The text of a payload, read from a column.
pub(crate) struct Stored(pub(crate) String);

impl Type<Sqlite> for Stored {
    fn type_info() -> <Sqlite as Database>::TypeInfo {
        <[u8] as Type<Sqlite>>::type_info()
    }

    fn compatible(ty: &<Sqlite as Database>::TypeInfo) -> bool {
        <[u8] as Type<Sqlite>>::compatible(ty)
    }
}

impl<'r> Decode<'r, Sqlite> for Stored {
    fn decode(value: <Sqlite as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        let bytes = <&[u8] as Decode<Sqlite>>::decode(value)?;
        Ok(Self(unpacked(bytes.to_vec())?))
    }
}

impl Type<Postgres> for Stored {
    fn type_info() -> <Postgres as Database>::TypeInfo {
        <String as Type<Postgres>>::type_info()
    }

    fn compatible(ty: &<Postgres as Database>::TypeInfo) -> bool {
        <String as Type<Postgres>>::compatible(ty)
    }
}

impl<'r> Decode<'r, Postgres> for Stored {
    fn decode(value: <Postgres as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<String as Decode<Postgres>>::decode(value)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_no_sealed_part_is_stored_as_it_is() {
        for payload in ["{}", r#"{"a":1}"#, r#"{"a":1,"sealed":""}"#, r#"{"a":1,"sealed":"A"}"#] {
            assert_eq!(packed(payload), None, "{payload}");
            assert_eq!(unpacked(payload.as_bytes().to_vec()).unwrap(), payload);
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back_byte_by_byte(
            text in "\\PC{0,9}", sealed in proptest::collection::vec(any::<u8>(), 1..99)
        ) {
            let member = serde_json::Value::from(text).to_string();
            let payload = format!("{{\"a\":{member},\"sealed\":\"{}\"}}", STANDARD.encode(&sealed));
            let stored = packed(&payload).unwrap();
            prop_assert!(stored.ends_with(&sealed) && stored.len() < payload.len());
            prop_assert_eq!(unpacked(stored).unwrap(), payload);
        }
    }
}
