//! A source of job offers, as a form.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use commands::advice;
use commands::collecting::{SEARCHED, Source, SourceError, ZONE};
use domain::WebAddress;
use domain::collecting::SourceKind;
use domain::offer::OfferSource;
use domain::schedule::Timetable;
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page, WrongField};

use super::{failed, find, kinds};
use crate::frame::{Done, Frame};
use crate::operator::CurrentOperator;

/// The longest target, in characters.
const TARGET: usize = 2_000;

/// The fields as the browser sends them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    kind: String,
    target: String,
    cron: String,
    /// `yes`, or nothing.
    applies_here: String,
}

/// What they say.
struct Parsed {
    kind: SourceKind,
    target: String,
    cron: Option<String>,
    applies_here: bool,
}

#[derive(Template)]
#[template(path = "sources/form.html")]
struct SourceForm {
    lang: Lang,
    frame: Frame,
    /// Of the source that is changed; empty for a new one.
    known: String,
    kinds: Vec<(&'static str, String)>,
    fields: Fields,
    errors: FieldErrors,
}

impl Fields {
    fn of(source: &Source) -> Self {
        Self {
            name: source.name.to_string(),
            kind: source.kind.as_str().to_owned(),
            target: source.target.clone(),
            cron: source.cron.clone().unwrap_or_default(),
            applies_here: if source.applies_here { "yes".to_owned() } else { String::new() },
        }
    }

    fn parse(&self, lang: Lang) -> Result<Parsed, Vec<WrongField>> {
        let mut wrong = vec![];
        let kind = self.kind.parse::<SourceKind>();
        if kind.is_err() {
            wrong.push(field("kind", lang.t("sources-kind-label"), lang.t("sources-kind-missing")));
        }
        let target = self.target.trim();
        if let Ok(kind) = kind
            && let Some(why) = wrong_target(kind, target, lang)
        {
            wrong.push(field("target", lang.t("sources-target"), why));
        }
        let cron = Some(self.cron.trim().to_owned()).filter(|cron| !cron.is_empty());
        if cron.as_deref().is_some_and(|cron| Timetable::parse(cron, ZONE).is_err()) {
            wrong.push(field("cron", lang.t("sources-cron"), lang.t("sources-cron-wrong")));
        }
        let applies_here = !self.applies_here.is_empty();
        if applies_here && kind.as_ref().is_ok_and(|kind| kind.is_search()) {
            let why = lang.t("sources-applies-here-search");
            wrong.push(field("applies_here", lang.t("sources-applies-here"), why));
        }
        match kind {
            Ok(kind) if wrong.is_empty() => {
                Ok(Parsed { kind, target: target.to_owned(), cron, applies_here })
            }
            _ => Err(wrong),
        }
    }
}

fn field(name: &'static str, label: &'static str, text: &str) -> WrongField {
    WrongField { name, label, text: text.to_owned() }
}

/// What is wrong with a target of this kind.
fn wrong_target(kind: SourceKind, target: &str, lang: Lang) -> Option<&'static str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.:/?=&%".contains(c);
    if target.is_empty() || target.chars().count() > TARGET {
        Some(lang.t("sources-target-missing"))
    } else if kind.is_address() && target.parse::<WebAddress>().is_err() {
        Some(lang.t("sources-target-address"))
    } else if !kind.is_address() && !kind.is_search() && !target.chars().all(is_name) {
        Some(lang.t("sources-target-name"))
    } else {
        None
    }
}

/// The name of a new source: none that searches by words have.
fn name(text: &str, lang: Lang) -> Result<OfferSource, WrongField> {
    let label = lang.t("sources-name");
    let name = text.trim().parse::<OfferSource>();
    let name = name.map_err(|_| field("name", label, lang.t("sources-name-wrong")))?;
    if name.is_desk() || SEARCHED.iter().any(|(_, taken)| *taken == name.as_str()) {
        return Err(field("name", label, lang.t("sources-name-taken")));
    }
    Ok(name)
}

fn show(frame: Frame, lang: Lang, known: &str, fields: Fields, wrong: Vec<WrongField>) -> Response {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SourceForm {
        lang,
        frame,
        known: known.to_owned(),
        kinds: kinds(lang),
        fields,
        errors: FieldErrors::in_words(wrong),
    };
    Page::new(page).status(status).into_response()
}

fn frame(signed: &CurrentOperator) -> Frame {
    Frame::new(signed, "/admin/sources", "")
}

pub(super) async fn new(signed: CurrentOperator) -> Response {
    show(frame(&signed), signed.lang, "", Fields::default(), vec![])
}

pub(super) async fn add(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let (name, parsed) = match (name(&fields.name, lang), fields.parse(lang)) {
        (Ok(name), Ok(parsed)) => (name, parsed),
        (name, parsed) => {
            let wrong = name.err().into_iter().chain(parsed.err().unwrap_or_default());
            return Ok(show(frame(&signed), lang, "", fields, wrong.collect()));
        }
    };
    let Parsed { kind, target, cron, applies_here } = parsed;
    let (collecting, cause) = (app.commands.collecting(), signed.cause());
    let added = collecting.add_source(&name, kind, &target, cron.as_deref(), &cause).await;
    match added {
        Ok(()) if applies_here => {
            let marked = collecting.let_apply(name.as_str(), true, &cause).await;
            Ok(Redirect::to(&after_mark(&name, marked)).into_response())
        }
        Ok(()) => Ok(Redirect::to("/admin/sources?done=source-added").into_response()),
        Err(SourceError::Taken) => {
            let taken = field("name", lang.t("sources-name"), lang.t("sources-name-taken"));
            Ok(show(frame(&signed), lang, "", fields, vec![taken]))
        }
        Err(error) => Err(failed(lang, error)),
    }
}

/// Where a source is led to once it is there and was to be marked. Without its mark it is added all
/// the same: its own form says what is missing.
fn after_mark(name: &OfferSource, marked: Result<(), SourceError>) -> String {
    match marked {
        Ok(()) => "/admin/sources?done=source-added".to_owned(),
        Err(error) => {
            tracing::error!(
                error = %advice::told(&error),
                source = %name,
                "a source was added without being one whose offers may be applied to here"
            );
            format!("/admin/sources/{name}/edit?done=source-unmarked")
        }
    }
}

pub(super) async fn edit(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(name): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let source = find(&app, signed.lang, &name).await?;
    let frame = Frame::new(&signed, "/admin/sources", &done.done);
    Ok(show(frame, signed.lang, &name, Fields::of(&source), vec![]))
}

pub(super) async fn change(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(name): Path<String>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let source = find(&app, lang, &name).await?;
    let Parsed { kind, target, cron, applies_here } = match fields.parse(lang) {
        Ok(parsed) => parsed,
        Err(wrong) => return Ok(show(frame(&signed), lang, &name, fields, wrong)),
    };
    let (collecting, cause) = (app.commands.collecting(), signed.cause());
    // Taken away before what it stood for changes, and given once that has.
    if source.applies_here && !applies_here {
        let taken = collecting.let_apply(&name, false, &cause).await;
        taken.map_err(|error| failed(lang, error))?;
    }
    let changed = collecting.change_source(&source.name, kind, &target, cron.as_deref(), &cause);
    changed.await.map_err(|error| failed(lang, error))?;
    if applies_here && !source.applies_here {
        let given = collecting.let_apply(&name, true, &cause).await;
        given.map_err(|error| failed(lang, error))?;
    }
    Ok(Redirect::to("/admin/sources?done=changed").into_response())
}
