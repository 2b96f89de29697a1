//! Forgetting a person: the keys of their records go with an event each, and with them all that is
//! sealed, wherever it lies (crypto-shredding). The event and the end of the key are one transaction:
//! once it is over the person is forgotten.
//!
//! What can be opened by nobody any more is then deleted for the space: documents, kept e-mails, the
//! snapshot, reactions that wait. That may be cut off at any moment: the table of keys remembers which
//! streams are not cleared yet, and [`People::clear_forgotten`] goes on. What is under way at that moment
//! finds no key, and keeps nothing that could be read.

use domain::account::Account;
use domain::application::DeleteAttachments;
use domain::erasure::{ErasureBasis, ErasureCase, RecordRef};
use domain::space::TrackedApplication;
use domain::{ApplicationRefusal, EmailAddress, JobApplication, Line};
use event_store::{DbError, StreamId, args, seal, timestamp_text};
use jiff::Timestamp;
use uuid::Uuid;

use crate::facades::People;
use crate::people::PersonalRecords;
use crate::{AttachmentError, Cause, CommandError, advice};

/// Streams that are cleared in one pass.
const AT_ONCE: i64 = 5_000;

/// A person could not be forgotten, or not wholly; trying again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// The rules say no, or the log did not take it.
    #[error(transparent)]
    Command(#[from] CommandError<ApplicationRefusal>),
    /// The documents could not be deleted; the service tries again by itself.
    #[error("the keys are destroyed, but documents could not be deleted yet")]
    Attachments(#[from] AttachmentError),
    /// What is kept beside the log could not be deleted; the service tries again by itself.
    #[error("the keys are destroyed, but not everything kept beside the log is deleted yet")]
    Db(#[from] DbError),
}

/// An operator's id as events keep it.
pub(crate) fn line<R: std::error::Error>(text: &str) -> Result<Line<64>, CommandError<R>> {
    text.parse().map_err(|_| CommandError::Invalid("an id is one short line"))
}

const REACTIONS: &str = "
    DELETE FROM reactions
    WHERE aggregate_type = $1 AND application_id = $2
      AND (leased_until IS NULL OR leased_until <= $3)";

impl People<'_> {
    /// Forgets a person who has `address`: these records, and whatever is named after the address: its
    /// entry on the suppression list, which stays in force without telling whose it is. Says which
    /// records were erased now.
    pub async fn forget_person(
        self,
        address: &EmailAddress,
        records: &[RecordRef],
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<Vec<RecordRef>, ForgetError> {
        // Before anything goes: whether all of it may.
        for record in records {
            self.kept_as(record)?.check(&self, record.aggregate_id.as_str(), basis).await?;
        }
        self.forget_what_is_named_after(address, basis, cause).await?;
        // Whether a case is over is known once everything else went.
        let (cases, others): (Vec<_>, Vec<_>) =
            records.iter().partition(|record| record.is_of::<ErasureCase>());
        // An account takes with it what belongs to it: what else is among the records is told of
        // for itself.
        let (accounts, others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|record| record.is_of::<Account>());
        let mut erased = vec![];
        for record in others.into_iter().chain(accounts).chain(cases) {
            if self.erase(record, basis, cause).await? {
                erased.push(record.clone());
            }
        }
        Ok(erased)
    }

    /// Forgets what is found by an address alone.
    pub(crate) async fn forget_what_is_named_after(
        self,
        address: &EmailAddress,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<(), ForgetError> {
        for record in self.records_named_after(address) {
            self.erase(&record, basis, cause).await?;
        }
        self.limits().forget_address(address).await?;
        Ok(())
    }

    /// Erases a record about which nothing has happened since `before`. Says whether that was so.
    pub async fn forget_expired(
        self,
        record: &RecordRef,
        before: Timestamp,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        self.erase(record, &ErasureBasis::Retention { before }, cause).await
    }

    /// Erases what somebody kept about an application, once that one is erased itself, as the log
    /// tells it. Says whether it was erased now.
    pub async fn forget_left_over(
        self,
        record: &RecordRef,
        application: Uuid,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        let id = application.to_string();
        let own = self.state_of::<TrackedApplication>(&id).await;
        let own = own.map_err(CommandError::without_refusal::<ApplicationRefusal>)?;
        let sent = self.state_of::<JobApplication>(&id).await?;
        let is_erased = matches!(own, TrackedApplication::Erased { .. })
            || sent.known().is_ok_and(|known| known.erased_at.is_some());
        // No time to wait for: what it was about is gone.
        Ok(is_erased && self.erase(record, &ErasureBasis::Owner, cause).await?)
    }

    /// Erases a record, whichever aggregate it is of, and clears what lies beside it. Says whether it
    /// was erased now.
    pub(crate) async fn erase(
        self,
        record: &RecordRef,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        self.kept_as(record)?.erase(&self, record.aggregate_id.as_str(), basis, cause).await
    }

    /// What a record is kept as.
    fn kept_as(
        self,
        record: &RecordRef,
    ) -> Result<&'static dyn PersonalRecords, CommandError<ApplicationRefusal>> {
        let records = self.contexts().people_of(record.aggregate_type.as_str());
        records.ok_or(CommandError::Invalid("no person's data are kept in such a stream"))
    }

    /// Whether none of these records names a person any more.
    pub(crate) async fn are_all_erased(self, records: &[RecordRef]) -> Result<bool, ForgetError> {
        for record in records {
            let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
            let events = self.log.stream(kind, id).await;
            let mut is_named = false;
            for event in events.map_err(CommandError::<ApplicationRefusal>::from)? {
                if self.contexts().erases(&event.event_type) {
                    is_named = false;
                } else if self.contexts().names_a_person(&event.event_type) {
                    is_named = true;
                }
            }
            if is_named {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Deletes the documents of an application that was submitted before this. Says whether there
    /// were any.
    pub async fn delete_attachments(
        self,
        application: Uuid,
        before: Timestamp,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        let id = application.to_string();
        let decision = DeleteAttachments { before, at: self.clock.now() };
        // Checked before they go, recorded after: a crash between the two is made good next time.
        let state = self.applications().find(application).await?.state;
        let due = domain::Decision::decide(&decision, &state).map_err(CommandError::Refused)?;
        if due.is_empty() {
            return Ok(false);
        }
        self.attachments().delete_all(application).await?;
        self.perform(&id, &decision, cause).await?;
        Ok(true)
    }

    /// Deletes what is kept of any forgotten stream: its e-mails, its snapshot, its reactions that are
    /// not done; and notes that it is cleared. What else is kept of it must be gone by then.
    pub(crate) async fn clear_stream(self, stream: StreamId<'_>) -> Result<(), DbError> {
        self.emails().forget_emails(stream).await?;
        self.log.forget_snapshot(stream).await?;
        let now = timestamp_text(self.clock.now());
        let args = args![stream.aggregate_type, stream.aggregate_id, now];
        self.log.db().execute(REACTIONS, args).await?;
        seal::cleared(self.log.db(), stream, self.clock.now()).await
    }

    /// Goes on with what was begun: clears what is kept of forgotten streams where that was cut off, or
    /// failed. Says of how many; where nothing was, it is one look at an index. One that cannot be cleared
    /// holds up none of the others.
    pub async fn clear_forgotten(self) -> Result<usize, ForgetError> {
        let streams = seal::unfinished(self.log.db(), AT_ONCE).await?;
        let mut outcome = Ok(streams.len());
        for stream in &streams {
            let cleared = match self.contexts().people_of(&stream.aggregate_type) {
                Some(records) => records.clear(&self, &stream.aggregate_id).await,
                None => self.clear_stream(stream.stream()).await.map_err(ForgetError::from),
            };
            if let Err(error) = cleared {
                tracing::error!(
                    error = %advice::told(&error),
                    stream.kind = stream.aggregate_type,
                    stream.id = stream.aggregate_id,
                    "what is kept of somebody who was forgotten is not cleared; it is tried again"
                );
                outcome = Err(error);
            }
        }
        outcome
    }
}
