//! What may be decided about an account.

use jiff::Timestamp;

use super::{Account, AccountEvent, AccountRefusal, ClosingReason, FullName};
use crate::{Decision, EmailAddress, Language, Personal, Username};

/// Somebody registers.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "they are those of the event")]
pub struct RegisterAccount {
    pub email: Personal<EmailAddress>,
    pub username: Option<Personal<Username>>,
    pub full_name: Option<Personal<FullName>>,
    pub language: Language,
    pub at: Timestamp,
}

impl Decision for RegisterAccount {
    type Aggregate = Account;

    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        match state {
            Account::Absent => Ok(vec![AccountEvent::AccountRegistered {
                email: self.email.clone(),
                username: self.username.clone(),
                full_name: self.full_name.clone(),
                language: self.language,
                at: self.at,
            }]),
            Account::Open(_) => Err(AccountRefusal::AlreadyRegistered),
            Account::Closed { .. } => Err(AccountRefusal::Closed),
        }
    }
}

/// Whoever has the account showed that they read the letters to this address.
#[derive(Clone, Debug)]
pub struct ConfirmEmail {
    /// The address.
    pub email: EmailAddress,
    /// When.
    pub at: Timestamp,
}

impl Decision for ConfirmEmail {
    type Aggregate = Account;

    /// A link to an address that the account has no more confirms nothing.
    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let (account, at) = (state.open()?, self.at);
        if account.new_email.as_ref().is_some_and(|new| new.reveal().matches(&self.email)) {
            let (email, former) = (Personal::new(self.email.clone()), account.email.clone());
            return Ok(vec![AccountEvent::AccountEmailChanged { email, former, at }]);
        }
        if !account.email.reveal().matches(&self.email) {
            return Err(AccountRefusal::OtherEmail);
        }
        if account.email_confirmed {
            return Ok(vec![]);
        }
        Ok(vec![AccountEvent::AccountEmailConfirmed { at }])
    }
}

/// Whoever has the account wants another address.
#[derive(Clone, Debug)]
pub struct AskEmailChange {
    /// The address.
    pub email: EmailAddress,
    /// When.
    pub at: Timestamp,
}

impl Decision for AskEmailChange {
    type Aggregate = Account;

    /// The address that is wanted already changes nothing, in whatever letter case; the present one calls
    /// off the change to another.
    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        if state.open()?.wanted_email().matches(&self.email) {
            return Ok(vec![]);
        }
        let email = Personal::new(self.email.clone());
        Ok(vec![AccountEvent::AccountEmailChangeAsked { email, at: self.at }])
    }
}

/// What the account says of its owner is to be this; what is `None` stays as it is then.
#[derive(Clone, Debug)]
pub struct ChangeProfile {
    /// The user name.
    pub username: Option<Personal<Username>>,
    /// The full name; `Some(None)` takes it away.
    pub full_name: Option<Option<Personal<FullName>>>,
    /// The language.
    pub language: Option<Language>,
    /// When.
    pub at: Timestamp,
}

impl Decision for ChangeProfile {
    type Aggregate = Account;

    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let (account, Self { username, full_name, language, at }) = (state.open()?, self.clone());
        let username = username.or_else(|| account.username.clone());
        let full_name = full_name.unwrap_or_else(|| account.full_name.clone());
        let language = language.unwrap_or(account.language);
        let same = account.username == username
            && account.full_name == full_name
            && account.language == language;
        if same {
            return Ok(vec![]);
        }
        Ok(vec![AccountEvent::AccountProfileChanged { username, full_name, language, at }])
    }
}

/// The account is closed, and its owner forgotten by the same act.
#[derive(Clone, Copy, Debug)]
pub struct CloseAccount {
    /// Why.
    pub reason: ClosingReason,
    /// When.
    pub at: Timestamp,
}

impl Decision for CloseAccount {
    type Aggregate = Account;

    /// For want of use, only one whose announced time has come: somebody may have signed in since
    /// it was found.
    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let Self { reason, at } = *self;
        match state {
            Account::Absent => Err(AccountRefusal::NotFound),
            Account::Open(account)
                if reason == ClosingReason::Unused
                    && account.closes_at.is_none_or(|closes_at| closes_at > at) =>
            {
                Ok(vec![])
            }
            Account::Open(_) => Ok(vec![
                AccountEvent::AccountClosed { reason, at },
                AccountEvent::AccountErased { at },
            ]),
            Account::Closed { erased: false } => Ok(vec![AccountEvent::AccountErased { at }]),
            Account::Closed { erased: true } => Ok(vec![]),
        }
    }
}

/// Its owner is forgotten.
#[derive(Clone, Copy, Debug)]
pub struct EraseAccount {
    /// When.
    pub at: Timestamp,
}

impl Decision for EraseAccount {
    type Aggregate = Account;

    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        match state {
            Account::Absent => Err(AccountRefusal::NotFound),
            Account::Open(_) | Account::Closed { erased: false } => {
                Ok(vec![AccountEvent::AccountErased { at: self.at }])
            }
            Account::Closed { erased: true } => Ok(vec![]),
        }
    }
}

/// What is recorded of an account as it happened: credentials that changed, what operators did, what was
/// announced. Everything else has a decision of its own.
#[derive(Clone, Debug)]
pub struct RecordOfAccount(pub AccountEvent);

impl Decision for RecordOfAccount {
    type Aggregate = Account;

    fn decide(&self, state: &Account) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let account = state.open()?;
        let nothing_new = match &self.0 {
            AccountEvent::AccountConfirmationAsked { .. } => {
                account.email_confirmed && account.new_email.is_none()
            }
            AccountEvent::AccountDisabled { .. } => account.disabled,
            AccountEvent::AccountEnabled { .. } => !account.disabled,
            AccountEvent::AccountClosingAnnounced { .. } => account.closes_at.is_some(),
            AccountEvent::AccountClosingCalledOff { .. } => account.closes_at.is_none(),
            _ => false,
        };
        Ok(if nothing_new { vec![] } else { vec![self.0.clone()] })
    }
}
