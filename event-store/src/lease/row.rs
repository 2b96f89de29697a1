//! A lease as a row: its holder moves a counter on, others watch it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::{Instant, sleep, timeout_at};

use super::{Holder, LeaseOptions};
use crate::{Db, DbError, args};

const FIRST: &str = "
    INSERT INTO leases (name, holder, beat)
    VALUES ($1, $2, 1)
    ON CONFLICT (name) DO NOTHING";

const LOOK: &str = "
    SELECT holder, beat
    FROM leases
    WHERE name = $1";

const TAKE: &str = "
    UPDATE leases
    SET holder = $2, beat = beat + 1
    WHERE name = $1 AND holder = $3 AND beat = $4";

const BEAT: &str = "
    UPDATE leases
    SET beat = beat + 1
    WHERE name = $1 AND holder = $2";

const RELEASE: &str = "
    UPDATE leases
    SET holder = '', beat = beat + 1
    WHERE name = $1 AND holder = $2";

const HOLDERS: &str = "
    SELECT name, holder
    FROM leases
    WHERE holder <> ''";

/// Who holds which lease, as far as the database tells: a process that died is named until another
/// takes over.
pub async fn holders(db: &Db) -> Result<BTreeMap<String, String>, DbError> {
    match db {
        Db::Sqlite(_) => Ok(BTreeMap::new()),
        Db::Postgres(_) => Ok(db.fetch_all(HOLDERS, args![]).await?.into_iter().collect()),
    }
}

pub(super) struct RowLease {
    db: Db,
    name: String,
    holder: Holder,
}

/// Waits until the lease is free, or its counter stood still for long enough.
pub(super) async fn take(
    db: &Db,
    name: &str,
    holder: &Holder,
    options: LeaseOptions,
) -> Result<(RowLease, Instant), DbError> {
    let lease = || RowLease { db: db.clone(), name: name.to_owned(), holder: holder.clone() };
    let mut seen: Option<((String, i64), Instant)> = None;
    loop {
        let began = Instant::now();
        if db.execute(FIRST, args![name, holder.as_str()]).await? == 1 {
            return Ok((lease(), began + options.patience));
        }
        let now: (String, i64) = db.fetch_one(LOOK, args![name]).await?;
        let looked = Instant::now();
        let still = match &seen {
            Some((before, since)) if *before == now => *since,
            _ => looked,
        };
        let free = now.0.is_empty() || now.0 == holder.as_str();
        if free || still.elapsed() >= options.patience {
            let began = Instant::now();
            let args = args![name, holder.as_str(), now.0.as_str(), now.1];
            if db.execute(TAKE, args).await? == 1 {
                return Ok((lease(), began + options.patience));
            }
        }
        seen = Some((now, still));
        sleep(options.look).await;
    }
}

impl RowLease {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Moves the counter on until the lease is lost: taken by another process, or for too long out
    /// of reach.
    pub(super) async fn keep(&self, until: &Mutex<Instant>, options: LeaseOptions) {
        loop {
            sleep(options.beat).await;
            let end = *until.lock().unwrap_or_else(PoisonError::into_inner);
            let began = Instant::now();
            if began >= end {
                return;
            }
            let beat = self.db.execute(BEAT, args![self.name.as_str(), self.holder.as_str()]);
            match timeout_at(end, beat).await {
                Ok(Ok(1)) => {
                    *until.lock().unwrap_or_else(PoisonError::into_inner) =
                        began + options.patience;
                }
                Ok(Ok(_)) | Err(_) => return,
                Ok(Err(error)) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::debug!(lease.name = self.name, error, "a lease's counter stands");
                }
            }
        }
    }

    pub(super) async fn release(self) {
        let release = self.db.execute(RELEASE, args![self.name.as_str(), self.holder.as_str()]);
        if let Err(error) = release.await {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(lease.name = self.name, error, "a lease is left to run out");
        }
    }
}
