//! What signs the log, and what it refuses to sign: a log that is not consistent with what was signed
//! of it before (RFC 6962 2.1.2), as the notes that are kept elsewhere tell.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use tlog_tiles::tlog::tree_hash;

use super::kept::Keeper;
use super::key::{Checkpoint, TreeKey, TreeVerifier};
use super::tiles::Tiles;
use super::writer::{NAME, TreeError, latest};
use crate::{Db, DbError, Tx, args, checkpoint, timestamp_text};

/// The key of a log, and where its newest note is kept besides the database.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The key.
    pub key: TreeKey,
    /// The public keys that it had before, where any are known.
    pub earlier: Option<TreeVerifier>,
    /// Where notes are kept.
    pub keepers: Vec<Arc<dyn Keeper>>,
}

impl From<TreeKey> for Signer {
    /// A signer that keeps its notes in the database alone.
    fn from(key: TreeKey) -> Self {
        Self { key, earlier: None, keepers: vec![] }
    }
}

/// Why the log is not signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has events, and nothing is left of what was signed, or never was.
    NoTree {
        /// How many events.
        events: u64,
    },
    /// More was signed than the tree has.
    Smaller {
        /// Where the note is kept that says so.
        place: String,
        /// How many events it is of.
        kept: u64,
        /// How many the tree has.
        tree: u64,
    },
    /// What was signed was something else.
    Inconsistent {
        /// Where the note is kept that says so.
        place: String,
        /// How many events it is of.
        kept: u64,
        /// How many the tree has.
        tree: u64,
    },
    /// A note that was kept cannot be read.
    Unreadable {
        /// Where it is.
        place: String,
    },
}

impl Refusal {
    /// Its name, as it is stored and counted.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoTree { .. } => "no-tree",
            Self::Smaller { .. } => "smaller",
            Self::Inconsistent { .. } => "inconsistent",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    fn of(row: Row) -> Option<Self> {
        let (place, kept, tree) =
            (row.place, row.kept_size.unsigned_abs(), row.tree_size.unsigned_abs());
        Some(match row.why.as_str() {
            "no-tree" => Self::NoTree { events: tree },
            "smaller" => Self::Smaller { place, kept, tree },
            "inconsistent" => Self::Inconsistent { place, kept, tree },
            "unreadable" => Self::Unreadable { place },
            _ => return None,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTree { events } => write!(
                f,
                "the log has {events} events and nothing that was signed of them: it was never \
                 signed, or the signatures were deleted"
            ),
            Self::Smaller { place, kept, tree } => write!(
                f,
                "{kept} events were signed, as the note in {place} tells, and the tree has {tree}: \
                 the database was cut off, or restored from a backup"
            ),
            Self::Inconsistent { place, kept, tree } => write!(
                f,
                "the note of {kept} events in {place} says that the log was another one when it \
                 was signed than the one of {tree} events that is here: the database was changed, or \
                 restored from a backup"
            ),
            Self::Unreadable { place } => write!(f, "{place} does not hold a signed note"),
        }
    }
}

const START: &str = "SELECT id FROM tree_start";

const HEAD: &str = "SELECT coalesce(max(position), 0) FROM events";

impl Signer {
    /// What verifies what it signed, with this key or an earlier one.
    pub fn verifier(&self) -> TreeVerifier {
        let own = self.key.verifier();
        match &self.earlier {
            Some(earlier) => own.and(earlier.clone()),
            None => own,
        }
    }

    /// The newest notes that are kept, each with its place.
    pub async fn kept(&self) -> Result<Vec<(String, String)>, TreeError> {
        let mut kept = vec![];
        for keeper in &self.keepers {
            kept.extend(keeper.newest().await?.map(|note| (keeper.place(), note)));
        }
        Ok(kept)
    }

    /// Why the log is not to be signed as it is; none where it may be.
    pub async fn refusal(&self, db: &Db) -> Result<Option<Refusal>, TreeError> {
        loop {
            let size = Tiles::edge(db).await?.size();
            let found = self.refusal_at(db, size).await;
            // Another one may have signed meanwhile, and nothing is wrong.
            if matches!(found, Ok(None)) || Tiles::edge(db).await?.size() == size {
                return found;
            }
        }
    }

