//! The personal records: for each aggregate that holds a person's data, how these are handed out,
//! erased, cleared and kept for a time. Finding, exporting and erasing a person, and retention, go
//! over [`all`].
//!
//! To add an aggregate: mark the field that is the person's address with `x-subject` (then the read
//! model `subjects` finds it), write its file here, and add its line to [`all`]. One whose records hold no
//! address, because they belong to an account, says so by [`PersonalRecords::belongs`] and notes each with
//! [`People::belongs`] before it begins: it is then handed out and erased with the account (`belongings.rs`).

mod accounts;
mod applications;
mod belongings;
mod beside;
mod erasure_cases;
mod happened;
mod messages;
mod offers;
mod permits;
mod places;
mod profiles;
mod space;
mod suppressions;

use async_trait::async_trait;
use domain::application::Attachment;
use domain::erasure::{ErasureBasis, RecordRef};
use domain::suppression::Suppression;
use domain::{ApplicationRefusal, EmailAddress, JobApplication};
use event_store::StreamId;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

pub(crate) use belongings::BEGINNING;

use crate::facades::People;
use crate::{
    Cause, CommandError, Commands, ForgetError, History, Mailed, MailedEmail, SubjectExportError,
};

/// The personal records of one aggregate.
#[async_trait]
pub trait PersonalRecords: Send + Sync {
    /// The stored `aggregate_type`.
    fn aggregate(&self) -> &'static str;

    /// Whether its records belong to an account, through which they are found: each is noted by
    /// [`People::belongs`] before it begins.
    fn belongs(&self) -> bool {
        false
    }

    /// The streams that are named after an address, which nobody needs to look up.
    fn named_after(&self, _commands: &Commands, _address: &EmailAddress) -> Vec<String> {
        vec![]
    }

    /// Whether whoever reads the letters to an address that a record names is the person whose it is. One that
    /// names an address which somebody merely gave, or gave up, is not theirs.
    async fn is_theirs(
        &self,
        _commands: &Commands,
        _id: &str,
        _address: &EmailAddress,
    ) -> Result<bool, CommandError<ApplicationRefusal>> {
        Ok(true)
    }

    /// What the person is handed of a record; `None` where nothing of it is theirs, or it was erased
    /// meanwhile.
    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError>;

    /// Whether a record may be erased; asked of each before the first one goes.
    async fn check(
        &self,
        _commands: &Commands,
        _id: &str,
        _basis: &ErasureBasis,
    ) -> Result<(), ForgetError> {
        Ok(())
    }

    /// Erases a record, and clears what lies beside it. Says whether it was erased now: erasing twice
    /// is erasing once.
    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError>;

    /// Deletes what is kept of an erased record beside the log and the read models.
    async fn clear(&self, commands: &Commands, id: &str) -> Result<(), ForgetError> {
        Ok(commands.people().clear_stream(StreamId::new(self.aggregate(), id)).await?)
    }

    /// For how many months a record is kept since it last named the person, where that alone decides.
    fn kept_months(&self) -> Option<u8> {
        None
    }
}

/// Every aggregate that holds a person's data.
pub fn all() -> &'static [&'static dyn PersonalRecords] {
    &[
        &accounts::Accounts,
        &applications::Applications,
        &suppressions::Suppressions,
        &messages::Messages,
        &permits::Permits,
        &offers::Offers,
        &erasure_cases::ErasureCases,
        &space::TrackedApplications,
        &space::CandidateTasks,
        &space::CandidateCvs,
        &profiles::Profiles,
        &space::JobAlerts,
    ]
}

/// The aggregates with personal values that are no record of a data subject, and why not.
pub const NO_RECORDS: &[(&str, &str)] =
    &[("Operator", "operators are known as long as they work here, and to those who audit")];

/// A failure of any record, as those who go over the list know it.
fn plain<R: std::error::Error>(error: CommandError<R>) -> CommandError<ApplicationRefusal> {
    error.without_refusal()
}

/// What a person is handed of one record.
#[derive(Clone, Debug)]
pub enum Chapter {
    /// An application, which is told as a story.
    Application(Box<ApplicationDossier>),
    /// That nothing is sent to the address.
    Suppression(Suppression),
    /// A CV, with the account whose it is.
    Cv {
        /// What is known of it.
        entry: Entry,
        /// The account.
        account: Uuid,
        /// The document.
        document: Attachment,
    },
    /// Anything else.
    Entry(Entry),
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

/// A record as it stands in an archive.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The list of `data.json` that holds it.
    pub list: &'static str,
    /// What it is called, in the person's own words or those that were sent to them; may be empty.
    pub title: String,
    /// When it began.
    pub at: Timestamp,
    /// What programs read of it; an object.
    pub data: Value,
    /// Its texts as files: names and contents.
    pub files: Vec<(String, String)>,
}

impl People<'_> {
    /// Those of the records which name an address that are the person's who reads the letters to it.
    pub async fn theirs(
        self,
        address: &EmailAddress,
        records: Vec<RecordRef>,
    ) -> Result<Vec<RecordRef>, CommandError<ApplicationRefusal>> {
        let mut theirs = vec![];
        for record in records {
            let id = record.aggregate_id.as_str();
            let is_theirs = match self.contexts().people_of(record.aggregate_type.as_str()) {
                Some(records) => records.is_theirs(&self, id, address).await?,
                None => true,
            };
            if is_theirs {
                theirs.push(record);
            }
        }
        Ok(theirs)
    }

    /// The records that are named after an address.
    pub fn records_named_after(self, address: &EmailAddress) -> Vec<RecordRef> {
        let named = self.contexts().people().flat_map(|records| {
            let ids = records.named_after(&self, address).into_iter();
            ids.filter_map(|id| RecordRef::new(records.aggregate(), &id).ok())
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::AGGREGATES;
    use domain::schema::{personal_fields, subject_fields};

    use super::*;

    /// The aggregates one of whose kinds of events is among these.
    fn with(fields: &[domain::schema::PersonalField]) -> BTreeSet<&'static str> {
        let holds = |aggregate: &&domain::aggregates::Described| {
            fields.iter().any(|field| aggregate.kinds.iter().any(|kind| kind.name == field.event))
        };
        AGGREGATES.iter().filter(holds).map(|aggregate| aggregate.aggregate_type).collect()
    }

    #[test]
    fn every_aggregate_that_holds_a_persons_data_is_listed_or_says_why_not() {
        let listed: BTreeSet<_> = all().iter().map(|records| records.aggregate()).collect();
        let without: BTreeSet<_> = NO_RECORDS.iter().map(|(aggregate, _)| *aggregate).collect();
        assert_eq!(listed.len(), all().len(), "one is listed twice");
        assert!(listed.is_disjoint(&without));
        assert_eq!(with(&personal_fields(AGGREGATES)), listed.union(&without).copied().collect());
    }

    #[test]
    fn whoevers_data_are_listed_is_found_by_an_address_and_can_be_erased() {
        for records in all() {
            let aggregate = records.aggregate();
            assert_ne!(
                with(&subject_fields(AGGREGATES)).contains(aggregate),
                records.belongs(),
                "{aggregate} has an x-subject, or belongs to what has one"
            );
            let described = AGGREGATES.iter().find(|it| it.aggregate_type == aggregate).unwrap();
            assert!(described.kinds.iter().any(|kind| kind.erases), "{aggregate} erases nothing");
        }
    }
}
