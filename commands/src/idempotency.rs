//! The name a partner gives to a request, so that repeating it does it once.

use domain::PartnerId;
use thiserror::Error;
use uuid::Uuid;

/// The `Idempotency-Key` header (IETF draft-ietf-httpapi-idempotency-key-header): 1 to 255 visible
/// ASCII characters; the quotation marks of a structured-field string are taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The key is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an Idempotency-Key is 1 to 255 visible ASCII characters, a UUID for instance")]
pub struct InvalidKey;

impl std::str::FromStr for IdempotencyKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim();
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        if (1..=255).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(bare.to_owned()))
        } else {
            Err(InvalidKey)
        }
    }
}

impl IdempotencyKey {
    /// The id of the application that this request of `client` creates: a UUIDv5 (RFC 9562), the
    /// same each time.
    pub(crate) fn application_id(&self, partner: &PartnerId) -> Uuid {
        const NAMESPACE: Uuid = Uuid::from_u128(0x8d8a_7c1e_3f5b_5c6e_9a57_20a1_c0de_0001);
        // A client id holds no space, so the pair is unambiguous.
        Uuid::new_v5(&NAMESPACE, format!("{partner} {}", self.0).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_with_or_without_quotation_marks() {
        let bare: IdempotencyKey = "8e03978e-40d5".parse().unwrap();
        assert_eq!("\"8e03978e-40d5\"".parse(), Ok(bare));
        for wrong in ["", "\"\"", "a b", "é", &"a".repeat(256)] {
            assert_eq!(wrong.parse::<IdempotencyKey>(), Err(InvalidKey), "{wrong}");
        }
    }

    #[test]
    fn two_clients_may_use_the_same_key() {
        let key: IdempotencyKey = "1".parse().unwrap();
        let id = |partner: &str| key.application_id(&partner.parse().unwrap());
        assert_eq!(id("demo"), id("demo"));
        assert_ne!(id("demo"), id("other"));
    }
}
