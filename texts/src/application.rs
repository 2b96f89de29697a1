//! An application in words, on the pages of all who see it.

use domain::Language;
use domain::application::{Answer, AnswerKind, Application, GivenAnswer};
use jiff::Timestamp;

use crate::Wording as _;
use crate::dates::date_time;
use crate::wording::{place, rejection_reason};

/// The facts of an answer: where and when, whom to reach, why.
pub fn answer_details(answer: &Answer, lang: Language) -> Vec<(String, String)> {
    let mut details: Vec<(&str, String)> = vec![];
    match answer {
        Answer::Interview(interview) => {
            details.push((lang.t("recruiter-date"), date_time(&interview.starts_at, lang)));
            let place = place(interview.place, lang).to_owned();
            details.push((lang.t("recruiter-place"), place));
        }
        Answer::Rejection(rejection) => {
            let reason = rejection_reason(rejection.reason, lang).to_owned();
            details.push((lang.t("recruiter-reason"), reason));
        }
        Answer::Info(_) | Answer::Hire(_) => {}
    }
    if let Some(recruiter) = answer.recruiter() {
        details.push((lang.t("recruiter-contact"), recruiter.name.reveal().to_string()));
        let email = recruiter.email.as_ref().map(|it| it.reveal().readable().into_owned());
        let phone = recruiter.phone.as_ref().map(|phone| phone.reveal().to_string());
        let address = recruiter.address.as_ref().map(|address| address.reveal().to_string());
        for (name, value) in [
            (lang.t("recruiter-email"), email),
            (lang.t("recruiter-phone"), phone),
            (lang.t("recruiter-address"), address),
        ] {
            details.extend(value.map(|value| (name, value)));
        }
    }
    details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// That an interview does not take place, because of one of `answers` (oldest first) that came after
/// it or because the candidate withdrew; empty where it stands, or had begun by then.
pub fn called_off<'a>(
    given: &GivenAnswer,
    answers: impl Iterator<Item = &'a GivenAnswer>,
    withdrawn_at: Option<Timestamp>,
    lang: Language,
) -> &'static str {
    let Answer::Interview(interview) = &given.answer else { return "" };
    let mut later = answers.skip_while(|it| it.id != given.id).skip(1);
    let by = later.find(|it| it.answer.kind() != AnswerKind::Info);
    let at = by.map(|it| it.at).or(withdrawn_at);
    if at.is_none_or(|at| interview.starts_at.timestamp() <= at) {
        return "";
    }
    if by.is_some_and(|it| it.answer.kind() == AnswerKind::Interview) {
        return lang.t("recruiter-this-date-no-longer-holds-another");
    }
    lang.t("recruiter-this-interview-will-not-take-place")
}

/// That the documents of an application were deleted, and after how many days; empty where they were
/// not, or where there never were any.
pub fn documents_deleted(application: &Application, lang: Language) -> String {
    let Some(at) = application.attachments_deleted_at else { return String::new() };
    if application.submission.attachments.is_empty() {
        return String::new();
    }
    let days = at.duration_since(application.submitted_at).as_hours() / 24;
    lang.with("recruiter-documents-deleted", ("days", &days))
}
