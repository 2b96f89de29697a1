use domain::application::{Interview, Submission};
use serde::Serialize;

use super::template::{Templates, render};
use super::view::SubmissionView;
use super::{Letter, RenderError};
use crate::calendar::{self, Invitation};
use crate::dates;

/// What [`cancellation`] tells.
#[derive(Clone)]
pub struct Cancellation<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The client platform's name.
    pub client_name: &'a str,
    /// The interview that does not take place.
    pub interview: &'a Interview,
    /// Whether the employer is told by e-mail.
    pub tells_employer: bool,
    /// The candidate's page of this application: an absolute, signed URL.
    pub status_url: &'a str,
    /// What the calendar file needs.
    pub invitation: Invitation,
}

#[derive(Serialize)]
struct Values<'a> {
    application: SubmissionView<'a>,
    interview: String,
    tells_employer: bool,
    status_url: &'a str,
}

/// The letter that takes an interview out of the calendar of the candidate who withdrew.
pub fn cancellation(letter: &Cancellation<'_>) -> Result<Letter, RenderError> {
    let (submission, interview) = (letter.submission, letter.interview);
    let language = submission.language;
    let values = Values {
        application: SubmissionView::new(submission, letter.client_name),
        interview: dates::date_time(&interview.starts_at, language),
        tells_employer: letter.tells_employer,
        status_url: letter.status_url,
    };
    let templates = Templates {
        subject: "cancellation/subject.txt",
        text: "cancellation/body.txt",
        html: "cancellation/body.mjml",
    };
    let calendar = Some(calendar::cancellation(submission, interview, &letter.invitation));
    Ok(Letter { calendar, ..render(templates, language, &values)? })
}
