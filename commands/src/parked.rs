//! Reactions that are not done: delayed, failed, skipped or archived, as rows that operators see and
//! act on.

pub(crate) mod detail;
mod filter;

use std::collections::BTreeMap;

use cqrs_es::Aggregate as _;
use domain::JobApplication;
use event_store::kafka::Unreadable;
use event_store::seal::stream_key_sql;
use event_store::{Db, DbError, Log, Position, SealedError, StreamId, args, timestamp_text};
use jiff::{SignedDuration, Timestamp};

use detail::Row;
pub use filter::Filter;

/// A reaction that is not done. `cause` is for operators; `detail` may hold an address: it is
/// personal data, kept sealed and never logged.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns are described in the documentation of read models")]
pub struct Parked {
    pub reactor: String,
    pub position: i64,
    pub aggregate_type: String,
    pub aggregate_id: String,
    pub event_type: String,
    /// `delayed`, `failed`, `skipped` or `archived`.
    pub state: String,
    pub attempts: i64,
    pub first_at: String,
    pub last_at: String,
    pub due_at: Option<String>,
    pub cause: String,
    pub detail: Option<String>,
}

impl Parked {
    /// What it is about, as a person reads it; blank for a record of the topic that is no event.
    pub fn about(&self) -> String {
        about(StreamId::new(&self.aggregate_type, &self.aggregate_id))
    }
}

/// A stream as operators call it.
fn about(stream: StreamId<'_>) -> String {
    if stream.aggregate_type == JobApplication::TYPE {
        return format!("application {}", stream.aggregate_id);
    }
    stream.to_string().trim().to_owned()
}

/// The rows of a page of [`list`].
pub const PAGE: i64 = 1000;

const LIST: &str = "
    SELECT reactor, position, aggregate_type, application_id AS aggregate_id, event_type, state,
           attempts, first_at, last_at, due_at, cause, detail, sealed_detail, {key} AS key
    FROM reactions
    WHERE ($1 = '' OR state = $1)
      AND ($2 = '' OR reactor = $2)
      AND ($3 = '' OR aggregate_type = $3)
      AND ($4 = '' OR application_id = $4)
      AND ($5 = 0 OR position = $5)
    ORDER BY position DESC, reactor
    LIMIT $6";

/// The reactions that `filter` means, latest event first; 1,000 at most.
pub async fn list(log: &Log, filter: &Filter) -> Result<Vec<Parked>, SealedError> {
    page(log, filter, PAGE).await
}

/// The first of them, `limit` at most.
pub async fn page(log: &Log, filter: &Filter, limit: i64) -> Result<Vec<Parked>, SealedError> {
    let (state, reactor, kind, id, position) = filter.values();
    let key = stream_key_sql("reactions.aggregate_type", "reactions.application_id");
    let args = args![state, reactor, kind, id, position, limit];
    let rows: Vec<Row> = log.db().fetch_all(&LIST.replace("{key}", &key), args).await?;
    rows.into_iter().map(|row| Ok(row.open(log)?)).collect()
}

const MATCHING: &str = "
    SELECT count(*)
    FROM reactions
    WHERE ($1 = '' OR state = $1)
      AND ($2 = '' OR reactor = $2)
      AND ($3 = '' OR aggregate_type = $3)
      AND ($4 = '' OR application_id = $4)
      AND ($5 = 0 OR position = $5)";

/// How many reactions `filter` means.
pub async fn count(db: &Db, filter: &Filter) -> Result<i64, DbError> {
    let (state, reactor, kind, id, position) = filter.values();
    let args = args![state, reactor, kind, id, position];
    let (count,): (i64,) = db.fetch_one(MATCHING, args).await?;
    Ok(count)
}

const RETRY: &str = "
    UPDATE reactions
    SET state = 'delayed', due_at = $1, leased_until = NULL, attempts = 0
    WHERE ($2 = '' OR state = $2)
      AND ($3 = '' OR reactor = $3)
      AND ($4 = '' OR aggregate_type = $4)
      AND ($5 = '' OR application_id = $5)
      AND ($6 = 0 OR position = $6)
      AND (state IN ('failed', 'delayed', 'archived')
           OR state = 'skipped' AND ($2 = 'skipped' OR $6 > 0))
      AND position > 0
      AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $7)";

/// Makes the failed, delayed or archived reactions that `filter` means due now, with all their
/// attempts before them, and the skipped ones where it names that state or one event; but for those
/// that are being tried this moment, which would otherwise happen twice. Says how many.
pub async fn retry(db: &Db, filter: &Filter, now: Timestamp) -> Result<u64, DbError> {
    let (state, reactor, kind, id, position) = filter.values();
    let args = args![now, state, reactor, kind, id, position, now + LEASE];
    db.execute(RETRY, args).await
}

