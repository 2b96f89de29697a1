//! The CV: one document, recognised by its content and sealed with the key of a stream of its own.

use domain::application::Attachment;
use domain::space::{ByOwner, CandidateCv, KnownCv, RemoveCv, SpaceRefusal, UploadCv};
use domain::{FieldError, Invalid, MediaType};
use thiserror::Error;
use uuid::Uuid;

use crate::facades::Space;
use crate::{
    AttachmentError, Attachments, Cause, CommandError, Document, Receipt, Upload, recognise,
};

/// What a CV may be.
pub const CV_KINDS: [MediaType; 4] =
    [MediaType::Pdf, MediaType::Doc, MediaType::Docx, MediaType::Odt];

/// Why a CV was not taken.
#[derive(Debug, Error)]
pub enum CvError {
    /// It is no document that is taken.
    #[error(transparent)]
    Unfit(Invalid),
    /// It could not be stored, or deleted.
    #[error(transparent)]
    Attachments(#[from] AttachmentError),
    /// The log did not take it.
    #[error(transparent)]
    Command(#[from] CommandError<SpaceRefusal>),
}

impl Space<'_> {
    /// Where CVs are kept: each under the id of its account.
    pub fn cvs(self) -> Attachments {
        self.attachments().of::<CandidateCv>()
    }

    /// Takes a document as the CV of this account, in the place of an earlier one. What is acknowledged is
    /// stored; the same document again changes nothing.
    pub async fn upload_cv(
        self,
        owner: Uuid,
        upload: Upload,
        cause: &Cause,
    ) -> Result<Receipt<CandidateCv>, CvError> {
        let document = fit(upload)?;
        let (id, store) = (owner.to_string(), self.cvs());
        self.belongs_to::<CandidateCv>(owner, owner).await.map_err(CommandError::from)?;
        let before: CandidateCv = self.state_of(&id).await?;
        let decision = UploadCv { owner, document: document.attachment.clone(), at: self.now() };
        let receipt = if before == CandidateCv::Absent {
            // Its key begins with its stream, and there is no earlier document to lose.
            let receipt = self.perform(&id, &decision, cause).await?;
            store.put(owner, &document).await?;
            receipt
        } else {
            store.put(owner, &document).await?;
            self.perform(&id, &decision, cause).await?
        };
        // Another one may have taken its place meanwhile.
        let kept: Vec<_> = self.cv(owner).await?.into_iter().map(|it| it.digest).collect();
        store.keep_only(owner, &kept).await?;
        Ok(receipt)
    }

    /// Removes the CV, and deletes the document; removing twice is removing once.
    pub async fn remove_cv(self, owner: Uuid, cause: &Cause) -> Result<(), CvError> {
        self.cv_reader.forget(owner);
        let decision = ByOwner { owner, decision: RemoveCv { at: self.now() } };
        self.perform(&owner.to_string(), &decision, cause).await?;
        Ok(self.cvs().delete_all(owner).await?)
    }

    /// What is kept of the CV of this account, where there is one.
    pub async fn cv(self, owner: Uuid) -> Result<Option<Attachment>, CommandError<SpaceRefusal>> {
        let state: CandidateCv = self.state_of(&owner.to_string()).await?;
        Ok(state.document().cloned())
    }

    /// The same with when it was uploaded.
    pub async fn known_cv(
        self,
        owner: Uuid,
    ) -> Result<Option<KnownCv>, CommandError<SpaceRefusal>> {
        let state: CandidateCv = self.state_of(&owner.to_string()).await?;
        Ok(match state {
            CandidateCv::Known(known) if known.document.is_some() => Some(*known),
            _ => None,
        })
    }
}

fn fit(upload: Upload) -> Result<Document, CvError> {
    let unfit = |errors: Vec<FieldError>| {
        let first = errors.into_iter().next().map(|error| error.invalid);
        CvError::Unfit(first.unwrap_or(Invalid::FileType))
    };
    let document = recognise(vec![upload]).map_err(unfit)?.into_iter().next();
    let document = document.ok_or(CvError::Unfit(Invalid::FileEmpty))?;
    if CV_KINDS.contains(&document.attachment.media_type) {
        Ok(document)
    } else {
        Err(CvError::Unfit(Invalid::CvType))
    }
}
