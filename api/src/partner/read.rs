//! Reading a client's own applications.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use domain::application::Status;
use event_store::Position;
use jiff::Timestamp;
use projections::applications::{self, Filter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::partner::auth::Asker;
use crate::partner::resource::ApplicationResource;
use crate::problem::{Kind, Problem};

/// How long a read waits for what was just written.
const PATIENCE: Duration = Duration::from_secs(2);

/// Read one application.
///
/// It is found as soon as its 201 was answered. With `position`, the answer is at least as new as
/// that event.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{id}",
    tag = "applications",
    params(("id" = Uuid, Path, description = "The application"), AsNewAs),
    responses(
        (status = 200, description = "The application as it stands", body = ApplicationResource),
        (status = 401, description = "The credentials are missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Your client has no such application", body = Problem, content_type = "application/problem+json"),
    ),
    security(("client" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Asker(client): Asker,
    Path(id): Path<String>,
    Query(wanted): Query<AsNewAs>,
) -> Result<Json<ApplicationResource>, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::not_found())?;
    if let Some(position) = wanted.position {
        (app.caught_up)(Position::new(position), PATIENCE).await;
    }
    let mut found = applications::find(&app.db, id).await.map_err(unavailable)?;
    if found.is_none() {
        let head = app.commands.log().head().await.map_err(|e| Problem::unavailable(&e))?;
        (app.caught_up)(head, PATIENCE).await;
        found = applications::find(&app.db, id).await.map_err(unavailable)?;
    }
    let found = found.filter(|row| row.client_id == client.id).ok_or_else(Problem::not_found)?;
    Ok(Json(found.into()))
}

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct AsNewAs {
    /// A position that an earlier answer gave.
    position: Option<i64>,
}

/// What a list may be asked for.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct Wanted {
    /// Where the page before ended: its `next`, unchanged.
    cursor: Option<String>,
    /// How many at most, 1 to 200; 50 unless told.
    limit: Option<String>,
    /// Only those that stand there.
    status: Option<String>,
    /// Only those submitted at this time or later, RFC 3339.
    since: Option<String>,
}

/// A page of applications, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicationList {
    items: Vec<ApplicationResource>,
    /// The cursor of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List your applications, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/applications",
    tag = "applications",
    params(Wanted),
    responses(
        (status = 200, description = "A page", body = ApplicationList),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The credentials are missing or wrong", body = Problem, content_type = "application/problem+json"),
    ),
    security(("client" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Asker(client): Asker,
    Query(wanted): Query<Wanted>,
) -> Result<Json<ApplicationList>, Problem> {
    let wrong = |detail: String| Problem::new(Kind::MalformedRequest, detail);
    let mut filter = Filter::of(client.id);
    if let Some(cursor) = wanted.cursor {
        filter.cursor = Some(cursor.parse().map_err(|_| {
            wrong("`cursor` is not one of ours: take it from the page before.".to_owned())
        })?);
    }
    if let Some(limit) = wanted.limit {
        let limit = limit.parse().ok().filter(|limit| (1..=Filter::MAX).contains(limit));
        filter.limit = limit
            .ok_or_else(|| wrong(format!("`limit` is a number from 1 to {}.", Filter::MAX)))?;
    }
    if let Some(status) = wanted.status {
        filter.status = Some(Status::from_name(&status).ok_or_else(|| {
            let names: Vec<_> = Status::ALL.iter().map(|status| status.as_str()).collect();
            wrong(format!("`status` is one of {}.", names.join(", ")))
        })?);
    }
    if let Some(since) = wanted.since {
        let since = since.parse::<Timestamp>();
        filter.since = Some(
            since.map_err(|_| wrong("`since` is a time like 2026-11-20T09:00:00Z.".to_owned()))?,
        );
    }
    let page = applications::list(&app.db, &filter).await.map_err(unavailable)?;
    Ok(Json(ApplicationList {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next.map(|cursor| cursor.to_string()),
    }))
}

/// An event of an application.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventResource {
    /// Its place in the log.
    position: i64,
    /// Its place among the application's events, from 1.
    sequence: i64,
    /// What happened; docs/events.md lists the kinds.
    #[schema(example = "SentToEmployer")]
    kind: &'static str,
    /// RFC 3339, UTC.
    recorded_at: String,
    /// `partner`, `recruiter`, `candidate`, `operator` or `system`.
    actor: Value,
    /// The event, as its JSON Schema describes it.
    event: Value,
}

/// Read everything that happened to an application, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{id}/events",
    tag = "applications",
    params(("id" = Uuid, Path, description = "The application")),
    responses(
        (status = 200, description = "The events", body = [EventResource]),
        (status = 401, description = "The credentials are missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Your client has no such application", body = Problem, content_type = "application/problem+json"),
    ),
    security(("client" = [])),
)]
pub(crate) async fn events(
    State(app): State<App>,
    Asker(client): Asker,
    Path(id): Path<String>,
) -> Result<Json<Vec<EventResource>>, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::not_found())?;
    let history = app.commands.application(id).await?;
    let application = history.state.known().map_err(|_| Problem::not_found())?;
    if application.submission.client != client.id {
        return Err(Problem::not_found());
    }
    let events = history.events.iter().map(|recorded| {
        Ok(EventResource {
            position: recorded.position.get(),
            sequence: recorded.sequence,
            kind: recorded.event.kind().as_str(),
            recorded_at: event_store::timestamp_text(recorded.recorded_at),
            actor: serde_json::to_value(recorded.metadata.actor.kind)?,
            event: serde_json::to_value(&recorded.event)?,
        })
    });
    let events: Result<Vec<_>, serde_json::Error> = events.collect();
    Ok(Json(events.map_err(|error| Problem::internal(&error))?))
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unavailable(error: event_store::DbError) -> Problem {
    Problem::unavailable(&error)
}
