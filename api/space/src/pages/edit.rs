//! An application as a form: a new one, or what is known of one.

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::NewTracked;
use domain::offer::{JobOffer, OfferText};
use domain::space::{ChangeTracked, DayOrTime, TrackedDetails, TrackedStatus};
use domain::{FieldError, Invalid, Line, Personal, Prose, WebAddress};
use serde::Deserialize;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page, WrongField};

use super::card::{Choice, choices, local_day};
use super::moves::{decide, refused};
use super::whose;
use crate::applications::shown;
use crate::place::{Place, id, new_id, place};
use crate::tidy;

/// What somebody types.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    /// Names a new one, so that a second click adds none.
    id: String,
    company: String,
    position: String,
    location: String,
    url: String,
    applied_on: String,
    status: String,
    description: String,
    note: String,
    /// `tidy` where the form is to come back with other capitals.
    what: String,
}

#[derive(Template)]
#[template(path = "pages/edit.html")]
struct EditPage {
    lang: Lang,
    frame: Workplace,
    /// The one that is changed; none for a new one.
    of: Option<Uuid>,
    new_id: String,
    fields: Fields,
    choices: Vec<Choice>,
    errors: FieldErrors,
}

/// What was typed, as it is kept.
struct Read {
    company: Line<200>,
    position: Line<200>,
    location: Option<Line<200>>,
    url: Option<WebAddress>,
    applied_on: DayOrTime,
    status: TrackedStatus,
    description: Option<Prose<DESCRIPTION>>,
    note: Option<Prose<5000>>,
}

/// The characters of a description, at the most.
const DESCRIPTION: usize = 20_000;

fn label(name: &'static str, lang: Lang) -> &'static str {
    match name {
        "company" => lang.t("space-column-company"),
        "position" => lang.t("space-column-position"),
        "location" => lang.t("space-column-location"),
        "url" => lang.t("space-column-url"),
        "applied_on" => lang.t("space-column-applied-on"),
        "status" => lang.t("space-column-status"),
        "description" => lang.t("space-column-description"),
        _ => lang.t("space-new-note"),
    }
}

/// Reads a field that may be empty; what is wrong with it is noted.
fn optional<T>(
    name: &'static str,
    text: &str,
    wrong: &mut Vec<FieldError>,
    read: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Option<T> {
    if domain::as_seen(text).trim().is_empty() {
        return None;
    }
    read(text).map_err(|invalid| wrong.push(FieldError::new(name, invalid))).ok()
}

impl Fields {
    fn asks_to_be_tidied(&self) -> bool {
        self.what == "tidy"
    }

    fn tidied(self) -> Self {
        let (company, position) = (tidy::company(&self.company), tidy::position(&self.position));
        Self { company, position, ..self }
    }

    fn read(&self) -> Result<Read, Vec<FieldError>> {
        let mut wrong = vec![];
        let company = optional("company", &self.company, &mut wrong, str::parse);
        let position = optional("position", &self.position, &mut wrong, str::parse);
        for (name, text) in [("company", &self.company), ("position", &self.position)] {
            if domain::as_seen(text).trim().is_empty() {
                wrong.push(FieldError::new(name, Invalid::Missing));
            }
        }
        let location = optional("location", &self.location, &mut wrong, str::parse);
        let url = optional("url", &self.url, &mut wrong, WebAddress::typed);
        // A page shows a day, and what was given to the minute comes back as it was.
        let day = |text: &str| match text.parse::<DayOrTime>() {
            Ok(read) => Ok(read),
            Err(_) => domain::dates::date(text).and_then(|day| day.to_string().parse()),
        };
        let applied_on = optional("applied_on", &self.applied_on, &mut wrong, day);
        if self.applied_on.trim().is_empty() {
            wrong.push(FieldError::new("applied_on", Invalid::Missing));
        }
        let status = optional("status", &self.status, &mut wrong, str::parse);
        let description = optional("description", &self.description, &mut wrong, str::parse);
        let note = optional("note", &self.note, &mut wrong, str::parse);
        match (company, position, applied_on) {
            (Some(company), Some(position), Some(applied_on)) if wrong.is_empty() => Ok(Read {
                company,
                position,
                location,
                url,
                applied_on,
                status: status.unwrap_or(TrackedStatus::Sent),
                description,
                note,
            }),
            _ => Err(wrong),
        }
    }
}

fn shown_again(
    signed: &CurrentUser,
    of: Option<Uuid>,
    new_id: String,
    fields: Fields,
    wrong: &[FieldError],
) -> Response {
    let lang = signed.lang;
    let told = wrong.iter().map(|error| WrongField {
        name: error.field,
        label: label(error.field, lang),
        text: texts::invalid(&error.invalid, lang.0),
    });
    let errors = FieldErrors::in_words(told.collect());
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut frame = accounts::frame(signed, "/me/applications", "");
    if fields.asks_to_be_tidied() {
        lang.t("space-tidied").clone_into(&mut frame.done);
    }
    let choices = choices(lang);
    Page::new(EditPage { lang, frame, of, new_id, fields, choices, errors })
        .status(status)
        .into_response()
}

/// What a new one begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Start {
    /// An offer that somebody found.
    offer: String,
}

/// The form for a new one.
pub(crate) async fn new_page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(start): Query<Start>,
) -> Result<Response, Failure> {
    let mut fields = match id(&start.offer) {
        Some(offer) => of_offer(&app, offer).await?,
        None => Fields::default(),
    };
    fields.applied_on = local_day(app.commands.now()).to_string();
    if fields.status.is_empty() {
        TrackedStatus::Sent.as_str().clone_into(&mut fields.status);
    }
    Ok(shown_again(&signed, None, app.commands.fresh_id().to_string(), fields, &[]))
}

