//! Ids and chance are handed in, so that tests can fix them. This file is the only one that draws.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

use crate::Clock;

/// Makes ids and random bytes.
pub trait Ids: Send + Sync {
    /// A new id: a UUID of version 7 (RFC 9562 5.7), so that later ids sort after earlier ones to
    /// the millisecond.
    fn uuid(&self) -> Uuid;

    /// Fills the buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// So many random bytes.
    fn bytes(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.fill(&mut bytes);
        bytes
    }

    /// 32 random bytes: a secret that nobody guesses.
    fn random(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}

/// Version 7: 48 bits of milliseconds, the rest random.
fn version_7(clock: &dyn Clock, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(clock.now().as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Real ids: the time from the clock, the rest from a cryptographic generator that the operating
/// system seeds.
#[derive(Clone)]
pub struct RandomIds {
    clock: Arc<dyn Clock>,
}

impl RandomIds {
    /// Ids whose time is this clock's.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl fmt::Debug for RandomIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RandomIds")
    }
}

impl Ids for RandomIds {
    fn uuid(&self) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        version_7(&*self.clock, random)
    }

    fn fill(&self, buffer: &mut [u8]) {
        rand::rng().fill_bytes(buffer);
    }
}

/// A number that names a process among others; nothing depends on it in a test.
pub(crate) fn chance() -> u32 {
    rand::rng().next_u32()
}

/// The same ids in every run; clones share the sequence. For tests.
#[derive(Clone)]
pub struct SeededIds {
    clock: Arc<dyn Clock>,
    generator: Arc<Mutex<StdRng>>,
}

impl SeededIds {
    /// Ids whose time is this clock's and whose chance follows from the seed.
    pub fn new(seed: u64, clock: Arc<dyn Clock>) -> Self {
        Self { clock, generator: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))) }
    }
}

impl fmt::Debug for SeededIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeededIds")
    }
}

impl Ids for SeededIds {
    fn uuid(&self) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        version_7(&*self.clock, random)
    }

    fn fill(&self, buffer: &mut [u8]) {
        self.generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FixedClock;
    use jiff::Timestamp;

    #[test]
    fn a_seed_gives_the_same_ids_in_every_run() {
        let clock = Arc::new(FixedClock::new("2026-11-20T22:24:14Z".parse().unwrap()));
        let one = SeededIds::new(7, clock.clone());
        let other = SeededIds::new(7, clock);
        assert_eq!((one.uuid(), one.random()), (other.uuid(), other.random()));
        assert_ne!(one.uuid(), one.uuid());
    }

    #[test]
    fn an_id_carries_the_time_of_the_clock() {
        let at: Timestamp = "2026-11-20T22:24:14Z".parse().unwrap();
        let ids = RandomIds::new(Arc::new(FixedClock::new(at)));
        let id = ids.uuid();
        assert_eq!(id.get_version_num(), 7);
        let (seconds, _) = id.get_timestamp().unwrap().to_unix();
        assert_eq!(i64::try_from(seconds).unwrap(), at.as_second());
        assert_ne!(ids.random(), ids.random());
    }
}
