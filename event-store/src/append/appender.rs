//! The one task of a process that writes to the log.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::queue::{Pending, Stream};
use super::waiting::Waiting;
use super::{AppendError, Appended, postgres, sqlite};
use crate::db::Probe;
use crate::{
    Clock, Db, DbError, LogOptions, Metadata, Position, args, parse_timestamp, timestamp_text,
};

/// Where an append of the batch is.
#[derive(Clone, Copy)]
pub(super) struct Placed {
    pub(super) first: Position,
    /// None where the log holds a damaged one.
    pub(super) recorded_at: Option<Timestamp>,
}

/// For each append of a batch, in its order, where it is, if it got in.
pub(super) type Written = Vec<Option<Placed>>;

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
    heads: Arc<watch::Sender<Position>>,
    waiting: Waiting,
    tail: sqlite::Tail,
    /// What else goes where a stream is erased.
    erasing: Vec<String>,
    probe: Arc<Probe>,
}

impl Appender {
    pub(crate) fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        mut options: LogOptions,
        heads: Arc<watch::Sender<Position>>,
        receiver: mpsc::Receiver<Pending>,
        closing: CancellationToken,
        probe: Arc<Probe>,
    ) -> Self {
        let erasing = std::mem::take(&mut options.erasing);
        let waiting = Waiting::new(options, receiver, closing);
        Self { db, clock, heads, waiting, tail: sqlite::Tail::default(), erasing, probe }
    }

    /// Runs until the log is closed and everything that waited is written.
    pub(crate) async fn run(mut self) {
        while let Some(batch) = self.waiting.next().await {
            match self.write(&batch).await {
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
                        match self.write(&alone).await {
                            Ok(written) => self.answer(alone, &written).await,
                            Err(error) => self.fail(alone, error).await,
                        }
                    }
                }
                Err(error) => self.fail(batch, error).await,
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a batch has some thousand events at most")]
    async fn write(&mut self, batch: &[Pending]) -> Result<Written, DbError> {
        let (now, began) = (timestamp_text(self.clock.now()), Instant::now());
        let written = match &self.db {
            Db::Sqlite(db) => sqlite::append(db, batch, &now, &self.erasing, &mut self.tail).await,
            Db::Postgres(db) => postgres::append(&db.pool, batch, &now, &self.erasing).await,
        };
        let events: usize = batch.iter().map(|pending| pending.count).sum();
        metrics::histogram!("postulo_append_batch_events").record(events as f64);
        metrics::histogram!("postulo_append_duration_seconds").record(began.elapsed());
        self.probe.note(written.is_ok());
        written
    }

    /// Tells the callers of a written batch, and wakes the followers.
    async fn answer(&mut self, batch: Vec<Pending>, written: &[Option<Placed>]) {
        // Who waits is all who could be late.
        let waiting = !self.waiting.is_empty();
        let mut ends: HashMap<Stream, i64> = HashMap::new();
        let mut head = Position::START;
        for (pending, placed) in batch.into_iter().zip(written) {
            let result = match placed {
                Some(placed) => {
                    if waiting {
                        ends.insert(pending.stream.clone(), pending.end());
                    }
                    appended(*placed, pending.count)
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
        for pending in self.waiting.late(&ends) {
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
        // Where the file is gone, that was said once, when it was noticed.
        if !matches!(error, DbError::Moved(_)) {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                batch.appends = batch.len(),
                "appends could not be written to the log"
            );
        }
        let (mut lost, mut found, mut written) = (vec![], vec![], vec![]);
        for pending in batch {
            match self.find(&pending).await {
                Ok(Some(placed)) => {
                    written.push(Some(placed));
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
            let recorded_at = parse_timestamp(&recorded_at).ok();
            (metadata.event_id == pending.first_event)
                .then_some(Placed { first: Position::new(position), recorded_at })
        }))
    }
}

fn appended(placed: Placed, count: usize) -> Result<Appended, AppendError> {
    let more = i64::try_from(count).unwrap_or(i64::MAX) - 1;
    Ok(Appended {
        first: placed.first,
        last: Position::new(placed.first.get() + more),
        recorded_at: placed
            .recorded_at
            .ok_or(AppendError::Invalid("the log holds a damaged timestamp"))?,
    })
}
