//! A candidate applies.

mod unfinished;

use domain::application::{Submission, Submit};
use domain::{ApplicationRefusal, Digest, JobApplication, PartnerId};
use event_store::seal::FreshKey;
use event_store::{Position, StreamId};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use uuid::Uuid;

pub(crate) use unfinished::Unfinished;

use crate::facades::Applications;
use crate::{AttachmentError, Cause, CommandError, Document, History, IdempotencyKey};

/// The outcome of a submission.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// The application.
    pub id: Uuid,
    /// Where its `Submitted` is in the log, or the last event when it was replayed.
    pub position: Position,
    /// Whether an earlier request with the same key had done it.
    pub replayed: bool,
    /// The application as it stands.
    pub state: JobApplication,
}

/// Why an application was not taken. Nothing was appended.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// The key was used before, for another request.
    #[error(
        "this Idempotency-Key was used for another request; use a new key for a new application"
    )]
    KeyReused,
    /// The documents could not be stored.
    #[error(transparent)]
    Attachments(#[from] AttachmentError),
    /// The log did not take it.
    #[error(transparent)]
    Command(#[from] CommandError<ApplicationRefusal>),
}

impl Applications<'_> {
    /// The application called `id`, with all that happened to it; [`JobApplication::Absent`] and
    /// no event when there is none.
    pub async fn find(
        self,
        id: Uuid,
    ) -> Result<History<JobApplication>, CommandError<ApplicationRefusal>> {
        self.loader().history(&id.to_string()).await
    }

    /// Stores the documents, then appends `Submitted`: an application that is acknowledged has all
    /// its documents. With a `key`, a repeat of the same submission gives the first result again.
    ///
    /// The `attachments` of `submission` describe `documents`, in the same order.
    pub async fn submit(
        self,
        submission: Submission,
        documents: &[Document],
        key: Option<&IdempotencyKey>,
        cause: &Cause,
    ) -> Result<Submitted, SubmitError> {
        let id = key.map_or_else(|| self.ids.uuid(), |key| key.application_id(&submission.partner));
        let request_digest = key.map(|_| digest(&submission));
        let stream = id.to_string();
        // What the documents are sealed with, before there is a stream.
        let fresh = self.log.fresh_key(StreamId::of::<JobApplication>(&stream));
        if !documents.is_empty() {
            // Until it is recorded: whoever waits for this may go away at any point.
            self.unfinished.note(id, self.clock.now());
        }
        self.attachments().put_first(id, documents, fresh.as_ref()).await?;
        let decision = Submit { submission, request_digest, at: self.clock.now() };
        match self.perform_first_with(&stream, &decision, cause, fresh.as_ref()).await {
            Ok(receipt) => {
                self.unfinished.forget(id);
                let (position, state) = (receipt.position, receipt.state);
                Ok(Submitted { id, position, replayed: false, state })
            }
            Err(CommandError::Refused(ApplicationRefusal::AlreadySubmitted)) => {
                let first = self.first_result(id, &decision, documents, fresh.as_ref()).await;
                // Those of the first request are there under other names.
                let back = match &fresh {
                    Some(fresh) => self.attachments().take_back(id, documents, fresh).await,
                    None => Ok(()),
                };
                // Otherwise they go later.
                if back.is_ok() {
                    self.unfinished.forget(id);
                }
                first
            }
            Err(error) => Err(error.into()),
        }
    }

    /// When the application that a request with this key created was submitted; `None` while there
    /// is none.
    pub async fn submitted_with(
        self,
        partner: &PartnerId,
        key: &IdempotencyKey,
    ) -> Result<Option<Timestamp>, CommandError<ApplicationRefusal>> {
        let history = self.find(key.application_id(partner)).await?;
        Ok(history.events.first().map(|event| event.event.at()))
    }

    /// What the first request with this key gave, if it was the same request.
    async fn first_result(
        self,
        id: Uuid,
        repeat: &Submit,
        documents: &[Document],
        fresh: Option<&FreshKey>,
    ) -> Result<Submitted, SubmitError> {
        let history = self.find(id).await?;
        // Whether it was the same request is not known any more once the person was forgotten.
        let first = match history.state.remembered() {
            Ok(first) => first,
            Err(refusal) => {
                // Nobody looks for documents of the forgotten any more.
                self.attachments().delete_all(id).await?;
                return Err(CommandError::Refused(refusal).into());
            }
        };
        if first.request_digest != repeat.request_digest {
            if fresh.is_none() {
                let kept = &first.submission.attachments;
                let unknown = documents.iter().filter(|document| {
                    kept.iter().all(|attachment| attachment.digest != document.attachment.digest)
                });
                for document in unknown {
                    self.attachments().delete(id, &document.attachment.digest).await?;
                }
            }
            return Err(SubmitError::KeyReused);
        }
        let position = history.events.last().map_or(Position::START, |event| event.position);
        Ok(Submitted { id, position, replayed: true, state: history.state })
    }
}

/// SHA-256 of a submission, its documents included by their digests.
fn digest(submission: &Submission) -> Digest {
    let bytes = serde_json::to_vec(submission).expect("a submission has no map with other keys");
    Digest::from_bytes(Sha256::digest(bytes).into())
}
