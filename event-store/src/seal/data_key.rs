//! The key of one stream.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::Rng as _;
use sha2::Sha256;

/// The nonce of `XChaCha20`, in bytes: long enough to be drawn at random each time
/// (draft-irtf-cfrg-xchacha 3.1).
const NONCE: usize = 24;

/// 256 bits that seal what belongs to one stream.
#[derive(Clone)]
pub(crate) struct DataKey([u8; 32]);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl DataKey {
    /// A fresh one.
    pub(crate) fn draw() -> Self {
        Self(drawn())
    }

    pub(crate) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Another key for a purpose of its own, which follows from this one (HMAC-SHA256).
    pub(crate) fn derived(&self, purpose: &str) -> Self {
        Self(mac(self, purpose))
    }

    /// Seals `plain` for this `context`: opened under another one, it is refused. The nonce comes
    /// first, the tag last.
    pub(crate) fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = drawn();
        let mut sealed = nonce.to_vec();
        let payload = Payload { msg: plain, aad: context };
        let cipher = XChaCha20Poly1305::new(&Key::from(self.0));
        let text = cipher.encrypt(&XNonce::from(nonce), payload);
        sealed.extend(text.expect("XChaCha20-Poly1305 takes 256 GiB, an event has some MiB"));
        sealed
    }

    /// What was sealed under this `context`; `None` where anything of it is another.
    pub(crate) fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: text, aad: context };
        let cipher = XChaCha20Poly1305::new(&Key::from(self.0));
        cipher.decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

/// A name for `text` that only who has the key can tell: HMAC-SHA256, 64 hexadecimal digits.
pub(crate) fn named(key: &DataKey, text: &str) -> String {
    hex::encode(mac(key, text))
}

fn mac(key: &DataKey, text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Bytes of a generator that the operating system seeds.
pub(super) fn drawn<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The test vector of draft-irtf-cfrg-xchacha A.3.1.
    #[test]
    fn it_is_the_cipher_of_the_draft() {
        let key: [u8; 32] = std::array::from_fn(|n| 0x80 + u8::try_from(n).unwrap());
        let nonce: [u8; 24] = std::array::from_fn(|n| 0x40 + u8::try_from(n).unwrap());
        let context = b"\x50\x51\x52\x53\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7";
        let begin = [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b];
        let tag = [
            0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a,
            0xcf, 0x49,
        ];
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let cipher = XChaCha20Poly1305::new(&Key::from(key));
        let payload = Payload { msg: plain.as_slice(), aad: context };
        let text = cipher.encrypt(&XNonce::from(nonce), payload).unwrap();
        assert!(text.starts_with(&begin) && text.ends_with(&tag), "{text:02x?}");
        let sealed = [nonce.as_slice(), &text].concat();
        assert_eq!(DataKey::new(key).open(context, &sealed).unwrap(), plain);
    }

    proptest! {
        #[test]
        fn what_is_sealed_comes_back_and_nothing_else_does(
            plain: Vec<u8>, context: Vec<u8>, place: usize, flip in 1_u8..
        ) {
            let (key, other) = (DataKey::draw(), DataKey::draw());
            let sealed = key.seal(&context, &plain);
            prop_assert_eq!(key.open(&context, &sealed), Some(plain));
            prop_assert_eq!(other.open(&context, &sealed), None);
            prop_assert_eq!(key.open(&[context.as_slice(), b"x"].concat(), &sealed), None);
            let mut altered = sealed.clone();
            let place = place % altered.len();
            altered[place] ^= flip;
            prop_assert_eq!(key.open(&context, &altered), None);
            prop_assert_eq!(key.open(&context, &sealed[..place]), None);
        }
    }
}
