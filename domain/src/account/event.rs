//! The events of an account.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::FullName;
use crate::{EmailAddress, Language, Personal, Username};

/// Why an account was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosingReason {
    /// Its owner closed it.
    Owner,
    /// An operator closed it.
    Operator,
    /// Another account confirmed the address that this one never had.
    AddressTaken,
    /// Nobody signed in for as long as accounts are kept.
    Unused,
}

names! {
    ClosingReason {
        Owner = "owner",
        Operator = "operator",
        AddressTaken = "address_taken",
        Unused = "unused",
    }
}

/// A fact about an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum AccountEvent {
    /// Somebody has an account from now on.
    AccountRegistered {
        /// The address, which nobody has confirmed yet.
        #[schemars(extend("x-subject" = true))]
        email: Personal<EmailAddress>,
        /// The user name, where one was chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<Personal<Username>>,
        /// The full name, where it was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        full_name: Option<Personal<FullName>>,
        /// The language of pages and letters.
        language: Language,
        /// When.
        at: Timestamp,
    },
    /// The letter by which the address is confirmed was asked for once more.
    AccountConfirmationAsked {
        /// When.
        at: Timestamp,
    },
    /// Its owner showed that they read the letters to the address: it belongs to the account.
    AccountEmailConfirmed {
        /// When.
        at: Timestamp,
    },
    /// Another address was given: it is the account's at once where none was confirmed, and otherwise
    /// once it is confirmed.
    AccountEmailChangeAsked {
        /// The address.
        #[schemars(extend("x-subject" = true))]
        email: Personal<EmailAddress>,
        /// When.
        at: Timestamp,
    },
    /// The new address was confirmed and takes the place of the former one.
    AccountEmailChanged {
        /// The address.
        #[schemars(extend("x-subject" = true))]
        email: Personal<EmailAddress>,
        /// The one before.
        former: Personal<EmailAddress>,
        /// When.
        at: Timestamp,
    },
    /// What the account says of its owner is this from now on.
    AccountProfileChanged {
        /// The user name, where one was chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        username: Option<Personal<Username>>,
        /// The full name, where it was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        full_name: Option<Personal<FullName>>,
        /// The language of pages and letters.
        language: Language,
        /// When.
        at: Timestamp,
    },
    /// Somebody asked for the letter by which a forgotten password is replaced.
    AccountPasswordResetAsked {
        /// When.
        at: Timestamp,
    },
    /// It has another password.
    AccountPasswordChanged {
        /// When.
        at: Timestamp,
    },
    /// A second factor is asked for from now on.
    AccountSecondFactorSet {
        /// When.
        at: Timestamp,
    },
    /// The second factor was taken away.
    AccountSecondFactorRemoved {
        /// When.
        at: Timestamp,
    },
    /// A refresh token came back after another one had taken its place: it was stolen, and the tokens that
    /// descend from it ended.
    AccountTokenReused {
        /// When.
        at: Timestamp,
    },
    /// The refused sign-ins before this count no more: a lock-out was lifted.
    AccountUnlocked {
        /// When.
        at: Timestamp,
    },
    /// An operator shut it out.
    AccountDisabled {
        /// When.
        at: Timestamp,
    },
    /// An operator let it in again.
    AccountEnabled {
        /// When.
        at: Timestamp,
    },
    /// Its owner is told that it is closed soon, because nobody signed in for long.
    AccountClosingAnnounced {
        /// When it is closed.
        closes_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// Somebody signed in after that: it stays.
    AccountClosingCalledOff {
        /// When.
        at: Timestamp,
    },
    /// Its owner wants a letter each month that lists what was archived in their space.
    AccountArchiveLettersSwitchedOn {
        /// When.
        at: Timestamp,
    },
    /// They want it no more.
    AccountArchiveLettersSwitchedOff {
        /// When.
        at: Timestamp,
    },
    /// A month is over: its owner is told of what was archived in it, in one letter, and never again.
    AccountArchiveLetterAsked {
        /// When the month ended.
        up_to: Timestamp,
        /// The tracked applications that stand in the letter, the latest first.
        applications: Vec<Uuid>,
        /// How many were archived.
        total: u64,
        /// When.
        at: Timestamp,
    },
    /// It was closed: nobody signs in any more.
    AccountClosed {
        /// Why.
        reason: ClosingReason,
        /// When.
        at: Timestamp,
    },
    /// Its owner was forgotten: the key that seals their personal data went with this event.
    AccountErased {
        /// When.
        at: Timestamp,
    },
}

events! {
    AccountEventKind of AccountEvent;
    AccountRegistered,
    AccountConfirmationAsked,
    AccountEmailConfirmed,
    AccountEmailChangeAsked,
    AccountEmailChanged,
    AccountProfileChanged,
    AccountPasswordResetAsked,
    AccountPasswordChanged,
    AccountSecondFactorSet,
    AccountSecondFactorRemoved,
    AccountTokenReused,
    AccountUnlocked,
    AccountDisabled,
    AccountEnabled,
    AccountClosingAnnounced,
    AccountClosingCalledOff,
    AccountArchiveLettersSwitchedOn,
    AccountArchiveLettersSwitchedOff,
    AccountArchiveLetterAsked,
    AccountClosed,
    AccountErased erases,
}
