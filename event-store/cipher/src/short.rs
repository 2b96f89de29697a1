//! What is short enough to be sealed as one: XChaCha20-Poly1305.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::Key;

/// The nonce of `XChaCha20`, in bytes: long enough to be drawn at random each time
/// (draft-irtf-cfrg-xchacha 3.1).
pub const NONCE: usize = 24;

/// Seals `plain` for this `context`: opened under another one, it is refused. The nonce comes first, the
/// tag last. A nonce is used once with a key.
#[must_use]
pub fn seal(key: &Key, nonce: [u8; NONCE], context: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut sealed = nonce.to_vec();
    let payload = Payload { msg: plain, aad: context };
    let text = XChaCha20Poly1305::new(&(*key).into()).encrypt(&XNonce::from(nonce), payload);
    sealed.extend(text.expect("XChaCha20-Poly1305 takes 256 GiB, an event has some MiB"));
    sealed
}

/// What was sealed under this `context`; `None` where anything of it is another.
#[must_use]
pub fn open(key: &Key, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: text, aad: context };
    XChaCha20Poly1305::new(&(*key).into()).decrypt(&XNonce::from(*nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The test vector of draft-irtf-cfrg-xchacha A.3.1.
    #[test]
    fn it_is_the_cipher_of_the_draft() {
        let key: Key = std::array::from_fn(|n| 0x80 + u8::try_from(n).unwrap());
        let nonce: [u8; NONCE] = std::array::from_fn(|n| 0x40 + u8::try_from(n).unwrap());
        let context = b"\x50\x51\x52\x53\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7";
        let begin = [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b];
        let tag = [
            0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a,
            0xcf, 0x49,
        ];
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let sealed = seal(&key, nonce, context, plain);
        assert!(sealed.starts_with(&nonce) && sealed[NONCE..].starts_with(&begin));
        assert!(sealed.ends_with(&tag), "{sealed:02x?}");
        assert_eq!(open(&key, context, &sealed).unwrap(), plain);
    }

    proptest! {
        #[test]
        fn what_is_sealed_comes_back_and_nothing_else_does(
            key: Key, other: Key, nonce: [u8; NONCE],
            plain: Vec<u8>, context: Vec<u8>, place: usize, flip in 1_u8..
        ) {
            prop_assume!(key != other);
            let sealed = seal(&key, nonce, &context, &plain);
            prop_assert_eq!(open(&key, &context, &sealed), Some(plain));
            prop_assert_eq!(open(&other, &context, &sealed), None);
            prop_assert_eq!(open(&key, &[context.as_slice(), b"x"].concat(), &sealed), None);
            let mut altered = sealed.clone();
            let place = place % altered.len();
            altered[place] ^= flip;
            prop_assert_eq!(open(&key, &context, &altered), None);
            prop_assert_eq!(open(&key, &context, &sealed[..place]), None);
        }
    }
}
