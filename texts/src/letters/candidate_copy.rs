use domain::application::Submission;
use jiff::Timestamp;
use serde::Serialize;

use super::template::{Templates, render};
use super::view::SubmissionView;
use super::{Letter, RenderError};
use crate::dates;

/// What [`candidate_copy`] tells.
#[derive(Clone, Copy)]
pub struct CandidateCopy<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The client platform's name.
    pub client_name: &'a str,
    /// The candidate's page of this application: an absolute, signed URL.
    pub status_url: &'a str,
    /// When it was submitted; shown in Europe/Paris.
    pub submitted_at: Timestamp,
}

#[derive(Serialize)]
struct Values<'a> {
    application: SubmissionView<'a>,
    submitted_at: String,
    status_url: &'a str,
}

/// The copy of an application that the candidate asked for.
pub fn candidate_copy(letter: &CandidateCopy<'_>) -> Result<Letter, RenderError> {
    let language = letter.submission.language;
    let values = Values {
        application: SubmissionView::new(letter.submission, letter.client_name),
        submitted_at: dates::timestamp(letter.submitted_at, &dates::default_zone(), language),
        status_url: letter.status_url,
    };
    let templates = Templates {
        subject: "candidate_copy/subject.txt",
        text: "candidate_copy/body.txt",
        html: "candidate_copy/body.mjml",
    };
    render(templates, language, &values)
}
