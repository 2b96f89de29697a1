//! That the candidate withdrew, by e-mail to those who count on them: the employer that has the
//! application, the recruiters who gave an address, and the candidate's own calendar. A reaction for
//! each of the three, so that none waits for another.

use domain::application::{Application, ApplicationEvent, ApplicationEventKind, Delivery, Letter};
use domain::{JobApplication, Line};
use jiff::{SignedDuration, Timestamp};
use texts::letters;

use crate::mail::Email;
use crate::reaction::{ReactionError, World};
use crate::reactions::compose::invitation;
use crate::reactions::letter::{LetterContext, Paths};
use crate::reactions::letter_reaction::LetterReaction;

/// One of the three: its name, and which letters are its own.
pub(crate) struct WithdrawalEmail {
    name: &'static str,
    is_own: fn(&Letter) -> bool,
}

impl WithdrawalEmail {
    /// The news to the employer.
    pub(crate) const EMPLOYER: Self =
        Self { name: "withdrawal_email", is_own: |letter| matches!(letter, Letter::Withdrawal) };
    /// The news to the recruiters.
    pub(crate) const RECRUITERS: Self = Self {
        name: "recruiter_withdrawal_email",
        is_own: |letter| matches!(letter, Letter::RecruiterWithdrawal { .. }),
    };
    /// The cancelled interview to the candidate.
    pub(crate) const CANDIDATE: Self = Self {
        name: "cancellation_email",
        is_own: |letter| matches!(letter, Letter::Cancellation),
    };

    /// How long the application to the employer may be under way before nothing is told of it.
    const UNDER_WAY_FOR: SignedDuration = SignedDuration::from_hours(24);
    const LOOKED_AT_EVERY: SignedDuration = SignedDuration::from_secs(30);

    /// Whether the application may still reach the employer, who must then hear of the withdrawal.
    fn must_wait(&self, application: &Application, now: Timestamp) -> bool {
        let is_under_way = application.employer_email == Delivery::Pending;
        let until = application.withdrawn_at.map(|at| at + Self::UNDER_WAY_FOR);
        (self.is_own)(&Letter::Withdrawal) && is_under_way && until.is_some_and(|until| now < until)
    }
}

impl LetterReaction for WithdrawalEmail {
    type Of = JobApplication;
    type Letter = Letter;

    fn name(&self) -> &'static str {
        self.name
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Withdrawn]
    }

    fn may_begin(&self, state: &JobApplication, now: Timestamp) -> Result<(), ReactionError> {
        if state.known().is_ok_and(|application| self.must_wait(application, now)) {
            let why = "the application may still be on its way";
            return Err(ReactionError::until(now + Self::LOOKED_AT_EVERY, why));
        }
        Ok(())
    }

    fn letters(&self, _: &ApplicationEvent, state: &JobApplication) -> Vec<Letter> {
        let letters = state.known().map(Application::withdrawal_letters).unwrap_or_default();
        letters.into_iter().filter(self.is_own).collect()
    }
}

/// The news of the withdrawal to the employer, or to the recruiter of an answer.
pub(crate) fn news(
    context: &LetterContext,
    letter: Letter,
    date: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, ReactionError> {
    let application = context.application();
    let submission = &application.submission;
    let text = letters::withdrawal(&letters::Withdrawal {
        submission,
        client_name: context.client_name(),
        to_recruiter: letter != Letter::Withdrawal,
        interview: application.missed_interview(),
        withdrawn_at: application.withdrawn_at.unwrap_or(date),
    })?;
    let to = application.recipient(letter).unwrap_or(&submission.employer.email).reveal();
    let whose = submission.candidate.full_name();
    let mut email = context.email(letter.name(), whose.reveal(), to, message_id, date, text);
    email.reply_to = Some(submission.candidate.email.reveal().clone());
    if letter == Letter::Withdrawal {
        email.in_reply_to = sent_as(&application.employer_email);
    }
    Ok(email)
}

/// The interview that is called off since the candidate withdrew, to their own calendar.
pub(crate) fn cancellation(
    world: &World,
    context: &LetterContext,
    paths: &Paths<'_>,
    date: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, ReactionError> {
    let application = context.application();
    let submission = &application.submission;
    let at = application.withdrawn_at.unwrap_or(date);
    let Some(meeting) = application.called_off(at, None) else {
        return Err(ReactionError::fatal("no interview is to be called off"));
    };
    let letter = letters::cancellation(&letters::Cancellation {
        submission,
        client_name: context.client_name(),
        interview: meeting.interview,
        tells_employer: context.partner.settings.mails_employers,
        status_url: &paths.candidate(),
        invitation: invitation(world, context, &meeting, at),
    })?;
    let to = submission.candidate.email.reveal();
    let mut email = context.email("cancellation", "", to, message_id, date, letter);
    email.in_reply_to = sent_as(&meeting.given.email);
    Ok(email)
}

/// The Message-ID of a letter that left: what another one may stand under.
pub(crate) fn sent_as(delivery: &Delivery) -> Option<String> {
    match delivery {
        Delivery::Sent { message_id, .. } => Some(message_id.to_string()),
        Delivery::Pending | Delivery::Failed { .. } | Delivery::Skipped { .. } => None,
    }
}
