//! What is sealed in parts, each of which opens without the others: the STREAM construction (Hoang,
//! Reyhanitabar, Rogaway, Vizár 2015, <https://eprint.iacr.org/2015/189>, in its form with a 32-bit counter
//! and a byte for the last part) over XChaCha20-Poly1305.

use aead_stream::{NewStream as _, StreamBE32, StreamPrimitive as _};
use chacha20poly1305::XChaCha20Poly1305;

use crate::Key;

/// What the nonces of all parts begin with, in bytes.
pub const PREFIX: usize = 19;
/// What a part grows by, in bytes.
pub const TAG: usize = 16;

/// A content of many parts.
pub struct Stream(StreamBE32<XChaCha20Poly1305>);

impl Stream {
    /// With the beginning of its nonces, which is used once with a key.
    #[must_use]
    pub fn new(key: &Key, prefix: [u8; PREFIX]) -> Self {
        Self(StreamBE32::new(&(*key).into(), &prefix.into()))
    }

    /// Seals a part in its place; `None` where it is longer than any.
    #[must_use]
    pub fn seal(&self, nth: u32, last: bool, context: &[u8], part: &mut Vec<u8>) -> Option<()> {
        self.0.encrypt_in_place(nth, last, context, part).ok()
    }

    /// Opens a part in its place; `None` where it is not the one that was sealed with this number and
    /// context.
    #[must_use]
    pub fn open(&self, nth: u32, last: bool, context: &[u8], part: &mut Vec<u8>) -> Option<()> {
        self.0.decrypt_in_place(nth, last, context, part).ok()
    }
}
