//! The master keys: what wraps the keys of streams.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::data_key::DataKey;

/// The longest id of a key, in characters.
const LONGEST_ID: usize = 32;

/// The master keys, as the settings give them: `ID:KEY`, several separated by commas, a key being 64
/// hexadecimal digits. The first one wraps; all of them unwrap.
#[derive(Clone)]
pub struct MasterKeys(Vec<(String, DataKey)>);

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.0.iter().map(|(id, _)| id.as_str()).collect();
        write!(f, "MasterKeys({})", ids.join(", "))
    }
}

/// The text is no list of master keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeysError {
    /// A part of it is not `ID:KEY`.
    #[error(
        "key number {0} is not ID:KEY, with 64 hexadecimal digits as KEY and 1 to 32 of a-z, 0-9, - and _ as ID; make one with `echo m1:$(openssl rand -hex 32)`"
    )]
    Malformed(usize),
    /// Two keys have the same id.
    #[error("the id {0} occurs twice: each key has an id of its own")]
    Twice(String),
}

impl FromStr for MasterKeys {
    type Err = MasterKeysError;

    fn from_str(text: &str) -> Result<Self, MasterKeysError> {
        let mut keys: Vec<(String, DataKey)> = vec![];
        for (nth, part) in text.trim().split(',').enumerate() {
            let malformed = || MasterKeysError::Malformed(nth + 1);
            let (id, digits) = part.trim().split_once(':').ok_or_else(malformed)?;
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
            if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(plain) {
                return Err(malformed());
            }
            let mut key = [0; 32];
            hex::decode_to_slice(digits, &mut key).map_err(|_| malformed())?;
            if keys.iter().any(|(known, _)| known == id) {
                return Err(MasterKeysError::Twice(id.to_owned()));
            }
            keys.push((id.to_owned(), DataKey::new(key)));
        }
        Ok(Self(keys))
    }
}

/// A key of a stream cannot be unwrapped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// The settings do not hold that master key.
    #[error("personal data are sealed under the master key {id}, which is not given")]
    NotConfigured {
        /// Which.
        id: String,
    },
    /// The settings hold another key by that name.
    #[error(
        "the master key {id} is not the one by that name that personal data are sealed under, or the stored key was altered: nothing was changed"
    )]
    Wrong {
        /// Which.
        id: String,
    },
    /// What is stored of the key is none of ours.
    #[error("the stored key of a stream was altered, or a newer version wrote it")]
    Altered,
}

impl MasterKeys {
    /// The id of the key that wraps.
    pub fn current(&self) -> &str {
        &self.0[0].0
    }

    /// Whether there is a key of this id.
    pub fn holds(&self, id: &str) -> bool {
        self.0.iter().any(|(known, _)| known == id)
    }

    /// The data key as it is stored: wrapped for this `context` by the current key.
    pub(super) fn wrap(&self, context: &[u8], key: &DataKey) -> String {
        STANDARD.encode(self.0[0].1.seal(context, key.bytes()))
    }

    /// A stored data key.
    pub(super) fn unwrap(
        &self,
        id: &str,
        context: &[u8],
        wrapped: &str,
    ) -> Result<DataKey, MasterKeyError> {
        let master = self.0.iter().find(|(known, _)| known == id).map(|(_, key)| key);
        let master = master.ok_or_else(|| MasterKeyError::NotConfigured { id: id.to_owned() })?;
        let opened = STANDARD.decode(wrapped).ok();
        let opened = opened.and_then(|wrapped| master.open(context, &wrapped));
        let bytes = opened.and_then(|bytes| bytes.try_into().ok());
        bytes.map(DataKey::new).ok_or_else(|| MasterKeyError::Wrong { id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> MasterKeys {
        text.parse().unwrap()
    }

    #[test]
    fn keys_are_told_apart_by_their_ids() {
        let (one, two) = ("11".repeat(32), "22".repeat(32));
        let both = keys(&format!(" m2:{two}, m1:{one}\n"));
        assert_eq!(both.current(), "m2");
        let key = DataKey::draw();
        let old = keys(&format!("m1:{one}"));
        let wrapped = old.wrap(b"stream", &key);
        assert_eq!(both.unwrap("m1", b"stream", &wrapped).unwrap().bytes(), key.bytes());
        let wrong = |id: &str| MasterKeyError::Wrong { id: id.to_owned() };
        assert_eq!(both.unwrap("m1", b"other", &wrapped).unwrap_err(), wrong("m1"));
        assert_eq!(both.unwrap("m2", b"stream", &wrapped).unwrap_err(), wrong("m2"));
        assert_eq!(both.unwrap("m1", b"stream", "?").unwrap_err(), wrong("m1"));
        let lost = keys(&format!("m2:{two}")).unwrap("m1", b"stream", &wrapped).unwrap_err();
        assert_eq!(lost, MasterKeyError::NotConfigured { id: "m1".to_owned() });
    }

    #[test]
    fn what_is_no_list_of_keys_is_told_and_never_shown() {
        for text in ["", "m1", "m1:00", "M1:", ":", &format!("m 1:{}", "00".repeat(32))] {
            assert_eq!(text.parse::<MasterKeys>().unwrap_err(), MasterKeysError::Malformed(1));
        }
        let twice = format!("m1:{0},m1:{0}", "ab".repeat(32));
        let told = twice.parse::<MasterKeys>().unwrap_err().to_string();
        assert!(told.contains("m1") && !told.contains("abab"), "{told}");
        let shown = format!("{:?}", keys(&format!("m1:{}", "ab".repeat(32))));
        assert_eq!(shown, "MasterKeys(m1)");
    }
}
