//! The one task of a process that writes to the log.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::queue::{Pending, Stream};
use super::{AppendError, Appended, postgres, sqlite};
use crate::{
    Clock, Db, DbError, LogOptions, Metadata, Position, args, parse_timestamp, timestamp_text,
};

/// Where an append of the batch is.
pub(super) struct Placed {
    pub(super) first: Position,
    pub(super) recorded_at: String,
}

/// The appends of a batch that got in.
#[derive(Default)]
pub(super) struct Written {
    pub(super) places: HashMap<Stream, Placed>,
}

const END: &str = "
    SELECT coalesce(max(sequence), 0)
    FROM events
    WHERE aggregate_type = $1 AND aggregate_id = $2";

const BY_KEY: &str = "
    SELECT position, CAST(metadata AS TEXT), recorded_at
    FROM events
    WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence = $3";

pub(crate) struct Appender {
    db: Db,
    clock: Arc<dyn Clock>,
    options: LogOptions,
    heads: Arc<watch::Sender<Position>>,
    receiver: mpsc::Receiver<Pending>,
    closing: CancellationToken,
    /// Taken from the queue, and waiting for a batch: appends to a stream that is already in the
    /// batch, and what was too much for it.
    held: VecDeque<Pending>,
    tail: sqlite::Tail,
}

