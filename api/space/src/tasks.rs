//! Tasks.

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use domain::Personal;
use domain::space::{ChangeTask, RemoveTask, TaskDetails, TaskStatus};
use projections::space::{MOST, TaskCursor, TaskFilter, TaskItem, task_stamp, tasks as listed};
use serde_json::{Map, Value};
use uuid::Uuid;
use web::App;
use web::api::{Bearer, Body};
use web::problem::Problem;

use crate::applications::{link_to_next, shown, whose};
use crate::fields::{Fields, Given};
use crate::not_modified;
use crate::openapi::{ChangedTask, NewTask, SpaceProblems, TaskQuery};
use crate::place::{id, place};
use crate::refused::{TASK, unfit};
use crate::wire::Task;

/// A list without a limit holds so many at most.
const ALL: u32 = MOST * 10;

/// What may be sent of a new task.
const NEW: &[&str] = &["title", "description", "status", "due_date", "application_id"];

/// What may be sent back of one that is there: those of its own that never change are passed over.
const KNOWN: &[&str] = &[
    "title",
    "description",
    "status",
    "due_date",
    "application_id",
    "archived",
    "_id",
    "user_id",
    "created_at",
    "updated_at",
];

/// Tasks
#[utoipa::path(
    get,
    path = "/tasks",
    operation_id = "listTasks",
    tag = "space",
    security(("bearer" = [])),
    params(TaskQuery),
    responses(
        (status = 200, body = Vec<Task>, description = "In the order in which they were added"),
        (status = 304, description = "Nothing of it changed since `If-None-Match`"),
        SpaceProblems,
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    bearer: Bearer,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (filter, limit) = asked(&uri, &bearer)?;
    let (log, owner) = (app.commands.log(), bearer.account.id);
    let stamp = task_stamp(log.db(), owner).await.map_err(|error| Problem::unavailable(&error))?;
    let tag = not_modified::tag(&["tasks", &stamp, uri.query().unwrap_or_default()]);
    if not_modified::has(&headers, &tag) {
        return Ok(not_modified::not_modified(&tag));
    }
    let Some(filter) = filter else {
        return Ok(not_modified::json(&tag, &[(); 0]));
    };
    let list = listed(log, owner, filter, limit.unwrap_or(ALL)).await;
    let list = list.map_err(|error| Problem::unavailable(&error))?;
    let items: Vec<Task> = list.items.into_iter().map(Into::into).collect();
    let mut answer = not_modified::json(&tag, &items);
    if let Some(next) = list.next.filter(|_| limit.is_some()) {
        let link = link_to_next(&uri, &next.to_string());
        answer.headers_mut().extend(link.map(|link| (header::LINK, link)));
    }
    Ok(answer)
}

/// What of the list is asked for; no filter where nothing can be so.
fn asked(uri: &Uri, bearer: &Bearer) -> Result<(Option<TaskFilter>, Option<u32>), Problem> {
    let wrong = |name: &str, what: &'static str| {
        let detail = bearer.lang.t(what);
        unfit(bearer.lang.with("space-wrong-field", (("field", name), ("detail", detail))))
    };
    let mut filter = TaskFilter::default();
    let (mut limit, mut possible) = (None, true);
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    for (name, value) in query.filter(|(_, value)| !value.trim().is_empty()) {
        match &*name {
            "status" => match TaskStatus::read(&value) {
                Ok(status) => filter.status = Some(status),
                Err(_) => possible = false,
            },
            "cursor" => {
                let cursor = value.parse::<TaskCursor>();
                filter.cursor = cursor.map_err(|_| wrong("cursor", "space-no-cursor"))?;
            }
            "limit" => {
                let read = value.parse().ok().filter(|n| (1..=MOST).contains(n));
                limit = Some(read.ok_or_else(|| wrong("limit", "space-limit"))?);
            }
            _ => {}
        }
    }
    Ok((Some(filter).filter(|_| possible), limit))
}

/// The application that a task is about, which must be in the same space; the one that is known
/// already may be gone by now.
async fn about(
    app: &App,
    bearer: &Bearer,
    fields: &Fields,
    known: Option<Uuid>,
) -> Result<Given<Uuid>, Problem> {
    Ok(match fields.read("application_id", |text| Ok(id(text)))? {
        Given::Some(Some(id)) => {
            if known != Some(id) {
                place(app, whose(app, bearer), Some(id)).await?;
            }
            Given::Some(id)
        }
        Given::Some(None) => return Err(fields.kind("application_id", "space-not-an-application")),
        Given::Blank => Given::Blank,
        Given::Absent => Given::Absent,
    })
}

