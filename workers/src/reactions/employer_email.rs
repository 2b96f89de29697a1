//! The application, by e-mail to the employer.

use async_trait::async_trait;
use commands::CommandError;
use domain::application::{
    ApplicationEvent, ApplicationEventKind, Ending, Letter, RecordEmailFailed, RecordEmailSkipped,
    RecordSentToEmployer, SkipReason,
};
use domain::{ApplicationRefusal, JobApplication, Personal, Prose};
use event_store::Recorded;

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::compose::compose;
use crate::reactions::deliver::{Delivered, deliver, suppressed};
use crate::reactions::letter::{Matter, message_id};

pub(crate) struct EmployerEmail;

const NAME: &str = "employer_email";

#[async_trait]
impl Reaction for EmployerEmail {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Submitted]
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, Setback> {
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        if application.employer_email.is_sent() {
            return Ok(Outcome::Done);
        }
        if matches!(matter.history.state, JobApplication::Ended(_, Ending::Withdrawn)) {
            return skip(event, world, SkipReason::Withdrawn, "the candidate withdrew").await;
        }
        if !matter.partner.settings.mails_employers {
            let why = "this client platform does not mail employers for real";
            return skip(event, world, SkipReason::StagingClient, why).await;
        }
        let message_id = message_id(event, "employer", world);
        let (letter, from) = (Letter::Employer, application.submitted_at);
        let email = compose(world, &matter, letter, from, &message_id).await?;
        if deliver(world, &matter, NAME, event, &email).await? == Delivered::Suppressed {
            return suppressed(world, NAME, event, letter).await;
        }
        let decision = RecordSentToEmployer { message_id, at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }

    async fn give_up(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
        cause: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let letter = Letter::Employer;
        let decision = RecordEmailFailed { letter, cause, at: world.commands.now() };
        world.record(NAME, event, &decision).await
    }
}

async fn skip(
    event: &Recorded<ApplicationEvent>,
    world: &World,
    reason: SkipReason,
    why: &str,
) -> Result<Outcome, Setback> {
    let (letter, at) = (Letter::Employer, world.commands.now());
    world.record(NAME, event, &RecordEmailSkipped { letter, reason, at }).await?;
    Ok(Outcome::Skipped(why.to_owned()))
}