/// The fields of an offer that somebody may apply for; empty where it is not there any more.
async fn of_offer(app: &App, offer: Uuid) -> Result<Fields, Failure> {
    let Some(row) = projections::offers::find(&app.db, offer).await? else {
        return Ok(Fields::default());
    };
    let described = match app.commands.offers().current(offer).await? {
        JobOffer::Known(known) => known.content.description.as_ref().map(OfferText::text),
        JobOffer::Absent | JobOffer::Removed => return Ok(Fields::default()),
    };
    Ok(Fields {
        company: row.company,
        position: row.title,
        location: row.place.unwrap_or_default(),
        url: row.url.unwrap_or_default(),
        status: TrackedStatus::Considered.as_str().to_owned(),
        description: described.unwrap_or_default().chars().take(DESCRIPTION).collect(),
        ..Fields::default()
    })
}

pub(crate) async fn add(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    if fields.asks_to_be_tidied() {
        return Ok(shown_again(&signed, None, fields.id.clone(), fields.tidied(), &[]));
    }
    let read = match fields.read() {
        Ok(read) => read,
        Err(wrong) => {
            let new_id = fields.id.clone();
            return Ok(shown_again(&signed, None, new_id, fields, &wrong));
        }
    };
    let new = NewTracked {
        details: TrackedDetails {
            company: Personal::new(read.company),
            position: Personal::new(read.position),
            location: read.location.map(Personal::new),
            url: read.url.map(Personal::new),
            applied_on: read.applied_on,
        },
        status: read.status,
        description: read.description,
        notes: read.note.into_iter().collect(),
    };
    let (owner, cause) = (signed.account.id, signed.cause());
    let name = new_id(&app, owner, &fields.id);
    let receipt = app.commands.space().track(name, owner, new, &cause).await;
    let receipt = receipt.map_err(|error| refused(error, lang))?;
    shown(&app, receipt.position).await;
    Ok(Redirect::to(&format!("/me/applications/{name}?done=added")).into_response())
}

/// The one of the address, if its owner typed it in.
async fn own(app: &App, signed: &CurrentUser, text: &str) -> Result<Place, Failure> {
    let place = place(app, whose(app, signed), id(text)).await;
    match place.map_err(|error| error.page(signed.lang))? {
        Place::Sent(_) => Err(Notice::not_found(signed.lang).into()),
        own @ Place::Own(_) => Ok(own),
    }
}

/// The form with what is known.
pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let item = own(&app, &signed, &text).await?.into_item();
    let text = |text: Personal<String>| text.reveal().clone();
    let fields = Fields {
        company: text(item.company),
        position: text(item.position),
        location: item.location.map(text).unwrap_or_default(),
        url: item.url.map(text).unwrap_or_default(),
        applied_on: item.applied_on.day().to_string(),
        status: item.status.as_str().to_owned(),
        description: item.description.map(text).unwrap_or_default(),
        ..Fields::default()
    };
    Ok(shown_again(&signed, Some(item.id), String::new(), fields, &[]))
}

pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let place = own(&app, &signed, &text).await?;
    let of = place.item().id;
    if fields.asks_to_be_tidied() {
        return Ok(shown_again(&signed, Some(of), String::new(), fields.tidied(), &[]));
    }
    let read = match fields.read() {
        Ok(read) => read,
        Err(wrong) => return Ok(shown_again(&signed, Some(of), String::new(), fields, &wrong)),
    };
    // The day of a moment is no other day.
    let same_day = place.item().applied_on.day() == read.applied_on.day();
    let change = ChangeTracked {
        company: Some(read.company),
        position: Some(read.position),
        location: Some(read.location),
        url: Some(read.url),
        applied_on: Some(read.applied_on).filter(|_| !same_day),
        status: Some(read.status),
        description: Some(read.description),
        at: app.commands.now(),
        ..ChangeTracked::default()
    };
    decide(&app, &signed, &place, change).await.map_err(|error| refused(error, lang))?;
    Ok(Redirect::to(&format!("/me/applications/{of}?done=changed")).into_response())
}
