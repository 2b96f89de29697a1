//! The shape of a reaction that sends letters, the same for all: has it left, may it leave, write it,
//! send it, record what became of it. A letter's file says only what is particular to it.

use std::borrow::Cow;

use async_trait::async_trait;
use commands::CommandError;
use domain::application::SkipReason;
use domain::{Decision, EventOf, Events as _, KindOf, Line, Personal, Prose, RefusalOf, Stored};
use event_store::Recorded;
use jiff::Timestamp;

use crate::mail::Email;
use crate::reaction::{Outcome, Reaction, ReactionError, World};
use crate::reactions::deliver::{Delivered, SUPPRESSED};
use crate::reactions::letter::message_id;

/// A reaction to events that call for letters: which, and when they leave. [`Letters`] runs it.
pub(crate) trait LetterReaction: Send + Sync {
    /// The aggregate whose events call for them.
    type Of: Stored;

    /// Its letters.
    type Letter: DueLetter<Of = Self::Of>;

    /// Its name as a reaction.
    fn name(&self) -> &'static str;

    /// The events that it is handed.
    fn events(&self) -> &'static [KindOf<Self::Of>];

    /// Whether the event calls for a letter, as far as it tells by itself: where it does not, nothing is
    /// loaded.
    fn is_called_for(&self, _event: &EventOf<Self::Of>) -> bool {
        true
    }

    /// What all its letters wait for.
    fn may_begin(&self, _state: &Self::Of, _now: Timestamp) -> Result<(), ReactionError> {
        Ok(())
    }

    /// The letters that the event calls for, in the order in which they leave.
    fn letters(&self, event: &EventOf<Self::Of>, state: &Self::Of) -> Vec<Self::Letter>;

    /// Whether a letter that has not left may leave now; an error where it has to wait.
    fn may_leave(
        &self,
        _letter: &Self::Letter,
        _context: &ContextOf<Self>,
        _now: Timestamp,
    ) -> Result<Leave, ReactionError> {
        Ok(Leave::Now)
    }
}

/// The context of a reaction's letters.
pub(crate) type ContextOf<L> = <<L as LetterReaction>::Letter as DueLetter>::Context;

/// Whether a letter leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// It does.
    Now,
    /// It does not, and need not any more.
    Not {
        /// What is recorded with the aggregate, if anything.
        reason: Option<SkipReason>,
        /// Why, for operators.
        why: &'static str,
    },
}

/// A letter that an event calls for: how it is written, and how its aggregate is told what became of it.
#[async_trait]
pub(crate) trait DueLetter: Send + Sync {
    /// The aggregate that it is about.
    type Of: Stored;

    /// What it is written from.
    type Context: Context<Of = Self::Of>;

    /// Its name in the Message-ID, unique among the letters of one event, of which it is the `nth` from 0.
    fn name(&self, nth: usize) -> Cow<'static, str>;

    /// Whether a mail server took it.
    fn is_sent(&self, context: &Self::Context) -> bool;

    /// Whether the platform does not mail such receivers for real.
    fn is_withheld(&self, _context: &Self::Context) -> bool {
        false
    }

    /// The e-mail, with links made at `date` and dated then, so that a repeat is the same.
    async fn compose(
        &self,
        context: &Self::Context,
        world: &World,
        date: Timestamp,
        message_id: &Line<255>,
    ) -> Result<Email, ReactionError>;

    /// The record that a mail server took it.
    fn sent(&self, message_id: Line<255>, at: Timestamp) -> Record<Self::Of>;

    /// The record that it was not sent, on purpose; `None` where the aggregate has none.
    fn skipped(&self, _reason: SkipReason, _at: Timestamp) -> Option<Record<Self::Of>> {
        None
    }

    /// The record that it failed for good; `None` where the aggregate has none.
    fn failed(
        &self,
        _state: &Self::Of,
        _cause: Personal<Prose<2000>>,
        _at: Timestamp,
    ) -> Option<Record<Self::Of>> {
        None
    }
}

/// The decision that records what became of a letter.
pub(crate) type Record<A> = Box<dyn Decision<Aggregate = A>>;

/// The context that letters are written from: what they are about, as it stands now.
#[async_trait]
pub(crate) trait Context: Sized + Send + Sync {
    /// The aggregate that it is about.
    type Of: Stored;

