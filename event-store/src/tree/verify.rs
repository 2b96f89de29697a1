use std::collections::BTreeMap;
use std::fmt;

use tlog_tiles::tlog::Hash;

use super::key::{Checkpoint, CheckpointError, TreeVerifier};
use super::leaf::{self, Leaf};
use super::tiles::{Tiles, WIDTH, hash_in};
use crate::{DbError, Log, Position, ReadError, args};

/// Events read at once; whole tiles.
const PAGE: u64 = 16 * WIDTH;

const NOTES: &str = "SELECT size, note FROM tree_checkpoints ORDER BY size";

/// What is read again.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// From this position on; from the beginning without it.
    pub from: Option<Position>,
    /// Up to this position; all that is signed without it.
    pub to: Option<Position>,
    /// Notes that were kept elsewhere.
    pub kept: Vec<String>,
}

/// What a verification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events were read again.
    pub events: u64,
    /// How many events the newest signature covers.
    pub signed: u64,
    /// How many came after it.
    pub unsigned: u64,
    /// Signatures that were verified.
    pub signatures: usize,
    /// The first thing that is wrong, if any.
    pub finding: Option<Finding>,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The event is not the one that was signed.
    Altered(Position),
    /// The event is gone.
    Missing(Position),
    /// The event was put in; those after it were moved on.
    Inserted(Position),
    /// The event stood elsewhere.
    Reordered {
        /// Where it stands.
        at: Position,
        /// Where it stood.
        was_at: Position,
    },
    /// The log ends before what was signed.
    CutOff {
        /// Its last position.
        head: Position,
        /// How many events were signed.
        signed: u64,
    },
    /// Events and stored hashes were changed together, in this stretch.
    Rewritten {
        /// Up to here nothing was.
        after: Position,
        /// The change is not after this position.
        up_to: Position,
    },
    /// The events are those that were signed, the stored hashes are not theirs.
    TreeDamaged,
    /// A stored note is not signed, or not with the log's key.
    Note {
        /// The size it is of.
        size: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A note that was kept elsewhere says something else than the log.
    Kept {
        /// The size it is of.
        size: u64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered(at) => write!(f, "the event at position {at} was altered"),
            Self::Missing(at) => write!(f, "the event at position {at} is missing"),
            Self::Inserted(at) => write!(f, "the event at position {at} was inserted"),
            Self::Reordered { at, was_at } => {
                write!(f, "the event at position {at} was reordered: it was written at {was_at}")
            }
            Self::CutOff { head, signed } => {
                write!(f, "the log was cut off: it ends at {head}, and {signed} events were signed")
            }
            Self::Rewritten { after, up_to } => write!(
                f,
                "the log was rewritten, together with its stored hashes, after position {after} and not after {up_to}"
            ),
            Self::TreeDamaged => write!(
                f,
                "the events are those that were signed, but the stored hashes of the tree were altered"
            ),
            Self::Note { size, why } => {
                write!(f, "the stored checkpoint of size {size} is worth nothing: {why}")
            }
            Self::Kept { size } => write!(
                f,
                "the log was another one when the given checkpoint of size {size} was signed"
            ),
        }
    }
}

/// The log cannot be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Nothing was signed yet.
    #[error("nothing is signed yet: there is nothing to verify against")]
    NothingSigned,
    /// No event lies in the scope: nothing was compared.
    #[error(
        "nothing was compared: no event from position {from} to {to} is signed, and {signed} are from \
         the beginning"
    )]
    NothingCompared {
        /// The first position asked for.
        from: u64,
        /// The last one.
        to: u64,
        /// How many events are signed.
        signed: u64,
    },
    /// A given note is not one of this log.
    #[error("a given checkpoint cannot be used")]
    Kept(#[source] CheckpointError),
}

