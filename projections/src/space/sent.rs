//! The applications of the log that came from an account's confirmed address. Nothing of them is copied.

use std::collections::HashMap;

use domain::application::{AnswerKind, ApplicationStatus};
use domain::space::TrackedStatus;
use event_store::{DbError, Log, Value, args, parse_timestamp};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Filter, Shelf, TrackedItem, Whose};
use crate::applications::TABLE;
use crate::stored::{MaybeText, Text};

/// What stands for an address in `applications`.
pub(super) fn pseudonym(log: &Log, email: &str) -> Value {
    TABLE.blinded(log, "candidate_pseudonym", &email.to_lowercase())
}

/// What the space shows of an application of the log. None of it is sealed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct SentRow {
    #[sqlx(try_from = "Text")]
    pub(super) id: Uuid,
    #[sqlx(try_from = "Text")]
    pub(super) status: ApplicationStatus,
    pub(super) job: String,
    pub(super) employer_description: String,
    pub(super) documents: i64,
    #[sqlx(try_from = "Text")]
    pub(super) submitted_at: Timestamp,
    #[sqlx(try_from = "MaybeText")]
    pub(super) last_answered_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub(super) withdrawn_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, status, job, employer_description, documents, submitted_at, last_answered_at, withdrawn_at";

/// Whether what its owner added to it puts it on a shelf.
fn on_shelf(shelf: Shelf) -> String {
    let (is, put) = match shelf {
        Shelf::NotHidden => ("NOT EXISTS", "t.hidden = TRUE"),
        Shelf::Current => ("NOT EXISTS", "(t.hidden = TRUE OR t.archived_by IS NOT NULL)"),
        Shelf::Archived => ("EXISTS", "t.hidden = FALSE AND t.archived_by IS NOT NULL"),
        Shelf::Hidden => ("EXISTS", "t.hidden = TRUE"),
    };
    format!(
        "{is} (
        SELECT 1
        FROM tracked_applications AS t
        WHERE t.owner = $5 AND t.application_id = applications.id AND {put})"
    )
}

/// Whether its candidate knows it to stand there. Where that is not what the log says, it is looked at again.
fn stands(status: TrackedStatus, untold: usize) -> String {
    let known = ApplicationStatus::ALL.into_iter();
    let known = known.filter(|known| TrackedStatus::of_application(*known) == status);
    let known: Vec<_> = known.map(|known| format!("'{}'", known.as_str())).collect();
    let looked_at: Vec<_> = (6..untold + 6).map(|nth| format!("${nth}")).collect();
    let mut ways = vec![];
    for (column, values) in [("status", known), ("id", looked_at)] {
        if !values.is_empty() {
            ways.push(format!("{column} IN ({})", values.join(", ")));
        }
    }
    if ways.is_empty() { "1 = 0".to_owned() } else { format!("({})", ways.join(" OR ")) }
}

/// A page of them that a filter may show, newest first, after this place.
pub(super) async fn page(
    log: &Log,
    (owner, email): (Uuid, &str),
    filter: &Filter,
    untold: &HashMap<Uuid, Untold>,
    after: (&str, &str),
    limit: u32,
) -> Result<Vec<SentRow>, DbError> {
    let mut args = args![pseudonym(log, email), after.0, after.1, limit, owner];
    let mut stands_there = String::new();
    if let Some(status) = filter.status {
        args.extend(untold.keys().map(|id| Value::from(*id)));
        stands_there = format!("AND {}", stands(status, untold.len()));
    }
    let sql = format!(
        "
    SELECT {COLUMNS}
    FROM applications
    WHERE candidate_pseudonym = $1 AND erased_at IS NULL AND (submitted_at, id) < ($2, $3)
      AND {} {stands_there}
    ORDER BY submitted_at DESC, id DESC
    LIMIT $4",
        on_shelf(filter.shelf)
    );
    log.db().fetch_all(&sql, args).await
}

