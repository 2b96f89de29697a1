//! Whether the process lives, and whether it can do its work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use commands::Attachments;
use event_store::{Db, DbError, Log, tree};
use serde_json::{Value, json};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a process needs to work.
#[derive(Clone)]
pub(crate) struct Health {
    pub(crate) log: Log,
    pub(crate) db: Db,
    pub(crate) documents: Attachments,
}

/// Answers while the process lives.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// 200 while the process can do its work; 503 with what is not ready otherwise. A log that is not
/// signed any more is told too, and is no reason to take no applications.
pub(crate) async fn ready(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    let head = tokio::time::timeout(PATIENCE, health.log.head()).await;
    let log = matches!(head, Ok(Ok(_)));
    let written = tokio::time::timeout(PATIENCE, health.log.can_be_written()).await;
    let pending = tokio::time::timeout(PATIENCE, health.db.pending_migrations()).await;
    let migrations = matches!(&pending, Ok(Ok(pending)) if pending.is_empty());
    let documents = health.documents.in_place().is_ok();
    let ready = log && matches!(written, Ok(Ok(()))) && migrations && documents;
    let refusal = tokio::time::timeout(PATIENCE, tree::stored_refusal(&health.db)).await;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "status": if ready { "ready" } else { "not ready" },
        "log": if log { "answers" } else { "does not answer" },
        "writing": writing(written.as_ref().ok()),
        "migrations": if migrations { "up to date" } else { "pending, or not readable" },
        "documents": if documents { "in their place" } else { "their folder was moved or deleted" },
        "signatures": match refusal {
            Ok(Ok(None)) => "not refused",
            Ok(Ok(Some(_))) => "refused: `postulo doctor` says why",
            _ => "not known",
        },
    });
    (status, Json(body))
}

/// In words without a path: anybody may read them.
fn writing(written: Option<&Result<(), DbError>>) -> &'static str {
    match written {
        Some(Ok(())) => "works",
        Some(Err(error)) => told(error),
        None => "takes too long",
    }
}

fn told(error: &DbError) -> &'static str {
    match error {
        DbError::Shared(error) => told(error),
        DbError::Moved(_) => "refused: the database file was moved, deleted or replaced",
        DbError::ReadOnly => "refused: the database can only be read",
        _ => "fails: is the disk full, or the database locked?",
    }
}
