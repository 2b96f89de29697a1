//! The tables of the read models, made and altered from their declarations.
//!
//! [`prepare`] brings the database to what each [`Table`](crate::Table) says: it makes what is missing and
//! the indexes, and takes over tables that are as declared, whoever made them. Where rows of another shape
//! are in a table, it leaves them to readers and runners of the version that wrote them, and names the
//! projection; [`build`] then fills a copy in the new shape beside it and puts that into its place, as a
//! [rebuild](crate::rebuild()) does. So a read model is whole at every moment, and what is killed in the
//! middle leaves the old one in place.
//!
//! The shape in which the rows are is noted beside the states of the projections. A runner looks at it in
//! each transaction, and a process at its start: only the version whose shape it is writes.

mod build;
mod ddl;
mod digest;

use event_store::checkpoint::{self, CheckpointError};
use event_store::{Db, DbError, Tx, args};
use sha2::{Digest as _, Sha256};

use crate::apply::{ApplyError, checkpoint_name};
use crate::table::Generation;
use crate::{Index, Projection, all, analytics};

pub use build::build;
pub(crate) use ddl::{drop_an_index, exchange, renew, widen};
use digest::Digests;

/// Names the lock under which tables are made.
const LOCK: i64 = 7_305_109;

const NOTED: &str = "
    SELECT name, shape, indexes
    FROM projection_shapes";

const NOTED_OF: &str = "
    SELECT name, shape, indexes
    FROM projection_shapes
    WHERE name = $1";

const NOTE: &str = "
    INSERT INTO projection_shapes (name, shape, indexes)
    VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET shape = excluded.shape, indexes = excluded.indexes";

/// The shape that is noted of tables that are new and to be filled: that of no version.
const UNFILLED: &str = "";

const HEAD: &str = "
    SELECT position
    FROM events
    ORDER BY position DESC
    LIMIT 1";

/// What is noted of the tables of a projection.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Noted {
    name: String,
    shape: String,
    indexes: String,
}

/// Makes the tables of every projection as they are declared. Returns those whose rows are to be built
/// anew, see [`build`]. Harmless when all are there; several processes may do so at once.
pub async fn prepare(db: &Db) -> Result<Vec<&'static str>, DbError> {
    prepare_these(db, &all()).await
}

/// The same for these projections.
pub async fn prepare_these(
    db: &Db,
    projections: &[Box<dyn Projection>],
) -> Result<Vec<&'static str>, DbError> {
    let mut outdated = vec![];
    let catalog = db.catalog().await?;
    let noted: Vec<Noted> = db.fetch_all(NOTED, args![]).await?;
    for projection in projections {
        let projection = &**projection;
        let noted = noted.iter().find(|noted| noted.name == projection.name());
        let is_there = noted.is_some_and(|noted| digest::of(projection).are(noted))
            && ddl::all_as_declared(&catalog, projection);
        if !is_there && !prepare_one(db, projection).await? {
            outdated.push(projection.name());
        }
    }
    Ok(outdated)
}

/// The same for one projection; whether its rows are in the declared shape now.
pub async fn prepare_one(db: &Db, projection: &dyn Projection) -> Result<bool, DbError> {
    prepare_for(db, projection, Fills::No).await
}

/// Whether the caller fills tables that are new, event after event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fills {
    Yes,
    No,
}

async fn prepare_for(db: &Db, projection: &dyn Projection, fills: Fills) -> Result<bool, DbError> {
    let mut tx = db.begin().await?;
    tx.alone(LOCK).await?;
    let is_current = prepare_in(&mut tx, projection, fills).await?;
    tx.commit().await?;
    Ok(is_current)
}

