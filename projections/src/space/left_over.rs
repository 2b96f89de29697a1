//! What people keep about applications that are not there any more: tasks, and the notes and tags
//! of one that Postulo sent.

use domain::cqrs_es::Aggregate as _;
use domain::space::{CandidateTask, TrackedApplication};
use event_store::{Db, DbError, args};
use uuid::Uuid;

/// A record about an application that no read model shows. It may be there all the same, where a
/// read model is behind: the log knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOver {
    /// What kind of record it is.
    pub kind: &'static str,
    /// Which.
    pub id: Uuid,
    /// What it is about.
    pub application: Uuid,
}

const TASKS: &str = "
    SELECT t.id, t.application_id
    FROM candidate_tasks AS t
    WHERE t.id > $1 AND t.application_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM tracked_applications AS o WHERE o.id = t.application_id)
      AND NOT EXISTS (
        SELECT 1 FROM applications AS a WHERE a.id = t.application_id AND a.erased_at IS NULL)
    ORDER BY t.id
    LIMIT $2";

const NOTED: &str = "
    SELECT t.id, t.application_id
    FROM tracked_applications AS t
    WHERE t.id > $1 AND t.application_id IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM applications AS a WHERE a.id = t.application_id AND a.erased_at IS NULL)
    ORDER BY t.id
    LIMIT $2";

const TASKS_ABOUT: &str = "
    SELECT t.id, t.application_id
    FROM tracked_applications AS o
    JOIN candidate_tasks AS t ON t.owner = o.owner AND t.application_id = o.id
    WHERE o.id = $1
    ORDER BY t.id";

fn record(kind: &'static str, (id, application): (String, String)) -> Option<LeftOver> {
    Some(LeftOver { kind, id: id.parse().ok()?, application: application.parse().ok()? })
}

/// Tasks about applications that are not there: a page after this id, by their ids.
pub async fn left_over_tasks(db: &Db, after: &str, limit: u32) -> Result<Vec<LeftOver>, DbError> {
    let rows = db.fetch_all(TASKS, args![after, limit]).await?;
    Ok(rows.into_iter().filter_map(|row| record(CandidateTask::TYPE, row)).collect())
}

/// What was noted about applications of Postulo that are not there: a page after this id, by their
/// ids.
pub async fn left_over_notes(db: &Db, after: &str, limit: u32) -> Result<Vec<LeftOver>, DbError> {
    let rows = db.fetch_all(NOTED, args![after, limit]).await?;
    Ok(rows.into_iter().filter_map(|row| record(TrackedApplication::TYPE, row)).collect())
}

/// The tasks about an application that somebody typed in.
pub async fn tasks_about(db: &Db, application: Uuid) -> Result<Vec<LeftOver>, DbError> {
    let rows = db.fetch_all(TASKS_ABOUT, args![application]).await?;
    Ok(rows.into_iter().filter_map(|row| record(CandidateTask::TYPE, row)).collect())
}
