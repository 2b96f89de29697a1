//! A Merkle tree over the log, so that a change of what was written shows.
//!
//! Every event is a leaf, hashed as RFC 6962 2.1 says (RFC 9162 says the same): the leaf is the row
//! as it is stored, its columns one after the other. The hashes lie in tiles (C2SP tlog-tiles), and
//! every thousand events or every minute the root is signed in a note (C2SP tlog-checkpoint,
//! Ed25519). Whoever keeps one of those notes elsewhere can tell whether anything before it was
//! changed since: [`verify`] reads the log again, [`prove`] shows that some events are in it.

mod kept;
mod key;
mod leaf;
mod proof;
mod signer;
mod tiles;
mod verify;
mod writer;

pub use kept::{Keeper, KeeperError, KeptFile};
pub use key::{Checkpoint, CheckpointError, TreeKey, TreeVerifier};
pub use leaf::Leaf;
pub use proof::{Proof, ProofError, ProvenEvent, check, prove, prove_those};
pub use signer::{Refusal, Signer, begin_anew, stored_refusal};
pub use verify::{Finding, Scope, Verified, VerifyError, verify};
pub use writer::{TreeError, TreeOptions, latest, run, sign_now};
