//! Scheduled tasks: what each does, when it runs next, how it went; running one now, and switching it
//! off and on.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use commands::schedules::{self, Outcome, Plan, Planned, Run, STARTED_BY_CLOCK, Switch};
use jiff::Timestamp;
use serde::Deserialize;

use super::chart::Line;
use super::frame::{Done, Frame, length, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

/// Runs on the small line.
const LATEST: u32 = 30;
/// Times that are foretold.
const NEXT: usize = 3;

#[derive(Template)]
#[template(path = "schedules.html")]
pub(crate) struct SchedulesPage {
    lang: Lang,
    frame: Frame,
    tasks: Vec<Task>,
    any_under_way: bool,
}

/// A task as the page shows it.
struct Task {
    name: String,
    about: String,
    cron: String,
    zone: String,
    /// In words; none where it is off.
    next: Vec<String>,
    /// Whether the settings let the clock start it.
    enabled: bool,
    /// Since when somebody has switched it off, and who.
    off: Option<String>,
    failing: bool,
    last: Option<Last>,
    is_open: bool,
    line: Option<Line>,
}

/// Its last run.
struct Last {
    /// For the colour of its tag; empty while it is under way.
    class: &'static str,
    outcome: String,
    at: String,
    who: String,
    /// How long it took, or since when it is under way.
    took: String,
    did: String,
    error: String,
}

/// The operators by id, as people read their addresses.
type Names = BTreeMap<String, String>;

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(done): Query<Done>,
) -> Result<Page<SchedulesPage>, Failure> {
    let lang = signed.lang;
    let planned = schedules::planned(&app.db).await?;
    let failing = schedules::failing(&app.db).await?;
    let operators = app.commands.operators().all().await?;
    let names = operators.iter().map(|it| (it.id.to_string(), readable(it.email.reveal())));
    let names: Names = names.collect();
    let mut tasks = vec![];
    for Planned { plan, .. } in planned {
        let switch = app.commands.schedules().schedule_switch(&plan.task).await?;
        let runs = schedules::latest(&app.db, &plan.task, LATEST).await?;
        let failing = failing.contains(&plan.task);
        let task = Task::new(&plan, switch.as_ref(), &runs, &names, app.commands.now(), lang);
        tasks.push(Task { failing, ..task });
    }
    Ok(Page::new(SchedulesPage {
        lang,
        frame: Frame::new(&signed, "/admin/schedules", &done.done),
        any_under_way: tasks.iter().any(|task| task.is_open),
        tasks,
    }))
}

impl Task {
    fn new(
        plan: &Plan,
        switch: Option<&Switch>,
        runs: &[Run],
        names: &Names,
        now: Timestamp,
        lang: Lang,
    ) -> Self {
        let Plan { task, timetable, enabled } = plan;
        let off = switch.filter(|switch| !switch.on).map(|switch| {
            let who = who(switch.by.as_deref().unwrap_or_default(), names, lang);
            lang.with("schedules-off-since", (("time", &time(switch.at)), ("who", &who)))
        });
        let is_on = *enabled && off.is_none();
        let times = timetable.times(now).take(if is_on { NEXT } else { 0 });
        Self {
            about: lang.with("schedules-about", ("task", &task.replace('.', "-"))),
            cron: timetable.cron().to_owned(),
            zone: timetable.zone_name().to_owned(),
            next: times.map(|at| texts::timestamp(at, timetable.zone(), lang.0)).collect(),
            enabled: *enabled,
            off,
            failing: false,
            last: runs.first().map(|run| Last::new(run, names, now, lang)),
            is_open: runs.iter().any(|run| run.outcome.is_none()),
            line: line(runs, lang),
            name: task.clone(),
        }
    }
}

impl Last {
    fn new(run: &Run, names: &Names, now: Timestamp, lang: Lang) -> Self {
        let outcome =
            |outcome: Outcome| lang.with("schedules-outcome", ("outcome", &outcome.as_str()));
        let took = match (run.started_at, run.ended_at, run.outcome) {
            (Some(began), Some(ended), Some(outcome)) => {
                let took = match ended.duration_since(began) {
                    time if time.as_secs() < 1 => lang.t("schedules-less-than-a-second").to_owned(),
                    time => length(time, lang),
                };
                lang.with("schedules-took", (("outcome", &outcome.as_str()), ("length", &took)))
            }
            (Some(_), None, Some(_)) => lang.t("schedules-process-died").to_owned(),
            (Some(began), _, None) => {
                let since = length(now.duration_since(began), lang);
                lang.with("schedules-under-way", ("time", &since))
            }
            _ => lang.t("schedules-asked-for").to_owned(),
        };
        Self {
            class: match run.outcome {
                Some(Outcome::Done) => "sent",
                Some(_) => "undeliverable",
                None => "",
            },
            outcome: run.outcome.map(outcome).unwrap_or_default(),
            at: time(run.started_at.unwrap_or(run.due_at)),
            who: who(&run.started_by, names, lang),
            took,
            did: texts::task_report(&run.report.counts, run.report.note.as_deref(), lang.0),
            error: run.report.error.clone().unwrap_or_default(),
        }
    }
}

/// Who started a run or switched a schedule.
fn who(by: &str, names: &Names, lang: Lang) -> String {
    match by {
        STARTED_BY_CLOCK => lang.t("schedules-by-clock").to_owned(),
        "command-line" => lang.t("schedules-by-command-line").to_owned(),
        id => names
            .get(id)
            .map_or_else(String::new, |email| lang.with("schedules-by-operator", ("email", email))),
    }
}

/// What the runs that ended counted, oldest first.
fn line(runs: &[Run], lang: Lang) -> Option<Line> {
    let ended: Vec<_> = runs.iter().rev().filter(|run| run.outcome.is_some()).collect();
    let number = |outcome| ended.iter().filter(|run| run.outcome == Some(outcome)).count();
    let sums = ended.iter().map(|run| (run.report.sum(), run.outcome != Some(Outcome::Done)));
    let sums: Vec<_> = sums.collect();
    let most = sums.iter().map(|(sum, _)| *sum).max()?;
    let told = lang.with(
        "schedules-line",
        (
            ("done", &number(Outcome::Done)),
            ("failed", &number(Outcome::Failed)),
            ("broken", &number(Outcome::BrokenOff)),
            ("most", &most),
        ),
    );
    Some(Line::new(&sums, told))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    task: String,
    act: String,
}

/// Asks for a run, or switches the clock of a task off or on.
pub(crate) async fn act(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(Fields { task, act }) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let planned = schedules::planned(&app.db).await?;
    if planned.iter().all(|it| it.plan.task != task) {
        return Err(Notice::impossible_form(lang).into());
    }
    let cause = signed.cause();
    let done = match act.as_str() {
        "run" => {
            app.commands.operators().record_act("schedule.run", &task, &cause).await?;
            let asked_by = signed.account.id.to_string();
            let now = app.commands.now();
            let asked = schedules::request(&app.db, &task, &asked_by, now).await?;
            if asked { "task-asked" } else { "task-was-asked" }
        }
        "off" | "on" => {
            app.commands.schedules().switch(&task, act == "on", &cause).await?;
            if act == "on" { "task-on" } else { "task-off" }
        }
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    Ok(Redirect::to(&format!("/admin/schedules?done={done}")).into_response())
}
