//! The object store that holds the documents.

use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cqrs_es::Aggregate;
use domain::{Digest, JobApplication};
use event_store::seal::{FreshKey, HEADER};
use event_store::{Log, SealedError};
use futures::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, GetResult, ObjectStore, ObjectStoreExt as _, PutPayload};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;
use uuid::Uuid;

use super::folder::Folder;
use super::place::{Place, file_name};
use super::reading::{self, Reading};
use crate::Document;

/// So many documents are handed out at once; each holds a piece in memory.
pub(super) const AT_ONCE: usize = 256;
/// So many are read through at once before they are handed out; each holds a thread meanwhile.
const READ_THROUGH: usize = 8;
/// So many kibibytes of documents are held whole at once, to be sent; a letter takes up several times
/// as much while it is built. Two applications with all that they may have.
const WHOLE: u32 = 2 * 10 * 1024;
/// How long one more waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// The documents of applications, each sealed with a key that follows from the key of its application,
/// in a folder for each application, so that nothing is shared between people and a person's documents
/// can be deleted without counting.
#[derive(Clone, Debug)]
pub struct Attachments {
    /// The kind of aggregate whose documents these are.
    kind: &'static str,
    store: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<Arc<Folder>>,
    /// The log that has the keys.
    log: Option<Log>,
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
    #[error("a stored document was altered, cut off or exchanged: it is not what was sent")]
    Corrupt,
    /// The key of the application cannot be read.
    #[error("the key of the documents cannot be read")]
    Keys(#[source] SealedError),
}

impl Attachments {
    fn new(store: Arc<dyn ObjectStore>, folder: Option<Folder>) -> Self {
        let [readers, read_through, whole] = [AT_ONCE, READ_THROUGH, WHOLE as usize]
            .map(|permits| Arc::new(Semaphore::new(permits)));
        let folder = folder.map(Arc::new);
        let kind = JobApplication::TYPE;
        Self { kind, store, folder, log: None, readers, read_through, whole }
    }

    /// Documents in a local folder, made when it is missing. Each write is flushed to the disk.
    pub fn local(folder: &FilePath) -> Result<Self, AttachmentError> {
        let opened = Folder::open(folder).map_err(AttachmentError::Folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(AttachmentError::Address)?
            .with_fsync(true)
            .with_automatic_cleanup(true);
        Ok(Self::new(Arc::new(store), Some(opened)))
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

    /// The same, sealed with the keys of this log, if it seals.
    #[must_use]
    pub fn sealed_by(self, log: Log) -> Self {
        Self { log: Some(log), ..self }
    }

    /// The documents of another kind of aggregate, sealed with the keys of its streams.
    #[must_use]
    pub fn of<A: Aggregate>(&self) -> Self {
        Self { kind: A::TYPE, ..self.clone() }
    }

    /// The kind of aggregate whose documents these are.
    pub(super) const fn kind(&self) -> &'static str {
        self.kind
    }

    pub(super) const fn log(&self) -> Option<&Log> {
        self.log.as_ref()
    }

    /// Whether the folder still is the one that was opened. What is put into another one would be
    /// lost, and what is missing there was not deleted.
    pub fn in_place(&self) -> Result<(), AttachmentError> {
        let folder = self.folder.as_ref().map_or(Ok(()), |folder| folder.in_place());
        folder.map_err(|moved| AttachmentError::Unavailable(of_folder(moved)))
    }

    /// The store, while it is in its place.
    pub(super) fn store(&self) -> Result<&dyn ObjectStore, AttachmentError> {
        self.in_place()?;
        Ok(&self.store)
    }

    /// Flushes all that was written to the folder.
    pub(super) async fn flush(&self) -> Result<(), AttachmentError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let flushed = Arc::clone(folder).flush().await;
        flushed.map_err(|error| AttachmentError::Unavailable(of_folder(error)))
    }

    /// Deletes what killed processes left of documents that they were writing, after this time.
    pub(super) async fn clear_staged(&self, after: Duration) -> Result<(), AttachmentError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let cleared = tokio::task::spawn_blocking(move || folder.clear_staged(after)).await;
        let cleared = cleared.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        cleared.map_err(|error| AttachmentError::Unavailable(of_folder(error)))
    }

