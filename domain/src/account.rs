//! An account of a person: a candidate with a space of their own, or a member of a company's hiring desk;
//! one person may be both. Operators have accounts of another kind.
//!
//! Passwords, second factors, sessions and tokens are no facts: they lie beside the log, and the log says
//! only that they changed. To add an event: its variant in `event.rs`, its name in the list there, its line
//! in `apply`.

mod archive;
mod decide;
mod event;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{EmailAddress, Language, Line, Personal, Username};

pub use archive::{AskArchiveLetter, MAX_ARCHIVE_TOLD, WishArchiveLetters};
pub use decide::{
    AskEmailChange, ChangeProfile, CloseAccount, ConfirmEmail, EraseAccount, RecordOfAccount,
    RegisterAccount,
};
pub use event::{AccountEvent, AccountEventKind, ClosingReason};

/// The full name of a person, as they write it.
pub type FullName = Line<200>;

/// The aggregate: one account, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Account {
    /// Nobody registered under this id.
    #[default]
    Absent,
    /// It is there.
    Open(Box<OpenAccount>),
    /// It was closed, or its person was forgotten.
    Closed {
        /// Whether its personal data are erased.
        erased: bool,
    },
}

/// An account that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAccount {
    /// The address: it belongs to the account once it is confirmed.
    pub email: Personal<EmailAddress>,
    /// Whether its owner showed that they read the letters there.
    pub email_confirmed: bool,
    /// The address that takes the place of a confirmed one, once it is confirmed itself.
    pub new_email: Option<Personal<EmailAddress>>,
    /// The user name, where one was chosen.
    pub username: Option<Personal<Username>>,
    /// The full name, where it was told.
    pub full_name: Option<Personal<FullName>>,
    /// The language of pages and letters.
    pub language: Language,
    /// Whether an operator shut it out.
    pub disabled: bool,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When it is closed for want of use, where that was announced and nobody signed in since.
    pub closes_at: Option<Timestamp>,
    /// Since when its owner wants the monthly letter of what was archived, where they do.
    pub archive_letters_since: Option<Timestamp>,
    /// Up to when they were told of that.
    pub archive_told_up_to: Option<Timestamp>,
}

aggregate_of_decisions!(Account, AccountEvent, AccountRefusal, "Account");

impl Account {
    /// The account, unless it was closed or its person forgotten.
    pub fn open(&self) -> Result<&OpenAccount, AccountRefusal> {
        match self {
            Self::Absent => Err(AccountRefusal::NotFound),
            Self::Open(account) => Ok(account),
            Self::Closed { .. } => Err(AccountRefusal::Closed),
        }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: AccountEvent) {
        match (&mut *self, event) {
            (
                Self::Absent,
                AccountEvent::AccountRegistered { email, username, full_name, language, at },
            ) => {
                *self = Self::Open(Box::new(OpenAccount {
                    email,
                    email_confirmed: false,
                    new_email: None,
                    username,
                    full_name,
                    language,
                    disabled: false,
                    registered_at: at,
                    closes_at: None,
                    archive_letters_since: None,
                    archive_told_up_to: None,
                }));
            }
            (_, AccountEvent::AccountErased { .. }) => *self = Self::Closed { erased: true },
            (Self::Open(_), AccountEvent::AccountClosed { .. }) => {
                *self = Self::Closed { erased: false };
            }
            (Self::Open(account), event) => account.apply(event),
            (Self::Absent | Self::Closed { .. }, _) => {}
        }
    }
}

impl OpenAccount {
    /// The address that its owner means: the new one while it waits to be confirmed.
    pub fn wanted_email(&self) -> &EmailAddress {
        self.new_email.as_ref().unwrap_or(&self.email).reveal()
    }

    fn apply(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::AccountEmailConfirmed { .. } => self.email_confirmed = true,
            AccountEvent::AccountEmailChangeAsked { email, .. } => {
                if !self.email_confirmed {
                    self.email = email;
                } else if self.email.reveal().matches(email.reveal()) {
                    self.new_email = None;
                } else {
                    self.new_email = Some(email);
                }
            }
            AccountEvent::AccountEmailChanged { email, .. } => {
                self.email = email;
                self.email_confirmed = true;
                self.new_email = None;
            }
            AccountEvent::AccountProfileChanged { username, full_name, language, .. } => {
                self.username = username;
                self.full_name = full_name;
                self.language = language;
            }
            AccountEvent::AccountDisabled { .. } => self.disabled = true,
            AccountEvent::AccountEnabled { .. } => self.disabled = false,
            AccountEvent::AccountClosingAnnounced { closes_at, .. } => {
                self.closes_at = Some(closes_at);
            }
            AccountEvent::AccountClosingCalledOff { .. } => self.closes_at = None,
            AccountEvent::AccountArchiveLettersSwitchedOn { at } => {
                self.archive_letters_since = Some(at);
            }
            AccountEvent::AccountArchiveLettersSwitchedOff { .. } => {
                self.archive_letters_since = None;
            }
            AccountEvent::AccountArchiveLetterAsked { up_to, .. } => {
                self.archive_told_up_to = Some(up_to);
            }
            AccountEvent::AccountRegistered { .. }
            | AccountEvent::AccountConfirmationAsked { .. }
            | AccountEvent::AccountPasswordResetAsked { .. }
            | AccountEvent::AccountPasswordChanged { .. }
            | AccountEvent::AccountSecondFactorSet { .. }
            | AccountEvent::AccountSecondFactorRemoved { .. }
            | AccountEvent::AccountTokenReused { .. }
            | AccountEvent::AccountUnlocked { .. }
            | AccountEvent::AccountClosed { .. }
            | AccountEvent::AccountErased { .. } => {}
        }
    }
}

/// Why something may not happen to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccountRefusal {
    /// There is none.
    #[error("There is no such account.")]
    NotFound,
    /// It was closed.
    #[error("This account was closed.")]
    Closed,
    /// There is one of this id already.
    #[error("This account is registered already.")]
    AlreadyRegistered,
    /// Somebody else has the user name.
    #[error("This user name is taken. Choose another one.")]
    UsernameTaken,
    /// The address belongs to another account.
    #[error("This address belongs to another account.")]
    EmailTaken,
    /// The address is not one that the account has, or was to have.
    #[error("This address is no longer the account's.")]
    OtherEmail,
    /// Only whoever is signed in confirms another address of an account with a second factor.
    #[error("This account has a second factor. Sign in to it, then confirm its new address.")]
    SignInFirst,
    /// Too many accounts that were not confirmed have the address.
    #[error("This address was given too often. Try again in an hour.")]
    TooManyOfAddress,
}

impl crate::Refused for AccountRefusal {
    fn is_erased(&self) -> bool {
        *self == Self::Closed
    }
}
