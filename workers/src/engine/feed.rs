//! The log feed: new events, in order, several at once; the checkpoint moves past an event only when
//! its reaction is done or parked.

use std::sync::Arc;
use std::time::Duration;

use event_store::{Page, Position, ReadError, checkpoint};
use futures::StreamExt as _;
use futures::stream::FuturesOrdered;

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

/// Follows the log from `from` until the reactor is stopped. What lies up to `head` may have been
/// parked by a process that died before it wrote its checkpoint.
pub(crate) async fn run(reactor: Arc<Reactor>, from: Position, head: Position) {
    let name = reactor.reaction.name();
    let kinds = reactor.reaction.events().iter().map(|kind| kind.as_str()).collect();
    let mut follow = reactor.log.follow(from, Some(kinds), PAGE, POLL);
    let mut under_way = FuturesOrdered::new();
    let (mut written, mut finished) = (from, from);
    loop {
        tokio::select! {
            biased;
            () = reactor.stop.cancelled() => break,
            Some(position) = under_way.next(), if !under_way.is_empty() => {
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
                        let reactor = reactor.clone();
                        // The last one of a page carries the position of all that was looked at.
                        let done = if place == last { reached } else { event.position };
                        under_way.push_back(async move {
                            reactor.new_event(&event, event.position <= head).await;
                            done
                        });
                    }
                }
                Err(error) => pause(&reactor, name, &error).await,
            },
        }
    }
    let rest = async {
        while let Some(position) = under_way.next().await {
            finished = position;
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

/// Moves the checkpoint; where that fails, the next one moves it further.
async fn write(reactor: &Reactor, from: Position, to: Position) -> Position {
    if to <= from {
        return from;
    }
    let name = checkpoint_name(reactor.reaction.name());
    let moved = async {
        let mut tx = reactor.log.db().begin().await.map_err(checkpoint::CheckpointError::from)?;
        checkpoint::advance(&mut tx, &name, from, to).await?;
        tx.commit().await.map_err(checkpoint::CheckpointError::from)
    };
    match moved.await {
        Ok(()) => to,
        Err(error) => {
            tracing::error!(reaction.name = name, %error, "a checkpoint could not be written");
            from
        }
    }
}

async fn pause(reactor: &Reactor, name: &str, error: &ReadError) {
    tracing::error!(reaction.name = name, %error, "a reactor cannot read the log; it tries again");
    tokio::select! {
        () = tokio::time::sleep(AGAIN) => {}
        () = reactor.stop.cancelled() => {}
    }
}
