//! The sources of job offers: what is collected from each and how that went; collecting now, and pausing.

mod form;

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use commands::collecting::{
    AskedBy, Collection, CollectionOutcome, CollectionReport, Source, SourceError, ZONE,
};
use commands::schedules;
use domain::collecting::SourceKind;
use domain::schedule::Timetable;
use jiff::Timestamp;
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::Group;
use web::lang::Lang;
use web::page::{Notice, Page};

use super::frame::{Done, Frame, distance, length, time};
use super::operator::CurrentOperator;
use super::permission::Permission as May;
use super::{Entry, Shows, form as posted, page as shown};

/// The task that collects.
const TASK: &str = "offers.collect";
/// Collections of a source that are told.
const LATEST: i64 = 8;

/// The pages about job offers.
const OFFERS: Group = Group { id: "menu-offers", name: |lang| lang.t("sources-menu") };

/// The addresses of these pages.
pub(crate) fn entries() -> Vec<Entry> {
    use Shows::Nobody;
    vec![
        shown("/admin/sources", (May::SeeFigures, Nobody), get(page))
            .menu(OFFERS, |lang| lang.t("sources-title")),
        posted("/admin/sources", (May::Administer, Nobody), post(act)),
        shown("/admin/sources/new", (May::Administer, Nobody), get(form::new))
            .named(|lang| lang.t("sources-new")),
        posted("/admin/sources/new", (May::Administer, Nobody), post(form::add)),
        shown("/admin/sources/{name}/edit", (May::Administer, Nobody), get(form::edit)),
        posted("/admin/sources/{name}/edit", (May::Administer, Nobody), post(form::change)),
        posted("/admin/sources/{name}/remove", (May::Administer, Nobody), post(remove)),
    ]
}

#[derive(Template)]
#[template(path = "sources/list.html")]
struct Sources {
    lang: Lang,
    frame: Frame,
    rows: Vec<Row>,
    any_under_way: bool,
}

/// A source as the page shows it.
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
struct Row {
    name: String,
    kind: String,
    target: String,
    is_address: bool,
    paused: bool,
    applies_here: bool,
    failing: bool,
    is_open: bool,
    /// When it is collected from.
    when: String,
    /// When it last worked; empty where it never did.
    worked: String,
    latest: Vec<Told>,
}

/// A collection as the page tells it.
struct Told {
    class: &'static str,
    outcome: String,
    at: String,
    took: String,
    counts: String,
    why: String,
    note: String,
}

async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(done): Query<Done>,
) -> Result<Page<Sources>, Failure> {
    let (lang, now) = (signed.lang, app.commands.now());
    let collecting = app.commands.collecting();
    let failing = collecting.failing_sources().await?;
    let worked = collecting.last_collected().await?;
    let usual = usual(&app).await?;
    let mut rows = vec![];
    for source in collecting.sources().await? {
        let latest = collecting.latest_collections(source.name.as_str(), LATEST).await?;
        let is_failing = failing.iter().any(|name| name == source.name.as_str());
        let row = Row::new(&source, &latest, &worked, usual.as_ref(), now, lang);
        rows.push(Row { failing: is_failing, ..row });
    }
    Ok(Page::new(Sources {
        lang,
        frame: Frame::new(&signed, "/admin/sources", &done.done),
        any_under_way: rows.iter().any(|row| row.is_open),
        rows,
    }))
}

/// When those are collected from that have no schedule of their own.
async fn usual(app: &App) -> Result<Option<Timetable>, Failure> {
    let planned = schedules::planned(&app.db).await?;
    let task = planned.into_iter().find(|it| it.plan.task == TASK && it.plan.enabled);
    Ok(task.map(|it| it.plan.timetable))
}

impl Row {
    fn new(
        source: &Source,
        latest: &[Collection],
        worked: &BTreeMap<String, Timestamp>,
        usual: Option<&Timetable>,
        now: Timestamp,
        lang: Lang,
    ) -> Self {
        let own = source.cron.as_deref().and_then(|cron| Timetable::parse(cron, ZONE).ok());
        let next = own.as_ref().or(usual).and_then(|it| it.next(now));
        let next = next.map(|at| texts::timestamp(at, &texts::default_zone(), lang.0));
        let when = match (next, &source.cron) {
            (Some(next), Some(cron)) => {
                lang.with("sources-own-schedule", (("cron", cron), ("next", &next)))
            }
            (Some(next), None) => lang.with("sources-with-all", ("next", &next)),
            (None, _) => lang.t("schedules-never").to_owned(),
        };
        let worked = worked.get(source.name.as_str());
        Self {
            name: source.name.to_string(),
            kind: lang.with("sources-kind", ("kind", &source.kind.as_str())),
            target: source.target.clone(),
            is_address: source.kind.is_address(),
            paused: source.paused,
            applies_here: source.applies_here,
            failing: false,
            // What waits while it is paused does not move.
            is_open: latest
                .iter()
                .any(|it| it.outcome.is_none() && !(source.paused && it.started_at.is_none())),
            when,
            worked: worked.map(|at| distance(*at, now, lang)).unwrap_or_default(),
            latest: latest.iter().map(|it| Told::new(it, now, lang)).collect(),
        }
    }
}

