//! E-mails on their way out: what one is, and the transports that may carry it.

mod advice;
mod header;
mod mailbox;
mod mailjet;
mod message;
mod reply;
mod smtp;
mod watched;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{EmailAddress, Language};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use texts::Letter;
use thiserror::Error;

pub use reply::{Reply, SendError};
use watched::Watched;

/// A file that goes with an e-mail.
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type, with the character encoding where it is a text.
    pub content_type: Cow<'static, str>,
    /// Its content.
    pub bytes: Bytes,
}

/// What mail programs send to the address by which somebody asks for no more letters (RFC 8058).
pub(crate) const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// An e-mail.
pub struct Email {
    /// Which letter it is, in one word: `employer`, for instance.
    pub kind: &'static str,
    /// A template at the mail provider that takes the place of the letter, with its variables.
    pub template: Option<Template>,
    /// The name beside the sender's address.
    pub from_name: String,
    /// The sender's address.
    pub from: EmailAddress,
    /// The receiver.
    pub to: EmailAddress,
    /// Where an answer goes.
    pub reply_to: Option<EmailAddress>,
    /// Where whoever receives such letters again and again asks for no more of them, with one click (RFC 8058).
    pub unsubscribe: Option<String>,
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

/// A template at the mail provider.
pub struct Template {
    /// Its number there.
    pub id: u64,
    /// What fills it.
    pub variables: Vec<(&'static str, String)>,
}

/// An e-mail was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What the mail provider calls it, where it names it itself.
    pub provider_id: Option<String>,
}

/// Carries e-mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands the e-mail over; when this returns `Ok`, the other side has taken it.
    async fn send(&self, email: &Email) -> Result<Taken, SendError>;

    /// Goes as far as it can without an e-mail: reaches the other side and signs in there.
    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }
}

/// The address of the mail transport is not usable.
#[derive(Debug, Error)]
pub enum MailUrlError {
    /// The scheme is not known, or the address is malformed.
    #[error(
        "write mailbox:FOLDER, smtp://USER:PASSWORD@HOST:587, smtps://USER:PASSWORD@HOST:465 or mailjet://KEY:SECRET@api.mailjet.com"
    )]
    Malformed,
    /// A parameter has a value that is not known.
    #[error("the parameter {0} of the mail address is not understood")]
    Parameter(&'static str),
    /// HTTPS cannot be set up.
    #[error("HTTPS cannot be set up for this mail provider")]
    Https(#[source] reqwest::Error),
    /// The mailbox's folder cannot be made.
    #[error("the mailbox's folder cannot be made")]
    Folder(#[source] std::io::Error),
}

/// How we present ourselves to whom we hand e-mails to.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The name that mail servers are greeted with (RFC 5321 4.1.1.1): a whole domain name or an
    /// address literal. Without a usable one, the address that we connect from is.
    pub hello_name: Option<String>,
    /// Mailjet's category of real-time monitoring.
    pub monitoring_category: String,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self { hello_name: None, monitoring_category: "send-application".to_owned() }
    }
}

/// Whether mail servers can be greeted with this name: a whole domain name, or an address.
pub fn is_hello_name(name: &str) -> bool {
    smtp::client_id(name).is_some()
}

/// The transport of an address: `mailbox:FOLDER`, `smtp://…`, `smtps://…` or `mailjet://…`.
pub fn mailer(url: &str, settings: &MailSettings) -> Result<Arc<dyn Mailer>, MailUrlError> {
    if let Some(folder) = url.strip_prefix("mailbox:") {
        return Ok(Arc::new(Watched::new(mailbox::Mailbox::open(folder.into())?)));
    }
    if url.starts_with("mailjet:") {
        return Ok(Arc::new(Watched::new(mailjet::Mailjet::open(
            url,
            &settings.monitoring_category,
        )?)));
    }
    Ok(Arc::new(Watched::new(smtp::Smtp::open(url, settings.hello_name.as_deref())?)))
}

/// A percent-encoded part of an address (RFC 3986 2.1).
fn decoded(text: &str) -> Result<String, MailUrlError> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(Cow::into_owned).map_err(|_| MailUrlError::Malformed)
}
