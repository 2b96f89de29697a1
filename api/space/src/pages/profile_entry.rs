//! A post or a course of the profile, on a page of its own.

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::FieldError;
use domain::space::{Education, Experience, Month, ProfileEdit, ProfileFields};
use serde::Deserialize;
use uuid::Uuid;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page};

use super::moves::refused;
use super::profile::{Reader, fields, told};
use crate::place::id;

/// What an entry of a profile is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Experience,
    Education,
}

/// When it was, in words.
pub(super) fn period(
    start: Option<Month>,
    end: Option<Month>,
    current: bool,
    lang: Lang,
) -> String {
    let told = |month: Option<Month>| month.map(|it| it.to_string()).unwrap_or_default();
    match (start, end) {
        (Some(start), None) if current => {
            lang.with("profile-since", ("start", start.to_string().as_str()))
        }
        (Some(start), Some(end)) => format!("{start} – {end}"),
        (start, end) => told(start.or(end)),
    }
}

/// What somebody types; a post and a course have the same fields, but for their names.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    title: String,
    company: String,
    location: String,
    start: String,
    end: String,
    current: String,
    description: String,
}

fn shown(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

impl Typed {
    fn experience(it: &Experience) -> Self {
        Self {
            title: it.title.to_string(),
            company: it.company.to_string(),
            location: shown(it.location.as_ref()),
            start: shown(it.start.as_ref()),
            end: shown(it.end.as_ref()),
            current: if it.current { "yes".to_owned() } else { String::new() },
            description: shown(it.description.as_ref()),
        }
    }

    fn education(it: &Education) -> Self {
        Self {
            title: it.degree.to_string(),
            company: it.school.to_string(),
            location: shown(it.location.as_ref()),
            start: shown(it.start.as_ref()),
            end: shown(it.end.as_ref()),
            current: String::new(),
            description: shown(it.description.as_ref()),
        }
    }

    fn of(kind: Kind, id: Uuid, fields: &ProfileFields) -> Option<Self> {
        match kind {
            Kind::Experience => {
                fields.experiences.iter().find(|it| it.id == id).map(Self::experience)
            }
            Kind::Education => fields.educations.iter().find(|it| it.id == id).map(Self::education),
        }
    }

    fn edit(&self, kind: Kind, id: Uuid) -> Result<ProfileEdit, Vec<FieldError>> {
        let mut reader = Reader::default();
        let title = reader.required("title", &self.title);
        let company = reader.required("company", &self.company);
        let location = reader.take("location", &self.location, str::parse);
        let start = reader.take("start", &self.start, str::parse);
        let end = reader.take("end", &self.end, str::parse);
        let description = reader.take("description", &self.description, str::parse);
        let (Some(title), Some(company), true) = (title, company, reader.wrong.is_empty()) else {
            return Err(reader.wrong);
        };
        Ok(match kind {
            Kind::Experience => {
                let current = self.current == "yes";
                let entry =
                    Experience { id, title, company, location, start, end, current, description };
                ProfileEdit::Experience(Box::new(entry))
            }
            Kind::Education => {
                let (degree, school) = (title, company);
                let entry = Education { id, degree, school, location, start, end, description };
                ProfileEdit::Education(Box::new(entry))
            }
        })
    }
}

#[derive(Template)]
#[template(path = "pages/profile_entry.html")]
struct EntryPage {
    lang: Lang,
    frame: Workplace,
    id: Uuid,
    kind: Kind,
    is_new: bool,
    typed: Typed,
    errors: FieldErrors,
}

impl EntryPage {
    fn is_experience(&self) -> bool {
        self.kind == Kind::Experience
    }

    fn title(&self) -> &'static str {
        self.lang.t(match (self.kind, self.is_new) {
            (Kind::Experience, true) => "profile-add-experience",
            (Kind::Experience, false) => "profile-edit-experience",
            (Kind::Education, true) => "profile-add-education",
            (Kind::Education, false) => "profile-edit-education",
        })
    }

    fn action(&self) -> String {
        let kind = if self.is_experience() { "experiences" } else { "education" };
        format!("/me/profile/{kind}/{}", self.id)
    }

    fn called(&self, field: &str) -> &'static str {
        match self.kind {
            Kind::Experience => of_experience(field, self.lang),
            Kind::Education => of_education(field, self.lang),
        }
    }
}