impl Appender {
    pub(crate) fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        options: LogOptions,
        heads: Arc<watch::Sender<Position>>,
        receiver: mpsc::Receiver<Pending>,
        closing: CancellationToken,
    ) -> Self {
        Self {
            db,
            clock,
            options,
            heads,
            receiver,
            closing,
            held: VecDeque::new(),
            tail: sqlite::Tail::default(),
        }
    }

    /// Runs until the log is closed and everything that waited is written.
    pub(crate) async fn run(mut self) {
        loop {
            let batch = self.gather().await;
            if batch.is_empty() {
                return;
            }
            self.write(batch).await;
        }
    }

    /// The next batch: what is there, up to the limits; it waits only for the first. Empty when
    /// the log is closed.
    async fn gather(&mut self) -> Vec<Pending> {
        if self.held.is_empty() {
            let closing = self.closing.clone();
            let first = tokio::select! {
                first = self.receiver.recv() => first,
                () = closing.cancelled() => {
                    // From here on nothing comes in; what is there is still taken out.
                    self.receiver.close();
                    self.receiver.recv().await
                }
            };
            let Some(first) = first else {
                return vec![];
            };
            self.held.push_back(first);
        }
        while self.held.len() < self.options.queued_appends {
            match self.receiver.try_recv() {
                Ok(pending) => self.held.push_back(pending),
                Err(_) => break,
            }
        }
        let (mut events, mut bytes) = (0, 0);
        let mut streams = HashSet::new();
        let mut batch: Vec<Pending> = vec![];
        let mut later = VecDeque::new();
        let mut full = false;
        for pending in self.held.drain(..) {
            full = full
                || (!batch.is_empty()
                    && (events + pending.count > self.options.batch_events
                        || bytes + pending.bytes > self.options.batch_bytes));
            // A stream that waits is in the set too: its appends keep their order.
            if full || !streams.insert(pending.stream.clone()) {
                later.push_back(pending);
                continue;
            }
            events += pending.count;
            bytes += pending.bytes;
            batch.push(pending);
        }
        self.held = later;
        batch
    }

    async fn write(&mut self, batch: Vec<Pending>) {
        match self.write_batch(&batch).await {
            Ok(written) => self.answer(batch, &written).await,
            // One of them is to blame, but which? Each alone; the innocent get in.
            Err(DbError::Statement(error @ sqlx::Error::Database(_))) if batch.len() > 1 => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    batch.appends = batch.len(),
                    "a batch of appends was refused by the database; writing them one by one"
                );
                for pending in batch {
                    let alone = vec![pending];
                    match self.write_batch(&alone).await {
                        Ok(written) => self.answer(alone, &written).await,
                        Err(error) => self.fail(alone, error).await,
                    }
                }
            }
            Err(error) => self.fail(batch, error).await,
        }
    }

    async fn write_batch(&mut self, batch: &[Pending]) -> Result<Written, DbError> {
        let now = timestamp_text(self.clock.now());
        match &self.db {
            Db::Sqlite(db) => sqlite::append(db, batch, &now, &mut self.tail).await,
            Db::Postgres(pool) => postgres::append(pool, batch, &now).await,
        }
    }

    /// Tells the callers of a written batch, and wakes the followers.
    async fn answer(&mut self, batch: Vec<Pending>, written: &Written) {
        let mut ends: HashMap<Stream, i64> = HashMap::new();
        let mut head = Position::START;
        for pending in batch {
            let result = match written.places.get(&pending.stream) {
                Some(placed) => {
                    ends.insert(pending.stream.clone(), pending.end());
                    appended(placed, pending.count)
                }
                None => match self.end_of(&pending.stream).await {
                    Ok(end) => {
                        ends.insert(pending.stream.clone(), end);
                        Err(if pending.expected > end {
                            AppendError::Gap
                        } else {
                            AppendError::Conflict
                        })
                    }
                    Err(error) => Err(AppendError::Unavailable(error)),
                },
            };
            if let Ok(appended) = &result {
                head = head.max(appended.last);
            }
            pending.finish(result);
        }
        self.heads.send_if_modified(|known| {
            let grown = head > *known;
            *known = head.max(*known);
            grown
        });
        self.refuse_the_late(&ends);
    }

    /// A stream's end only grows: who expects less will not get in.
    fn refuse_the_late(&mut self, ends: &HashMap<Stream, i64>) {
        let (late, held): (VecDeque<_>, _) = self
            .held
            .drain(..)
            .partition(|it| ends.get(&it.stream).is_some_and(|end| it.expected < *end));
        self.held = held;
        for pending in late {
            pending.finish(Err(AppendError::Conflict));
        }
    }

    async fn end_of(&self, stream: &Stream) -> Result<i64, DbError> {
        let (end,): (i64,) = self.db.fetch_one(END, args![&stream.0, &stream.1]).await?;
        Ok(end)
    }

    /// The batch failed as a whole. Where the connection broke while it was being committed, the
    /// events may be there all the same: look for them by key and compare the event id.
    async fn fail(&mut self, batch: Vec<Pending>, error: DbError) {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            batch.appends = batch.len(),
            "appends could not be written to the log"
        );
        let mut written = Written::default();
        let mut lost = vec![];
        let mut found = vec![];
        for pending in batch {
            match self.find(&pending).await {
                Ok(Some(placed)) => {
                    written.places.insert(pending.stream.clone(), placed);
                    found.push(pending);
                }
                Ok(None) | Err(_) => lost.push(pending),
            }
        }
        self.answer(found, &written).await;
        let error = Arc::new(error);
        for pending in lost {
            pending.finish(Err(AppendError::Unavailable(DbError::Shared(Arc::clone(&error)))));
        }
    }

    async fn find(&self, pending: &Pending) -> Result<Option<Placed>, DbError> {
        let (aggregate_type, aggregate_id) = &pending.stream;
        let row: Option<(i64, String, String)> = self
            .db
            .fetch_optional(BY_KEY, args![aggregate_type, aggregate_id, pending.expected + 1])
            .await?;
        Ok(row.and_then(|(position, metadata, recorded_at)| {
            let metadata: Metadata = serde_json::from_str(&metadata).ok()?;
            (metadata.event_id == pending.first_event)
                .then_some(Placed { first: Position::new(position), recorded_at })
        }))
    }
}

fn appended(placed: &Placed, count: usize) -> Result<Appended, AppendError> {
    let more = i64::try_from(count).unwrap_or(i64::MAX) - 1;
    Ok(Appended {
        first: placed.first,
        last: Position::new(placed.first.get() + more),
        recorded_at: parse_timestamp(&placed.recorded_at)
            .map_err(|_| AppendError::Invalid("the log holds a damaged timestamp"))?,
    })
}
