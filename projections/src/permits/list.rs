//! Reading `permits`: the lists of the back office.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use domain::Personal;
use domain::permit::DossierState;
use event_store::{DbError, Interval, Log, Position, Value, args};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{SHOWN, TABLE, WAITING, name_of, search};
use crate::opened_row;
use crate::stored::{MaybeText, Text};
use crate::words::{rarest_first, sought};

/// A dossier as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct PermitRow {
    pub id: String,
    pub procedure_number: i64,
    pub dossier_number: i64,
    #[sqlx(try_from = "Text")]
    pub state: DossierState,
    #[sqlx(try_from = "Text")]
    pub created_at: Timestamp,
    pub department: Option<String>,
    pub nationality: Option<String>,
    pub contract: Option<String>,
    pub siret: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub valid_from: Option<Date>,
    #[sqlx(try_from = "MaybeText")]
    pub valid_to: Option<Date>,
    #[sqlx(try_from = "MaybeText")]
    pub title_expires: Option<Date>,
    #[sqlx(try_from = "MaybeText")]
    pub processed_at: Option<Timestamp>,
    pub followers: i64,
    pub unreadable: i64,
    #[sqlx(try_from = "i64")]
    pub seen_position: Position,
    #[sqlx(try_from = "MaybeText")]
    pub withdrawn_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub erased_at: Option<Timestamp>,
    #[sqlx(skip)]
    pub first_name: Option<String>,
    #[sqlx(skip)]
    pub last_name: Option<String>,
    #[sqlx(skip)]
    pub employer: Option<String>,
    #[sqlx(skip)]
    pub email: Option<String>,
}

opened_row!(PermitRow: first_name, last_name, employer, email);

impl PermitRow {
    /// Its own number.
    pub const fn number(&self) -> u64 {
        self.dossier_number.cast_unsigned()
    }

    /// The first and the last name; what there is of them.
    pub fn name(&self) -> Personal<String> {
        name_of(self.first_name.as_deref(), self.last_name.as_deref())
    }
}

/// Which permits are over soon, or were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// From this last day on.
    pub from: Date,
    /// Up to this one.
    pub to: Date,
}

/// Which dossiers a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words of names, an address or a number; empty for all.
    pub text: String,
    /// Only those that stand there.
    pub state: Option<DossierState>,
    /// Only those of this department.
    pub department: Option<String>,
    /// Only those of these departments: of all that whoever asks may see. Empty for all.
    pub within: Vec<String>,
    /// Only permits whose last day is in this time.
    pub expiring: Option<Expiring>,
    /// Only those created in this time.
    pub created: Option<Interval>,
    /// Only those after the end of an earlier page.
    pub cursor: Option<Cursor>,
}

/// Where a page of a list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Position);

