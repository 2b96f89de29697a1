//! Whether the process lives, and whether it can do its work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use event_store::{Db, Log};
use serde_json::{Value, json};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a process needs to work.
#[derive(Clone)]
pub(crate) struct Health {
    pub(crate) log: Log,
    pub(crate) db: Db,
}

/// Answers while the process lives.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// 200 while the process can do its work; 503 with what is not ready otherwise.
pub(crate) async fn ready(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    let head = tokio::time::timeout(PATIENCE, health.log.head()).await;
    let log = matches!(head, Ok(Ok(_)));
    let pending = tokio::time::timeout(PATIENCE, health.db.pending_migrations()).await;
    let migrations = matches!(&pending, Ok(Ok(pending)) if pending.is_empty());
    let ready = log && migrations;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "status": if ready { "ready" } else { "not ready" },
        "log": if log { "answers" } else { "does not answer" },
        "migrations": if migrations { "up to date" } else { "pending, or not readable" },
    });
    (status, Json(body))
}
