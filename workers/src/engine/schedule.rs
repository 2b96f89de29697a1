//! The schedule of delayed reactions: each is tried again when it is due.

use std::sync::Arc;
use std::time::Duration;

use event_store::{DbError, Position};
use futures::future::join_all;

use crate::engine::Reactor;
use commands::parked::{self, Claimed};
use integrations::Circuit;

/// Delayed reactions claimed at once.
const BATCH: i64 = 32;
/// The longest wait before looking again: an operator in another process may have made one due.
const POLL: Duration = Duration::from_secs(1);

/// Works off what is due until the reactor is stopped; effects under way then have the time of a
/// drain to finish.
pub(crate) async fn run(reactor: Arc<Reactor>) {
    tokio::select! {
        () = work(&reactor) => {}
        () = drained(&reactor) => {
            let name = reactor.reaction.name();
            tracing::warn!(
                reaction.name = name,
                "delayed effects were still under way at shutdown; they are repeated later"
            );
        }
    }
}

async fn drained(reactor: &Reactor) {
    reactor.stop.cancelled().await;
    tokio::time::sleep(reactor.settings.drain).await;
}

async fn work(reactor: &Reactor) {
    loop {
        let wait = match work_off(reactor).await {
            Ok(wait) => wait,
            // That was said once, when it was noticed.
            Err(DbError::Moved(_)) => POLL,
            Err(error) => {
                let name = reactor.reaction.name();
                tracing::error!(reaction.name = name, %error, "delayed reactions cannot be read");
                POLL
            }
        };
        tokio::select! {
            () = reactor.stop.cancelled() => return,
            () = reactor.delayed.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Tries what is due; says how long to wait for the next.
async fn work_off(reactor: &Reactor) -> Result<Duration, DbError> {
    let (db, name) = (reactor.log.db(), reactor.reaction.name());
    loop {
        if reactor.stop.is_cancelled() {
            return Ok(POLL);
        }
        let now = reactor.world.commands.now();
        // A service that does not answer is asked by one of them.
        let batch = match reactor.reaction.circuit(&reactor.world, now) {
            Circuit::Closed => BATCH,
            Circuit::HalfOpen => 1,
            Circuit::Open { until } => {
                return Ok(Duration::try_from(until.duration_since(now)).unwrap_or(POLL).min(POLL));
            }
        };
        let claimed = parked::claim(db, name, batch, now).await?;
        if claimed.is_empty() {
            break;
        }
        join_all(claimed.into_iter().map(|claim| again(reactor, claim))).await;
    }
    let now = reactor.world.commands.now();
    let next = parked::next_due(db, name).await?;
    let wait = next.map(|due| Duration::try_from(due.duration_since(now)).unwrap_or_default());
    Ok(wait.unwrap_or(POLL).min(POLL))
}

async fn again(reactor: &Reactor, claim: Claimed) {
    let position = Position::new(claim.position);
    let before = Position::new(claim.position - 1);
    match reactor.log.read_after(before, 1).await {
        Ok(events) => {
            let found = events.first().filter(|event| event.position == position);
            if let Some(event) = found {
                reactor.delayed_event(event, claim.attempts).await;
            } else {
                let name = reactor.reaction.name();
                tracing::error!(reaction.name = name, %position, "a parked event is not in the log");
            }
        }
        Err(error) => {
            let name = reactor.reaction.name();
            tracing::error!(reaction.name = name, %error, "a parked event cannot be read");
        }
    }
}
