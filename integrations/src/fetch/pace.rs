//! The pace of requests to a host: one at a time, each so long after the one before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

/// Hosts that are remembered; then those that may be asked again anyway are forgotten.
const REMEMBERED: usize = 1024;

/// What waits; tests let it pass.
#[async_trait]
pub trait Waits: Send + Sync {
    /// Waits so long.
    async fn wait(&self, how_long: Duration);
}

/// Waits as the clock does.
#[derive(Clone, Copy, Debug)]
pub struct RealTime;

#[async_trait]
impl Waits for RealTime {
    async fn wait(&self, how_long: Duration) {
        tokio::time::sleep(how_long).await;
    }
}

/// When each host may be asked again.
pub(super) struct Pace {
    every: Duration,
    waits: Arc<dyn Waits>,
    hosts: Mutex<HashMap<String, Host>>,
}

#[derive(Clone, Copy)]
struct Host {
    /// The next free moment.
    next: Instant,
    /// The time between two requests.
    every: Duration,
}

impl Pace {
    pub(super) fn new(every: Duration, waits: Arc<dyn Waits>) -> Self {
        Self { every, waits, hosts: Mutex::default() }
    }

    /// Asks a host less often, as it wishes.
    pub(super) fn slow_down(&self, host: &str, every: Duration) {
        let (usual, now) = (self.every, Instant::now());
        let mut hosts = self.hosts();
        let host = hosts.entry(host.to_owned()).or_insert(Host { next: now, every: usual });
        if every > host.every {
            host.next += every.saturating_sub(host.every);
            host.every = every;
        }
    }

    /// Waits until the host may be asked.
    pub(super) async fn turn(&self, host: &str) {
        let wait = self.reserve(host, Instant::now());
        if !wait.is_zero() {
            self.waits.wait(wait).await;
        }
    }

    pub(super) async fn wait(&self, how_long: Duration) {
        self.waits.wait(how_long).await;
    }

    /// Takes the next free moment of a host, and says how long it is until then.
    fn reserve(&self, host: &str, now: Instant) -> Duration {
        let mut hosts = self.hosts();
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, host| host.next > now || host.every > self.every);
        }
        let host = hosts.entry(host.to_owned()).or_insert(Host { next: now, every: self.every });
        let at = host.next.max(now);
        host.next = at + host.every;
        at.saturating_duration_since(now)
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_asked_once_a_second_and_the_others_meanwhile() {
        let pace = Pace::new(Duration::from_secs(1), Arc::new(RealTime));
        let now = Instant::now();
        let wait = |host| pace.reserve(host, now).as_millis();
        assert_eq!((wait("a"), wait("a"), wait("a")), (0, 1000, 2000));
        assert_eq!(wait("b"), 0);
        assert_eq!(pace.reserve("a", now + Duration::from_secs(10)), Duration::ZERO);
    }

    #[test]
    fn a_host_that_asks_for_it_is_asked_less_often() {
        let pace = Pace::new(Duration::from_secs(1), Arc::new(RealTime));
        let now = Instant::now();
        pace.slow_down("a", Duration::from_secs(5));
        pace.slow_down("a", Duration::from_secs(5));
        pace.reserve("a", now + Duration::from_mins(1));
        let wait = pace.reserve("a", now + Duration::from_mins(1));
        assert_eq!(wait, Duration::from_secs(5));
    }
}
