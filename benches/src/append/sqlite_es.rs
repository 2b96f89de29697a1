//! The stock repository of sqlite-es, with the settings of its own `default_sqlite_pool`, except
//! `synchronous=FULL`: both sides are durable.

use std::str::FromStr as _;
use std::sync::Arc;

use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use serde_json::{Value, json};
use sqlite_es::SqliteEventRepository;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::subject::{Application, KIND, Subject, payload};

/// The table of events as sqlite-es's own migration makes it.
const TABLE: &str = "
    CREATE TABLE events
    (
      aggregate_type text                          NOT NULL,
      aggregate_id   text                          NOT NULL,
      sequence       integer CHECK (sequence >= 0) NOT NULL,
      event_type     text                          NOT NULL,
      event_version  text                          NOT NULL,
      payload        text                          NOT NULL,
      metadata       text                          NOT NULL,
      PRIMARY KEY (aggregate_type, aggregate_id, sequence)
    ) STRICT";

#[derive(Clone)]
pub(crate) struct SqliteEs {
    pool: SqlitePool,
    repository: Arc<SqliteEventRepository>,
    payload: Value,
}

impl Subject for SqliteEs {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new().max_connections(10).connect_with(options).await?;
        sqlx::query(TABLE).execute(&pool).await?;
        Ok(Self {
            repository: Arc::new(SqliteEventRepository::new(pool.clone())),
            pool,
            payload: serde_json::from_str(&payload())?,
        })
    }

    async fn append(&self, id: String) -> anyhow::Result<()> {
        let event = SerializedEvent {
            metadata: json!({"event_id": id, "correlation_id": id, "causation_id": id, "actor": "partner", "actor_id": "bench"}),
            aggregate_id: id,
            sequence: 1,
            aggregate_type: KIND.to_owned(),
            event_type: "Submitted".to_owned(),
            event_version: "1.0".to_owned(),
            payload: self.payload.clone(),
        };
        self.repository.persist::<Application>(&[event], None).await?;
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
