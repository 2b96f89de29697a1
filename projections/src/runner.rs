//! Keeps the read models up with the log: one task each, so that one that cannot go on holds up
//! nobody else. What they read of the log they share. Of several processes one at a time runs a projection, by a lease; should two do so
//! for a moment, the checkpoint lets each batch be written once.
//!
//! A task that fails begins anew, later and later; it never ends by itself. What it has seen is told
//! to those who wait through a watch channel, after the commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use event_store::checkpoint::{self, CheckpointError};
use event_store::lease::{self, Held, Holder, LeaseOptions};
use event_store::{Clock, Log, Position, Wake};
use futures::future::{join_all, pending};
use tokio::sync::{SemaphorePermit, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::apply::{Applier, ApplyError, checkpoint_name};
use crate::pages::{Member, Pages};
use crate::prepared::Prepared;
use crate::table::Generation;
use crate::wait::safety_net;
use crate::{NotProjected, Projection, UnknownProjection, all, schema, status};

/// How the runner works. The defaults suit every size.
#[derive(Clone, Debug)]
pub struct RunnerOptions {
    /// Events in one transaction, where not as many as suit the engine.
    pub batch: Option<i64>,
    /// How often the log is asked when nothing wakes the runner.
    pub poll: Duration,
    /// How long after it last moved a runner at the end of the log rests at least: what comes meanwhile is
    /// written together, and the machine is left to those who bring it. At rest, it follows at once.
    pub gap: Duration,
    /// The pause after the first failure; it doubles with each further one.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How long another process waits before it takes over from one that died.
    pub lease: LeaseOptions,
}

impl Default for RunnerOptions {
    fn default() -> Self {
        Self {
            batch: None,
            poll: Duration::from_secs(1),
            gap: Duration::from_millis(20),
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(30),
            lease: LeaseOptions::default(),
        }
    }
}

/// A checkpoint that moved over events that concern nobody is stored after this time.
const STORE_AFTER: Duration = Duration::from_secs(1);

/// The running projections; clones are the same ones.
#[derive(Clone)]
pub struct Projections {
    log: Log,
    seen: Arc<[(&'static str, watch::Receiver<Position>)]>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Projections {
    /// Starts every projection where its checkpoint stands. Several processes may do so: one of
    /// them runs it, the others stand by.
    pub fn start(log: Log, clock: Arc<dyn Clock>, options: &RunnerOptions) -> Self {
        Self::start_these(log, clock, options, all())
    }

    /// Starts these projections alone.
    pub fn start_these(
        log: Log,
        clock: Arc<dyn Clock>,
        options: &RunnerOptions,
        projections: Vec<Box<dyn Projection>>,
    ) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let holder = Holder::new();
        let applier = Applier { log: log.clone(), clock };
        let pages = Pages::new(&log, options.batch);
        let seen = projections
            .into_iter()
            .map(|projection| {
                let (seen, watching) = watch::channel(Position::START);
                let name = projection.name();
                let follower = Arc::new(Follower {
                    applier: applier.clone(),
                    pages: Arc::clone(&pages),
                    projection,
                    seen,
                    options: options.clone(),
                    stands_by: AtomicBool::new(false),
                });
                tasks.spawn(run(follower, holder.clone(), stop.clone()));
                (name, watching)
            })
            .collect();
        tasks.close();
        Self { log, seen, tasks, stop }
    }

    /// Up to which event each projection has come, as far as this process knows.
    pub fn progress(&self) -> Vec<(&'static str, Position)> {
        self.seen.iter().map(|(name, seen)| (*name, *seen.borrow())).collect()
    }

    /// Returns as soon as these projections have come to `position`; with no name, all of them.
    pub async fn wait_for(
        &self,
        names: &[&str],
        position: Position,
        timeout: Duration,
    ) -> Result<(), NotProjected> {
        let all: Vec<&str> = self.seen.iter().map(|(name, _)| *name).collect();
        let names = if names.is_empty() { &all } else { names };
        let watching = names
            .iter()
            .map(|name| {
                let found = self.seen.iter().find(|(known, _)| known == name);
                found
                    .map(|(_, seen)| seen.clone())
                    .ok_or_else(|| UnknownProjection { name: (*name).to_owned() })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let told = join_all(watching.into_iter().map(async |mut seen| {
            // A task that has stopped tells nothing: then the safety net answers.
            let told = seen.wait_for(|seen| *seen >= position).await.is_ok();
            if !told {
                pending::<()>().await;
            }
        }));
        tokio::select! {
            _ = told => Ok(()),
            found = safety_net(self.log.db(), names, position) => found,
            () = tokio::time::sleep(timeout) => Err(NotProjected::Late { position }),
        }
    }

    /// Finishes the batches in hand, and returns when every task has ended.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

/// Runs a projection whenever this process is the one to do so.
async fn run(follower: Arc<Follower>, holder: Holder, stop: CancellationToken) {
    let db = follower.applier.log.db().clone();
    let name = format!("projection:{}", follower.projection.name());
    let options = follower.options.lease;
    let work = |held| supervise(Arc::clone(&follower), held);
    lease::run(&db, &name, &holder, options, &stop, work).await;
}

/// A panic is a mistake in the code; it ends the batch, not the projection.
async fn supervise(follower: Arc<Follower>, held: Held) {
    loop {
        let run = tokio::spawn(Arc::clone(&follower).run(held.clone()));
        match run.await {
            Err(error) if error.is_panic() => {
                tracing::error!(
                    projection.name = follower.projection.name(),
                    "the projection panicked; it begins anew at its checkpoint"
                );
                if pause(follower.options.longest_pause, &held).await {
                    return;
                }
            }
            // It was told to stop, or the runtime is going away.
            Ok(()) | Err(_) => return,
        }
    }
}

struct Follower {
    applier: Applier,
    /// What all followers of this process read.
    pages: Arc<Pages>,
    projection: Box<dyn Projection>,
    seen: watch::Sender<Position>,
    options: RunnerOptions,
    /// Whether the tables were found in another version's shape, so that it is logged once.
    stands_by: AtomicBool,
}

/// What was reported already, so that a lasting trouble is logged once.
#[derive(PartialEq)]
enum Reported {
    Nothing,
    Database,
    Stuck(Position),
}

impl Follower {
    async fn run(self: Arc<Self>, held: Held) {
        let mut wake = self.applier.log.wake();
        let mut rest = self.options.first_pause;
        let mut reported = Reported::Nothing;
        loop {
            match self.keep_up(&held, &mut wake, &mut reported).await {
                Ok(()) => return,
                // The lease is given up: the version whose shape it is takes it.
                Err(ApplyError::OtherShape { name }) => {
                    if !self.stands_by.swap(true, Ordering::Relaxed) {
                        tracing::warn!(
                            projection.name = name,
                            "the tables are in the shape of another version, which goes on with them"
                        );
                    }
                    return;
                }
                // Someone else wrote the batch: go on from where they are.
                Err(ApplyError::Moved(_)) => continue,
                Err(error) => {
                    if reported == Reported::Nothing {
                        rest = self.options.first_pause;
                    }
                    self.report(&error, &mut reported).await;
                }
            }
            if pause(rest, &held).await {
                return;
            }
            rest = self.options.longest_pause.min(rest * 2);
        }
    }

    /// Applies batch after batch; returns when it is told to stop.
    async fn keep_up(
        &self,
        held: &Held,
        wake: &mut Wake,
        reported: &mut Reported,
    ) -> Result<(), ApplyError> {
        schema::begin(self.applier.log.db(), &*self.projection).await?;
        self.stands_by.store(false, Ordering::Relaxed);
        let name = checkpoint_name(self.projection.name(), Generation::Live);
        let stored = checkpoint::read(self.applier.log.db(), &name).await?;
        let mut stored = stored.unwrap_or_default();
        let mut seen = stored;
        let mut waiting = Prepared::nothing(stored);
        let kinds = self.projection.events();
        let kinds = (!self.projection.reads_every_kind()).then_some(&kinds[..]);
        // Left with whatever ends this: nobody waits for who has failed.
        let reader = self.pages.join(seen);
        let mut ahead_since: Option<Instant> = None;
        let mut moved = Instant::now();
        self.tell(seen);
        loop {
            let stopping = held.ended().is_cancelled();
            let next = if stopping {
                Ok((Prepared::nothing(seen), None)) // what was seen is stored
            } else {
                self.next(&reader, seen, kinds).await
            };
            let (prepared, turn) = match next {
                // What comes before it is written first; then it is met again.
                Err(_) if !waiting.is_empty() => (Prepared::nothing(seen), None),
                next => next?,
            };
            let at_end = prepared.reached == seen;
            let more_follows = prepared.reached.since(seen) >= self.pages.batch();
            seen = prepared.reached;
            waiting.take_in(prepared);
            let long_ahead = ahead_since.is_some_and(|since| since.elapsed() >= STORE_AFTER);
            let far_ahead = seen.since(stored) >= self.pages.batch();
            let may_wait = waiting.may_wait(&*self.projection, stored, self.pages.batch());
            let waits = more_follows && !waiting.is_empty() && may_wait;
            if waits {
                // Nothing of it is there yet.
            } else if seen > stored && (!waiting.is_empty() || long_ahead || far_ahead || stopping)
            {
                let prepared = std::mem::replace(&mut waiting, Prepared::nothing(seen));
                self.applier.write(&*self.projection, Generation::Live, stored, prepared).await?;
                stored = seen;
                ahead_since = None;
            } else if !at_end {
                // Events that concern nobody here are no reason for a durable write each.
                ahead_since.get_or_insert_with(Instant::now);
            }
            drop(turn);
            self.tell(if waits { stored } else { seen });
            if !at_end {
                moved = Instant::now();
            }
            if *reported != Reported::Nothing {
                tracing::info!(projection.name = self.projection.name(), "the projection goes on");
                *reported = Reported::Nothing;
            }
            if stopping {
                return Ok(());
            }
            if at_end {
                let poll = match ahead_since {
                    Some(_) => self.options.poll.min(STORE_AFTER),
                    None => self.options.poll,
                };
                let asleep = Instant::now();
                tokio::select! {
                    () = wake.wait(seen, poll) => {}
                    () = held.ended().cancelled() => {}
                }
                if asleep.elapsed() >= poll {
                    self.still_at(&name, stored).await?;
                }
                tokio::select! {
                    () = tokio::time::sleep_until(moved + self.options.gap) => {}
                    () = held.ended().cancelled() => {}
                }
            }
        }
    }

    /// What comes after this position, with the turn in which it is written.
    async fn next(
        &self,
        reader: &Member,
        seen: Position,
        kinds: Option<&[&'static str]>,
    ) -> Result<(Prepared, Option<SemaphorePermit<'_>>), ApplyError> {
        let page = reader.after(seen, kinds).await?;
        let turn = self.pages.to_work().await;
        Ok((Applier::prepare(&*self.projection, kinds, &page, seen).await?, Some(turn)))
    }

    /// A crash of the database server may have taken the last batches back, with their checkpoint,
    /// and nobody would notice before the next event.
    async fn still_at(&self, name: &str, stored: Position) -> Result<(), ApplyError> {
        let found = checkpoint::read(self.applier.log.db(), name).await?.unwrap_or_default();
        if found == stored {
            return Ok(());
        }
        Err(ApplyError::Moved(CheckpointError::Moved { name: name.to_owned(), from: stored }))
    }

    fn tell(&self, seen: Position) {
        self.seen.send_if_modified(|known| {
            let grown = seen > *known;
            *known = seen.max(*known);
            grown
        });
    }

    async fn report(&self, error: &ApplyError, reported: &mut Reported) {
        let name = self.projection.name();
        let Some(position) = error.stuck_at() else {
            if *reported != Reported::Database {
                tracing::warn!(
                    projection.name = name,
                    error = error as &dyn std::error::Error,
                    "the database failed; the projection tries again"
                );
                *reported = Reported::Database;
            }
            return;
        };
        if *reported == Reported::Stuck(position) {
            return;
        }
        // The message alone: what caused it may quote the event.
        let message = error.to_string();
        tracing::error!(
            projection.name = name,
            event.position = position.get(),
            error = message,
            "the projection cannot get past an event"
        );
        let db = self.applier.log.db();
        let at = self.applier.clock.now();
        match status::stuck(db, name, at, &message, position).await {
            Ok(()) => *reported = Reported::Stuck(position),
            Err(error) => tracing::warn!(
                projection.name = name,
                error = &error as &dyn std::error::Error,
                "what holds the projection up could not be noted"
            ),
        }
    }
}

/// Pauses; whether it is time to stop.
async fn pause(rest: Duration, held: &Held) -> bool {
    tokio::select! {
        () = tokio::time::sleep(rest) => false,
        () = held.ended().cancelled() => true,
    }
}
