//! What a read model is given: events of the log, grouped by the aggregate to which they happened.

use std::collections::{BTreeMap, HashMap};

use cqrs_es::Aggregate;
use event_store::seal::StreamKey;
use event_store::{Log, Position, RawEvent, Reading, Recorded};

use crate::ApplyError;

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
    pub events: Vec<Recorded<A::Event>>,
    /// How many of them are not new.
    pub earlier: usize,
}

impl<A: Aggregate> History<A> {
    /// The events that were not projected before.
    pub fn new_events(&self) -> &[Recorded<A::Event>] {
        self.events.get(self.earlier..).unwrap_or_default()
    }

    /// The latest event.
    pub fn last(&self) -> &Recorded<A::Event> {
        self.events.last().expect("a history begins with its first event")
    }

    /// The state after the latest event, by the aggregate's own rules.
    pub fn state(&self) -> A {
        let mut state = A::default();
        for recorded in &self.events {
            state.apply(recorded.event.clone());
        }
        state
    }
}

/// Decodes and groups `events`, those of the aggregate; where histories are wanted, reads what happened
/// before.
pub(crate) async fn load<A: Aggregate>(
    log: &Log,
    events: &[RawEvent],
    kinds: &[&str],
    reads: Reads,
    reading: Reading,
) -> Result<Vec<History<A>>, ApplyError> {
    // In the order of the ids, so that two processes lock rows in the same order.
    let mut histories: BTreeMap<&str, History<A>> = BTreeMap::new();
    let new = || events.iter().filter(|raw| raw.aggregate_type == A::TYPE);
    let decode = |raw: &RawEvent| match reading {
        Reading::Open => log.decode(raw),
        Reading::Closed => log.decode_closed(raw),
    };
    let mut up_to = Position::START;
    if reads == Reads::Histories {
        // A stream whose first event is among the new ones needs no reading.
        let mut first_new = HashMap::new();
        for raw in new() {
            first_new.entry(&*raw.aggregate_id).or_insert(raw);
            up_to = raw.position;
        }
        let mut begun: Vec<&str> =
            first_new.iter().filter(|(_, first)| first.sequence > 1).map(|(id, _)| *id).collect();
        begun.sort_unstable();
        for raw in log.streams(A::TYPE, &begun, up_to).await? {
            let Some((id, first)) = first_new.get_key_value(&*raw.aggregate_id) else {
                continue; // never: only these streams were asked for
            };
            if raw.sequence < first.sequence && kinds.contains(&&*raw.event_type) {
                let history = histories.entry(id).or_insert_with(|| empty(&raw));
                history.events.push(decode(&raw)?);
                history.earlier += 1;
            }
        }
    }
    for raw in new() {
        let history = histories.entry(&raw.aggregate_id).or_insert_with(|| empty(raw));
        history.events.push(decode(raw)?);
    }
    Ok(histories.into_values().collect())
}

fn empty<A: Aggregate>(raw: &RawEvent) -> History<A> {
    let (id, key) = (raw.aggregate_id.clone(), raw.key.clone());
    History { id, key, events: vec![], earlier: 0 }
}
