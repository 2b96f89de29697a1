//! The shape of a reaction, and the four ways it ends.

mod error;
mod world;

use std::error::Error;

use async_trait::async_trait;
use commands::CommandError;
use domain::{EventOf, KindOf, Kinds as _, Personal, Prose, RefusalOf, Stored};
use event_store::{RawEvent, Recorded};
use integrations::Circuit;
use jiff::Timestamp;

pub(crate) use error::FORGOTTEN;
pub use error::{Failure, ReactionError};
pub use world::World;

/// A reaction (policy, event handler): an effect on the world for certain events of one kind of
/// aggregate. An instance serves all events, several at once.
///
/// The engine hands each event over at least once: in the order of the log at first, and again after a
/// failure or a crash. So a reaction first asks the aggregate, as it stands now, whether its outcome is
/// there already; does its effect; and records the outcome by a command, with [`World::record`]:
///
/// ```text
/// async fn react(&self, event: &Recorded<PermitEvent>, world: &World) -> Result<Outcome, ReactionError> {
///     let permit: Permit = world.commands.state_of(&event.aggregate_id).await?;
///     if permit.is_registered() {
///         return Ok(Outcome::Done);
///     }
///     self.registry.register(&permit).await?; // a ServiceError becomes what is to be done about it
///     let decision = RecordRegistered { at: world.commands.now() };
///     world.record(NAME, event, &decision).await?;
///     Ok(Outcome::Done)
/// }
/// ```
///
/// Events of a person who was forgotten do not reach it. It reads no read models, since they lag behind
/// the events; and it holds no transaction while the world answers.
#[async_trait]
pub trait Reaction: Send + Sync {
    /// The aggregate whose events it is handed.
    type Of: Stored;

    /// Its name, in snake case; it keys the checkpoint, the parked reactions and the settings, and never
    /// changes once released.
    fn name(&self) -> &'static str;

    /// The events it is handed; nothing else reaches it.
    fn events(&self) -> &'static [KindOf<Self::Of>];

    /// Where it begins when it runs for the first time.
    fn start(&self) -> Start {
        Start::Now
    }

    /// How many of its effects run at once, in each process; the settings may say otherwise.
    fn concurrency(&self) -> usize {
        8
    }

    /// How often it tries before it fails for good: at the usual back-off, 12 is about seven hours. The
    /// settings may say otherwise.
    fn attempts(&self) -> u32 {
        12
    }

    /// Whether what it talks to may be asked now: where it may not, delayed reactions wait, and burn no
    /// attempt.
    fn circuit(&self, _world: &World, _now: Timestamp) -> Circuit {
        Circuit::Closed
    }

    /// Reacts to one event. It may be called again for the same event, after a crash for instance. It
    /// bounds the time that the world may take: only the process's end cuts it short.
    async fn react(
        &self,
        event: &Recorded<EventOf<Self::Of>>,
        world: &World,
    ) -> Result<Outcome, ReactionError>;

    /// Records that it failed for good, where the domain has an event for that. `cause` is what the other
    /// side said, or the advice to operators.
    async fn give_up(
        &self,
        _event: &Recorded<EventOf<Self::Of>>,
        _world: &World,
        _cause: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<RefusalOf<Self::Of>>> {
        Ok(())
    }
}

/// A reaction as the engine runs it, whatever it is about: it is handed events as they lie in the log.
/// Every [`Reaction`] is one.
#[async_trait]
pub trait AnyReaction: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// The events it is handed, by their stored names.
    fn events(&self) -> Vec<&'static str>;

    /// Where it begins when it runs for the first time.
    fn start(&self) -> Start;

    /// How many of its effects run at once.
    fn concurrency(&self) -> usize;

    /// How often it tries before it fails for good.
    fn attempts(&self) -> u32;

    /// Whether what it talks to may be asked now.
    fn circuit(&self, world: &World, now: Timestamp) -> Circuit;

    /// Reacts to one event, unless the person was forgotten.
    async fn react(&self, event: &RawEvent, world: &World) -> Result<Outcome, ReactionError>;

    /// Records that it failed for good, where the event can be read and the domain has an event for
    /// that.
    async fn give_up(
        &self,
        event: &RawEvent,
        world: &World,
        cause: Personal<Prose<2000>>,
    ) -> Result<(), Box<dyn Error + Send + Sync>>;
}

#[async_trait]
impl<R: Reaction> AnyReaction for R
where
    // As every refusal is; the compiler does not see it through the aggregate.
    RefusalOf<R::Of>: 'static,
{
    fn name(&self) -> &'static str {
        Reaction::name(self)
    }

    fn events(&self) -> Vec<&'static str> {
        Reaction::events(self).iter().map(|kind| kind.as_str()).collect()
    }

    fn start(&self) -> Start {
        Reaction::start(self)
    }

    fn concurrency(&self) -> usize {
        Reaction::concurrency(self)
    }

    fn attempts(&self) -> u32 {
        Reaction::attempts(self)
    }

    fn circuit(&self, world: &World, now: Timestamp) -> Circuit {
        Reaction::circuit(self, world, now)
    }

    async fn react(&self, event: &RawEvent, world: &World) -> Result<Outcome, ReactionError> {
        let event = world.commands.decode::<R::Of>(event).await?;
        if event.erased {
            return Err(ReactionError::Obsolete);
        }
        Reaction::react(self, &event, world).await
    }

    async fn give_up(
        &self,
        event: &RawEvent,
        world: &World,
        cause: Personal<Prose<2000>>,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        // What cannot be read failed because of that: there is nothing to record.
        let Ok(event) = world.commands.decode::<R::Of>(event).await else { return Ok(()) };
        Ok(Reaction::give_up(self, &event, world, cause).await?)
    }
}

/// Where a reaction begins when it runs for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the end of the log: a reaction added in year three must not mail year one.
    Now,
    /// At its beginning.
    Beginning,
}

/// How a reaction ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The effect is there, now or from before.
    Done,
    /// There was nothing to do, for this reason; it is kept for operators.
    Skipped(String),
}
