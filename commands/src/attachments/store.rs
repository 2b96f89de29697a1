//! The object store that holds the documents.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use domain::Digest;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use url::Url;
use uuid::Uuid;

use crate::Document;

/// The documents, at `APPLICATION_ID/SHA256`: addressed by content within their application, so that
/// nothing is shared between people and a person's documents can be deleted without counting.
#[derive(Clone, Debug)]
pub struct Attachments {
    store: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<Arc<Folder>>,
}

/// A folder, and which one it was when it was opened.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    identity: (u64, u64),
}

/// The folder is another one, or there is none.
#[derive(Debug, Error)]
#[error(
    "the folder of the documents, {}, was deleted, moved away or replaced while it is in use: put it back, or restart to work with what is there now", .0.display()
)]
struct Moved(PathBuf);

fn identity(folder: &FilePath) -> std::io::Result<(u64, u64)> {
    std::fs::metadata(folder).map(|it| (it.dev(), it.ino()))
}

/// Why a document cannot be stored or read. Messages hold paths of ids and digests, never names.
#[derive(Debug, Error)]
pub enum AttachmentError {
    /// The configured address is not usable.
    #[error("the attachment store cannot be opened: check POSTULO_ATTACHMENTS_URL")]
    Address(#[source] object_store::Error),
    /// The folder cannot be made.
    #[error("the folder of the attachments cannot be made: check its permissions and the disk")]
    Folder(#[source] std::io::Error),
    /// The store does not answer, or its disk is full. Try again.
    #[error("the attachment store is not available")]
    Unavailable(#[source] object_store::Error),
    /// The document was deleted or never stored.
    #[error("this document is no longer kept")]
    Gone,
    /// The stored bytes are not those that were sent; an operator must look.
    #[error("a stored document does not match its digest")]
    Corrupt,
}

impl Attachments {
    /// Documents in a local folder, made when it is missing. Each write is flushed to the disk.
    pub fn local(folder: &FilePath) -> Result<Self, AttachmentError> {
        std::fs::create_dir_all(folder).map_err(AttachmentError::Folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(AttachmentError::Address)?
            .with_fsync(true)
            .with_automatic_cleanup(true);
        let identity = identity(folder).map_err(AttachmentError::Folder)?;
        let folder = Folder { path: folder.to_owned(), identity };
        Ok(Self { store: Arc::new(store), folder: Some(Arc::new(folder)) })
    }

    /// Documents at `url`: `s3://bucket/prefix` or another address of an S3-compatible store.
    /// `options` are those of the store, `aws_endpoint` or `aws_access_key_id` for instance.
    pub fn remote(
        url: &Url,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, AttachmentError> {
        let (store, prefix) =
            object_store::parse_url_opts(url, options).map_err(AttachmentError::Address)?;
        Ok(Self { store: Arc::new(PrefixStore::new(store, prefix)), folder: None })
    }

    /// Documents in memory: for tests, and where there is no folder to read them from.
    pub fn in_memory() -> Self {
        Self { store: Arc::new(object_store::memory::InMemory::new()), folder: None }
    }

    /// Whether the folder still is the one that was opened. What is put into another one would be
    /// lost, and what is missing there was not deleted.
    pub fn in_place(&self) -> Result<(), AttachmentError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        if identity(&folder.path).is_ok_and(|found| found == folder.identity) {
            return Ok(());
        }
        let source = Box::new(Moved(folder.path.clone()));
        let error = object_store::Error::Generic { store: "LocalFileSystem", source };
        Err(AttachmentError::Unavailable(error))
    }

    /// The store, while it is in its place.
    fn store(&self) -> Result<&dyn ObjectStore, AttachmentError> {
        self.in_place()?;
        Ok(&self.store)
    }

    /// Stores a document of an application; storing it again changes nothing.
    pub async fn put(&self, id: Uuid, document: &Document) -> Result<(), AttachmentError> {
        let path = path(id, &document.attachment.digest);
        let stored = self.store()?.put(&path, document.bytes.clone().into()).await;
        stored.map(drop).map_err(AttachmentError::Unavailable)
    }

    /// The bytes of a document, checked against its digest.
    pub async fn get(&self, id: Uuid, digest: &Digest) -> Result<Bytes, AttachmentError> {
        let found = self.store()?.get(&path(id, digest)).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => AttachmentError::Gone,
            other => AttachmentError::Unavailable(other),
        })?;
        let bytes = found.bytes().await.map_err(AttachmentError::Unavailable)?;
        if Digest::from_bytes(Sha256::digest(&bytes).into()) != *digest {
            return Err(AttachmentError::Corrupt);
        }
        Ok(bytes)
    }

    /// Deletes all documents of an application; deleting what is not there changes nothing.
    pub async fn delete_all(&self, id: Uuid) -> Result<(), AttachmentError> {
        let folder = Path::from(id.to_string());
        let store = self.store()?;
        let found = store.list(Some(&folder)).map_ok(|found| found.location).boxed();
        let mut deleted = store.delete_stream(found);
        while let Some(outcome) = deleted.next().await {
            match outcome {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(AttachmentError::Unavailable(error)),
            }
        }
        Ok(())
    }

    /// Whether anything is stored of an application.
    pub async fn holds(&self, id: Uuid) -> Result<bool, AttachmentError> {
        let folder = Path::from(id.to_string());
        let first = self.store()?.list(Some(&folder)).try_next().await;
        first.map(|found| found.is_some()).map_err(AttachmentError::Unavailable)
    }

    /// Deletes a document; deleting what is not there changes nothing.
    pub async fn delete(&self, id: Uuid, digest: &Digest) -> Result<(), AttachmentError> {
        match self.store()?.delete(&path(id, digest)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(AttachmentError::Unavailable(error)),
        }
    }
}

fn path(id: Uuid, digest: &Digest) -> Path {
    Path::from(format!("{id}/{digest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Upload, recognise};

    fn document() -> Document {
        let upload = Upload { name: "cv.txt".into(), bytes: Bytes::from_static(b"Camille") };
        recognise(vec![upload]).unwrap().remove(0)
    }

    #[tokio::test]
    async fn a_document_is_read_back_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Attachments::local(&folder.path().join("attachments")).unwrap();
        let (id, document) = (Uuid::from_u128(1), document());
        let digest = &document.attachment.digest;
        store.put(id, &document).await.unwrap();
        store.put(id, &document).await.unwrap();
        assert_eq!(store.get(id, digest).await.unwrap(), document.bytes);
        let other = store.get(Uuid::from_u128(2), digest).await;
        assert!(matches!(other, Err(AttachmentError::Gone)));
        store.delete(id, digest).await.unwrap();
        store.delete(id, digest).await.unwrap();
        assert!(matches!(store.get(id, digest).await, Err(AttachmentError::Gone)));
    }

    #[tokio::test]
    async fn all_documents_of_one_application_go_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let store = Attachments::local(folder.path()).unwrap();
        let (id, other, document) = (Uuid::from_u128(1), Uuid::from_u128(2), document());
        let digest = &document.attachment.digest;
        for id in [id, other] {
            store.put(id, &document).await.unwrap();
            assert!(store.holds(id).await.unwrap());
        }
        store.delete_all(id).await.unwrap();
        store.delete_all(id).await.unwrap();
        assert!(matches!(store.get(id, digest).await, Err(AttachmentError::Gone)));
        assert_eq!(store.get(other, digest).await.unwrap(), document.bytes);
        assert!(!store.holds(id).await.unwrap() && store.holds(other).await.unwrap());
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "an empty folder names its application");
    }

    #[tokio::test]
    async fn altered_bytes_are_not_handed_out() {
        let folder = tempfile::tempdir().unwrap();
        let store = Attachments::local(folder.path()).unwrap();
        let (id, document) = (Uuid::from_u128(1), document());
        let digest = &document.attachment.digest;
        store.put(id, &document).await.unwrap();
        let file = folder.path().join(id.to_string()).join(digest.as_str());
        std::fs::write(file, "Dominique").unwrap();
        assert!(matches!(store.get(id, digest).await, Err(AttachmentError::Corrupt)));
    }
}
