//! One application with a long history, on which decisions are taken that have nothing to do: what
//! is measured is its load.

use std::sync::Arc;

use anyhow::Context;
use commands::{Attachments, Cause, Commands, KeyRing};
use domain::application::{AnswerKind, GiveAnswer};
use domain::examples;
use event_store::{
    Actor, ActorKind, Db, Ids as _, Log, LogOptions, Metadata, NewEvent, RandomIds, SystemClock,
};
use uuid::Uuid;

pub(super) struct Application {
    commands: Commands,
    id: Uuid,
}

impl Application {
    pub(super) async fn with_history(url: &str, events: u64) -> anyhow::Result<Self> {
        let db = Db::connect(url).await?;
        db.migrate().await?;
        let clock = Arc::new(SystemClock);
        let ids = Arc::new(RandomIds::new(clock.clone()));
        let log = Log::open(db, clock.clone(), LogOptions::default()).await?;
        let id = ids.uuid();
        let answers = (2..=u128::from(events)).map(|n| {
            let answer = examples::answer(AnswerKind::Info, false);
            examples::answered(n, answer, None)
        });
        let mut history = vec![];
        for event in [examples::submitted()].into_iter().chain(answers) {
            let event_id = ids.uuid();
            let metadata = Metadata {
                event_id,
                correlation_id: event_id,
                causation_id: event_id,
                actor: Actor::named(ActorKind::System, "bench"),
                trace_id: None,
                span_id: None,
            };
            history.push(NewEvent::encode(&event, event_id, metadata)?);
        }
        log.append("JobApplication", &id.to_string(), 0, history).await?;
        let keys = KeyRing::single("bench", [7; 32]);
        let commands = Commands::new(log, clock, ids, Attachments::in_memory(), &keys);
        Ok(Self { commands, id })
    }

    /// Gives an answer that was given already, which changes nothing.
    pub(super) async fn decide(&self) -> anyhow::Result<()> {
        let again = GiveAnswer {
            id: examples::answer_id(2),
            answer: examples::answer(AnswerKind::Info, false),
            answers_seen: 0,
            evidence: None,
            undo_until: examples::minutes(0),
            at: examples::minutes(0),
        };
        let cause = Cause::request(ActorKind::Recruiter, None, self.commands.fresh_id());
        let receipt = self.commands.perform(&self.id.to_string(), &again, &cause).await?;
        (receipt.events.is_empty()).then_some(()).context("the answer was given before")
    }
}
