//! A PostgreSQL database: its connections.

use std::str::FromStr;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::shared::{Opener, Together};
use super::{ACQUIRE_TIMEOUT, DbError, Tx, without_password};

/// Connections of one process.
const CONNECTIONS: u32 = 16;
/// A connection that was used as lately is taken to be alive.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// The connections to a PostgreSQL database.
#[derive(Clone, Debug)]
pub struct PostgresDb {
    /// The connections.
    pub(crate) pool: PgPool,
    /// Where small writes wait to share a transaction.
    pub(super) together: Together,
}

impl PostgresDb {
    /// Connects to `postgres://USER:PASSWORD@HOST/NAME`.
    pub(super) async fn connect(url: &str) -> Result<Self, DbError> {
        let options =
            PgConnectOptions::from_str(url).map_err(|_| DbError::Address(without_password(url)))?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            // Asking each time whether the server is still there costs a round trip.
            .test_before_acquire(false)
            .before_acquire(|connection, metadata| {
                Box::pin(async move {
                    if metadata.idle_for > TRUSTED_FOR {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            // One whose transaction could not be ended is replaced.
            .after_release(|connection, _| {
                let is_free = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_free) })
            })
            .connect_with(options.application_name("postulo"))
            .await?;
        let together = Together::start(Opener::Postgres(pool.clone()));
        Ok(Self { pool, together })
    }

    /// Begins a transaction whose commit does not wait for the disk.
    pub(super) async fn begin_redoable(&self) -> Result<Tx, DbError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("SET LOCAL synchronous_commit = off").execute(&mut *tx).await?;
        Ok(Tx::postgres(tx))
    }
}