    /// Loads what `event` is about.
    async fn load(
        event: &Recorded<EventOf<Self::Of>>,
        world: &World,
    ) -> Result<Self, ReactionError>;

    /// The aggregate as it stands.
    fn state(&self) -> &Self::Of;

    /// Hands an e-mail over, unless its address is suppressed; beyond a limit it waits for its moment.
    async fn deliver(
        &self,
        world: &World,
        reactor: &'static str,
        event: &Recorded<EventOf<Self::Of>>,
        email: &Email,
    ) -> Result<Delivered, ReactionError>;
}

/// The reaction that sends the letters of `L`.
pub(crate) struct Letters<L>(pub(crate) L);

#[async_trait]
impl<L: LetterReaction> Reaction for Letters<L>
where
    // As every refusal is; the compiler does not see it through the aggregate.
    RefusalOf<L::Of>: 'static,
{
    type Of = L::Of;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn events(&self) -> &'static [KindOf<L::Of>] {
        self.0.events()
    }

    async fn react(
        &self,
        event: &Recorded<EventOf<L::Of>>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        if !self.0.is_called_for(&event.event) {
            return Ok(Outcome::Done);
        }
        let context = ContextOf::<L>::load(event, world).await?;
        self.0.may_begin(context.state(), world.commands.now())?;
        let mut outcome = Ok(Outcome::Done);
        // What goes wrong with one of them keeps back no other.
        for (nth, letter) in self.0.letters(&event.event, context.state()).iter().enumerate() {
            let ended = send(&self.0, event, world, &context, (nth, letter)).await;
            let is_news = outcome.is_ok() && !matches!(ended, Ok(Outcome::Done));
            if is_news || matches!(ended, Err(ReactionError::Retry { .. })) {
                outcome = ended; // a letter that waits decides: the others have their outcome
            }
        }
        outcome
    }

    async fn give_up(
        &self,
        event: &Recorded<EventOf<L::Of>>,
        world: &World,
        cause: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<RefusalOf<L::Of>>> {
        let state: L::Of = world.commands.state_of(&event.aggregate_id).await?;
        for letter in self.0.letters(&event.event, &state) {
            let failed = letter.failed(&state, cause.clone(), world.commands.now());
            if let Some(decision) = failed {
                world.record(self.0.name(), event, &*decision).await?;
            }
        }
        Ok(())
    }
}

/// Why nothing leaves of a platform that is tried out.
const TRIED_OUT: &str = "this client platform does not mail employers for real";

async fn send<L: LetterReaction>(
    reaction: &L,
    event: &Recorded<EventOf<L::Of>>,
    world: &World,
    context: &ContextOf<L>,
    (nth, letter): (usize, &L::Letter),
) -> Result<Outcome, ReactionError>
where
    RefusalOf<L::Of>: 'static,
{
    if letter.is_sent(context) {
        return Ok(Outcome::Done);
    }
    if let Leave::Not { reason, why } = reaction.may_leave(letter, context, world.commands.now())? {
        return skip(reaction, event, world, letter, reason, why).await;
    }
    if letter.is_withheld(context) {
        let reason = Some(SkipReason::StagingClient);
        return skip(reaction, event, world, letter, reason, TRIED_OUT).await;
    }
    let name = reaction.name();
    let message_id = message_id(event, &letter.name(nth), world);
    let email = letter.compose(context, world, event.event.at(), &message_id).await?;
    if context.deliver(world, name, event, &email).await? == Delivered::Suppressed {
        let reason = Some(SkipReason::Suppressed);
        return skip(reaction, event, world, letter, reason, SUPPRESSED).await;
    }
    let decision = letter.sent(message_id, world.commands.now());
    world.record(name, event, &*decision).await?;
    Ok(Outcome::Done)
}

async fn skip<L: LetterReaction>(
    reaction: &L,
    event: &Recorded<EventOf<L::Of>>,
    world: &World,
    letter: &L::Letter,
    reason: Option<SkipReason>,
    why: &'static str,
) -> Result<Outcome, ReactionError>
where
    RefusalOf<L::Of>: 'static,
{
    let decision = reason.and_then(|reason| letter.skipped(reason, world.commands.now()));
    if let Some(decision) = decision {
        world.record(reaction.name(), event, &*decision).await?;
    }
    Ok(Outcome::Skipped(why.to_owned()))
}