const UNTOLD: &str = "
    SELECT a.id, a.status, k.kind, k.answered_at, k.undo_until
    FROM applications AS a
    JOIN answers AS k ON k.application_id = a.id AND k.undone = FALSE
    WHERE a.candidate_pseudonym = $1 AND a.erased_at IS NULL
      AND EXISTS (
        SELECT 1
        FROM answers AS u
        WHERE u.application_id = a.id AND u.undone = FALSE AND u.undo_until > $2)
    ORDER BY a.id, k.answered_at";

/// An application with an answer that its recruiter may still take back, as its candidate knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Untold {
    /// Where it stands for everybody else.
    pub(super) known_as: ApplicationStatus,
    /// The latest answer that the candidate knows.
    last: Option<(AnswerKind, Timestamp)>,
}

impl Untold {
    /// Where it stands for its candidate.
    pub(super) fn status(self) -> TrackedStatus {
        TrackedStatus::of_application(self.told_as())
    }

    /// The same in the words of the log.
    pub(super) fn told_as(self) -> ApplicationStatus {
        match self.last {
            _ if self.known_as == ApplicationStatus::Withdrawn => self.known_as,
            None => ApplicationStatus::Sent,
            Some((AnswerKind::Info, _)) => ApplicationStatus::InfoRequested,
            Some((AnswerKind::Interview, _)) => ApplicationStatus::InterviewProposed,
            Some((AnswerKind::Rejection, _)) => ApplicationStatus::Rejected,
            Some((AnswerKind::Hire, _)) => ApplicationStatus::Hired,
        }
    }

    /// When the candidate was last told of an answer.
    pub(super) fn told_at(self) -> Option<Timestamp> {
        self.last.map(|(_, at)| at)
    }
}

/// The applications that came from this address and have an answer that is not told yet.
pub(super) async fn untold(
    log: &Log,
    email: &str,
    now: Timestamp,
) -> Result<HashMap<Uuid, Untold>, DbError> {
    let args = args![pseudonym(log, email), now];
    let rows: Vec<(String, String, String, String, String)> =
        log.db().fetch_all(UNTOLD, args).await?;
    let mut found = HashMap::new();
    for (id, status, kind, answered_at, undo_until) in rows {
        let (Ok(id), Ok(known_as), Ok(kind)) = (id.parse(), status.parse(), kind.parse()) else {
            continue;
        };
        let untold = found.entry(id).or_insert(Untold { known_as, last: None });
        if let (Ok(at), Ok(until)) = (parse_timestamp(&answered_at), parse_timestamp(&undo_until))
            && until <= now
        {
            untold.last = Some((kind, at));
        }
    }
    Ok(found)
}

/// What an application of the log is to an account.
#[derive(Clone, Debug)]
pub enum Sent {
    /// It came from the account's address.
    Theirs(Box<TrackedItem>),
    /// It came from somebody else.
    Others,
    /// There is none.
    None,
}

const EXISTS: &str = "
    SELECT id
    FROM applications
    WHERE id = $1";

/// What the application of this id is to an account.
pub async fn of_account(log: &Log, whose: Whose<'_>, id: Uuid) -> Result<Sent, DbError> {
    if let Some(email) = whose.email {
        let theirs = format!(
            "
    SELECT {COLUMNS}
    FROM applications
    WHERE id = $1 AND candidate_pseudonym = $2 AND erased_at IS NULL"
        );
        let args = args![id, pseudonym(log, email)];
        let row: Option<SentRow> = log.db().fetch_optional(&theirs, args).await?;
        if let Some(row) = row {
            let untold = untold(log, email, whose.now).await?;
            let item = TrackedItem::of_sent(&row, untold.get(&id).copied());
            return Ok(Sent::Theirs(Box::new(item)));
        }
    }
    let others: Option<(String,)> = log.db().fetch_optional(EXISTS, args![id]).await?;
    Ok(if others.is_some() { Sent::Others } else { Sent::None })
}
