//! The end of the log, which the followers of a process read once for all of them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::{Log, Page, Position, RawEvent, ReadError};

/// How long a stretch is handed out: who comes later reads for itself, and keys that were destroyed
/// meanwhile are gone with it.
const KEPT_FOR: Duration = Duration::from_secs(1);
/// The events of all stretches at hand, beside the newest.
const EVENTS: usize = 1024;

/// The stretches of the log that were read last; clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    followers: AtomicUsize,
    stretches: Mutex<VecDeque<Arc<Stretch>>>,
    /// One reads what comes next, the others wait for it.
    turn: tokio::sync::Mutex<()>,
}

/// All events from after one position up to another.
#[derive(Debug)]
struct Stretch {
    after: Position,
    reached: Position,
    events: Vec<RawEvent>,
    read_at: Instant,
}

impl Stretch {
    fn page(&self, after: Position, kinds: Option<&[&str]>) -> Page {
        let is_wanted = |event: &&RawEvent| {
            event.position > after && kinds.is_none_or(|it| it.contains(&&*event.event_type))
        };
        let events = self.events.iter().filter(is_wanted).cloned().collect();
        Page { events, reached: self.reached }
    }
}

/// A follower among those who share the tail; leaves when it is dropped.
#[derive(Debug)]
pub(super) struct Sharing(Tail);

impl Drop for Sharing {
    fn drop(&mut self) {
        self.0.0.followers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Sharing {
    /// Whether others read the same, and the end is no more than a page away.
    pub(super) fn is_fit(&self, after: Position, head: Position, limit: i64) -> bool {
        self.0.0.followers.load(Ordering::Relaxed) > 1 && head.since(after) <= limit
    }
}

impl Tail {
    pub(super) fn join(&self) -> Sharing {
        self.0.followers.fetch_add(1, Ordering::Relaxed);
        Sharing(self.clone())
    }

    fn stretches(&self) -> MutexGuard<'_, VecDeque<Arc<Stretch>>> {
        self.0.stretches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at_hand(&self, after: Position) -> Option<Arc<Stretch>> {
        let holds = |it: &&Arc<Stretch>| {
            it.after <= after && after < it.reached && it.read_at.elapsed() < KEPT_FOR
        };
        self.stretches().iter().rev().find(holds).cloned()
    }

    /// What comes after this position, up to `head` at the most; of these kinds, or of all.
    pub(super) async fn page(
        &self,
        log: &Log,
        after: Position,
        head: Position,
        kinds: Option<&[&str]>,
    ) -> Result<Page, ReadError> {
        if let Some(known) = self.at_hand(after) {
            return Ok(known.page(after, kinds));
        }
        let _turn = self.0.turn.lock().await;
        if let Some(known) = self.at_hand(after) {
            return Ok(known.page(after, kinds));
        }
        let events = log.between(after, head).await?;
        let read = Stretch { after, reached: head, events, read_at: Instant::now() };
        let page = read.page(after, kinds);
        let mut all = self.stretches();
        let mut kept: usize = all.iter().map(|it| it.events.len()).sum();
        while let Some(oldest) = all.front()
            && (kept > EVENTS || oldest.read_at.elapsed() >= KEPT_FOR)
        {
            kept -= oldest.events.len();
            all.pop_front();
        }
        all.push_back(Arc::new(read));
        Ok(page)
    }
}
