//! The fault: why an e-mail was not taken, and whose fault that is.
//!
//! What servers and mail providers say is sorted into a [`Problem`] in one place each:
//! [`Problem::of_smtp`] for replies (RFC 5321, RFC 3463, RFC 7372), [`Problem::of_sendgrid`] and
//! [`Problem::of_mailjet`] for reports. Each problem has one [`Fault`]; only a fault of the address
//! closes the address. To add a problem: its variant, its fault, and its advice for operators in the
//! workers' `mail/advice.rs`.

mod mailjet;
mod sendgrid;
mod smtp;
#[cfg(test)]
mod tests;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use sendgrid::SendGridReport;
pub use smtp::{EnhancedStatus, Stage};

/// Whose fault it is that an e-mail was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The address: there is no such mailbox or domain, or its owner wants nothing from us.
    Address,
    /// The receiver, whose mailbox or server does not take this e-mail.
    Receiver,
    /// The sender: our addresses, their domains, the reputation of what we send.
    Sender,
    /// The mail provider: our account there, its limits, how we speak to it.
    Provider,
    /// Nobody: it passes by itself.
    Transient,
}

names! {
    Fault {
        Address = "address",
        Receiver = "receiver",
        Sender = "sender",
        Provider = "provider",
        Transient = "transient",
    }
}

impl Fault {
    /// Whether nothing more should be sent to the address.
    pub const fn closes_the_address(self) -> bool {
        matches!(self, Self::Address)
    }

    /// Whether it is ours to mend: then the e-mail waits for an operator.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Sender | Self::Provider)
    }
}

/// What is the matter with an e-mail that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// There is no such mailbox.
    NoSuchMailbox,
    /// There is no such domain, or it takes no e-mail.
    NoSuchDomain,
    /// It is no address.
    InvalidAddress,
    /// Its owner called an e-mail spam.
    Complained,
    /// Its owner wants no more e-mails.
    Unsubscribed,
    /// The mailbox takes nothing now.
    MailboxDisabled,
    /// The mailbox is full.
    MailboxFull,
    /// The e-mail is too large.
    TooLarge,
    /// What the e-mail holds is refused.
    ContentRefused,
    /// The receiver takes e-mails of certain senders only.
    RestrictedMailbox,
    /// The receiving server refuses the e-mail by its policy.
    RefusedByPolicy,
    /// It is refused for good, and nobody says why.
    Refused,
    /// We may not send under this sender address, or it does not exist.
    SenderAddress,
    /// SPF, DKIM or DMARC fail.
    SenderAuthentication,
    /// The address or the domain that we send from has a bad name.
    SenderReputation,
    /// The mail provider takes what we write for spam, or cannot use it.
    OwnContent,
    /// Our user name or password.
    Credentials,
    /// We may not send through this server.
    RelayDenied,
    /// We sent as much as the account may.
    SendingLimit,
    /// The name we greet with.
    HelloName,
    /// What answers does not speak SMTP with us.
    Protocol,
    /// The mail provider holds the e-mail back by itself.
    HeldBack,
    /// Unknown senders are asked to come back later.
    Greylisted,
    /// We send too fast.
    TooFast,
    /// There is no room right now.
    NoRoom,
    /// Our credentials cannot be checked right now.
    CredentialsUnchecked,
    /// The server is closing or overloaded.
    Closing,
    /// It is asked to try again.
    TryAgain,
}

impl Problem {
    /// Whether it lasts for hours after we mended what is ours.
    pub const fn lasts_for_hours(self) -> bool {
        matches!(
            self,
            Self::SenderAuthentication
                | Self::SenderReputation
                | Self::OwnContent
                | Self::SendingLimit
                | Self::HeldBack
        )
    }

    /// Whose fault it is.
    pub const fn fault(self) -> Fault {
        match self {
            Self::NoSuchMailbox
            | Self::NoSuchDomain
            | Self::InvalidAddress
            | Self::Complained
            | Self::Unsubscribed => Fault::Address,
            Self::MailboxDisabled
            | Self::MailboxFull
            | Self::TooLarge
            | Self::ContentRefused
            | Self::RestrictedMailbox
            | Self::RefusedByPolicy
            | Self::Refused => Fault::Receiver,
            Self::SenderAddress
            | Self::SenderAuthentication
            | Self::SenderReputation
            | Self::OwnContent => Fault::Sender,
            Self::Credentials
            | Self::RelayDenied
            | Self::SendingLimit
            | Self::HelloName
            | Self::Protocol
            | Self::HeldBack => Fault::Provider,
            Self::Greylisted
            | Self::TooFast
            | Self::NoRoom
            | Self::CredentialsUnchecked
            | Self::Closing
            | Self::TryAgain => Fault::Transient,
        }
    }
}
