use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The public name of a client platform: 1 to 64 of `a-z 0-9 . - _`, beginning with `a-z 0-9`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartnerId(String);

super::text_value!(PartnerId, { "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$" });

impl FromStr for PartnerId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let allowed = |byte: u8| letter(byte) || matches!(byte, b'.' | b'-' | b'_');
        let begins_well = text.bytes().next().is_some_and(letter);
        if begins_well && text.len() <= 64 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::PartnerId)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("demo", true)]
    #[case("0.a-b_c", true)]
    #[case("", false)]
    #[case("-demo", false)]
    #[case("Demo", false)]
    #[case("a/b", false)]
    #[case(&"a".repeat(65), false)]
    fn an_id_is_short_and_plain(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(text.parse::<PartnerId>().is_ok(), valid);
    }
}
