use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tlog_tiles::tlog::Error as TreeFault;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::key::{Checkpoint, CheckpointError, TreeKey};
use super::leaf;
use super::tiles::Tiles;
use crate::checkpoint::{self, CheckpointError as Moved};
use crate::lease::{self, Held, Holder, LeaseOptions};
use crate::{Clock, Db, DbError, Log, Position, ReadError, args, timestamp_text};

/// The follower's checkpoint and its lease.
const NAME: &str = "tree";
/// Events read at once.
const PAGE: i64 = 1000;
/// A shutdown signs what is left, unless it is more than this.
const FAR: i64 = 10_000;
/// The wait after a failure.
const AGAIN: Duration = Duration::from_secs(1);
/// The safety net under the wake-up call.
const POLL: Duration = Duration::from_secs(1);

const SIGNED: &str = "
    INSERT INTO tree_checkpoints (size, note, signed_at)
    VALUES ($1, $2, $3)
    ON CONFLICT (size) DO NOTHING";

const LATEST: &str = "SELECT note FROM tree_checkpoints ORDER BY size DESC LIMIT 1";

/// The tree cannot grow.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Another process has grown it meanwhile.
    #[error(transparent)]
    Moved(#[from] Moved),
    /// The stored hashes do not fit together.
    #[error("the tree's stored hashes are damaged; `postulo audit verify` tells what is")]
    Damaged,
    /// The log has a gap where the tree should go on.
    #[error("the event at position {0} is missing; `postulo audit verify` tells more")]
    Missing(Position),
    /// It cannot be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl From<TreeFault> for TreeError {
    fn from(_: TreeFault) -> Self {
        Self::Damaged
    }
}

/// When a root is signed.
#[derive(Clone, Copy, Debug)]
pub struct TreeOptions {
    /// After so many events.
    pub every_events: u64,
    /// Or so long after the first event that is not under a signature yet.
    pub every: Duration,
    /// How the lease of the one process that does so is kept.
    pub lease: LeaseOptions,
}

impl Default for TreeOptions {
    fn default() -> Self {
        Self { every_events: 1000, every: Duration::from_mins(1), lease: LeaseOptions::default() }
    }
}

/// What is done with each new note, besides storing it.
pub type Publish = Arc<dyn Fn(&str) + Send + Sync>;

/// Grows the tree with the log and signs its root, whenever this process is the one to do so, until
/// `stop`.
pub async fn run(
    log: &Log,
    clock: &dyn Clock,
    key: &TreeKey,
    options: TreeOptions,
    publish: &Publish,
    stop: &CancellationToken,
) {
    let work = |held: Held| async move {
        while !held.ended().is_cancelled() {
            if let Err(error) = grow(log, clock, key, options, publish, &held).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the tree over the log cannot grow"
                );
                tokio::select! {
                    () = tokio::time::sleep(AGAIN) => {}
                    () = held.ended().cancelled() => {}
                }
            }
        }
    };
    lease::run(log.db(), NAME, &Holder::new(), options.lease, stop, work).await;
}

async fn grow(
    log: &Log,
    clock: &dyn Clock,
    key: &TreeKey,
    options: TreeOptions,
    publish: &Publish,
    held: &Held,
) -> Result<(), TreeError> {
    let db = log.db();
    let mut tiles = Tiles::edge(db).await?;
    let mut follow = log.follow(position(tiles.size()), None, PAGE, POLL);
    let mut due: Option<Instant> = None;
    let mut under_signature = tiles.size();
    loop {
        let ended = tokio::select! {
            () = held.ended().cancelled() => true,
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => false,
            page = follow.next() => {
                add(db, &mut tiles, page?.reached).await?;
                due = due.or_else(|| Some(Instant::now() + options.every));
                if tiles.size() - under_signature < options.every_events {
                    continue;
                }
                false
            }
        };
        if ended {
            let end = log.head().await?;
            while position(tiles.size()) < end && end.since(position(under_signature)) < FAR {
                add(db, &mut tiles, end).await?;
            }
        }
        if tiles.size() > under_signature {
            let note = sign(db, clock.now(), key, &mut tiles, under_signature).await?;
            publish(&note);
            under_signature = tiles.size();
        }
        due = None;
        if ended {
            return Ok(());
        }
    }
}

/// Grows the tree to the end of the log and signs it now; answers the note, or none for an empty
/// log.
pub async fn sign_now(
    log: &Log,
    now: Timestamp,
    key: &TreeKey,
) -> Result<Option<String>, TreeError> {
    let db = log.db();
    let mut tiles = Tiles::edge(db).await?;
    let (before, head) = (tiles.size(), log.head().await?);
    while position(tiles.size()) < head {
        add(db, &mut tiles, head).await?;
    }
    if tiles.size() == before {
        return Ok(latest(db).await?);
    }
    sign(db, now, key, &mut tiles, before).await.map(Some)
}

/// The newest note.
pub async fn latest(db: &Db) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = db.fetch_optional(LATEST, args![]).await?;
    Ok(row.map(|(note,)| note))
}

/// Adds the events up to here, a page at most.
async fn add(db: &Db, tiles: &mut Tiles, up_to: Position) -> Result<(), TreeError> {
    let from = position(tiles.size());
    for leaf in leaf::after(db, from.get(), up_to.get(), PAGE).await? {
        let next = position(tiles.size()).get() + 1;
        if leaf.position != next {
            return Err(TreeError::Missing(Position::new(next)));
        }
        tiles.push(leaf.hash())?;
    }
    if tiles.size() == from.get().unsigned_abs() && up_to > from {
        return Err(TreeError::Missing(Position::new(from.get() + 1)));
    }
    Ok(())
}

/// Stores what was added with a signature over all of it, or nothing.
async fn sign(
    db: &Db,
    now: Timestamp,
    key: &TreeKey,
    tiles: &mut Tiles,
    before: u64,
) -> Result<String, TreeError> {
    let checkpoint = Checkpoint { size: tiles.size(), root: tiles.root()? };
    let note = key.sign(checkpoint)?;
    let mut tx = db.begin().await?;
    checkpoint::advance(&mut tx, NAME, position(before), position(checkpoint.size)).await?;
    tiles.store(&mut tx).await?;
    tx.execute(SIGNED, args![position(checkpoint.size), &note, timestamp_text(now)]).await?;
    tx.commit().await?;
    tiles.stored();
    Ok(note)
}

fn position(size: u64) -> Position {
    Position::new(i64::try_from(size).unwrap_or(i64::MAX))
}
