use domain::Language;
use serde::Serialize;

use super::template::{Head, Templates, render};
use super::{Letter, RenderError};

/// What [`webhook_stopped`] tells.
#[derive(Clone, Copy)]
pub struct WebhookStopped<'a> {
    /// The language of the platform.
    pub language: Language,
    /// The client platform's name.
    pub client_name: &'a str,
    /// The address that does not answer.
    pub url: &'a str,
    /// What went wrong last.
    pub error: &'a str,
}

#[derive(Serialize)]
struct Values<'a> {
    application: Head<'a>,
    url: &'a str,
    error: &'a str,
}

/// Tells a partner that its webhook did not answer for days and is told nothing more.
pub fn webhook_stopped(letter: &WebhookStopped<'_>) -> Result<Letter, RenderError> {
    let application = Head { client: letter.client_name };
    let values = Values { application, url: letter.url, error: letter.error };
    let templates = Templates {
        subject: "webhook_stopped/subject.txt",
        text: "webhook_stopped/body.txt",
        html: "webhook_stopped/body.mjml",
    };
    render(templates, letter.language, &values)
}