impl Told {
    fn new(collection: &Collection, now: Timestamp, lang: Lang) -> Self {
        let Collection { started_at, ended_at, outcome, report, .. } = collection;
        let took = match (started_at, ended_at) {
            (Some(began), Some(ended)) => length(ended.duration_since(*began), lang),
            (Some(began), None) if outcome.is_none() => {
                let since = length(now.duration_since(*began), lang);
                lang.with("schedules-under-way", ("time", &since))
            }
            (None, _) => lang.t("sources-waits").to_owned(),
            (Some(_), None) => String::new(),
        };
        let name = outcome.map_or("open", CollectionOutcome::as_str);
        Self {
            class: match outcome {
                Some(CollectionOutcome::Done) => "sent",
                Some(_) => "undeliverable",
                None => "",
            },
            outcome: lang.with("sources-outcome", ("outcome", &name)),
            at: time(started_at.unwrap_or(collection.asked_at)),
            took,
            counts: counts(report, lang),
            why: why(report, lang),
            note: report.note.clone().unwrap_or_default(),
        }
    }
}

/// What was counted, in words; what was counted to nothing is not told, but for the offers that are new.
fn counts(report: &CollectionReport, lang: Lang) -> String {
    let counts = report.counts;
    let all = [
        ("found", counts.found),
        ("new", counts.new),
        ("changed", counts.changed),
        ("gone", counts.gone),
        ("left-out", counts.left_out),
        ("pages-failed", counts.pages_failed),
    ];
    let told = all.iter().filter(|(what, number)| *number > 0 || matches!(*what, "found" | "new"));
    let told =
        told.map(|(what, number)| lang.with("sources-count", (("what", what), ("count", number))));
    told.collect::<Vec<_>>().join(", ")
}

/// Why it failed, in plain words.
fn why(report: &CollectionReport, lang: Lang) -> String {
    let Some(reason) = &report.reason else { return String::new() };
    let detail = report.detail.as_deref().unwrap_or_default();
    // One page after another failed, for a reason that has words of its own.
    if reason == "failing" {
        let why = lang.with("sources-reason", (("reason", &detail), ("detail", &"")));
        return lang.with("sources-page-after-page", ("why", &why));
    }
    lang.with("sources-reason", (("reason", reason), ("detail", &detail)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    name: String,
    act: String,
}

/// Collects from a source now, or pauses it, or goes on with it.
async fn act(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(Fields { name, act }) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let source = find(&app, lang, &name).await?;
    let (collecting, cause) = (app.commands.collecting(), signed.cause());
    let done = match act.as_str() {
        "run" if source.paused => "source-paused",
        "run" => {
            app.commands.operators().record_act("source.collect", &name, &cause).await?;
            collecting.ask(&[source], AskedBy::Operator).await?;
            let (by, now) = (signed.account.id.to_string(), app.commands.now());
            schedules::request(&app.db, TASK, &by, now).await?;
            "source-asked"
        }
        "pause" | "resume" => {
            let paused = collecting.pause_source(&name, act == "pause", &cause).await;
            paused.map_err(|error| failed(lang, error))?;
            if act == "pause" { "source-paused" } else { "source-resumed" }
        }
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    Ok(Redirect::to(&format!("/admin/sources?done={done}")).into_response())
}

async fn remove(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let removed = app.commands.collecting().remove_source(&name, &signed.cause()).await;
    removed.map_err(|error| failed(signed.lang, error))?;
    Ok(Redirect::to("/admin/sources?done=source-removed").into_response())
}

async fn find(app: &App, lang: Lang, name: &str) -> Result<Source, Failure> {
    let source = app.commands.collecting().source(name).await?;
    source.ok_or_else(|| Notice::not_found(lang).into())
}

fn failed(lang: Lang, error: SourceError) -> Failure {
    match error {
        SourceError::Unknown | SourceError::Taken => Notice::not_found(lang).into(),
        SourceError::Act(error) => error.into(),
        SourceError::Db(error) => error.into(),
    }
}

/// How kinds are offered in a form.
fn kinds(lang: Lang) -> Vec<(&'static str, String)> {
    let named =
        |kind: SourceKind| (kind.as_str(), lang.with("sources-kind", ("kind", &kind.as_str())));
    SourceKind::ALL.into_iter().map(named).collect()
}
