//! Whether a PDF opens with the empty password: the standard security handler of ISO 32000-2, 7.6.4.

use aes::Aes128;
use aes::cipher::{BlockEncrypt as _, KeyInit as _};
use md5::Md5;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::syntax::{Object, get};

/// What stands for a password of no characters (7.6.4.3.2).
const PADDING: [u8; 32] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08,
    0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
];

/// What the dictionary of a lock says.
pub(super) struct Lock {
    revision: i64,
    key_length: usize,
    permissions: u32,
    owner: Vec<u8>,
    user: Vec<u8>,
    metadata_too: bool,
    id: Vec<u8>,
}

impl Lock {
    /// The lock of a dictionary; nothing where it is of another kind, with certificates for example.
    pub(super) fn new(dictionary: &[(Vec<u8>, Object)], id: &[u8]) -> Option<Self> {
        let number = |key: &str| match get(dictionary, key) {
            Some(Object::Number(number)) => Some(*number),
            _ => None,
        };
        let text = |key: &str| match get(dictionary, key) {
            Some(Object::Text(text)) => Some(text.clone()),
            _ => None,
        };
        if get(dictionary, "Filter") != Some(&Object::Name(b"Standard".to_vec())) {
            return None;
        }
        let (version, revision) = (number("V")?, number("R")?);
        let bits = match version {
            1 => 40,
            4 => 128, // /Length may be left out, or count bytes
            _ => number("Length").unwrap_or(40),
        };
        let key_length = usize::try_from(bits / 8).ok().filter(|length| (5..=16).contains(length));
        Some(Self {
            revision,
            key_length: if revision >= 5 { 32 } else { key_length? },
            permissions: u32::try_from(number("P")? & 0xffff_ffff).ok()?,
            owner: text("O")?,
            user: text("U")?,
            metadata_too: get(dictionary, "EncryptMetadata")
                != Some(&Object::Word(b"false".to_vec())),
            id: id.to_vec(),
        })
    }

    /// Whether the user's password is the empty one.
    pub(super) fn opens_without_password(&self) -> bool {
        match self.revision {
            2 => self.legacy_key().is_some_and(|key| rc4(&key, &PADDING) == self.user),
            3 | 4 => self.legacy_key().is_some_and(|key| {
                let mut check =
                    Md5::new_with_prefix(PADDING).chain_update(&self.id).finalize().to_vec();
                for round in 0..20 {
                    let key: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
                    check = rc4(&key, &check);
                }
                self.user.starts_with(&check)
            }),
            5 => self.salted().is_some_and(|(hash, salt)| Sha256::digest(salt).as_slice() == hash),
            6 => self.salted().is_some_and(|(hash, salt)| hardened(salt) == hash),
            _ => false,
        }
    }

    /// Algorithm 2: the key of the file.
    fn legacy_key(&self) -> Option<Vec<u8>> {
        let mut hash = Md5::new_with_prefix(PADDING)
            .chain_update(self.owner.get(..32)?)
            .chain_update(self.permissions.to_le_bytes())
            .chain_update(&self.id);
        if self.revision >= 4 && !self.metadata_too {
            hash = hash.chain_update([0xff; 4]);
        }
        let mut key = hash.finalize().to_vec();
        let length = if self.revision == 2 { 5 } else { self.key_length };
        if self.revision >= 3 {
            for _ in 0..50 {
                key = Md5::digest(key.get(..length)?).to_vec();
            }
        }
        key.get(..length).map(<[u8]>::to_vec)
    }

    /// The hash of the user's password, and the salt that it was made with.
    fn salted(&self) -> Option<(&[u8], &[u8])> {
        Some((self.user.get(..32)?, self.user.get(32..40)?))
    }
}

/// Algorithm 2.B, for a password of no characters.
fn hardened(salt: &[u8]) -> Vec<u8> {
    let mut key = Sha256::digest(salt).to_vec();
    for round in 1_u32.. {
        let text = key.repeat(64);
        let sealed = cbc(&key[..16], &key[16..32], &text);
        let sum: u32 = sealed[..16].iter().map(|byte| u32::from(*byte)).sum();
        key = match sum % 3 {
            0 => Sha256::digest(&sealed).to_vec(),
            1 => Sha384::digest(&sealed).to_vec(),
            _ => Sha512::digest(&sealed).to_vec(),
        };
        let last = sealed.last().copied().map_or(0, u32::from);
        if round >= 64 && last + 32 <= round {
            break;
        }
    }
    key.truncate(32);
    key
}

/// AES-128 in CBC mode, for whole blocks.
fn cbc(key: &[u8], start: &[u8], text: &[u8]) -> Vec<u8> {
    let cipher = Aes128::new(key.into());
    let mut sealed: Vec<u8> = Vec::with_capacity(text.len());
    let mut before = start.to_vec();
    for block in text.chunks(16) {
        let mixed: Vec<u8> = block.iter().zip(&before).map(|(one, other)| one ^ other).collect();
        let mut block = aes::Block::default();
        block.copy_from_slice(&mixed);
        cipher.encrypt_block(&mut block);
        before = block.to_vec();
        sealed.extend(&before);
    }
    sealed
}

/// RC4, which is no protection any more and stands here to tell what was used once.
fn rc4(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut state: Vec<u8> = (0..=255).collect();
    let mut other = 0_u8;
    for place in 0..256 {
        other = other.wrapping_add(state[place]).wrapping_add(key[place % key.len()]);
        state.swap(place, usize::from(other));
    }
    let (mut one, mut other) = (0_u8, 0_u8);
    let next = |byte: &u8| {
        one = one.wrapping_add(1);
        other = other.wrapping_add(state[usize::from(one)]);
        state.swap(usize::from(one), usize::from(other));
        let sum = state[usize::from(one)].wrapping_add(state[usize::from(other)]);
        byte ^ state[usize::from(sum)]
    };
    text.iter().map(next).collect()
}
