//! The list: everything that is tracked, searched and filtered, a page at a time.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::space::TrackedStatus;
use projections::space::{Cursor, Filter, Shelf, list};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::Page;

use super::card::{Card, Choice, choices};
use super::moves::{Done, Undo};
use super::whose;

const SHOWN: u32 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    status: String,
    tag: String,
    shelf: String,
    after: String,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct ListPage {
    lang: Lang,
    frame: Workplace,
    undo: Option<Undo>,
    asked: Asked,
    choices: Vec<Choice>,
    cards: Vec<Card>,
    /// The address of the next page; empty at the end.
    next: String,
    filtered: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(asked): Query<Asked>,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let lang = signed.lang;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = Filter {
        status: asked.status.parse::<TrackedStatus>().ok(),
        text: asked.q.clone(),
        shelf: if asked.shelf == "archived" { Shelf::Archived } else { Shelf::Current },
        tag: given(&asked.tag),
        cursor: asked.after.parse::<Cursor>().ok(),
    };
    let found = list(app.commands.log(), whose(&app, &signed), &filter, SHOWN).await?;
    let now = app.commands.now();
    let cards: Vec<_> = found.items.iter().map(|item| Card::new(item, now, lang)).collect();
    let next = found.next.map_or_else(String::new, |next| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", &asked.q),
            ("status", &asked.status),
            ("tag", &asked.tag),
            ("shelf", &asked.shelf),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("/me/applications?{}", query.append_pair("after", &next.to_string()).finish())
    });
    let filtered = [&asked.q, &asked.status, &asked.tag, &asked.shelf, &asked.after]
        .iter()
        .any(|it| !it.trim().is_empty());
    let mut frame = accounts::frame(&signed, "/me/applications", "");
    // The page has the same search, beside its filters.
    frame.search = None;
    let undo = done.tell(&mut frame, "/me/applications", lang);
    let choices = choices(lang);
    Ok(Page::new(ListPage { lang, frame, undo, asked, choices, cards, next, filtered }))
}

/// Everything as a file for spreadsheets.
pub(crate) async fn csv(
    State(app): State<App>,
    signed: CurrentUser,
) -> Result<Response, web::problem::Problem> {
    crate::export::file(&app, whose(&app, &signed), signed.lang).await
}
