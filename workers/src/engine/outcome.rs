//! One reaction to one event: run it, and write down how it ended.

use std::time::{Duration, Instant};

use event_store::RawEvent;
use event_store::kafka::Unreadable;
use jiff::{SignedDuration, Timestamp};
use tracing::Instrument as _;

use crate::engine::Reactor;
use crate::reaction::{FORGOTTEN, Outcome, ReactionError};
use commands::Trace;
use commands::parked::{self, Key, Verdict};

/// The wait where our own disk or database is what failed.
const SOON: SignedDuration = SignedDuration::from_secs(2);
/// The longest wait of the back-off.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Counts a reaction by how it ended.
fn measure(reactor: &'static str, ended: &Result<Outcome, ReactionError>, duration_ms: f64) {
    let outcome = match ended {
        Ok(Outcome::Done) => "done",
        Err(ReactionError::Obsolete) | Ok(Outcome::Skipped(_)) => "skipped",
        Err(ReactionError::Retry { .. }) => "delayed",
        Err(ReactionError::Fatal { .. }) => "failed",
    };
    metrics::counter!("postulo_reactions_total", "reactor" => reactor, "outcome" => outcome)
        .increment(1);
    metrics::histogram!("postulo_reaction_duration_seconds", "reactor" => reactor)
        .record(duration_ms / 1000.0);
}

/// Whether a reaction has a row among those that are not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    /// It has none.
    None,
    /// Whoever fed the reactor before may have parked it meanwhile.
    MayBe,
    /// It has one, with or without an attempt behind it.
    There,
}

impl Row {
    const fn of(maybe_parked: bool) -> Self {
        if maybe_parked { Self::MayBe } else { Self::None }
    }
}

impl Reactor {
    /// Reacts to an event of the feed; one that may have been parked before is looked up first.
    /// Says whether it is done or parked; it is not when `begin` says, once its turn has come, that
    /// another process has it now, or when how it ended could not be written down before the
    /// process stopped.
    pub(crate) async fn new_event(
        &self,
        event: &RawEvent,
        maybe_parked: bool,
        begin: &(dyn Fn() -> bool + Sync),
    ) -> bool {
        // The semaphore is never closed; without it there is merely no limit.
        let _slot = self.slots.acquire().await;
        if !begin() {
            return false;
        }
        if maybe_parked {
            let name = self.reaction.name();
            let known = self.insist(|| parked::is_parked(self.log.db(), name, event.position));
            match known.await {
                None => return false,
                Some(true) => return true,
                Some(false) => {}
            }
        }
        self.react(event, 0, Row::of(maybe_parked)).await
    }

    /// Reacts again to a parked event that was tried `attempts` times.
    pub(crate) async fn delayed_event(&self, event: &RawEvent, attempts: i64) {
        let _slot = self.slots.acquire().await;
        self.react(event, attempts, Row::There).await;
    }

    async fn react(&self, raw: &RawEvent, attempts: i64, row: Row) -> bool {
        let name = self.reaction.name();
        let span = tracing::info_span!(
            "reaction",
            otel.name = name,
            reaction.name = name,
            application.id = raw.aggregate_id,
            position = raw.position.get(),
            trace.id = raw.metadata.trace_id,
        );
        let metadata = &raw.metadata;
        let (trace_id, span_id) = (metadata.trace_id.clone(), metadata.span_id.clone());
        Trace { trace_id, span_id }.is_parent_of(&span);
        async {
            let began = Instant::now();
            let ended = self.reaction.react(raw, &self.world).await;
            let duration_ms = began.elapsed().as_secs_f64() * 1000.0;
            measure(name, &ended, duration_ms);
            self.write_down(raw, (attempts, row), ended, duration_ms).await
        }
        .instrument(span)
        .await
    }

