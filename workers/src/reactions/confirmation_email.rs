//! A copy of the application, by e-mail to the candidate who asked for it.

use async_trait::async_trait;
use commands::CommandError;
use domain::application::{
    CandidateLetter, Event, EventKind, RecordCandidateEmailFailed, RecordConfirmed,
};
use domain::{Personal, Prose, Refusal};
use event_store::Recorded;
use texts::letters::{self, CandidateCopy};

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::letter::{Matter, Paths, message_id};

pub(crate) struct ConfirmationEmail;

const NAME: &str = "confirmation_email";

#[async_trait]
impl Reaction for ConfirmationEmail {
    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [EventKind] {
        &[EventKind::Submitted]
    }

    async fn react(&self, event: &Recorded<Event>, world: &World) -> Result<Outcome, Setback> {
        if let Event::Submitted { submission, .. } = &event.event
            && !submission.send_confirmation
        {
            return Ok(Outcome::Done); // not asked for: nothing to keep
        }
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        if application.confirmation.is_sent() {
            return Ok(Outcome::Done);
        }
        let submission = &application.submission;
        let status_url = Paths::new(world, matter.id, application.submitted_at).candidate();
        let letter = letters::candidate_copy(&CandidateCopy {
            submission,
            client_name: matter.client_name(),
            status_url: &status_url,
            submitted_at: application.submitted_at,
        })?;
        let message_id = message_id(event, "confirmation", world);
        let to = submission.candidate.email.reveal();
        let date = application.submitted_at;
        let mut email = matter.email("", to, &message_id, date, letter);
        matter.client_name().clone_into(&mut email.from_name);
        world.send(&email).await?;

        let decision = RecordConfirmed { message_id, at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }

    async fn give_up(
        &self,
        event: &Recorded<Event>,
        world: &World,
        why: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<Refusal>> {
        let letter = CandidateLetter::Confirmation;
        let decision = RecordCandidateEmailFailed { letter, cause: why, at: world.commands.now() };
        world.record(NAME, event, &decision).await
    }
}
