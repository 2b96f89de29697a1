//! The bytes of an e-mail (RFC 5322, MIME).

#[cfg(test)]
mod tests;

use std::time::SystemTime;

use lettre::address::{AddressError, Envelope};
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Date, Header, HeaderName, HeaderValue, Headers,
};
use lettre::message::{Body, MultiPart, SinglePart};
use lettre::{Address, message::header};

use crate::mail::header::{attachment, list_unsubscribe, mailbox, message_id, text};
use crate::mail::{Email, ONE_CLICK, SendError};

/// Who reports what becomes of e-mails, and is told their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reports {
    /// Nobody, or somebody who needs no header for it.
    Nobody,
    /// `SendGrid`: it gives back the arguments of a header of its own with each event.
    SendGrid,
}

/// A message as it goes over the wire.
pub(crate) struct Message {
    /// Who sends it to whom: from the addresses themselves, never read back from a header.
    pub(crate) envelope: Envelope,
    /// Its bytes: ASCII, with CRLF and no other line end, in lines that every server takes.
    pub(crate) bytes: Vec<u8>,
}

fn unbuildable(error: &dyn std::fmt::Display) -> SendError {
    SendError::Unbuildable(error.to_string())
}

/// Builds the message. Its Date is the event's time, so that a repeat is the same message.
pub(crate) fn build(email: &Email, reports: Reports) -> Result<Message, SendError> {
    let address = |address: &domain::EmailAddress| -> Result<Address, SendError> {
        address.as_str().parse().map_err(|error: AddressError| unbuildable(&error))
    };
    let (from, to) = (address(&email.from)?, address(&email.to)?);
    let envelope = Envelope::new(Some(from), vec![to]).map_err(|error| unbuildable(&error))?;
    let mut headers = Headers::new();
    headers.insert_raw(mailbox("From", Some(&email.from_name), email.from.as_str()));
    headers.insert_raw(mailbox("To", None, email.to.as_str()));
    headers.insert_raw(text("Subject", &email.letter.subject));
    headers.set(Date::from(SystemTime::from(email.date)));
    headers.insert_raw(message_id("Message-ID", &email.message_id));
    headers.set(AutoSubmitted);
    headers.set(ContentLanguage(email.language.code().to_owned()));
    if reports == Reports::SendGrid {
        headers.set(SendGridArguments(email.message_id.clone()));
    }
    if let Some(reply_to) = &email.reply_to {
        headers.insert_raw(mailbox("Reply-To", None, reply_to.as_str()));
    }
    if let Some(parent) = &email.in_reply_to {
        headers.insert_raw(message_id("In-Reply-To", parent));
        headers.insert_raw(message_id("References", parent));
    }
    if let Some(url) = &email.unsubscribe {
        headers.insert_raw(list_unsubscribe(url));
        headers.set(OneClick);
    }
    headers.set(header::MIME_VERSION_1_0);
    let mut bytes = headers.to_string().into_bytes();
    bytes.extend(body(email)?.formatted());
    Ok(Message { envelope, bytes })
}

fn body(email: &Email) -> Result<MultiPart, SendError> {
    let letter = &email.letter;
    let mut alternative = MultiPart::alternative()
        .singlepart(SinglePart::plain(lines(&letter.text)))
        .singlepart(SinglePart::html(lines(&letter.html)));
    let mut files = vec![];
    for file in &email.files {
        files.push(document(&file.name, &file.content_type, &file.bytes)?);
    }
    if let Some(calendar) = &letter.calendar {
        let inline = format!("text/calendar; method={}; charset=UTF-8", calendar.method);
        let inline = ContentType::parse(&inline).map_err(|error| unbuildable(&error))?;
        let part = SinglePart::builder().header(inline).body(lines(&calendar.ics));
        alternative = alternative.singlepart(part);
        files.push(document(&calendar.file_name, "application/ics", calendar.ics.as_bytes())?);
    }
    if files.is_empty() {
        return Ok(alternative);
    }
    let mixed = MultiPart::mixed().multipart(alternative);
    Ok(files.into_iter().fold(mixed, MultiPart::singlepart))
}

/// A file, always as base64: whatever its bytes are, none of them is a line end or a dot of the
/// conversation, and no server on the way repairs it.
fn document(name: &str, content_type: &str, bytes: &[u8]) -> Result<SinglePart, SendError> {
    let kind = ContentType::parse(content_type).map_err(|error| unbuildable(&error))?;
    let body = Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64);
    let body = body.map_err(|_| unbuildable(&"a file cannot be encoded"))?;
    let disposition = Disposition(attachment(name));
    Ok(SinglePart::builder().header(disposition).header(kind).body(body))
}

/// The text in lines that end alike and hold no other control character.
fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect()
}

/// The Content-Disposition, written already.
#[derive(Clone)]
struct Disposition(HeaderValue);

impl Header for Disposition {
    fn name() -> HeaderName {
        header::ContentDisposition::name()
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(attachment(text)))
    }

    fn display(&self) -> HeaderValue {
        self.0.clone()
    }
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

/// RFC 8058: the address takes a POST, by which whoever receives these letters asks for no more.
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), ONE_CLICK.to_owned())
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
        // With a space where the line may be folded.
        let arguments = serde_json::json!({ "message_id": self.0 });
        HeaderValue::new(Self::name(), format!("{{\"unique_args\": {arguments} }}"))
    }
}
