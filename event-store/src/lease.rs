//! Work that one process does at a time: a projection, a reactor that follows the log, the relay.
//!
//! On PostgreSQL a lease is a row with a counter that its holder moves on; whoever else wants it
//! watches the counter, and takes over when it stood still for [`LeaseOptions::patience`] of the
//! watcher's own time, so that no two clocks are ever compared. A holder that cannot move the
//! counter for that long, because the database is gone or the process was frozen, stops its work by
//! itself. On SQLite a lease is a lock on a file beside the database, which the operating system
//! releases when the process dies.
//!
//! A lease keeps work from being done twice as a rule; what must never happen twice is guarded by a
//! checkpoint's compare-and-set or by the aggregate.

mod file;
mod row;

use std::convert::Infallible;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{Db, DbError, ids};

pub use row::holders;

/// How leases are kept. The defaults let work move on within ten seconds of a process's death.
#[derive(Clone, Copy, Debug)]
pub struct LeaseOptions {
    /// How often the holder moves the counter on.
    pub beat: Duration,
    /// How long the counter stands still before another process takes over.
    pub patience: Duration,
    /// How often a process that waits looks.
    pub look: Duration,
}

impl Default for LeaseOptions {
    fn default() -> Self {
        Self {
            beat: Duration::from_millis(1500),
            patience: Duration::from_secs(6),
            look: Duration::from_millis(500),
        }
    }
}

/// Names this process among those that hold leases: the machine, the process, and chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(Arc<str>);

impl Holder {
    /// A name that no other holder has.
    pub fn new() -> Self {
        let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let process = std::process::id();
        Self(format!("{}:{process}:{:08x}", machine.trim(), ids::chance()).into())
    }

    /// Its name, as operators see it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Holder {
    fn default() -> Self {
        Self::new()
    }
}

/// A lease that is held, as its work sees it; clones are the same.
#[derive(Clone, Debug)]
pub struct Held {
    ended: CancellationToken,
    /// Until when no other process can have taken it; `None` while a file's lock holds it.
    until: Option<Arc<Mutex<Instant>>>,
}

impl Held {
    /// A lease that nobody else wants and that ends with `stop`, for work that needs none.
    pub fn unshared(stop: &CancellationToken) -> Self {
        Self { ended: stop.child_token(), until: None }
    }

    /// Whether it is held for certain this moment: ask before an effect on the world.
    pub fn is_current(&self) -> bool {
        let until = self.until.as_ref();
        let fresh = until.is_none_or(|until| {
            Instant::now() < *until.lock().unwrap_or_else(PoisonError::into_inner)
        });
        fresh && !self.ended.is_cancelled()
    }

    /// Cancelled when the lease is lost, or when the process was asked to stop: end the work.
    pub fn ended(&self) -> &CancellationToken {
        &self.ended
    }
}

/// Does `work` whenever this process holds the lease `name`, until `stop`. The work has to end soon
/// after [`Held::ended`]; one that ends by itself is begun again.
pub async fn run<F, Fut>(
    db: &Db,
    name: &str,
    holder: &Holder,
    options: LeaseOptions,
    stop: &CancellationToken,
    work: F,
) where
    F: Fn(Held) -> Fut,
    Fut: Future<Output = ()>,
{
    while !stop.is_cancelled() {
        match once(db, name, holder, options, stop, &work).await {
            Ok(Some(())) => {}
            Ok(None) => return,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(lease.name = name, error, "a lease cannot be asked for");
            }
        }
        // Others that wait have their turn, and a failing database its rest.
        tokio::select! {
            () = sleep(options.look) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Does `work` once, as soon as this process holds the lease `name`, and says what came of it; `None`
/// where `stop` came first. The work has to end soon after [`Held::ended`]. A holder asks for a lease in
/// one place at a time: its own is free to it.
pub async fn once<F, Fut, T>(
    db: &Db,
    name: &str,
    holder: &Holder,
    options: LeaseOptions,
    stop: &CancellationToken,
    work: F,
) -> Result<Option<T>, LeaseError>
where
    F: FnOnce(Held) -> Fut,
    Fut: Future<Output = T>,
{
    let (taken, until) = tokio::select! {
        taken = take(db, name, holder, options) => taken?,
        () = stop.cancelled() => return Ok(None),
    };
    tracing::debug!(lease.name = name, "a lease is taken");
    let held = Held { ended: stop.child_token(), until };
    let done = tokio::select! {
        done = work(held.clone()) => done,
        never = keep(&taken, &held, options) => match never {},
    };
    held.ended.cancel();
    taken.release().await;
    Ok(Some(done))
}

/// Waits for the lock of this name on a SQLite file; it holds until this is dropped, or the process
/// dies.
pub(crate) async fn lock(database: &Path, name: &str) -> Result<impl Sized + use<>, DbError> {
    let lock = file::take(database, name, LeaseOptions::default()).await;
    lock.map_err(|error| match error {
        LeaseError::Db(error) => error,
        LeaseError::File { source, .. } => sqlx::Error::Io(source).into(),
    })
}

enum Taken {
    Row(row::RowLease),
    File(file::FileLease),
}

/// Waits for the lease; says until when it is certain.
async fn take(
    db: &Db,
    name: &str,
    holder: &Holder,
    options: LeaseOptions,
) -> Result<(Taken, Option<Arc<Mutex<Instant>>>), LeaseError> {
    match db {
        Db::Postgres(_) => {
            let (lease, until) = row::take(db, name, holder, options).await?;
            Ok((Taken::Row(lease), Some(Arc::new(Mutex::new(until)))))
        }
        Db::Sqlite(sqlite) => {
            let lease = file::take(sqlite.place.path(), name, options).await?;
            Ok((Taken::File(lease), None))
        }
    }
}

/// Keeps the lease while its work is done; ends the work when it is lost.
async fn keep(taken: &Taken, held: &Held, options: LeaseOptions) -> Infallible {
    if let (Taken::Row(lease), Some(until)) = (taken, &held.until) {
        lease.keep(until, options).await;
        tracing::warn!(lease.name = lease.name(), "a lease is lost; its work stops here");
        held.ended.cancel();
    }
    pending().await
}

impl Taken {
    /// Lets another process begin at once.
    async fn release(self) {
        match self {
            Self::Row(lease) => lease.release().await,
            Self::File(lease) => drop(lease),
        }
    }
}

/// A lease cannot be asked for.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The file beside the database cannot be locked.
    #[error("{path:?} cannot be locked; check the permissions of its folder")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
