//! Documents of before, which lie in the open: sealed where they are, one after another.
//!
//! A sealed one is written beside it and read back whole before the open one is deleted, so a run may
//! be killed at any moment and readers find one or the other. What the last look found is written down
//! in the store itself ([`Attachments::unsealed`]): once that is nothing, a run reads one small object.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use domain::space::{CandidateCv, SpaceRefusal};
use domain::{ApplicationRefusal, Digest};
use event_store::seal::BlobKeyring;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt as _, WriteMultipart};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::place::Place;
use super::reading::{self, Parts, Pieces};
use super::store::{AttachmentError, Attachments};
use crate::CommandError;
use crate::facades::Applications;

/// Where the last look is written down.
const STATUS: &str = "unsealed.json";
/// Documents that are sealed side by side.
const SIDE_BY_SIDE: usize = 4;
/// After so many the rest is written down.
const A_WHILE: u64 = 500;
/// A longer document is stored in parts of this size, in bytes: what S3 takes as the smallest one.
const PART: usize = 5 << 20;
/// What a killed process left of a document that it was writing goes after this.
const STAGED: Duration = Duration::from_hours(24);

/// Documents that are not sealed, by the last look at the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainDocuments {
    /// How many there are.
    pub documents: u64,
    /// When the oldest of them was stored.
    pub oldest: Option<Timestamp>,
    /// When that was written down.
    pub looked_at: Timestamp,
}

/// What became of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is sealed.
    Sealed,
    /// Its application was forgotten or its documents deleted: it is gone.
    Deleted,
    /// It is not what was sent: it stays as it is, and an operator must look.
    Damaged,
}

/// Documents could not be sealed; those that were stay so, and the next run goes on.
#[derive(Debug, Error)]
pub enum SealingError {
    /// The store failed.
    #[error(transparent)]
    Attachments(#[from] AttachmentError),
    /// The log cannot be read.
    #[error(transparent)]
    Command(#[from] CommandError<ApplicationRefusal>),
}

impl Attachments {
    /// The documents that are not sealed, as the last run of the task `documents` found them: one small
    /// object is read. None while no run has looked, or where nothing is sealed.
    pub async fn unsealed(&self) -> Result<Option<PlainDocuments>, AttachmentError> {
        let found = match self.store()?.get(&Path::from(STATUS)).await {
            Ok(found) => found.bytes().await.map_err(AttachmentError::Unavailable)?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(AttachmentError::Unavailable(error)),
        };
        // Whatever else it holds, a run looks anew.
        Ok(serde_json::from_slice(&found).ok())
    }

    async fn write_down(&self, status: &PlainDocuments) -> Result<(), AttachmentError> {
        let text = serde_json::to_vec(status).unwrap_or_default();
        let put = self.store()?.put(&Path::from(STATUS), text.into()).await;
        put.map(drop).map_err(AttachmentError::Unavailable)
    }

    /// Somebody read an open document: where the last look found none, another one is due, since a
    /// backup was put back for instance.
    pub(super) async fn saw_plain(&self) {
        static TOLD: AtomicBool = AtomicBool::new(false);
        if self.log().is_none_or(|log| !log.seals()) || TOLD.load(Ordering::Relaxed) {
            return;
        }
        if matches!(self.unsealed().await, Ok(Some(PlainDocuments { documents: 0, .. })))
            && self.delete_at(&Path::from(STATUS)).await.is_ok()
        {
            TOLD.store(true, Ordering::Relaxed);
            tracing::warn!(
                "a document was read that is not sealed: the task `documents` looks again"
            );
        }
    }

    /// The documents in the store that are not sealed.
    async fn plain(&self) -> Result<PlainDocuments, AttachmentError> {
        let mut found = PlainDocuments::default();
        let mut all = self.store()?.list(None);
        while let Some(one) = all.try_next().await.map_err(AttachmentError::Unavailable)? {
            if named(&one).is_some() {
                found.documents += 1;
                let stored = Timestamp::try_from(SystemTime::from(one.last_modified)).ok();
                found.oldest = match (found.oldest, stored) {
                    (Some(oldest), Some(stored)) => Some(oldest.min(stored)),
                    (oldest, stored) => oldest.or(stored),
                };
            }
        }
        Ok(found)
    }

    /// Seals a document that lies in the open.
    async fn seal(&self, id: Uuid, digest: &Digest) -> Result<Moved, AttachmentError> {
        let plain = Place::plain(id, digest).path;
        let sealed = match self.keyring(id).await? {
            BlobKeyring::None => return Ok(Moved::Damaged),
            BlobKeyring::Destroyed => {
                self.delete_all(id).await?;
                return Ok(Moved::Deleted);
            }
            BlobKeyring::Keys { own, house } => {
                Place::sealed(id, digest, own.as_ref().unwrap_or(&house))
            }
        };
        // A run before may have been killed just before it deleted the open one.
        match self.read_back(&sealed, digest).await {
            Ok(()) => {}
            Err(AttachmentError::Gone | AttachmentError::Corrupt) => {
                let found = match self.store()?.get(&plain).await {
                    Ok(found) => found,
                    Err(object_store::Error::NotFound { .. }) => return Ok(Moved::Deleted),
                    Err(error) => return Err(AttachmentError::Unavailable(error)),
                };
                let (length, pieces) = reading::content(found, None).await?;
                let pieces = reading::checked(pieces, digest.clone());
                match self.write_sealed(&sealed, length, pieces).await {
                    Err(AttachmentError::Corrupt) => return Ok(Moved::Damaged),
                    outcome => outcome?,
                }
                self.read_back(&sealed, digest).await?;
            }
            Err(error) => return Err(error),
        }
        self.delete_at(&plain).await?;
        Ok(Moved::Sealed)
    }

    /// Reads a sealed document to its end.
    async fn read_back(&self, sealed: &Place, digest: &Digest) -> Result<(), AttachmentError> {
        let found = self.store()?.get(&sealed.path).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => AttachmentError::Gone,
            other => AttachmentError::Unavailable(other),
        })?;
        let (_, pieces) = reading::content(found, sealed.key.clone()).await?;
        let mut pieces = reading::checked(pieces, digest.clone());
        while pieces.try_next().await?.is_some() {}
        Ok(())
    }