/// A text is not a [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this cursor is not one of ours: take it from the page before, unchanged")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{:x}", self.0.get())
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let digits = text.strip_prefix('p').filter(|digits| !digits.starts_with('+'));
        match digits.map(|digits| i64::from_str_radix(digits, 16)) {
            Some(Ok(position)) if position > 0 => Ok(Self(Position::new(position))),
            _ => Err(InvalidCursor),
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The dossiers.
    pub items: Vec<PermitRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

impl List {
    fn of(mut items: Vec<PermitRow>, limit: u32) -> Self {
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > shown;
        items.truncate(shown);
        let next = items.last().filter(|_| more).map(|last| Cursor(last.seen_position));
        Self { items, next }
    }
}

const FIND: &str = "
    SELECT *
    FROM permits
    WHERE id = $1";

/// The dossier of this id.
pub async fn find(log: &Log, id: &str) -> Result<Option<PermitRow>, DbError> {
    TABLE.fetch_optional(log, &TABLE.by_name(FIND), args![id]).await
}

const OF_NUMBERS: &str = "
    SELECT id, dossier_number
    FROM permits
    WHERE procedure_number = $1 AND dossier_number > $2 AND withdrawn_at IS NULL
    ORDER BY dossier_number
    LIMIT $3";

/// The numbers of the dossiers of a procedure that were not found deleted, after one, in their order.
pub async fn of_numbers(
    log: &Log,
    procedure: u32,
    after: Option<u64>,
    limit: u32,
) -> Result<Vec<u64>, DbError> {
    let after = after.map_or(-1, u64::cast_signed);
    let rows: Vec<(String, i64)> =
        log.db().fetch_all(OF_NUMBERS, args![i64::from(procedure), after, limit]).await?;
    Ok(rows.into_iter().map(|(_, number)| number.cast_unsigned()).collect())
}

/// The conditions of a filter, with their arguments.
struct Conditions {
    sql: String,
    args: Vec<Value>,
}

impl Conditions {
    fn of(filter: &Filter) -> Self {
        let mut all = Self {
            sql: SHOWN.replace("withdrawn", "p.withdrawn").replace("erased", "p.erased"),
            args: vec![],
        };
        if let Some(state) = filter.state {
            all.and("p.state = {}", state.as_str().into());
        }
        if let Some(department) = &filter.department {
            all.and("p.department = {}", department.as_str().into());
        }
        if !filter.within.is_empty() {
            let places: Vec<_> =
                filter.within.iter().map(|it| all.place(it.as_str().into())).collect();
            // Writing to a String cannot fail.
            let _ = write!(all.sql, " AND p.department IN ({})", places.join(", "));
        }
        if let Some(Expiring { from, to }) = filter.expiring {
            all.and("p.state = {}", DossierState::Closed.as_str().into());
            all.and("p.valid_to >= {}", from.to_string().into());
            all.and("p.valid_to <= {}", to.to_string().into());
        }
        if let Some(Interval { from, before }) = filter.created {
            all.and("p.created_at >= {}", from.into());
            all.and("p.created_at < {}", before.into());
        }
        all
    }

    fn place(&mut self, value: Value) -> String {
        self.args.push(value);
        format!("${}", self.args.len())
    }

    fn and(&mut self, condition: &str, value: Value) {
        let place = self.place(value);
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace("{}", &place));
    }
}

/// A page of the dossiers of a filter, newest first.
pub async fn list(log: &Log, filter: &Filter, limit: u32) -> Result<List, DbError> {
    let mut all = Conditions::of(filter);
    let words = rarest_first(log, &search::TABLE, &sought(&filter.text)).await?;
    if words.is_empty() && !filter.text.trim().is_empty() {
        return Ok(List { items: vec![], next: None }); // nothing that could be found
    }
    let mut sql = format!("SELECT {} FROM permits AS p", TABLE.columns_as("p"));
    let by_time = words.is_empty();
    for (nth, term) in words.into_iter().enumerate() {
        let term = all.place(term);
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            " JOIN permit_terms AS t{nth} ON t{nth}.seen_position = p.seen_position AND t{nth}.term = {term}",
        );
        // All of the key, so that one place of the index is looked at, and not all that have the word.
        if nth > 0 {
            let _ = write!(sql, " AND t{nth}.created_second = t0.created_second");
        }
    }
    let order = if by_time {
        ("p.created_at", "p.seen_position")
    } else {
        ("t0.created_second", "t0.seen_position")
    };
    if let Some(Cursor(position)) = filter.cursor {
        let column = order.0.split_once('.').map_or(order.0, |(_, column)| column);
        let table = if by_time { "permits" } else { "permit_terms" };
        let place = all.place(position.into());
        let _ = write!(
            all.sql,
            " AND ({}, {}) < ((SELECT {column} FROM {table} WHERE seen_position = {place} LIMIT 1), {place})",
            order.0, order.1,
        );
    }
    let limit_place = all.place((limit + 1).into());
    let _ = write!(
        sql,
        " WHERE {} ORDER BY {} DESC, {} DESC LIMIT {limit_place}",
        all.sql, order.0, order.1
    );
    Ok(List::of(TABLE.fetch_all(log, &sql, all.args).await?, limit))
}

