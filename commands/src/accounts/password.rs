//! The passwords of candidates and recruiters: 15 characters where nothing else is asked for, 8 beside a second
//! factor (NIST SP 800-63B-4, 3.1.1.2), and none that is tried first or holds a name of its owner.

use domain::account::AccountRefusal;
use thiserror::Error;

use super::UserAccount;
use crate::facades::Accounts;
use crate::identity::{Password, PasswordError, SignInError, Spared};
use crate::{Cause, CommandError, Commands};

/// The least number of characters beside a second factor, and of any.
const BESIDE_A_FACTOR: usize = 8;
/// The most.
pub(super) const MOST: usize = 128;

/// Why an account keeps the password that it has.
#[derive(Debug, Error)]
pub enum NewPasswordError {
    /// The new one is not taken.
    #[error(transparent)]
    Weak(#[from] PasswordError),
    /// The present one was not given rightly, or too often.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// It could not be changed.
    #[error(transparent)]
    Command(#[from] CommandError<AccountRefusal>),
}

/// Judges a password on a thread that may block; `None` where that came to nothing, and then it is not taken.
pub(super) async fn apart<T: Send + 'static>(
    text: &str,
    names: &[&str],
    judge: impl FnOnce(&str, &[&str]) -> T + Send + 'static,
) -> Option<T> {
    let text = text.to_owned();
    let names: Vec<String> = names.iter().copied().map(str::to_owned).collect();
    let judged = tokio::task::spawn_blocking(move || {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        judge(&text, &names)
    });
    judged.await.ok()
}

impl Accounts<'_> {
    /// The least number of characters of a new password.
    pub fn password_minimum(self, has_second_factor: bool) -> usize {
        let alone = self.account_settings.password_minimum;
        if has_second_factor { BESIDE_A_FACTOR.min(alone) } else { alone }
    }

    /// A new password for somebody of these names.
    pub fn new_password(
        self,
        text: &str,
        names: &[&str],
        has_second_factor: bool,
    ) -> Result<Password, PasswordError> {
        Password::within(self.password_minimum(has_second_factor)..=MOST, names, text)
    }

    /// The same, on a thread of its own: the estimate takes long.
    pub async fn choose_password(
        self,
        text: &str,
        names: &[&str],
        has_second_factor: bool,
    ) -> Result<Password, PasswordError> {
        let commands = Commands::clone(&self);
        let judged = apart(text, names, move |text, names| {
            commands.accounts().new_password(text, names, has_second_factor)
        });
        judged.await.unwrap_or(Err(PasswordError::Common))
    }

    /// A new password for an account.
    pub async fn new_password_of(
        self,
        account: &UserAccount,
        text: &str,
    ) -> Result<Password, PasswordError> {
        self.choose_password(text, &account.names(), account.has_second_factor).await
    }

    /// The least number of characters of a password that replaces a forgotten one.
    pub fn reset_minimum(self, account: &UserAccount) -> usize {
        self.password_minimum(account.keeps_second_factor())
    }

    /// A new password for an account whose owner forgot the one before.
    pub async fn reset_password_of(
        self,
        account: &UserAccount,
        text: &str,
    ) -> Result<Password, PasswordError> {
        self.choose_password(text, &account.names(), account.keeps_second_factor()).await
    }

    /// Changes the password of whoever gives the present one, and the code where a second factor is set: a weak
    /// new one does not use it up. All other sessions and tokens end.
    pub async fn change_password(
        self,
        account: &UserAccount,
        present: Password,
        code: &str,
        new: &str,
        spared: Spared<'_>,
        cause: &Cause,
    ) -> Result<(), NewPasswordError> {
        let new = self.new_password_of(account, new).await?;
        self.identity().confirm(account, present, code).await?;
        Ok(self.identity().change_password(account, &new, spared, cause).await?)
    }
}
