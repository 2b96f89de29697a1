//! The bytes of an e-mail (RFC 5322, MIME).

#[cfg(test)]
mod tests;

use std::time::SystemTime;

use lettre::address::AddressError;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, message::header};

use crate::mail::{Email, SendError};

/// Who reports what becomes of e-mails, and is told their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reports {
    /// Nobody, or somebody who needs no header for it.
    Nobody,
    /// `SendGrid`: it gives back the arguments of a header of its own with each event.
    SendGrid,
}

/// Builds the message. Its Date is the event's time, so that a repeat is the same message.
pub(crate) fn build(email: &Email, reports: Reports) -> Result<Message, SendError> {
    let unbuildable = |what: &str| SendError::Unbuildable(what.to_owned());
    let address = |address: &domain::EmailAddress| -> Result<Address, AddressError> {
        address.as_str().parse()
    };
    let bare = |of: &domain::EmailAddress| {
        address(of)
            .map(|address| Mailbox::new(None, address))
            .map_err(|e| unbuildable(&e.to_string()))
    };
    let from = Mailbox::new(Some(one_line(&email.from_name)), bare(&email.from)?.email);
    let mut builder = Message::builder()
        .from(from)
        .to(bare(&email.to)?)
        .subject(one_line(&email.letter.subject))
        .date(SystemTime::from(email.date))
        .message_id(Some(format!("<{}>", email.message_id)))
        .header(AutoSubmitted)
        .header(ContentLanguage(email.language.code().to_owned()));
    if reports == Reports::SendGrid {
        builder = builder.header(SendGridArguments(email.message_id.clone()));
    }
    if let Some(reply_to) = &email.reply_to {
        builder = builder.reply_to(bare(reply_to)?);
    }
    if let Some(parent) = &email.in_reply_to {
        builder = builder.in_reply_to(format!("<{parent}>")).references(format!("<{parent}>"));
    }
    let mut alternative = MultiPart::alternative()
        .singlepart(SinglePart::plain(email.letter.text.clone()))
        .singlepart(SinglePart::html(email.letter.html.clone()));
    let mut files = vec![];
    for file in &email.files {
        let kind = ContentType::parse(file.mime).map_err(|e| unbuildable(&e.to_string()))?;
        files.push(Attachment::new(one_line(&file.name)).body(file.bytes.to_vec(), kind));
    }
    if let Some(calendar) = &email.letter.calendar {
        let inline = format!("text/calendar; method={}; charset=UTF-8", calendar.method);
        let inline = ContentType::parse(&inline).map_err(|e| unbuildable(&e.to_string()))?;
        let part = SinglePart::builder().header(inline).body(calendar.ics.clone());
        alternative = alternative.singlepart(part);
        let kind =
            ContentType::parse("application/ics").map_err(|e| unbuildable(&e.to_string()))?;
        let name = calendar.file_name.clone();
        files.push(Attachment::new(name).body(calendar.ics.clone().into_bytes(), kind));
    }
    let message = if files.is_empty() {
        builder.multipart(alternative)
    } else {
        let mixed = MultiPart::mixed().multipart(alternative);
        builder.multipart(files.into_iter().fold(mixed, MultiPart::singlepart))
    };
    message.map_err(|error| unbuildable(&error.to_string()))
}

/// Without line ends and other control characters, which could begin a header of their own.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// RFC 3834: says that no person wrote it, so that no automatic answer comes back.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// RFC 3282.
#[derive(Clone)]
struct ContentLanguage(String);

impl header::Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// The Message-ID, which `SendGrid`'s events carry then, also those that come late.
#[derive(Clone)]
struct SendGridArguments(String);

impl Header for SendGridArguments {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-SMTPAPI")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        let arguments = serde_json::json!({ "unique_args": { "message_id": self.0 } });
        HeaderValue::new(Self::name(), arguments.to_string())
    }
}
