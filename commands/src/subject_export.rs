//! All that is kept of a person, for that person (GDPR art. 15 and 20), and what operators and
//! candidates ask for in their name.

use std::collections::HashSet;

use domain::application::{RefuseErasure, RequestErasure, RequestPersonalData, Wish};
use domain::erasure::RecordRef;
use domain::suppression::Suppression;
use domain::{ApplicationRefusal, EmailAddress};
use event_store::{DbError, StreamId};
use jiff::Timestamp;
use thiserror::Error;
use uuid::Uuid;

use crate::facades::People;
use crate::forget::line;
use crate::people::{ApplicationDossier, Chapter, Entry};
use crate::{AttachmentError, Cause, CommandError};

/// All that is kept of a person.
#[derive(Clone, Debug)]
pub struct SubjectExport {
    /// Their address.
    pub address: EmailAddress,
    /// When this was put together.
    pub at: Timestamp,
    /// Their records, in the order in which they were asked for.
    pub chapters: Vec<Chapter>,
}

impl SubjectExport {
    /// Their applications.
    pub fn applications(&self) -> impl Iterator<Item = &ApplicationDossier> {
        self.chapters.iter().filter_map(|chapter| match chapter {
            Chapter::Application(application) => Some(&**application),
            Chapter::Suppression(_) | Chapter::Cv { .. } | Chapter::Entry(_) => None,
        })
    }

    /// Whether and why nothing is sent to the address: the entry that ends last.
    pub fn suppression(&self) -> Option<&Suppression> {
        let entries = self.chapters.iter().filter_map(|chapter| match chapter {
            Chapter::Suppression(suppression) => Some(suppression),
            Chapter::Application(_) | Chapter::Cv { .. } | Chapter::Entry(_) => None,
        });
        entries.max_by_key(|entry| entry.until)
    }

    /// Their other records.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.chapters.iter().filter_map(|chapter| match chapter {
            Chapter::Entry(entry) | Chapter::Cv { entry, .. } => Some(entry),
            Chapter::Application(_) | Chapter::Suppression(_) => None,
        })
    }
}

/// A dossier could not be put together.
#[derive(Debug, Error)]
pub enum SubjectExportError {
    /// The log cannot be read.
    #[error(transparent)]
    Command(#[from] CommandError<ApplicationRefusal>),
    /// The documents cannot be read.
    #[error(transparent)]
    Attachments(#[from] AttachmentError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl People<'_> {
    /// All that is kept of the person with this address in these records, and under the address
    /// itself, with what belongs to them; what was forgotten meanwhile is left out.
    pub async fn dossier(
        self,
        address: &EmailAddress,
        records: &[RecordRef],
    ) -> Result<SubjectExport, SubjectExportError> {
        let named = self.records_named_after(address);
        let others = named.iter().filter(|record| !records.contains(record));
        let (mut chapters, mut told) = (vec![], HashSet::new());
        for record in records.iter().chain(others) {
            let owner = record.aggregate_type.as_str();
            let owner = StreamId::new(owner, record.aggregate_id.as_str());
            let belongings = self.own_belongings(owner).await?;
            for record in [record].into_iter().chain(&belongings) {
                // A letter to an account is found by its address, too.
                if !told.insert(record.clone()) {
                    continue;
                }
                if let Some(kept_as) = self.contexts().people_of(record.aggregate_type.as_str()) {
                    chapters.extend(kept_as.chapter(&self, record.aggregate_id.as_str()).await?);
                }
            }
        }
        Ok(SubjectExport { address: address.clone(), at: self.clock.now(), chapters })
    }

    /// The candidate wants their data, or to be forgotten: a link to confirm it is mailed to their
    /// address.
    pub async fn request_personal_data(
        self,
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
        self,
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
        self,
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
