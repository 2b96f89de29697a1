use domain::application::{AnswerKind, Submission};
use jiff::Timestamp;
use serde::Serialize;

use super::template::{Templates, render};
use super::view::SubmissionView;
use super::{Letter, RenderError};
use crate::{dates, wording};

/// The signed links by which the employer answers: absolute URLs of this service.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "one for each answer, and one for the page with all of them")]
pub struct AnswerLinks {
    pub overview: String,
    pub interview: String,
    pub rejection: String,
    pub info: String,
    pub hired: String,
}

/// What [`employer_application`] tells.
#[derive(Clone, Copy)]
pub struct EmployerApplication<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The client platform's name.
    pub client_name: &'a str,
    /// How to answer.
    pub links: &'a AnswerLinks,
    /// When it was submitted; shown in Europe/Paris.
    pub submitted_at: Timestamp,
}

#[derive(Serialize)]
struct Values<'a> {
    application: SubmissionView<'a>,
    submitted_at: String,
    overview_url: &'a str,
    answers: [Action<'a>; 4],
}

#[derive(Serialize)]
struct Action<'a> {
    label: &'static str,
    url: &'a str,
}

/// The letter that brings an application to the employer.
pub fn employer_application(letter: &EmployerApplication<'_>) -> Result<Letter, RenderError> {
    let language = letter.submission.language;
    let links = letter.links;
    let action = |kind, url| Action { label: wording::answer_action(kind, language), url };
    let values = Values {
        application: SubmissionView::new(letter.submission, letter.client_name),
        submitted_at: dates::timestamp(letter.submitted_at, &dates::default_zone(), language),
        overview_url: &links.overview,
        answers: [
            action(AnswerKind::Interview, links.interview.as_str()),
            action(AnswerKind::Info, links.info.as_str()),
            action(AnswerKind::Hire, links.hired.as_str()),
            action(AnswerKind::Rejection, links.rejection.as_str()),
        ],
    };
    let templates = Templates {
        subject: "employer_application/subject.txt",
        text: "employer_application/body.txt",
        html: "employer_application/body.mjml",
    };
    render(templates, language, &values)
}
