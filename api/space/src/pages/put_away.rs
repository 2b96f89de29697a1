//! What is archived, hidden, or was deleted within 30 days.

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::space::RESTORABLE;
use projections::space::{Filter, Shelf, TrackedItem, list, removed};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{Notice, Page};

use super::card::Card;
use super::moves::{Done, Undo};
use super::whose;

const SHOWN: u32 = 50;

#[derive(Template)]
#[template(path = "pages/put_away.html")]
struct PutAway {
    lang: Lang,
    frame: Workplace,
    undo: Option<Undo>,
    archived: Vec<Card>,
    more_archived: bool,
    hidden: Vec<Card>,
    removed: Vec<Card>,
    /// Whether its owner is told each month what was archived.
    letters: bool,
    /// Whether nothing can be sent, since the address is not confirmed.
    unconfirmed: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let (lang, whose, now) = (signed.lang, whose(&app, &signed), app.commands.now());
    let log = app.commands.log();
    let on = async |shelf| list(log, whose, &Filter { shelf, ..Filter::default() }, SHOWN).await;
    let cards = |items: &[TrackedItem]| -> Vec<Card> {
        items.iter().map(|item| Card::new(item, now, lang)).collect()
    };
    let (archived, hidden) = (on(Shelf::Archived).await?, on(Shelf::Hidden).await?);
    let removed = removed(log, whose.owner, now - RESTORABLE, SHOWN).await?;
    let removed: Vec<_> = removed.into_iter().filter_map(TrackedItem::of_row).collect();
    let mut frame = accounts::frame(&signed, "/me/put-away", "");
    let undo = done.tell(&mut frame, "/me/put-away", lang);
    Ok(Page::new(PutAway {
        lang,
        frame,
        undo,
        archived: cards(&archived.items),
        more_archived: archived.next.is_some(),
        hidden: cards(&hidden.items),
        removed: cards(&removed),
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
