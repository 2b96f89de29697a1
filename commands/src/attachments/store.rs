//! The object store that holds the documents.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path as FilePath, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::Digest;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;
use uuid::Uuid;

use crate::Document;

/// So many documents are handed out at once; each holds a piece in memory.
const AT_ONCE: usize = 256;
/// So many are read through at once before they are handed out; each holds a thread meanwhile.
const READ_THROUGH: usize = 8;
/// So many kibibytes of documents are held whole at once, to be sent; a letter takes up several times
/// as much while it is built. Two applications with all that they may have.
const WHOLE: u32 = 2 * 10 * 1024;
/// How long one more waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The documents, at `APPLICATION_ID/SHA256`: addressed by content within their application, so that
/// nothing is shared between people and a person's documents can be deleted without counting.
#[derive(Clone, Debug)]
pub struct Attachments {
    store: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<Arc<Folder>>,
    readers: Arc<Semaphore>,
    read_through: Arc<Semaphore>,
    whole: Arc<Semaphore>,
}

/// Room in memory for documents that are held whole; each of them holds it until it is dropped.
#[derive(Clone, Debug)]
pub struct Whole {
    _permit: Option<Arc<OwnedSemaphorePermit>>,
}

/// A document, and the room that it takes up.
struct Held {
    bytes: Bytes,
    _room: Whole,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Whole {
    /// The same bytes, which take up this room as long as anybody has them.
    #[must_use]
    pub fn hold(&self, bytes: Bytes) -> Bytes {
        Bytes::from_owner(Held { bytes, _room: self.clone() })
    }
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

/// A document on its way out, piece by piece. Its last piece comes when all of them together match
/// the digest, so that nobody has an altered one whole.
pub struct Reading {
    /// Its size in bytes.
    pub length: u64,
    pieces: BoxStream<'static, Result<Bytes, AttachmentError>>,
    _turn: OwnedSemaphorePermit,
}

impl Stream for Reading {
    type Item = Result<Bytes, AttachmentError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.poll_next_unpin(context)
    }
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
    /// Too many documents are handed out already. Try again.
    #[error("too many documents are handed out at once: try again in a few seconds")]
    Busy,
    /// The stored bytes are not those that were sent; an operator must look.
    #[error("a stored document does not match its digest")]
    Corrupt,
}

impl Attachments {
    fn new(store: Arc<dyn ObjectStore>, folder: Option<Folder>) -> Self {
        let [readers, read_through, whole] = [AT_ONCE, READ_THROUGH, WHOLE as usize]
            .map(|permits| Arc::new(Semaphore::new(permits)));
        Self { store, folder: folder.map(Arc::new), readers, read_through, whole }
    }

