//! The server's signing keys.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use thiserror::Error;

use crate::SignatureError;

/// The longest signed text that is looked at, in bytes.
const MAX_LENGTH: usize = 1024;

/// The signing keys by id; the first one signs, all verify.
#[derive(Clone)]
pub struct KeyRing(Vec<(String, [u8; 32])>);

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(id, _)| id)).finish()
    }
}

/// Why the configured keys are not usable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyRingError {
    /// There is none.
    #[error("no key given; write at least one as ID:HEX, with 64 hexadecimal digits")]
    Empty,
    /// One is malformed.
    #[error(
        "key number {0} is not of the form ID:HEX, with an id of letters and digits and 64 hexadecimal digits"
    )]
    Malformed(usize),
    /// Two have the same id.
    #[error("two keys are called {0}; give each its own id")]
    Repeated(String),
}

impl KeyRing {
    /// A ring of one key.
    pub fn single(id: &str, secret: [u8; 32]) -> Self {
        Self(vec![(id.to_owned(), secret)])
    }

    /// Keys for one purpose, derived so that what is signed for another never verifies.
    pub(crate) fn derive(&self, purpose: &str) -> Self {
        let derived = |(id, secret): &(String, [u8; 32])| {
            (id.clone(), mac(secret, purpose.as_bytes()).finalize().into_bytes().into())
        };
        Self(self.0.iter().map(derived).collect())
    }

    /// The key that signs, with its id.
    pub(crate) fn first(&self) -> (&str, &[u8; 32]) {
        let (id, secret) = &self.0[0];
        (id, secret)
    }

    /// The key of this id.
    pub(crate) fn named(&self, id: &str) -> Option<&[u8; 32]> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, secret)| secret)
    }

    /// The HMAC of `message` under each key, that of the first one first.
    pub(crate) fn macs(&self, message: &[u8]) -> Vec<[u8; 32]> {
        let of =
            |(_, secret): &(String, [u8; 32])| mac(secret, message).finalize().into_bytes().into();
        self.0.iter().map(of).collect()
    }

    /// Signs `payload` with the first key.
    pub(crate) fn sign(&self, payload: &[u8]) -> String {
        let (id, secret) = &self.0[0];
        let tag = mac(secret, payload).finalize().into_bytes();
        format!("{id}.{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(tag))
    }

    /// The payload of a signed text, compared in constant time.
    pub(crate) fn verify(&self, signed: &str) -> Result<Vec<u8>, SignatureError> {
        let parse = || {
            let (id, rest) = signed.split_once('.')?;
            let (payload, tag) = rest.split_once('.')?;
            let (_, secret) = self.0.iter().find(|(known, _)| known == id)?;
            let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
            let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
            mac(secret, &payload).verify_slice(&tag).ok()?;
            Some(payload)
        };
        if signed.len() > MAX_LENGTH {
            return Err(SignatureError::Forged);
        }
        parse().ok_or(SignatureError::Forged)
    }
}

/// `ID:HEX[,ID:HEX...]`, the signing key first.
impl std::str::FromStr for KeyRing {
    type Err = KeyRingError;

    fn from_str(text: &str) -> Result<Self, KeyRingError> {
        let mut keys: Vec<(String, [u8; 32])> = vec![];
        for (number, key) in text.split(',').map(str::trim).filter(|k| !k.is_empty()).enumerate() {
            let parsed = key.split_once(':').and_then(|(id, secret)| {
                let plain = !id.is_empty()
                    && id.len() <= 16
                    && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let secret: [u8; 32] = hex::decode(secret).ok()?.try_into().ok()?;
                plain.then(|| (id.to_owned(), secret))
            });
            let (id, secret) = parsed.ok_or(KeyRingError::Malformed(number + 1))?;
            if keys.iter().any(|(known, _)| *known == id) {
                return Err(KeyRingError::Repeated(id));
            }
            keys.push((id, secret));
        }
        if keys.is_empty() { Err(KeyRingError::Empty) } else { Ok(Self(keys)) }
    }
}

fn mac(secret: &[u8; 32], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(message);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(text: &str) -> KeyRing {
        text.parse().unwrap()
    }

    #[test]
    fn the_new_key_signs_and_the_old_one_still_verifies() {
        let (old, new) = (format!("a:{}", "11".repeat(32)), format!("b:{}", "22".repeat(32)));
        let signed = ring(&old).sign(b"hello");
        let both = ring(&format!("{new},{old}"));
        assert_eq!(both.verify(&signed), Ok(b"hello".to_vec()));
        assert!(both.sign(b"hello").starts_with("b."));
        assert_eq!(ring(&new).verify(&signed), Err(SignatureError::Forged));
    }

    #[test]
    fn what_is_signed_for_one_purpose_is_nothing_for_another() {
        let keys = KeyRing::single("a", [1; 32]);
        let signed = keys.derive("links").sign(b"hello");
        assert_eq!(keys.derive("tickets").verify(&signed), Err(SignatureError::Forged));
    }

    #[test]
    fn keys_that_cannot_be_used_are_named() {
        assert_eq!("".parse::<KeyRing>().unwrap_err(), KeyRingError::Empty);
        assert_eq!("a:12".parse::<KeyRing>().unwrap_err(), KeyRingError::Malformed(1));
        let twice = format!("a:{0},a:{0}", "11".repeat(32));
        assert_eq!(twice.parse::<KeyRing>().unwrap_err(), KeyRingError::Repeated("a".into()));
        assert!(!format!("{:?}", KeyRing::single("a", [1; 32])).contains('1'));
    }

    proptest! {
        #[test]
        fn any_change_of_a_signed_text_is_seen(payload in proptest::collection::vec(any::<u8>(), 0..64), place in any::<prop::sample::Index>(), with in "[ -~]") {
            let keys = KeyRing::single("a", [1; 32]);
            let signed = keys.sign(&payload);
            prop_assert_eq!(keys.verify(&signed), Ok(payload));
            let place = place.index(signed.len());
            let mut altered = signed.clone();
            altered.replace_range(place..=place, &with);
            prop_assume!(altered != signed);
            prop_assert_eq!(keys.verify(&altered), Err(SignatureError::Forged));
            prop_assert_eq!(keys.verify(&signed[..place]), Err(SignatureError::Forged));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
            let _ = KeyRing::single("a", [1; 32]).verify(&text);
            let _ = text.parse::<KeyRing>();
        }
    }
}
