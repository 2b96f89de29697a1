use domain::application::{Answer, Interview, Submission};
use jiff::Timestamp;
use serde::Serialize;

use super::template::{Templates, render};
use super::view::{AnswerView, SubmissionView};
use super::{Letter, RenderError};
use crate::dates;

/// What [`recruiter_receipt`] tells.
#[derive(Clone, Copy)]
pub struct RecruiterReceipt<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The client platform's name.
    pub client_name: &'a str,
    /// What was answered.
    pub answer: &'a Answer,
    /// The interview whose place the answer takes.
    pub called_off: Option<&'a Interview>,
    /// Until when the answer may be taken back; shown in Europe/Paris.
    pub undo_until: Timestamp,
    /// The page of the application: an absolute, signed URL.
    pub overview_url: &'a str,
    /// The page that takes the answer back: an absolute, signed URL.
    pub undo_url: &'a str,
}

#[derive(Serialize)]
struct Values<'a> {
    application: SubmissionView<'a>,
    answer: AnswerView<'a>,
    called_off: Option<String>,
    undo_until: String,
    overview_url: &'a str,
    undo_url: &'a str,
}

/// The letter that tells the employer what was answered under its name, and how to take it back:
/// some mail filters press buttons.
pub fn recruiter_receipt(letter: &RecruiterReceipt<'_>) -> Result<Letter, RenderError> {
    let language = letter.submission.language;
    let values = Values {
        application: SubmissionView::new(letter.submission, letter.client_name),
        answer: AnswerView::new(letter.answer, language),
        called_off: letter.called_off.map(|it| dates::date_time(&it.starts_at, language)),
        undo_until: dates::timestamp(letter.undo_until, &dates::default_zone(), language),
        overview_url: letter.overview_url,
        undo_url: letter.undo_url,
    };
    let templates = Templates {
        subject: "recruiter_receipt/subject.txt",
        text: "recruiter_receipt/body.txt",
        html: "recruiter_receipt/body.mjml",
    };
    render(templates, language, &values)
}
