//! The candidate's space: what somebody applied for, their tasks, their CV, their profile and their alerts, each
//! theirs alone; and which offers fit them.
//!
//! Whose something is stands in its first event as the id of an account; it never changes.
//! [`ByOwner`] lets the owner alone decide about it.

mod alert;
mod cv;
mod day_or_time;
mod owned;
mod profile;
mod recommend;
mod status;
mod task;
mod tracked;

pub use alert::{
    AlertCriteria, AlertFrequency, AlertZone, ChangeAlert, CreateAlert, CriteriaFields,
    DeleteAlert, JobAlert, JobAlertEvent, JobAlertEventKind, JobType, KnownAlert, LocationType,
    MAX_ALERTS, MAX_KEYWORDS, MAX_TOLD, MatchAlert, OfferIndex, Pay, SalaryFit, SwitchAlert,
    ToldOffers, Wanted,
};
pub use cv::{
    CandidateCv, CandidateCvEvent, CandidateCvEventKind, EraseCv, KnownCv, RemoveCv, UploadCv,
};
pub use day_or_time::DayOrTime;
pub use owned::{ByOwner, NOTIFIED, Owned, RESTORABLE, SpaceRefusal};
pub use profile::{
    CandidateProfile, CandidateProfileEvent, CandidateProfileEventKind, ChangeProfile, Education,
    EraseProfile, Experience, KnownProfile, MAX_EDUCATIONS, MAX_EXPERIENCES, MAX_SKILLS, MAX_YEARS,
    Month, Profile, ProfileAbout, ProfileEdit, ProfileFields, ProfileSkill,
};
pub use recommend::{CvWords, Fit, Match, OfferFacts, PlaceFit, Seeker, WEIGHTS, Weights};
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
