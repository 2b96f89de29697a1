//! The dossiers that prefectures follow: those whose residence title is over, or was until lately.

use askama::Template;
use axum::extract::{Query, State};
use domain::permit::DossierState;
use jiff::ToSpan as _;
use projections::permits::{self, FollowUp, day_in_paris};
use serde::Deserialize;

use super::list::PAGE;
use super::told::{Row, rows, states};
use super::within;
use crate::frame::Frame;
use crate::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

/// Titles that ended longer ago are followed no more.
const DAYS: i64 = 62;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    cursor: String,
}

#[derive(Template)]
#[template(path = "permits/follow_up.html")]
pub(crate) struct Followed {
    lang: Lang,
    frame: Frame,
    state: String,
    states: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    next: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<Followed>, Failure> {
    let lang = signed.lang;
    let follow = FollowUp {
        since: day_in_paris(app.commands.now()).saturating_sub(DAYS.days()),
        state: asked.state.parse().ok(),
        within: within(&signed),
        cursor: asked.cursor.parse().ok(),
    };
    let found = permits::to_follow(app.commands.log(), &follow, PAGE).await?;
    let state = follow.state.map(DossierState::as_str).unwrap_or_default();
    let next = |cursor| format!("/admin/permits/follow-up?state={state}&cursor={cursor}");
    Ok(Page::new(Followed {
        lang,
        frame: Frame::new(&signed, "/admin/permits/follow-up", ""),
        state: state.to_owned(),
        states: states(lang),
        next: found.next.map(next).unwrap_or_default(),
        rows: rows(found.items, lang),
    }))
}
