//! How each projection fares, for operators.

use event_store::checkpoint;
use event_store::{Db, DbError, Log, Position, ReadError, Tx, args};
use jiff::Timestamp;
use serde::Serialize;

use crate::all;
use crate::apply::checkpoint_name;
use crate::stored::Text;
use crate::table::Generation;

/// How one projection fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectionStatus {
    /// Its name.
    pub name: &'static str,
    /// Up to which event it has come.
    pub position: Position,
    /// The last event of the log.
    pub head: Position,
    /// How many events lie between; one that does not concern it may count for a second.
    pub lag: i64,
    /// When it last moved; `None` where it never did.
    pub updated_at: Option<Timestamp>,
    /// Why it cannot go on, where it cannot.
    pub stuck: Option<Stuck>,
}

/// A projection stands before an event that it cannot read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stuck {
    /// The event.
    pub position: Position,
    /// What is wrong with it, without anything of its content.
    pub error: String,
}

#[derive(sqlx::FromRow)]
struct State {
    name: String,
    #[sqlx(try_from = "Text")]
    updated_at: Timestamp,
    error: Option<String>,
    error_position: Option<i64>,
}

const STATES: &str = "
    SELECT name, updated_at, error, error_position
    FROM projection_states";

const MOVED: &str = "
    INSERT INTO projection_states (name, updated_at, error, error_position)
    VALUES ($1, $2, NULL, NULL)
    ON CONFLICT (name) DO UPDATE
    SET updated_at = excluded.updated_at, error = NULL, error_position = NULL";

const STUCK: &str = "
    INSERT INTO projection_states (name, updated_at, error, error_position)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (name) DO UPDATE
    SET error = excluded.error, error_position = excluded.error_position";

/// How every projection fares, in the order of [`all`]. It asks the database alone, so it tells the
/// truth beside any process.
pub async fn status(log: &Log) -> Result<Vec<ProjectionStatus>, ReadError> {
    let head = log.head().await?;
    let checkpoints = checkpoint::all(log.db()).await?;
    let states: Vec<State> = log.db().fetch_all(STATES, args![]).await?;
    let of = |name: &'static str| {
        let key = checkpoint_name(name, Generation::Live);
        let position = checkpoints
            .iter()
            .find(|(name, _)| *name == key)
            .map_or(Position::START, |(_, position)| *position);
        let state = states.iter().find(|state| state.name == name);
        let stuck = state.and_then(|state| {
            Some(Stuck {
                position: Position::new(state.error_position?),
                error: state.error.clone()?,
            })
        });
        ProjectionStatus {
            name,
            position,
            head: head.max(position),
            lag: head.since(position),
            updated_at: state.map(|state| state.updated_at),
            stuck,
        }
    };
    Ok(all().iter().map(|projection| of(projection.name())).collect())
}

/// Notes that a projection moved, and forgets what held it up.
pub(crate) async fn moved(tx: &mut Tx, name: &str, at: Timestamp) -> Result<(), DbError> {
    tx.execute(MOVED, args![name, at]).await.map(drop)
}

/// Notes what a projection cannot get past.
pub(crate) async fn stuck(
    db: &Db,
    name: &str,
    at: Timestamp,
    error: &str,
    position: Position,
) -> Result<(), DbError> {
    db.execute(STUCK, args![name, at, error, position]).await.map(drop)
}
