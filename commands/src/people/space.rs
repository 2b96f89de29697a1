//! What lies in somebody's space, as records of the owner of the account.

use async_trait::async_trait;
use cqrs_es::Aggregate;
use domain::ApplicationRefusal;
use domain::account::Account;
use domain::erasure::{ErasureBasis, RecordRef};
use domain::space::{
    CandidateCv, CandidateProfile, CandidateTask, DeleteAlert, EraseCv, EraseTask, EraseTracked,
    JobAlert, KnownTracked, Owned as _, RESTORABLE, SpaceRefusal, TrackedApplication,
    TrackedOrigin,
};
use event_store::{DbError, StreamId, timestamp_text};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Chapter, Entry, PersonalRecords, happened, plain};
use crate::{Cause, CommandError, Commands, ForgetError, Receipt, SubjectExportError};

pub(super) struct TrackedApplications;
pub(super) struct CandidateTasks;
pub(super) struct CandidateCvs;
pub(super) struct JobAlerts;

#[async_trait]
impl PersonalRecords for TrackedApplications {
    fn aggregate(&self) -> &'static str {
        TrackedApplication::TYPE
    }

    fn belongs(&self) -> bool {
        true
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let history = commands.history_of::<TrackedApplication>(id).await.map_err(plain)?;
        let Ok(known) = history.state.known() else { return Ok(None) };
        let title = known.own().map_or_else(String::new, |own| {
            let details = &own.details;
            format!("{} – {}", details.position.reveal(), details.company.reveal())
        });
        let (at, mut data) = (known.created_at, tracked(id, known));
        data["events"] = happened::to_tracked(&history);
        let list = "tracked_applications";
        Ok(Some(Chapter::Entry(Entry { list, title, at, data, files: vec![] })))
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        let at = commands.now();
        let removed_before = match basis {
            ErasureBasis::Retention { .. } => Some(at - RESTORABLE),
            _ => None,
        };
        let decision = EraseTracked { removed_before, at };
        let receipt = commands.perform(id, &decision, cause).await;
        let Some(receipt) = unless_absent(receipt)? else { return Ok(false) };
        if let TrackedApplication::Erased { owner } = receipt.state {
            self.clear(commands, id).await?;
            part(commands, owner, StreamId::of::<TrackedApplication>(id)).await?;
        }
        Ok(!receipt.events.is_empty())
    }
}

/// What an erasure did; `None` where the record was noted and never began: there is nothing to erase.
pub(super) fn unless_absent<A: Aggregate>(
    done: Result<Receipt<A>, CommandError<SpaceRefusal>>,
) -> Result<Option<Receipt<A>>, ForgetError> {
    match done {
        Err(CommandError::Refused(SpaceRefusal::NotFound)) => Ok(None),
        done => Ok(Some(done.map_err(plain)?)),
    }
}

/// Notes that a record which was erased belongs to its owner no more.
async fn part(commands: &Commands, owner: Uuid, record: StreamId<'_>) -> Result<(), DbError> {
    let owner = owner.to_string();
    commands.people().parted(StreamId::of::<Account>(&owner), record).await
}

/// Whether a record says itself that it is another account's than this one.
pub(super) async fn is_anothers(
    commands: &Commands,
    record: &RecordRef,
    account: StreamId<'_>,
) -> Result<bool, CommandError<ApplicationRefusal>> {
    let Ok(account) = account.aggregate_id.parse::<Uuid>() else { return Ok(false) };
    let id = record.aggregate_id.as_str();
    let says = match record.aggregate_type.as_str() {
        TrackedApplication::TYPE => {
            commands.state_of::<TrackedApplication>(id).await.map_err(plain)?.of(account)
        }
        CandidateTask::TYPE => {
            commands.state_of::<CandidateTask>(id).await.map_err(plain)?.of(account)
        }
        CandidateCv::TYPE => commands.state_of::<CandidateCv>(id).await.map_err(plain)?.of(account),
        CandidateProfile::TYPE => {
            commands.state_of::<CandidateProfile>(id).await.map_err(plain)?.of(account)
        }
        JobAlert::TYPE => commands.state_of::<JobAlert>(id).await.map_err(plain)?.of(account),
        _ => Ok(()),
    };
    Ok(says == Err(SpaceRefusal::NotYours))
}

/// What is handed out of what somebody tracks.
fn tracked(id: &str, known: &KnownTracked) -> Value {
    let own = known.own();
    let details = own.map(|own| &own.details);
    let application = match &known.origin {
        TrackedOrigin::Postulo { application } => Some(application),
        TrackedOrigin::Own(_) => None,
    };
    let description = own.and_then(|own| own.description.as_ref());
    let notes: Vec<_> = known
        .notes
        .iter()
        .map(|note| json!({ "at": timestamp_text(note.at), "text": note.text.reveal().as_str() }))
        .collect();
    json!({
        "id": id,
        "application": application,
        "company": details.map(|it| it.company.reveal().as_str()),
        "position": details.map(|it| it.position.reveal().as_str()),
        "location": details.and_then(|it| Some(it.location.as_ref()?.reveal().as_str())),
        "url": details.and_then(|it| Some(it.url.as_ref()?.reveal().as_str())),
        "applied_on": details.map(|it| it.applied_on),
        "status": own.map(|own| own.status),
        "description": description.map(|it| it.text.reveal().as_str()),
        "notes": notes,
        "tags": known.tags.iter().map(|tag| tag.reveal().as_str()).collect::<Vec<_>>(),
        "hidden": known.hidden,
        "archived": known.archived.is_some(),
        "created_at": timestamp_text(known.created_at),
        "updated_at": timestamp_text(known.updated_at),
        "removed_at": known.removed_at.map(timestamp_text),
    })
}

