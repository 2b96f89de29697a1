//! The shape of a reaction, and the four ways it ends.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use commands::{AttachmentError, Cause, CommandError, Commands};
use domain::{
    ApplicationRefusal, Decision, EmailAddress, EventOf, KindOf, Kinds as _, Personal, Prose,
    RefusalOf, Refused, Stored,
};
use event_store::{DbError, RawEvent, Recorded};
use jiff::{SignedDuration, Timestamp};
use texts::RenderError;
use tracing::Instrument as _;
use url::Url;

use crate::mail::{Mailer, SendError, Taken};
use integrations::Integrations;
use integrations::{Circuit, Reason, ServiceError};

/// An effect on the world for certain events of one kind of aggregate.
#[async_trait]
pub trait Reaction: Send + Sync {
    /// The aggregate whose events it is handed.
    type Of: Stored;

    /// Its name; it keys the checkpoint and never changes once released.
    fn name(&self) -> &'static str;

    /// The events it is handed; nothing else reaches it.
    fn events(&self) -> &'static [KindOf<Self::Of>];

    /// Where it begins when it runs for the first time.
    fn start(&self) -> Start {
        Start::Now
    }

    /// How many of its effects run at once.
    fn concurrency(&self) -> usize {
        8
    }

    /// How often it tries before it fails for good: at the usual back-off, 12 is about seven hours.
    fn attempts(&self) -> u32 {
        12
    }

    /// Whether what it talks to may be asked now: where it may not, delayed reactions wait.
    fn circuit(&self, _world: &World, _now: Timestamp) -> Circuit {
        Circuit::Closed
    }

    /// Reacts to one event. It may be called again for the same event, after a crash for instance.
    async fn react(
        &self,
        event: &Recorded<EventOf<Self::Of>>,
        world: &World,
    ) -> Result<Outcome, Setback>;

    /// Records that it failed for good, where the domain has an event for that.
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
    async fn react(&self, event: &RawEvent, world: &World) -> Result<Outcome, Setback>;

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

    async fn react(&self, event: &RawEvent, world: &World) -> Result<Outcome, Setback> {
        let event = world.commands.decode::<R::Of>(event).await?;
        if event.erased {
            return Err(Setback::Moot);
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

/// How a reaction ended otherwise.
#[derive(Clone, Debug)]
pub enum Setback {
    /// Try again: at `after`, or after the back-off. What does not `count` burns no attempt; without
    /// `after` it is tried again soon.
    Later {
        /// Not before this time; `None` for the back-off, or for soon.
        after: Option<Timestamp>,
        /// Why.
        trouble: Trouble,
        /// Whether it counts as an attempt.
        counts: bool,
    },
    /// There is nothing to do any more: the person was forgotten.
    Moot,
    /// It will never work as it is.
    Never {
        /// Why.
        trouble: Trouble,
    },
}

/// Why nothing is done for somebody who was forgotten.
pub const FORGOTTEN: &str = "the person was forgotten: their data are erased";

/// What went wrong: in plain words for an operator, and as the other side said it.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What it means and what to do. No personal data.
    pub advice: String,
    /// What the other side said; it may quote an address.
    pub detail: Option<Personal<String>>,
}

impl Trouble {
    pub fn new(advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), detail: None }
    }

    /// Both parts, for operators.
    pub fn told(&self) -> (&str, Option<&str>) {
        (&self.advice, self.detail.as_ref().map(|detail| detail.reveal().as_str()))
    }

    /// Both parts as one text for an event, cut to its bound.
    pub fn for_event(&self) -> Personal<Prose<2000>> {
        let detail = self.detail.as_ref().map(|detail| detail.reveal().as_str());
        let text = detail.unwrap_or(&self.advice);
        let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let text: String = plain.take(2000).collect();
        let unknown = || "unknown".parse().expect("a short word is prose");
        Personal::new(text.parse().unwrap_or_else(|_| unknown()))
    }
}

impl Setback {
    /// Wait until `at`, without burning an attempt.
    pub fn until(at: Timestamp, why: &str) -> Self {
        Self::Later { after: Some(at), trouble: Trouble::new(why), counts: false }
    }

    /// What is of our own making, and over once our own disk or database is well again.
    pub fn soon(trouble: Trouble) -> Self {
        Self::Later { after: None, trouble, counts: false }
    }

    pub fn later(trouble: Trouble) -> Self {
        Self::Later { after: None, trouble, counts: true }
    }
}

