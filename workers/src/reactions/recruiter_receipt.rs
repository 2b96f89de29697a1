//! What was answered in the employer's name, by e-mail to the employer, with the way to undo it: mail
//! scanners have been seen to press buttons.

use async_trait::async_trait;
use domain::application::{Event, EventKind, RecordReceiptSent};
use event_store::Recorded;
use texts::letters::{self, RecruiterReceipt as Receipt};

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::letter::{Matter, Paths, message_id};

pub(crate) struct RecruiterReceipt;

const NAME: &str = "recruiter_receipt";

#[async_trait]
impl Reaction for RecruiterReceipt {
    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [EventKind] {
        &[
            EventKind::InterviewProposed,
            EventKind::InfoRequested,
            EventKind::Rejected,
            EventKind::Hired,
        ]
    }

    async fn react(&self, event: &Recorded<Event>, world: &World) -> Result<Outcome, Setback> {
        let Some(given) = event.event.given_answer() else {
            return Ok(Outcome::Done);
        };
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        match application.answer(given.id) {
            Some(now) if now.receipt.is_sent() => return Ok(Outcome::Done),
            Some(now) if now.undone => {
                return Ok(Outcome::Skipped("the recruiter took the answer back".to_owned()));
            }
            Some(_) | None => {}
        }
        if !matter.client.settings.mails_employers {
            let why = "this client platform does not mail employers for real";
            return Ok(Outcome::Skipped(why.to_owned()));
        }
        let paths = Paths::new(world, matter.id, given.at);
        let (overview_url, undo_url) = (paths.recruiter(""), paths.undo(given.id));
        let submission = &application.submission;
        let letter = letters::recruiter_receipt(&Receipt {
            submission,
            client_name: matter.client_name(),
            answer: &given.answer,
            undo_until: given.undo_until,
            overview_url: &overview_url,
            undo_url: &undo_url,
        })?;
        let message_id = message_id(event, "receipt", world);
        let to = submission.employer.email.reveal();
        let mut email = matter.email("", to, &message_id, given.at, letter);
        matter.client_name().clone_into(&mut email.from_name);
        email.in_reply_to =
            Some(super::letter::message_id(matter.submitted(), "employer", world).to_string());
        world.send(&email).await?;

        let at = world.commands.now();
        let decision = RecordReceiptSent { answer_id: given.id, message_id, at };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}