async fn prepare_in(
    tx: &mut Tx,
    projection: &dyn Projection,
    fills: Fills,
) -> Result<bool, DbError> {
    let name = projection.name();
    let own = digest::of(projection);
    let live = checkpoint_name(name, Generation::Live);
    lock(tx, &live).await?;
    let mut catalog = tx.catalog().await?;
    let noted: Option<Noted> = tx.fetch_optional(NOTED_OF, args![name]).await?;
    let head: Option<(i64,)> = tx.fetch_optional(HEAD, args![]).await?;
    let mut is_current = match &noted {
        Some(noted) => noted.shape == own.shape,
        // They were made by migrations, before shapes were noted.
        None => projection.tables().iter().all(|table| table.revision == 1),
    };
    let (mut is_new, mut others) = (false, vec![]);
    for table in projection.tables() {
        match catalog.get(table.name) {
            Some(found) if found.shape.is_like(&table.shape()) => {}
            Some(_) => others.push(table),
            None => {
                ddl::create(tx, table, Generation::Live).await?;
                is_new = true;
            }
        }
    }
    if is_new {
        // Its rows, if there were any, went with it.
        checkpoint::forget(tx, &live).await?;
        tx.execute(NOTE, args![name, UNFILLED, own.indexes.as_str()]).await?;
        is_current = fills == Fills::Yes;
    }
    is_current &= others.is_empty();
    if head.is_none() && !is_current {
        // There is nothing to build from: empty tables are exchanged at once.
        for table in others {
            renew(tx, &catalog, table).await?;
            exchange(tx, table).await?;
            analytics::follow(tx, table).await?;
        }
        catalog = tx.catalog().await?;
        checkpoint::forget(tx, &live).await?;
        is_current = true;
    }
    if !is_current {
        return Ok(false);
    }
    for table in projection.tables() {
        if ddl::mend_copy(tx, &catalog, table).await? {
            checkpoint::forget(tx, &checkpoint_name(name, Generation::Rebuilding)).await?;
        }
        // Its name does not tell how it was defined.
        let is_other =
            |index: &Index| noted.as_ref().is_some_and(|it| digest::is_other(it, table, index));
        ddl::mend_indexes(tx, table, &is_other).await?;
    }
    note(tx, name, &own).await?;
    Ok(true)
}

/// Locks the checkpoint, as whoever writes rows or exchanges tables does first.
async fn lock(tx: &mut Tx, checkpoint: &str) -> Result<(), DbError> {
    while let Some(at) = checkpoint::read_in(tx, checkpoint).await? {
        match checkpoint::advance(tx, checkpoint, at, at).await {
            Ok(()) => break,
            Err(CheckpointError::Moved { .. }) => {}
            Err(CheckpointError::Db(error)) => return Err(error),
        }
    }
    Ok(())
}

/// The digest of all that is declared of the tables of these projections: other tables, another digest.
pub fn digest(projections: &[Box<dyn Projection>]) -> String {
    let mut digest = Sha256::new();
    for projection in projections {
        let own = digest::of(&**projection);
        digest.update(format!("{} {} {}\n", projection.name(), own.shape, own.indexes));
    }
    hex::encode(digest.finalize())
}

/// Notes that the rows of a projection are in this version's shape.
async fn note(tx: &mut Tx, name: &str, own: &Digests) -> Result<(), DbError> {
    tx.execute(NOTE, args![name, own.shape.as_str(), own.indexes.as_str()]).await.map(drop)
}

/// Notes the same of a projection whose tables have just been exchanged.
pub(crate) async fn note_own(tx: &mut Tx, projection: &dyn Projection) -> Result<(), DbError> {
    note(tx, projection.name(), &digest::of(projection)).await
}

/// The projections whose tables are not noted to be in this version's shape: `postulo migrate` mends that.
pub async fn outdated(db: &Db) -> Result<Vec<&'static str>, DbError> {
    let noted: Vec<Noted> = db.fetch_all(NOTED, args![]).await?;
    let is_own = |projection: &dyn Projection| {
        let noted = noted.iter().find(|noted| noted.name == projection.name());
        noted.is_some_and(|noted| noted.shape == digest::of(projection).shape)
    };
    Ok(all().iter().filter(|it| !is_own(&***it)).map(|it| it.name()).collect())
}

/// Refuses where rows of this version do not belong into the tables, as the transaction sees them.
pub(crate) async fn writable(tx: &mut Tx, projection: &dyn Projection) -> Result<(), ApplyError> {
    let noted: Option<Noted> = tx.fetch_optional(NOTED_OF, args![projection.name()]).await?;
    accept(noted.is_some_and(|noted| noted.shape == digest::of(projection).shape), projection)
}

/// The same for a runner that begins: tables of which nothing is noted yet are made, or taken over.
pub(crate) async fn begin(db: &Db, projection: &dyn Projection) -> Result<(), ApplyError> {
    let noted: Option<Noted> = db.fetch_optional(NOTED_OF, args![projection.name()]).await?;
    let is_own = match noted {
        Some(noted) => noted.shape == digest::of(projection).shape,
        None => prepare_for(db, projection, Fills::Yes).await?,
    };
    accept(is_own, projection)
}

fn accept(is_own: bool, projection: &dyn Projection) -> Result<(), ApplyError> {
    if is_own { Ok(()) } else { Err(ApplyError::OtherShape { name: projection.name() }) }
}