#[async_trait]
impl PersonalRecords for CandidateTasks {
    fn aggregate(&self) -> &'static str {
        CandidateTask::TYPE
    }

    fn belongs(&self) -> bool {
        true
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.state_of::<CandidateTask>(id).await.map_err(plain)?;
        let Ok(known) = state.known() else { return Ok(None) };
        let details = &known.details;
        let title = details.title.reveal().to_string();
        let data = json!({
            "id": id,
            "title": title,
            "description": details.description.as_ref().map(|it| it.reveal().as_str()),
            "due_on": details.due_on,
            "application": details.application,
            "status": known.status,
            "archived": known.archived,
            "created_at": timestamp_text(known.created_at),
            "updated_at": timestamp_text(known.updated_at),
            "removed_at": known.removed_at.map(timestamp_text),
        });
        let (list, at) = ("tasks", known.created_at);
        Ok(Some(Chapter::Entry(Entry { list, title, at, data, files: vec![] })))
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        let at = commands.now();
        let removed_before = match basis {
            ErasureBasis::Retention { .. } => Some(at - RESTORABLE),
            _ => None,
        };
        let decision = EraseTask { removed_before, at };
        let receipt = commands.perform(id, &decision, cause).await;
        let Some(receipt) = unless_absent(receipt)? else { return Ok(false) };
        if let CandidateTask::Erased { owner } = receipt.state {
            self.clear(commands, id).await?;
            part(commands, owner, StreamId::of::<CandidateTask>(id)).await?;
        }
        Ok(!receipt.events.is_empty())
    }
}

#[async_trait]
impl PersonalRecords for CandidateCvs {
    fn aggregate(&self) -> &'static str {
        CandidateCv::TYPE
    }

    fn belongs(&self) -> bool {
        true
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let state = commands.state_of::<CandidateCv>(id).await.map_err(plain)?;
        let CandidateCv::Known(known) = state else { return Ok(None) };
        let Some(document) = known.document else { return Ok(None) };
        let title = document.name.reveal().to_string();
        let data = json!({
            "id": id,
            "name": title,
            "media_type": document.media_type,
            "size": document.size,
            "digest": document.digest,
            "uploaded_at": timestamp_text(known.changed_at),
        });
        let (list, at) = ("cvs", known.changed_at);
        let entry = Entry { list, title, at, data, files: vec![] };
        Ok(Some(Chapter::Cv { entry, account: known.owner, document }))
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        // It is kept as long as the account is.
        if matches!(basis, ErasureBasis::Retention { .. }) {
            return Ok(false);
        }
        let decision = EraseCv { at: commands.now() };
        let receipt = unless_absent(commands.perform(id, &decision, cause).await)?;
        // A document may lie there of one whose event was never written.
        self.clear(commands, id).await?;
        Ok(receipt.is_some_and(|receipt| !receipt.events.is_empty()))
    }

    async fn clear(&self, commands: &Commands, id: &str) -> Result<(), ForgetError> {
        if let Ok(owner) = id.parse::<Uuid>() {
            commands.cv_reader.forget(owner);
            commands.space().cvs().delete_all(owner).await?;
        }
        Ok(commands.people().clear_stream(StreamId::of::<CandidateCv>(id)).await?)
    }
}

#[async_trait]
impl PersonalRecords for JobAlerts {
    fn aggregate(&self) -> &'static str {
        JobAlert::TYPE
    }

    fn belongs(&self) -> bool {
        true
    }

    async fn chapter(
        &self,
        commands: &Commands,
        id: &str,
    ) -> Result<Option<Chapter>, SubjectExportError> {
        let history = commands.history_of::<JobAlert>(id).await.map_err(plain)?;
        let Ok(known) = history.state.known() else { return Ok(None) };
        let looked_at = match id.parse() {
            Ok(id) => commands.alerts().looked_at(id).await?,
            Err(_) => None,
        };
        let title = known.name.reveal().to_string();
        let data = json!({
            "id": id,
            "name": title,
            "criteria": known.criteria.reveal().fields(),
            "frequency": known.frequency,
            "time_zone": known.zone.reveal().as_str(),
            "active": known.active,
            "offers_told": known.told,
            "told_at": known.told_at.map(timestamp_text),
            "told": happened::told_by(&history),
            "looked_at": looked_at,
            "created_at": timestamp_text(known.created_at),
            "updated_at": timestamp_text(known.updated_at),
        });
        let (list, at) = ("job_alerts", known.created_at);
        Ok(Some(Chapter::Entry(Entry { list, title, at, data, files: vec![] })))
    }

    async fn erase(
        &self,
        commands: &Commands,
        id: &str,
        basis: &ErasureBasis,
        cause: &Cause,
    ) -> Result<bool, ForgetError> {
        // It is kept as long as the account is.
        if matches!(basis, ErasureBasis::Retention { .. }) {
            return Ok(false);
        }
        let decision = DeleteAlert { at: commands.now() };
        let receipt = commands.perform(id, &decision, cause).await;
        let Some(receipt) = unless_absent(receipt)? else { return Ok(false) };
        self.clear(commands, id).await?;
        Ok(!receipt.events.is_empty())
    }

    async fn clear(&self, commands: &Commands, id: &str) -> Result<(), ForgetError> {
        let state = commands.state_of::<JobAlert>(id).await.map_err(plain)?;
        match (state, id.parse()) {
            (JobAlert::Deleted { owner }, Ok(id)) => commands.alerts().clear(id, owner).await?,
            _ => commands.people().clear_stream(StreamId::of::<JobAlert>(id)).await?,
        }
        Ok(())
    }
}
