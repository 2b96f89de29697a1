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
        Self::forget(&mut hosts, now);
        let host = hosts.entry(host.to_owned()).or_insert(Host { next: now, every: usual });
        if every > host.every {
            host.next += every.saturating_sub(host.every);
            host.every = every;
        }
    }

    /// Waits until the host may be asked; whether that was not longer than `most`, beyond which
    /// nobody waits.
    pub(super) async fn turn(&self, host: &str, most: Duration) -> bool {
        let Some(wait) = self.reserve(host, Instant::now(), most) else { return false };
        if !wait.is_zero() {
            self.waits.wait(wait).await;
        }
        true
    }

    pub(super) async fn wait(&self, how_long: Duration) {
        self.waits.wait(how_long).await;
    }

    /// Takes the next free moment of a host, and says how long it is until then; `None` where that
    /// is longer than `most`, and nothing is taken.
    fn reserve(&self, host: &str, now: Instant, most: Duration) -> Option<Duration> {
        let mut hosts = self.hosts();
        Self::forget(&mut hosts, now);
        let host = hosts.entry(host.to_owned()).or_insert(Host { next: now, every: self.every });
        let at = host.next.max(now);
        let wait = at.saturating_duration_since(now);
        if wait > most {
            return None;
        }
        host.next = at + host.every;
        Some(wait)
    }

    /// Forgets those that may be asked now, where there are many. One that is asked again later
    /// says its delay again, with its robots.txt.
    fn forget(hosts: &mut HashMap<String, Host>, now: Instant) {
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, host| host.next > now);
        }
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
        let wait = |host| pace.reserve(host, now, Duration::MAX).unwrap().as_millis();
        assert_eq!((wait("a"), wait("a"), wait("a")), (0, 1000, 2000));
        assert_eq!(wait("b"), 0);
        let later = now + Duration::from_secs(10);
        assert_eq!(pace.reserve("a", later, Duration::MAX), Some(Duration::ZERO));
    }

    #[test]
    fn who_does_not_wait_so_long_takes_no_turn() {
        let pace = Pace::new(Duration::from_secs(40), Arc::new(RealTime));
        let now = Instant::now();
        let wait = |most| pace.reserve("a", now, Duration::from_secs(most));
        assert_eq!((wait(60), wait(60)), (Some(Duration::ZERO), Some(Duration::from_secs(40))));
        assert_eq!((wait(60), wait(60)), (None, None));
        assert_eq!(wait(90), Some(Duration::from_secs(80)));
    }

    #[test]
    fn hosts_that_may_be_asked_are_forgotten_whatever_delay_they_had() {
        let pace = Pace::new(Duration::from_secs(1), Arc::new(RealTime));
        for nth in 0..3 * REMEMBERED {
            pace.slow_down(&format!("{nth}.example"), Duration::from_secs(30));
            let long_ago = Instant::now();
            pace.hosts().values_mut().for_each(|host| host.next = long_ago);
        }
        assert!(pace.hosts().len() <= REMEMBERED + 1, "{}", pace.hosts().len());
    }

    #[test]
    fn a_host_that_asks_for_it_is_asked_less_often() {
        let pace = Pace::new(Duration::from_secs(1), Arc::new(RealTime));
        let now = Instant::now();
        pace.slow_down("a", Duration::from_secs(5));
        pace.slow_down("a", Duration::from_secs(5));
        let wait = || pace.reserve("a", now + Duration::from_mins(1), Duration::MAX);
        assert_eq!((wait(), wait()), (Some(Duration::ZERO), Some(Duration::from_secs(5))));
    }
}
