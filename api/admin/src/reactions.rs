//! Reactions that wait or failed: what, why, since when; and what to do about them.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use commands::parked::{self, Filter};
use domain::application::ReactionAct;
use serde::Deserialize;

use super::application::Reaction;
use super::frame::Frame;
use super::front::state_name;
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

/// Reactions on a page.
const PAGE: i64 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    reactor: String,
    done: String,
    /// What was archived just now, for the undo.
    undo_reactor: String,
    undo_position: i64,
}

#[derive(Template)]
#[template(path = "reactions.html")]
pub(crate) struct Reactions {
    lang: Lang,
    frame: Frame,
    asked: Asked,
    states: Vec<(&'static str, &'static str, i64)>,
    reactors: Vec<String>,
    rows: Vec<Reaction>,
    total: i64,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(mut asked): Query<Asked>,
) -> Result<Page<Reactions>, Failure> {
    let lang = signed.lang;
    if asked.state.is_empty() {
        "failed".clone_into(&mut asked.state);
    }
    let filter = filter(&asked.state, &asked.reactor, 0);
    let counts = parked::counts(&app.db).await?;
    let rows = parked::page(app.commands.log(), &filter, PAGE).await?;
    let total = parked::count(&app.db, &filter).await?;
    let states = ["failed", "delayed", "skipped", "archived"].map(|state| {
        let number = counts.iter().filter(|((_, of), _)| of == state).map(|(_, number)| number);
        (state, state_name(state, lang), number.sum())
    });
    let mut reactors: Vec<_> = counts.keys().map(|(reactor, _)| reactor.clone()).collect();
    reactors.dedup();
    let now = app.commands.now();
    Ok(Page::new(Reactions {
        lang,
        frame: Frame::new(&signed, "/admin/reactions", &asked.done),
        states: states.to_vec(),
        reactors,
        rows: rows.into_iter().map(|row| Reaction::new(row, now, lang)).collect(),
        total,
        asked,
    }))
}

fn filter(state: &str, reactor: &str, position: i64) -> Filter {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Filter {
        state: some(state),
        reactor: some(reactor),
        position: Some(position).filter(|position| *position != 0),
        ..Filter::default()
    }
}

/// One reaction, by `only_reactor` and `position`; or all of a state and a reactor.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    act: String,
    only_reactor: String,
    position: i64,
    state: String,
    reactor: String,
    back: String,
    /// The state of the list to go back to.
    list: String,
    application: String,
}

pub(crate) async fn act(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let act = match fields.act.as_str() {
        "retry" => ReactionAct::Retry,
        "archive" => ReactionAct::Archive,
        "restore" => ReactionAct::Restore,
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    let one = fields.position != 0;
    let filter = if one {
        Filter::one(&fields.only_reactor, fields.position)
    } else if fields.state.is_empty() {
        return Err(Notice::impossible_form(lang).into()); // never all at once by mistake
    } else {
        self::filter(&fields.state, &fields.reactor, 0)
    };
    let count = app.commands.operators().act_on_reactions(act, &filter, &signed.cause()).await?;
    let done = format!("{}:{count}", fields.act);
    let to = match fields.back.as_str() {
        "front" => format!("/admin?done={done}"),
        "application" if fields.application.parse::<uuid::Uuid>().is_ok() => {
            format!("/admin/applications/{}?done={done}", fields.application)
        }
        _ => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("done", &done);
            let list = if fields.list.is_empty() { &fields.state } else { &fields.list };
            query.append_pair("state", list).append_pair("reactor", &fields.reactor);
            if act == ReactionAct::Archive {
                let reactor = if one { &fields.only_reactor } else { &fields.reactor };
                query.append_pair("undo_reactor", reactor);
                query.append_pair("undo_position", &fields.position.to_string());
            }
            format!("/admin/reactions?{}", query.finish())
        }
    };
    Ok(Redirect::to(&to).into_response())
}