impl From<ServiceError> for Setback {
    fn from(error: ServiceError) -> Self {
        let trouble = |Reason { advice, said }| Trouble { advice, detail: said };
        match error {
            ServiceError::Unavailable(reason) => Self::later(trouble(reason)),
            ServiceError::NotBefore { until, reason } => {
                Self::Later { after: Some(until), trouble: trouble(reason), counts: false }
            }
            ServiceError::Refused(reason) => Self::Never { trouble: trouble(reason) },
        }
    }
}

/// What reactions may use.
#[derive(Clone)]
pub struct World {
    /// The write side.
    pub commands: Commands,
    /// Where e-mails go.
    pub mailer: Arc<dyn Mailer>,
    /// The address that links begin with.
    pub base_url: Url,
    /// The domain in Message-IDs.
    pub mail_domain: String,
    /// The sender of letters that belong to no platform.
    pub mail_from: EmailAddress,
    /// The partners' own services.
    pub integrations: Integrations,
}

impl World {
    /// How long a fault of configuration waits before the next try.
    const RECONFIGURED_AFTER: SignedDuration = SignedDuration::from_mins(5);
    /// How long it is where somebody else has to let us in again.
    const LET_IN_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

    fn waits(&self, wait: SignedDuration, trouble: Trouble) -> Setback {
        Setback::Later { after: Some(self.commands.now() + wait), trouble, counts: false }
    }

    /// Records what the reactor called `reactor` did because of `event`, in the stream of the event.
    pub async fn record<A: Stored, D: Decision<Aggregate = A>>(
        &self,
        reactor: &'static str,
        event: &Recorded<A::Event>,
        decision: &D,
    ) -> Result<(), CommandError<A::Error>> {
        let cause = Cause::reaction(reactor, &event.metadata);
        self.commands.perform(&event.aggregate_id, decision, &cause).await.map(drop)
    }

    /// Sends an e-mail; sorts what went wrong into later and never.
    pub async fn send(&self, email: &crate::mail::Email) -> Result<Taken, Setback> {
        let span = tracing::info_span!("send an e-mail", otel.kind = "client", kind = email.kind);
        let error = match self.mailer.send(email).instrument(span).await {
            Ok(taken) => return Ok(taken),
            Err(error) => error,
        };
        let trouble =
            Trouble { advice: error.advice(), detail: Some(Personal::new(error.detail())) };
        Err(match error {
            SendError::Refused(_) | SendError::Unbuildable(_) => Setback::Never { trouble },
            SendError::Busy(_) | SendError::Unreachable(_) => Setback::later(trouble),
            // Our own disk, which may be full for a moment.
            SendError::MailboxFolder(_) => Setback::soon(trouble),
            // It is ours to mend: wait for the operator, and burn no attempt.
            SendError::Misconfigured(reply) if reply.problem.lasts_for_hours() => {
                self.waits(Self::LET_IN_AGAIN_AFTER, trouble)
            }
            SendError::Misconfigured(_) | SendError::Unusable(_) => {
                self.waits(Self::RECONFIGURED_AFTER, trouble)
            }
        })
    }
}

impl<R: Refused> From<CommandError<R>> for Setback {
    fn from(error: CommandError<R>) -> Self {
        if error.refusal().is_some_and(Refused::is_erased) {
            return Self::Moot;
        }
        let trouble = Trouble::new(error.to_string());
        match error {
            CommandError::Unavailable(error) if error.is_temporary() => Self::soon(trouble),
            error if error.is_temporary() => Self::later(trouble),
            _ => Self::Never { trouble },
        }
    }
}

impl From<DbError> for Setback {
    fn from(error: DbError) -> Self {
        CommandError::<ApplicationRefusal>::from(error).into()
    }
}

impl From<AttachmentError> for Setback {
    fn from(error: AttachmentError) -> Self {
        let trouble = Trouble::new(error.to_string());
        match error {
            AttachmentError::Gone | AttachmentError::Corrupt => Self::Never { trouble },
            AttachmentError::Address(_)
            | AttachmentError::Folder(_)
            | AttachmentError::Busy
            | AttachmentError::Unavailable(_) => Self::later(trouble),
        }
    }
}

impl From<RenderError> for Setback {
    fn from(error: RenderError) -> Self {
        Self::Never { trouble: Trouble::new(format!("the letter cannot be written: {error}")) }
    }
}
