//! Where a document lies, and what opens it there.
//!
//! A sealed document is at `APPLICATION_ID/NAME.sealed`, its name following from its digest and the
//! key of its application: random to who has no key. One that is not sealed, where no keys are given
//! or since it is older, is at `APPLICATION_ID/DIGEST`.

use domain::Digest;
use event_store::StreamId;
use event_store::seal::{BlobKey, BlobKeyring, BlobKeys};
use object_store::path::Path;
use uuid::Uuid;

use super::store::{AttachmentError, Attachments};

/// What the names of sealed documents end with.
pub(super) const SEALED: &str = "sealed";

/// A place for a document.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) path: Path,
    /// None where it is not sealed.
    pub(super) key: Option<BlobKey>,
}

impl Place {
    pub(super) fn plain(id: Uuid, digest: &Digest) -> Self {
        Self { path: Path::from(format!("{id}/{digest}")), key: None }
    }

    pub(super) fn sealed(id: Uuid, digest: &Digest, keys: &BlobKeys) -> Self {
        let key = keys.blob(digest.as_str());
        Self { path: Path::from(format!("{id}/{}", file_name(&key))), key: Some(key) }
    }
}

pub(super) fn file_name(key: &BlobKey) -> String {
    format!("{}.{SEALED}", key.name())
}

impl Attachments {
    /// Who holds the keys of the documents of an application, or of another aggregate.
    pub(super) async fn keyring(&self, id: Uuid) -> Result<BlobKeyring, AttachmentError> {
        let Some(log) = self.log() else { return Ok(BlobKeyring::None) };
        let id = id.to_string();
        log.blob_keys(StreamId::new(self.kind(), &id)).await.map_err(AttachmentError::Keys)
    }

    /// Where a document may be: first where it should be. None once its application was forgotten.
    pub(super) async fn places(
        &self,
        id: Uuid,
        digest: &Digest,
    ) -> Result<Vec<Place>, AttachmentError> {
        let plain = Place::plain(id, digest);
        Ok(match self.keyring(id).await? {
            BlobKeyring::None => vec![plain],
            BlobKeyring::Destroyed => vec![],
            BlobKeyring::Keys { own, house } => {
                let keys = own.iter().chain([&house]);
                keys.map(|keys| Place::sealed(id, digest, keys)).chain([plain]).collect()
            }
        })
    }
}
