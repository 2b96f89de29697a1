//! An aggregate as it stands: with all that happened to it, for readers, or its state alone, for
//! decisions.

use cqrs_es::Aggregate;
use domain::Stored;
use event_store::{Log, Position, RawEvent, Recorded, SealedError, Snapshot, StreamId};

use crate::{CommandError, advice};

/// Events that a decision reads before it looks for a snapshot, and after which a new one is due.
const SHORT: i64 = 100;

/// An aggregate with all that happened to it.
#[derive(Clone, Debug)]
pub struct History<A: Aggregate> {
    /// The state after the last event.
    pub state: A,
    /// The events, oldest first.
    pub events: Vec<Recorded<A::Event>>,
}

/// An aggregate as decisions see it.
#[derive(Clone, Debug)]
pub(crate) struct Loaded<A> {
    pub(crate) state: A,
    /// How many events led to it.
    pub(crate) sequence: i64,
    /// Where the last of them is.
    pub(crate) position: Position,
}

impl<A: Aggregate> Loaded<A> {
    pub(crate) fn absent() -> Self {
        Self { state: A::default(), sequence: 0, position: Position::START }
    }
}

/// Reads aggregates of one log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loader<'a> {
    pub(crate) log: &'a Log,
}

impl Loader<'_> {
    /// All that happened to the aggregate called `id`; the default state and no event where nothing
    /// did.
    pub(crate) async fn history<A: Stored>(
        self,
        id: &str,
    ) -> Result<History<A>, CommandError<A::Error>> {
        let raw = self.log.stream(A::TYPE, id).await?;
        let mut history = History { state: A::default(), events: Vec::with_capacity(raw.len()) };
        for event in raw {
            let event: Recorded<A::Event> = self.log.decode(&event)?;
            history.state.apply(event.event.clone());
            history.events.push(event);
        }
        Ok(history)
    }

    /// The state of the aggregate called `id`. However long its history: one page of its first
    /// events, one snapshot, and what happened since that.
    pub(crate) async fn state<A: Stored>(
        self,
        id: &str,
    ) -> Result<Loaded<A>, CommandError<A::Error>> {
        let begin = self.log.stream_after(A::TYPE, id, 0, SHORT).await?;
        let mut loaded = Loaded::absent();
        if begin.len() < usize::try_from(SHORT).unwrap_or(usize::MAX) {
            self.apply(&mut loaded, begin)?;
            return Ok(loaded);
        }
        match self.snapshot(id).await? {
            Some(snapshot) => loaded = snapshot,
            None => self.apply(&mut loaded, begin)?,
        }
        let since = loaded.sequence;
        loop {
            let page = self.log.stream_after(A::TYPE, id, loaded.sequence, SHORT).await?;
            if page.is_empty() {
                break;
            }
            self.apply(&mut loaded, page)?;
        }
        if loaded.sequence - since >= SHORT {
            self.keep(id, &loaded).await;
        }
        Ok(loaded)
    }

    fn apply<A: Stored>(
        self,
        loaded: &mut Loaded<A>,
        events: Vec<RawEvent>,
    ) -> Result<(), CommandError<A::Error>> {
        for raw in events {
            let event: Recorded<A::Event> = self.log.decode(&raw)?;
            loaded.state.apply(event.event);
            loaded.sequence = event.sequence;
            loaded.position = event.position;
        }
        Ok(())
    }

    /// A snapshot that cannot be read counts as none.
    async fn snapshot<A: Stored>(
        self,
        id: &str,
    ) -> Result<Option<Loaded<A>>, CommandError<A::Error>> {
        let kept = match self.log.snapshot(StreamId::of::<A>(id)).await {
            Ok(kept) => kept,
            Err(SealedError::Db(error)) => return Err(error.into()),
            Err(_) => return Ok(None),
        };
        Ok(kept.and_then(|Snapshot { sequence, position, state }| {
            let state = serde_json::from_str(&state).ok()?;
            Some(Loaded { state, sequence, position })
        }))
    }

    /// A snapshot is a cache: that it could not be kept is no reason to fail.
    async fn keep<A: Aggregate>(self, id: &str, loaded: &Loaded<A>) {
        let Ok(state) = serde_json::to_string(&loaded.state) else {
            return;
        };
        let snapshot = Snapshot { sequence: loaded.sequence, position: loaded.position, state };
        if let Err(error) = self.log.keep_snapshot(StreamId::of::<A>(id), &snapshot).await {
            tracing::warn!(
                error = %advice::told(&error),
                "a snapshot of a long history could not be kept"
            );
        }
    }
}

#[cfg(test)]
mod tests;
