//! The link by which a job alert is switched off, in its letters. Opened, it asks; a mail program whose reader asks
//! for no more letters posts there at once (RFC 8058).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use commands::{Cause, CommandError, LinkPurpose};
use domain::space::SpaceRefusal;
use event_store::ActorKind;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "stop.html")]
pub(crate) struct StopPage {
    lang: Lang,
    /// Whether it is to be done, or was.
    stopped: bool,
}

fn opened(app: &App, token: &str, lang: Lang) -> Result<Uuid, Notice> {
    let opened = app.commands.links().open(LinkPurpose::Alert, token, app.commands.now());
    opened.map_err(|_| {
        Notice::new(
            lang,
            StatusCode::NOT_FOUND,
            lang.t("alerts-stop-forged"),
            lang.t("alerts-stop-forged-means"),
            lang.t("alerts-stop-forged-next"),
        )
    })
}

pub(crate) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<StopPage>, Failure> {
    let lang = asked.or_browser();
    opened(&app, &token, lang)?;
    Ok(Page::new(StopPage { lang, stopped: false }))
}

pub(crate) async fn stop(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<StopPage>, Failure> {
    let lang = asked.or_browser();
    let id = opened(&app, &token, lang)?;
    let name = Some("link of a job alert".to_owned());
    let cause = Cause::request(ActorKind::Candidate, name, app.commands.fresh_id());
    match app.commands.alerts().stop(id, &cause).await {
        // Of one that was deleted no letter is sent either.
        Ok(_) | Err(CommandError::Refused(SpaceRefusal::NotFound | SpaceRefusal::Erased)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Page::new(StopPage { lang, stopped: true }))
}