const ARCHIVE: &str = "
    UPDATE reactions
    SET state = 'archived', state_before = state, leased_until = NULL, last_at = $1
    WHERE ($2 = '' OR state = $2)
      AND ($3 = '' OR reactor = $3)
      AND ($4 = '' OR aggregate_type = $4)
      AND ($5 = '' OR application_id = $5)
      AND ($6 = 0 OR position = $6)
      AND state IN ('failed', 'delayed')
      AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $7)";

/// Puts the failed or delayed reactions that `filter` means away: they are not tried again; but for
/// those that are being tried this moment. Says how many.
pub async fn archive(db: &Db, filter: &Filter, now: Timestamp) -> Result<u64, DbError> {
    let (state, reactor, kind, id, position) = filter.values();
    let args = args![now, state, reactor, kind, id, position, now + LEASE];
    db.execute(ARCHIVE, args).await
}

const RESTORE: &str = "
    UPDATE reactions
    SET state = coalesce(state_before, 'failed'), state_before = NULL, last_at = $1
    WHERE state = 'archived'
      AND ($2 = '' OR state = $2)
      AND ($3 = '' OR reactor = $3)
      AND ($4 = '' OR aggregate_type = $4)
      AND ($5 = '' OR application_id = $5)
      AND ($6 = 0 OR position = $6)";

/// Takes the archived reactions that `filter` means back: each is what it was before. Says how many.
pub async fn restore(db: &Db, filter: &Filter, now: Timestamp) -> Result<u64, DbError> {
    let (state, reactor, kind, id, position) = filter.values();
    db.execute(RESTORE, args![timestamp_text(now), state, reactor, kind, id, position]).await
}

/// Reactions in one state for one reason.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Causes {
    pub reactor: String,
    pub state: String,
    pub cause: String,
    pub number: i64,
    pub oldest: String,
}

const CAUSES: &str = "
    SELECT reactor, state, cause, count(*) AS number, min(first_at) AS oldest
    FROM reactions
    WHERE state IN ('delayed', 'failed')
    GROUP BY reactor, state, cause
    ORDER BY count(*) DESC, reactor, state, cause
    LIMIT 50";

/// Why reactions are delayed or failed, the most frequent reason first.
pub async fn causes(db: &Db) -> Result<Vec<Causes>, DbError> {
    db.fetch_all(CAUSES, args![]).await
}

const OLDEST: &str = "
    SELECT min(first_at)
    FROM reactions
    WHERE state = 'delayed'";

/// Since when the oldest delayed reaction waits.
pub async fn oldest_delayed(db: &Db) -> Result<Option<Timestamp>, DbError> {
    let (text,): (Option<String>,) = db.fetch_one(OLDEST, args![]).await?;
    Ok(text.and_then(|text| event_store::parse_timestamp(&text).ok()))
}

#[derive(sqlx::FromRow)]
struct Count {
    reactor: String,
    state: String,
    number: i64,
}

const COUNTS: &str = "
    SELECT reactor, state, count(*) AS number
    FROM reactions
    GROUP BY reactor, state";

/// How many reactions are in each state, by reactor and state.
pub async fn counts(db: &Db) -> Result<BTreeMap<(String, String), i64>, DbError> {
    let rows: Vec<Count> = db.fetch_all(COUNTS, args![]).await?;
    Ok(rows.into_iter().map(|row| ((row.reactor, row.state), row.number)).collect())
}

/// How a reaction is parked.
#[derive(Clone, Copy)]
pub enum Verdict<'a> {
    /// It is tried again at this time, or after 72 hours where that is further away.
    Delayed {
        /// When.
        due_at: Timestamp,
        /// What it means, in plain words without personal data.
        cause: &'a str,
        /// What the other side said; it may hold an address.
        detail: Option<&'a str>,
    },
    /// It is not tried again by itself.
    Failed {
        /// What it means, in plain words without personal data.
        cause: &'a str,
        /// What the other side said; it may hold an address.
        detail: Option<&'a str>,
    },
    /// There was nothing to do.
    Skipped {
        /// Why.
        reason: &'a str,
    },
}

const PARK: &str = "
    INSERT INTO reactions
        (reactor, position, aggregate_type, application_id, event_type, state, attempts, first_at,
         last_at, due_at, leased_until, cause, detail, sealed_detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, NULL, $10, NULL, $11)
    ON CONFLICT (reactor, position) DO UPDATE
    SET state = excluded.state, attempts = excluded.attempts, last_at = excluded.last_at,
        due_at = excluded.due_at, leased_until = NULL, cause = excluded.cause,
        detail = NULL, sealed_detail = excluded.sealed_detail";

/// The reaction of one reactor to one event.
pub struct Key<'a> {
    /// Whose.
    pub reactor: &'a str,
    /// Where the event is in the log.
    pub position: Position,
    /// The stream that the event is in.
    pub stream: StreamId<'a>,
    /// What happened.
    pub event_type: &'a str,
}

