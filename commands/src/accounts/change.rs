//! Changing what an account says of its owner, and whether it may sign in.

use domain::account::{
    AccountEvent, AccountRefusal, AskEmailChange, ChangeProfile, FullName, RecordOfAccount,
};
use domain::{EmailAddress, Language, Personal, Username};
use uuid::Uuid;

use super::name::AccountName;
use crate::allotments::Limit;
use crate::facades::Accounts;
use crate::identity::Spared;
use crate::{Cause, CommandError, UserAccount};

/// What is to be changed of an account; what is `None` stays.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ProfileChange {
    pub username: Option<Username>,
    /// `Some(None)` takes the full name away.
    pub full_name: Option<Option<FullName>>,
    pub language: Option<Language>,
}

impl ProfileChange {
    const fn is_empty(&self) -> bool {
        self.username.is_none() && self.full_name.is_none() && self.language.is_none()
    }
}

impl Accounts<'_> {
    /// Changes the user name, the full name or the language.
    pub async fn change_profile(
        self,
        id: Uuid,
        change: ProfileChange,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let text = id.to_string();
        if let Some(username) = &change.username {
            self.claim(id, AccountName::Username(username)).await?;
        }
        let state = self.state_of::<domain::account::Account>(&text).await?;
        let present = state.open().map_err(CommandError::Refused)?;
        let decision = ChangeProfile {
            username: change.username.map(Personal::new).or_else(|| present.username.clone()),
            full_name: match change.full_name {
                Some(full_name) => full_name.map(Personal::new),
                None => present.full_name.clone(),
            },
            language: change.language.unwrap_or(present.language),
            at: self.clock.now(),
        };
        let receipt = self.perform(&text, &decision, cause).await?;
        self.update(id, &receipt.state, receipt.position).await?;
        let account = receipt.state.open().map_err(CommandError::Refused)?;
        let username = account.username.as_ref().map(Personal::reveal);
        let confirmed = account.email_confirmed.then(|| account.email.reveal());
        Ok(self.give_up_names(id, username, confirmed).await?)
    }

    /// Gives the account another address. A confirmed one stays in force until the new one is confirmed;
    /// what the letter to it says depends on whether it is another account's, and the answer does not.
    pub async fn ask_email_change(
        self,
        account: &UserAccount,
        email: EmailAddress,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        self.change(account, ProfileChange::default(), Some(email), cause).await
    }

    /// Changes what is said of the owner and asks for another address at once; nothing where the address was given
    /// too often.
    pub async fn change(
        self,
        account: &UserAccount,
        change: ProfileChange,
        email: Option<EmailAddress>,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let wanted = account.wanted_email();
        let email = email.filter(|email| !wanted.eq_ignore_ascii_case(email.as_str()));
        if let Some(email) = &email
            && self.limits().try_now(&Limit::of_registrations(email)).await?.is_err()
        {
            return Err(CommandError::Refused(AccountRefusal::TooManyOfAddress));
        }
        if !change.is_empty() {
            self.change_profile(account.id, change, cause).await?;
        }
        let Some(email) = email else { return Ok(()) };
        let decision = AskEmailChange { email, at: self.clock.now() };
        let receipt = self.perform(&account.id.to_string(), &decision, cause).await?;
        self.update(account.id, &receipt.state, receipt.position).await
    }

    /// Shuts an account out and ends its sessions and tokens, or lets it in again.
    pub async fn disable(
        self,
        id: Uuid,
        disabled: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let at = self.clock.now();
        if !disabled {
            // What was left open where shutting out was cut off must not come back to life.
            self.identity().end_all_but::<UserAccount>(id, Spared::Nothing).await?;
        }
        self.record(
            id,
            |_| {
                if disabled {
                    AccountEvent::AccountDisabled { at }
                } else {
                    AccountEvent::AccountEnabled { at }
                }
            },
            cause,
        )
        .await?;
        if disabled {
            self.identity().end_all_but::<UserAccount>(id, Spared::Nothing).await?;
        }
        Ok(())
    }

    /// Records something of an account, and brings its row up to date.
    pub(super) async fn record(
        self,
        id: Uuid,
        event: impl FnOnce(jiff::Timestamp) -> AccountEvent,
        cause: &Cause,
    ) -> Result<(), CommandError<AccountRefusal>> {
        let record = RecordOfAccount(event(self.clock.now()));
        let receipt = self.perform(&id.to_string(), &record, cause).await?;
        self.update(id, &receipt.state, receipt.position).await
    }
}
