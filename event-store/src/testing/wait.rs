//! Waiting in tests: for as long as something moves.
//!
//! A machine may be four times slower than the one that a test was written on. So no wait ends after a
//! fixed time: it ends when what is looked at has not changed for [`PATIENCE`].

use std::fmt::Debug;
use std::time::{Duration, Instant};

use crate::{Db, args};

/// How long a wait lasts while nothing moves, before the test fails.
pub const PATIENCE: Duration = Duration::from_mins(4);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// What one look at a condition answers: whether it holds, and if not, what was seen instead.
pub trait Look {
    /// What is seen while the condition does not hold; a change of it is a movement.
    type Seen: PartialEq + Debug;

    /// `Ok` where the condition holds.
    fn outcome(self) -> Result<(), Self::Seen>;
}

/// A condition of which nothing is seen before it holds.
impl Look for bool {
    type Seen = ();

    fn outcome(self) -> Result<(), ()> {
        self.then_some(()).ok_or(())
    }
}

/// A condition with a measure, such as a count that grows.
impl<S: PartialEq + Debug> Look for Result<(), S> {
    type Seen = S;

    fn outcome(self) -> Self {
        self
    }
}

/// Where every reader of the log stands: the measure of a wait for one of them.
pub async fn checkpoints(db: &Db) -> Vec<(String, i64)> {
    // A database that is away shows no movement.
    db.fetch_all("SELECT name, position FROM checkpoints ORDER BY name", args![])
        .await
        .unwrap_or_default()
}

/// Waits until `look` finds that it is so. Panics, with what was seen at last, when nothing has moved
/// for [`PATIENCE`].
pub async fn until<L: Look>(what: &str, mut look: impl AsyncFnMut() -> L) {
    let mut wait = Wait::default();
    while let Err(seen) = look().await.outcome() {
        wait.look(what, seen);
        tokio::time::sleep(PAUSE).await;
    }
}

/// A wait that somebody else's loop looks at, for code that cannot be asynchronous.
#[derive(Debug)]
pub struct Wait<S> {
    seen: Option<S>,
    since: Instant,
}

impl<S> Default for Wait<S> {
    fn default() -> Self {
        Self { seen: None, since: Instant::now() }
    }
}

impl<S: PartialEq + Debug> Wait<S> {
    /// Notes what is seen now. Panics when it has been the same for [`PATIENCE`].
    pub fn look(&mut self, what: &str, seen: S) {
        if self.seen.as_ref() != Some(&seen) {
            *self = Self { seen: Some(seen), since: Instant::now() };
        }
        assert!(
            self.since.elapsed() < PATIENCE,
            "it did not come to this: {what}; seen at last, and unchanged for {PATIENCE:?}: {:?}",
            self.seen
        );
    }
}
