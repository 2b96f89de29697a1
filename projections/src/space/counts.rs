//! Figures of what somebody tracks.

use std::collections::BTreeMap;

use domain::application::ApplicationStatus;
use domain::space::TrackedStatus;
use event_store::{DbError, Log, args, parse_timestamp};
use jiff::Timestamp;

use super::Whose;
use super::sent::{pseudonym, untold};

/// How many stand where, of those that are neither archived nor hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusCounts(BTreeMap<&'static str, i64>);

impl StatusCounts {
    /// How many stand there.
    pub fn of(&self, status: TrackedStatus) -> u64 {
        self.0.get(status.as_str()).copied().unwrap_or_default().max(0).unsigned_abs()
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.0.values().sum::<i64>().max(0).unsigned_abs()
    }

    fn add(&mut self, status: TrackedStatus, count: i64) {
        *self.0.entry(status.as_str()).or_default() += count;
    }
}

const OWN: &str = "
    SELECT status, count(*)
    FROM tracked_applications
    WHERE owner = $1 AND application_id IS NULL AND removed_at IS NULL
      AND archived_by IS NULL AND hidden = FALSE
    GROUP BY status";

const SENT: &str = "
    SELECT a.status, count(*)
    FROM applications AS a
    WHERE a.candidate_pseudonym = $1 AND a.erased_at IS NULL
      AND NOT EXISTS (
        SELECT 1
        FROM tracked_applications AS t
        WHERE t.owner = $2 AND t.application_id = a.id
          AND (t.archived_by IS NOT NULL OR t.hidden = TRUE))
    GROUP BY a.status";

const AWAY: &str = "
    SELECT id
    FROM tracked_applications
    WHERE owner = $1 AND application_id = $2 AND (archived_by IS NOT NULL OR hidden = TRUE)";

/// How many of somebody's applications stand where.
pub async fn counts(log: &Log, whose: Whose<'_>) -> Result<StatusCounts, DbError> {
    let mut counts = StatusCounts::default();
    let own: Vec<(String, i64)> = log.db().fetch_all(OWN, args![whose.owner]).await?;
    for (status, count) in own {
        if let Ok(status) = status.parse() {
            counts.add(status, count);
        }
    }
    if let Some(email) = whose.email {
        let args = args![pseudonym(log, email), whose.owner];
        let sent: Vec<(String, i64)> = log.db().fetch_all(SENT, args).await?;
        for (status, count) in sent {
            if let Ok(status) = status.parse::<ApplicationStatus>() {
                counts.add(TrackedStatus::of_application(status), count);
            }
        }
        for (id, untold) in untold(log, email, whose.now).await? {
            let args = args![whose.owner, id];
            let away: Option<(i64,)> = log.db().fetch_optional(AWAY, args).await?;
            if away.is_none() {
                counts.add(TrackedStatus::of_application(untold.known_as), -1);
                counts.add(untold.status(), 1);
            }
        }
    }
    Ok(counts)
}

/// An application that was sent, with what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Whether the employer said something.
    pub is_answered: bool,
    /// When it first did, where that is known.
    pub answered_at: Option<Timestamp>,
    /// How far it ever came: 1 sent, 2 shortlisted, 3 interview or test, 4 negotiation, 5 offer, 6 accepted.
    pub stage: i64,
}

/// What somebody sent and what came of it, archived ones too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Each that was sent.
    pub sent: Vec<Answered>,
}

const OWN_SENT: &str = "
    SELECT applied_at, answered_at, stage, status
    FROM tracked_applications
    WHERE owner = $1 AND application_id IS NULL AND removed_at IS NULL AND hidden = FALSE AND stage > 0";

const POSTULO_SENT: &str = "
    SELECT a.id, a.submitted_at, k.kind, k.answered_at
    FROM applications AS a
    LEFT JOIN answers AS k ON k.application_id = a.id AND k.undone = FALSE AND k.undo_until <= $2
    WHERE a.candidate_pseudonym = $1 AND a.erased_at IS NULL
      AND NOT EXISTS (
        SELECT 1
        FROM tracked_applications AS t
        WHERE t.owner = $3 AND t.application_id = a.id AND t.hidden = TRUE)
    ORDER BY a.id, k.answered_at";

impl Figures {
    /// How many came at least so far.
    pub fn reached(&self, stage: i64) -> u64 {
        self.sent.iter().filter(|it| it.stage >= stage).count() as u64
    }

    /// How many were answered, whatever was said.
    pub fn answered(&self) -> u64 {
        self.sent.iter().filter(|it| it.is_answered).count() as u64
    }

    /// In how many seconds half of those were answered of which that is known; of two in the middle
    /// the mean. `None` where there is none.
    pub fn median_seconds(&self) -> Option<i64> {
        let waited = |it: &Answered| Some(it.answered_at?.duration_since(it.sent_at).as_secs());
        let mut all: Vec<i64> = self.sent.iter().filter_map(waited).map(|it| it.max(0)).collect();
        all.sort_unstable();
        let middle = all.len() / 2;
        let upper = *all.get(middle)?;
        let lower = if all.len().is_multiple_of(2) { all[middle - 1] } else { upper };
        Some(lower + (upper - lower) / 2)
    }
}

/// When it was sent and answered, how far it came, where it stands.
type OwnRow = (Option<String>, Option<String>, i64, Option<String>);

/// Application, when it was sent, an answer's kind and time.
type SentRow = (String, String, Option<String>, Option<String>);

/// The figures of what somebody sent.
pub async fn figures(log: &Log, whose: Whose<'_>) -> Result<Figures, DbError> {
    let mut figures = Figures::default();
    let own: Vec<OwnRow> = log.db().fetch_all(OWN_SENT, args![whose.owner]).await?;
    for (sent_at, answered_at, stage, status) in own {
        let time = |text: Option<String>| parse_timestamp(&text?).ok();
        let (answered_at, status) = (time(answered_at), status.and_then(|it| it.parse().ok()));
        // What came further than being sent was answered, whatever became of it.
        let is_answered =
            answered_at.is_some() || stage > 1 || status.is_some_and(TrackedStatus::is_answered);
        if let Some(sent_at) = time(sent_at) {
            figures.sent.push(Answered { sent_at, is_answered, answered_at, stage });
        }
    }
    if let Some(email) = whose.email {
        let args = args![pseudonym(log, email), whose.now, whose.owner];
        let rows: Vec<SentRow> = log.db().fetch_all(POSTULO_SENT, args).await?;
        let mut last_id = String::new();
        for (id, sent_at, kind, answered_at) in rows {
            let stage = match kind.as_deref() {
                Some("hire") => 6,
                Some("interview") => 3,
                Some("info") => 2,
                _ => 1,
            };
            let answered_at = answered_at.and_then(|it| parse_timestamp(&it).ok());
            if let Some(known) = figures.sent.last_mut().filter(|_| id == last_id) {
                known.stage = known.stage.max(stage);
            } else {
                let Ok(sent_at) = parse_timestamp(&sent_at) else { continue };
                let is_answered = answered_at.is_some();
                figures.sent.push(Answered { sent_at, is_answered, answered_at, stage });
            }
            last_id = id;
        }
    }
    figures.sent.sort_by_key(|it| it.sent_at);
    Ok(figures)
}
