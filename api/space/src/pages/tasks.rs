//! Tasks by due date, overdue ones on top.

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::space::{ChangeTask, DayOrTime, RemoveTask, RestoreTask, TaskDetails, TaskStatus};
use domain::{FieldError, Invalid, Line, Personal, Prose};
use jiff::Timestamp;
use projections::space::{Horizon, TaskItem, TaskLot, agenda};
use serde::Deserialize;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page, WrongField};

use super::card::{day, local_day};
use super::moves::{Done, Undo, refused};
use super::whose;
use crate::applications::shown;
use crate::place::{id, new_id, place};

/// Tasks of each kind on the page.
const SHOWN: u32 = 200;
/// Of those that are put away or done, the newest.
const LEAST: u32 = 50;

/// A task on a line.
pub(crate) struct TaskLine {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) slug: &'static str,
    pub(crate) status: String,
    /// By when, in words; empty for no time.
    pub(crate) due: String,
    pub(crate) overdue: bool,
    pub(crate) application: Option<Uuid>,
}

impl TaskLine {
    pub(crate) fn new(item: &TaskItem, now: Timestamp, lang: Lang) -> Self {
        let open = item.status != TaskStatus::Done;
        let end = item.due_on.map(|due| due.end_in(&texts::default_zone()));
        let overdue = open && end.is_some_and(|end| end <= now);
        let due = item.due_on.map_or_else(String::new, |due| {
            let due = day(due.day(), lang);
            if overdue {
                lang.with("space-overdue", ("day", due.as_str()))
            } else {
                lang.with("space-due", ("day", due.as_str()))
            }
        });
        Self {
            id: item.id,
            title: item.title.reveal().clone(),
            description: item
                .description
                .as_ref()
                .map(|it| it.reveal().clone())
                .unwrap_or_default(),
            slug: item.status.as_str(),
            status: task_status(item.status, lang),
            due,
            overdue,
            application: item.application,
        }
    }
}

fn task_status(status: TaskStatus, lang: Lang) -> String {
    lang.with("space-task-status", ("status", status.as_str()))
}

struct TaskGroup {
    id: &'static str,
    title: &'static str,
    /// What opens it, where it is folded; else empty.
    opens: &'static str,
    lines: Vec<TaskLine>,
    /// How many there are.
    count: u64,
    /// How many of them are not shown.
    more: u64,
}

impl TaskGroup {
    fn new(
        (id, title, opens): (&'static str, &'static str, &'static str),
        lot: &TaskLot,
        now: Timestamp,
        lang: Lang,
    ) -> Option<Self> {
        let lines: Vec<_> = lot.items.iter().map(|item| TaskLine::new(item, now, lang)).collect();
        let (count, more) = (lot.count, lot.count.saturating_sub(lines.len() as u64));
        (count > 0).then_some(Self { id, title, opens, lines, count, more })
    }
}

#[derive(Template)]
#[template(path = "pages/tasks.html")]
pub(crate) struct TasksPage {
    lang: Lang,
    frame: Workplace,
    undo: Option<Undo>,
    groups: Vec<TaskGroup>,
    /// The application that a new one is about, in words; empty for none.
    about: String,
    fields: Fields,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "pages/task.html")]
pub(crate) struct TaskPage {
    lang: Lang,
    frame: Workplace,
    id: Uuid,
    fields: Fields,
    statuses: Vec<(&'static str, String)>,
    errors: FieldErrors,
}

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    id: String,
    title: String,
    description: String,
    due: String,
    status: String,
    about: String,
    what: String,
    /// The page to go back to.
    back: String,
}

/// A task as it was typed.
struct Read {
    title: Line<300>,
    description: Option<Prose<10_000>>,
    due: Option<DayOrTime>,
}

impl Fields {
    fn read(&self) -> Result<Read, Vec<FieldError>> {
        let mut wrong = vec![];
        let mut note = |name, invalid| wrong.push(FieldError::new(name, invalid));
        let title = self.title.parse().map_err(|invalid| note("title", invalid)).ok();
        let blank = |text: &str| domain::as_seen(text).trim().is_empty();
        let description = if blank(&self.description) {
            None
        } else {
            self.description.parse().map_err(|invalid| note("description", invalid)).ok()
        };
        let due = if blank(&self.due) {
            None
        } else {
            let day = domain::dates::date(&self.due);
            let due = day.and_then(|day| day.to_string().parse());
            due.map_err(|_| note("due", Invalid::Date)).ok()
        };
        match title {
            Some(title) if wrong.is_empty() => Ok(Read { title, description, due }),
            _ => Err(wrong),
        }
    }
}

fn told(wrong: &[FieldError], lang: Lang) -> FieldErrors {
    let told = wrong.iter().map(|error| WrongField {
        name: error.field,
        label: match error.field {
            "title" => lang.t("space-task-title"),
            "due" => lang.t("space-task-due"),
            _ => lang.t("space-task-description"),
        },
        text: texts::invalid(&error.invalid, lang.0),
    });
    FieldErrors::in_words(told.collect())
}

/// The application that a new task is about, in words; empty where there is none.
async fn about(app: &App, signed: &CurrentUser, text: &str) -> String {
    let Some(application) = id(text) else { return String::new() };
    let Ok(place) = place(app, whose(app, signed), Some(application)).await else {
        return String::new();
    };
    let item = place.item();
    let (job, company) = (item.position.reveal(), item.company.reveal());
    signed.lang.with("space-task-for", (("job", job), ("company", company)))
}

