//! The candidate's space: what somebody applied for, their tasks and their CV, each theirs alone.
//!
//! Whose something is stands in its first event as the id of an account; it never changes.
//! [`ByOwner`] lets the owner alone decide about it.

mod cv;
mod day_or_time;
mod owned;
mod status;
mod task;
mod tracked;

pub use cv::{
    CandidateCv, CandidateCvEvent, CandidateCvEventKind, EraseCv, KnownCv, RemoveCv, UploadCv,
};
pub use day_or_time::DayOrTime;
pub use owned::{ByOwner, Owned, RESTORABLE, SpaceRefusal};
pub use status::{TaskStatus, TrackedStatus};
pub use task::{
    AddTask, CandidateTask, CandidateTaskEvent, CandidateTaskEventKind, ChangeTask, EraseTask,
    KnownTask, RemoveTask, RestoreTask, TaskDetails,
};
pub use tracked::{
    AddNote, ArchiveStale, ArchivedBy, ChangeTracked, DescribeTracked, DescribedBy, Description,
    EditNote, EraseTracked, HideTracked, KnownTracked, LinkTracked, MAX_NOTES, MAX_TAGS, Note,
    OwnApplication, RemoveNote, RemoveTracked, RestoreTracked, TrackApplication,
    TrackedApplication, TrackedApplicationEvent, TrackedApplicationEventKind, TrackedDetails,
    TrackedOrigin,
};
