//! What a button does to an application: it moves, is archived, hidden, deleted, restored. The page that it
//! came from says what was done, and offers to undo it.

use accounts::CurrentUser;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::{CommandError, Receipt, SpaceResult};
use domain::Decision;
use domain::space::{
    ChangeTracked, HideTracked, RemoveTracked, RestoreTracked, SpaceRefusal, TrackedApplication,
    TrackedStatus,
};
use serde::Deserialize;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::Notice;

use super::whose;
use crate::applications::shown;
use crate::place::{Place, id, place};
use crate::refused::told;

/// What a form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    /// The status that it moves to.
    status: String,
    /// Whether it is to be so, or no more.
    on: String,
    /// The page to go back to.
    back: String,
}

/// What a page says was done, from its address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    /// What.
    #[serde(rename = "done")]
    pub(crate) what: String,
    /// To which application.
    pub(crate) of: String,
    /// What it was before.
    pub(crate) from: String,
}

/// A form that undoes what was done.
pub(crate) struct Undo {
    pub(crate) action: String,
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) back: &'static str,
}

impl Done {
    /// Writes what was done into the frame; answers how it is undone.
    pub(crate) fn tell(
        &self,
        frame: &mut Workplace,
        back: &'static str,
        lang: Lang,
    ) -> Option<Undo> {
        let id = id(&self.of);
        let undo = |what: &str, name, value: String| {
            let action = format!("/me/applications/{}/{what}", id?);
            Some(Undo { action, name, value, back })
        };
        let (text, undo) = match &*self.what {
            "moved" => {
                let from = self.from.parse::<TrackedStatus>().ok();
                let undo = from.and_then(|from| undo("status", "status", from.as_str().to_owned()));
                (lang.t("space-done-moved").to_owned(), undo)
            }
            "archived" => {
                (lang.t("space-done-archived").to_owned(), undo("archive", "on", String::new()))
            }
            "unarchived" => {
                (lang.t("space-done-unarchived").to_owned(), undo("archive", "on", "yes".into()))
            }
            "hidden" => (lang.t("space-done-hidden").to_owned(), undo("hide", "on", String::new())),
            "shown" => (lang.t("space-done-shown").to_owned(), undo("hide", "on", "yes".into())),
            "removed" => {
                (lang.t("space-done-removed").to_owned(), undo("restore", "on", "yes".into()))
            }
            "restored" => (lang.t("space-done-restored").to_owned(), None),
            "added" => (lang.t("space-done-added").to_owned(), None),
            "changed" => (lang.t("space-done-changed").to_owned(), None),
            "note" => (lang.t("space-done-note").to_owned(), None),
            "note-removed" => (lang.t("space-done-note-removed").to_owned(), None),
            "tags" => (lang.t("space-done-tags").to_owned(), None),
            "task" => (lang.t("space-done-task").to_owned(), None),
            "task-changed" => (lang.t("space-done-task-changed").to_owned(), None),
            "task-removed" => {
                let action = id.map(|id| format!("/me/tasks/{id}/restore"));
                let undo = |action| Undo { action, name: "on", value: "yes".to_owned(), back };
                (lang.t("space-done-task-removed").to_owned(), action.map(undo))
            }
            "task-restored" => (lang.t("space-done-task-restored").to_owned(), None),
            "imported" => {
                let count: u32 = self.from.parse().unwrap_or_default();
                (lang.with("space-import-done", ("count", count)), None)
            }
            "importing" => (lang.t("space-import-goes-on").to_owned(), None),
            "calendar-revoked" => (lang.t("space-calendar-revoked").to_owned(), None),
            "cv" => (lang.t("space-done-cv").to_owned(), None),
            "cv-removed" => (lang.t("space-done-cv-removed").to_owned(), None),
            "notifications-read" => (lang.t("notify-done-read").to_owned(), None),
            "notification-removed" => (lang.t("notify-done-removed").to_owned(), None),
            "letters-on" => (lang.t("space-archive-letters-done-on").to_owned(), None),
            "letters-off" => (lang.t("space-archive-letters-done-off").to_owned(), None),
            "profile" => (lang.t("profile-done").to_owned(), None),
            "profile-removed" => (lang.t("profile-done-removed").to_owned(), None),
            "alert-created" => (lang.t("alerts-done-created").to_owned(), None),
            "alert-changed" => (lang.t("alerts-done-changed").to_owned(), None),
            "alert-on" => (lang.t("alerts-done-on").to_owned(), None),
            "alert-off" => (lang.t("alerts-done-off").to_owned(), None),
            "alert-deleted" => (lang.t("alerts-done-deleted").to_owned(), None),
            _ => (String::new(), None),
        };
        frame.done = text;
        undo
    }
}

