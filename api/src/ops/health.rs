//! Whether the process lives, and whether it can do its work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers while the process lives.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// 200 while applications can be taken; 503 with what is not ready otherwise.
pub(crate) async fn ready(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let head = tokio::time::timeout(PATIENCE, app.commands.log().head()).await;
    let log = matches!(head, Ok(Ok(_)));
    let pending = tokio::time::timeout(PATIENCE, app.db.pending_migrations()).await;
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
