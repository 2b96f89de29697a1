//! What operators do to applications and to reactions. Each act is an event with its actor.

use cqrs_es::Aggregate as _;
use domain::application::{
    IssueAnswerLink, Letter, ReactionAct, RecordReactionAct, RequestAttachmentsForward,
    RequestResend,
};
use domain::operator::{OperatorEvent, OperatorRefusal, RecordOfOperator};
use domain::{ApplicationRefusal, EmailAddress, JobApplication, Line, Personal};
use uuid::Uuid;

use crate::facades::{Applications, Operators};
use crate::parked::{self, Filter};
use crate::{Cause, CommandError, LinkPurpose, Links};

impl Applications<'_> {
    /// Has a letter sent once more, with fresh links. `request_id` was made with the form, so that a
    /// second click asks once.
    pub async fn resend(
        self,
        application_id: Uuid,
        request_id: Uuid,
        letter: Letter,
        cause: &Cause,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let decision = RequestResend { request_id, letter, at: self.clock.now() };
        self.perform(&application_id.to_string(), &decision, cause).await.map(drop)
    }

    /// Has the documents of an application mailed to others.
    pub async fn forward_attachments(
        self,
        application_id: Uuid,
        request_id: Uuid,
        recipients: Vec<EmailAddress>,
        cause: &Cause,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let recipients = recipients.into_iter().map(Personal::new).collect();
        let decision = RequestAttachmentsForward { request_id, recipients, at: self.clock.now() };
        self.perform(&application_id.to_string(), &decision, cause).await.map(drop)
    }

    /// The token of a fresh link to the recruiter's page.
    pub async fn issue_answer_link(
        self,
        application_id: Uuid,
        cause: &Cause,
    ) -> Result<Personal<String>, CommandError<ApplicationRefusal>> {
        let at = self.clock.now();
        let decision = IssueAnswerLink { expires_at: at + Links::VALID_FOR, at };
        self.perform(&application_id.to_string(), &decision, cause).await?;
        Ok(self.links().token(LinkPurpose::Recruiter, application_id, at).into())
    }
}

impl Operators<'_> {
    /// Has reactions tried again, put away or taken back. The act is recorded first: with the
    /// application where one reaction to it is meant, with the operator otherwise. Says how many it
    /// concerned.
    pub async fn act_on_reactions(
        self,
        act: ReactionAct,
        filter: &Filter,
        cause: &Cause,
    ) -> Result<u64, CommandError<OperatorRefusal>> {
        let (db, now) = (self.log.db(), self.clock.now());
        let matching = parked::count(db, filter).await?;
        if matching == 0 {
            return Ok(0);
        }
        let one = match (&filter.reactor, filter.position) {
            (Some(reactor), Some(position)) if position > 0 => {
                let Some(row) = parked::page(&self.log, filter, 1).await?.pop() else {
                    return Ok(0); // done meanwhile
                };
                let reactor = reactor.parse::<Line<64>>().ok();
                reactor.map(|reactor| (row, reactor, position))
            }
            _ => None,
        };
        match one {
            Some((row, reactor, position)) if row.aggregate_type == JobApplication::TYPE => {
                let decision = RecordReactionAct { act, reactor, position, at: now };
                let done = self.perform(&row.aggregate_id, &decision, cause).await;
                done.map_err(CommandError::without_refusal)?;
            }
            Some((row, reactor, position)) => {
                let subject = format!("{}, reactor {reactor}, position {position}", row.about());
                self.record_act(act_name(act), &subject, cause).await?;
            }
            None => {
                let subject = format!("{} ({matching} matching)", filter.in_words());
                self.record_act(act_name(act), &subject, cause).await?;
            }
        }
        Ok(match act {
            ReactionAct::Retry => parked::retry(db, filter, now).await?,
            ReactionAct::Archive => parked::archive(db, filter, now).await?,
            ReactionAct::Restore => parked::restore(db, filter, now).await?,
        })
    }

    /// Records what an operator did to many things at once, or to no single application. `action` is
    /// a short name; `subject` holds nothing personal and is cut to its bound.
    pub async fn record_act(
        self,
        action: &'static str,
        subject: &str,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let event = OperatorEvent::OperatorActed {
            action: action.parse().map_err(|_| CommandError::Invalid("a name of an action"))?,
            subject: subject_line(subject)?,
            at: self.clock.now(),
        };
        self.record_of_actor(event, cause).await
    }

    /// Records what the operator who is the cause did; the command line counts as one.
    pub(crate) async fn record_of_actor(
        self,
        event: OperatorEvent,
        cause: &Cause,
    ) -> Result<(), CommandError<OperatorRefusal>> {
        let operator = cause.actor_id().unwrap_or("command-line");
        self.perform(operator, &RecordOfOperator(event), cause).await.map(drop)
    }
}

/// A subject within its bound.
pub(crate) fn subject_line(subject: &str) -> Result<Line<500>, CommandError<OperatorRefusal>> {
    let subject: String = subject.chars().filter(|c| !c.is_control()).take(500).collect();
    subject.parse().map_err(|_| CommandError::Invalid("a subject"))
}

const fn act_name(act: ReactionAct) -> &'static str {
    match act {
        ReactionAct::Retry => "reactions.retry",
        ReactionAct::Archive => "reactions.archive",
        ReactionAct::Restore => "reactions.restore",
    }
}
