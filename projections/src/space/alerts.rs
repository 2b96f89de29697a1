//! `job_alerts`: what people who look for work are told of, a row each.

use domain::Personal;
use domain::space::{
    AlertCriteria, AlertFrequency, AlertZone, JobAlert, JobAlertEventKind, KnownAlert, Wanted,
};
use event_store::{Db, DbError, Log, Sought, Value, WordQuery, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::offers::{self, OfferQuestion, OfferRow};
use crate::opened_row;
use crate::stored::{MaybeText, Text};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Removal, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "job_alerts",
    about: "Job alerts of those who look for work: one row for each.",
    key: &["id"],
    of: Owner::stream::<JobAlert>("id"),
    columns: &[
        Column::new("id", Kind::Uuid, "Which."),
        Column::new("owner", Kind::Uuid, "Whose it is: an account.").withheld(),
        Column::new("frequency", Kind::Text, "daily, weekly or monthly."),
        Column::new("active", Kind::Boolean, "Whether its owner is told."),
        Column::new("up_to", Kind::Integer, "Up to where in the log offers are told, or too old."),
        Column::new("told", Kind::Integer, "How many offers its owner was told of."),
        Column::new("told_at", Kind::Time, "When its owner was told last.").nullable(),
        Column::new("scheduled_at", Kind::Time, "From when on its next time counts."),
        Column::new("due_at", Kind::Time, "When it is its time after that."),
        Column::new("created_at", Kind::Time, "When it was created."),
        Column::new("created_position", Kind::Integer, "Where that is in the log."),
        Column::new("updated_at", Kind::Time, "When its owner last changed it."),
        Column::new("name", Kind::Text, "What its owner calls it.").personal(),
        Column::new("criteria", Kind::Text, "What is looked for, as JSON.").personal(),
        Column::new("zone", Kind::Text, "In which time zone it is 09:00 then.").personal(),
        Column::new("told_last", Kind::Text, "The newest offer that its owner was told of.")
            .nullable()
            .personal(),
    ],
    indexes: &[
        Index::on("in_order", &["owner", "created_position"]),
        Index::on("active", &["id"]).only("active = TRUE"),
    ],
    revision: 2,
};

/// The read model.
pub struct JobAlerts;

impl ReadModel for JobAlerts {
    type Of = JobAlert;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [JobAlertEventKind] {
        JobAlertEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<JobAlert>]) -> Vec<Rows> {
        vec![Rows::new(&TABLE, histories.iter().filter_map(row).collect())]
    }

    /// Of what was deleted nothing is listed.
    fn removals(&self, histories: &[History<JobAlert>]) -> Vec<Removal> {
        let gone = histories.iter().filter(|it| matches!(it.state(), JobAlert::Deleted { .. }));
        let removal = |history: &History<JobAlert>| Removal {
            table: &TABLE,
            equal: vec![("id", history.id.as_str().into())],
        };
        gone.map(removal).collect()
    }
}

fn row(history: &History<JobAlert>) -> Option<Vec<Value>> {
    let known = history.state().known().ok()?;
    let first = history.events.first()?;
    Some(args![
        history.id.as_str(),
        known.owner,
        known.frequency.as_str(),
        known.active,
        known.up_to,
        i64::try_from(known.told).unwrap_or(i64::MAX),
        known.told_at,
        known.scheduled_at,
        known.due_at(),
        known.created_at,
        first.position,
        known.updated_at,
        known.name.reveal().as_str(),
        String::from(known.criteria.reveal().clone()),
        known.zone.reveal().as_str(),
        known.told_last.map(|id| id.to_string()),
    ])
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct AlertRow {
    #[sqlx(try_from = "Text")]
    id: Uuid,
    #[sqlx(try_from = "Text")]
    owner: Uuid,
    frequency: String,
    active: bool,
    told: i64,
    #[sqlx(try_from = "MaybeText")]
    told_at: Option<Timestamp>,
    #[sqlx(try_from = "Text")]
    created_at: Timestamp,
    #[sqlx(try_from = "Text")]
    updated_at: Timestamp,
    #[sqlx(skip)]
    name: Personal<String>,
    #[sqlx(skip)]
    criteria: Personal<String>,
    #[sqlx(skip)]
    zone: Personal<String>,
    #[sqlx(skip)]
    told_last: Option<Personal<String>>,
}

opened_row!(AlertRow: name, criteria, zone, told_last);

/// An alert as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertItem {
    /// Names it.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Uuid,
    /// What its owner calls it.
    pub name: Personal<String>,
    /// What is looked for.
    pub criteria: Personal<AlertCriteria>,
    /// How often its owner is told.
    pub frequency: AlertFrequency,
    /// In which zone it is 09:00 then.
    pub zone: AlertZone,
    /// Whether its owner is told.
    pub active: bool,
    /// How many offers its owner was told of.
    pub told: u64,
    /// When its owner was told last.
    pub told_at: Option<Timestamp>,
    /// The newest offer that its owner was told of.
    pub told_last: Option<Uuid>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its owner last changed it.
    pub updated_at: Timestamp,
}

impl AlertItem {
    /// An alert as its own rules have it.
    pub fn of_state(id: Uuid, known: &KnownAlert) -> Self {
        Self {
            id,
            owner: known.owner,
            name: Personal::new(known.name.reveal().as_str().to_owned()),
            criteria: known.criteria.clone(),
            frequency: known.frequency,
            zone: known.zone.reveal().clone(),
            active: known.active,
            told: known.told,
            told_at: known.told_at,
            told_last: known.told_last,
            created_at: known.created_at,
            updated_at: known.updated_at,
        }
    }

