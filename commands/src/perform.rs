//! The one door to the log: load, decide, append.

use std::sync::Arc;

use cqrs_es::{Aggregate, DomainEvent};
use domain::{Decision, RefusalOf, Stored};
use event_store::seal::{FreshKey, StreamKey};
use event_store::{AppendError, Clock, Ids, Log, NewEvent, Position, RawEvent, Recorded, StreamId};
use uuid::Uuid;

use crate::accounts::AccountSettings;
use crate::cv_reader::CvReader;
use crate::identity::Gate;
use crate::load::{Loaded, Loader};
use crate::partners::PartnerCache;
use crate::signed::access_token::AccessTokens;
use crate::signed::key_ring::KeyRing;
use crate::submit::Unfinished;
use crate::{
    Attachments, Cause, CommandError, Contexts, Devices, EmbedTokens, FormTickets, History, Links,
    Slips, Tickets,
};

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
    slips: Slips,
    tickets: Tickets,
    embed_tokens: EmbedTokens,
    pub(crate) devices: Devices,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) account_settings: AccountSettings,
    pub(crate) gate: Arc<Gate>,
    form_tickets: FormTickets,
    pub(crate) remembered: PartnerCache,
    pub(crate) unfinished: Unfinished,
    pub(crate) cv_reader: CvReader,
    contexts: Contexts,
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
            attachments: attachments.sealed_by(log.clone()),
            log,
            clock,
            ids,
            links: Links::new(keys),
            slips: Slips::new(keys),
            tickets: Tickets::new(keys),
            embed_tokens: EmbedTokens::new(keys),
            devices: Devices::new(keys),
            access_tokens: AccessTokens::new(keys, AccountSettings::ISSUER),
            account_settings: AccountSettings::default(),
            gate: Arc::default(),
            form_tickets: FormTickets::new(keys),
            remembered: PartnerCache::default(),
            unfinished: Unfinished::default(),
            cv_reader: CvReader::default(),
            contexts: Contexts::house(),
        }
    }

    /// The same, with passwords that cost next to nothing to hash and to guess: for tests, which hash
    /// many.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn with_cheap_passwords(self) -> Self {
        Self { gate: Arc::new(Gate::cheap()), ..self }
    }

    /// The same, with accounts of candidates and recruiters as the settings say; `issuer` is in whose name
    /// access tokens are issued.
    #[must_use]
    pub fn with_accounts(self, settings: AccountSettings, issuer: &str) -> Self {
        let access_tokens = self.access_tokens.issued_by(issuer);
        Self { access_tokens, account_settings: settings, ..self }
    }

    /// The same, for other contexts than those of the house.
    #[must_use]
    pub fn of(self, contexts: Contexts) -> Self {
        Self { contexts, ..self }
    }

    /// The contexts that it serves.
    pub const fn contexts(&self) -> &Contexts {
        &self.contexts
    }

    /// The time by this side's clock.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// This side's clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// A fresh id, ordered by time (UUIDv7).
    pub fn fresh_id(&self) -> Uuid {
        self.ids.uuid()
    }

    /// The documents of applications.
    pub const fn attachments(&self) -> &Attachments {
        &self.attachments
    }

    /// The printed slips of work permits.
    pub const fn slips(&self) -> &Slips {
        &self.slips
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

    /// The tickets of opened forms.
    pub const fn form_tickets(&self) -> &FormTickets {
        &self.form_tickets
    }

    /// The log itself, for readers that follow it.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The state of the aggregate called `id`; its default where nothing happened to it.
    pub async fn state_of<A: Stored>(&self, id: &str) -> Result<A, CommandError<A::Error>> {
        self.loader().state(id).await.map(|loaded| loaded.state)
    }

    /// What happened to an aggregate.
    pub async fn history_of<A: Stored>(
        &self,
        id: &str,
    ) -> Result<History<A>, CommandError<A::Error>> {
        self.loader().history(id).await
    }

    /// Takes `decision` about the aggregate called `id`, and appends what it says. When others
    /// append to it at the same time, the decision is taken anew on what they left.
    pub async fn perform<D>(
        &self,
        id: &str,
        decision: &D,
        cause: &Cause,
    ) -> Result<Receipt<D::Aggregate>, CommandError<RefusalOf<D::Aggregate>>>
    where
        D: Decision<Aggregate: Stored> + ?Sized,
    {
        for _ in 0..ATTEMPTS {
            let loaded = self.loader().state(id).await?;
            match self.decide(id, loaded, decision, cause, None).await {
                Err(CommandError::Contended) => {}
                outcome => return outcome,
            }
        }
        Err(CommandError::Contended)
    }

    /// Takes `decision` about an aggregate that is likely to be new: nothing is loaded first.
    pub(crate) async fn perform_first<D>(
        &self,
        id: &str,
        decision: &D,
        cause: &Cause,
    ) -> Result<Receipt<D::Aggregate>, CommandError<RefusalOf<D::Aggregate>>>
    where
        D: Decision<Aggregate: Stored>,
    {
        self.perform_first_with(id, decision, cause, None).await
    }

    /// The same; if it is new, this key is its own from then on.
    pub(crate) async fn perform_first_with<D>(
        &self,
        id: &str,
        decision: &D,
        cause: &Cause,
        key: Option<&FreshKey>,
    ) -> Result<Receipt<D::Aggregate>, CommandError<RefusalOf<D::Aggregate>>>
    where
        D: Decision<Aggregate: Stored>,
    {
        match self.decide(id, Loaded::absent(), decision, cause, key).await {
            Err(CommandError::Contended) => self.perform(id, decision, cause).await,
            outcome => outcome,
        }
    }

    /// The same, where it is new indeed; `None` where it was begun before, and nothing is done.
    pub(crate) async fn perform_if_first<D>(
        &self,
        id: &str,
        decision: &D,
        cause: &Cause,
        key: Option<&FreshKey>,
    ) -> Result<Option<Receipt<D::Aggregate>>, CommandError<RefusalOf<D::Aggregate>>>
    where
        D: Decision<Aggregate: Stored>,
    {
        match self.decide(id, Loaded::absent(), decision, cause, key).await {
            Err(CommandError::Contended) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    async fn decide<D>(
        &self,
        id: &str,
        loaded: Loaded<D::Aggregate>,
        decision: &D,
        cause: &Cause,
        key: Option<&FreshKey>,
    ) -> Result<Receipt<D::Aggregate>, CommandError<RefusalOf<D::Aggregate>>>
    where
        D: Decision<Aggregate: Stored> + ?Sized,
    {
        let events = decision.decide(&loaded.state).map_err(|refusal| {
            count::<D::Aggregate>("refused");
            CommandError::Refused(refusal)
        })?;
        if events.is_empty() {
            count::<D::Aggregate>("nothing");
            return Ok(Receipt { position: loaded.position, events, state: loaded.state });
        }
        let new = events.iter().map(|event| self.encode(event, cause)).collect::<Result<_, _>>()?;
        let appended = match key {
            None => self.log.append(D::Aggregate::TYPE, id, loaded.sequence, new).await,
            Some(key) => self.log.append_first(StreamId::of::<D::Aggregate>(id), new, key).await,
        };
        count::<D::Aggregate>(if appended.is_ok() { "appended" } else { "failed" });
        let appended = appended?;
        let mut state = loaded.state;
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

    pub(crate) fn loader(&self) -> Loader<'_> {
        Loader { log: &self.log }
    }

    /// Reads an event off the log, for a reactor that follows it.
    pub async fn decode<A: Stored>(
        &self,
        raw: &RawEvent,
    ) -> Result<Recorded<A::Event>, CommandError<A::Error>> {
        if raw.key == StreamKey::Unknown {
            let mut raw = raw.clone();
            self.log.find_key(&mut raw).await?;
            return Ok(self.log.decode(&raw)?);
        }
        Ok(self.log.decode(raw)?)
    }
}

/// Counts a command by what it came to.
fn count<A: Aggregate>(outcome: &'static str) {
    metrics::counter!("postulo_commands_total", "aggregate" => A::TYPE, "outcome" => outcome)
        .increment(1);
}
