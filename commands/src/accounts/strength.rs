//! How hard a new password is to guess, told while it is chosen.

use super::UserAccount;
use super::password::MOST;
use crate::facades::Accounts;
use crate::identity::{Password, Strength};

impl Accounts<'_> {
    /// How hard a password is to guess, for somebody of these names.
    pub fn strength(self, text: &str, names: &[&str], has_second_factor: bool) -> Strength {
        Password::strength(self.password_minimum(has_second_factor)..=MOST, names, text)
    }

    /// How hard another password of an account is to guess.
    pub fn strength_of(self, account: &UserAccount, text: &str) -> Strength {
        self.strength(text, &account.names(), account.has_second_factor)
    }
}
