//! Registering. Whether the address is known is told to whoever reads its letters, and to nobody else: an account
//! is made in any case, and one that can never confirm its address is as good as none.

use domain::account::{AccountRefusal, FullName, RegisterAccount};
use domain::{EmailAddress, Language, Personal, Username};

use super::UserAccount;
use super::name::AccountName;
use crate::allotments::Limit;
use crate::facades::Accounts;
use crate::{Cause, CommandError, Password};

/// What somebody says who registers.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Registration {
    pub email: EmailAddress,
    pub username: Option<Username>,
    pub full_name: Option<FullName>,
    pub language: Language,
    pub password: Password,
}

impl Accounts<'_> {
    /// Makes an account, which is not confirmed.
    pub async fn register(
        self,
        new: Registration,
        cause: &Cause,
    ) -> Result<UserAccount, CommandError<AccountRefusal>> {
        let Registration { email, username, full_name, language, password } = new;
        if let Some(username) = &username
            && self.is_username_taken(username).await?
        {
            return Err(CommandError::Refused(AccountRefusal::UsernameTaken));
        }
        if self.limits().try_now(&Limit::of_registrations(&email)).await?.is_err() {
            return Err(CommandError::Refused(AccountRefusal::TooManyOfAddress));
        }
        let hash = password.hash_for_stranger(&self.gate.hashing).await?;
        let id = self.ids.uuid();
        if let Some(username) = &username {
            self.claim(id, AccountName::Username(username)).await?;
        }
        let decision = RegisterAccount {
            email: Personal::new(email),
            username: username.map(Personal::new),
            full_name: full_name.map(Personal::new),
            language,
            at: self.clock.now(),
        };
        let receipt = self.perform_first(&id.to_string(), &decision, cause).await?;
        self.insert(id, &receipt.state, receipt.position, hash).await?;
        let account = self.find(id).await?;
        account.ok_or(CommandError::Invalid("an account whose key cannot be used"))
    }

    /// Whether an account carries this address, confirmed or not.
    pub async fn is_address_known(
        self,
        email: &EmailAddress,
    ) -> Result<bool, event_store::DbError> {
        Ok(!self.of_address(email).await?.is_empty())
    }
}