/// Reads the log again and compares it with what was signed. Where something is wrong, the first
/// event that is not as it was is named.
pub async fn verify(
    log: &Log,
    verifier: &TreeVerifier,
    scope: &Scope,
) -> Result<Verified, VerifyError> {
    let (db, head) = (log.db(), log.head().await?);
    let mut kept = vec![];
    for note in &scope.kept {
        kept.push(verifier.open(note).map_err(VerifyError::Kept)?);
    }
    let rows: Vec<(i64, String)> = db.fetch_all(NOTES, args![]).await?;
    let mut outcome =
        Verified { events: 0, signed: 0, unsigned: 0, signatures: kept.len(), finding: None };
    let mut checkpoints = vec![];
    for (size, note) in rows {
        let size = size.unsigned_abs();
        match verifier.open(&note) {
            Ok(checkpoint) if checkpoint.size == size => checkpoints.push(checkpoint),
            Ok(_) => {
                let why = "it is of another size".to_owned();
                outcome.finding = Some(Finding::Note { size, why });
                return Ok(outcome);
            }
            Err(error) => {
                outcome.finding = Some(Finding::Note { size, why: error.to_string() });
                return Ok(outcome);
            }
        }
    }
    outcome.signatures += checkpoints.len();
    let kept = kept.into_iter().map(|checkpoint| (checkpoint, true));
    let mut checkpoints: Vec<(Checkpoint, bool)> =
        checkpoints.into_iter().map(|checkpoint| (checkpoint, false)).chain(kept).collect();
    checkpoints.sort_by_key(|(checkpoint, _)| checkpoint.size);
    let Some((newest, _)) = checkpoints.last().copied() else {
        return Err(VerifyError::NothingSigned);
    };
    outcome.signed = newest.size;
    outcome.unsigned = head.get().unsigned_abs().saturating_sub(newest.size);
    let (from, to) = (
        scope.from.map_or(1, |from| from.get().max(1).unsigned_abs()),
        scope.to.map_or(newest.size, |to| to.get().max(0).unsigned_abs().min(newest.size)),
    );
    if from > to {
        let to = scope.to.map_or(newest.size, |to| to.get().unsigned_abs());
        return Err(VerifyError::NothingCompared { from, to, signed: newest.size });
    }
    let read = Reading { log, head, newest };
    outcome.finding = if read.tree_is_sound(&checkpoints).await? {
        read.compare(from, to, &mut outcome.events).await?
    } else {
        // The hashes lie, so the events are asked themselves.
        let finding = read.recompute(&checkpoints, &mut outcome.events).await?;
        Some(finding.unwrap_or(Finding::TreeDamaged))
    };
    Ok(outcome)
}

struct Reading<'a> {
    log: &'a Log,
    head: Position,
    newest: Checkpoint,
}

