//! What a read model is given: events of the log, grouped by the aggregate to which they happened.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use cqrs_es::Aggregate;
use event_store::seal::StreamKey;
use event_store::{DecodeError, Log, Position, RawEvent, Recorded};

use crate::ApplyError;
use crate::page::{ById, Page, Step, Stream};

/// How much of a history a read model needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The new events alone: each row follows from one event.
    Events,
    /// All that happened before, too: a row follows from the state, which only the aggregate's own
    /// rules know.
    Histories,
}

/// What happened to one aggregate, in order, as far as a read model asked for it.
#[derive(Clone, Debug)]
pub struct History<A: Aggregate> {
    /// Which aggregate.
    pub id: String,
    /// The key of its stream, which seals what is personal.
    pub key: StreamKey,
    /// The events, oldest first; never empty. With [`Reads::Events`] only the new ones.
    pub events: Vec<Arc<Recorded<A::Event>>>,
    /// How many of them are not new.
    pub earlier: usize,
    state: OnceLock<A>,
    state_before: OnceLock<A>,
}

impl<A: Aggregate> History<A> {
    /// The events that were not projected before.
    pub fn new_events(&self) -> &[Arc<Recorded<A::Event>>] {
        self.events.get(self.earlier..).unwrap_or_default()
    }

    /// The latest event.
    pub fn last(&self) -> &Recorded<A::Event> {
        self.events.last().expect("a history begins with its first event")
    }

    /// The state after the latest event, by the aggregate's own rules.
    pub fn state(&self) -> &A {
        self.state.get_or_init(|| folded(&self.events))
    }

    /// The state before the new events, which rows that are there already follow from. What an event
    /// held of a person who is forgotten since is not in it.
    pub fn state_before(&self) -> &A {
        let earlier = self.events.get(..self.earlier).unwrap_or_default();
        self.state_before.get_or_init(|| folded(earlier))
    }
}

fn folded<A: Aggregate>(events: &[Arc<Recorded<A::Event>>]) -> A {
    let mut state = A::default();
    for recorded in events {
        state.apply(recorded.event.clone());
    }
    state
}

/// The part of a page that is new to a projection: its kinds of events, after one position up to
/// another.
pub struct NewEvents<'a> {
    page: &'a Page,
    after: Position,
    until: Position,
    kinds: Option<&'a [&'static str]>,
}

impl<'a> NewEvents<'a> {
    /// The events of these kinds, or of all where none are named.
    pub(crate) fn of(page: &'a Page, after: Position, kinds: Option<&'a [&'static str]>) -> Self {
        Self { page, after: after.max(page.begin()), until: page.reached(), kinds }
    }

    /// The same without what comes after this position.
    pub(crate) fn up_to(self, until: Position) -> Self {
        Self { until: until.min(self.until), ..self }
    }

    /// Every event up to here was looked at.
    pub(crate) const fn reached(&self) -> Position {
        self.until
    }

    /// The log that they are of.
    pub fn log(&self) -> &'a Log {
        self.page.log()
    }

    /// The events as they are stored, in the order of the log.
    pub fn iter(&self) -> impl Iterator<Item = &'a RawEvent> {
        let (after, until, kinds) = (self.after, self.until, self.kinds);
        let events = self.page.events();
        let first = events.partition_point(|raw| raw.position <= after);
        let new = events[first..].iter().take_while(move |raw| raw.position <= until);
        new.filter(move |raw| reads(kinds, &raw.event_type))
    }

    /// Those of one kind of aggregate, by its streams; where histories are wanted, with what happened
    /// before. All projections of the page share what they ask for alike.
    pub(crate) async fn histories<A: Aggregate + 'static>(
        &self,
        wanted: Reads,
        every_kind: bool,
    ) -> Result<Arc<[History<A>]>, ApplyError> {
        let streams = self.page.streams::<A>();
        let new = self.page.new_steps(&streams).await;
        if new.is_empty() {
            return Ok(Arc::new([]));
        }
        let earlier = match wanted {
            Reads::Events => None,
            Reads::Histories => Some(self.page.earlier_steps(&streams).await?),
        };
        let whole = self.after == self.page.begin() && self.until == self.page.reached();
        if !(whole && every_kind && wanted == Reads::Histories) {
            return self.group(new, earlier);
        }
        let all = async || NewEvents { kinds: None, ..*self }.group(new, earlier);
        streams.whole.get_or_try_init(all).await.cloned()
    }

    fn group<A: Aggregate>(
        &self,
        new: &ById<A>,
        earlier: Option<&ById<A>>,
    ) -> Result<Arc<[History<A>]>, ApplyError> {
        let (mut histories, mut unreadable) = (vec![], BTreeMap::new());
        for (id, stream) in new {
            let seen = stream.steps.partition_point(|step| step.position <= self.after);
            let (seen, steps) = stream.steps.split_at(seen);
            let mut events = vec![];
            for step in self.read(steps).take_while(|step| step.position <= self.until) {
                match &step.event {
                    Ok(event) => events.push(Arc::clone(event)),
                    Err(error) => drop(unreadable.insert(error.position(), Arc::clone(error))),
                }
            }
            if events.is_empty() {
                continue;
            }
            let mut before = vec![];
            if let Some(earlier) = earlier {
                let earlier = earlier.get(id).map(|stream| &*stream.steps).unwrap_or_default();
                for step in self.read(earlier).chain(self.read(seen)) {
                    before.push(step.event.clone()?);
                }
            }
            histories.push(history(id, stream, before, events));
        }
        // The first of them is what holds a projection up.
        match unreadable.pop_first() {
            Some((_, error)) => Err(error.into()),
            None => Ok(histories.into()),
        }
    }

    fn read<'s, E>(&self, steps: &'s [Step<E>]) -> impl Iterator<Item = &'s Step<E>> {
        let kinds = self.kinds;
        steps.iter().filter(move |step| reads(kinds, &step.kind))
    }
}

fn reads(kinds: Option<&[&str]>, kind: &str) -> bool {
    kinds.is_none_or(|kinds| kinds.contains(&kind))
}

fn history<A: Aggregate>(
    id: &str,
    stream: &Stream<A::Event>,
    mut events: Vec<Arc<Recorded<A::Event>>>,
    new: Vec<Arc<Recorded<A::Event>>>,
) -> History<A> {
    let earlier = events.len();
    events.extend(new);
    let (id, key) = (id.to_owned(), stream.key.clone());
    let (state, state_before) = (OnceLock::new(), OnceLock::new());
    History { id, key, events, earlier, state, state_before }
}

impl From<Arc<DecodeError>> for ApplyError {
    fn from(error: Arc<DecodeError>) -> Self {
        Self::Undecodable(error)
    }
}

impl From<DecodeError> for ApplyError {
    fn from(error: DecodeError) -> Self {
        Self::Undecodable(Arc::new(error))
    }
}
