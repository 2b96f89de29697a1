//! A read model built anew, beside the one that readers see, then put into its place.
//!
//! The copy grows in tables with the suffix `_rebuild`, with a checkpoint of its own. Then one
//! transaction locks the live checkpoint, so that no runner of any process writes meanwhile, brings
//! the copy up to it, exchanges the tables' names and sets the checkpoint. Readers see the old rows
//! or the new ones. A runner that goes on beside it finds its checkpoint where it left it, or is
//! told that it moved: rows follow from the position alone, so either way nothing is lost or doubled.
//! The old rows are the copy's from then on, and are deleted piece by piece ([`clearing`]).
//!
//! Two rebuilds of one projection at once are safe: the one whose checkpoint was moved ends with an
//! error. A rebuild that was cut off leaves a copy that the next one empties, or [`abandon`].
//!
//! Indexes keep their table, so their names change sides with each rebuild, and a view goes with the
//! old table: nothing refers to an index, and the views for analysts are made anew in the same
//! transaction.
//!
//! A table whose rows are of another shape is built anew in the same way, the copy being made in the
//! new shape ([`crate::schema`]). Nobody else rebuilds it meanwhile: a rebuild by hand is refused where
//! the shape is another version's.

mod clearing;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use event_store::{Clock, Db, DbError, Log, Position, Tx, checkpoint};
use tokio_util::task::AbortOnDropHandle;

use crate::apply::{Applier, ApplyError, checkpoint_name};
use crate::pages::Pages;
use crate::prepared::Prepared;
use crate::table::Generation;
use crate::{Projection, UnknownProjection, all, analytics, named, schema, status};

/// A projection was not rebuilt; the old rows are in place.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// There is no such projection.
    #[error(transparent)]
    Unknown(#[from] UnknownProjection),
    /// Another process rebuilds it at the same time.
    #[error("another process rebuilds {name} now; let it finish, or try again")]
    Disturbed {
        /// Which projection.
        name: &'static str,
    },
    /// Its tables are in the shape of another version.
    #[error(
        "the tables of {name} are in the shape of another version: run `postulo migrate` of the version that is to go on"
    )]
    OtherShape {
        /// Which projection.
        name: &'static str,
    },
    /// The code that builds it has a mistake.
    #[error("{name} was not rebuilt, by a mistake in the program; the old rows stay in place")]
    Panicked {
        /// Which projection.
        name: &'static str,
    },
    /// The database failed, or an event cannot be read.
    #[error("the old rows stay in place: {0}")]
    Failed(#[source] ApplyError),
}

/// A projection was rebuilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// Which.
    pub name: &'static str,
    /// Up to which event.
    pub position: Position,
}

/// Where the checkpoint of a copy stands whose rows are being deleted: no event is there, so that nobody who
/// still thinks that they build it can write to it.
const CLEARING: Position = Position::new(i64::MAX);

/// How long a rebuild goes on with a database that does not answer, and how long it waits in between.
const AT_MOST: Duration = Duration::from_mins(1);
const A_MOMENT: Duration = Duration::from_millis(200);

/// Builds the projection of this name anew, while readers and runners go on.
pub async fn rebuild(
    log: &Log,
    clock: Arc<dyn Clock>,
    name: &str,
) -> Result<Rebuilt, RebuildError> {
    run(&Pages::new(log, None), log, clock, &*named(name)?, false).await
}

/// The same for several at once, which share what they read of the log: by name, what became of each.
pub async fn rebuild_all(
    log: &Log,
    clock: &Arc<dyn Clock>,
    projections: Vec<Box<dyn Projection>>,
) -> Vec<(&'static str, Result<Rebuilt, RebuildError>)> {
    side_by_side(log, projections, |pages, projection| {
        let (log, clock) = (log.clone(), Arc::clone(clock));
        async move { run(&pages, &log, clock, &*projection, false).await }
    })
    .await
}

