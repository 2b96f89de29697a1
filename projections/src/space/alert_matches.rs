//! `alert_matches`: when job alerts told their owners of new offers, a row each.

use domain::Personal;
use domain::space::{JobAlert, JobAlertEvent, JobAlertEventKind};
use event_store::{DbError, Log, Position, Value, args};
use uuid::Uuid;

use crate::opened_row;
use crate::{Column, History, Kind, Owner, ReadModel, Reads, Removal, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "alert_matches",
    about: "New offers that job alerts told of: one row for each time. Those of a deleted alert go with it.",
    key: &["alert_id", "position"],
    of: Owner::stream::<JobAlert>("alert_id"),
    columns: &[
        Column::new("alert_id", Kind::Uuid, "The alert."),
        Column::new("position", Kind::Integer, "Where that is in the log."),
        Column::new("offers", Kind::Integer, "How many offers matched."),
        Column::new("matched_at", Kind::Time, "When its owner was told."),
        Column::new("newest", Kind::Text, "The newest of these offers.").nullable().personal(),
    ],
    indexes: &[],
    revision: 1,
};

/// The read model.
pub struct AlertMatches;

impl ReadModel for AlertMatches {
    type Of = JobAlert;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [JobAlertEventKind] {
        &[JobAlertEventKind::JobAlertMatched, JobAlertEventKind::JobAlertDeleted]
    }

    fn reads(&self) -> Reads {
        Reads::Events
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<JobAlert>]) -> Vec<Rows> {
        let there = histories.iter().filter(|history| !is_deleted(history));
        vec![Rows::new(&TABLE, there.flat_map(of_history).collect())]
    }

    fn removals(&self, histories: &[History<JobAlert>]) -> Vec<Removal> {
        let removal = |history: &History<JobAlert>| Removal {
            table: &TABLE,
            equal: vec![("alert_id", history.id.as_str().into())],
        };
        histories.iter().filter(|history| is_deleted(history)).map(removal).collect()
    }
}

fn is_deleted(history: &History<JobAlert>) -> bool {
    let mut events = history.events.iter();
    events.any(|recorded| matches!(recorded.event, JobAlertEvent::JobAlertDeleted { .. }))
}

fn of_history(history: &History<JobAlert>) -> Vec<Vec<Value>> {
    let row = |position: Position, event: &JobAlertEvent| {
        let JobAlertEvent::JobAlertMatched { offers, total, at, .. } = event else { return None };
        let total = i64::try_from(*total).unwrap_or(i64::MAX);
        let newest = offers.reveal().ids().first().map(ToString::to_string);
        Some(args![history.id.as_str(), position, total, *at, newest])
    };
    let events = history.events.iter();
    events.filter_map(|recorded| row(recorded.position, &recorded.event)).collect()
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct MatchRow {
    offers: i64,
    #[sqlx(skip)]
    newest: Option<Personal<String>>,
}

opened_row!(MatchRow: newest);

const ONE: &str = "
    SELECT *
    FROM alert_matches
    WHERE alert_id = $1 AND position = $2";

/// How many offers an alert told of there, and the newest of them.
pub(super) async fn told(
    log: &Log,
    alert: Uuid,
    position: i64,
) -> Result<Option<(u64, Option<Uuid>)>, DbError> {
    let args = args![alert, position];
    let row: Option<MatchRow> = TABLE.fetch_optional(log, &TABLE.by_name(ONE), args).await?;
    Ok(row.map(|row| {
        let newest = row.newest.and_then(|newest| newest.reveal().parse().ok());
        (row.offers.max(0).unsigned_abs(), newest)
    }))
}
