//! The answers, by kind.

use askama::Template;
use axum::extract::{Query, State};
use domain::application::AnswerKind;
use event_store::Position;
use projections::answers;
use serde::Deserialize;
use uuid::Uuid;

use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

const PAGE: u32 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    kind: String,
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "answers.html")]
pub(crate) struct Answers {
    lang: Lang,
    frame: Frame,
    kind: String,
    kinds: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    next: Option<i64>,
}

struct Row {
    application: Uuid,
    kind: &'static str,
    at: String,
    client: String,
    message: String,
    email: String,
    undone: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<Answers>, Failure> {
    let lang = signed.lang;
    let kind = asked.kind.parse::<AnswerKind>().ok();
    let before = asked.before.map(Position::new);
    let mut rows = answers::list(app.commands.log(), kind, before, PAGE + 1).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| more).map(|row| row.position.get());
    let rows = rows.into_iter().map(|row| Row {
        application: row.application_id,
        kind: texts::answer_kind(row.kind, lang.0),
        at: time(row.answered_at),
        client: row.client_id.to_string(),
        message: row.message.map(|it| it.reveal().chars().take(140).collect()).unwrap_or_default(),
        email: row.email_status,
        undone: row.undone,
    });
    Ok(Page::new(Answers {
        lang,
        frame: Frame::new(&signed, "/admin/answers", ""),
        kinds: AnswerKind::ALL.map(|it| (it.as_str(), texts::answer_kind(it, lang.0))).to_vec(),
        rows: rows.collect(),
        kind: asked.kind,
        next,
    }))
}
