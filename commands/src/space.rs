//! The candidate's space: what somebody applied for, their tasks, their CV, their profile. Whoever asks is the
//! owner, or is told no.

mod alerts;
mod beside;
mod calendar;
mod cv;
mod notifications;
mod profile;
mod signed_lists;

use cqrs_es::Aggregate;
use domain::account::Account;
use domain::space::{
    AddTask, ByOwner, CandidateTask, KnownTask, KnownTracked, LinkTracked, Note, Owned as _,
    SpaceRefusal, TaskDetails, TaskStatus, TrackApplication, TrackedApplication, TrackedDetails,
    TrackedStatus,
};
use domain::space::{DescribedBy, Description};
use domain::{Decision, Personal, Prose};
use event_store::{DbError, StreamId};
use uuid::Uuid;

pub use alerts::{AlertLook, NewAlert};
pub use cv::{CV_KINDS, CvError};
pub use notifications::NotificationMark;
pub use profile::{CvUse, Seeking};
pub use signed_lists::SignedListRow;

use crate::facades::Space;
use crate::{Cause, CommandError, History, Receipt};

/// The outcome of a use case of the space.
pub type SpaceResult<T> = Result<T, CommandError<SpaceRefusal>>;

/// An application as somebody types it in.
#[derive(Clone, Debug)]
pub struct NewTracked {
    /// What it is about.
    pub details: TrackedDetails,
    /// Where it stands.
    pub status: TrackedStatus,
    /// What the job is, in the owner's words.
    pub description: Option<Prose<20_000>>,
    /// The first notes.
    pub notes: Vec<Prose<5000>>,
}

impl Space<'_> {
    /// Notes whose a stream is, before it begins: it is handed out and erased with the account.
    async fn belongs_to<A: Aggregate>(self, owner: Uuid, id: Uuid) -> Result<(), DbError> {
        let (owner, id) = (owner.to_string(), id.to_string());
        let owner = StreamId::of::<Account>(&owner);
        self.people().belongs(owner, StreamId::of::<A>(&id)).await
    }

    /// Refuses what was begun while its account closed, and is erased: asked after its first event.
    pub(crate) async fn unless_closed<A: Aggregate>(
        self,
        owner: Uuid,
        id: Uuid,
    ) -> SpaceResult<()> {
        let (owner, id) = (owner.to_string(), id.to_string());
        let owner = StreamId::of::<Account>(&owner);
        let kept = self.people().is_kept(owner, StreamId::of::<A>(&id)).await;
        if kept.map_err(CommandError::without_refusal::<SpaceRefusal>)? {
            return Ok(());
        }
        Err(CommandError::Refused(SpaceRefusal::Erased))
    }

    /// Begins to track an application under this id; the same id again changes nothing.
    pub async fn track(
        self,
        id: Uuid,
        owner: Uuid,
        new: NewTracked,
        cause: &Cause,
    ) -> SpaceResult<Receipt<TrackedApplication>> {
        let at = self.now();
        let NewTracked { details, status, description, notes } = new;
        let typed = |text| Description { text: Personal::new(text), by: DescribedBy::Owner };
        let description = description.map(typed);
        let note =
            |text| Note { id: self.fresh_id(), text: Personal::new(text), at, edited_at: None };
        let notes = notes.into_iter().map(note).collect();
        self.belongs_to::<TrackedApplication>(owner, id).await?;
        let decision = TrackApplication { owner, details, status, description, notes, at };
        let receipt = self.perform_first(&id.to_string(), &decision, cause).await?;
        self.unless_closed::<TrackedApplication>(owner, id).await?;
        Ok(receipt)
    }

    /// Takes a decision about what somebody tracks, on behalf of its owner.
    pub async fn decide<D>(
        self,
        id: Uuid,
        owner: Uuid,
        decision: D,
        cause: &Cause,
    ) -> SpaceResult<Receipt<TrackedApplication>>
    where
        D: Decision<Aggregate = TrackedApplication>,
    {
        self.perform(&id.to_string(), &ByOwner { owner, decision }, cause).await
    }

    /// The same about an application of the log, which must have come from the owner's confirmed
    /// address: whoever calls looks. What the owner adds to it begins with the first decision.
    pub async fn decide_on_sent<D>(
        self,
        application: Uuid,
        owner: Uuid,
        decision: D,
        cause: &Cause,
    ) -> SpaceResult<Receipt<TrackedApplication>>
    where
        D: Decision<Aggregate = TrackedApplication>,
    {
        let id = TrackedApplication::overlay_id(owner, application);
        let link = LinkTracked { owner, application, at: self.now() };
        self.belongs_to::<TrackedApplication>(owner, id).await?;
        self.perform(&id.to_string(), &link, cause).await?;
        let decided = self.decide(id, owner, decision, cause).await;
        self.unless_closed::<TrackedApplication>(owner, id).await?;
        decided
    }

    /// What somebody tracks under this id.
    pub async fn tracked(self, id: Uuid, owner: Uuid) -> SpaceResult<KnownTracked> {
        let state: TrackedApplication = self.state_of(&id.to_string()).await?;
        state.of(owner).map_err(CommandError::Refused)?;
        state.there().cloned().map_err(CommandError::Refused)
    }

    /// What happened to what somebody tracks.
    pub async fn history(self, id: Uuid, owner: Uuid) -> SpaceResult<History<TrackedApplication>> {
        let history = self.history_of::<TrackedApplication>(&id.to_string()).await?;
        history.state.of(owner).map_err(CommandError::Refused)?;
        Ok(history)
    }

    /// Adds a task under this id; the same id again changes nothing.
    pub async fn add_task(
        self,
        id: Uuid,
        owner: Uuid,
        details: TaskDetails,
        status: TaskStatus,
        cause: &Cause,
    ) -> SpaceResult<Receipt<CandidateTask>> {
        self.belongs_to::<CandidateTask>(owner, id).await?;
        let decision = AddTask { owner, details, status, at: self.now() };
        let receipt = self.perform_first(&id.to_string(), &decision, cause).await?;
        self.unless_closed::<CandidateTask>(owner, id).await?;
        Ok(receipt)
    }

    /// Takes a decision about a task, on behalf of its owner.
    pub async fn decide_task<D>(
        self,
        id: Uuid,
        owner: Uuid,
        decision: D,
        cause: &Cause,
    ) -> SpaceResult<Receipt<CandidateTask>>
    where
        D: Decision<Aggregate = CandidateTask>,
    {
        self.perform(&id.to_string(), &ByOwner { owner, decision }, cause).await
    }

    /// The task of this id.
    pub async fn task(self, id: Uuid, owner: Uuid) -> SpaceResult<KnownTask> {
        let state: CandidateTask = self.state_of(&id.to_string()).await?;
        state.of(owner).map_err(CommandError::Refused)?;
        state.there().cloned().map_err(CommandError::Refused)
    }
}

#[cfg(test)]
mod tests;
