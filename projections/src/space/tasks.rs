//! `candidate_tasks`: what people who look for work have to do, a row each.

use std::fmt;
use std::str::FromStr;

use domain::Personal;
use domain::space::{CandidateTask, CandidateTaskEventKind, DayOrTime, KnownTask, TaskStatus};
use event_store::{Db, DbError, Log, Position, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use super::tracked::page;
use super::{InvalidCursor, MOST};
use crate::opened_row;
use crate::stored::{MaybeText, Text};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Removal, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "candidate_tasks",
    about: "Tasks of those who look for work: one row for each.",
    key: &["id"],
    of: Owner::stream::<CandidateTask>("id"),
    columns: &[
        Column::new("id", Kind::Uuid, "Which."),
        Column::new("owner", Kind::Uuid, "Whose it is: an account.").withheld(),
        Column::new("status", Kind::Text, "to_do, in_progress or done."),
        Column::new("due_on", Kind::Text, "By when: a day, or a time.").nullable(),
        Column::new("due_at", Kind::Time, "The same as a time; of a day its beginning in UTC.")
            .nullable(),
        Column::new("application_id", Kind::Uuid, "The application that it is about.").nullable(),
        Column::new("archived", Kind::Boolean, "Whether it is in the archive."),
        Column::new("done_at", Kind::Time, "When it was done.").nullable(),
        Column::new("removed_at", Kind::Time, "When its owner removed it.").nullable(),
        Column::new("created_at", Kind::Time, "When it was added."),
        Column::new("created_position", Kind::Integer, "Where that is in the log."),
        Column::new("updated_at", Kind::Time, "When it last changed."),
        Column::new(
            "last_position",
            Kind::Integer,
            "Where the latest event about it is in the log.",
        ),
        Column::new("title", Kind::Text, "What is to be done, in a line.").personal(),
        Column::new("description", Kind::Text, "The same in more words.").nullable().personal(),
    ],
    indexes: &[
        Index::on("in_order", &["owner", "created_position"]).only("removed_at IS NULL"),
        Index::on("due", &["owner", "due_at", "created_position"])
            .only("removed_at IS NULL AND done_at IS NULL"),
        Index::on("by_status", &["owner", "status", "created_position"]).only("removed_at IS NULL"),
        Index::on("application", &["owner", "application_id"]).only("application_id IS NOT NULL"),
        Index::on("latest", &["owner", "last_position"]),
        Index::on("removed", &["removed_at", "id"]).only("removed_at IS NOT NULL"),
        Index::on("removed_of", &["owner", "removed_at", "id"]).only("removed_at IS NOT NULL"),
    ],
    revision: 1,
};

/// The read model.
pub struct CandidateTasks;

impl ReadModel for CandidateTasks {
    type Of = CandidateTask;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [CandidateTaskEventKind] {
        CandidateTaskEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<CandidateTask>]) -> Vec<Rows> {
        vec![Rows::new(&TABLE, histories.iter().filter_map(row).collect())]
    }

    /// Of what was erased nothing is listed.
    fn removals(&self, histories: &[History<CandidateTask>]) -> Vec<Removal> {
        let erased =
            histories.iter().filter(|it| matches!(it.state(), CandidateTask::Erased { .. }));
        let removal = |history: &History<CandidateTask>| Removal {
            table: &TABLE,
            equal: vec![("id", history.id.as_str().into())],
        };
        erased.map(removal).collect()
    }
}

fn row(history: &History<CandidateTask>) -> Option<Vec<Value>> {
    let KnownTask { owner, details, status, archived, done_at, removed_at, created_at, updated_at } =
        history.state().known().ok()?;
    let first = history.events.first()?;
    Some(args![
        history.id.as_str(),
        *owner,
        status.as_str(),
        details.due_on.map(|due| due.to_string()),
        details.due_on.map(DayOrTime::instant),
        details.application,
        *archived,
        *done_at,
        *removed_at,
        *created_at,
        first.position,
        *updated_at,
        history.last().position,
        details.title.reveal().as_str(),
        details.description.as_ref().map(|it| it.reveal().as_str()),
    ])
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct TaskRow {
    #[sqlx(try_from = "Text")]
    pub(super) id: Uuid,
    #[sqlx(try_from = "Text")]
    owner: Uuid,
    status: String,
    due_on: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    application_id: Option<Uuid>,
    archived: bool,
    #[sqlx(try_from = "MaybeText")]
    done_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub(super) removed_at: Option<Timestamp>,
    #[sqlx(try_from = "Text")]
    created_at: Timestamp,
    created_position: i64,
    #[sqlx(try_from = "Text")]
    updated_at: Timestamp,
    #[sqlx(skip)]
    title: Personal<String>,
    #[sqlx(skip)]
    description: Option<Personal<String>>,
}

opened_row!(TaskRow: title, description);

/// A task as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskItem {
    /// Names it.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Uuid,
    /// In a line.
    pub title: Personal<String>,
    /// In more words.
    pub description: Option<Personal<String>>,
    /// Where it stands.
    pub status: TaskStatus,
    /// By when.
    pub due_on: Option<DayOrTime>,
    /// The application that it is about.
    pub application: Option<Uuid>,
    /// Whether it is in the archive.
    pub archived: bool,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl TaskItem {
    /// A task as its own rules have it.
    pub fn of_state(id: Uuid, known: &KnownTask) -> Self {
        let details = &known.details;
        let text = |text: &str| Personal::new(text.to_owned());
        Self {
            id,
            owner: known.owner,
            title: text(details.title.reveal().as_str()),
            description: details.description.as_ref().map(|it| text(it.reveal().as_str())),
            status: known.status,
            due_on: details.due_on,
            application: details.application,
            archived: known.archived,
            done_at: known.done_at,
            created_at: known.created_at,
            updated_at: known.updated_at,
        }
    }

    pub(super) fn of_row(row: TaskRow) -> Option<Self> {
        Some(Self {
            id: row.id,
            owner: row.owner,
            title: row.title,
            description: row.description,
            status: row.status.parse().ok()?,
            due_on: row.due_on.and_then(|due| due.parse().ok()),
            application: row.application_id,
            archived: row.archived,
            done_at: row.done_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Where a page of tasks ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCursor(i64);

impl fmt::Display for TaskCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{:x}", self.0)
    }
}

impl FromStr for TaskCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let digits = text.strip_prefix('t').filter(|digits| !digits.starts_with('+'));
        match digits.map(|digits| i64::from_str_radix(digits, 16)) {
            Some(Ok(position)) if position > 0 => Ok(Self(position)),
            _ => Err(InvalidCursor),
        }
    }
}

/// Which tasks a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct TaskFilter {
    /// Only those that stand there.
    pub status: Option<TaskStatus>,
    /// Only those after the end of an earlier page.
    pub cursor: TaskCursor,
}

