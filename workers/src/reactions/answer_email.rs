//! The recruiter's answer, by e-mail to the candidate, once it can no longer be undone.

use async_trait::async_trait;
use commands::CommandError;
use domain::application::{
    AnswerId, ApplicationEvent, ApplicationEventKind, Letter, RecordAnswerSent, RecordEmailFailed,
    RecordEmailSkipped, SkipReason, Successor,
};
use domain::{ApplicationRefusal, JobApplication, Personal, Prose};
use event_store::Recorded;

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::compose::compose;
use crate::reactions::deliver::{Delivered, deliver, suppressed};
use crate::reactions::letter::{Matter, message_id};

pub(crate) struct AnswerEmail;

const NAME: &str = "answer_email";

#[async_trait]
impl Reaction for AnswerEmail {
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
        if given.is_within_undo_window(world.commands.now()) {
            return Err(Setback::until(given.undo_until, "the recruiter may still undo it"));
        }
        let matter = Matter::of(event, world).await?;
        match matter.application().answer(given.id) {
            Some(now) if now.undone => {
                return Ok(Outcome::Skipped("the recruiter took the answer back".to_owned()));
            }
            Some(now) if now.email.is_sent() => return Ok(Outcome::Done),
            Some(now) => match matter.application().successor(now) {
                None => {}
                Some(Successor::Answer(later))
                    if later.is_within_undo_window(world.commands.now()) =>
                {
                    let why = "a later answer takes its place, unless the recruiter undoes that";
                    return Err(Setback::until(later.undo_until, why));
                }
                Some(Successor::Answer(_)) => {
                    let why = "a later answer took its place before it left";
                    return skip(event, world, given.id, SkipReason::Superseded, why).await;
                }
                Some(Successor::Withdrawal(_)) => {
                    let why = "the candidate withdrew before it left";
                    return skip(event, world, given.id, SkipReason::Withdrawn, why).await;
                }
            },
            None => {}
        }
        let (letter, message_id) =
            (Letter::Answer { answer_id: given.id }, message_id(event, "answer", world));
        let email = compose(world, &matter, letter, given.at, &message_id).await?;
        if deliver(world, &matter, NAME, event, &email).await? == Delivered::Suppressed {
            return suppressed(world, NAME, event, letter).await;
        }
        let at = world.commands.now();
        let decision = RecordAnswerSent { answer_id: given.id, message_id, at };
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
        let letter = Letter::Answer { answer_id: given.id };
        let decision = RecordEmailFailed { letter, cause, at: world.commands.now() };
        world.record(NAME, event, &decision).await
    }
}

async fn skip(
    event: &Recorded<ApplicationEvent>,
    world: &World,
    answer_id: AnswerId,
    reason: SkipReason,
    why: &str,
) -> Result<Outcome, Setback> {
    let (letter, at) = (Letter::Answer { answer_id }, world.commands.now());
    world.record(NAME, event, &RecordEmailSkipped { letter, reason, at }).await?;
    Ok(Outcome::Skipped(why.to_owned()))
}
