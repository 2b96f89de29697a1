//! What was answered in the employer's name, by e-mail to the employer, with the way to undo it: mail
//! scanners have been seen to press buttons.

use async_trait::async_trait;
use commands::CommandError;
use domain::application::{
    ApplicationEvent, ApplicationEventKind, Letter, RecordEmailFailed, RecordEmailSkipped,
    RecordReceiptSent, SkipReason,
};
use domain::{ApplicationRefusal, JobApplication, Personal, Prose};
use event_store::Recorded;

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::compose::compose;
use crate::reactions::deliver::{Delivered, deliver, suppressed};
use crate::reactions::letter::{Matter, message_id};

pub(crate) struct RecruiterReceipt;

const NAME: &str = "recruiter_receipt";

#[async_trait]
impl Reaction for RecruiterReceipt {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[
            ApplicationEventKind::InterviewProposed,
            ApplicationEventKind::InfoRequested,
            ApplicationEventKind::Rejected,
            ApplicationEventKind::Hired,
        ]
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, Setback> {
        let Some(given) = event.event.given_answer() else {
            return Ok(Outcome::Done);
        };
        let matter = Matter::of(event, world).await?;
        let letter = Letter::Receipt { answer_id: given.id };
        let skip = async |reason, why: &str| {
            let at = world.commands.now();
            world.record(NAME, event, &RecordEmailSkipped { letter, reason, at }).await?;
            Ok(Outcome::Skipped(why.to_owned()))
        };
        match matter.application().answer(given.id) {
            Some(now) if now.receipt.is_sent() => return Ok(Outcome::Done),
            Some(now) if now.undone => {
                return skip(SkipReason::AnswerUndone, "the recruiter took the answer back").await;
            }
            Some(_) | None => {}
        }
        if !matter.partner.settings.mails_employers {
            let why = "this client platform does not mail employers for real";
            return skip(SkipReason::StagingClient, why).await;
        }
        let message_id = message_id(event, "receipt", world);
        let email = compose(world, &matter, letter, given.at, &message_id).await?;
        if deliver(world, &matter, NAME, event, &email).await? == Delivered::Suppressed {
            return suppressed(world, NAME, event, letter).await;
        }
        let at = world.commands.now();
        let decision = RecordReceiptSent { answer_id: given.id, message_id, at };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }

    async fn give_up(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
        cause: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let Some(given) = event.event.given_answer() else {
            return Ok(());
        };
        let letter = Letter::Receipt { answer_id: given.id };
        let decision = RecordEmailFailed { letter, cause, at: world.commands.now() };
        world.record(NAME, event, &decision).await
    }
}
