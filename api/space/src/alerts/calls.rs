//! What programs may ask of job alerts.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use commands::NewAlert;
use domain::space::{AlertCriteria, AlertFrequency, AlertZone, ChangeAlert, SwitchAlert};
use domain::{Invalid, Line};
use projections::space::{AlertItem, alerts, matches, matches_total};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;
use web::App;
use web::api::{Bearer, Body};
use web::problem::Problem;

use super::criteria;
use super::openapi::{AlertBody, AlertProblems, ChangeBody, ListQuery, PreviewBody, PreviewQuery};
use super::wire::{Alert, Preview, Summary, not_found, refused};
use crate::applications::shown;
use crate::fields::Fields;
use crate::place::id as read_id;

/// Offers of a preview at most.
const SHOWN: u32 = 20;

fn frequency(text: &str) -> Result<AlertFrequency, Invalid> {
    text.trim().to_ascii_lowercase().parse()
}

fn named(text: &str) -> Result<Uuid, Problem> {
    read_id(text).ok_or_else(not_found)
}

async fn all(app: &App, bearer: &Bearer) -> Result<Vec<AlertItem>, Problem> {
    let found = alerts(app.commands.log(), bearer.account.id).await;
    found.map_err(|error| Problem::unavailable(&error))
}

#[utoipa::path(
    get,
    path = "/api/job-alerts",
    operation_id = "listJobAlerts",
    tag = "job alerts",
    params(ListQuery),
    responses((status = 200, description = "The alerts, the newest first", body = Vec<Alert>), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    bearer: Bearer,
    Query(query): Query<Listed>,
) -> Result<Json<Vec<Alert>>, Problem> {
    let items = all(&app, &bearer).await?.into_iter();
    let asked = query.is_active.as_deref().and_then(|text| match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    });
    let items = items.filter(|item| asked.is_none_or(|active| item.active == active));
    Ok(Json(items.map(Into::into).collect()))
}

#[derive(Deserialize)]
pub(crate) struct Listed {
    is_active: Option<String>,
}

