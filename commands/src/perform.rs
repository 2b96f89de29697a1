//! The one door to the log: load, decide, append.

use std::sync::Arc;

use cqrs_es::{Aggregate, DomainEvent};
use domain::application::Event;
use domain::{Decision, JobApplication, Refusal};
use event_store::{
    AppendError, Clock, Ids, Log, NewEvent, Position, RawEvent, Recorded, Upcasters,
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::signed::key_ring::KeyRing;
use crate::{Attachments, Cause, CommandError, EmbedTokens, Links, Tickets};

/// How often a decision is taken anew when other writers were faster.
const ATTEMPTS: usize = 12;

/// The write side, with what it needs: the log, a clock, ids, the documents and the keys.
#[derive(Clone)]
pub struct Commands {
    pub(crate) log: Log,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    attachments: Attachments,
    links: Links,
    tickets: Tickets,
    embed_tokens: EmbedTokens,
    upcasters: Arc<Upcasters>,
}

/// What a command did.
#[derive(Clone, Debug)]
pub struct Receipt<A: Aggregate> {
    /// The position of the last event of the aggregate, this command's or an earlier one's;
    /// [`Position::START`] when there is none. A reader that has seen it has seen the outcome.
    pub position: Position,
    /// What happened now; empty when there was nothing to do.
    pub events: Vec<A::Event>,
    /// The state after it.
    pub state: A,
}

/// An aggregate with all that happened to it.
#[derive(Clone, Debug)]
pub struct History<A: Aggregate> {
    /// The state after the last event.
    pub state: A,
    /// The events, oldest first.
    pub events: Vec<Recorded<A::Event>>,
}

impl<A: Aggregate> History<A> {
    fn last_sequence(&self) -> i64 {
        self.events.last().map_or(0, |event| event.sequence)
    }

    fn position(&self) -> Position {
        self.events.last().map_or(Position::START, |event| event.position)
    }
}

impl Commands {
    /// The write side over `log`.
    pub fn new(
        log: Log,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        attachments: Attachments,
        keys: &KeyRing,
    ) -> Self {
        Self {
            log,
            clock,
            ids,
            attachments,
            links: Links::new(keys),
            tickets: Tickets::new(keys),
            embed_tokens: EmbedTokens::new(keys),
            upcasters: Arc::new(Upcasters::default()),
        }
    }

    /// The time by this side's clock.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// A fresh id, ordered by time (UUIDv7).
    pub fn fresh_id(&self) -> Uuid {
        self.ids.uuid()
    }

    /// The documents of applications.
    pub const fn attachments(&self) -> &Attachments {
        &self.attachments
    }

    /// The links of recruiters and candidates.
    pub const fn links(&self) -> &Links {
        &self.links
    }

    /// The one-time tickets of answers.
    pub const fn tickets(&self) -> &Tickets {
        &self.tickets
    }

    /// The tokens of partners' forms.
    pub const fn embed_tokens(&self) -> &EmbedTokens {
        &self.embed_tokens
    }

    /// The log itself, for readers that follow it.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The application called `id`, with all that happened to it; [`JobApplication::Absent`] and
    /// no event when there is none.
    pub async fn application(
        &self,
        id: Uuid,
    ) -> Result<History<JobApplication>, CommandError<Refusal>> {
        self.load(&id.to_string()).await
    }

    /// Takes `decision` about the aggregate called `id`, and appends what it says. When others
    /// append to it at the same time, the decision is taken anew on what they left.
    pub async fn perform<D>(
        &self,
        id: &str,
        decision: &D,
        cause: &Cause,
    ) -> Result<Receipt<D::Aggregate>, CommandError<<D::Aggregate as Aggregate>::Error>>
    where
        D: Decision,
        <D::Aggregate as Aggregate>::Event: DeserializeOwned,
        <D::Aggregate as Aggregate>::Error: 'static,
    {
        for _ in 0..ATTEMPTS {
            let history = self.load(id).await?;
            match self.decide(id, history, decision, cause).await {
                Err(CommandError::Contended) => {}
                outcome => return outcome,
            }
        }
        Err(CommandError::Contended)
    }

    /// Takes `decision` about an application that is likely to be new: nothing is loaded first.
    pub(crate) async fn perform_first<D>(
        &self,
        id: &str,
        decision: &D,
        cause: &Cause,
    ) -> Result<Receipt<D::Aggregate>, CommandError<<D::Aggregate as Aggregate>::Error>>
    where
        D: Decision,
        <D::Aggregate as Aggregate>::Event: DeserializeOwned,
        <D::Aggregate as Aggregate>::Error: 'static,
    {
        let absent = History { state: D::Aggregate::default(), events: vec![] };
        match self.decide(id, absent, decision, cause).await {
            Err(CommandError::Contended) => self.perform(id, decision, cause).await,
            outcome => outcome,
        }
    }

    async fn decide<D>(
        &self,
        id: &str,
        history: History<D::Aggregate>,
        decision: &D,
        cause: &Cause,
    ) -> Result<Receipt<D::Aggregate>, CommandError<<D::Aggregate as Aggregate>::Error>>
    where
        D: Decision,
        <D::Aggregate as Aggregate>::Error: 'static,
    {
        let events = decision.decide(&history.state).map_err(CommandError::Refused)?;
        if events.is_empty() {
            return Ok(Receipt { position: history.position(), events, state: history.state });
        }
        let new = events.iter().map(|event| self.encode(event, cause)).collect::<Result<_, _>>()?;
        let expected = history.last_sequence();
        let appended = self.log.append(D::Aggregate::TYPE, id, expected, new).await?;
        let mut state = history.state;
        for event in &events {
            state.apply(event.clone());
        }
        Ok(Receipt { position: appended.last, events, state })
    }

    fn encode<E: DomainEvent>(&self, event: &E, cause: &Cause) -> Result<NewEvent, AppendError> {
        let event_id = self.ids.uuid();
        NewEvent::encode(event, event_id, cause.metadata(event_id))
            .map_err(|_| AppendError::Invalid("it has no JSON form"))
    }

    pub(crate) async fn load<A>(&self, id: &str) -> Result<History<A>, CommandError<A::Error>>
    where
        A: Aggregate,
        A::Event: DeserializeOwned,
        A::Error: 'static,
    {
        let raw = self.log.stream(A::TYPE, id).await?;
        let mut history = History { state: A::default(), events: Vec::with_capacity(raw.len()) };
        for event in raw {
            let event: Recorded<A::Event> = self.decode(&event)?;
            history.state.apply(event.event.clone());
            history.events.push(event);
        }
        Ok(history)
    }

    fn decode<E: DeserializeOwned>(
        &self,
        raw: &RawEvent,
    ) -> Result<Recorded<E>, event_store::DecodeError> {
        raw.decode(&self.upcasters)
    }

    /// Reads an event of an application off the log, for a reactor that follows it.
    pub fn decode_application_event(
        &self,
        raw: &RawEvent,
    ) -> Result<Recorded<Event>, event_store::DecodeError> {
        self.decode(raw)
    }
}
