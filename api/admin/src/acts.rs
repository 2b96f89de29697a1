//! What operators did besides acting on one application.

use askama::Template;
use axum::extract::{Query, State};
use event_store::Position;
use projections::operator_acts;
use serde::Deserialize;

use super::application::operators;
use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

const PAGE: u32 = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "acts.html")]
pub(crate) struct Acts {
    lang: Lang,
    frame: Frame,
    rows: Vec<Row>,
    next: Option<i64>,
}

struct Row {
    position: i64,
    at: String,
    who: String,
    what: String,
    looked: bool,
    subject: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<Acts>, Failure> {
    let lang = signed.lang;
    let before = asked.before.map(Position::new);
    let mut rows = operator_acts::list(&app.db, before, None, PAGE + 1).await?;
    let names = operators(&app).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| more).map(|row| row.position.get());
    let name_of = |id: &str| {
        names.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name).to_owned()
    };
    let rows = rows.into_iter().map(|row| {
        let whom = name_of(&row.operator_id);
        let subject = row.subject.unwrap_or_default();
        Row {
            position: row.position.get(),
            at: time(row.recorded_at),
            who: row.actor_id.as_deref().map(name_of).unwrap_or_default(),
            subject: if row.action.is_some() { subject } else { format!("{whom} {subject}") },
            looked: row.kind == "OperatorLooked",
            what: row.action.unwrap_or(row.kind),
        }
    });
    let frame = Frame::new(&signed, "/admin/acts", "");
    Ok(Page::new(Acts { lang, frame, rows: rows.collect(), next }))
}