    fn of_row(row: AlertRow) -> Option<Self> {
        Some(Self {
            id: row.id,
            owner: row.owner,
            name: row.name,
            criteria: Personal::new(row.criteria.reveal().parse().ok()?),
            frequency: row.frequency.parse().ok()?,
            zone: AlertZone::try_from(row.zone.reveal().clone()).ok()?,
            active: row.active,
            told: row.told.max(0).unsigned_abs(),
            told_at: row.told_at,
            told_last: row.told_last.and_then(|id| id.reveal().parse().ok()),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

const OF: &str = "
    SELECT *
    FROM job_alerts
    WHERE owner = $1
    ORDER BY created_position DESC";

/// Somebody's alerts, the newest first.
pub async fn alerts(log: &Log, owner: Uuid) -> Result<Vec<AlertItem>, DbError> {
    let rows: Vec<AlertRow> = TABLE.fetch_all(log, &TABLE.by_name(OF), args![owner]).await?;
    Ok(rows.into_iter().filter_map(AlertItem::of_row).collect())
}

/// What criteria ask offers for, in the words of the database, on behalf of this account.
fn question(criteria: &AlertCriteria, owner: Uuid) -> Option<OfferQuestion> {
    let Wanted { any, all, pay } = Wanted::of(criteria);
    // Every term is one: they are made as those of offers are.
    let sought = |terms: &Vec<String>| terms.iter().map(|term| Sought::term(term)).collect();
    let groups = |groups: &[Vec<String>]| groups.iter().map(sought).collect::<Option<Vec<_>>>();
    let words = WordQuery { any: groups(&any)?, all: groups(&all)?, except: vec![] };
    let (pay, only_with_salary) = ((pay.min, pay.max), pay.only_told);
    Some(OfferQuestion { words, pay, only_with_salary, unhidden_from: Some(owner) })
}

/// The open offers that match and that this account does not hide, the newest first, `limit` at
/// most.
pub async fn matches(
    db: &Db,
    criteria: &AlertCriteria,
    owner: Uuid,
    limit: u32,
) -> Result<Vec<OfferRow>, DbError> {
    let Some(question) = question(criteria, owner) else { return Ok(vec![]) };
    offers::fitting(db, &question, limit).await
}

/// How many open offers match that this account does not hide.
pub async fn matches_total(db: &Db, criteria: &AlertCriteria, owner: Uuid) -> Result<u64, DbError> {
    let Some(question) = question(criteria, owner) else { return Ok(0) };
    offers::count_fitting(db, &question).await
}

/// Those for which it is time. When they were looked at last, and nothing matched, is kept beside the log. Nobody is
/// told whose address is not known to be theirs, or whose account is disabled.
const DUE: &str = "
    FROM job_alerts AS a
    LEFT JOIN alert_looks AS l ON l.alert_id = a.id
    WHERE a.active = TRUE
      AND CASE WHEN l.looked_at >= a.scheduled_at THEN l.next_at ELSE a.due_at END <= $1
      AND EXISTS (
          SELECT 1
          FROM accounts AS u
          WHERE u.id = a.owner AND u.email_confirmed = TRUE AND u.disabled = FALSE)";

/// Up to where in the log its owner was told, or nothing matched.
const UP_TO: &str = "CASE WHEN l.up_to > a.up_to THEN l.up_to ELSE a.up_to END";

/// How many alerts are due, and how much there is to read for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// How many.
    pub alerts: u64,
    /// Behind which place in the log offers are new to one of them.
    pub after: i64,
}

/// The alerts for which it is time.
pub async fn backlog(db: &Db, now: Timestamp) -> Result<Backlog, DbError> {
    let sql = format!("SELECT count(*), coalesce(min({UP_TO}), 0) {DUE}");
    let (alerts, after): (i64, i64) = db.fetch_one(&sql, args![now]).await?;
    Ok(Backlog { alerts: alerts.max(0).unsigned_abs(), after })
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct DueRow {
    #[sqlx(try_from = "Text")]
    id: Uuid,
    #[sqlx(try_from = "Text")]
    owner: Uuid,
    frequency: String,
    told_up_to: i64,
    #[sqlx(skip)]
    criteria: Personal<String>,
    #[sqlx(skip)]
    zone: Personal<String>,
}

opened_row!(DueRow: criteria, zone);

/// An alert for which it is time.
#[derive(Clone, Debug)]
pub struct DueAlert {
    /// Which.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Uuid,
    /// What is looked for; none where its owner was forgotten a moment ago.
    pub criteria: Option<Personal<AlertCriteria>>,
    /// How often its owner is told.
    pub frequency: AlertFrequency,
    /// In which zone it is 09:00 then.
    pub zone: AlertZone,
    /// Up to where in the log its owner was told, or nothing matched.
    pub up_to: i64,
}

/// A page of the alerts for which it is time, after one, in the order of their ids.
pub async fn due_alerts(
    log: &Log,
    now: Timestamp,
    after: Uuid,
    limit: u32,
) -> Result<Vec<DueAlert>, DbError> {
    let columns = TABLE.columns_as("a");
    let sql = format!(
        "SELECT {columns}, {UP_TO} AS told_up_to {DUE} AND a.id > $2 ORDER BY a.id LIMIT $3"
    );
    let rows: Vec<DueRow> = TABLE.fetch_all(log, &sql, args![now, after, limit]).await?;
    let due = |row: DueRow| DueAlert {
        id: row.id,
        owner: row.owner,
        criteria: row.criteria.reveal().parse().ok().map(Personal::new),
        frequency: row.frequency.parse().unwrap_or_default(),
        zone: AlertZone::try_from(row.zone.reveal().clone()).unwrap_or_default(),
        up_to: row.told_up_to,
    };
    Ok(rows.into_iter().map(due).collect())
}