    /// Writes a document sealed, whole or not at all, a few chunks in memory.
    async fn write_sealed(
        &self,
        sealed: &Place,
        length: u64,
        content: Pieces,
    ) -> Result<(), AttachmentError> {
        let Some(key) = &sealed.key else { return Err(AttachmentError::Corrupt) };
        let (mut chunks, mut parts) = (key.sealer(length), Parts::of(content));
        let store = self.store()?;
        if length < PART as u64 {
            let mut all = vec![chunks.header().to_vec()];
            while let Some(wanted) = chunks.wants() {
                all.extend(chunks.chunk(&parts.take(wanted).await?));
            }
            parts.end().await?;
            let put = store.put(&sealed.path, super::store::payload(all)).await;
            return put.map(drop).map_err(AttachmentError::Unavailable);
        }
        let upload = store.put_multipart(&sealed.path).await;
        let upload = upload.map_err(AttachmentError::Unavailable)?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        upload.write(chunks.header());
        let written = async {
            while let Some(wanted) = chunks.wants() {
                let chunk = chunks.chunk(&parts.take(wanted).await?);
                upload.wait_for_capacity(1).await.map_err(AttachmentError::Unavailable)?;
                upload.put(Bytes::from(chunk.ok_or(AttachmentError::Corrupt)?));
            }
            parts.end().await
        };
        let written = written.await;
        match written {
            Ok(()) => upload.finish().await.map(drop).map_err(AttachmentError::Unavailable),
            Err(error) => {
                // What is left of it goes by itself, by the rules of the bucket at the latest.
                drop(upload.abort().await);
                Err(error)
            }
        }
    }
}

