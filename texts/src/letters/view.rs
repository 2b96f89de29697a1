//! What the templates of several letters show.

use std::borrow::Cow;

use domain::Language;
use domain::application::{Answer, Place, Recruiter, Rejection, RejectionReason, Submission};
use serde::Serialize;

use crate::calendar::address_in_uri;
use crate::{dates, wording};

/// A submission, as templates show it.
#[derive(Serialize)]
pub(super) struct SubmissionView<'a> {
    candidate: String,
    first_name: &'a str,
    email: Cow<'a, str>,
    mailto: String,
    phone: &'a str,
    tel: String,
    address: &'a str,
    employer: &'a str,
    employer_email: Cow<'a, str>,
    siret: &'a str,
    job: &'a str,
    message: Vec<Vec<&'a str>>,
    attachments: Vec<AttachmentView<'a>>,
    client: &'a str,
}

#[derive(Serialize)]
struct AttachmentView<'a> {
    name: &'a str,
    kind: &'static str,
    size: String,
}

impl<'a> SubmissionView<'a> {
    pub(super) fn new(submission: &'a Submission, client_name: &'a str) -> Self {
        let language = submission.language;
        let candidate = &submission.candidate;
        Self {
            candidate: candidate.full_name().reveal().clone(),
            first_name: candidate.called().as_str(),
            email: candidate.email.reveal().readable(),
            mailto: address_in_uri(candidate.email.reveal()),
            phone: candidate.phone.reveal().as_str(),
            tel: candidate.phone.reveal().e164(),
            address: candidate.address.reveal().as_str(),
            employer: submission.employer.description.as_str(),
            employer_email: submission.employer.email.reveal().readable(),
            siret: submission.employer.siret.as_str(),
            job: submission.job.as_str(),
            message: paragraphs(submission.message.reveal().as_str()),
            attachments: attachments(submission, language),
            client: client_name,
        }
    }
}

fn attachments(submission: &Submission, language: Language) -> Vec<AttachmentView<'_>> {
    let attachments = submission.attachments.iter();
    attachments
        .map(|attachment| AttachmentView {
            name: attachment.name.reveal().as_str(),
            kind: wording::media_type(attachment.media_type, language),
            size: wording::file_size(attachment.size, language),
        })
        .collect()
}

/// A recruiter, as templates show them.
#[derive(Serialize)]
pub(super) struct RecruiterView<'a> {
    name: &'a str,
    email: Option<Cow<'a, str>>,
    mailto: Option<String>,
    phone: Option<&'a str>,
    tel: Option<String>,
    address: Option<&'a str>,
}

impl<'a> From<&'a Recruiter> for RecruiterView<'a> {
    fn from(recruiter: &'a Recruiter) -> Self {
        let phone = recruiter.phone.as_ref().map(domain::Personal::reveal);
        Self {
            name: recruiter.name.reveal().as_str(),
            email: recruiter.email.as_ref().map(|email| email.reveal().readable()),
            mailto: recruiter.email.as_ref().map(|email| address_in_uri(email.reveal())),
            phone: phone.map(domain::Phone::as_str),
            tel: phone.map(domain::Phone::e164),
            address: recruiter.address.as_ref().map(|address| address.reveal().as_str()),
        }
    }
}

/// A recruiter's answer, as templates show it.
#[derive(Serialize)]
pub(super) struct AnswerView<'a> {
    kind: &'static str,
    name: &'static str,
    date: Option<String>,
    place: Option<&'static str>,
    onsite: bool,
    reason: Option<&'static str>,
    recruiter: Option<RecruiterView<'a>>,
    message: Vec<Vec<&'a str>>,
}

impl<'a> AnswerView<'a> {
    pub(super) fn new(answer: &'a Answer, language: Language) -> Self {
        let interview = match answer {
            Answer::Interview(interview) => Some(interview),
            Answer::Info(_) | Answer::Rejection(_) | Answer::Hire(_) => None,
        };
        Self {
            kind: answer.kind().as_str(),
            name: wording::answer_kind(answer.kind(), language),
            date: interview.map(|interview| dates::date_time(&interview.starts_at, language)),
            place: interview.map(|interview| wording::place(interview.place, language)),
            onsite: interview.is_some_and(|interview| interview.place == Place::Onsite),
            reason: match answer {
                Answer::Rejection(Rejection { reason, .. })
                    if *reason != RejectionReason::Unknown =>
                {
                    Some(wording::rejection_reason(*reason, language))
                }
                _ => None,
            },
            recruiter: answer.recruiter().map(RecruiterView::from),
            message: paragraphs(answer.message().unwrap_or_default()),
        }
    }
}

/// The paragraphs of `text`, which empty lines part, each as its lines. The separators of Unicode
/// (5.8) end lines too, so that each line of a person's is shown as theirs.
pub(super) fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    let mut paragraphs = vec![];
    let mut lines = vec![];
    for line in text.split(['\n', '\u{2028}', '\u{2029}']) {
        if line.trim().is_empty() {
            if !lines.is_empty() {
                paragraphs.push(std::mem::take(&mut lines));
            }
        } else {
            lines.push(line.trim_end());
        }
    }
    if !lines.is_empty() {
        paragraphs.push(lines);
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_part_paragraphs_and_other_lines_are_kept() {
        assert_eq!(paragraphs("a\nb\n\n \n\tc\u{2028}d"), [vec!["a", "b"], vec!["\tc", "d"]]);
    }
}