/// Does this for each projection at the same time, with the pages that they share.
pub(crate) async fn side_by_side<T, F>(
    log: &Log,
    projections: Vec<Box<dyn Projection>>,
    work: impl Fn(Arc<Pages>, Box<dyn Projection>) -> F,
) -> Vec<(&'static str, Result<T, RebuildError>)>
where
    F: Future<Output = Result<T, RebuildError>> + Send + 'static,
    T: Send + 'static,
{
    let pages = Pages::new(log, None);
    let mut running = vec![];
    for projection in projections {
        let name = projection.name();
        let work = tokio::spawn(work(Arc::clone(&pages), projection));
        running.push((name, AbortOnDropHandle::new(work)));
    }
    let mut ended = vec![];
    for (name, running) in running {
        ended.push((name, running.await.unwrap_or(Err(RebuildError::Panicked { name }))));
    }
    ended
}

/// The same for a projection whose tables are in another shape: afterwards they are in this version's.
pub(crate) async fn rebuild_in_own_shape(
    pages: &Arc<Pages>,
    log: &Log,
    clock: Arc<dyn Clock>,
    projection: &dyn Projection,
) -> Result<Rebuilt, RebuildError> {
    run(pages, log, clock, projection, true).await
}

async fn run(
    pages: &Arc<Pages>,
    log: &Log,
    clock: Arc<dyn Clock>,
    projection: &dyn Projection,
    alters: bool,
) -> Result<Rebuilt, RebuildError> {
    let (applier, pages) = (Applier { log: log.clone(), clock }, Arc::clone(pages));
    let rebuild = Rebuild { applier, pages, projection, alters };
    let name = projection.name();
    let outcome = async {
        if !alters {
            schema::begin(log.db(), projection).await?;
        }
        rebuild.run().await
    };
    match outcome.await {
        Ok(position) => Ok(Rebuilt { name, position }),
        Err(ApplyError::Moved(_)) => Err(RebuildError::Disturbed { name }),
        Err(ApplyError::OtherShape { name }) => Err(RebuildError::OtherShape { name }),
        Err(error) => Err(RebuildError::Failed(error)),
    }
}

/// How far a copy that is being built has come; `None` where none is.
pub async fn progress(db: &Db, name: &str) -> Result<Option<Position>, DbError> {
    Ok(copy_of(db, name).await?.filter(|at| *at != CLEARING))
}

/// Where the checkpoint of the copy stands, if there is one.
async fn copy_of(db: &Db, name: &str) -> Result<Option<Position>, DbError> {
    checkpoint::read(db, &checkpoint_name(name, Generation::Rebuilding)).await
}

/// Copies that are being built or deleted, or were left when that was cut off, with how far each has come.
pub async fn copies(db: &Db) -> Result<Vec<(&'static str, Position)>, DbError> {
    let mut copies = vec![];
    for projection in all() {
        let name = projection.name();
        copies.extend(copy_of(db, name).await?.map(|position| (name, position)));
    }
    Ok(copies)
}

/// Empties a copy that has come no further than `at`: nobody builds it any more, and it may hold data
/// of people who are forgotten since. Says whether it was so; a rebuild that does go on ends with an
/// error.
pub async fn abandon(db: &Db, name: &str, at: Position) -> Result<bool, RebuildError> {
    let projection = named(name)?;
    let copy = checkpoint_name(projection.name(), Generation::Rebuilding);
    let claimed = async {
        let mut tx = db.begin().await?;
        checkpoint::advance(&mut tx, &copy, at, CLEARING).await?;
        tx.commit().await?;
        clear_exchanged(db, &*projection).await
    };
    match claimed.await {
        Ok(()) => Ok(true),
        Err(ApplyError::Moved(_)) => Ok(false),
        Err(error) => Err(RebuildError::Failed(error)),
    }
}

/// Deletes the rows of a copy that was claimed for it; what is cut off can be gone on with by anyone.
async fn clear_exchanged(db: &Db, projection: &dyn Projection) -> Result<(), ApplyError> {
    let copy = checkpoint_name(projection.name(), Generation::Rebuilding);
    let mut tx = clearing::clear(db, projection, CLEARING, &mut Patience::default()).await?;
    checkpoint::forget(&mut tx, &copy).await?;
    Ok(tx.commit().await?)
}

/// Deletes the rows that were exchanged for those built anew, where somebody was cut off in the middle of it.
/// It is built whatever becomes of them.
pub(crate) async fn clear_left(db: &Db, projection: &dyn Projection) {
    let left = async {
        if copy_of(db, projection.name()).await? == Some(CLEARING) {
            clear_exchanged(db, projection).await?;
        }
        Ok(())
    };
    match left.await {
        // Others have deleted them, or another rebuild has begun with it.
        Ok(()) | Err(ApplyError::Moved(_)) => {}
        Err(error) => tracing::warn!(
            projection.name = projection.name(),
            error = &error as &dyn std::error::Error,
            "it is built, and the rows from before are not all deleted: retention does so within two hours"
        ),
    }
}

/// With a database that is busy: another one's large table that is emptied, for instance.
#[derive(Default)]
struct Patience(Option<Instant>);

impl Patience {
    /// Waits a moment, where the same may succeed later.
    async fn with(&mut self, error: ApplyError) -> Result<(), ApplyError> {
        let since = *self.0.get_or_insert_with(Instant::now);
        if !matches!(error, ApplyError::Db(DbError::Unavailable(_))) || since.elapsed() > AT_MOST {
            return Err(error);
        }
        tokio::time::sleep(A_MOMENT).await;
        Ok(())
    }
}

struct Rebuild<'a> {
    applier: Applier,
    /// What all that are built at the same time read.
    pages: Arc<Pages>,
    projection: &'a dyn Projection,
    /// Whether the tables may be in another shape than this version's, and are brought into it.
    alters: bool,
}