/// The application, or the account, and the digest of a document that is not sealed; `None` for anything else.
fn named(object: &ObjectMeta) -> Option<(Uuid, Digest)> {
    let (id, digest) = object.location.as_ref().split_once('/')?;
    Some((id.parse().ok()?, digest.parse().ok()?))
}

fn plain(error: CommandError<SpaceRefusal>) -> CommandError<ApplicationRefusal> {
    error.without_refusal()
}

fn damaged(id: Uuid) {
    tracing::error!(
        document.of = %id,
        "a document is not what was sent, and stays as it is: `postulo attachments verify` tells which"
    );
}

impl Applications<'_> {
    /// Seals the documents that lie in the open, until `is_over`; `watch` is told what becomes of each.
    /// What is left is answered. Where the last run left nothing, none is looked for.
    pub async fn seal_documents(
        self,
        is_over: &(dyn Fn() -> bool + Send + Sync),
        watch: &(dyn Fn(Moved) + Send + Sync),
    ) -> Result<Option<PlainDocuments>, SealingError> {
        let store = self.attachments();
        if !self.log.seals() {
            return Ok(None);
        }
        if let Some(last) = store.unsealed().await?
            && last.documents == 0
        {
            return Ok(Some(last));
        }
        let mut status = PlainDocuments { looked_at: self.clock.now(), ..store.plain().await? };
        store.write_down(&status).await?;
        let (mut damaged, mut moved) = (0, 0);
        let all = store.store()?.list(None).map_err(AttachmentError::Unavailable);
        let plain = all.try_filter_map(|object| std::future::ready(Ok(named(&object))));
        let sealed = plain
            .try_take_while(|_| std::future::ready(Ok(!is_over())))
            .map(|one| async {
                let (id, digest) = one?;
                self.seal_document(id, &digest).await
            })
            .buffer_unordered(SIDE_BY_SIDE);
        let mut sealed = std::pin::pin!(sealed);
        while let Some(outcome) = sealed.try_next().await? {
            watch(outcome);
            match outcome {
                Moved::Damaged => damaged += 1,
                Moved::Sealed | Moved::Deleted => moved += 1,
            }
            if moved % A_WHILE == 0 && moved > 0 {
                let left = status.documents.saturating_sub(moved);
                let looked_at = self.clock.now();
                store.write_down(&PlainDocuments { documents: left, looked_at, ..status }).await?;
            }
        }
        if is_over() {
            status.documents = status.documents.saturating_sub(moved);
        } else {
            store.clear_staged(STAGED).await?;
            store.flush().await?;
            status = store.plain().await?;
        }
        status.looked_at = self.clock.now();
        // One that could not be sealed is looked at again.
        status.documents = status.documents.max(damaged);
        store.write_down(&status).await?;
        Ok(Some(status))
    }

    async fn seal_document(self, id: Uuid, digest: &Digest) -> Result<Moved, SealingError> {
        let cv: CandidateCv = self.state_of(&id.to_string()).await.map_err(plain)?;
        if cv != CandidateCv::Absent {
            return self.seal_cv(id, digest).await;
        }
        let moved = self.attachments().seal(id, digest).await?;
        if moved == Moved::Damaged {
            damaged(id);
            return Ok(moved);
        }
        // It may have been deleted while it was being sealed.
        let state = self.find(id).await?.state;
        let deleted = state.known().is_ok_and(|known| known.documents().is_empty());
        if deleted {
            self.attachments().delete_all(id).await?;
            return Ok(Moved::Deleted);
        }
        Ok(moved)
    }

    /// The same for what lies under the id of an account: it is the CV, or was.
    async fn seal_cv(self, account: Uuid, digest: &Digest) -> Result<Moved, SealingError> {
        let cvs = self.space().cvs();
        let moved = cvs.seal(account, digest).await?;
        if moved == Moved::Damaged {
            damaged(account);
        } else if self
            .space()
            .cv(account)
            .await
            .map_err(plain)?
            .is_none_or(|cv| cv.digest != *digest)
        {
            // It was removed, or another one took its place.
            cvs.delete(account, digest).await?;
            return Ok(Moved::Deleted);
        }
        Ok(moved)
    }
}
