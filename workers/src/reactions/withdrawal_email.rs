//! That the candidate withdrew, by e-mail to those who count on them: the employer that has the
//! application, the recruiters who gave an address, and the candidate's own calendar. A reaction for
//! each of the three, so that none waits for another.

use async_trait::async_trait;
use commands::CommandError;
use domain::application::{
    Application, ApplicationEvent, ApplicationEventKind, Delivery, Letter, RecordEmailFailed,
    RecordEmailSkipped, RecordWithdrawalSent, SkipReason,
};
use domain::{ApplicationRefusal, JobApplication, Line, Personal, Prose};
use event_store::Recorded;
use jiff::{SignedDuration, Timestamp};
use texts::letters;

use crate::mail::Email;
use crate::reaction::{Outcome, Reaction, Setback, Trouble, World};
use crate::reactions::compose::{compose, invitation};
use crate::reactions::deliver::{Delivered, deliver, suppressed};
use crate::reactions::letter::{Matter, Paths, message_id};

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

    fn letters(&self, application: &Application) -> Vec<Letter> {
        application.withdrawal_letters().into_iter().filter(self.is_own).collect()
    }

    /// Whether the application may still reach the employer, who must then hear of the withdrawal.
    fn must_wait(&self, world: &World, application: &Application) -> bool {
        let is_under_way = application.employer_email == Delivery::Pending;
        let until = application.withdrawn_at.map(|at| at + Self::UNDER_WAY_FOR);
        (self.is_own)(&Letter::Withdrawal)
            && is_under_way
            && until.is_some_and(|until| world.commands.now() < until)
    }

    async fn send(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
        matter: &Matter,
        (nth, letter): (usize, Letter),
    ) -> Result<Outcome, Setback> {
        if matter.application().delivery(letter).is_some_and(Delivery::is_sent) {
            return Ok(Outcome::Done);
        }
        if !letter.is_for_candidate() && !matter.partner.settings.mails_employers {
            let (reason, at) = (SkipReason::StagingClient, world.commands.now());
            world.record(self.name, event, &RecordEmailSkipped { letter, reason, at }).await?;
            let why = "this client platform does not mail employers for real";
            return Ok(Outcome::Skipped(why.to_owned()));
        }
        let name = match letter {
            Letter::RecruiterWithdrawal { .. } if nth > 0 => format!("recruiter-{}", nth + 1),
            Letter::RecruiterWithdrawal { .. } => "recruiter".to_owned(),
            _ => letter.name().to_owned(),
        };
        let message_id = message_id(event, &name, world);
        let email = compose(world, matter, letter, event.event.at(), &message_id).await?;
        if deliver(world, matter, self.name, event, &email).await? == Delivered::Suppressed {
            return suppressed(world, self.name, event, letter).await;
        }
        let at = world.commands.now();
        world.record(self.name, event, &RecordWithdrawalSent { letter, message_id, at }).await?;
        Ok(Outcome::Done)
    }
}

#[async_trait]
impl Reaction for WithdrawalEmail {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        self.name
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Withdrawn]
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, Setback> {
        let matter = Matter::of(event, world).await?;
        if self.must_wait(world, matter.application()) {
            let at = world.commands.now() + Self::LOOKED_AT_EVERY;
            return Err(Setback::until(at, "the application may still be on its way"));
        }
        let mut outcome = Ok(Outcome::Done);
        // What goes wrong with one recruiter keeps the news from no other.
        for letter in self.letters(matter.application()).into_iter().enumerate() {
            let ended = self.send(event, world, &matter, letter).await;
            let is_news = outcome.is_ok() && !matches!(ended, Ok(Outcome::Done));
            if is_news || matches!(ended, Err(Setback::Later { .. })) {
                outcome = ended; // a letter that waits decides: the others have their outcome
            }
        }
        outcome
    }

    async fn give_up(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
        cause: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let Ok(id) = event.aggregate_id.parse() else { return Ok(()) };
        let history = world.commands.application(id).await?;
        let letters = history.state.known().map(|application| {
            let waits = |letter: &Letter| {
                application.delivery(*letter).is_some_and(|it| *it == Delivery::Pending)
            };
            self.letters(application).into_iter().filter(waits).collect::<Vec<_>>()
        });
        for letter in letters.unwrap_or_default() {
            let (cause, at) = (cause.clone(), world.commands.now());
            world.record(self.name, event, &RecordEmailFailed { letter, cause, at }).await?;
        }
        Ok(())
    }
}

/// The news of the withdrawal to the employer, or to the recruiter of an answer.
pub(crate) fn news(
    matter: &Matter,
    letter: Letter,
    date: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, Setback> {
    let application = matter.application();
    let submission = &application.submission;
    let text = letters::withdrawal(&letters::Withdrawal {
        submission,
        client_name: matter.client_name(),
        to_recruiter: letter != Letter::Withdrawal,
        interview: application.missed_interview(),
        withdrawn_at: application.withdrawn_at.unwrap_or(date),
    })?;
    let to = application.recipient(letter).unwrap_or(&submission.employer.email).reveal();
    let whose = submission.candidate.full_name();
    let mut email = matter.email(letter.name(), whose.reveal(), to, message_id, date, text);
    email.reply_to = Some(submission.candidate.email.reveal().clone());
    if letter == Letter::Withdrawal {
        email.in_reply_to = sent_as(&application.employer_email);
    }
    Ok(email)
}

/// The interview that is called off since the candidate withdrew, to their own calendar.
pub(crate) fn cancellation(
    world: &World,
    matter: &Matter,
    paths: &Paths<'_>,
    date: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, Setback> {
    let application = matter.application();
    let submission = &application.submission;
    let at = application.withdrawn_at.unwrap_or(date);
    let Some(meeting) = application.called_off(at, None) else {
        let trouble = Trouble::new("no interview is to be called off");
        return Err(Setback::Never { trouble });
    };
    let letter = letters::cancellation(&letters::Cancellation {
        submission,
        client_name: matter.client_name(),
        interview: meeting.interview,
        tells_employer: matter.partner.settings.mails_employers,
        status_url: &paths.candidate(),
        invitation: invitation(world, matter, &meeting, at),
    })?;
    let to = submission.candidate.email.reveal();
    let mut email = matter.email("cancellation", "", to, message_id, date, letter);
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
