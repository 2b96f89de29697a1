//! The candidate's space: `tracked_applications`, `candidate_tasks` and `job_alerts` with `alert_matches`, each found by
//! their owner, and the applications of the log that came from the owner's confirmed address, which are read where they are.

mod agenda;
mod alert_matches;
mod alerts;
mod archived;
mod counts;
mod due;
mod interviews;
mod item;
mod left_over;
mod list;
mod notifications;
mod recommended;
mod removed_tasks;
mod sent;
mod tasks;
mod tracked;
mod walk;

pub use agenda::{Agenda, Horizon, TaskLot, agenda};
pub use alert_matches::{AlertMatches, TABLE as ALERT_MATCHES};
pub use alerts::{
    AlertItem, Backlog, DueAlert, JobAlerts, TABLE as ALERTS, alerts, backlog, due_alerts, matches,
    matches_total,
};
pub use archived::{Month, archived_in, owners_to_tell};
pub use counts::{Answered, Figures, StatusCounts, counts, figures};
pub use due::{DueTasks, dated_tasks, due_tasks};
pub use interviews::{ProposedInterview, interviews};
pub use item::{NoteText, Origin, TrackedItem};
pub use left_over::{LeftOver, left_over_notes, left_over_tasks, tasks_about};
pub use list::{Cursor, Filter, InvalidCursor, List, MOST, Shelf, list, lists, removed, stamp};
pub use notifications::{
    Notification, Notifications, Notified, notification, notifications, unread_ids,
    unread_notifications,
};
pub use recommended::{Ranked, fits, ranked};
pub use removed_tasks::{RemovedTasks, removed_tasks};
pub use sent::{Sent, of_account};
pub use tasks::{
    CandidateTasks, TABLE as TASKS, TaskCursor, TaskFilter, TaskItem, TaskList, task_stamp, tasks,
    tasks_on, tasks_removed_before,
};
pub use tracked::{TABLE as TRACKED, TrackedApplications, TrackedRow, removed_before, stale};
pub use walk::Walk;

/// Whose space it is.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// The account.
    pub owner: uuid::Uuid,
    /// Its address, once that is confirmed: applications that came from it are in the space by
    /// themselves.
    pub email: Option<&'a str>,
    /// When it is looked at: an answer that may still be taken back is not told yet.
    pub now: jiff::Timestamp,
}
