//! The recruiter's answer, by e-mail to the candidate, once it can no longer be undone.

use async_trait::async_trait;
use commands::CommandError;
use domain::application::{
    Answer, AnswerKind, CandidateLetter, Event, EventKind, RecordAnswerSent,
    RecordCandidateEmailFailed,
};
use domain::{Personal, Prose, Refusal};
use event_store::Recorded;
use texts::letters::{self, CandidateAnswer, Invitation};

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::letter::{Matter, Paths, message_id};

pub(crate) struct AnswerEmail;

const NAME: &str = "answer_email";

#[async_trait]
impl Reaction for AnswerEmail {
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
        if world.commands.now() < given.undo_until {
            return Err(Setback::until(given.undo_until, "the recruiter may still undo it"));
        }
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        match application.answer(given.id) {
            Some(now) if now.undone => {
                return Ok(Outcome::Skipped("the recruiter took the answer back".to_owned()));
            }
            Some(now) if now.email.is_sent() => return Ok(Outcome::Done),
            Some(_) | None => {}
        }
        let submission = &application.submission;
        let status_url = Paths::new(world, matter.id, given.at).candidate();
        let recruiter = given.answer.recruiter();
        let reply_to = recruiter
            .and_then(|recruiter| recruiter.email.as_ref())
            .unwrap_or(&submission.employer.email)
            .reveal();
        let invitation = matches!(given.answer, Answer::Interview(_)).then(|| Invitation {
            uid: format!("{}@{}", matter.id, world.mail_domain),
            sequence: earlier_interviews(&matter, event),
            stamp: given.at,
            organizer_email: reply_to.clone(),
        });
        let letter = letters::candidate_answer(&CandidateAnswer {
            submission,
            client_name: matter.client_name(),
            answer: &given.answer,
            status_url: &status_url,
            invitation,
        })?;
        let message_id = message_id(event, "answer", world);
        let whose = recruiter.map_or_else(
            || submission.employer.description.as_str(),
            |recruiter| recruiter.name.reveal().as_str(),
        );
        let to = submission.candidate.email.reveal();
        let mut email = matter.email(whose, to, &message_id, given.at, letter);
        email.reply_to = Some(reply_to.clone());
        // In the candidate's mailbox the answer stands under the copy, where one was asked for.
        email.in_reply_to =
            Some(super::letter::message_id(matter.submitted(), "confirmation", world).to_string());
        world.send(&email).await?;

        let at = world.commands.now();
        let decision = RecordAnswerSent { answer_id: given.id, message_id, at };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }

    async fn give_up(
        &self,
        event: &Recorded<Event>,
        world: &World,
        why: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<Refusal>> {
        let Some(given) = event.event.given_answer() else {
            return Ok(());
        };
        let letter = CandidateLetter::Answer { answer_id: given.id };
        let decision = RecordCandidateEmailFailed { letter, cause: why, at: world.commands.now() };
        world.record(NAME, event, &decision).await
    }
}

/// How many interviews were proposed and sent before this one: the SEQUENCE of its invitation.
fn earlier_interviews(matter: &Matter, event: &Recorded<Event>) -> u32 {
    let earlier = matter.history.events.iter().filter(|other| {
        other.position < event.position
            && other.event.given_answer().is_some_and(|given| {
                given.answer.kind() == AnswerKind::Interview
                    && matter.application().answer(given.id).is_some_and(|now| !now.undone)
            })
    });
    u32::try_from(earlier.count()).unwrap_or(u32::MAX)
}
