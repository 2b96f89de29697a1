//! One batch: read, fold, write, and move the checkpoint, for the runner and for a rebuild.

use std::sync::Arc;

use event_store::checkpoint::{self, CheckpointError};
use event_store::{Clock, DbError, DecodeError, Log, Position, ReadError, Tx};

use crate::page::Page;
use crate::prepared::Prepared;
use crate::table::{Generation, Rows};
use crate::{NewEvents, Projection, schema, status};

/// A batch was not applied; nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The database failed: it may work later.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The row of an event is damaged: the projection stays before it until the log is mended.
    #[error(transparent)]
    Damaged(ReadError),
    /// An event is of a shape that this version does not know: the projection stays before it until
    /// a version runs that does.
    #[error(transparent)]
    Undecodable(Arc<DecodeError>),
    /// Another process moved the checkpoint: read it again and go on from there.
    #[error(transparent)]
    Moved(CheckpointError),
    /// The tables are in the shape of another version, which alone may write into them.
    #[error("the tables of {name} are in the shape of another version")]
    OtherShape {
        /// Which projection.
        name: &'static str,
    },
}

impl From<ReadError> for ApplyError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Db(error) => Self::Db(error),
            damaged @ ReadError::Damaged { .. } => Self::Damaged(damaged),
        }
    }
}

impl From<CheckpointError> for ApplyError {
    fn from(error: CheckpointError) -> Self {
        match error {
            CheckpointError::Db(error) => Self::Db(error),
            moved @ CheckpointError::Moved { .. } => Self::Moved(moved),
        }
    }
}

impl ApplyError {
    /// The event that the projection cannot get past, where that is the trouble.
    pub fn stuck_at(&self) -> Option<Position> {
        match self {
            Self::Damaged(ReadError::Damaged { position, .. }) => Some(*position),
            Self::Undecodable(error) => Some(error.position()),
            Self::Damaged(ReadError::Db(_))
            | Self::Db(_)
            | Self::Moved(_)
            | Self::OtherShape { .. } => None,
        }
    }
}

/// The checkpoint of a projection's copy.
pub(crate) fn checkpoint_name(projection: &str, copy: Generation) -> String {
    copy.name(&format!("projection:{projection}"))
}

/// What applying needs besides the projection.
#[derive(Clone)]
pub(crate) struct Applier {
    pub(crate) log: Log,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Applier {
    /// Folds what of a page is new to who stands at `after`, outside of any transaction. Where one of
    /// the events cannot be decoded, those before it are prepared; it is an error once it is first.
    pub(crate) async fn prepare(
        projection: &dyn Projection,
        kinds: Option<&[&'static str]>,
        page: &Page,
        after: Position,
    ) -> Result<Prepared, ApplyError> {
        let new = NewEvents::of(page, after, kinds);
        let Some(first) = new.iter().next() else {
            return Ok(Prepared::nothing(new.reached()));
        };
        let first = first.position;
        let (changes, reached) = match projection.changes(&new).await {
            Err(ApplyError::Undecodable(error)) if first < error.position() => {
                let new = new.up_to(Position::new(error.position().get() - 1));
                (projection.changes(&new).await?, new.reached())
            }
            outcome => (outcome?, new.reached()),
        };
        Ok(Prepared { rows: changes.rows, removals: changes.removals, reached })
    }

    /// Moves the checkpoint from `from` and writes the rows, in one transaction.
    pub(crate) async fn write(
        &self,
        projection: &dyn Projection,
        copy: Generation,
        from: Position,
        prepared: Prepared,
    ) -> Result<(), ApplyError> {
        // Where it is lost the checkpoint is lost with the rows: they are written again.
        let mut tx = self.log.db().begin_redoable().await?;
        self.write_in(&mut tx, projection, copy, from, prepared).await?;
        if copy == Generation::Live {
            // Asked under the lock of the checkpoint, which whoever alters the tables takes, too.
            schema::writable(&mut tx, projection).await?;
            status::moved(&mut tx, projection.name(), self.clock.now()).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The same in the caller's transaction. The checkpoint comes first: its row is the lock that
    /// keeps two processes from writing the same batch.
    pub(crate) async fn write_in(
        &self,
        tx: &mut Tx,
        projection: &dyn Projection,
        copy: Generation,
        from: Position,
        prepared: Prepared,
    ) -> Result<(), ApplyError> {
        let name = checkpoint_name(projection.name(), copy);
        checkpoint::advance(tx, &name, from, prepared.reached).await?;
        for removal in prepared.removals {
            removal.write(tx, copy).await?;
        }
        for Rows { table, rows } in prepared.rows {
            let table = projection.tables().iter().find(|known| known.name == table);
            let table = table.expect("a projection writes into the tables that it names");
            table.write(tx, copy, rows).await?;
        }
        Ok(())
    }
}
