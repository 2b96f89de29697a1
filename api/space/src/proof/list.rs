//! What stands in a list, as JSON.

use domain::Digest;
use event_store::tree::{Leaf, Proof, ProvenEvent, TreeKey};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What says that a file is such a list, and of which version.
pub(crate) const FORMAT: &str = "postulo-signed-list/1";

/// The attached file: the list with its signature.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignedList {
    pub(crate) list: List,
    pub(crate) signature: Signature,
}

/// What is signed: the canonical JSON of the member `list`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signature {
    /// `Ed25519`.
    pub(crate) algorithm: String,
    /// The public key, NAME+ID+KEY (C2SP signed-note).
    pub(crate) key: String,
    /// The signature, in base64.
    pub(crate) value: String,
}

/// A list of applications.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    pub(crate) format: String,
    /// Names the list.
    pub id: Uuid,
    /// The address of the page that checks it.
    pub check_at: String,
    pub(crate) language: String,
    /// When it was made.
    pub made_at: String,
    pub(crate) person: Person,
    pub(crate) period: Period,
    /// What Postulo sent.
    pub(crate) proven: Vec<Proven>,
    /// What was typed in.
    pub(crate) declared: Vec<Declared>,
    /// How many of the time were given to Postulo and did not reach the employer's mailbox, or not yet.
    pub(crate) not_delivered: u32,
    /// The proofs of the log; none where nothing is proven.
    #[serde(deserialize_with = "proofs")]
    pub(crate) log: Option<Proof>,
}

/// Whose applications they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

/// Of which days, both among them.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Period {
    pub(crate) from: Option<jiff::civil::Date>,
    pub(crate) to: Option<jiff::civil::Date>,
}

/// An application that Postulo sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proven {
    pub(crate) application: Uuid,
    /// When the employer's mail server took it.
    pub(crate) sent_at: String,
    pub(crate) employer: String,
    pub(crate) siret: String,
    pub(crate) job: String,
}

/// An application that was typed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declared {
    pub(crate) applied_on: jiff::civil::Date,
    pub(crate) company: String,
    pub(crate) job: String,
    pub(crate) status: String,
}

/// The proofs as they are read: each member is one of these, and takes no more memory than its text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proofs {
    checkpoint: String,
    events: Vec<InTree>,
}

/// An event in the tree, with its way to the root.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InTree {
    position: i64,
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    event_type: String,
    event_version: String,
    payload: String,
    metadata: String,
    recorded_at: String,
    inclusion: Vec<Hash>,
}

/// 32 bytes in base64.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Hash(String);

impl TryFrom<String> for Hash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() == 44 { Ok(Self(text)) } else { Err("a hash has 44 characters") }
    }
}

impl From<InTree> for ProvenEvent {
    fn from(event: InTree) -> Self {
        let InTree { position, aggregate_type, aggregate_id, sequence, .. } = event;
        let InTree { event_type, event_version, payload, metadata, recorded_at, .. } = event;
        let leaf = Leaf {
            position,
            aggregate_type,
            aggregate_id,
            sequence,
            event_type,
            event_version,
            payload,
            metadata,
            recorded_at,
        };
        Self { leaf, inclusion: event.inclusion.into_iter().map(|Hash(text)| text).collect() }
    }
}

fn proofs<'de, D: Deserializer<'de>>(read: D) -> Result<Option<Proof>, D::Error> {
    let proofs = Option::<Proofs>::deserialize(read)?;
    Ok(proofs.map(|Proofs { checkpoint, events }| Proof {
        checkpoint,
        events: events.into_iter().map(Into::into).collect(),
    }))
}

/// Canonical JSON (RFC 8785).
pub(crate) fn canonical(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    serde_json_canonicalizer::to_vec(value)
}

impl List {
    /// The attached file, signed; with the digest of what is signed.
    pub(crate) fn sign(self, key: &TreeKey) -> Result<(Vec<u8>, Digest), NotSigned> {
        let document = canonical(&self)?;
        let value = key.sign_document(&document)?;
        let signature = Signature {
            algorithm: "Ed25519".to_owned(),
            key: key.public().to_owned(),
            value: base64(&value),
        };
        let digest = Digest::from_bytes(Sha256::digest(&document).into());
        let file = canonical(&SignedList { list: self, signature })?;
        Ok((file, digest))
    }
}

/// A list could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("the list cannot be signed")]
pub(crate) enum NotSigned {
    Json(#[from] serde_json::Error),
    Key(#[from] event_store::tree::CheckpointError),
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub(crate) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}
