//! The read models: how far each has come, and building one anew with its progress.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;

use super::frame::{Done, Frame, time};
use super::operator::CurrentOperator;
use super::rebuilds::{Rebuild, Rebuilds};
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "projections.html")]
pub(crate) struct ProjectionsPage {
    lang: Lang,
    frame: Frame,
    rows: Vec<Row>,
    any_running: bool,
}

struct Row {
    name: &'static str,
    lag: i64,
    position: i64,
    head: i64,
    moved: String,
    stuck: String,
    running: bool,
    /// In percent.
    progress: i64,
    ended: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Extension(rebuilds): Extension<Rebuilds>,
    Query(done): Query<Done>,
) -> Result<Page<ProjectionsPage>, Failure> {
    let lang = signed.lang;
    let statuses = projections::status(app.commands.log()).await?;
    let mut rows = vec![];
    for status in statuses {
        let rebuild = rebuilds.of(status.name);
        let built = projections::progress(&app.db, status.name).await?;
        let head = status.head.get().max(1);
        rows.push(Row {
            name: status.name,
            lag: status.lag,
            position: status.position.get(),
            head: status.head.get(),
            moved: status.updated_at.map(time).unwrap_or_default(),
            stuck: status
                .stuck
                .map(|it| format!("#{}: {}", it.position, it.error))
                .unwrap_or_default(),
            running: rebuild == Some(Rebuild::Running),
            progress: built.map_or(0, |built| built.get() * 100 / head),
            ended: match rebuild {
                Some(Rebuild::Done) => lang.t("admin-system-rebuilt").to_owned(),
                Some(Rebuild::Failed(why)) => why,
                Some(Rebuild::Running) | None => String::new(),
            },
        });
    }
    Ok(Page::new(ProjectionsPage {
        lang,
        frame: Frame::new(&signed, "/admin/projections", &done.done),
        any_running: rows.iter().any(|row| row.running),
        rows,
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    name: String,
}

/// Begins to build a read model anew; readers and the service go on.
pub(crate) async fn rebuild(
    State(app): State<App>,
    signed: CurrentOperator,
    Extension(rebuilds): Extension<Rebuilds>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    projections::named(&fields.name).map_err(|_| Notice::impossible_form(lang))?;
    app.commands
        .operators()
        .record_act("projection.rebuild", &fields.name, &signed.cause())
        .await?;
    rebuilds.begin(app.commands.log(), app.commands.clock(), &fields.name);
    Ok(Redirect::to("/admin/projections?done=rebuild").into_response())
}
