//! The log as cqrs-es's repository of events, so that its stores, upcasters and test tools work on
//! it. On PostgreSQL a stream is read by its own repository; writing goes through the group commit.

use cqrs_es::Aggregate;
use cqrs_es::persist::{
    PersistedEventRepository, PersistenceError, ReplayStream, SerializedEvent, SerializedSnapshot,
};
use jiff::Timestamp;
use postgres_es::PostgresEventRepository;
use serde_json::Value;
use uuid::Uuid;

use crate::seal::{StoredPayload, StreamKey};
use crate::{AppendError, Db, DecodeError, Log, Metadata, NewEvent, Position, RawEvent};

/// Events that a replay reads at once.
const PAGE: i64 = 1000;
/// The view of the log whose payloads hold their sealed part.
const WHOLE_EVENTS: &str = "whole_events";
/// Events that wait for the reader of a replay.
const AHEAD: usize = 1000;

#[derive(Debug, thiserror::Error)]
enum Unsupported {
    #[error(
        "the log keeps no snapshots: cqrs-es 0.5 applies events twice through them; use PersistedEventStore::new_event_store"
    )]
    Snapshots,
    #[error("the events of one call belong to one stream and are numbered without a gap")]
    Sequence,
    #[error(
        "the metadata must tell event_id, correlation_id, causation_id and actor; pass them to execute_with_metadata"
    )]
    Metadata,
}

impl From<Unsupported> for PersistenceError {
    fn from(error: Unsupported) -> Self {
        Self::UnknownError(Box::new(error))
    }
}

impl From<AppendError> for PersistenceError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict => Self::OptimisticLockError,
            AppendError::Unavailable(_) | AppendError::Busy | AppendError::Closed => {
                Self::ConnectionError(Box::new(error))
            }
            AppendError::Gap
            | AppendError::TooLarge
            | AppendError::Invalid(_)
            | AppendError::Sealing(_) => Self::UnknownError(Box::new(error)),
        }
    }
}

impl PersistedEventRepository for Log {
    async fn get_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        self.get_last_events::<A>(aggregate_id, 0).await
    }

    async fn get_last_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
        last_sequence: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        match self.db() {
            Db::Sqlite(_) => {
                let after = i64::try_from(last_sequence).unwrap_or(i64::MAX);
                let events = self.stream_after(A::TYPE, aggregate_id, after, i64::MAX).await;
                events.map_err(broken)?.into_iter().map(|event| serialized(self, event)).collect()
            }
            Db::Postgres(crate::db::PostgresDb { pool, .. }) => {
                let repository = PostgresEventRepository::new(pool.clone());
                let repository = repository.with_tables(WHOLE_EVENTS, "snapshots");
                let events = repository.get_last_events::<A>(aggregate_id, last_sequence).await?;
                self.opened(events).await
            }
        }
    }

    /// Always refused.
    async fn get_snapshot<A: Aggregate>(
        &self,
        _aggregate_id: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Err(Unsupported::Snapshots.into())
    }

    /// Appends through the group commit. Every event of a command carries the same metadata here,
    /// so the ids of the second and later events are derived from the first's.
    async fn persist<A: Aggregate>(
        &self,
        events: &[SerializedEvent],
        snapshot_update: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        if snapshot_update.is_some() {
            return Err(Unsupported::Snapshots.into());
        }
        let Some(first) = events.first() else {
            return Ok(());
        };
        let in_order = events.iter().enumerate().all(|(index, event)| {
            event.aggregate_id == first.aggregate_id && event.sequence == first.sequence + index
        });
        let expected = i64::try_from(first.sequence).map_or(-1, |sequence| sequence - 1);
        if !in_order || expected < 0 {
            return Err(Unsupported::Sequence.into());
        }
        let new = events
            .iter()
            .enumerate()
            .map(|(index, event)| new_event(event, index))
            .collect::<Result<Vec<_>, _>>()?;
        self.append(A::TYPE, &first.aggregate_id, expected, new).await?;
        Ok(())
    }

    async fn stream_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<ReplayStream, PersistenceError> {
        let events = self.stream(A::TYPE, aggregate_id).await.map_err(broken)?;
        let (mut feed, stream) = ReplayStream::new(AHEAD);
        let log = self.clone();
        tokio::spawn(async move {
            for event in events {
                if feed.push(serialized(&log, event)).await.is_err() {
                    return;
                }
            }
        });
        Ok(stream)
    }

    /// All events of this kind of aggregate, in the order of the log. A database error is the
    /// stream's last item, never a quiet end.
    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        let (mut feed, stream) = ReplayStream::new(AHEAD);
        let log = self.clone();
        tokio::spawn(async move {
            let mut after = Position::START;
            loop {
                let page = match log.page_after(after, PAGE, None).await {
                    Ok(page) => page,
                    Err(error) => {
                        drop(feed.push(Err(broken(error))).await);
                        return;
                    }
                };
                if page.reached == after {
                    return;
                }
                after = page.reached;
                for event in page.events {
                    if event.aggregate_type == A::TYPE
                        && feed.push(serialized(&log, event)).await.is_err()
                    {
                        return;
                    }
                }
            }
        });
        Ok(stream)
    }
}