    /// Stores the documents of an application that is recorded with this key next, side by side: all,
    /// or none.
    pub(crate) async fn put_first(
        &self,
        id: Uuid,
        documents: &[Document],
        fresh: Option<&FreshKey>,
    ) -> Result<(), AttachmentError> {
        let store = self.store()?;
        let Some(fresh) = fresh else {
            let put = documents.iter().map(|document| async {
                let path = Place::plain(id, &document.attachment.digest).path;
                store.put(&path, document.bytes.clone().into()).await
            });
            let put = futures::future::try_join_all(put).await;
            return put.map(drop).map_err(AttachmentError::Unavailable);
        };
        let keys = fresh.blobs();
        let mut contents: Vec<_> = documents
            .iter()
            .map(|it| (keys.blob(it.attachment.digest.as_str()), it.bytes.clone()))
            .collect();
        contents.sort_by(|one, other| one.0.name().cmp(other.0.name()));
        contents.dedup_by(|one, other| one.0.name() == other.0.name());
        if contents.is_empty() {
            return Ok(());
        }
        if let Some(folder) = &self.folder {
            let sealed = move || {
                let sealed = contents.iter().map(|(key, it)| (file_name(key), key.seal(it)));
                sealed.collect()
            };
            let written = Arc::clone(folder).write(id.to_string(), sealed).await;
            return written.map_err(|error| AttachmentError::Unavailable(of_folder(error)));
        }
        let put = contents.iter().map(|(key, it)| async move {
            let path = Path::from(format!("{id}/{}", file_name(key)));
            store.put(&path, payload(key.seal(it))).await
        });
        let put: Vec<_> = futures::future::join_all(put).await;
        if let Some(error) = put.into_iter().find_map(Result::err) {
            self.take_back(id, documents, fresh).await?;
            return Err(AttachmentError::Unavailable(error));
        }
        Ok(())
    }