/// Writes down that a reaction is not done.
pub async fn park(
    log: &Log,
    key: &Key<'_>,
    attempts: i64,
    verdict: &Verdict<'_>,
    now: Timestamp,
) -> Result<(), SealedError> {
    let (state, due_at, cause, detail) = match *verdict {
        Verdict::Delayed { due_at, cause, detail } => {
            ("delayed", Some(timestamp_text(due_at.min(now + LONGEST_WAIT))), cause, detail)
        }
        Verdict::Failed { cause, detail } => ("failed", None, cause, detail),
        Verdict::Skipped { reason } => ("skipped", None, reason, None),
    };
    let detail = detail::sealed(log, key, detail).await?;
    let (position, now) = (key.position.get(), timestamp_text(now));
    let (StreamId { aggregate_type, aggregate_id }, kind) = (key.stream, key.event_type);
    let args = args![
        key.reactor,
        position,
        aggregate_type,
        aggregate_id,
        kind,
        state,
        attempts,
        now,
        due_at,
        cause,
        detail
    ];
    log.db().execute_shared(PARK, args).await?;
    Ok(())
}

/// Writes down that a record of the topic is no event, and that the log does not know it. It has a
/// negative number in the place of a position, and cannot be tried again.
pub async fn park_record(
    db: &Db,
    reactor: &str,
    record: &Unreadable,
    now: Timestamp,
) -> Result<(), DbError> {
    let number = -((i64::from(record.partition) << 40) + record.offset + 1);
    let cause =
        format!("{record}. Find out who writes to the topic besides the relay, and archive this.");
    let (now, never, nothing) = (timestamp_text(now), None::<String>, None::<Vec<u8>>);
    let args = args![reactor, number, "", "", "", "failed", 1_i64, now, never, cause, nothing];
    db.execute_shared(PARK, args).await.map(drop)
}

const FORGET: &str = "DELETE FROM reactions WHERE reactor = $1 AND position = $2";

/// Forgets a reaction that is done.
pub async fn forget(db: &Db, reactor: &str, position: Position) -> Result<(), DbError> {
    db.execute_shared(FORGET, args![reactor, position.get()]).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct Present {
    #[expect(dead_code, reason = "only whether there is a row counts")]
    position: i64,
}

const IS_PARKED: &str = "SELECT position FROM reactions WHERE reactor = $1 AND position = $2";

/// Whether the reaction was parked before.
pub async fn is_parked(db: &Db, reactor: &str, position: Position) -> Result<bool, DbError> {
    let row: Option<Present> = db.fetch_optional(IS_PARKED, args![reactor, position.get()]).await?;
    Ok(row.is_some())
}

/// A delayed reaction that this process has claimed.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Claimed {
    /// Where its event is in the log.
    pub position: i64,
    /// How often it was tried.
    pub attempts: i64,
}

/// How long a claim holds: longer than any effect takes. A process that dies leaves its claims to
/// the others after that.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// No reaction waits longer than this for its next try: one that is due later was delayed when the
/// clock was wrong.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(72);

const CLAIM: &str = "
    UPDATE reactions
    SET leased_until = $1
    WHERE reactor = $2
      AND position IN (
          SELECT position
          FROM reactions
          WHERE reactor = $2 AND state = 'delayed' AND (due_at <= $3 OR due_at > $5)
            AND (leased_until IS NULL OR leased_until <= $3 OR leased_until > $1)
          ORDER BY due_at
          LIMIT $4 {for_update})
      AND (leased_until IS NULL OR leased_until <= $3 OR leased_until > $1)
    RETURNING position, attempts";

/// Claims delayed reactions that are due, longest due first.
pub async fn claim(
    db: &Db,
    reactor: &str,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<Claimed>, DbError> {
    let (until, latest) = (timestamp_text(now + LEASE), timestamp_text(now + LONGEST_WAIT));
    let now = timestamp_text(now);
    // Several processes claim at once: none waits for the rows of another.
    let claim = CLAIM.replace("{for_update}", db.for_update_skip_locked());
    db.fetch_all(&claim, args![until, reactor, now, limit, latest]).await
}

#[derive(sqlx::FromRow)]
struct Next {
    due_at: Option<String>,
}

const NEXT_DUE: &str = "
    SELECT min(CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END) AS due_at
    FROM reactions
    WHERE reactor = $1 AND state = 'delayed'";

/// When the next delayed reaction is due.
pub async fn next_due(db: &Db, reactor: &str) -> Result<Option<Timestamp>, DbError> {
    let next: Option<Next> = db.fetch_optional(NEXT_DUE, args![reactor]).await?;
    let text = next.and_then(|next| next.due_at);
    Ok(text.and_then(|text| event_store::parse_timestamp(&text).ok()))
}
