//! The event store of disintegrate, with a pool as large as ours and its own migrations. An append
//! checks its stream first, as ours does.

use std::str::FromStr as _;
use std::sync::Arc;

use disintegrate::serde::json::Json;
use disintegrate::{Event, EventStore as _, query};
use disintegrate_postgres::{Migrator, PgEventStore};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::subject::{Subject, payload};

/// The library's own writes a number in hexadecimal, which PostgreSQL reads since version 16 only.
const BEGIN_EPOCH: &str = "
    CREATE OR REPLACE FUNCTION event_store_begin_epoch() RETURNS void AS $$
    DECLARE
        id BIGINT;
        db_id INT;
    BEGIN
        SELECT last_value INTO id FROM seq_event_event_id;
        SELECT oid INTO db_id FROM pg_database WHERE datname = current_database();
        PERFORM pg_try_advisory_xact_lock_shared(db_id, 0);
        PERFORM pg_try_advisory_xact_lock_shared(1, (id & 4294967295)::bit(32)::integer);
        PERFORM pg_try_advisory_xact_lock_shared(2, (id >> 32)::bit(32)::integer);
    END;
    $$ LANGUAGE plpgsql";

#[derive(Clone, Debug, PartialEq, Eq, Event, Serialize, Deserialize)]
enum ApplicationEvent {
    Submitted {
        #[id]
        application_id: String,
        submission: serde_json::Value,
    },
}

#[derive(Clone)]
pub(crate) struct Disintegrate {
    pool: PgPool,
    store: Arc<PgEventStore<ApplicationEvent, Json<ApplicationEvent>>>,
    payload: serde_json::Value,
}

impl Subject for Disintegrate {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url)?.options([("check_function_bodies", "off")]);
        let pool =
            PgPoolOptions::new().max_connections(super::CONNECTIONS).connect_with(options).await?;
        let store = PgEventStore::new_uninitialized(pool.clone(), Json::default());
        Migrator::new(store.clone()).init_event_store().await?;
        sqlx::query(BEGIN_EPOCH).execute(&pool).await?;
        Ok(Self { pool, store: Arc::new(store), payload: serde_json::from_str(&payload())? })
    }

    async fn append(&self, id: String) -> anyhow::Result<()> {
        let stream = query!(ApplicationEvent; application_id == id.clone());
        let event =
            ApplicationEvent::Submitted { application_id: id, submission: self.payload.clone() };
        self.store.append(vec![event], stream, 0).await?;
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
