use domain::application::{Answer, Interview, Submission};
use serde::Serialize;

use super::template::{Templates, render};
use super::view::{AnswerView, SubmissionView};
use super::{Letter, RenderError};
use crate::calendar::{self, Invitation};
use crate::dates;

/// What [`candidate_answer`] tells.
#[derive(Clone)]
pub struct CandidateAnswer<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The client platform's name.
    pub client_name: &'a str,
    /// What the recruiter answers.
    pub answer: &'a Answer,
    /// The candidate's page of this application: an absolute, signed URL. A preview, which the
    /// recruiter sees, must not carry the real one.
    pub status_url: &'a str,
    /// The interview whose place the answer takes: an earlier date, or one that does not take place.
    pub called_off: Option<&'a Interview>,
    /// What the calendar file needs, of an interview or of the one that is called off; without it
    /// the letter is the same and has no file, as in a preview.
    pub invitation: Option<Invitation>,
}

#[derive(Serialize)]
struct Values<'a> {
    application: SubmissionView<'a>,
    answer: AnswerView<'a>,
    called_off: Option<String>,
    status_url: &'a str,
}

/// The letter that brings the recruiter's answer to the candidate. The preview shows this letter.
pub fn candidate_answer(letter: &CandidateAnswer<'_>) -> Result<Letter, RenderError> {
    let language = letter.submission.language;
    let values = Values {
        application: SubmissionView::new(letter.submission, letter.client_name),
        answer: AnswerView::new(letter.answer, language),
        called_off: letter.called_off.map(|it| dates::date_time(&it.starts_at, language)),
        status_url: letter.status_url,
    };
    let templates = Templates {
        subject: "candidate_answer/subject.txt",
        text: "candidate_answer/body.txt",
        html: "candidate_answer/body.mjml",
    };
    let calendar = match (letter.answer, letter.called_off, &letter.invitation) {
        (Answer::Interview(interview), _, Some(invitation)) => {
            Some(calendar::request(letter.submission, interview, invitation))
        }
        (_, Some(interview), Some(invitation)) => {
            Some(calendar::cancellation(letter.submission, interview, invitation))
        }
        _ => None,
    };
    Ok(Letter { calendar, ..render(templates, language, &values)? })
}
