use std::fmt;
use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::operator::OperatorRefusal;
use thiserror::Error;

use crate::CommandError;

/// A password of an operator, never shown but where it was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// A text is not taken as a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a password has 12 to 200 characters")]
pub struct PasswordError;

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What a password is compared with where nobody has that address.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let hash = Argon2::default().hash_password(b"nobody's");
    hash.map(|hash| hash.to_string()).unwrap_or_default()
});

impl Password {
    /// A new password: 12 characters at least (NIST SP 800-63B asks for 8), no rules about which.
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        let length = text.chars().count();
        if (12..=200).contains(&length) { Ok(Self(text.to_owned())) } else { Err(PasswordError) }
    }

    /// A password that somebody presents.
    pub fn presented(text: &str) -> Self {
        Self(text.chars().take(200).collect())
    }

    /// A password made of these random bytes: 24 characters.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(&bytes[..18]))
    }

    /// The text to be shown, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its argon2id hash as a PHC string. It takes a while, so it has a thread of its own.
    pub(super) async fn hash(&self) -> Result<String, CommandError<OperatorRefusal>> {
        let text = self.0.clone();
        let hashing = tokio::task::spawn_blocking(move || {
            Argon2::default().hash_password(text.as_bytes()).map(|hash| hash.to_string())
        });
        let unhashable = CommandError::Invalid("a password that cannot be hashed");
        hashing.await.ok().and_then(Result::ok).ok_or(unhashable)
    }

    /// Whether it is the password of this hash; as slow where there is none.
    pub(super) async fn verify(
        self,
        hash: Option<String>,
    ) -> Result<bool, CommandError<OperatorRefusal>> {
        let verifying = tokio::task::spawn_blocking(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODYS.clone());
            let parsed = PasswordHash::new(&hash);
            let right = parsed.is_ok_and(|parsed| {
                Argon2::default().verify_password(self.0.as_bytes(), &parsed).is_ok()
            });
            known && right
        });
        verifying.await.map_err(|_| CommandError::Busy)
    }
}
