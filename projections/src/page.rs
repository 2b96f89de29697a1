//! Some events of the log, as all read models that stand there share them: read once, and opened,
//! decoded and grouped once for each aggregate, when the first of them asks.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use cqrs_es::Aggregate;
use event_store::seal::StreamKey;
use event_store::{DecodeError, Log, Position, RawEvent, ReadError, Recorded};
use tokio::sync::OnceCell;

use crate::History;

/// The events after one position up to another.
pub(crate) struct Page {
    log: Log,
    begin: Position,
    reached: Position,
    events: Vec<RawEvent>,
    /// [`Streams`] by aggregate.
    streams: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// What the page holds of one kind of aggregate.
pub(crate) struct Streams<A: Aggregate> {
    new: OnceCell<ById<A>>,
    earlier: OnceCell<ById<A>>,
    /// The histories of who reads every kind of event from the beginning of the page to its end.
    pub(crate) whole: OnceCell<Arc<[History<A>]>>,
}

/// Streams by their ids: in that order rows are written, so that two processes lock them in the same.
pub(crate) type ById<A> = BTreeMap<String, Stream<<A as Aggregate>::Event>>;

/// Events of a stream, in their order.
pub(crate) struct Stream<E> {
    pub(crate) key: StreamKey,
    pub(crate) steps: Vec<Step<E>>,
}

/// An event, decoded, or why it cannot be: that concerns only who reads events of its kind.
pub(crate) struct Step<E> {
    pub(crate) kind: String,
    pub(crate) position: Position,
    pub(crate) event: Result<Arc<Recorded<E>>, Arc<DecodeError>>,
}

impl<A: Aggregate> Default for Streams<A> {
    fn default() -> Self {
        Self { new: OnceCell::new(), earlier: OnceCell::new(), whole: OnceCell::new() }
    }
}

impl Page {
    /// What was read after `begin`.
    pub(crate) fn new(log: &Log, begin: Position, page: event_store::Page) -> Self {
        let event_store::Page { events, reached } = page;
        Self { log: log.clone(), begin, reached, events, streams: Mutex::default() }
    }

    pub(crate) const fn log(&self) -> &Log {
        &self.log
    }

    /// Its events are those after this position.
    pub(crate) const fn begin(&self) -> Position {
        self.begin
    }

    /// Every event up to here was looked at.
    pub(crate) const fn reached(&self) -> Position {
        self.reached
    }

    /// The events, as they are stored.
    pub(crate) fn events(&self) -> &[RawEvent] {
        &self.events
    }

    pub(crate) fn streams<A: Aggregate + 'static>(&self) -> Arc<Streams<A>> {
        let mut all = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let of = all.entry(TypeId::of::<A>()).or_insert_with(|| Arc::new(Streams::<A>::default()));
        Arc::clone(of).downcast().expect("what lies under the id of a type is of that type")
    }

    /// The streams of which the page has events, with these.
    pub(crate) async fn new_steps<'a, A: Aggregate>(&self, streams: &'a Streams<A>) -> &'a ById<A> {
        streams.new.get_or_init(async || self.by_id::<A>(&self.events)).await
    }

    /// What happened to the same streams before the page.
    pub(crate) async fn earlier_steps<'a, A: Aggregate>(
        &self,
        streams: &'a Streams<A>,
    ) -> Result<&'a ById<A>, ReadError> {
        let read = async || {
            // A stream whose first event is in the page needs no reading.
            let (mut begun, mut known) = (vec![], HashSet::new());
            for raw in self.events.iter().filter(|raw| raw.aggregate_type == A::TYPE) {
                if known.insert(&*raw.aggregate_id) && raw.sequence > 1 {
                    begun.push(&*raw.aggregate_id);
                }
            }
            begun.sort_unstable();
            let events = self.log.streams(A::TYPE, &begun, self.begin).await?;
            Ok(self.by_id::<A>(&events))
        };
        streams.earlier.get_or_try_init(read).await
    }

    fn by_id<A: Aggregate>(&self, events: &[RawEvent]) -> ById<A> {
        let mut streams: ById<A> = BTreeMap::new();
        for raw in events.iter().filter(|raw| raw.aggregate_type == A::TYPE) {
            let step = Step {
                kind: raw.event_type.clone(),
                position: raw.position,
                event: self.log.decode(raw).map(Arc::new).map_err(Arc::new),
            };
            if let Some(stream) = streams.get_mut(&raw.aggregate_id) {
                stream.steps.push(step);
            } else {
                let stream = Stream { key: raw.key.clone(), steps: vec![step] };
                streams.insert(raw.aggregate_id.clone(), stream);
            }
        }
        streams
    }
}
