//! How hard a new password is to guess, told while it is chosen.

use super::UserAccount;
use super::password::{MOST, apart};
use crate::facades::Accounts;
use crate::identity::{Password, PasswordError, Strength};

impl Accounts<'_> {
    /// How hard a password is to guess, for somebody of these names.
    pub async fn strength(self, text: &str, names: &[&str], has_second_factor: bool) -> Strength {
        let lengths = self.password_minimum(has_second_factor)..=MOST;
        let told = apart(text, names, |text, names| Password::strength(lengths, names, text));
        told.await.unwrap_or(Strength::Refused(PasswordError::Common))
    }

    /// How hard another password of an account is to guess.
    pub async fn strength_of(self, account: &UserAccount, text: &str) -> Strength {
        self.strength(text, &account.names(), account.has_second_factor).await
    }
}
