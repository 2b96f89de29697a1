//! What tests share: the write side of a process.

use std::sync::Arc;

use event_store::{Clock, Db, Ids, Log, LogOptions, RandomIds};

use crate::{Attachments, Commands, KeyRing};

/// The signing keys of tests.
pub fn key_ring() -> KeyRing {
    KeyRing::single("k1", [7; 32])
}

/// The write side on this log, with documents in memory. Passwords cost next to nothing to hash.
pub fn commands(log: &Log, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Commands {
    Commands::new(log.clone(), clock, ids, Attachments::in_memory(), &key_ring())
        .with_cheap_passwords()
}

/// The write side of a process on this database, with ids by chance. Nothing is sealed. Panics where the
/// database cannot be read.
pub async fn process(db: Db, clock: Arc<dyn Clock>) -> Commands {
    let log = Log::open(db, clock.clone(), LogOptions::default()).await;
    let ids = Arc::new(RandomIds::new(clock.clone()));
    commands(&log.expect("a test's log can be opened"), clock, ids)
}