/// Which dossiers prefectures follow: those whose residence title is over, or was lately.
#[derive(Clone, Debug)]
pub struct FollowUp {
    /// Titles whose last day is this one or later.
    pub since: Date,
    /// Only those that stand there.
    pub state: Option<DossierState>,
    /// Only those of these departments; empty for all.
    pub within: Vec<String>,
    /// Only those after the end of an earlier page.
    pub cursor: Option<Cursor>,
}

/// A page of them, the latest last day first.
pub async fn to_follow(log: &Log, follow: &FollowUp, limit: u32) -> Result<List, DbError> {
    let within = follow.within.clone();
    let mut all = Conditions::of(&Filter { state: follow.state, within, ..Filter::default() });
    all.and("p.title_expires >= {}", follow.since.to_string().into());
    if let Some(Cursor(position)) = follow.cursor {
        let place = all.place(position.into());
        let _ = write!(
            all.sql,
            " AND (p.title_expires, p.seen_position) < ((SELECT title_expires FROM permits WHERE seen_position = {place}), {place})",
        );
    }
    let limit_place = all.place((limit + 1).into());
    let sql = format!(
        "SELECT {} FROM permits AS p WHERE {} ORDER BY p.title_expires DESC, p.seen_position DESC LIMIT {limit_place}",
        TABLE.columns_as("p"),
        all.sql,
    );
    Ok(List::of(TABLE.fetch_all(log, &sql, all.args).await?, limit))
}

const MEDIAN: &str = "
    SELECT seconds_to_process
    FROM permits
    WHERE seconds_to_process IS NOT NULL
    ORDER BY seconds_to_process
    LIMIT 1 OFFSET (SELECT count(*) / 2 FROM permits WHERE seconds_to_process IS NOT NULL)";

/// Two weeks, as long as a dossier may wait beyond what is usual.
const PATIENCE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How long half of the permits took to be granted, and two weeks: what waits longer is in trouble.
/// `None` where none was granted yet.
pub async fn trouble_begins(log: &Log) -> Result<Option<SignedDuration>, DbError> {
    let row: Option<(i64,)> = log.db().fetch_optional(MEDIAN, args![]).await?;
    Ok(row.map(|(seconds,)| SignedDuration::from_secs(seconds) + PATIENCE))
}

/// A page of the dossiers that wait since this time or longer, those that wait longest first.
pub async fn in_trouble(
    log: &Log,
    since: Timestamp,
    within: &[String],
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<List, DbError> {
    let mut all = Conditions::of(&Filter { within: within.to_vec(), ..Filter::default() });
    all.sql.push_str(" AND p.");
    all.sql.push_str(WAITING);
    all.and("p.created_at <= {}", since.into());
    if let Some(Cursor(position)) = cursor {
        let place = all.place(position.into());
        let _ = write!(
            all.sql,
            " AND (p.created_at, p.seen_position) > ((SELECT created_at FROM permits WHERE seen_position = {place}), {place})",
        );
    }
    let limit_place = all.place((limit + 1).into());
    let sql = format!(
        "SELECT {} FROM permits AS p WHERE {} ORDER BY p.created_at, p.seen_position LIMIT {limit_place}",
        TABLE.columns_as("p"),
        all.sql,
    );
    Ok(List::of(TABLE.fetch_all(log, &sql, all.args).await?, limit))
}

/// From one department to the next in the index, which is read at as many places as there are departments.
const DEPARTMENTS: &str = "
    WITH RECURSIVE found (department) AS (
        SELECT min(department) FROM permits WHERE withdrawn_at IS NULL AND erased_at IS NULL
        UNION ALL
        SELECT (SELECT min(p.department)
                FROM permits AS p
                WHERE p.withdrawn_at IS NULL AND p.erased_at IS NULL
                  AND p.department > found.department)
        FROM found
        WHERE found.department IS NOT NULL)
    SELECT department FROM found WHERE department IS NOT NULL ORDER BY department";

/// The departments of which there are dossiers.
pub async fn departments(log: &Log) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = log.db().fetch_all(DEPARTMENTS, args![]).await?;
    Ok(rows.into_iter().map(|(department,)| department).collect())
}
