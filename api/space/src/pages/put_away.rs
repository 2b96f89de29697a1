//! What is archived, hidden, or was deleted within 30 days.

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::space::RESTORABLE;
use jiff::Timestamp;
use projections::space::{Cursor, Filter, List, RemovedTasks, Shelf, list, removed, removed_tasks};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{Notice, Page};

use super::card::Card;
use super::moves::{Done, Undo};
use super::tasks::TaskLine;
use super::whose;

const SHOWN: u32 = 50;

/// Which shelf is looked at, and from where on; each from its beginning where none is named.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    shelf: String,
    after: String,
}

/// What lies on one shelf.
struct Lying {
    cards: Vec<Card>,
    /// The address of what follows; empty at the end.
    next: String,
}

impl Lying {
    fn new(shelf: &str, found: &List, now: Timestamp, lang: Lang) -> Self {
        let cards = found.items.iter().map(|item| Card::new(item, now, lang)).collect();
        let next = found.next.map(|next| format!("/me/put-away?shelf={shelf}&after={next}"));
        Self { cards, next: next.unwrap_or_default() }
    }
}

/// The tasks that were deleted.
struct LyingTasks {
    lines: Vec<TaskLine>,
    /// The address of what follows; empty at the end.
    next: String,
}

impl LyingTasks {
    fn new(found: &RemovedTasks, now: Timestamp, lang: Lang) -> Self {
        let lines = found.items.iter().map(|item| TaskLine::new(item, now, lang)).collect();
        let next = found.next.map(|next| format!("/me/put-away?shelf=tasks&after={next}"));
        Self { lines, next: next.unwrap_or_default() }
    }
}

#[derive(Template)]
#[template(path = "pages/put_away.html")]
struct PutAway {
    lang: Lang,
    frame: Workplace,
    undo: Option<Undo>,
    archived: Lying,
    hidden: Lying,
    removed: Lying,
    tasks: LyingTasks,
    /// Whether one shelf is shown alone.
    one_shelf: bool,
    /// Whether its owner is told each month what was archived.
    letters: bool,
    /// Whether nothing can be sent, since the address is not confirmed.
    unconfirmed: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(asked): Query<Asked>,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let (lang, whose, now) = (signed.lang, whose(&app, &signed), app.commands.now());
    let log = app.commands.log();
    let one_shelf = ["archived", "hidden", "removed", "tasks"].contains(&asked.shelf.as_str());
    let cursor = asked.after.parse::<Cursor>().ok().filter(|_| one_shelf);
    let is_shown = |shelf| !one_shelf || asked.shelf == shelf;
    let lying = async |name: &'static str, shelf| {
        let filter = Filter { shelf, cursor, ..Filter::default() };
        let found =
            if is_shown(name) { list(log, whose, &filter, SHOWN).await? } else { List::default() };
        Ok::<_, Failure>(Lying::new(name, &found, now, lang))
    };
    let (archived, hidden) =
        (lying("archived", Shelf::Archived).await?, lying("hidden", Shelf::Hidden).await?);
    let (owner, since) = (whose.owner, now - RESTORABLE);
    let found = if is_shown("removed") {
        removed(log, owner, since, cursor, SHOWN).await?
    } else {
        List::default()
    };
    let removed = Lying::new("removed", &found, now, lang);
    let found = if is_shown("tasks") {
        removed_tasks(log, owner, since, cursor, SHOWN).await?
    } else {
        RemovedTasks::default()
    };
    let tasks = LyingTasks::new(&found, now, lang);
    let mut frame = accounts::frame(&signed, "/me/put-away", "");
    let undo = done.tell(&mut frame, "/me/put-away", lang);
    Ok(Page::new(PutAway {
        lang,
        frame,
        undo,
        archived,
        hidden,
        removed,
        tasks,
        one_shelf,
        letters: app.commands.accounts().wants_archive_letters(whose.owner).await?,
        unconfirmed: whose.email.is_none(),
    }))
}

/// Whether the letters are to come.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Letters {
    on: String,
}

/// Switches the monthly letter on or off.
pub(crate) async fn letters(
    State(app): State<App>,
    signed: CurrentUser,
    sent: Result<Form<Letters>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Letters { on }) = sent.map_err(|_| Notice::impossible_form(signed.lang))?;
    let (accounts, wanted) = (app.commands.accounts(), on == "yes");
    accounts.wish_archive_letters(signed.account.id, wanted, &signed.cause()).await?;
    let done = if wanted { "letters-on" } else { "letters-off" };
    Ok(Redirect::to(&format!("/me/put-away?done={done}")).into_response())
}
