//! How far each follower has come. A checkpoint moves by compare-and-set in the transaction of the
//! follower's own rows, so that an event is applied exactly once, even when two processes run the
//! same follower.

use crate::{Db, DbError, Position, Tx, args};

/// A checkpoint did not move.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Another process moved it meanwhile: roll back, read it again, and go on from there.
    #[error("the checkpoint {name} is no longer at position {from}: another process moved it")]
    Moved {
        /// Whose checkpoint.
        name: String,
        /// Where the caller thought it was.
        from: Position,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

const READ: &str = "
    SELECT position
    FROM checkpoints
    WHERE name = $1";

const ALL: &str = "
    SELECT name, position
    FROM checkpoints
    ORDER BY name";

const MOVE: &str = "
    UPDATE checkpoints
    SET position = $3
    WHERE name = $1 AND position = $2";

const START: &str = "
    INSERT INTO checkpoints (name, position)
    VALUES ($1, $2)
    ON CONFLICT (name) DO NOTHING";

const SET: &str = "
    INSERT INTO checkpoints (name, position)
    VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET position = excluded.position";

const FORGET: &str = "
    DELETE FROM checkpoints
    WHERE name = $1";

/// Up to which event the follower of this name has come; none where it never began.
pub async fn read(db: &Db, name: &str) -> Result<Option<Position>, DbError> {
    let row: Option<(i64,)> = db.fetch_optional(READ, args![name]).await?;
    Ok(row.map(|(position,)| Position::new(position)))
}

/// Like [`read`], as the transaction sees it.
pub async fn read_in(tx: &mut Tx, name: &str) -> Result<Option<Position>, DbError> {
    let row: Option<(i64,)> = tx.fetch_optional(READ, args![name]).await?;
    Ok(row.map(|(position,)| Position::new(position)))
}

/// All checkpoints, by name.
pub async fn all(db: &Db) -> Result<Vec<(String, Position)>, DbError> {
    let rows: Vec<(String, i64)> = db.fetch_all(ALL, args![]).await?;
    Ok(rows.into_iter().map(|(name, position)| (name, Position::new(position))).collect())
}

/// Lets a new follower begin after `at`; a follower that has begun stays where it is. Answers where
/// it is.
pub async fn start(db: &Db, name: &str, at: Position) -> Result<Position, DbError> {
    let mut tx = db.begin().await?;
    tx.execute(START, args![name, at]).await?;
    let position = read_in(&mut tx, name).await?.unwrap_or(at);
    tx.commit().await?;
    Ok(position)
}

/// Moves the checkpoint from where the caller read it to `to`, in the caller's transaction. A
/// follower without a checkpoint is at [`Position::START`].
pub async fn advance(
    tx: &mut Tx,
    name: &str,
    from: Position,
    to: Position,
) -> Result<(), CheckpointError> {
    let mut moved = tx.execute(MOVE, args![name, from, to]).await?;
    if moved == 0 && from == Position::START {
        moved = tx.execute(START, args![name, to]).await?;
    }
    if moved == 1 { Ok(()) } else { Err(CheckpointError::Moved { name: name.to_owned(), from }) }
}

/// Puts the checkpoint at `to`, wherever it was: for a read model that was built anew.
pub async fn set(tx: &mut Tx, name: &str, to: Position) -> Result<(), DbError> {
    tx.execute(SET, args![name, to]).await?;
    Ok(())
}

/// Forgets the checkpoint, as if the follower had never begun.
pub async fn forget(tx: &mut Tx, name: &str) -> Result<(), DbError> {
    tx.execute(FORGET, args![name]).await?;
    Ok(())
}
