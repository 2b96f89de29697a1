//! What is archived, hidden, or was deleted within 30 days.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::{Query, State};
use domain::space::RESTORABLE;
use projections::space::{Filter, Shelf, TrackedItem, list, removed};
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::Page;

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
    }))
}
