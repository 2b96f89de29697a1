//! E-mails on their way out: what one is, and the transports that may carry it.

mod mailbox;
mod message;
mod reply;
mod smtp;
mod watched;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{EmailAddress, Language};
use jiff::Timestamp;
use texts::Letter;
use thiserror::Error;

pub use reply::{Reply, SendError};
use watched::Watched;

/// A file that goes with an e-mail.
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: &'static str,
    /// Its content.
    pub bytes: Bytes,
}

/// An e-mail.
pub struct Email {
    /// The name beside the sender's address.
    pub from_name: String,
    /// The sender's address.
    pub from: EmailAddress,
    /// The receiver.
    pub to: EmailAddress,
    /// Where an answer goes.
    pub reply_to: Option<EmailAddress>,
    /// The Message-ID, without angle brackets.
    pub message_id: String,
    /// The Message-ID of the e-mail under which it stands, without angle brackets.
    pub in_reply_to: Option<String>,
    /// The language of the letter.
    pub language: Language,
    /// The Date: when what it tells happened.
    pub date: Timestamp,
    /// What it says.
    pub letter: Letter,
    /// What goes with it.
    pub files: Vec<File>,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// Carries e-mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands the e-mail over; when this returns `Ok`, the other side has taken it.
    async fn send(&self, email: &Email) -> Result<(), SendError>;
}

/// The address of the mail transport is not usable.
#[derive(Debug, Error)]
pub enum MailUrlError {
    /// The scheme is not known, or the address is malformed.
    #[error(
        "write mailbox:FOLDER, smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465"
    )]
    Malformed,
    /// A parameter has a value that is not known.
    #[error("the parameter {0} of the mail address is not understood")]
    Parameter(&'static str),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up for this mail server")]
    Tls(#[source] lettre::transport::smtp::Error),
    /// The mailbox's folder cannot be made.
    #[error("the mailbox's folder cannot be made")]
    Folder(#[source] std::io::Error),
}

/// The transport of an address: `mailbox:FOLDER`, `smtp://…` or `smtps://…`.
pub fn mailer(url: &str) -> Result<Arc<dyn Mailer>, MailUrlError> {
    Ok(match url.strip_prefix("mailbox:") {
        Some(folder) => Arc::new(Watched::new(mailbox::Mailbox::open(folder.into())?)),
        None => Arc::new(Watched::new(smtp::Smtp::open(url)?)),
    })
}
