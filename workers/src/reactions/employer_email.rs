//! The application, by e-mail to the employer.

use async_trait::async_trait;
use commands::CommandError;
use domain::application::{
    Delivery, Ending, Event, EventKind, RecordEmployerEmailFailed, RecordEmployerEmailSkipped,
    RecordSentToEmployer, SkipReason,
};
use domain::{JobApplication, Personal, Prose, Refusal};
use event_store::Recorded;
use texts::letters::{self, AnswerLinks, EmployerApplication};

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::letter::{Matter, Paths, message_id};

pub(crate) struct EmployerEmail;

const NAME: &str = "employer_email";

#[async_trait]
impl Reaction for EmployerEmail {
    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [EventKind] {
        &[EventKind::Submitted]
    }

    async fn react(&self, event: &Recorded<Event>, world: &World) -> Result<Outcome, Setback> {
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        match application.employer_email {
            Delivery::Sent { .. } => return Ok(Outcome::Done),
            Delivery::Pending | Delivery::Failed { .. } | Delivery::Skipped { .. } => {}
        }
        if matches!(matter.history.state, JobApplication::Ended(_, Ending::Withdrawn)) {
            return skip(event, world, SkipReason::Withdrawn, "the candidate withdrew").await;
        }
        if !matter.client.settings.mails_employers {
            let why = "this client platform does not mail employers for real";
            return skip(event, world, SkipReason::StagingClient, why).await;
        }
        let paths = Paths::new(world, matter.id, application.submitted_at);
        let links = AnswerLinks {
            overview: paths.recruiter(""),
            interview: paths.recruiter("interview"),
            rejection: paths.recruiter("rejection"),
            info: paths.recruiter("info"),
            hired: paths.recruiter("hired"),
        };
        let submission = &application.submission;
        let letter = letters::employer_application(&EmployerApplication {
            submission,
            client_name: matter.client_name(),
            links: &links,
            submitted_at: application.submitted_at,
        })?;
        let message_id = message_id(event, "employer", world);
        let candidate = submission.candidate.full_name();
        let to = submission.employer.email.reveal();
        let date = application.submitted_at;
        let mut email = matter.email(candidate.reveal(), to, &message_id, date, letter);
        email.reply_to = Some(submission.candidate.email.reveal().clone());
        email.files = matter.files(&world.commands).await?;
        world.send(&email).await?;

        let decision = RecordSentToEmployer { message_id, at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }

    async fn give_up(
        &self,
        event: &Recorded<Event>,
        world: &World,
        why: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<Refusal>> {
        let decision = RecordEmployerEmailFailed { cause: why, at: world.commands.now() };
        world.record(NAME, event, &decision).await
    }
}

async fn skip(
    event: &Recorded<Event>,
    world: &World,
    reason: SkipReason,
    why: &str,
) -> Result<Outcome, Setback> {
    let decision = RecordEmployerEmailSkipped { reason, at: world.commands.now() };
    world.record(NAME, event, &decision).await?;
    Ok(Outcome::Skipped(why.to_owned()))
}
