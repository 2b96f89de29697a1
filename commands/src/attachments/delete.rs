//! Documents that go.

use domain::Digest;
use event_store::seal::FreshKey;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt as _};
use uuid::Uuid;

use super::place::Place;
use super::store::{AttachmentError, Attachments};
use crate::Document;

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
