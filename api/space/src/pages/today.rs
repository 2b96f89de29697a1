//! What needs the owner of the space today, and how it stands.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::{Query, State};
use domain::space::TrackedStatus;
use jiff::SignedDuration;
use projections::space::{Cursor, Filter, List, Shelf, counts, due_tasks, list, lists};
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::Page;

use super::card::{Card, local_day};
use super::moves::{Done, Undo};
use super::tasks::TaskLine;
use super::whose;

/// Lines of each kind.
const SHOWN: u32 = 8;
/// Of what was added last.
const LATEST: u32 = 5;
/// Whoever heard nothing for so long may ask.
const SILENCE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// What is due within this time is told.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Template)]
#[template(path = "pages/today.html")]
struct Today {
    lang: Lang,
    frame: Workplace,
    undo: Option<Undo>,
    is_empty: bool,
    /// The day, in words.
    day: String,
    tasks: Vec<TaskLine>,
    interviews: Vec<Card>,
    offers: Vec<Card>,
    silent: Vec<Card>,
    figures: Vec<(&'static str, u64)>,
    latest: Vec<Card>,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let (lang, whose, now) = (signed.lang, whose(&app, &signed), app.commands.now());
    let log = app.commands.log();
    let counts = counts(log, whose).await?;
    let of = |status| Filter { status: Some(status), shelf: Shelf::Current, ..Filter::default() };
    let cards = |list: Option<List>| -> Vec<Card> {
        let items = list.map(|it| it.items).unwrap_or_default();
        items.iter().map(|item| Card::new(item, now, lang)).collect()
    };
    let due = due_tasks(log, whose.owner, now + AHEAD, SHOWN).await?;
    let silent =
        Filter { cursor: Some(Cursor::as_old_as(now - SILENCE)), ..of(TrackedStatus::Sent) };
    let filters = [of(TrackedStatus::Interview), of(TrackedStatus::OfferReceived), silent];
    let mut found = lists(log, whose, &filters, SHOWN).await?.into_iter();
    let latest = Filter { shelf: Shelf::Current, ..Filter::default() };
    let latest = list(log, whose, &latest, LATEST).await?;
    let mut frame = accounts::frame(&signed, "/me", "");
    let undo = done.tell(&mut frame, "/me", lang);
    let answered = TrackedStatus::ALL.into_iter().filter(|status| status.is_answered());
    Ok(Page::new(Today {
        lang,
        frame,
        undo,
        day: texts::day(local_day(now), lang.0),
        is_empty: counts.total() == 0 && due.due.is_empty() && due.any_time.is_empty(),
        tasks: due.due.iter().map(|task| TaskLine::new(task, now, lang)).collect(),
        interviews: cards(found.next()),
        offers: cards(found.next()),
        silent: cards(found.next()),
        figures: vec![
            (lang.t("space-figure-current"), counts.total()),
            (lang.t("space-figure-waiting"), counts.of(TrackedStatus::Sent)),
            (lang.t("space-figure-answered"), answered.map(|status| counts.of(status)).sum()),
            (lang.t("space-figure-interviews"), counts.of(TrackedStatus::Interview)),
        ],
        latest: cards(Some(latest)),
    }))
}
