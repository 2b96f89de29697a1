//! The places for connections: as many as may be open at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::connection::Connection;

/// How often one who waits for a place looks for a connection that would give way.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// One part in so many of all places is made free at once, so that a flood is not met one by one.
const PART: usize = 32;

pub(super) struct Places {
    free: Arc<Semaphore>,
    all: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    connections: HashMap<u64, Arc<Connection>>,
    next: u64,
}

/// A place, until it is dropped.
pub(super) struct Place {
    pub(super) connection: Arc<Connection>,
    number: u64,
    taken: Arc<Mutex<Taken>>,
    _permit: Option<OwnedSemaphorePermit>,
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Places {
    pub(super) fn new(all: usize) -> Self {
        let all = all.clamp(1, Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(all)), all, taken: Arc::default() }
    }

    /// A place for a new connection. Where none is free, those that have waited longest for their
    /// clients leave; where all are at work, it waits.
    pub(super) async fn take(&self) -> Place {
        loop {
            if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
                return self.place(Some(permit));
            }
            self.make_room();
            let free = Arc::clone(&self.free).acquire_owned();
            // The semaphore is never closed.
            if let Ok(permit) = tokio::time::timeout(LOOK_AGAIN, free).await {
                return self.place(permit.ok());
            }
        }
    }

    fn place(&self, permit: Option<OwnedSemaphorePermit>) -> Place {
        let connection = Arc::new(Connection::new());
        let mut taken = lock(&self.taken);
        let number = taken.next;
        taken.next += 1;
        taken.connections.insert(number, connection.clone());
        tell(&taken);
        drop(taken);
        Place { connection, number, taken: self.taken.clone(), _permit: permit }
    }

    /// Closes some of the connections that wait for their clients, those that wait longest.
    pub(super) fn make_room(&self) {
        let now = Instant::now();
        let taken = lock(&self.taken);
        let mut waiting: Vec<_> = taken
            .connections
            .values()
            .filter_map(|connection| Some((connection.gives_way(now)?, connection)))
            .collect();
        waiting.sort_unstable_by_key(|(waits, _)| *waits);
        for (_, connection) in waiting.into_iter().take((self.all / PART).max(1)) {
            connection.evict();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.connections.remove(&self.number);
        tell(&taken);
    }
}

#[expect(clippy::cast_precision_loss, reason = "gauges are doubles")]
fn tell(taken: &Taken) {
    metrics::gauge!("postulo_http_connections").set(taken.connections.len() as f64);
}
