//! The key of one stream.

use rand::Rng as _;

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
        Self(cipher::mac(&self.0, purpose.as_bytes()))
    }

    /// Seals `plain` for this `context`: opened under another one, it is refused. The nonce comes
    /// first, the tag last.
    pub(crate) fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        cipher::seal(&self.0, drawn(), context, plain)
    }

    /// What was sealed under this `context`; `None` where anything of it is another.
    pub(crate) fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        cipher::open(&self.0, context, sealed)
    }
}

/// A name for `text` that only who has the key can tell: HMAC-SHA256, 64 hexadecimal digits.
pub(crate) fn named(key: &DataKey, text: &str) -> String {
    hex::encode(cipher::mac(&key.0, text.as_bytes()))
}

/// Bytes of a generator that the operating system seeds.
pub(super) fn drawn<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
