//! Changing what an account says of its owner, and whether it may sign in.

use domain::account::{
    Account, AccountEvent, AccountRefusal, AskEmailChange, ChangeProfile, FullName, RecordOfAccount,
};
use domain::{EmailAddress, Language, Personal, Username};
use uuid::Uuid;

use super::name::{AccountName, folded};
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
        let (text, at) = (id.to_string(), self.clock.now());
        let before = self.state_of::<Account>(&text).await?;
        let former = before.open().map_err(CommandError::Refused)?.username.clone();
        if let Some(username) = &change.username {
            self.claim(id, AccountName::Username(username)).await?;
        }
        let decision = ChangeProfile {
            username: change.username.map(Personal::new),
            full_name: change.full_name.map(|name| name.map(Personal::new)),
            language: change.language,
            at,
        };
        let receipt = self.perform(&text, &decision, cause).await?;
        self.update(id, &receipt.state, receipt.position).await?;
        let present = receipt.state.open().map_err(CommandError::Refused)?.username.as_ref();
        let present = present.map(|name| folded(name.reveal().as_str()));
        if let Some(former) = former.as_ref().map(Personal::reveal)
            && present != Some(folded(former.as_str()))
        {
            self.give_up(id, AccountName::Username(former), at).await?;
        }
        Ok(())
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