/// Add a task
#[utoipa::path(
    post,
    path = "/tasks",
    operation_id = "addTask",
    tag = "space",
    security(("bearer" = [])),
    request_body = NewTask,
    responses((status = 201, body = Task, description = "It is added"), SpaceProblems),
)]
pub(crate) async fn add(
    State(app): State<App>,
    bearer: Bearer,
    Body(body): Body<Map<String, Value>>,
) -> Result<Response, Problem> {
    let fields = Fields::new(body, bearer.lang);
    fields.known(NEW)?;
    let details = TaskDetails {
        title: Personal::new(fields.required("title")?),
        description: fields.parse("description")?.some().map(Personal::new),
        due_on: fields.date("due_date")?.some(),
        application: about(&app, &bearer, &fields, None).await?.some(),
    };
    let status = fields.read("status", TaskStatus::read)?.some().unwrap_or(TaskStatus::ToDo);
    let (id, owner, cause) = (app.commands.fresh_id(), bearer.account.id, bearer.cause());
    let receipt = app.commands.space().add_task(id, owner, details, status, &cause).await;
    let receipt = receipt.map_err(|error| TASK.refused(error, bearer.lang))?;
    shown(&app, receipt.position).await;
    let known = receipt.state.there().map_err(|_| TASK.not_found())?;
    let item = TaskItem::of_state(id, known);
    Ok((StatusCode::CREATED, Json(Task::from(item))).into_response())
}

/// One task
#[utoipa::path(
    get,
    path = "/tasks/{id}",
    operation_id = "getTask",
    tag = "space",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "Its `_id`.")),
    responses((status = 200, body = Task, description = "The task"), SpaceProblems),
)]
pub(crate) async fn find(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Task>, Problem> {
    let id = id(&text).ok_or_else(|| TASK.not_found())?;
    let known = app.commands.space().task(id, bearer.account.id).await;
    let known = known.map_err(|error| TASK.refused(error, bearer.lang))?;
    Ok(Json(TaskItem::of_state(id, &known).into()))
}

/// Change a task
#[utoipa::path(
    put,
    path = "/tasks/{id}",
    operation_id = "changeTask",
    tag = "space",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "Its `_id`.")),
    request_body = ChangedTask,
    responses((status = 200, body = Task, description = "As it is now"), SpaceProblems),
)]
pub(crate) async fn change(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
    Body(body): Body<Map<String, Value>>,
) -> Result<Json<Task>, Problem> {
    let id = id(&text).ok_or_else(|| TASK.not_found())?;
    let refused = |error| TASK.refused(error, bearer.lang);
    let (space, owner) = (app.commands.space(), bearer.account.id);
    let known = space.task(id, owner).await.map_err(refused)?.details.application;
    let fields = Fields::new(body, bearer.lang);
    fields.known(KNOWN)?;
    let change = ChangeTask {
        title: fields.parse("title")?.some(),
        description: fields.parse("description")?.clearing(),
        // Programs send a date field that was emptied as a blank, and mean nothing by it.
        due_on: fields.date("due_date")?.some().map(Some),
        application: about(&app, &bearer, &fields, known).await?.clearing(),
        status: fields.read("status", TaskStatus::read)?.some(),
        archived: fields.boolean("archived")?,
        at: app.commands.now(),
    };
    let receipt = space.decide_task(id, owner, change, &bearer.cause()).await.map_err(refused)?;
    shown(&app, receipt.position).await;
    let known = receipt.state.there().map_err(|_| TASK.not_found())?;
    Ok(Json(TaskItem::of_state(id, known).into()))
}

/// Remove a task
#[utoipa::path(
    delete,
    path = "/tasks/{id}",
    operation_id = "removeTask",
    tag = "space",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "Its `_id`.")),
    responses((status = 204, description = "It is removed, now or before"), SpaceProblems),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id(&text).ok_or_else(|| TASK.not_found())?;
    let remove = RemoveTask { at: app.commands.now() };
    let owner = bearer.account.id;
    let receipt = app.commands.space().decide_task(id, owner, remove, &bearer.cause()).await;
    let receipt = receipt.map_err(|error| TASK.refused(error, bearer.lang))?;
    shown(&app, receipt.position).await;
    Ok(StatusCode::NO_CONTENT)
}
