//! All that is kept of a person, for that person (GDPR art. 15 and 20), and what operators and
//! candidates ask for in their name.

use domain::application::{Attachment, RefuseErasure, RequestErasure, RequestPersonalData, Wish};
use domain::suppression::{Suppression, SuppressionRefusal};
use domain::{ApplicationRefusal, EmailAddress, JobApplication};
use event_store::{DbError, StreamId};
use jiff::Timestamp;
use thiserror::Error;
use uuid::Uuid;

use crate::forget::line;
use crate::{AttachmentError, Cause, CommandError, Commands, History, Mailed, MailedEmail};

/// All that is kept of a person.
#[derive(Clone, Debug)]
pub struct SubjectExport {
    /// Their address.
    pub address: EmailAddress,
    /// When this was put together.
    pub at: Timestamp,
    /// Their applications, newest first.
    pub applications: Vec<ApplicationDossier>,
    /// Whether and why nothing is sent to the address.
    pub suppression: Option<Suppression>,
}

/// All that is kept of one application.
#[derive(Clone, Debug)]
pub struct ApplicationDossier {
    /// Which.
    pub id: Uuid,
    /// What happened.
    pub history: History<JobApplication>,
    /// The e-mails to the candidate as they were sent, oldest first. Those to others hold links by
    /// which the others answer, and are not the candidate's to have.
    pub emails: Vec<(Mailed, MailedEmail)>,
    /// The documents that are still stored.
    pub documents: Vec<Attachment>,
}

/// A dossier could not be put together.
#[derive(Debug, Error)]
pub enum SubjectExportError {
    /// The log cannot be read.
    #[error(transparent)]
    Command(#[from] CommandError<ApplicationRefusal>),
    /// The suppression list cannot be read.
    #[error(transparent)]
    Mailbox(#[from] CommandError<SuppressionRefusal>),
    /// The documents cannot be read.
    #[error(transparent)]
    Attachments(#[from] AttachmentError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Letters that are kept as they were sent to the candidate.
const TO_CANDIDATE: [&str; 3] = ["confirmation", "answer", "cancellation"];

impl Commands {
    /// All that is kept of the person with this address in these applications; those that were
    /// forgotten meanwhile are left out.
    pub async fn dossier(
        &self,
        address: &EmailAddress,
        applications: &[Uuid],
    ) -> Result<SubjectExport, SubjectExportError> {
        let mut found = vec![];
        for id in applications {
            found.extend(self.application_dossier(*id).await?);
        }
        let suppression = self.suppression(address).await?;
        let (address, at) = (address.clone(), self.clock.now());
        Ok(SubjectExport { address, at, applications: found, suppression })
    }

    async fn application_dossier(
        &self,
        id: Uuid,
    ) -> Result<Option<ApplicationDossier>, SubjectExportError> {
        let history = self.application(id).await?;
        let Ok(application) = history.state.remembered() else { return Ok(None) };
        let mut documents = vec![];
        for attachment in application.documents() {
            // Others were deleted meanwhile.
            if self.attachments().keeps(id, &attachment.digest).await? {
                documents.push(attachment.clone());
            }
        }
        let mut emails = vec![];
        let stream_id = id.to_string();
        let stream = StreamId::of::<JobApplication>(&stream_id);
        for mailed in self.emails_of(stream).await? {
            if !TO_CANDIDATE.contains(&mailed.letter.as_str()) {
                continue;
            }
            let email = self
                .email(stream, &mailed.message_id)
                .await
                .map_err(CommandError::<ApplicationRefusal>::from)?;
            emails.extend(email.map(|email| (mailed, email)));
        }
        Ok(Some(ApplicationDossier { id, history, emails, documents }))
    }

    /// The candidate wants their data, or to be forgotten: a link to confirm it is mailed to their
    /// address.
    pub async fn request_personal_data(
        &self,
        application: Uuid,
        request_id: Uuid,
        wish: Wish,
        cause: &Cause,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let decision = RequestPersonalData { request_id, wish, at: self.clock.now() };
        self.perform(&application.to_string(), &decision, cause).await.map(drop)
    }

    /// An operator asks for the person behind these applications to be forgotten.
    pub async fn request_erasure(
        &self,
        applications: &[Uuid],
        request_id: Uuid,
        operator: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let decision = RequestErasure {
            request_id,
            requested_by: line(&operator.to_string())?,
            at: self.clock.now(),
        };
        for id in applications {
            self.perform(&id.to_string(), &decision, cause).await?;
        }
        Ok(())
    }

    /// An operator says no to it.
    pub async fn refuse_erasure(
        &self,
        applications: &[Uuid],
        request_id: Uuid,
        cause: &Cause,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let decision = RefuseErasure { request_id, at: self.clock.now() };
        for id in applications {
            self.perform(&id.to_string(), &decision, cause).await?;
        }
        Ok(())
    }
}
