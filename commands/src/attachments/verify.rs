//! Whether every document is there, and is what was sent.

use std::collections::HashSet;

use cqrs_es::Aggregate as _;
use domain::space::{CandidateCv, CandidateCvEventKind};
use domain::{ApplicationRefusal, Digest, JobApplication};
use event_store::{Position, ReadError, Reading};
use futures::{StreamExt as _, TryStreamExt as _};
use thiserror::Error;
use uuid::Uuid;

use super::store::{AttachmentError, Attachments};
use crate::CommandError;
use crate::facades::Applications;

/// Positions of the log that are looked through at once.
const PAGE: i64 = 1_000;
/// Applications whose documents are read side by side.
const SIDE_BY_SIDE: usize = 4;

/// What a look through all documents found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifiedDocuments {
    /// Documents that are there, and what was sent.
    pub good: u64,
    /// Documents that are not.
    pub broken: u64,
}

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WhichDocument {
    /// One that was sent with an application, counted from one.
    #[error("application {0}, document {1}")]
    Sent(Uuid, usize),
    /// The CV of an account.
    #[error("the CV of account {0}")]
    Cv(Uuid),
}

/// A document that cannot be read.
#[derive(Debug)]
pub struct BrokenDocument {
    /// Which.
    pub which: WhichDocument,
    /// Why.
    pub error: AttachmentError,
}

/// The documents cannot be looked through.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An application cannot be read.
    #[error(transparent)]
    Command(#[from] CommandError<ApplicationRefusal>),
    /// The store does not answer.
    #[error(transparent)]
    Attachments(#[from] AttachmentError),
}

impl Applications<'_> {
    /// Reads every document of every application and every CV to its end, and changes nothing. `watch` is told
    /// those that are missing or are not what was sent.
    pub async fn verify_documents(
        self,
        watch: &(dyn Fn(&BrokenDocument) + Send + Sync),
    ) -> Result<VerifiedDocuments, VerifyError> {
        let (mut found, mut reached) = (VerifiedDocuments::default(), Position::START);
        let mut accounts = HashSet::new();
        let kinds = ["Submitted", CandidateCvEventKind::CandidateCvUploaded.as_str()];
        loop {
            let page = self.log.page(reached, PAGE, Some(&kinds), Reading::Closed).await?;
            if page.reached == reached {
                return Ok(found);
            }
            reached = page.reached;
            let ids = page.events.iter().filter(|it| it.aggregate_type == JobApplication::TYPE);
            let ids: Vec<Uuid> = ids.filter_map(|it| it.aggregate_id.parse().ok()).collect();
            let looked = futures::stream::iter(ids).map(|id| self.verify_application(id));
            let mut looked = std::pin::pin!(looked.buffer_unordered(SIDE_BY_SIDE));
            while let Some((good, broken)) = looked.try_next().await? {
                found.good += good;
                found.broken += broken.len() as u64;
                broken.iter().for_each(watch);
            }
            let cvs = page.events.iter().filter(|it| it.aggregate_type == CandidateCv::TYPE);
            for account in cvs.filter_map(|it| it.aggregate_id.parse::<Uuid>().ok()) {
                // Another one may have taken its place since.
                if !accounts.insert(account) {
                    continue;
                }
                match self.verify_cv(account).await? {
                    None => {}
                    Some(Ok(())) => found.good += 1,
                    Some(Err(error)) => {
                        found.broken += 1;
                        watch(&BrokenDocument { which: WhichDocument::Cv(account), error });
                    }
                }
            }
        }
    }

    /// Reads a CV; none where there is none.
    async fn verify_cv(
        self,
        account: Uuid,
    ) -> Result<Option<Result<(), AttachmentError>>, VerifyError> {
        let space = self.space();
        let cv = async || space.cv(account).await.map_err(CommandError::without_refusal);
        let Some(document) = cv().await? else { return Ok(None) };
        match space.cvs().read_to_end(account, &document.digest).await {
            Ok(()) => Ok(Some(Ok(()))),
            Err(error @ (AttachmentError::Gone | AttachmentError::Corrupt)) => {
                // It may have been removed, or replaced, while this looked.
                let is_there = cv().await?.is_some_and(|now| now.digest == document.digest);
                Ok(is_there.then_some(Err(error)))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn verify_application(self, id: Uuid) -> Result<(u64, Vec<BrokenDocument>), VerifyError> {
        let state = self.find(id).await?.state;
        let (mut good, mut broken) = (0, vec![]);
        let documents = state.remembered().map(|it| it.documents().to_vec()).unwrap_or_default();
        for (nth, document) in documents.iter().enumerate() {
            match self.attachments().read_to_end(id, &document.digest).await {
                Ok(()) => good += 1,
                Err(error @ (AttachmentError::Gone | AttachmentError::Corrupt)) => {
                    // It may have been deleted while this looked.
                    let now = self.find(id).await?.state;
                    if now.remembered().is_ok_and(|it| !it.documents().is_empty()) {
                        broken.push(BrokenDocument {
                            which: WhichDocument::Sent(id, nth + 1),
                            error,
                        });
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok((good, broken))
    }
}

impl Attachments {
    async fn read_to_end(&self, id: Uuid, digest: &Digest) -> Result<(), AttachmentError> {
        let mut reading = self.read(id, digest).await?;
        while reading.try_next().await?.is_some() {}
        Ok(())
    }
}
