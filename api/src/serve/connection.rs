//! One connection: what it waits for, since when, and when it is closed for that.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::ConnectionLimits;
use web::timeout::{SLOWEST, time_for};

/// A body that hardly moves, or an answer that is not read, may wait so long where others need
/// the place.
const GRACE: Duration = Duration::from_secs(5);

/// A connection, shared by all that watch it.
#[derive(Debug)]
pub(super) struct Connection {
    state: Mutex<State>,
    evicted: Notify,
}

#[derive(Clone, Copy, Debug)]
struct State {
    /// Requests whose answers are not written to their end.
    under_way: usize,
    /// Those whose bodies have not arrived whole.
    arriving: usize,
    /// Whether a head has begun to arrive, or is due because nothing came yet.
    head: bool,
    /// Since when this has been so.
    since: Instant,
    /// What came since, in bytes.
    received: u64,
    /// Since when the client takes nothing.
    stalled: Option<Instant>,
}

/// What a connection waits for that its client must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    /// The rest of a request's head.
    Head,
    /// The next request.
    Request,
    /// That the answer is read.
    Write,
}

impl Connection {
    pub(super) fn new() -> Self {
        let state = State {
            under_way: 0,
            arriving: 0,
            head: true,
            since: Instant::now(),
            received: 0,
            stalled: None,
        };
        Self { state: Mutex::new(state), evicted: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When it is to be closed as things stand, and for what; `None` while it waits for us.
    pub(super) fn deadline(&self, limits: &ConnectionLimits) -> Option<(Instant, Waits)> {
        let state = *self.state();
        let stalled = state.stalled.map(|since| (since + limits.write, Waits::Write));
        let idle = (state.under_way == 0).then_some(if state.head {
            (state.since + limits.head, Waits::Head)
        } else {
            (state.since + limits.idle, Waits::Request)
        });
        // Who still has an answer to read is not idle.
        stalled.or(idle)
    }

    /// Since when it has waited for its client, where another may have its place for that; those
    /// without a request come first.
    pub(super) fn gives_way(&self, now: Instant) -> Option<(u8, Instant)> {
        let state = *self.state();
        let waits = |since: Instant| now.saturating_duration_since(since) >= GRACE;
        if let Some(since) = state.stalled.filter(|since| waits(*since)) {
            return Some((1, since));
        }
        if state.under_way == 0 && state.stalled.is_none() {
            return Some((0, state.since));
        }
        let arriving = state.arriving > 0 && state.arriving == state.under_way;
        // A body that moves has waited for nothing.
        let since = state.since + time_for(state.received, SLOWEST);
        (arriving && waits(since)).then_some((1, since))
    }

    /// Closes it for another's sake.
    pub(super) fn evict(&self) {
        self.evicted.notify_one();
    }

    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// So many bytes came from the client.
    pub(super) fn received(&self, bytes: usize) {
        let mut state = self.state();
        state.received += bytes as u64;
        if state.under_way == 0 && !state.head {
            (state.head, state.since) = (true, Instant::now());
        }
    }

    /// The client took something.
    pub(super) fn taken(&self) {
        let mut state = self.state();
        state.stalled = None;
        if state.under_way == 0 && !state.head {
            state.since = Instant::now();
        }
    }

    /// The client takes nothing.
    pub(super) fn stalls(&self) {
        let mut state = self.state();
        state.stalled.get_or_insert_with(Instant::now);
    }

    /// A request has begun; it ends with what is returned.
    pub(super) fn begins(self: &Arc<Self>) -> UnderWay {
        let mut state = self.state();
        state.under_way += 1;
        (state.head, state.since, state.received) = (false, Instant::now(), 0);
        UnderWay(self.clone())
    }

    /// A body arrives; it has arrived when what is returned is dropped.
    pub(super) fn receives(self: &Arc<Self>) -> Receiving {
        self.state().arriving += 1;
        Receiving(self.clone())
    }
}

/// A request, until its answer is written.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Connection>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.under_way -= 1;
        (state.head, state.since) = (false, Instant::now());
    }
}

/// A body, until it has arrived.
#[derive(Debug)]
pub(super) struct Receiving(Arc<Connection>);

impl Drop for Receiving {
    fn drop(&mut self) {
        self.0.state().arriving -= 1;
    }
}
