//! The dossiers that could not be read at their source.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::list::PAGE;
use crate::frame::{Frame, time};
use crate::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    page: u32,
}

#[derive(Template)]
#[template(path = "permits/not_read.html")]
pub(crate) struct NotRead {
    lang: Lang,
    frame: Frame,
    count: u64,
    rows: Vec<Row>,
    next: Option<u32>,
}

struct Row {
    procedure: u32,
    number: u64,
    place: String,
    kind: String,
    first: String,
    last: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<NotRead>, Failure> {
    let permits = app.commands.permits();
    let offset = asked.page.saturating_mul(PAGE);
    let mut aside = permits.not_read(PAGE + 1, offset).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = (aside.len() > shown).then_some(asked.page.saturating_add(1));
    aside.truncate(shown);
    let rows = aside.into_iter().map(|it| Row {
        procedure: it.procedure,
        number: it.number,
        place: it.place,
        kind: it.kind,
        first: time(it.first_at),
        last: time(it.last_at),
    });
    Ok(Page::new(NotRead {
        lang: signed.lang,
        frame: Frame::new(&signed, "/admin/permits/not-read", ""),
        count: permits.count_not_read().await?,
        rows: rows.collect(),
        next,
    }))
}