impl Log {
    /// Events of one stream as its library's repository reads them, opened.
    async fn opened(
        &self,
        mut events: Vec<SerializedEvent>,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        for event in &mut events {
            if event.payload.get("sealed").is_none() {
                continue;
            }
            let metadata = serde_json::from_value(event.metadata.clone());
            let mut raw = RawEvent {
                position: Position::START,
                aggregate_type: event.aggregate_type.clone(),
                aggregate_id: event.aggregate_id.clone(),
                sequence: i64::try_from(event.sequence).unwrap_or(i64::MAX),
                event_type: event.event_type.clone(),
                event_version: event.event_version.clone(),
                payload: StoredPayload::from_text(event.payload.to_string()),
                metadata: metadata.map_err(|_| Unsupported::Metadata)?,
                recorded_at: Timestamp::UNIX_EPOCH,
                key: StreamKey::Unknown,
            };
            let found = self.find_key(&mut raw).await;
            found.map_err(|error| PersistenceError::ConnectionError(Box::new(error)))?;
            let payload = self.payload(&raw).map_err(unreadable)?;
            event.payload = serde_json::from_str(&payload)?;
        }
        Ok(events)
    }
}

fn unreadable(error: DecodeError) -> PersistenceError {
    PersistenceError::UnknownError(Box::new(error))
}

fn broken(error: crate::ReadError) -> PersistenceError {
    PersistenceError::ConnectionError(Box::new(error))
}

fn serialized(log: &Log, event: RawEvent) -> Result<SerializedEvent, PersistenceError> {
    let payload = log.payload(&event).map_err(unreadable)?;
    Ok(SerializedEvent {
        aggregate_id: event.aggregate_id,
        sequence: usize::try_from(event.sequence).map_err(|_| Unsupported::Sequence)?,
        aggregate_type: event.aggregate_type,
        event_type: event.event_type,
        event_version: event.event_version,
        payload: serde_json::from_str(&payload)?,
        metadata: serde_json::to_value(&event.metadata)?,
    })
}

fn new_event(event: &SerializedEvent, index: usize) -> Result<NewEvent, PersistenceError> {
    let metadata: Metadata =
        serde_json::from_value(event.metadata.clone()).map_err(|_| Unsupported::Metadata)?;
    let event_id = if index == 0 {
        metadata.event_id
    } else {
        Uuid::new_v5(&metadata.event_id, index.to_string().as_bytes())
    };
    Ok(NewEvent {
        event_id,
        event_type: event.event_type.clone(),
        event_version: event.event_version.clone(),
        payload: event.payload.to_string(),
        metadata: Metadata { event_id, ..metadata },
    })
}
