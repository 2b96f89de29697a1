use domain::application::Submission;
use jiff::Timestamp;
use serde::Serialize;

use super::template::{Templates, render};
use super::view::SubmissionView;
use super::{Letter, RenderError};
use crate::dates;

/// What [`forwarded_documents`] tells.
#[derive(Clone, Copy)]
pub struct ForwardedDocuments<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The client platform's name.
    pub client_name: &'a str,
    /// When it was submitted; shown in Europe/Paris.
    pub submitted_at: Timestamp,
}

#[derive(Serialize)]
struct Values<'a> {
    application: SubmissionView<'a>,
    submitted_at: String,
}

/// The documents of an application, passed on by an operator.
pub fn forwarded_documents(letter: &ForwardedDocuments<'_>) -> Result<Letter, RenderError> {
    let language = letter.submission.language;
    let values = Values {
        application: SubmissionView::new(letter.submission, letter.client_name),
        submitted_at: dates::timestamp(letter.submitted_at, &dates::default_zone(), language),
    };
    let templates = Templates {
        subject: "forwarded_documents/subject.txt",
        text: "forwarded_documents/body.txt",
        html: "forwarded_documents/body.mjml",
    };
    render(templates, language, &values)
}
