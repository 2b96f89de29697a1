//! Reading a client's own applications.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{Uri, header};
use domain::application::ApplicationStatus;
use event_store::Position;
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use projections::applications::{self, Cursor, Filter};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::partner::auth::Asker;
use crate::partner::openapi::{ListProblems, ReadOneProblems};
use crate::partner::resource::ApplicationResource;
use web::app::App;
use web::problem::{Kind, Problem};
use web::query::Query;

/// How long a read waits for what was just written.
const PATIENCE: Duration = Duration::from_secs(2);

/// Read one application.
///
/// It is found as soon as its 201 was answered. With `position`, the answer is at least as new as
/// that event. While the service catches up for longer than two seconds, the answer is 503.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{id}",
    operation_id = "getApplication",
    tag = "applications",
    params(("id" = Uuid, Path, description = "The application"), AsNewAs),
    responses(
        (status = 200, description = "The application as it stands", body = ApplicationResource),
        ReadOneProblems,
    ),
    security(("client" = [])),
)]
pub(crate) async fn one(
    State(app): State<App>,
    Asker(partner): Asker,
    Named(id): Named,
    wanted: AsNewAs,
) -> Result<Json<ApplicationResource>, Problem> {
    let head = async || app.commands.log().head().await.map_err(|e| Problem::unavailable(&e));
    let mut as_new_as = None;
    if let Some(position) = wanted.position {
        // Beyond the end of the log nothing was answered yet.
        let position = Position::new(position).min(head().await?);
        let caught_up = (app.caught_up)(position, PATIENCE).await;
        as_new_as = Some(position).filter(|_| !caught_up);
    }
    let mut found = applications::find(app.commands.log(), id).await.map_err(unavailable)?;
    if found.is_none() && as_new_as.is_none() {
        (app.caught_up)(head().await?, PATIENCE).await;
        found = applications::find(app.commands.log(), id).await.map_err(unavailable)?;
    }
    let Some(row) = found else {
        // The log has it as soon as it was taken.
        let history = app.commands.applications().find(id).await?;
        let taken = history.state.known();
        let ours = taken.is_ok_and(|application| application.submission.partner == partner.id);
        return Err(if ours { not_yet() } else { Problem::not_found() });
    };
    if row.client_id != partner.id {
        return Err(Problem::not_found());
    }
    if as_new_as.is_some_and(|position| row.last_position < position) {
        return Err(not_yet());
    }
    Ok(Json(row.into()))
}

/// What is asked for happened, and cannot be read yet.
fn not_yet() -> Problem {
    let detail = "It was taken, and cannot be read yet: the service is catching up. Ask again in a few seconds.";
    Problem::new(Kind::Unavailable, detail).with_header(header::RETRY_AFTER, "5")
}

/// The application that a path names.
pub(crate) struct Named(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(id) = path.map_err(|_| {
            let detail = "The address holds what is not UTF-8 behind its percent signs.";
            Problem::new(Kind::MalformedRequest, detail)
        })?;
        id.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsNewAs {
    /// A position that an earlier answer gave.
    #[param(minimum = 0, maximum = 9_223_372_036_854_775_807_i64)]
    position: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for AsNewAs {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut query = Query::of(&parts.uri, &["position"]);
        let detail = "`position` is a whole number that an earlier answer gave.";
        let position = query.take("position", detail, |text| text.parse().ok().filter(|n| *n >= 0));
        query.finish_known()?;
        Ok(Self { position })
    }
}

/// What a list may be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Where the page before ended: its `next`, unchanged.
    #[param(value_type = Option<String>, pattern = "^a(?:0*[1-9a-f][0-9a-f]{0,14})$", max_length = 17)]
    cursor: Option<Cursor>,
    #[param(schema_with = super::openapi::page_sizes)]
    limit: Option<u32>,
    #[param(schema_with = super::openapi::statuses)]
    status: Option<ApplicationStatus>,
    /// Only those submitted at this time or later, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut query = Query::of(&parts.uri, &["cursor", "limit", "status", "since"]);
        let cursor = "`cursor` is not one of ours: take it from the page before.";
        let cursor = query.take("cursor", cursor, |text| text.parse().ok());
        let limit = format!("`limit` is a whole number from 1 to {}.", Filter::MAX);
        let limit = query.take("limit", limit, |text| {
            text.parse().ok().filter(|limit| (1..=Filter::MAX).contains(limit))
        });
        let names: Vec<_> = ApplicationStatus::ALL.iter().map(|status| status.as_str()).collect();
        let status = format!("`status` is one of {}.", names.join(", "));
        let status = query.take("status", status, |text| text.parse::<ApplicationStatus>().ok());
        let since = "`since` is a time like 2026-11-20T09:00:00Z.";
        let since = query.take("since", since, time);
        query.finish_known()?;
        Ok(Self { cursor, limit, status, since })
    }
}

/// A time of RFC 3339; one beyond what a clock can show here is the first or the last that it can.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let pieces = Pieces::parse(text).ok()?;
        pieces.offset()?;
        pieces.time()?;
        let before = pieces.date().year() < 0;
        Some(if before { Timestamp::MIN } else { Timestamp::MAX })
    })
}

/// A page of applications, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApplicationList {
    items: Vec<ApplicationResource>,
    /// The cursor of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// List your applications, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/applications",
    operation_id = "listApplications",
    tag = "applications",
    params(Wanted),
    responses((status = 200, description = "A page", body = ApplicationList), ListProblems),
    security(("client" = [])),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Asker(partner): Asker,
    wanted: Wanted,
) -> Result<Json<ApplicationList>, Problem> {
    let Wanted { cursor, limit, status, since } = wanted;
    let limit = limit.unwrap_or(Filter::USUAL);
    let filter = Filter { cursor, limit, status, since, ..Filter::of(partner.id) };
    let page = applications::list(app.commands.log(), &filter).await.map_err(unavailable)?;
    Ok(Json(ApplicationList {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next.map(|cursor| cursor.to_string()),
    }))
}

/// An event of an application.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventResource {
    /// Its place in the log.
    #[schema(minimum = 1)]
    position: i64,
    /// Its place among the application's events, from 1.
    #[schema(minimum = 1)]
    sequence: i64,
    #[schema(schema_with = super::openapi::event_kinds)]
    kind: &'static str,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    recorded_at: String,
    #[schema(schema_with = super::openapi::actors)]
    actor: String,
    /// The event, as its JSON Schema describes it.
    event: Value,
}

/// Read everything that happened to an application, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/applications/{id}/events",
    operation_id = "listApplicationEvents",
    tag = "applications",
    params(("id" = Uuid, Path, description = "The application")),
    responses(
        (status = 200, description = "The events", body = [EventResource]),
        ReadOneProblems,
    ),
    security(("client" = [])),
)]
pub(crate) async fn events(
    State(app): State<App>,
    Asker(partner): Asker,
    Named(id): Named,
    uri: Uri,
) -> Result<Json<Vec<EventResource>>, Problem> {
    Query::of(&uri, &[]).finish_known()?;
    let history = app.commands.applications().find(id).await?;
    let application = history.state.known().map_err(|_| Problem::not_found())?;
    if application.submission.partner != partner.id {
        return Err(Problem::not_found());
    }
    let events = history.events.iter().map(|recorded| {
        Ok(EventResource {
            position: recorded.position.get(),
            sequence: recorded.sequence,
            kind: recorded.event.kind().as_str(),
            recorded_at: event_store::timestamp_text(recorded.recorded_at),
            actor: recorded.metadata.actor.kind.to_string(),
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
