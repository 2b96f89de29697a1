//! The stock repository of postgres-es, with a pool as large as ours.

use std::sync::Arc;

use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use postgres_es::PostgresEventRepository;
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use super::subject::{Application, KIND, Subject, payload};

/// The table of events as postgres-es's own migration makes it.
const TABLE: &str = "
    CREATE TABLE events
    (
        aggregate_type text                         NOT NULL,
        aggregate_id   text                         NOT NULL,
        sequence       bigint CHECK (sequence >= 0) NOT NULL,
        event_type     text                         NOT NULL,
        event_version  text                         NOT NULL,
        payload        json                         NOT NULL,
        metadata       json                         NOT NULL,
        PRIMARY KEY (aggregate_type, aggregate_id, sequence)
    )";

#[derive(Clone)]
pub(crate) struct PostgresEs {
    pool: PgPool,
    repository: Arc<PostgresEventRepository>,
    payload: Value,
}

impl Subject for PostgresEs {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new().max_connections(super::CONNECTIONS).connect(url).await?;
        sqlx::query(TABLE).execute(&pool).await?;
        Ok(Self {
            repository: Arc::new(PostgresEventRepository::new(pool.clone())),
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