/// A page of tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskList {
    /// What is on it.
    pub items: Vec<TaskItem>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<TaskCursor>,
}

const IN_ORDER: &str = "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND created_position > $2
    ORDER BY created_position
    LIMIT $3";

const IN_ORDER_OF_STATUS: &str = "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND status = $4 AND created_position > $2
    ORDER BY created_position
    LIMIT $3";

/// A page of somebody's tasks in the order in which they were added, `limit` at most.
pub async fn tasks(
    log: &Log,
    owner: Uuid,
    filter: TaskFilter,
    limit: u32,
) -> Result<TaskList, DbError> {
    let mut args = args![owner, filter.cursor.0, limit.saturating_add(1)];
    let sql = match filter.status {
        None => IN_ORDER,
        Some(status) => {
            args.push(status.as_str().into());
            IN_ORDER_OF_STATUS
        }
    };
    let mut rows: Vec<TaskRow> = TABLE.fetch_all(log, &TABLE.by_name(sql), args).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| more).map(|last| TaskCursor(last.created_position));
    Ok(TaskList { items: rows.into_iter().filter_map(TaskItem::of_row).collect(), next })
}

const ON: &str = "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND application_id = $2 AND removed_at IS NULL
    ORDER BY created_position
    LIMIT $3";

/// The tasks about an application, in the order in which they were added.
pub async fn tasks_on(log: &Log, owner: Uuid, application: Uuid) -> Result<Vec<TaskItem>, DbError> {
    let args = args![owner, application, MOST];
    let rows: Vec<TaskRow> = TABLE.fetch_all(log, &TABLE.by_name(ON), args).await?;
    Ok(rows.into_iter().filter_map(TaskItem::of_row).collect())
}

/// The applications of $1 that are put away: archived, hidden, or removed.
macro_rules! put_away {
    () => {
        "(SELECT coalesce(application_id, id)
          FROM tracked_applications
          WHERE owner = $1 AND (archived_by IS NOT NULL OR hidden = TRUE OR removed_at IS NOT NULL))"
    };
}

/// Whether a task of $1 waits for nobody: it is archived, or about an application that is put away.
pub(super) const AWAY: &str = concat!("(archived = TRUE OR application_id IN ", put_away!(), ")");

/// Whether it waits for somebody.
pub(super) const KEPT: &str = concat!(
    "archived = FALSE AND (application_id IS NULL OR application_id NOT IN ",
    put_away!(),
    ")"
);

const REMOVED_BEFORE: &str = "
    SELECT removed_at, id
    FROM candidate_tasks
    WHERE removed_at < $1 AND (removed_at, id) > ($2, $3)
    ORDER BY removed_at, id
    LIMIT $4";

/// Those that their owners removed before this, with when: a page after another one, the oldest first.
pub async fn tasks_removed_before(
    db: &Db,
    then: Timestamp,
    after: Option<(Timestamp, Uuid)>,
    limit: u32,
) -> Result<Vec<(Timestamp, Uuid)>, DbError> {
    page(db, REMOVED_BEFORE, then, after, limit).await
}

const STAMP: &str = "
    SELECT count(*), coalesce(max(last_position), 0)
    FROM candidate_tasks
    WHERE owner = $1";

/// A text that is another one as soon as somebody's tasks are. An index alone is read.
pub async fn task_stamp(db: &Db, owner: Uuid) -> Result<String, DbError> {
    let (count, last): (i64, i64) = db.fetch_one(STAMP, args![owner]).await?;
    Ok(format!("{count}.{}", Position::new(last).get()))
}
