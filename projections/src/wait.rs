//! Waiting until something has been projected.

use std::time::Duration;

use event_store::{Db, DbError, Position, checkpoint};
use tokio::time::{Instant, sleep, timeout_at};

use crate::apply::checkpoint_name;
use crate::table::Generation;
use crate::{UnknownProjection, all, named};

/// Between two looks at the checkpoints: short at first, then longer.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What was waited for is not projected.
#[derive(Debug, thiserror::Error)]
pub enum NotProjected {
    /// The time is over; it may be projected later. What is shown now may be older.
    #[error("the event at position {position} is not projected yet; try again in a moment")]
    Late {
        /// What was waited for.
        position: Position,
    },
    /// There is no such projection.
    #[error(transparent)]
    Unknown(#[from] UnknownProjection),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Returns when these projections have come to `position`, whichever process runs them. It looks at
/// their checkpoints; a process that runs them itself asks [`crate::Projections::wait_for`], which
/// is told at once.
pub async fn wait_for(
    db: &Db,
    names: &[&str],
    position: Position,
    timeout: Duration,
) -> Result<(), NotProjected> {
    for name in names {
        named(name)?;
    }
    let deadline = Instant::now() + timeout;
    timeout_at(deadline, poll(db, names, position, FIRST_PAUSE))
        .await
        .map_err(|_| NotProjected::Late { position })?
}

/// Like [`wait_for`], for all projections.
pub async fn wait_for_all(
    db: &Db,
    position: Position,
    timeout: Duration,
) -> Result<(), NotProjected> {
    let names: Vec<_> = all().iter().map(|projection| projection.name()).collect();
    wait_for(db, &names, position, timeout).await
}

/// Looks at the checkpoints until all have come to `position`.
pub(crate) async fn poll(
    db: &Db,
    names: &[&str],
    position: Position,
    first_pause: Duration,
) -> Result<(), NotProjected> {
    let mut pause = first_pause;
    for name in names {
        let name = checkpoint_name(name, Generation::Live);
        while checkpoint::read(db, &name).await?.unwrap_or_default() < position {
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
    Ok(())
}

/// The slow look that helps where the runner of this process is not the one that moves on.
pub(crate) async fn safety_net(
    db: &Db,
    names: &[&str],
    position: Position,
) -> Result<(), NotProjected> {
    sleep(LONGEST_PAUSE).await;
    poll(db, names, position, LONGEST_PAUSE).await
}
