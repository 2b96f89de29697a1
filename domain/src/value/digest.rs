use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Forgettable, Invalid};

/// A SHA-256 digest as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

super::text_value!(Digest, { "type": "string", "pattern": "^[0-9a-f]{64}$" });

impl Forgettable for Digest {
    const PLACEHOLDER: &'static str =
        "0000000000000000000000000000000000000000000000000000000000000000";
}

impl Digest {
    /// The digest with these 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in bytes {
            let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        }
        Self(text)
    }
}

impl FromStr for Digest {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 64 && text.bytes().all(hexadecimal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::Choice { allowed: "64 lower-case hexadecimal digits" })
        }
    }
}
