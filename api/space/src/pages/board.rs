//! The board: a column for each status. Cards move by drag, by keyboard, and by a plain list.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::{Query, State};
use domain::space::TrackedStatus;
use projections::space::{Filter, Shelf, counts, lists};
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::Page;

use super::card::{Card, Choice, choices, status_name};
use super::moves::{Done, Undo};
use super::whose;

/// A column shows so many cards; the list has the others.
const SHOWN: u32 = 25;

struct BoardColumn {
    slug: &'static str,
    name: String,
    count: u64,
    cards: Vec<Card>,
    /// How many more there are.
    more: u64,
}

#[derive(Template)]
#[template(path = "pages/board.html")]
struct Board {
    lang: Lang,
    frame: Workplace,
    undo: Option<Undo>,
    columns: Vec<BoardColumn>,
    choices: Vec<Choice>,
    is_empty: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let (lang, whose, log) = (signed.lang, whose(&app, &signed), app.commands.log());
    let now = app.commands.now();
    let counts = counts(log, whose).await?;
    let standing = TrackedStatus::ALL.into_iter().filter(|status| counts.of(*status) > 0);
    let filter =
        |status| Filter { status: Some(status), shelf: Shelf::Current, ..Filter::default() };
    let filters: Vec<_> = standing.map(filter).collect();
    let mut found = lists(log, whose, &filters, SHOWN).await?.into_iter();
    let mut columns = vec![];
    for status in TrackedStatus::ALL {
        let count = counts.of(status);
        let items = if count > 0 { found.next().map(|it| it.items) } else { None };
        let cards: Vec<_> =
            items.unwrap_or_default().iter().map(|item| Card::new(item, now, lang)).collect();
        columns.push(BoardColumn {
            slug: status.as_str(),
            name: status_name(status, lang),
            count,
            more: count.saturating_sub(cards.len() as u64),
            cards,
        });
    }
    let mut frame = accounts::frame(&signed, "/me/board", "");
    let undo = done.tell(&mut frame, "/me/board", lang);
    let is_empty = counts.total() == 0;
    Ok(Page::new(Board { lang, frame, undo, columns, choices: choices(lang), is_empty }))
}