#[utoipa::path(
    post,
    path = "/api/job-alerts",
    operation_id = "createJobAlert",
    tag = "job alerts",
    request_body = AlertBody,
    responses((status = 201, description = "The alert", body = Alert), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn create(
    State(app): State<App>,
    bearer: Bearer,
    Body(body): Body<Map<String, Value>>,
) -> Result<Response, Problem> {
    let criteria = criteria::of(&body, bearer.lang)?;
    let fields = Fields::new(body.clone(), bearer.lang);
    let name: Line<200> = fields.required("name")?;
    let frequency = fields.read("frequency", frequency)?.some().unwrap_or_default();
    let zone = fields.parse::<AlertZone>("time_zone")?.some().unwrap_or_default();
    let criteria = match criteria {
        Some(criteria) => criteria,
        None => criteria::required(&body, bearer.lang)?,
    };
    let new = NewAlert { name, criteria, frequency, zone };
    let (id, owner, cause) = (app.commands.fresh_id(), bearer.account.id, bearer.cause());
    let created = app.commands.alerts().create(id, owner, new, &cause).await;
    let receipt = created.map_err(|error| refused(error, bearer.lang))?;
    shown(&app, receipt.position).await;
    let known = receipt.state.known().map_err(|_| not_found())?;
    Ok((StatusCode::CREATED, Json(Alert::from(AlertItem::of_state(id, known)))).into_response())
}

#[utoipa::path(
    get,
    path = "/api/job-alerts/{id}",
    operation_id = "getJobAlert",
    tag = "job alerts",
    params(("id" = Uuid, Path, description = "Which alert")),
    responses((status = 200, description = "The alert", body = Alert), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn find(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Alert>, Problem> {
    let id = named(&text)?;
    let known = app.commands.alerts().find(id, bearer.account.id).await;
    let known = known.map_err(|error| refused(error, bearer.lang))?;
    Ok(Json(AlertItem::of_state(id, &known).into()))
}

#[utoipa::path(
    put,
    path = "/api/job-alerts/{id}",
    operation_id = "replaceJobAlert",
    tag = "job alerts",
    params(("id" = Uuid, Path, description = "Which alert")),
    request_body = ChangeBody,
    responses((status = 200, description = "The alert", body = Alert), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn replace(
    state: State<App>,
    bearer: Bearer,
    path: Path<String>,
    body: Body<Map<String, Value>>,
) -> Result<Json<Alert>, Problem> {
    change(state, bearer, path, body).await
}

#[utoipa::path(
    patch,
    path = "/api/job-alerts/{id}",
    operation_id = "changeJobAlert",
    tag = "job alerts",
    params(("id" = Uuid, Path, description = "Which alert")),
    request_body = ChangeBody,
    responses((status = 200, description = "The alert", body = Alert), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn change(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Body(body): Body<Map<String, Value>>,
) -> Result<Json<Alert>, Problem> {
    let id = named(&text)?;
    let wrong = |error| refused(error, bearer.lang);
    let (commands, owner) = (app.commands.alerts(), bearer.account.id);
    commands.find(id, owner).await.map_err(wrong)?;
    let criteria = criteria::of(&body, bearer.lang)?;
    let fields = Fields::new(body, bearer.lang);
    let change = ChangeAlert {
        name: fields.parse("name")?.some(),
        criteria,
        frequency: fields.read("frequency", frequency)?.some(),
        zone: fields.parse("time_zone")?.some(),
        active: fields.boolean("is_active")?,
        up_to: commands.end().await.map_err(wrong)?,
        at: app.commands.now(),
    };
    let receipt = commands.decide(id, owner, change, &bearer.cause()).await.map_err(wrong)?;
    shown(&app, receipt.position).await;
    let known = receipt.state.known().map_err(|_| not_found())?;
    Ok(Json(AlertItem::of_state(id, known).into()))
}

#[utoipa::path(
    delete,
    path = "/api/job-alerts/{id}",
    operation_id = "deleteJobAlert",
    tag = "job alerts",
    params(("id" = Uuid, Path, description = "Which alert")),
    responses((status = 204, description = "It is erased"), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn delete(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = named(&text)?;
    let deleted = app.commands.alerts().delete(id, bearer.account.id, &bearer.cause()).await;
    let receipt = deleted.map_err(|error| refused(error, bearer.lang))?;
    shown(&app, receipt.position).await;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post,
    path = "/api/job-alerts/{id}/toggle",
    operation_id = "toggleJobAlert",
    tag = "job alerts",
    params(("id" = Uuid, Path, description = "Which alert")),
    responses((status = 200, description = "The alert, switched over", body = Alert), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn toggle(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Alert>, Problem> {
    let id = named(&text)?;
    let wrong = |error| refused(error, bearer.lang);
    let (commands, owner) = (app.commands.alerts(), bearer.account.id);
    let active = !commands.find(id, owner).await.map_err(wrong)?.active;
    let up_to = commands.end().await.map_err(wrong)?;
    let switch = SwitchAlert { active, up_to, at: app.commands.now() };
    let receipt = commands.decide(id, owner, switch, &bearer.cause()).await.map_err(wrong)?;
    shown(&app, receipt.position).await;
    let known = receipt.state.known().map_err(|_| not_found())?;
    Ok(Json(AlertItem::of_state(id, known).into()))
}

async fn previewed(
    app: &App,
    owner: Uuid,
    id: Option<Uuid>,
    criteria: &AlertCriteria,
    limit: u32,
) -> Result<Json<Preview>, Problem> {
    let rows = matches(&app.db, criteria, owner, limit).await;
    let rows = rows.map_err(|error| Problem::unavailable(&error))?;
    let total = matches_total(&app.db, criteria, owner).await;
    let total = total.map_err(|error| Problem::unavailable(&error))?;
    Ok(Json(Preview::of(id, criteria, rows, total)))
}

#[derive(Deserialize)]
pub(crate) struct Previewed {
    limit: Option<String>,
}

#[utoipa::path(
    get,
    path = "/api/job-alerts/{id}/preview",
    operation_id = "previewJobAlert",
    tag = "job alerts",
    params(("id" = Uuid, Path, description = "Which alert"), PreviewQuery),
    responses((status = 200, description = "The open offers that match", body = Preview), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn preview(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Query(query): Query<Previewed>,
) -> Result<Json<Preview>, Problem> {
    let id = named(&text)?;
    let known = app.commands.alerts().find(id, bearer.account.id).await;
    let known = known.map_err(|error| refused(error, bearer.lang))?;
    let limit = query.limit.and_then(|text| text.parse().ok()).unwrap_or(SHOWN);
    let owner = bearer.account.id;
    previewed(&app, owner, Some(id), known.criteria.reveal(), limit.clamp(1, SHOWN)).await
}

#[utoipa::path(
    post,
    path = "/api/job-alerts/preview",
    operation_id = "previewUnsavedJobAlert",
    tag = "job alerts",
    request_body = PreviewBody,
    responses((status = 200, description = "The open offers that would match", body = Preview), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn preview_unsaved(
    State(app): State<App>,
    bearer: Bearer,
    Body(body): Body<Map<String, Value>>,
) -> Result<Json<Preview>, Problem> {
    let criteria = criteria::required(&body, bearer.lang)?;
    previewed(&app, bearer.account.id, None, &criteria, SHOWN).await
}

#[utoipa::path(
    get,
    path = "/api/job-alerts/stats/summary",
    operation_id = "summarizeJobAlerts",
    tag = "job alerts",
    responses((status = 200, description = "The figures", body = Summary), AlertProblems),
    security(("bearer" = []))
)]
pub(crate) async fn summary(
    State(app): State<App>,
    bearer: Bearer,
) -> Result<Json<Summary>, Problem> {
    let items = all(&app, &bearer).await?;
    let active = items.iter().filter(|item| item.active).count();
    let inactive = items.len() - active;
    let mut summary = Summary {
        total_alerts: items.len(),
        active,
        active_alerts: active,
        inactive,
        inactive_alerts: inactive,
        by_frequency: super::wire::ByFrequency::default(),
        total_matching_jobs: 0,
        total_jobs_sent: 0,
    };
    for item in items {
        match item.frequency {
            AlertFrequency::Daily => summary.by_frequency.daily += 1,
            AlertFrequency::Weekly => summary.by_frequency.weekly += 1,
            AlertFrequency::Monthly => summary.by_frequency.monthly += 1,
        }
        let total = matches_total(&app.db, item.criteria.reveal(), item.owner).await;
        summary.total_matching_jobs += total.map_err(|error| Problem::unavailable(&error))?;
        summary.total_jobs_sent += item.told;
    }
    Ok(Json(summary))
}
