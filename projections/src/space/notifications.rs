//! Notifications: what happened of late that somebody did not do themselves. They are read where they are, as
//! `sent.rs` does: new offers in `alert_matches`, answers of employers in `answers`. Each is named by the position of
//! its event in the log, which no rebuild changes, and by which its reader's mark is kept beside.

use std::collections::HashMap;

use domain::Personal;
use domain::application::AnswerKind;
use domain::space::NOTIFIED;
use event_store::{DbError, Log, args, parse_timestamp};
use jiff::Timestamp;
use uuid::Uuid;

use super::sent::pseudonym;
use super::{Whose, alert_matches, alerts};
use crate::applications::find;

/// What a notification is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notified {
    /// New offers match an alert.
    Matched {
        /// The alert.
        alert: Uuid,
        /// What its owner calls it.
        name: Personal<String>,
        /// How many offers.
        offers: u64,
        /// The newest of them.
        newest: Option<Uuid>,
    },
    /// An employer answered an application.
    Answered {
        /// The application.
        application: Uuid,
        /// What the answer is.
        kind: AnswerKind,
        /// The job.
        job: String,
        /// The employer.
        employer: String,
    },
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Names it: where its event is in the log.
    pub id: i64,
    /// What it is about.
    pub about: Notified,
    /// When it happened.
    pub at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// A notification, by what is known of it without opening anything.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    at: Timestamp,
    id: i64,
    read_at: Option<Timestamp>,
    subject: Uuid,
    /// The kind of an answer; none of a match.
    answer: Option<AnswerKind>,
}

/// The notifications of somebody, as far as they are looked at.
#[derive(Clone, Debug)]
pub struct Notifications {
    /// A page of them, the latest first.
    pub items: Vec<Notification>,
    /// How many there are.
    pub total: usize,
    /// How many of these were not read.
    pub unread: usize,
}

const MATCHED: &str = "
    FROM job_alerts AS j
    JOIN alert_matches AS m ON m.alert_id = j.id AND m.matched_at >= $2
    LEFT JOIN notification_marks AS n ON n.owner = j.owner AND n.notification = m.position
    WHERE j.owner = $1 AND n.removed_at IS NULL";

/// An answer that may still be taken back is not told.
const ANSWERED: &str = "
    FROM applications AS a
    JOIN answers AS k ON k.application_id = a.id AND k.undone = FALSE
      AND k.undo_until <= $4 AND k.answered_at >= $2
    LEFT JOIN notification_marks AS n ON n.owner = $1 AND n.notification = k.position
    WHERE a.candidate_pseudonym = $3 AND a.erased_at IS NULL AND a.last_answered_at >= $2
      AND n.removed_at IS NULL";

/// Time, position, when it was read, alert.
type MatchedRow = (String, i64, Option<String>, String);
/// Time, position, when it was read, application, kind.
type AnsweredRow = (String, i64, Option<String>, String, String);

async fn known(log: &Log, whose: Whose<'_>) -> Result<Vec<Known>, DbError> {
    let since = whose.now - NOTIFIED;
    let read = |text: Option<String>| parse_timestamp(&text?).ok();
    let sql = format!("SELECT m.matched_at, m.position, n.read_at, j.id {MATCHED}");
    let rows: Vec<MatchedRow> = log.db().fetch_all(&sql, args![whose.owner, since]).await?;
    let matched = |(at, id, read_at, alert): MatchedRow| {
        let (at, subject) = (parse_timestamp(&at).ok()?, alert.parse().ok()?);
        Some(Known { at, id, read_at: read(read_at), subject, answer: None })
    };
    let mut all: Vec<_> = rows.into_iter().filter_map(matched).collect();
    if let Some(email) = whose.email {
        let sql = format!("SELECT k.answered_at, k.position, n.read_at, a.id, k.kind {ANSWERED}");
        let args = args![whose.owner, since, pseudonym(log, email), whose.now];
        let rows: Vec<AnsweredRow> = log.db().fetch_all(&sql, args).await?;
        let answered = |(at, id, read_at, application, kind): AnsweredRow| {
            let (at, subject) = (parse_timestamp(&at).ok()?, application.parse().ok()?);
            let answer = Some(kind.parse().ok()?);
            Some(Known { at, id, read_at: read(read_at), subject, answer })
        };
        all.extend(rows.into_iter().filter_map(answered));
    }
    all.sort_unstable_by_key(|it| std::cmp::Reverse((it.at, it.id)));
    Ok(all)
}

/// How many notifications of somebody were not read.
pub async fn unread_notifications(log: &Log, whose: Whose<'_>) -> Result<u64, DbError> {
    let since = whose.now - NOTIFIED;
    let sql = format!("SELECT count(*) {MATCHED} AND n.read_at IS NULL");
    let (matched,): (i64,) = log.db().fetch_one(&sql, args![whose.owner, since]).await?;
    let answered = match whose.email {
        Some(email) => {
            let sql = format!("SELECT count(*) {ANSWERED} AND n.read_at IS NULL");
            let args = args![whose.owner, since, pseudonym(log, email), whose.now];
            log.db().fetch_one::<(i64,)>(&sql, args).await?.0
        }
        None => 0,
    };
    Ok((matched + answered).max(0).unsigned_abs())
}

/// The names of the notifications of somebody that were not read.
pub async fn unread_ids(log: &Log, whose: Whose<'_>) -> Result<Vec<i64>, DbError> {
    let all = known(log, whose).await?;
    Ok(all.into_iter().filter(|it| it.read_at.is_none()).map(|it| it.id).collect())
}

/// Where a notification of somebody leads to, where it is one of theirs.
pub async fn notification(
    log: &Log,
    whose: Whose<'_>,
    id: i64,
) -> Result<Option<Notification>, DbError> {
    let all = known(log, whose).await?;
    let found: Vec<_> = all.into_iter().filter(|it| it.id == id).collect();
    Ok(opened(log, whose, &found).await?.pop())
}

/// The notifications of somebody, the latest first: `limit` at most, after `offset` of them.
pub async fn notifications(
    log: &Log,
    whose: Whose<'_>,
    offset: usize,
    limit: usize,
) -> Result<Notifications, DbError> {
    let all = known(log, whose).await?;
    let unread = all.iter().filter(|it| it.read_at.is_none()).count();
    let page = all.get(offset.min(all.len())..).unwrap_or_default();
    let items = opened(log, whose, &page[..limit.min(page.len())]).await?;
    Ok(Notifications { items, total: all.len(), unread })
}

/// What these are about; what was erased meanwhile is left out.
async fn opened(log: &Log, whose: Whose<'_>, some: &[Known]) -> Result<Vec<Notification>, DbError> {
    let names: HashMap<Uuid, Personal<String>> = if some.iter().any(|it| it.answer.is_none()) {
        let alerts = alerts::alerts(log, whose.owner).await?;
        alerts.into_iter().map(|alert| (alert.id, alert.name)).collect()
    } else {
        HashMap::new()
    };
    let mut found = vec![];
    for it in some {
        let about = match it.answer {
            Some(kind) => find(log, it.subject).await?.map(|row| Notified::Answered {
                application: it.subject,
                kind,
                job: row.job,
                employer: row.employer_description,
            }),
            None => match names.get(&it.subject) {
                Some(name) => {
                    alert_matches::told(log, it.subject, it.id).await?.map(|(offers, newest)| {
                        Notified::Matched { alert: it.subject, name: name.clone(), offers, newest }
                    })
                }
                None => None,
            },
        };
        if let Some(about) = about {
            found.push(Notification { id: it.id, about, at: it.at, read_at: it.read_at });
        }
    }
    Ok(found)
}
