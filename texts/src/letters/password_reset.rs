use domain::Language;

use super::paragraphs::{Button, Paragraphs, paragraphs};
use super::{Letter, RenderError};
use crate::Wording as _;

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

/// The link with which somebody who forgot their password chooses another one.
pub fn password_reset(letter: &PasswordReset<'_>) -> Result<Letter, RenderError> {
    let PasswordReset { language, service, url, minutes } = *letter;
    paragraphs(&Paragraphs {
        language,
        service,
        subject: language.with("letters-password-reset-subject", ("service", service)),
        title: language.t("letters-password-reset-title").to_owned(),
        paragraphs: vec![language.with("letters-password-reset-intro", ("service", service))],
        button: Some(Button { label: language.t("letters-password-reset-action").to_owned(), url }),
        small: vec![
            language.with("letters-password-reset-valid", ("minutes", minutes)),
            language.t("letters-password-reset-factor").to_owned(),
        ],
        why: vec![
            language.with("letters-password-reset-why", ("service", service)),
            language.t("letters-password-reset-not-you").to_owned(),
        ],
    })
}