fn of_experience(field: &str, lang: Lang) -> &'static str {
    match field {
        "title" => lang.t("profile-experience-title"),
        "company" => lang.t("profile-company"),
        "location" => lang.t("profile-location"),
        "start" => lang.t("profile-start"),
        "end" => lang.t("profile-end"),
        _ => lang.t("profile-description"),
    }
}

fn of_education(field: &str, lang: Lang) -> &'static str {
    match field {
        "title" => lang.t("profile-degree"),
        "company" => lang.t("profile-school"),
        "description" => lang.t("profile-education-description"),
        other => of_experience(other, lang),
    }
}

fn show(
    signed: &CurrentUser,
    (kind, id): (Kind, Uuid),
    is_new: bool,
    typed: Typed,
    wrong: &[FieldError],
) -> Response {
    let lang = signed.lang;
    let labels = if kind == Kind::Experience { of_experience } else { of_education };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (frame, errors) = (accounts::frame(signed, "/me/profile", ""), told(wrong, labels, lang));
    let page = EntryPage { lang, frame, id, kind, is_new, typed, errors };
    Page::new(page).status(status).into_response()
}

/// The entry of this id, or a new one where the address says `new`.
async fn find(
    app: &App,
    signed: &CurrentUser,
    kind: Kind,
    text: &str,
) -> Result<Response, Failure> {
    if text == "new" {
        return Ok(show(signed, (kind, app.commands.fresh_id()), true, Typed::default(), &[]));
    }
    let id = id(text).ok_or_else(|| Notice::not_found(signed.lang))?;
    let typed = Typed::of(kind, id, &fields(app, signed).await?);
    let typed = typed.ok_or_else(|| Notice::not_found(signed.lang))?;
    Ok(show(signed, (kind, id), false, typed, &[]))
}

type Sent = Result<Form<Typed>, FormRejection>;

async fn put(
    app: &App,
    signed: &CurrentUser,
    kind: Kind,
    text: &str,
    sent: Sent,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(typed) = sent.map_err(|_| Notice::impossible_form(lang))?;
    let id = id(text).ok_or_else(|| Notice::not_found(lang))?;
    let edit = match typed.edit(kind, id) {
        Ok(edit) => edit,
        Err(wrong) => {
            let is_new = Typed::of(kind, id, &fields(app, signed).await?).is_none();
            return Ok(show(signed, (kind, id), is_new, typed, &wrong));
        }
    };
    done(app, signed, edit, "profile").await
}

async fn done(
    app: &App,
    signed: &CurrentUser,
    edit: ProfileEdit,
    what: &str,
) -> Result<Response, Failure> {
    let (owner, cause) = (signed.account.id, signed.cause());
    let changed = app.commands.space().change_profile(owner, edit, &cause).await;
    changed.map_err(|error| refused(error, signed.lang))?;
    Ok(Redirect::to(&format!("/me/profile?done={what}")).into_response())
}

async fn remove(
    app: &App,
    signed: &CurrentUser,
    text: &str,
    of: fn(Uuid) -> ProfileEdit,
) -> Result<Response, Failure> {
    let id = id(text).ok_or_else(|| Notice::not_found(signed.lang))?;
    done(app, signed, of(id), "profile-removed").await
}

pub(crate) async fn experience(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    find(&app, &signed, Kind::Experience, &text).await
}

pub(crate) async fn put_experience(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    put(&app, &signed, Kind::Experience, &text, sent).await
}

pub(crate) async fn remove_experience(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    remove(&app, &signed, &text, ProfileEdit::RemoveExperience).await
}

pub(crate) async fn education(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    find(&app, &signed, Kind::Education, &text).await
}

pub(crate) async fn put_education(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    put(&app, &signed, Kind::Education, &text, sent).await
}

pub(crate) async fn remove_education(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    remove(&app, &signed, &text, ProfileEdit::RemoveEducation).await
}