    /// Stores a document of an application that is there; storing it again changes nothing.
    pub async fn put(&self, id: Uuid, document: &Document) -> Result<(), AttachmentError> {
        let mut places = self.places(id, &document.attachment.digest).await?.into_iter();
        let Place { path, key } = places.next().ok_or(AttachmentError::Gone)?;
        let bytes = key.map_or_else(
            || document.bytes.clone().into(),
            |key| payload(key.seal(&document.bytes)),
        );
        let stored = self.store()?.put(&path, bytes).await;
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

    /// What is stored of a document, wherever it is, with what opens it.
    async fn found(
        &self,
        id: Uuid,
        digest: &Digest,
        range: Option<Range<u64>>,
    ) -> Result<(GetResult, Place), AttachmentError> {
        let places = self.places(id, digest).await?;
        // Twice, since it may be moved from the last place to the first one meanwhile.
        for place in places.iter().chain(&places) {
            let options = GetOptions { range: range.clone().map(Into::into), ..GetOptions::new() };
            match self.store()?.get_opts(&place.path, options).await {
                Ok(found) => {
                    if place.key.is_none() {
                        self.saw_plain().await;
                    }
                    return Ok((found, place.clone()));
                }
                Err(object_store::Error::NotFound { .. }) => {}
                Err(other) => return Err(self.broken(&place.path, other).await),
            }
        }
        Err(AttachmentError::Gone)
    }

    /// What it means that a document cannot be read: a sealed one that has no header was cut off.
    async fn broken(&self, path: &Path, error: object_store::Error) -> AttachmentError {
        match self.store.head(path).await {
            Ok(found) if found.size < HEADER as u64 => AttachmentError::Corrupt,
            _ => AttachmentError::Unavailable(error),
        }
    }

    /// The bytes of a document, checked against its digest: for who needs it whole.
    pub async fn get(&self, id: Uuid, digest: &Digest) -> Result<Bytes, AttachmentError> {
        let (found, place) = self.found(id, digest, None).await?;
        let stored = found.bytes().await.map_err(AttachmentError::Unavailable)?;
        let bytes = match place.key {
            None => stored,
            Some(key) => {
                let opener = key.opener(&stored, stored.len() as u64)?;
                opener.open(&stored[HEADER..])?.into()
            }
        };
        if Digest::from_bytes(Sha256::digest(&bytes).into()) != *digest {
            return Err(AttachmentError::Corrupt);
        }
        Ok(bytes)
    }

    /// A document to be handed out, read through once before, so that an altered one is an error and
    /// no download that breaks off.
    pub async fn open(&self, id: Uuid, digest: &Digest) -> Result<Reading, AttachmentError> {
        let through = self.read_through(id, digest).await?;
        let (found, place) = self.found(id, digest, None).await?;
        let (length, pieces) = reading::content(found, place.key).await?;
        Ok(Reading { length, pieces: reading::checked(pieces, digest.clone()), ..through })
    }

    /// A range of a document, which is not empty and ends with its content at most. Of a sealed one
    /// only the chunks are read that hold it; another is read through before, to be checked.
    pub async fn range(
        &self,
        id: Uuid,
        digest: &Digest,
        range: Range<u64>,
    ) -> Result<Reading, AttachmentError> {
        let length = range.end.saturating_sub(range.start);
        let (found, place) = self.found(id, digest, Some(0..HEADER as u64)).await?;
        let stored = found.meta.size;
        let (turn, pieces) = if let Some(key) = place.key {
            let turn = self.turn().await?;
            let header = found.bytes().await.map_err(AttachmentError::Unavailable)?;
            let opener = key.opener(&header, stored)?;
            let covering = opener.covering(&range);
            let found = self.ranged(&place.path, covering.bytes).await?;
            (turn, reading::cut(found, opener, covering.first, covering.before, &range))
        } else {
            let through = self.read_through(id, digest).await?;
            let found = self.ranged(&place.path, range).await?;
            (through.turn, reading::raw(found))
        };
        Ok(Reading { length, pieces, turn })
    }

    async fn ranged(&self, path: &Path, range: Range<u64>) -> Result<GetResult, AttachmentError> {
        let options = GetOptions { range: Some(range.into()), ..GetOptions::new() };
        self.store()?.get_opts(path, options).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => AttachmentError::Gone,
            other => AttachmentError::Unavailable(other),
        })
    }

    /// Reads a document to its end.
    async fn read_through(&self, id: Uuid, digest: &Digest) -> Result<Reading, AttachmentError> {
        let mut through = self.read(id, digest).await?;
        // It is never closed, and who waits too long is cut off by the time-out of requests.
        let _turn = self.read_through.acquire().await;
        while through.try_next().await?.is_some() {}
        Ok(through)
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, AttachmentError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.readers).acquire_owned());
        turn.await.ok().and_then(Result::ok).ok_or(AttachmentError::Busy)
    }

    /// A document piece by piece, for who can throw away what came before an error.
    pub async fn read(&self, id: Uuid, digest: &Digest) -> Result<Reading, AttachmentError> {
        let turn = self.turn().await?;
        let (found, place) = self.found(id, digest, None).await?;
        let (length, pieces) = reading::content(found, place.key).await?;
        Ok(Reading { length, pieces: reading::checked(pieces, digest.clone()), turn })
    }

    /// Whether a document is stored.
    pub async fn keeps(&self, id: Uuid, digest: &Digest) -> Result<bool, AttachmentError> {
        let places = self.places(id, digest).await?;
        for place in places.iter().chain(&places) {
            match self.store()?.head(&place.path).await {
                Ok(_) => return Ok(true),
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(AttachmentError::Unavailable(error)),
            }
        }
        Ok(false)
    }
}

/// A failure of the folder, as the store would tell it.
fn of_folder(error: impl std::error::Error + Send + Sync + 'static) -> object_store::Error {
    object_store::Error::Generic { store: "LocalFileSystem", source: Box::new(error) }
}

pub(super) fn payload(parts: Vec<Vec<u8>>) -> PutPayload {
    parts.into_iter().map(Bytes::from).collect()
}
