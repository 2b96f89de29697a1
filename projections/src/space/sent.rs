//! The applications of the log that came from an account's confirmed address. Nothing of them is copied.

use std::collections::HashMap;

use domain::application::{AnswerKind, ApplicationStatus};
use domain::space::TrackedStatus;
use event_store::{DbError, Log, Value, args, parse_timestamp};
use jiff::Timestamp;
use uuid::Uuid;

use super::{TrackedItem, Whose};
use crate::applications::{ApplicationRow, TABLE, find};

/// What stands for an address in `applications`.
pub(super) fn pseudonym(log: &Log, email: &str) -> Value {
    TABLE.blinded(log, "candidate_pseudonym", &email.to_lowercase())
}

const PAGE: &str = "
    SELECT *
    FROM applications
    WHERE candidate_pseudonym = $1 AND erased_at IS NULL AND (submitted_at, id) < ($2, $3)
    ORDER BY submitted_at DESC, id DESC
    LIMIT $4";

/// A page of them, newest first, after this place.
pub(super) async fn page(
    log: &Log,
    email: &str,
    after: (&str, &str),
    limit: u32,
) -> Result<Vec<ApplicationRow>, DbError> {
    let args = args![pseudonym(log, email), after.0, after.1, limit];
    TABLE.fetch_all(log, &TABLE.by_name(PAGE), args).await
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

const IS_FROM: &str = "
    SELECT id
    FROM applications
    WHERE id = $1 AND candidate_pseudonym = $2 AND erased_at IS NULL";

/// What the application of this id is to an account.
pub async fn of_account(log: &Log, whose: Whose<'_>, id: Uuid) -> Result<Sent, DbError> {
    let Some(row) = find(log, id).await? else { return Ok(Sent::None) };
    let Some(email) = whose.email else { return Ok(Sent::Others) };
    let args = args![id, pseudonym(log, email)];
    let found: Option<(String,)> = log.db().fetch_optional(IS_FROM, args).await?;
    if found.is_none() {
        return Ok(Sent::Others);
    }
    let untold = untold(log, email, whose.now).await?;
    Ok(Sent::Theirs(Box::new(TrackedItem::of_sent(row, untold.get(&id).copied()))))
}

const SENT: &str = "
    SELECT *
    FROM applications
    WHERE candidate_pseudonym = $1 AND erased_at IS NULL AND submitted_at >= $2 AND submitted_at < $3
    ORDER BY submitted_at, id";

/// All that came from this address in a time, oldest first.
pub async fn sent_to_account(
    log: &Log,
    email: &str,
    from: Timestamp,
    before: Timestamp,
) -> Result<Vec<ApplicationRow>, DbError> {
    let args = args![pseudonym(log, email), from, before];
    TABLE.fetch_all(log, &TABLE.by_name(SENT), args).await
}