/// The pages that a form may lead back to; others lead to the application.
fn back(given: &str, id: Uuid) -> String {
    const PAGES: [&str; 5] = ["/me", "/me/board", "/me/applications", "/me/tasks", "/me/put-away"];
    match PAGES.iter().find(|page| **page == given) {
        Some(page) => (*page).to_owned(),
        None => format!("/me/applications/{id}"),
    }
}

/// The page about what the rules refuse. A note or an entry that somebody else has is not there.
pub(crate) fn refused(error: CommandError<SpaceRefusal>, lang: Lang) -> Failure {
    match error {
        CommandError::Refused(
            SpaceRefusal::NotFound
            | SpaceRefusal::NotYours
            | SpaceRefusal::Erased
            | SpaceRefusal::NoSuchNote
            | SpaceRefusal::NoSuchEntry,
        ) => Notice::not_found(lang).into(),
        CommandError::Refused(refusal) => {
            let (title, next) = (lang.t("space-refused"), lang.t("space-refused-next"));
            let status = axum::http::StatusCode::CONFLICT;
            Notice::new(lang, status, title, &told(&refusal, lang), next).into()
        }
        other => other.into(),
    }
}

/// Takes a decision about an application, wherever it is.
pub(crate) async fn decide<D>(
    app: &App,
    signed: &CurrentUser,
    place: &Place,
    decision: D,
) -> SpaceResult<Receipt<TrackedApplication>>
where
    D: Decision<Aggregate = TrackedApplication>,
{
    let (space, owner, cause) = (app.commands.space(), signed.account.id, signed.cause());
    let receipt = match place {
        Place::Own(item) => space.decide(item.id, owner, decision, &cause).await?,
        Place::Sent(item) => space.decide_on_sent(item.id, owner, decision, &cause).await?,
    };
    shown(app, receipt.position).await;
    Ok(receipt)
}

type Sent = Result<Form<Fields>, FormRejection>;

/// The application of the address, and the form.
pub(super) async fn asked<F>(
    app: &App,
    signed: &CurrentUser,
    text: &str,
    fields: Result<Form<F>, FormRejection>,
) -> Result<(Place, F), Failure> {
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(signed.lang))?;
    let place = place(app, whose(app, signed), id(text)).await;
    Ok((place.map_err(|error| error.page(signed.lang))?, fields))
}

fn done(to: &str, what: &str, of: Uuid, from: &str) -> Response {
    Redirect::to(&format!("{to}?done={what}&of={of}&from={from}")).into_response()
}

pub(crate) async fn to_status(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Sent,
) -> Result<Response, Failure> {
    let (place, fields) = asked(&app, &signed, &text, fields).await?;
    let lang = signed.lang;
    let status: TrackedStatus = fields.status.parse().map_err(|_| Notice::impossible_form(lang))?;
    let from = place.item().status;
    let change =
        ChangeTracked { status: Some(status), at: app.commands.now(), ..ChangeTracked::default() };
    decide(&app, &signed, &place, change).await.map_err(|error| refused(error, lang))?;
    let of = place.item().id;
    Ok(done(&back(&fields.back, of), "moved", of, from.as_str()))
}

pub(crate) async fn archive(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Sent,
) -> Result<Response, Failure> {
    let (place, fields) = asked(&app, &signed, &text, fields).await?;
    let archived = fields.on == "yes";
    let change = ChangeTracked {
        archived: Some(archived),
        at: app.commands.now(),
        ..ChangeTracked::default()
    };
    decide(&app, &signed, &place, change).await.map_err(|error| refused(error, signed.lang))?;
    let of = place.item().id;
    let what = if archived { "archived" } else { "unarchived" };
    Ok(done(&back(&fields.back, of), what, of, ""))
}

pub(crate) async fn hide(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Sent,
) -> Result<Response, Failure> {
    let (place, fields) = asked(&app, &signed, &text, fields).await?;
    let hidden = fields.on == "yes";
    let hide = HideTracked { hidden, at: app.commands.now() };
    decide(&app, &signed, &place, hide).await.map_err(|error| refused(error, signed.lang))?;
    let of = place.item().id;
    let what = if hidden { "hidden" } else { "shown" };
    Ok(done(&back(&fields.back, of), what, of, ""))
}

pub(crate) async fn remove(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Sent,
) -> Result<Response, Failure> {
    let (place, _) = asked(&app, &signed, &text, fields).await?;
    let remove = RemoveTracked { at: app.commands.now() };
    decide(&app, &signed, &place, remove).await.map_err(|error| refused(error, signed.lang))?;
    Ok(done("/me/applications", "removed", place.item().id, ""))
}

/// What was removed is found by its id alone.
pub(crate) async fn restore(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let id = id(&text).ok_or_else(|| Notice::not_found(lang))?;
    let restore = RestoreTracked { at: app.commands.now() };
    let (owner, cause) = (signed.account.id, signed.cause());
    let receipt = app.commands.space().decide(id, owner, restore, &cause).await;
    let receipt = receipt.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    Ok(done(&format!("/me/applications/{id}"), "restored", id, ""))
}
