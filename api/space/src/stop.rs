//! The links by which letters that come again are stopped: those of a job alert, and those of the archive. Opened,
//! one asks; a mail program whose reader asks for no more letters posts there at once (RFC 8058).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use commands::{Cause, CommandError, LinkPurpose};
use domain::account::AccountRefusal;
use domain::space::SpaceRefusal;
use event_store::ActorKind;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::page::{Notice, Page};

/// What the page of one kind of letters says.
struct Words {
    title: &'static str,
    text: &'static str,
    action: &'static str,
    stopped_title: &'static str,
    stopped_text: &'static str,
    /// The page on which they are switched on again.
    back: &'static str,
    back_name: &'static str,
}

impl Words {
    fn of_alert(lang: Lang) -> Self {
        Self {
            title: lang.t("alerts-stop-title"),
            text: lang.t("alerts-stop-text"),
            action: lang.t("alerts-stop-action"),
            stopped_title: lang.t("alerts-stopped-title"),
            stopped_text: lang.t("alerts-stopped-text"),
            back: "/me/alerts",
            back_name: lang.t("alerts-title"),
        }
    }

    fn of_archive(lang: Lang) -> Self {
        Self {
            title: lang.t("space-archive-letters-stop-title"),
            text: lang.t("space-archive-letters-stop-text"),
            action: lang.t("space-archive-letters-stop-action"),
            stopped_title: lang.t("space-archive-letters-stopped-title"),
            stopped_text: lang.t("space-archive-letters-stopped-text"),
            back: "/me/put-away",
            back_name: lang.t("space-put-away"),
        }
    }
}

#[derive(Template)]
#[template(path = "stop.html")]
pub(crate) struct StopPage {
    lang: Lang,
    words: Words,
    /// Whether it was done; else it is asked.
    stopped: bool,
}

fn opened(app: &App, purpose: LinkPurpose, token: &str, lang: Lang) -> Result<Uuid, Notice> {
    let opened = app.commands.links().open(purpose, token, app.commands.now());
    opened.map_err(|_| {
        let next = match purpose {
            LinkPurpose::ArchiveLetters => lang.t("space-archive-letters-stop-forged-next"),
            _ => lang.t("alerts-stop-forged-next"),
        };
        Notice::new(
            lang,
            StatusCode::NOT_FOUND,
            lang.t("alerts-stop-forged"),
            lang.t("alerts-stop-forged-means"),
            next,
        )
    })
}

/// Who follows the link of a letter.
fn cause(app: &App, name: &str) -> Cause {
    Cause::request(ActorKind::Candidate, Some(name.to_owned()), app.commands.fresh_id())
}

pub(crate) async fn alert_page(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<StopPage>, Failure> {
    let lang = asked.or_browser();
    opened(&app, LinkPurpose::Alert, &token, lang)?;
    Ok(Page::new(StopPage { lang, words: Words::of_alert(lang), stopped: false }))
}

pub(crate) async fn stop_alert(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<StopPage>, Failure> {
    let lang = asked.or_browser();
    let id = opened(&app, LinkPurpose::Alert, &token, lang)?;
    match app.commands.alerts().stop(id, &cause(&app, "link of a job alert")).await {
        // Of one that was deleted no letter is sent either.
        Ok(_) | Err(CommandError::Refused(SpaceRefusal::NotFound | SpaceRefusal::Erased)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Page::new(StopPage { lang, words: Words::of_alert(lang), stopped: true }))
}

pub(crate) async fn archive_page(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<StopPage>, Failure> {
    let lang = asked.or_browser();
    opened(&app, LinkPurpose::ArchiveLetters, &token, lang)?;
    Ok(Page::new(StopPage { lang, words: Words::of_archive(lang), stopped: false }))
}

pub(crate) async fn stop_archive(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<StopPage>, Failure> {
    let lang = asked.or_browser();
    let id = opened(&app, LinkPurpose::ArchiveLetters, &token, lang)?;
    let cause = cause(&app, "link of an archive letter");
    match app.commands.accounts().wish_archive_letters(id, false, &cause).await {
        // To whoever has no account no letter is sent either.
        Ok(()) | Err(CommandError::Refused(AccountRefusal::NotFound | AccountRefusal::Closed)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Page::new(StopPage { lang, words: Words::of_archive(lang), stopped: true }))
}