async fn shown_page(
    app: &App,
    signed: &CurrentUser,
    fields: Fields,
    errors: FieldErrors,
    done: &Done,
) -> Result<Page<TasksPage>, Failure> {
    let (lang, owner, now) = (signed.lang, signed.account.id, app.commands.now());
    let today = local_day(now);
    let until = today.saturating_add(jiff::Span::new().days(7));
    let horizon = Horizon { now, today, until };
    let found = agenda(app.commands.log(), owner, horizon, SHOWN, LEAST).await?;
    let group = |id, title, opens, lot| TaskGroup::new((id, title, opens), lot, now, lang);
    let groups = [
        group("overdue", lang.t("space-tasks-overdue"), "", &found.overdue),
        group("soon", lang.t("space-tasks-soon"), "", &found.soon),
        group("later", lang.t("space-tasks-later"), "", &found.later),
        group("any-time", lang.t("space-tasks-any-time"), "", &found.any_time),
        group("away", lang.t("space-tasks-away"), lang.t("space-tasks-see-away"), &found.away),
        group("done", lang.t("space-tasks-done"), lang.t("space-tasks-see-done"), &found.done),
    ];
    let groups = groups.into_iter().flatten().collect();
    let about = about(app, signed, &fields.about).await;
    let mut frame = accounts::frame(signed, "/me/tasks", "");
    let undo = done.tell(&mut frame, "/me/tasks", lang);
    Ok(Page::new(TasksPage { lang, frame, undo, groups, about, fields, errors }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct About {
    about: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(About { about }): Query<About>,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let fields = Fields { id: app.commands.fresh_id().to_string(), about, ..Fields::default() };
    shown_page(&app, &signed, fields, FieldErrors::none(), &done).await
}

pub(crate) async fn add(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let read = match fields.read() {
        Ok(read) => read,
        Err(wrong) => {
            let errors = told(&wrong, lang);
            let page = shown_page(&app, &signed, fields, errors, &Done::default()).await?;
            return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    let application = id(&fields.about);
    if application.is_some() {
        let place = place(&app, whose(&app, &signed), application).await;
        place.map_err(|error| error.page(lang))?;
    }
    let details = TaskDetails {
        title: Personal::new(read.title),
        description: read.description.map(Personal::new),
        due_on: read.due,
        application,
    };
    let (space, owner, cause) = (app.commands.space(), signed.account.id, signed.cause());
    let name = new_id(&app, owner, &fields.id);
    let receipt = space.add_task(name, owner, details, TaskStatus::ToDo, &cause).await;
    let receipt = receipt.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    Ok(Redirect::to("/me/tasks?done=task").into_response())
}

fn shown_task(
    signed: &CurrentUser,
    id: Uuid,
    fields: Fields,
    errors: FieldErrors,
) -> Page<TaskPage> {
    let lang = signed.lang;
    let statuses = TaskStatus::ALL.map(|it| (it.as_str(), task_status(it, lang))).to_vec();
    let frame = accounts::frame(signed, "/me/tasks", "");
    Page::new(TaskPage { lang, frame, id, fields, statuses, errors })
}

pub(crate) async fn edit_page(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Page<impl Template>, Failure> {
    let lang = signed.lang;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let known = app.commands.space().task(id, signed.account.id).await;
    let known = known.map_err(|error| refused(error, lang))?;
    let details = &known.details;
    let fields = Fields {
        title: details.title.reveal().to_string(),
        description: details
            .description
            .as_ref()
            .map(|it| it.reveal().to_string())
            .unwrap_or_default(),
        due: details.due_on.map(|due| due.day().to_string()).unwrap_or_default(),
        status: known.status.as_str().to_owned(),
        ..Fields::default()
    };
    Ok(shown_task(&signed, id, fields, FieldErrors::none()))
}

/// Changes a task: all of it, or where it stands, or that it is there.
pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let (space, owner, cause) = (app.commands.space(), signed.account.id, signed.cause());
    let at = app.commands.now();
    let status = fields.status.parse::<TaskStatus>().ok();
    let (receipt, done) = match &*fields.what {
        "remove" => (space.decide_task(id, owner, RemoveTask { at }, &cause).await, "task-removed"),
        "move" => {
            let change = ChangeTask { status, at, ..ChangeTask::default() };
            (space.decide_task(id, owner, change, &cause).await, "task-changed")
        }
        _ => {
            let read = match fields.read() {
                Ok(read) => read,
                Err(wrong) => {
                    let page = shown_task(&signed, id, fields, told(&wrong, lang));
                    return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
                }
            };
            let known = space.task(id, owner).await.map_err(|error| refused(error, lang))?;
            let same_day = known.details.due_on.map(DayOrTime::day) == read.due.map(DayOrTime::day);
            let change = ChangeTask {
                title: Some(read.title),
                description: Some(read.description),
                due_on: Some(read.due).filter(|_| !same_day),
                status,
                at,
                ..ChangeTask::default()
            };
            (space.decide_task(id, owner, change, &cause).await, "task-changed")
        }
    };
    let receipt = receipt.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    Ok(Redirect::to(&format!("/me/tasks?done={done}&of={id}")).into_response())
}

/// Restores what was removed within 30 days.
pub(crate) async fn restore(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(Fields { back, .. }) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let restore = RestoreTask { at: app.commands.now() };
    let (owner, cause) = (signed.account.id, signed.cause());
    let receipt = app.commands.space().decide_task(id, owner, restore, &cause).await;
    let receipt = receipt.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    let back = if back == "/me/put-away" { "/me/put-away" } else { "/me/tasks" };
    Ok(Redirect::to(&format!("{back}?done=task-restored")).into_response())
}