    async fn write_down(
        &self,
        raw: &RawEvent,
        (attempts, row): (i64, Row),
        ended: Result<Outcome, ReactionError>,
        duration_ms: f64,
    ) -> bool {
        let now = self.world.commands.now();
        let verdict = match &ended {
            Ok(Outcome::Done) => {
                tracing::info!(duration_ms, attempts, "a reaction is done");
                let has_row = match row {
                    Row::None => false,
                    Row::There => true,
                    Row::MayBe => self.is_parked(raw).await,
                };
                if has_row {
                    let (db, name) = (self.log.db(), self.reaction.name());
                    return self.insist(|| parked::forget(db, name, raw.position)).await.is_some();
                }
                return true;
            }
            Ok(Outcome::Skipped(reason)) => {
                tracing::info!(duration_ms, reason, "a reaction is skipped");
                return self.park(raw, attempts, &Verdict::Skipped { reason }, now).await;
            }
            Err(ReactionError::Obsolete) => {
                tracing::info!(duration_ms, reason = FORGOTTEN, "a reaction is skipped");
                let verdict = Verdict::Skipped { reason: FORGOTTEN };
                return self.park(raw, attempts, &verdict, now).await;
            }
            Err(ReactionError::Retry { after, failure, counts }) => {
                let attempts = attempts + i64::from(*counts);
                if attempts < self.settings.attempts(self.reaction.as_ref()) {
                    let due_at = after.unwrap_or_else(|| {
                        if *counts { self.next_try(attempts, now) } else { now + SOON }
                    });
                    tracing::info!(duration_ms, attempts, %due_at, "a reaction is delayed");
                    let (cause, detail) = failure.for_operators();
                    let verdict = Verdict::Delayed { due_at, cause, detail };
                    let parked = self.park(raw, attempts, &verdict, now).await;
                    self.delayed.notify_one();
                    return parked;
                }
                (attempts, failure)
            }
            Err(ReactionError::Fatal { failure }) => (attempts + 1, failure),
        };
        let (attempts, failure) = verdict;
        tracing::error!(duration_ms, attempts, "a reaction failed for good: {}", failure.advice);
        if let Err(error) = self.reaction.give_up(raw, &self.world, failure.for_event()).await {
            tracing::error!(%error, "that a reaction failed could not be recorded");
        }
        let (cause, detail) = failure.for_operators();
        self.park(raw, attempts, &Verdict::Failed { cause, detail }, now).await
    }

    async fn is_parked(&self, raw: &RawEvent) -> bool {
        let name = self.reaction.name();
        parked::is_parked(self.log.db(), name, raw.position).await.unwrap_or(true)
    }

    async fn park(
        &self,
        raw: &RawEvent,
        attempts: i64,
        verdict: &Verdict<'_>,
        now: Timestamp,
    ) -> bool {
        let key = Key {
            reactor: self.reaction.name(),
            position: raw.position,
            stream: raw.stream(),
            event_type: &raw.event_type,
        };
        let parked = self.insist(|| parked::park(&self.log, &key, attempts, verdict, now));
        parked.await.is_some()
    }

    /// Parks a record of the topic that is not an event and that the log does not know.
    pub(crate) async fn park_record(&self, record: &Unreadable) -> bool {
        let now = self.world.commands.now();
        let name = self.reaction.name();
        let parked = self.insist(|| parked::park_record(self.log.db(), name, record, now));
        parked.await.is_some()
    }

    /// Does `write` until it succeeds: the checkpoint must not move past what is not written down.
    /// `None` when the process stops first; the event is then met again at the next start.
    pub(crate) async fn insist<T, E, F>(&self, write: impl Fn() -> F) -> Option<T>
    where
        E: std::error::Error,
        F: Future<Output = Result<T, E>>,
    {
        let mut said = false;
        loop {
            match write().await {
                Ok(value) => return Some(value),
                Err(error) if !said => {
                    tracing::error!(%error, "how a reaction ended cannot be written; trying again");
                    said = true;
                }
                Err(_) => {}
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                () = self.stop.cancelled() => return None,
            }
        }
    }

    /// Exponential back-off with jitter: the delay doubles with each attempt up to an hour, and is
    /// spread over its last fifth.
    fn next_try(&self, attempts: i64, now: Timestamp) -> Timestamp {
        let first = SignedDuration::try_from(self.settings.first_delay).unwrap_or(LONGEST);
        let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(20);
        let delay = first.saturating_mul(1 << doublings).min(LONGEST);
        let spread = f64::from(self.world.commands.fresh_id().as_bytes()[15]) / 255.0;
        now + delay.mul_f64(0.8 + 0.2 * spread)
    }
}
