//! What a candidate is told of what happened to their application.

use commands::History;
use domain::application::{Application, Delivery, Event, GivenAnswer, Letter, SkipReason, Status};
use domain::{Fault, JobApplication};
use jiff::Timestamp;

use crate::lang::Lang;
use crate::recruiter::matter::{called_off, time};

/// A history as its candidate sees it: an answer that may still be taken back is not news yet, and one
/// that was taken back never will be.
pub(crate) struct Told<'a> {
    application: &'a Application,
    /// The answers that stand, latest first.
    pub(crate) answers: Vec<&'a GivenAnswer>,
    /// What happened, oldest first.
    pub(crate) events: Vec<&'a Event>,
    /// Where it stands by these.
    pub(crate) status: Status,
}

impl<'a> Told<'a> {
    pub(crate) fn of(
        history: &'a History<JobApplication>,
        application: &'a Application,
        now: Timestamp,
    ) -> Self {
        let told = |given: &GivenAnswer| given.email.is_sent() || !given.is_within_undo_window(now);
        let hidden = |event: &Event| {
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
            status: status.unwrap_or(Status::Submitted),
        }
    }

    /// That an interview does not take place; empty for what stands.
    pub(crate) fn note(&self, given: &GivenAnswer, lang: Lang) -> &'static str {
        let answers = self.answers.iter().rev().copied();
        called_off(given, answers, self.application.withdrawn_at, lang)
    }

    /// What happened in words, each with its time.
    pub(crate) fn steps(&self, lang: Lang) -> Vec<(String, String)> {
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
fn step(event: &Event, is_employers: impl Fn(&str) -> bool, lang: Lang) -> Option<String> {
    let text = match event {
        Event::Submitted { .. } => {
            lang.say("Vous avez envoyé votre candidature", "You sent your application")
        }
        Event::SentToEmployer { .. } => {
            lang.say("L’e-mail est parti à l’employeur", "The e-mail left for the employer")
        }
        Event::EmailFailed { letter: Letter::Employer, .. } => lang.say(
            "L’e-mail n’a pas pu être remis à l’employeur",
            "The e-mail could not be delivered to the employer",
        ),
        Event::EmailSkipped {
            letter: Letter::Employer, reason: SkipReason::StagingClient, ..
        } => lang.say(
            "Site d’essai\u{a0}: l’employeur n’a pas été contacté",
            "Trial site: the employer was not contacted",
        ),
        Event::EmailSkipped {
            letter: Letter::Employer, reason: SkipReason::Suppressed, ..
        } => lang.say(
            "L’adresse de l’employeur ne reçoit plus d’e-mails\u{a0}: il n’a pas été contacté",
            "The employer’s address takes no e-mail any more: the employer was not contacted",
        ),
        Event::EmailResent { letter: Letter::Employer, .. } => lang.say(
            "L’e-mail est reparti à l’employeur",
            "The e-mail left for the employer once more",
        ),
        Event::ForwardedToMemo { .. } => lang.say(
            "Votre tableau de bord a reçu la candidature",
            "Your dashboard has received the application",
        ),
        Event::ForwardedToAmi { .. } => lang.say(
            "Votre conseiller a reçu la candidature",
            "Your adviser has received the application",
        ),
        Event::ConfirmedToCandidate { .. } => {
            lang.say("Une copie vous a été envoyée", "A copy was sent to you")
        }
        Event::InterviewProposed { .. } => {
            lang.say("L’employeur propose un entretien", "The employer proposes an interview")
        }
        Event::InfoRequested { .. } => {
            lang.say("L’employeur demande des informations", "The employer asks for information")
        }
        Event::Rejected { .. } => {
            lang.say("L’employeur a refusé la candidature", "The employer rejected the application")
        }
        Event::Hired { .. } => lang.say("L’employeur vous recrute", "The employer hires you"),
        Event::Withdrawn { .. } => {
            lang.say("Vous avez retiré votre candidature", "You withdrew your application")
        }
        Event::WithdrawalSent { letter: Letter::Withdrawal, .. } => lang.say(
            "L’employeur est informé de votre retrait",
            "The employer is told that you withdrew",
        ),
        Event::WithdrawalSent { letter: Letter::RecruiterWithdrawal { .. }, .. } => lang.say(
            "Votre contact chez l’employeur est informé de votre retrait",
            "Your contact at the employer is told that you withdrew",
        ),
        Event::WithdrawalSent { letter: Letter::Cancellation, .. } => lang.say(
            "L’annulation de l’entretien vous a été envoyée",
            "The cancellation of the interview was sent to you",
        ),
        Event::EmailBounced { message_id, permanent: true, fault, .. }
        | Event::EmailBlocked { message_id, fault, .. }
            if is_employers(message_id.as_str()) =>
        {
            match fault {
                // What is ours to mend is sent again when it is mended.
                Some(fault) if fault.is_ours() => return None,
                Some(Fault::Address) | None => lang.say(
                    "L’e-mail à l’employeur est revenu : son adresse ne fonctionne pas",
                    "The e-mail to the employer came back: the address does not work",
                ),
                Some(_) => lang.say(
                    "L’e-mail à l’employeur est revenu : son serveur ne l’a pas pris",
                    "The e-mail to the employer came back: its server did not take it",
                ),
            }
        }
        _ => return None,
    };
    Some(text.to_owned())
}
