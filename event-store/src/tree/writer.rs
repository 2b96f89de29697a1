use std::time::Duration;

use jiff::Timestamp;
use tlog_tiles::tlog::Error as TreeFault;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::kept::KeeperError;
use super::key::{Checkpoint, CheckpointError, TreeKey};
use super::leaf;
use super::signer::{Refusal, Signer, started, store_refusal};
use super::tiles::Tiles;
use crate::checkpoint::{self, CheckpointError as Moved};
use crate::lease::{self, Held, Holder, LeaseOptions};
use crate::{Clock, Db, DbError, Log, Position, ReadError, args, timestamp_text};

/// The follower's checkpoint and its lease.
pub(super) const NAME: &str = "tree";
/// Events read at once.
const PAGE: i64 = 1000;
/// A shutdown signs what is left, unless it is more than this.
const FAR: i64 = 8000;
/// The wait after a failure.
const AGAIN: Duration = Duration::from_secs(1);
/// The wait after a refusal, which only an operator ends.
const AFTER_REFUSAL: Duration = Duration::from_secs(5);
/// Pages read before a rest.
const PAGES: usize = 4;
/// How often a tree that has all of the log looks for more.
const LOOK: Duration = Duration::from_secs(1);

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
    #[error("the tree's stored hashes are damaged")]
    Damaged,
    /// The log has a gap where the tree should go on.
    #[error("the event at position {0} is missing")]
    Missing(Position),
    /// It cannot be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It is not to be signed as it is.
    #[error("the log is not signed: {0}")]
    Refused(Refusal),
    /// What was signed before cannot be looked at.
    #[error(transparent)]
    Keeper(#[from] KeeperError),
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

/// Grows the tree with the log and signs its root, whenever this process is the one to do so, until
/// `stop`. What keeps it from growing is handed to `tell`, once. A log that is not consistent with what
/// was signed before is not signed: a gauge and [`super::stored_refusal`] say so, too.
pub async fn run(
    log: &Log,
    clock: &dyn Clock,
    signer: &Signer,
    options: TreeOptions,
    stop: &CancellationToken,
    tell: fn(&TreeError),
) {
    let work = |held: Held| async move {
        let mut said = String::new();
        while !held.ended().is_cancelled() {
            let Err(error) = grow(log, clock, signer, options, &held, &mut said).await else {
                continue;
            };
            let text = error.to_string();
            if text != said {
                tell(&error);
                said = text;
            }
            let rest = if let TreeError::Refused(refusal) = &error {
                metrics::gauge!("postulo_tree_refused").set(1.0);
                if let Err(error) = store_refusal(log.db(), Some(refusal), clock.now()).await {
                    tracing::debug!(%error, "that the log is not signed cannot be noted");
                }
                AFTER_REFUSAL
            } else {
                AGAIN
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = held.ended().cancelled() => {}
            }
        }
    };
    lease::run(log.db(), NAME, &Holder::new(), options.lease, stop, work).await;
}

/// Looks at the log once in a while, and rests fifteen times as long as it worked: appending goes
/// first, and a log that is written faster than this reads is signed a little later.
async fn grow(
    log: &Log,
    clock: &dyn Clock,
    signer: &Signer,
    options: TreeOptions,
    held: &Held,
    said: &mut String,
) -> Result<(), TreeError> {
    let (db, key) = (log.db(), &signer.key);
    let mut growing = Growing::at_the_edge(db, signer).await?;
    store_refusal(db, None, clock.now()).await?;
    metrics::gauge!("postulo_tree_refused").set(0.0);
    said.clear();
    let mut due: Option<Instant> = None;
    let mut newest: Option<String> = None;
    loop {
        let begin = Instant::now();
        let end = log.head().await?;
        let ended = held.ended().is_cancelled();
        let far = end.since(position(growing.tiles.size())) > FAR;
        for _ in 0..PAGES {
            if position(growing.tiles.size()) >= end || (ended && far) {
                break;
            }
            growing.add(db, end, options.every_events, key).await?;
        }
        if growing.tiles.size() > growing.signed {
            let by = *due.get_or_insert(begin + options.every);
            // What is stored is signed: a signature on the way takes the rest with it.
            if ended || begin >= by || !growing.notes.is_empty() {
                growing.sign(key)?;
            }
        }
        if let Some(note) = growing.store(db, clock.now()).await? {
            newest = Some(note);
            due = None;
        }
        // Where it cannot be kept now, it is tried again.
        newest = newest.filter(|note| !keep(signer, note, said));
        if ended {
            return Ok(());
        }
        let behind = position(growing.tiles.size()) < end;
        let rest = begin.elapsed() * 15;
        tokio::select! {
            () = tokio::time::sleep(if behind { rest } else { rest.max(LOOK) }) => {}
            () = held.ended().cancelled() => {}
        }
    }
}

/// Keeps a note wherever it is to be kept; whether that succeeded everywhere. What failed is said
/// once.
fn keep(signer: &Signer, note: &str, said: &mut String) -> bool {
    let mut kept = true;
    for keeper in &signer.keepers {
        let Err(error) = keeper.keep(note) else { continue };
        kept = false;
        let text = error.to_string();
        if text != *said {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the newest signature over the log is not kept; trying again");
            *said = text;
        }
    }
    if kept {
        said.clear();
    }
    kept
}

/// A tree with what was added to it since it was stored.
struct Growing {
    tiles: Tiles,
    /// How many events are stored.
    stored: u64,
    /// How many events are under a signature.
    signed: u64,
    /// Signatures that are not stored yet.
    notes: Vec<(u64, String)>,
}

impl Growing {
    /// The tree as it is stored, unless something else was signed before.
    async fn at_the_edge(db: &Db, signer: &Signer) -> Result<Self, TreeError> {
        let tiles = Tiles::edge(db).await?;
        if let Some(refusal) = signer.refusal(db).await? {
            return Err(TreeError::Refused(refusal));
        }
        let size = tiles.size();
        Ok(Self { tiles, stored: size, signed: size, notes: vec![] })
    }

    /// Adds the events up to here, as many as one signature covers at most, and signs when there
    /// are so many.
    async fn add(
        &mut self,
        db: &Db,
        up_to: Position,
        every: u64,
        key: &TreeKey,
    ) -> Result<(), TreeError> {
        let from = position(self.tiles.size());
        let limit = i64::try_from(every - (self.tiles.size() - self.signed)).unwrap_or(PAGE);
        for leaf in leaf::after(db, from.get(), up_to.get(), limit.clamp(1, PAGE)).await? {
            let next = position(self.tiles.size()).get() + 1;
            if leaf.position != next {
                return Err(TreeError::Missing(Position::new(next)));
            }
            self.tiles.push(leaf.hash())?;
        }
        if position(self.tiles.size()) == from && up_to > from {
            return Err(TreeError::Missing(Position::new(from.get() + 1)));
        }
        if self.tiles.size() - self.signed >= every {
            self.sign(key)?;
        }
        Ok(())
    }

    fn sign(&mut self, key: &TreeKey) -> Result<(), TreeError> {
        let checkpoint = Checkpoint { size: self.tiles.size(), root: self.tiles.root()? };
        self.notes.push((checkpoint.size, key.sign(checkpoint)?));
        self.signed = checkpoint.size;
        Ok(())
    }

    /// Stores what was signed, and answers the newest note; nothing, where nothing was.
    async fn store(&mut self, db: &Db, now: Timestamp) -> Result<Option<String>, TreeError> {
        let Some((_, newest)) = self.notes.last().cloned() else { return Ok(None) };
        let mut tx = db.begin().await?;
        checkpoint::advance(&mut tx, NAME, position(self.stored), position(self.signed)).await?;
        self.tiles.store(&mut tx).await?;
        if self.stored == 0 {
            started(&mut tx).await?;
        }
        for (size, note) in &self.notes {
            tx.execute(SIGNED, args![position(*size), note, timestamp_text(now)]).await?;
        }
        tx.commit().await?;
        self.tiles.stored();
        self.notes.clear();
        self.stored = self.signed;
        Ok(Some(newest))
    }
}

/// Grows the tree to the end of the log and signs it now; answers the note, or none for an empty
/// log.
pub async fn sign_now(
    log: &Log,
    now: Timestamp,
    signer: &Signer,
) -> Result<Option<String>, TreeError> {
    let (db, head, key) = (log.db(), log.head().await?, &signer.key);
    let every = TreeOptions::default().every_events;
    let mut growing = Growing::at_the_edge(db, signer).await?;
    while position(growing.tiles.size()) < head {
        growing.add(db, head, every, key).await?;
    }
    if growing.tiles.size() > growing.signed {
        growing.sign(key)?;
    }
    let Some(note) = growing.store(db, now).await? else { return Ok(latest(db).await?) };
    for keeper in &signer.keepers {
        keeper.keep(&note)?;
    }
    Ok(Some(note))
}

/// The newest note.
pub async fn latest(db: &Db) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = db.fetch_optional(LATEST, args![]).await?;
    Ok(row.map(|(note,)| note))
}

fn position(size: u64) -> Position {
    Position::new(i64::try_from(size).unwrap_or(i64::MAX))
}
