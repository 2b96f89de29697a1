//! What a candidate is told of what happened to their application.

use commands::History;
use domain::application::{
    Application, ApplicationEvent, ApplicationStatus, Delivery, GivenAnswer, Letter, SkipReason,
};
use domain::{Fault, JobApplication};
use jiff::Timestamp;

use web::lang::{Lang, time};

/// A history as its candidate sees it: an answer that may still be taken back is not news yet, and one
/// that was taken back never will be.
pub struct Told<'a> {
    application: &'a Application,
    /// The answers that stand, latest first.
    pub answers: Vec<&'a GivenAnswer>,
    /// What happened, oldest first.
    pub events: Vec<&'a ApplicationEvent>,
    /// Where it stands by these.
    pub status: ApplicationStatus,
}

impl<'a> Told<'a> {
    /// What is told by now.
    pub fn of(
        history: &'a History<JobApplication>,
        application: &'a Application,
        now: Timestamp,
    ) -> Self {
        let told = |given: &GivenAnswer| given.email.is_sent() || !given.is_within_undo_window(now);
        let hidden = |event: &ApplicationEvent| {
            event.given_answer().is_some_and(|given| {
                application.answer(given.id).is_none_or(|now| now.undone || !told(now))
            })
        };
        let events = history.events.iter().map(|recorded| &recorded.event);
        let events: Vec<_> = events.filter(|event| !hidden(event)).collect();
        let status = JobApplication::replay(events.iter().copied().cloned()).status();
        let answers = application.standing_answers().rev().filter(|given| told(given));
        Self {
            application,
            answers: answers.collect(),
            events,
            status: status.unwrap_or(ApplicationStatus::Submitted),
        }
    }

    /// That an interview does not take place; empty for what stands.
    pub fn note(&self, given: &GivenAnswer, lang: Lang) -> &'static str {
        let answers = self.answers.iter().rev().copied();
        texts::called_off(given, answers, self.application.withdrawn_at, lang.0)
    }

    /// What happened in words, each with its time.
    pub fn steps(&self, lang: Lang) -> Vec<(String, String)> {
        let employers = match &self.application.employer_email {
            Delivery::Sent { message_id, .. } => Some(message_id.as_str()),
            _ => None,
        };
        let is_employers = |message_id: &str| employers == Some(message_id);
        let steps = self.events.iter();
        steps
            .filter_map(|event| Some((time(event.at(), lang), step(event, is_employers, lang)?)))
            .collect()
    }
}

/// A step in words; what only concerns the machinery is left out.
fn step(
    event: &ApplicationEvent,
    is_employers: impl Fn(&str) -> bool,
    lang: Lang,
) -> Option<String> {
    let text = match event {
        ApplicationEvent::Submitted { .. } => lang.t("candidate-you-sent-your-application"),
        ApplicationEvent::SentToEmployer { .. } => lang.t("candidate-email-left-for-employer"),
        ApplicationEvent::EmailFailed { letter: Letter::Employer, .. } => {
            lang.t("candidate-email-could-not-delivered-to-employer")
        }
        ApplicationEvent::EmailSkipped {
            letter: Letter::Employer,
            reason: SkipReason::StagingClient,
            ..
        } => lang.t("candidate-trial-site-employer-not-contacted"),
        ApplicationEvent::EmailSkipped {
            letter: Letter::Employer,
            reason: SkipReason::Suppressed,
            ..
        } => lang.t("candidate-employers-address-takes-no-email-any"),
        ApplicationEvent::EmailResent { letter: Letter::Employer, .. } => {
            lang.t("candidate-email-left-for-employer-once-more")
        }
        ApplicationEvent::ForwardedToMemo { .. } => {
            lang.t("candidate-your-dashboard-has-received-application")
        }
        ApplicationEvent::ForwardedToAmi { .. } => {
            lang.t("candidate-your-adviser-has-received-application")
        }
        ApplicationEvent::ConfirmedToCandidate { .. } => lang.t("candidate-copy-sent-to-you"),
        ApplicationEvent::InterviewProposed { .. } => {
            lang.t("candidate-employer-proposes-interview")
        }
        ApplicationEvent::InfoRequested { .. } => lang.t("candidate-employer-asks-for-information"),
        ApplicationEvent::Rejected { .. } => lang.t("candidate-employer-rejected-application"),
        ApplicationEvent::Hired { .. } => lang.t("candidate-employer-hires-you"),
        ApplicationEvent::Withdrawn { .. } => lang.t("candidate-you-withdrew-your-application"),
        ApplicationEvent::WithdrawalSent { letter: Letter::Withdrawal, .. } => {
            lang.t("candidate-employer-told-that-you-withdrew")
        }
        ApplicationEvent::WithdrawalSent { letter: Letter::RecruiterWithdrawal { .. }, .. } => {
            lang.t("candidate-your-contact-at-employer-told-that")
        }
        ApplicationEvent::WithdrawalSent { letter: Letter::Cancellation, .. } => {
            lang.t("candidate-cancellation-interview-sent-to-you")
        }
        ApplicationEvent::EmailBounced { message_id, permanent: true, fault, .. }
        | ApplicationEvent::EmailBlocked { message_id, fault, .. }
            if is_employers(message_id.as_str()) =>
        {
            match fault {
                // What is ours to mend is sent again when it is mended.
                Some(fault) if fault.is_ours() => return None,
                Some(Fault::Address) | None => {
                    lang.t("candidate-email-to-employer-came-back-address")
                }
                Some(_) => lang.t("candidate-email-to-employer-came-back-its"),
            }
        }
        _ => return None,
    };
    Some(text.to_owned())
}
