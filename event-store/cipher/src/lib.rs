//! The ciphers of what is sealed, and nothing else: XChaCha20-Poly1305 for what is short, the same in the
//! STREAM construction for what is long, and HMAC-SHA256 for names and for keys that follow from others.
//!
//! It holds no rule of what is sealed with which key. It is a crate of its own because generic code is
//! compiled where it is used: here it is optimised, in tests too.

mod short;
mod stream;

pub use short::{NONCE, open, seal};
pub use stream::{PREFIX, Stream, TAG};

/// 256 bits.
pub type Key = [u8; 32];

/// HMAC-SHA256 of a text.
#[must_use]
pub fn mac(key: &Key, text: &[u8]) -> [u8; 32] {
    use hmac::{Hmac, KeyInit as _, Mac as _};

    let mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.chain_update(text).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    /// RFC 4231, test case 2, its key padded to 256 bits: HMAC pads keys with zeros itself.
    #[test]
    fn a_mac_is_that_of_the_rfc() {
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let mac = super::mac(&key, b"what do ya want for nothing?");
        assert_eq!(mac[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
    }
}
