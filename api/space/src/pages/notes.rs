//! Notes and tags of an application.

use accounts::CurrentUser;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::space::{AddNote, ChangeTracked, EditNote, RemoveNote};
use domain::{Line, Prose};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::page::Notice;

use super::moves::{asked, decide, refused};
use crate::place::{Place, id};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    note: String,
    tags: String,
    what: String,
    /// Names a new note, so that a second click adds none.
    id: String,
}

type Sent = Result<Form<Fields>, FormRejection>;

fn back(place: &Place, done: &str, at: &str) -> Response {
    let id = place.item().id;
    Redirect::to(&format!("/me/applications/{id}?done={done}#{at}")).into_response()
}

pub(crate) async fn add(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Sent,
) -> Result<Response, Failure> {
    let (place, fields) = asked(&app, &signed, &text, fields).await?;
    // An empty note is none; a browser lets nobody write a longer one.
    let Ok(note) = fields.note.parse::<Prose<5000>>() else {
        return Ok(back(&place, "", "notes"));
    };
    let name = id(&fields.id).unwrap_or_else(|| app.commands.fresh_id());
    let add = AddNote { id: name, text: note, at: app.commands.now() };
    decide(&app, &signed, &place, add).await.map_err(|error| refused(error, signed.lang))?;
    Ok(back(&place, "note", "notes"))
}

pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    Path((text, note)): Path<(String, String)>,
    fields: Sent,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let (place, fields) = asked(&app, &signed, &text, fields).await?;
    let id = id(&note).ok_or_else(|| Notice::not_found(lang))?;
    let at = app.commands.now();
    if fields.what == "remove" {
        let remove = RemoveNote { id, at };
        decide(&app, &signed, &place, remove).await.map_err(|error| refused(error, lang))?;
        return Ok(back(&place, "note-removed", "notes"));
    }
    let Ok(text) = fields.note.parse::<Prose<5000>>() else {
        return Ok(back(&place, "", "notes"));
    };
    let edit = EditNote { id, text, at };
    decide(&app, &signed, &place, edit).await.map_err(|error| refused(error, lang))?;
    Ok(back(&place, "note", "notes"))
}

pub(crate) async fn tag(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Sent,
) -> Result<Response, Failure> {
    let (place, fields) = asked(&app, &signed, &text, fields).await?;
    let tags = fields.tags.split([',', ';', '\n']).map(str::trim).filter(|tag| !tag.is_empty());
    let cut = |tag: &str| tag.chars().take(40).collect::<String>().parse::<Line<40>>().ok();
    let tags = tags.filter_map(cut).collect();
    let change =
        ChangeTracked { tags: Some(tags), at: app.commands.now(), ..ChangeTracked::default() };
    decide(&app, &signed, &place, change).await.map_err(|error| refused(error, signed.lang))?;
    Ok(back(&place, "tags", "tags"))
}
