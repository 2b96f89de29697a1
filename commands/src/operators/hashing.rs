//! Argon2id hashes, of which each takes a core and 19 MiB: about one at once for each core, a short
//! queue, and past it a refusal, so that a flood of sign-ins costs those who send it and nobody else.

use std::num::NonZero;
use std::sync::Arc;

use tokio::sync::Semaphore;

/// How many may wait for each hash that is under way.
const WAITING: usize = 8;

/// Who asks for a hash: those who are known do not stand in line behind strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// A browser from which the operator signed in before, or a session.
    Known,
    /// Any other.
    Strangers,
}

/// Too many wait already.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// The hashes under way and those that wait for them.
#[derive(Clone)]
pub(crate) struct Hashing {
    known: Queue,
    strangers: Queue,
}

#[derive(Clone)]
struct Queue {
    /// Places, with those of the hashes under way.
    room: Arc<Semaphore>,
    permits: Arc<Semaphore>,
}

impl Queue {
    fn new(permits: usize) -> Self {
        let room = Arc::new(Semaphore::new(permits * (1 + WAITING)));
        Self { room, permits: Arc::new(Semaphore::new(permits)) }
    }
}

impl Default for Hashing {
    /// One core for those who are known, the others for strangers; one at least for each.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self { known: Queue::new(1), strangers: Queue::new(cores.saturating_sub(1).max(1)) }
    }
}

impl Hashing {
    /// Does `work` on a thread of its own, when it is its turn. It is done to its end, whether or not
    /// somebody still waits for it: until then its place is taken.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Full> {
        let queue = match lane {
            Lane::Known => &self.known,
            Lane::Strangers => &self.strangers,
        };
        let place = queue.room.clone().try_acquire_owned().map_err(|_| Full)?;
        let permit = queue.permits.clone().acquire_owned().await.map_err(|_| Full)?;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((permit, place));
            done
        });
        working.await.map_err(|_| Full)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn past_a_short_queue_strangers_are_refused_and_who_is_known_is_not() {
        let hashing = Hashing::default();
        let places = hashing.strangers.room.available_permits();
        let mut under_way = vec![];
        for _ in 0..places {
            let (end, ended) = mpsc::channel::<()>();
            let hashing = hashing.clone();
            let hash = async move { hashing.run(Lane::Strangers, move || ended.recv()).await };
            under_way.push((end, tokio::spawn(hash)));
        }
        while hashing.strangers.room.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hashing.run(Lane::Strangers, || ()).await, Err(Full));
        assert_eq!(hashing.run(Lane::Known, || 7).await, Ok(7));
        for (end, hash) in under_way {
            drop(end);
            assert!(hash.await.unwrap().is_ok());
        }
        assert_eq!(hashing.run(Lane::Strangers, || 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_hash_that_nobody_waits_for_any_more_keeps_its_place_until_it_is_done() {
        let hashing = Hashing::default();
        let (began, begins) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let here = hashing.clone();
        let hash = async move {
            here.run(Lane::Known, move || {
                let _ = began.send(());
                let _ = ended.recv();
            })
            .await
        };
        let waiting = tokio::spawn(hash);
        tokio::task::spawn_blocking(move || begins.recv()).await.unwrap().unwrap();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(hashing.known.permits.available_permits(), 0);
        drop(end);
        assert_eq!(hashing.run(Lane::Known, || 7).await, Ok(7));
    }
}