    /// Documents in a local folder, made when it is missing. Each write is flushed to the disk.
    pub fn local(folder: &FilePath) -> Result<Self, AttachmentError> {
        std::fs::create_dir_all(folder).map_err(AttachmentError::Folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(AttachmentError::Address)?
            .with_fsync(true)
            .with_automatic_cleanup(true);
        let identity = identity(folder).map_err(AttachmentError::Folder)?;
        let folder = Folder { path: folder.to_owned(), identity };
        Ok(Self::new(Arc::new(store), Some(folder)))
    }

    /// Documents at `url`: `s3://bucket/prefix` or another address of an S3-compatible store.
    /// `options` are those of the store, `aws_endpoint` or `aws_access_key_id` for instance.
    pub fn remote(
        url: &Url,
        options: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, AttachmentError> {
        let (store, prefix) =
            object_store::parse_url_opts(url, options).map_err(AttachmentError::Address)?;
        Ok(Self::new(Arc::new(PrefixStore::new(store, prefix)), None))
    }

    /// Documents in memory: for tests, and where there is no folder to read them from.
    pub fn in_memory() -> Self {
        Self::new(Arc::new(object_store::memory::InMemory::new()), None)
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

    /// Waits for room for so many bytes of documents, all that one letter carries: who asked for each
    /// by itself would wait for others who wait for them.
    pub async fn whole(&self, bytes: u64) -> Whole {
        let kibibytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(WHOLE).min(WHOLE);
        // The semaphore is never closed.
        let permit = Arc::clone(&self.whole).acquire_many_owned(kibibytes).await.ok();
        Whole { _permit: permit.map(Arc::new) }
    }

    async fn found(
        &self,
        id: Uuid,
        digest: &Digest,
    ) -> Result<object_store::GetResult, AttachmentError> {
        self.store()?.get(&path(id, digest)).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => AttachmentError::Gone,
            other => AttachmentError::Unavailable(other),
        })
    }

    /// The bytes of a document, checked against its digest: for who needs it whole.
    pub async fn get(&self, id: Uuid, digest: &Digest) -> Result<Bytes, AttachmentError> {
        let found = self.found(id, digest).await?;
        let bytes = found.bytes().await.map_err(AttachmentError::Unavailable)?;
        if Digest::from_bytes(Sha256::digest(&bytes).into()) != *digest {
            return Err(AttachmentError::Corrupt);
        }
        Ok(bytes)
    }

    /// A document to be handed out, read through once before, so that an altered one is an error and
    /// no download that breaks off.
    pub async fn open(&self, id: Uuid, digest: &Digest) -> Result<Reading, AttachmentError> {
        let mut through = self.read(id, digest).await?;
        {
            // It is never closed, and who waits too long is cut off by the time-out of requests.
            let _turn = self.read_through.acquire().await;
            while through.try_next().await?.is_some() {}
        }
        let found = self.found(id, digest).await?;
        let (length, pieces) = (found.meta.size, checked(found, digest.clone()));
        Ok(Reading { length, pieces, ..through })
    }

    /// A document piece by piece, for who can throw away what came before an error.
    pub async fn read(&self, id: Uuid, digest: &Digest) -> Result<Reading, AttachmentError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.readers).acquire_owned());
        let turn = turn.await.ok().and_then(Result::ok).ok_or(AttachmentError::Busy)?;
        let found = self.found(id, digest).await?;
        let (length, pieces) = (found.meta.size, checked(found, digest.clone()));
        Ok(Reading { length, pieces, _turn: turn })
    }

    /// Whether a document is stored.
    pub async fn keeps(&self, id: Uuid, digest: &Digest) -> Result<bool, AttachmentError> {
        match self.store()?.head(&path(id, digest)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(AttachmentError::Unavailable(error)),
        }
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

/// The pieces of what was found; the last one waits for the digest of them all.
fn checked(
    found: object_store::GetResult,
    digest: Digest,
) -> BoxStream<'static, Result<Bytes, AttachmentError>> {
    let pieces = found.into_stream().map_err(AttachmentError::Unavailable);
    let begin = (pieces, Sha256::new(), None::<Bytes>);
    let checked = stream::try_unfold(begin, move |(mut pieces, mut hash, mut held)| {
        let digest = digest.clone();
        async move {
            while let Some(piece) = pieces.try_next().await? {
                hash.update(&piece);
                if let Some(before) = held.replace(piece) {
                    return Ok(Some((before, (pieces, hash, held))));
                }
            }
            let Some(last) = held else { return Ok(None) };
            if Digest::from_bytes(hash.clone().finalize().into()) != digest {
                return Err(AttachmentError::Corrupt);
            }
            Ok(Some((last, (pieces, hash, None))))
        }
    });
    checked.boxed()
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
    async fn who_holds_documents_whole_waits_for_those_who_do() {
        let store = Attachments::in_memory();
        let document = store.whole(8 << 20).await.hold(Bytes::from_static(b"Camille"));
        let copy = document.slice(1..3);
        let small = store.whole(1 << 20).await;
        let mut large = std::pin::pin!(store.whole(1 << 40));
        assert!(futures::poll!(large.as_mut()).is_pending());
        drop((document, small));
        assert!(futures::poll!(large.as_mut()).is_pending(), "a part of it is still held");
        drop(copy);
        large.await;
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
        assert!(matches!(store.open(id, digest).await, Err(AttachmentError::Corrupt)));
        let pieces: Result<Vec<_>, _> = store.read(id, digest).await.unwrap().try_collect().await;
        assert!(matches!(pieces, Err(AttachmentError::Corrupt)));
    }

    /// A document of a megabyte, which comes in many pieces.
    fn large() -> Document {
        let text = "Camille Martin, boulangère.\n".repeat(40_000);
        recognise(vec![Upload { name: "cv.txt".into(), bytes: text.into() }]).unwrap().remove(0)
    }

    #[tokio::test]
    async fn a_large_document_comes_in_small_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let store = Attachments::local(folder.path()).unwrap();
        let (id, document) = (Uuid::from_u128(1), large());
        let digest = &document.attachment.digest;
        store.put(id, &document).await.unwrap();
        assert!(store.keeps(id, digest).await.unwrap());
        assert!(!store.keeps(Uuid::from_u128(2), digest).await.unwrap());
        let reading = store.open(id, digest).await.unwrap();
        assert_eq!(reading.length, document.attachment.size);
        let pieces: Vec<Bytes> = reading.try_collect().await.unwrap();
        assert!(pieces.iter().all(|piece| piece.len() <= 64 * 1024), "{}", pieces.len());
        assert!(pieces.concat() == document.bytes);
        store.delete(id, digest).await.unwrap();
        assert!(matches!(store.open(id, digest).await, Err(AttachmentError::Gone)));
    }

    #[tokio::test]
    async fn a_document_that_is_altered_while_it_is_handed_out_never_arrives_whole() {
        let folder = tempfile::tempdir().unwrap();
        let store = Attachments::local(folder.path()).unwrap();
        let (id, document) = (Uuid::from_u128(1), large());
        let digest = &document.attachment.digest;
        store.put(id, &document).await.unwrap();
        let mut reading = store.open(id, digest).await.unwrap();
        let mut came = reading.try_next().await.unwrap().unwrap().len();
        let file = folder.path().join(id.to_string()).join(digest.as_str());
        let mut bytes = document.bytes.to_vec();
        let last = bytes.len() - 2;
        bytes[last] = b'!';
        std::fs::write(file, &bytes).unwrap();
        let ended = loop {
            match reading.try_next().await {
                Ok(Some(piece)) => came += piece.len(),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        assert!(matches!(ended, Some(AttachmentError::Corrupt)), "{ended:?}");
        assert!(came < bytes.len());
    }

    #[tokio::test]
    async fn no_more_are_handed_out_at_once_than_memory_is_meant_for() {
        let store = Attachments::in_memory();
        let (id, document) = (Uuid::from_u128(1), document());
        let digest = &document.attachment.digest;
        store.put(id, &document).await.unwrap();
        let mut readings = vec![];
        for _ in 0..AT_ONCE {
            readings.push(store.open(id, digest).await.unwrap());
        }
        assert!(matches!(store.open(id, digest).await, Err(AttachmentError::Busy)));
        readings.pop();
        assert!(store.open(id, digest).await.is_ok());
    }
}
