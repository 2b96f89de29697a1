//! The log feed: new events, in order, several at once; the checkpoint moves past an event only when
//! its reaction is done or parked. One process at a time feeds a reactor, by a lease.

use std::sync::Arc;
use std::time::Duration;

use event_store::lease::{self, Held, Holder};
use event_store::{Page, Position, ReadError, checkpoint};
use futures::StreamExt as _;
use futures::stream::FuturesOrdered;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::engine::{Reactor, checkpoint_name};

/// Events looked at in one read.
const PAGE: i64 = 256;
/// Events under way before the next read.
const UNDER_WAY: usize = 256;
/// The safety net under the wake-up call.
const POLL: Duration = Duration::from_secs(2);
/// The wait after the database failed.
const AGAIN: Duration = Duration::from_secs(2);
/// After so many finished events the checkpoint is written even while others are under way.
const CHECKPOINT_EVERY: i64 = 256;

/// Feeds the reactor whenever this process is the one to do so, until it is stopped.
pub(crate) async fn run(reactor: Arc<Reactor>, holder: Holder) {
    let (db, name) = (reactor.log.db().clone(), checkpoint_name(reactor.reaction.name()));
    let options = reactor.settings.lease;
    let work = |held| feed(reactor.clone(), held);
    lease::run(&db, &name, &holder, options, &reactor.stop, work).await;
}

async fn feed(reactor: Arc<Reactor>, held: Held) {
    let name = reactor.reaction.name();
    loop {
        let start = async {
            let end = reactor.log.head().await?;
            // It has one since the reactor was started.
            let from = checkpoint::read(reactor.log.db(), &checkpoint_name(name)).await?;
            Ok((from.unwrap_or(end), end))
        };
        match start.await {
            Ok((from, end)) => return follow(reactor.clone(), from, end, &held).await,
            Err(error) => pause(&reactor, name, &error, held.ended()).await,
        }
        if held.ended().is_cancelled() {
            return;
        }
    }
}

/// Follows the log from `from` until the lease ends. What lies up to `end` may have been parked by
/// a process that died before it wrote its checkpoint.
async fn follow(reactor: Arc<Reactor>, from: Position, end: Position, held: &Held) {
    let name = reactor.reaction.name();
    let mut follow = reactor.log.follow(from, Some(reactor.reaction.events()), PAGE, POLL);
    let mut under_way = FuturesOrdered::new();
    let (mut written, mut finished, mut whole) = (from, from, true);
    loop {
        tokio::select! {
            biased;
            () = held.ended().cancelled() => break,
            Some(done) = under_way.next(), if !under_way.is_empty() => {
                let Some(position) = outcome(name, done) else {
                    whole = false;
                    break;
                };
                finished = position;
                if under_way.is_empty() || finished.since(written) >= CHECKPOINT_EVERY {
                    written = write(&reactor, written, finished).await;
                }
            }
            page = follow.next(), if under_way.len() < UNDER_WAY => match page {
                Ok(Page { events, reached }) => {
                    if events.is_empty() && under_way.is_empty() {
                        finished = reached;
                        // Passing over others' events is not worth a write each time.
                        if finished.since(written) >= CHECKPOINT_EVERY {
                            written = write(&reactor, written, finished).await;
                        }
                        continue;
                    }
                    let last = events.len().saturating_sub(1);
                    for (place, event) in events.into_iter().enumerate() {
                        let (reactor, held) = (reactor.clone(), held.clone());
                        // The last one of a page carries the position of all that was looked at.
                        let done = if place == last { reached } else { event.position };
                        // A task of its own: one that was handed a connection must go on while
                        // this loop waits for one to write its checkpoint with.
                        under_way.push_back(AbortOnDropHandle::new(tokio::spawn(async move {
                            // Another process may have taken over meanwhile, and begun where our
                            // checkpoint stands.
                            let begin = || held.is_current();
                            let maybe_parked = event.position <= end;
                            let ended = reactor.new_event(&event, maybe_parked, &begin);
                            ended.await.then_some(done)
                        })));
                    }
                }
                Err(error) => pause(&reactor, name, &error, held.ended()).await,
            },
        }
    }
    // What was not begun any more is for the next one who feeds, and all after it.
    let rest = async {
        while let Some(done) = under_way.next().await {
            match outcome(name, done) {
                Some(position) if whole => finished = position,
                _ => whole = false,
            }
        }
    };
    if tokio::time::timeout(reactor.settings.drain, rest).await.is_err() {
        tracing::warn!(
            reaction.name = name,
            "some effects were still under way at shutdown; they are repeated at the next start"
        );
    }
    write(&reactor, written, finished).await;
}

/// Up to where it is done; `None` where it was not begun, or ended badly: the one who feeds next
/// begins with it.
fn outcome(name: &str, done: Result<Option<Position>, JoinError>) -> Option<Position> {
    done.unwrap_or_else(|error| {
        tracing::error!(reaction.name = name, %error, "a reaction ended badly");
        None
    })
}

/// Moves the checkpoint; where that fails, the next one moves it further.
async fn write(reactor: &Reactor, from: Position, to: Position) -> Position {
    if to <= from {
        return from;
    }
    let (reaction, name) = (reactor.reaction.name(), checkpoint_name(reactor.reaction.name()));
    let moved = reactor.log.db().shared(move |tx| {
        let name = name.clone();
        Box::pin(async move {
            match checkpoint::advance(tx, &name, from, to).await {
                Err(checkpoint::CheckpointError::Db(error)) => Err(error),
                // It moved nothing, and is nothing to undo.
                moved => Ok(moved),
            }
        })
    });
    let moved = moved.await.unwrap_or_else(|error| Err(error.into()));
    match moved {
        Ok(()) => to,
        Err(error @ checkpoint::CheckpointError::Moved { .. }) => {
            tracing::info!(reaction.name = reaction, %error, "a reactor is fed by another process");
            from
        }
        Err(error) => {
            tracing::error!(reaction.name = reaction, %error, "a checkpoint could not be written");
            from
        }
    }
}

pub(super) async fn pause(
    reactor: &Reactor,
    name: &str,
    error: &ReadError,
    ended: &CancellationToken,
) {
    tracing::error!(reaction.name = name, %error, "a reactor cannot read the log; it tries again");
    tokio::select! {
        () = tokio::time::sleep(AGAIN) => {}
        () = ended.cancelled() => {}
        () = reactor.stop.cancelled() => {}
    }
}
