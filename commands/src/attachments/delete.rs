//! Documents that go.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use domain::Digest;
use event_store::seal::FreshKey;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStoreExt as _};
use uuid::Uuid;

use super::place::Place;
use super::store::{AttachmentError, Attachments};
use crate::Document;

/// No upload takes so long between the document and the event that names it.
const UPLOADING: Duration = Duration::from_hours(1);

impl Attachments {
    /// Deletes what [`Attachments::put_first`] stored, since the application was recorded otherwise.
    pub(crate) async fn take_back(
        &self,
        id: Uuid,
        documents: &[Document],
        fresh: &FreshKey,
    ) -> Result<(), AttachmentError> {
        for document in documents {
            let place = Place::sealed(id, &document.attachment.digest, &fresh.blobs());
            self.delete_at(&place.path).await?;
        }
        Ok(())
    }

    /// Deletes all documents of an application; deleting what is not there changes nothing.
    pub async fn delete_all(&self, id: Uuid) -> Result<(), AttachmentError> {
        self.delete_but(id, &[]).await
    }

    /// Deletes what is stored of an application and is none of these documents.
    pub(crate) async fn keep_only(
        &self,
        id: Uuid,
        documents: &[Digest],
    ) -> Result<(), AttachmentError> {
        let mut kept = vec![];
        for digest in documents {
            kept.extend(self.places(id, digest).await?.into_iter().map(|place| place.path));
        }
        self.delete_but(id, &kept).await
    }

    async fn delete_but(&self, id: Uuid, kept: &[Path]) -> Result<(), AttachmentError> {
        let folder = Path::from(id.to_string());
        let store = self.store()?;
        let kept = kept.to_vec();
        let found = store.list(Some(&folder)).map_ok(|found| found.location);
        let found = found.try_filter(move |path| std::future::ready(!kept.contains(path))).boxed();
        let mut deleted = store.delete_stream(found);
        while let Some(outcome) = deleted.next().await {
            match outcome {
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(AttachmentError::Unavailable(error)),
            }
        }
        Ok(())
    }

    /// What is stored of an aggregate at this moment.
    pub(crate) async fn stored(&self, id: Uuid) -> Result<Vec<ObjectMeta>, AttachmentError> {
        let folder = Path::from(id.to_string());
        let stored = self.store()?.list(Some(&folder)).try_collect().await;
        stored.map_err(AttachmentError::Unavailable)
    }

    /// Deletes of what was [stored](Self::stored) the former documents that are none of those kept, and what was
    /// never one of its documents, once it is old enough that nobody is about to name it. What was stored anew
    /// since stays.
    pub(crate) async fn delete_former(
        &self,
        id: Uuid,
        stored: Vec<ObjectMeta>,
        kept: &[Digest],
        former: &[Digest],
    ) -> Result<(), AttachmentError> {
        let (kept, former) = (self.paths(id, kept).await?, self.paths(id, former).await?);
        for seen in stored {
            let path = &seen.location;
            let goes = !kept.contains(path) && (former.contains(path) || is_left_over(&seen));
            if goes && self.is_as_seen(&seen).await? {
                self.delete_at(path).await?;
            }
        }
        Ok(())
    }

    async fn paths(&self, id: Uuid, digests: &[Digest]) -> Result<HashSet<Path>, AttachmentError> {
        let mut paths = HashSet::new();
        for digest in digests {
            paths.extend(self.places(id, digest).await?.into_iter().map(|place| place.path));
        }
        Ok(paths)
    }

    async fn is_as_seen(&self, seen: &ObjectMeta) -> Result<bool, AttachmentError> {
        match self.store()?.head(&seen.location).await {
            Ok(now) => Ok(now.last_modified == seen.last_modified && now.e_tag == seen.e_tag),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(AttachmentError::Unavailable(error)),
        }
    }

    /// Whether anything is stored of an application.
    pub async fn holds(&self, id: Uuid) -> Result<bool, AttachmentError> {
        let folder = Path::from(id.to_string());
        let first = self.store()?.list(Some(&folder)).try_next().await;
        first.map(|found| found.is_some()).map_err(AttachmentError::Unavailable)
    }

    /// Deletes a document; deleting what is not there changes nothing.
    pub async fn delete(&self, id: Uuid, digest: &Digest) -> Result<(), AttachmentError> {
        for place in self.places(id, digest).await? {
            self.delete_at(&place.path).await?;
        }
        Ok(())
    }

    pub(super) async fn delete_at(&self, path: &Path) -> Result<(), AttachmentError> {
        match self.store()?.delete(path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(AttachmentError::Unavailable(error)),
        }
    }
}

/// Whether an upload that stored this is over for long, by the clock of the machine.
fn is_left_over(stored: &ObjectMeta) -> bool {
    SystemTime::from(stored.last_modified).elapsed().is_ok_and(|age| age > UPLOADING)
}