impl Rebuild<'_> {
    async fn run(&self) -> Result<Position, ApplyError> {
        let mut patience = Patience::default();
        while let Err(error) = self.claim().await {
            patience.with(error).await?;
        }
        self.clear(Position::START, &mut patience).await?.commit().await?;
        let mut built = Position::START;
        loop {
            built = self.catch_up(built, &mut patience).await?;
            match self.swap(built).await {
                Ok(Some(position)) => {
                    clear_left(self.applier.log.db(), self.projection).await;
                    return Ok(position);
                }
                Ok(None) => {}
                Err(error) => patience.with(error).await?,
            }
        }
    }

    fn checkpoint(&self, copy: Generation) -> String {
        checkpoint_name(self.projection.name(), copy)
    }

    /// Notes that the copy is at the beginning: whoever else builds it ends with an error.
    async fn claim(&self) -> Result<(), ApplyError> {
        let mut tx = self.applier.log.db().begin().await?;
        checkpoint::set(&mut tx, &self.checkpoint(Generation::Rebuilding), Position::START).await?;
        self.check_shape(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn clear(&self, at: Position, patience: &mut Patience) -> Result<Tx, ApplyError> {
        clearing::clear(self.applier.log.db(), self.projection, at, patience).await
    }

    async fn check_shape(&self, tx: &mut Tx) -> Result<(), ApplyError> {
        if self.alters { Ok(()) } else { schema::writable(tx, self.projection).await }
    }

    /// Applies batch after batch to the copy, up to the end of the log.
    async fn catch_up(
        &self,
        mut built: Position,
        patience: &mut Patience,
    ) -> Result<Position, ApplyError> {
        let kinds = self.kinds();
        let reader = self.pages.join(built);
        let mut waiting = Prepared::nothing(built);
        loop {
            let seen = waiting.reached;
            let page = reader.after(seen, kinds.as_deref()).await?;
            let turn = self.pages.to_work().await;
            let prepared = Applier::prepare(self.projection, kinds.as_deref(), &page, seen).await?;
            drop(page);
            let more_follows = prepared.reached.since(seen) >= self.pages.batch();
            waiting.take_in(prepared);
            let reached = waiting.reached;
            if reached == built {
                return Ok(built);
            }
            if more_follows && waiting.may_wait(self.projection, built, self.pages.batch()) {
                continue;
            }
            let prepared = std::mem::replace(&mut waiting, Prepared::nothing(reached));
            let copy = Generation::Rebuilding;
            let written = self.applier.write(self.projection, copy, built, prepared).await;
            drop(turn);
            match written {
                Ok(()) => (built, *patience) = (reached, Patience::default()),
                Err(error) => {
                    patience.with(error).await?;
                    waiting = Prepared::nothing(built);
                }
            }
        }
    }

    fn kinds(&self) -> Option<Vec<&'static str>> {
        (!self.projection.reads_every_kind()).then(|| self.projection.events())
    }

    /// Puts the copy into place; `None` where the live checkpoint moved before it was locked.
    async fn swap(&self, mut built: Position) -> Result<Option<Position>, ApplyError> {
        let live = self.checkpoint(Generation::Live);
        let mut tx = self.applier.log.db().begin().await?;
        let shown = checkpoint::read_in(&mut tx, &live).await?.unwrap_or_default();
        // Moving it to where it is locks it.
        match checkpoint::advance(&mut tx, &live, shown, shown).await {
            Ok(()) => {}
            Err(checkpoint::CheckpointError::Moved { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        self.check_shape(&mut tx).await?;
        // What readers have seen must not vanish. It is little: the copy was at the end just now.
        let kinds = self.kinds();
        while built < shown {
            // By itself: others may wait for the lock that is held here.
            let page = self.pages.alone(built, kinds.as_deref()).await?;
            let prepared =
                Applier::prepare(self.projection, kinds.as_deref(), &page, built).await?;
            let reached = prepared.reached;
            self.applier
                .write_in(&mut tx, self.projection, Generation::Rebuilding, built, prepared)
                .await?;
            built = reached;
        }
        // Fails where another rebuild has emptied the copy meanwhile.
        let copy = self.checkpoint(Generation::Rebuilding);
        checkpoint::advance(&mut tx, &copy, built, CLEARING).await?;
        for table in self.projection.tables() {
            schema::exchange(&mut tx, table).await?;
            analytics::follow(&mut tx, table).await?;
            if self.alters {
                schema::widen(&mut tx, table).await?;
            }
        }
        schema::note_own(&mut tx, self.projection).await?;
        checkpoint::set(&mut tx, &live, built).await?;
        status::moved(&mut tx, self.projection.name(), self.applier.clock.now()).await?;
        tx.commit().await?;
        Ok(Some(built))
    }
}
