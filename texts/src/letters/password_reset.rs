use domain::Language;
use serde::Serialize;

use super::template::{Head, Templates, render};
use super::{Letter, RenderError};

/// What [`password_reset`] tells.
#[derive(Clone, Copy)]
pub struct PasswordReset<'a> {
    /// The language of the page where it was asked for.
    pub language: Language,
    /// The service's name.
    pub service: &'a str,
    /// The page on which another password is chosen: an absolute, one-time URL.
    pub url: &'a str,
    /// For how long the link is good.
    pub minutes: i64,
}

#[derive(Serialize)]
struct Values<'a> {
    application: Head<'a>,
    url: &'a str,
    minutes: i64,
}

/// The link with which somebody who forgot their password chooses another one.
pub fn password_reset(letter: &PasswordReset<'_>) -> Result<Letter, RenderError> {
    let application = Head { client: letter.service };
    let values = Values { application, url: letter.url, minutes: letter.minutes };
    let templates = Templates {
        subject: "password_reset/subject.txt",
        text: "password_reset/body.txt",
        html: "password_reset/body.mjml",
    };
    render(templates, letter.language, &values)
}
