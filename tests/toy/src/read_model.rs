//! In `projections`: the table, the rows, the queries.

use event_store::{Db, DbError, Log, Value, args};
use jiff::Timestamp;
use projections::{Column, History, Kind, Owner, ReadModel, Reads, Rows, Table, opened_row};

use crate::feedback::{Feedback, FeedbackEvent, FeedbackEventKind};

pub const TABLE: Table = Table {
    name: "feedback",
    about: "What people think of the service: one row for each opinion.",
    key: &["id"],
    of: Owner::stream::<Feedback>("id"),
    columns: &[
        Column::new("id", Kind::Uuid, "Which opinion."),
        Column::new("stars", Kind::Integer, "One to five."),
        Column::new("words", Kind::Text, "In words.").personal(),
        Column::new("given_at", Kind::Time, "When."),
    ],
    indexes: &[],
    revision: 1,
};

pub struct FeedbackTable;

impl ReadModel for FeedbackTable {
    type Of = Feedback;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [FeedbackEventKind] {
        FeedbackEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<Feedback>]) -> Vec<Rows> {
        let rows = histories.iter().filter_map(row).collect();
        vec![Rows::new(&TABLE, rows)]
    }
}

fn row(history: &History<Feedback>) -> Option<Vec<Value>> {
    let given = history.events.iter().find_map(|recorded| match &recorded.event {
        FeedbackEvent::FeedbackGiven { opinion, at } => Some((opinion, at)),
        FeedbackEvent::FeedbackErased { .. } => None,
    });
    let (opinion, at) = given?;
    let stars = i64::from(opinion.stars);
    Some(args![history.id.as_str(), stars, opinion.words.reveal().as_str(), *at])
}

/// An opinion.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FeedbackRow {
    pub stars: i64,
    #[sqlx(skip)]
    pub words: String,
}

opened_row!(FeedbackRow: words);

const LATEST: &str = "
    SELECT *
    FROM feedback
    ORDER BY given_at DESC, id
    LIMIT 100";

/// The latest opinions.
pub async fn latest(log: &Log) -> Result<Vec<FeedbackRow>, DbError> {
    TABLE.fetch_all(log, &TABLE.by_name(LATEST), args![]).await
}

const SINCE: &str = "
    SELECT count(*)
    FROM feedback
    WHERE given_at >= $1";

/// How many were given since then.
pub async fn since(db: &Db, then: Timestamp) -> Result<u64, DbError> {
    let (count,): (i64,) = db.fetch_one(SINCE, args![then]).await?;
    Ok(count.unsigned_abs())
}
