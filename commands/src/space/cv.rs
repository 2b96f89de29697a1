//! The CV: one document, recognised by its content and sealed with the key of a stream of its own.

use domain::application::Attachment;
use domain::space::{
    ByOwner, CandidateCv, CandidateCvEvent, KnownCv, RemoveCv, SpaceRefusal, UploadCv,
};
use domain::{Decision as _, Digest, FieldError, Invalid, MediaType};
use event_store::StreamId;
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
    /// stored; the same document again changes nothing. The document comes first, then the event that names it,
    /// and then what nothing names any more goes: cut off in between, a document may be left over, none is missing.
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
        decision.decide(&before).map_err(CommandError::Refused)?;
        let first = match before {
            CandidateCv::Absent => self.first_cv(owner, &document, &decision, cause).await?,
            _ => None,
        };
        let receipt = if let Some(receipt) = first {
            receipt
        } else {
            store.put(owner, &document).await?;
            self.perform(&id, &decision, cause).await?
        };
        // Who tidied meanwhile may have taken it for an earlier one that came back.
        let digest = &document.attachment.digest;
        if !store.keeps(owner, digest).await? && self.names(owner, digest).await? {
            store.put(owner, &document).await?;
        }
        self.tidy_cvs(owner).await?;
        // Last: the document that was stored once more goes, too.
        self.unless_closed::<CandidateCv>(owner, owner).await?;
        Ok(receipt)
    }

    /// Stores the first CV and begins its stream; none where it was begun meanwhile: it has another key then.
    async fn first_cv(
        self,
        owner: Uuid,
        document: &Document,
        decision: &UploadCv,
        cause: &Cause,
    ) -> Result<Option<Receipt<CandidateCv>>, CvError> {
        let (id, store) = (owner.to_string(), self.cvs());
        let fresh = self.log.fresh_key(StreamId::of::<CandidateCv>(&id));
        let documents = std::slice::from_ref(document);
        store.put_first(owner, documents, fresh.as_ref()).await?;
        let begun = self.perform_if_first(&id, decision, cause, fresh.as_ref()).await?;
        if let (None, Some(fresh)) = (&begun, &fresh) {
            store.take_back(owner, documents, fresh).await?;
        }
        Ok(begun)
    }

    /// Removes the CV, and deletes the document; removing twice is removing once.
    pub async fn remove_cv(self, owner: Uuid, cause: &Cause) -> Result<(), CvError> {
        self.cv_reader.forget(owner);
        let decision = ByOwner { owner, decision: RemoveCv { at: self.now() } };
        self.perform(&owner.to_string(), &decision, cause).await?;
        self.tidy_cvs(owner).await
    }

    /// Deletes the documents that were the CV once and are not now, and those that never became it. What is stored
    /// at this moment by another upload stays: its event names it next.
    async fn tidy_cvs(self, owner: Uuid) -> Result<(), CvError> {
        let store = self.cvs();
        // First what there is, then what it is: what comes later is nothing that goes.
        let stored = store.stored(owner).await?;
        let history = self.history_of::<CandidateCv>(&owner.to_string()).await?;
        let kept: Vec<_> =
            history.state.document().map(|it| it.digest.clone()).into_iter().collect();
        let former = history.events.into_iter().filter_map(|event| match event.event {
            CandidateCvEvent::CandidateCvUploaded { document, .. } => Some(document.digest),
            CandidateCvEvent::CandidateCvRemoved { .. }
            | CandidateCvEvent::CandidateCvErased { .. } => None,
        });
        let former: Vec<_> = former.collect();
        Ok(store.delete_former(owner, stored, &kept, &former).await?)
    }

    async fn names(self, owner: Uuid, digest: &Digest) -> Result<bool, CvError> {
        Ok(self.cv(owner).await?.is_some_and(|cv| cv.digest == *digest))
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
