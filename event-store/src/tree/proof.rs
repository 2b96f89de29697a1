use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tlog_tiles::tlog::{Hash, check_record, prove_record};

use super::key::{CheckpointError, TreeVerifier};
use super::leaf::{self, Leaf};
use super::tiles::Tiles;
use super::writer::latest;
use crate::{Db, DbError};

/// That some events are in the log as it was signed. It is verified without the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The signed note (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// The events, each with its way to the root.
    pub events: Vec<ProvenEvent>,
}

/// An event with its way to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenEvent {
    /// The row.
    #[serde(flatten)]
    pub leaf: Leaf,
    /// The inclusion proof (RFC 9162 2.1.3), hashes in base64, from the leaf upwards. The leaf's
    /// index is its position less one.
    pub inclusion: Vec<String>,
}

/// There is no proof, or it proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Nothing was signed yet.
    #[error("nothing is signed yet")]
    NothingSigned,
    /// There is no such aggregate.
    #[error("there is no event of {0}")]
    Unknown(String),
    /// Some of its events came after the newest signature.
    #[error("the event at position {0} is not under a signature yet")]
    NotSigned(i64),
    /// The stored hashes do not fit together.
    #[error("the tree's stored hashes are damaged")]
    Damaged,
    /// The note is not what it should be.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// An event is not in the log that was signed.
    #[error(
        "the event at position {0} is not in the log that was signed, or not as it stands here"
    )]
    NotIncluded(i64),
    /// A hash is no base64 of 32 octets.
    #[error("the proof of the event at position {0} is malformed")]
    Malformed(i64),
}

/// Proves that the events of an aggregate are in the log.
pub async fn prove(
    db: &Db,
    aggregate_type: &str,
    aggregate_id: &str,
    verifier: &TreeVerifier,
) -> Result<Proof, ProofError> {
    prove_those(db, aggregate_type, &[aggregate_id], |_| true, verifier).await
}

/// Proves that events of several aggregates of a type are in the log, under one note: those that are wanted.
pub async fn prove_those(
    db: &Db,
    aggregate_type: &str,
    aggregate_ids: &[&str],
    wanted: impl Fn(&Leaf) -> bool,
    verifier: &TreeVerifier,
) -> Result<Proof, ProofError> {
    let checkpoint = latest(db).await?.ok_or(ProofError::NothingSigned)?;
    let signed = verifier.open(&checkpoint)?;
    let mut leaves = vec![];
    for aggregate_id in aggregate_ids {
        let found = leaf::of_stream(db, aggregate_type, aggregate_id).await?;
        if found.is_empty() {
            return Err(ProofError::Unknown((*aggregate_id).to_owned()));
        }
        leaves.extend(found.into_iter().filter(&wanted));
    }
    if let Some(unsigned) = leaves.iter().find(|leaf| index(leaf) >= signed.size) {
        return Err(ProofError::NotSigned(unsigned.position));
    }
    let indexes: Vec<u64> = leaves.iter().map(index).collect();
    let tiles = Tiles::with_leaves(db, &indexes).await?;
    let mut events = vec![];
    for leaf in leaves {
        let path =
            prove_record(signed.size, index(&leaf), &tiles).map_err(|_| ProofError::Damaged)?;
        let inclusion = path.iter().map(|hash| STANDARD.encode(hash.0)).collect();
        events.push(ProvenEvent { leaf, inclusion });
    }
    let proof = Proof { checkpoint, events };
    check(&proof, verifier)?;
    Ok(proof)
}

/// Checks that a proof proves what it says.
pub fn check(proof: &Proof, verifier: &TreeVerifier) -> Result<(), ProofError> {
    let signed = verifier.open(&proof.checkpoint)?;
    for ProvenEvent { leaf, inclusion } in &proof.events {
        let malformed = || ProofError::Malformed(leaf.position);
        let hash = |text: &String| {
            let bytes = STANDARD.decode(text).map_err(|_| malformed())?;
            Ok(Hash(bytes.try_into().map_err(|_| malformed())?))
        };
        let path = inclusion.iter().map(hash).collect::<Result<Vec<_>, ProofError>>()?;
        if leaf.position < 1 || index(leaf) >= signed.size {
            return Err(ProofError::NotIncluded(leaf.position));
        }
        check_record(&path, signed.size, signed.root, index(leaf), leaf.hash())
            .map_err(|_| ProofError::NotIncluded(leaf.position))?;
    }
    Ok(())
}

const fn index(leaf: &Leaf) -> u64 {
    leaf.position.unsigned_abs().saturating_sub(1)
}
