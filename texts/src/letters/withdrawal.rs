use domain::application::{Interview, Submission};
use jiff::Timestamp;
use serde::Serialize;

use super::template::{Templates, render};
use super::view::SubmissionView;
use super::{Letter, RenderError};
use crate::dates;

/// What [`withdrawal`] tells.
#[derive(Clone, Copy)]
pub struct Withdrawal<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The client platform's name.
    pub client_name: &'a str,
    /// Whether it goes to a recruiter who gave an address; to the employer otherwise.
    pub to_recruiter: bool,
    /// The interview that does not take place.
    pub interview: Option<&'a Interview>,
    /// When the candidate withdrew; shown in Europe/Paris.
    pub withdrawn_at: Timestamp,
}

#[derive(Serialize)]
struct Values<'a> {
    application: SubmissionView<'a>,
    to_recruiter: bool,
    interview: Option<String>,
    withdrawn_at: String,
}

/// The letter that tells the employer, or a recruiter, that the candidate withdrew. The reason that a
/// candidate may have given is not theirs to know.
pub fn withdrawal(letter: &Withdrawal<'_>) -> Result<Letter, RenderError> {
    let language = letter.submission.language;
    let values = Values {
        application: SubmissionView::new(letter.submission, letter.client_name),
        to_recruiter: letter.to_recruiter,
        interview: letter.interview.map(|it| dates::date_time(&it.starts_at, language)),
        withdrawn_at: dates::timestamp(letter.withdrawn_at, &dates::default_zone(), language),
    };
    let templates = Templates {
        subject: "withdrawal/subject.txt",
        text: "withdrawal/body.txt",
        html: "withdrawal/body.mjml",
    };
    render(templates, language, &values)
}
