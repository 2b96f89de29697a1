use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use signed_note::{
    Note, Signer as _, StandardSigner, StandardVerifier, Verifier as _, VerifierList, key_id,
    new_ed25519_verifier_key,
};
use tlog_tiles::Checkpoint as Head;
use tlog_tiles::tlog::Hash;

/// Ed25519, in the type octet of a note's key (C2SP signed-note).
const ED25519: u8 = 1;

/// Signs the tree's root, under the log's name.
#[derive(Clone)]
pub struct TreeKey {
    origin: String,
    signer: StandardSigner,
    public: String,
}

impl std::fmt::Debug for TreeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TreeKey({})", self.public)
    }
}

/// A note says nothing, or not what it should.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The log's name cannot be that of a key.
    #[error("{0:?} is no name for a log: it must not be empty, nor hold spaces or a plus sign")]
    Name(String),
    /// The public key is malformed.
    #[error("the public key cannot be read: it looks like NAME+ID+KEY")]
    Key,
    /// The note is malformed.
    #[error("the checkpoint cannot be read: it is no signed note of a log")]
    Malformed,
    /// Its signature is missing, wrong, or another key's.
    #[error("the checkpoint is not signed with the key {0}")]
    Signature(String),
    /// It is of another log.
    #[error("the checkpoint is of the log {found:?}, not of {wanted:?}")]
    Origin {
        /// Whose it is.
        found: String,
        /// Whose it should be.
        wanted: String,
    },
}

/// How large the tree was, and what its root.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Checkpoint {
    /// How many events.
    pub size: u64,
    /// The root.
    pub root: Hash,
}

impl Checkpoint {
    /// What a note says, whoever signed it: enough to be compared with.
    pub fn unverified(note: &str) -> Result<Self, CheckpointError> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
        let head = Head::from_bytes(note.text()).map_err(|_| CheckpointError::Malformed)?;
        Ok(Self { size: head.size(), root: *head.hash() })
    }
}

impl TreeKey {
    /// The key of these 32 octets (RFC 8032), for the log called `origin`: `example.org/log` for
    /// instance.
    pub fn from_seed(origin: &str, seed: &[u8; 32]) -> Result<Self, CheckpointError> {
        let unusable = || CheckpointError::Name(origin.to_owned());
        let signing = SigningKey::from_bytes(seed);
        let public = [&[ED25519], signing.verifying_key().as_bytes().as_slice()].concat();
        let private = [&[ED25519], seed.as_slice()].concat();
        let id = key_id(origin, &public);
        let text = format!("PRIVATE+KEY+{origin}+{id:08x}+{}", STANDARD.encode(private));
        let signer = StandardSigner::new(&text).map_err(|_| unusable())?;
        let public = new_ed25519_verifier_key(origin, &signing.verifying_key());
        Ok(Self { origin: origin.to_owned(), signer, public })
    }

    /// The public key as text (C2SP signed-note): give it to whoever is to verify.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// What verifies its signatures.
    pub fn verifier(&self) -> TreeVerifier {
        TreeVerifier { keys: vec![(self.origin.clone(), self.public.clone())] }
    }

    /// Signs a document (Ed25519, RFC 8032). A document is one line of JSON, or ends with a mark of its own: none
    /// is a note, so that no signature of either kind is one of the other.
    pub fn sign_document(&self, document: &[u8]) -> Result<Vec<u8>, CheckpointError> {
        let unusable = |_| CheckpointError::Name(self.signer.name().to_owned());
        self.signer.sign(document).map_err(unusable)
    }

    pub(super) fn sign(&self, checkpoint: Checkpoint) -> Result<String, CheckpointError> {
        let unusable = || CheckpointError::Name(self.signer.name().to_owned());
        let head = Head::new(&self.origin, checkpoint.size, checkpoint.root, "");
        let text = head.map_err(|_| unusable())?.to_bytes();
        let mut note = Note::new(&text, &[]).map_err(|_| unusable())?;
        note.add_sigs(&[&self.signer]).map_err(|_| unusable())?;
        String::from_utf8(note.to_bytes()).map_err(|_| unusable())
    }
}

/// Verifies what a log's key signed; where the key was changed, what its keys signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeVerifier {
    /// Each with the log's name.
    keys: Vec<(String, String)>,
}

impl TreeVerifier {
    /// From public keys as text; the log has each key's name.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Self, CheckpointError> {
        let read = |public: &str| {
            StandardVerifier::new(public).map_err(|_| CheckpointError::Key)?;
            let origin = public.split('+').next().unwrap_or_default();
            Ok((origin.to_owned(), public.to_owned()))
        };
        let keys = keys.into_iter().map(read).collect::<Result<Vec<_>, CheckpointError>>()?;
        if keys.is_empty() { Err(CheckpointError::Key) } else { Ok(Self { keys }) }
    }

    /// Takes what this one verifies, too.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for key in other.keys {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
        self
    }

    /// Its public keys as text.
    pub fn public(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(_, public)| public.as_str())
    }

    /// Whether this is one of its public keys.
    pub fn knows(&self, public: &str) -> bool {
        self.keys.iter().any(|(_, known)| known == public)
    }

    /// The public key that signed a document (see [`TreeKey::sign_document`]); `None` where none of these did.
    pub fn signer_of(&self, document: &[u8], signature: &[u8]) -> Option<&str> {
        let signed = |(_, public): &&(String, String)| {
            StandardVerifier::new(public).is_ok_and(|key| key.verify(document, signature))
        };
        self.keys.iter().find(signed).map(|(_, public)| public.as_str())
    }

    /// What a note says, once its signature is verified.
    pub fn open(&self, note: &str) -> Result<Checkpoint, CheckpointError> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
        let signed = |(_, public): &&(String, String)| {
            let Ok(key) = StandardVerifier::new(public) else { return false };
            let known = VerifierList::new(vec![Box::new(key)]);
            note.verify(&known).is_ok_and(|(verified, _)| !verified.is_empty())
        };
        let Some((origin, _)) = self.keys.iter().find(signed) else {
            let keys = self.keys.iter().map(|(_, public)| public.as_str()).collect::<Vec<_>>();
            return Err(CheckpointError::Signature(keys.join(" or ")));
        };
        let head = Head::from_bytes(note.text()).map_err(|_| CheckpointError::Malformed)?;
        if head.origin() != origin {
            let (found, wanted) = (head.origin().to_owned(), origin.clone());
            return Err(CheckpointError::Origin { found, wanted });
        }
        Ok(Checkpoint { size: head.size(), root: *head.hash() })
    }
}