    async fn refusal_at(&self, db: &Db, size: u64) -> Result<Option<Refusal>, TreeError> {
        let (head,): (i64,) = db.fetch_one(HEAD, args![]).await?;
        let start: Option<(i64,)> = db.fetch_optional(START, args![]).await?;
        if size == 0 && head > 0 && start.is_none() {
            return Ok(Some(Refusal::NoTree { events: head.unsigned_abs() }));
        }
        if let Some(note) = latest(db).await? {
            let newest = Checkpoint::unverified(&note)?;
            if newest.size != size || root_at(db, size).await? != Some(newest.root) {
                return Err(TreeError::Damaged);
            }
        } else if size > 0 {
            return Err(TreeError::Damaged);
        }
        for (place, note) in self.kept().await? {
            let Ok(kept) = Checkpoint::unverified(&note) else {
                return Ok(Some(Refusal::Unreadable { place }));
            };
            if kept.size > size {
                return Ok(Some(Refusal::Smaller { place, kept: kept.size, tree: size }));
            }
            if root_at(db, kept.size).await? != Some(kept.root) {
                return Ok(Some(Refusal::Inconsistent { place, kept: kept.size, tree: size }));
            }
        }
        Ok(None)
    }
}

/// The root of the first so many events, by the stored hashes; none where some are missing.
async fn root_at(db: &Db, size: u64) -> Result<Option<tlog_tiles::tlog::Hash>, DbError> {
    let last = size.saturating_sub(1);
    let tiles = Tiles::with_leaves(db, &[last]).await?;
    Ok(tree_hash(size, &tiles).ok())
}

#[derive(sqlx::FromRow)]
struct Row {
    why: String,
    place: String,
    kept_size: i64,
    tree_size: i64,
}

const STORED: &str = "
    SELECT why, place, kept_size, tree_size
    FROM tree_refusal";

/// Why the process that signs the log refuses to, as the database tells: for every other process.
pub async fn stored_refusal(db: &Db) -> Result<Option<Refusal>, DbError> {
    let row: Option<Row> = db.fetch_optional(STORED, args![]).await?;
    Ok(row.and_then(Refusal::of))
}

const STORE: &str = "
    INSERT INTO tree_refusal (id, why, place, kept_size, tree_size, since)
    VALUES (1, $1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE
    SET why = excluded.why, place = excluded.place, kept_size = excluded.kept_size,
        tree_size = excluded.tree_size";

const LIFT: &str = "DELETE FROM tree_refusal";

/// Notes that the log is not signed, and why; or that it is.
pub(super) async fn store_refusal(
    db: &Db,
    refusal: Option<&Refusal>,
    now: Timestamp,
) -> Result<(), DbError> {
    let Some(refusal) = refusal else {
        if stored_refusal(db).await?.is_some() {
            db.execute(LIFT, args![]).await?;
        }
        return Ok(());
    };
    let (place, kept, tree) = match refusal {
        Refusal::NoTree { events } => ("", 0, *events),
        Refusal::Smaller { place, kept, tree } | Refusal::Inconsistent { place, kept, tree } => {
            (place.as_str(), *kept, *tree)
        }
        Refusal::Unreadable { place } => (place.as_str(), 0, 0),
    };
    let size = |size: u64| i64::try_from(size).unwrap_or(i64::MAX);
    let args = args![refusal.name(), place, size(kept), size(tree), timestamp_text(now)];
    db.execute(STORE, args).await.map(drop)
}

const NOTES: &str = "SELECT note FROM tree_checkpoints ORDER BY size";

const ANEW: [&str; 3] = [
    "DELETE FROM tree_tiles",
    "DELETE FROM tree_checkpoints",
    "INSERT INTO tree_start (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
];

const STARTED: &str = "DELETE FROM tree_start";

/// Notes that a first signature is there: from now on, one that is missing was taken away.
pub(super) async fn started(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute(STARTED, args![]).await.map(drop)
}

/// Takes away what is stored of the tree, and lets it begin anew with the first event. Answers the
/// notes that were stored, oldest first. Nothing is signed by this.
pub async fn begin_anew(db: &Db) -> Result<Vec<String>, DbError> {
    let mut tx = db.begin().await?;
    let notes: Vec<(String,)> = tx.fetch_all(NOTES, args![]).await?;
    for sql in ANEW {
        tx.execute(sql, args![]).await?;
    }
    checkpoint::forget(&mut tx, NAME).await?;
    tx.commit().await?;
    Ok(notes.into_iter().map(|(note,)| note).collect())
}