impl Reading<'_> {
    /// Whether the stored hashes of the leaves give every signed root.
    async fn tree_is_sound(&self, checkpoints: &[(Checkpoint, bool)]) -> Result<bool, VerifyError> {
        let mut tree = Tiles::default();
        let mut wanted = checkpoints.iter().peekable();
        let mut number = 0;
        loop {
            let last = number + PAGE / WIDTH - 1;
            let leaves = Tiles::leaves(self.log.db(), number, last).await?;
            for nth in number * WIDTH..(last + 1) * WIDTH {
                while let Some((checkpoint, _)) = wanted.next_if(|(it, _)| it.size == nth) {
                    if tree.root().ok() != Some(checkpoint.root) {
                        return Ok(false);
                    }
                }
                if wanted.peek().is_none() {
                    return Ok(true);
                }
                let hashes = leaves.get(&(nth / WIDTH));
                let hash = hashes.and_then(|hashes| hash_in(hashes, nth % WIDTH));
                if hash.is_none_or(|hash| tree.push(hash).is_err()) {
                    return Ok(false);
                }
            }
            tree.stored();
            number = last + 1;
        }
    }

    /// Compares the events with their stored hashes, which are those that were signed.
    async fn compare(
        &self,
        from: u64,
        to: u64,
        events: &mut u64,
    ) -> Result<Option<Finding>, VerifyError> {
        let mut next = from;
        while next <= to {
            let up_to = (next - 1 + PAGE).min(to);
            let (first, last) = ((next - 1) / WIDTH, (up_to - 1) / WIDTH);
            let hashes = Tiles::leaves(self.log.db(), first, last).await?;
            let hash = |position: u64| {
                hash_in(hashes.get(&((position - 1) / WIDTH))?, (position - 1) % WIDTH)
            };
            let leaves = self.leaves(next, up_to).await?;
            for position in next..=up_to {
                let found = leaves.get(&position);
                if found.map(Leaf::hash) != hash(position) {
                    return self.tell(position, leaves).await.map(Some);
                }
                *events += 1;
            }
            next = up_to + 1;
        }
        Ok(None)
    }

    async fn leaves(&self, from: u64, to: u64) -> Result<BTreeMap<u64, Leaf>, VerifyError> {
        let (from, to) = (signed(from), signed(to));
        let leaves = leaf::after(self.log.db(), from - 1, to, to - from + 1).await?;
        Ok(leaves.into_iter().map(|leaf| (leaf.position.unsigned_abs(), leaf)).collect())
    }

    /// What happened at the first difference.
    async fn tell(
        &self,
        position: u64,
        leaves: BTreeMap<u64, Leaf>,
    ) -> Result<Finding, VerifyError> {
        let at = |position: u64| Position::new(signed(position));
        if position > self.head.get().unsigned_abs() {
            return Ok(Finding::CutOff { head: self.head, signed: self.newest.size });
        }
        let Some(leaf) = leaves.get(&position) else {
            return Ok(Finding::Missing(at(position)));
        };
        let (was_at, wanted) = self.where_it_was(leaf, position).await?;
        let stands = match wanted {
            Some(wanted) => self.where_it_stands(wanted, position).await?,
            None => None,
        };
        Ok(match (was_at, stands) {
            (Some(was_at), None) if was_at == position + 1 => Finding::Missing(at(position)),
            (Some(was_at), _) => Finding::Reordered { at: at(position), was_at: at(was_at) },
            (None, Some(_)) => Finding::Inserted(at(position)),
            (None, None) => Finding::Altered(at(position)),
        })
    }

    /// For which later position this event was signed, if for any; and the hash that was signed for
    /// the one where it stands.
    async fn where_it_was(
        &self,
        leaf: &Leaf,
        position: u64,
    ) -> Result<(Option<u64>, Option<Hash>), VerifyError> {
        let (mut was_at, mut wanted) = (None, None);
        let mut number = (position - 1) / WIDTH;
        while was_at.is_none() && number * WIDTH < self.newest.size {
            let last = number + PAGE / WIDTH - 1;
            for (number, hashes) in Tiles::leaves(self.log.db(), number, last).await? {
                for nth in 0..WIDTH {
                    let (at, hash) = (number * WIDTH + nth + 1, hash_in(&hashes, nth));
                    if at == position {
                        wanted = hash;
                    } else if at > position && hash == Some(leaf.hash_at(signed(at))) {
                        was_at = was_at.or(Some(at));
                    }
                }
            }
            number = last + 1;
        }
        Ok((was_at, wanted))
    }

    /// At which later position the event with this signed hash stands now, if at any.
    async fn where_it_stands(
        &self,
        wanted: Hash,
        position: u64,
    ) -> Result<Option<u64>, VerifyError> {
        let (mut next, head) = (position + 1, self.head.get().unsigned_abs());
        while next <= head {
            let up_to = (next - 1 + PAGE).min(head);
            for (at, leaf) in self.leaves(next, up_to).await? {
                if leaf.hash_at(signed(position)) == wanted {
                    return Ok(Some(at));
                }
            }
            next = up_to + 1;
        }
        Ok(None)
    }

    /// Hashes every event, and compares with every signature.
    async fn recompute(
        &self,
        checkpoints: &[(Checkpoint, bool)],
        events: &mut u64,
    ) -> Result<Option<Finding>, VerifyError> {
        let mut tree = Tiles::default();
        let mut sound = 0;
        for (checkpoint, was_kept) in checkpoints {
            while tree.size() < checkpoint.size {
                let up_to = (tree.size() + PAGE).min(checkpoint.size);
                let leaves = self.leaves(tree.size() + 1, up_to).await?;
                for position in tree.size() + 1..=up_to {
                    let Some(leaf) = leaves.get(&position) else {
                        let cut = position > self.head.get().unsigned_abs();
                        let (head, signed_events) = (self.head, self.newest.size);
                        return Ok(Some(if cut {
                            Finding::CutOff { head, signed: signed_events }
                        } else {
                            Finding::Missing(Position::new(signed(position)))
                        }));
                    };
                    // A tree of its own cannot be damaged.
                    let _ = tree.push(leaf.hash());
                    *events += 1;
                }
                tree.stored();
            }
            if tree.root().ok() != Some(checkpoint.root) {
                if *was_kept {
                    return Ok(Some(Finding::Kept { size: checkpoint.size }));
                }
                let (after, up_to) =
                    (Position::new(signed(sound)), Position::new(signed(checkpoint.size)));
                return Ok(Some(Finding::Rewritten { after, up_to }));
            }
            sound = checkpoint.size;
        }
        Ok(None)
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
