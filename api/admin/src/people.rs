//! A person, by their e-mail address: what is kept of them, their data as a file, and the request to
//! forget them. The address is in the body of forms only: never in a link, a log or an act.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::erasure::{ErasureCase, RecordRef};
use domain::message::Message;
use domain::suppression::SuppressedAddress;
use domain::{EmailAddress, FieldError};
use projections::applications::ApplicationRow;
use projections::people;
use uuid::Uuid;

use super::erasures::refused_case;
use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use super::requests::wrong;
use super::suppressions::{reason, seen};
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page};

/// How long a page waits for the read models.
const CATCH_UP: std::time::Duration = std::time::Duration::from_secs(5);

#[derive(Template)]
#[template(path = "people.html")]
pub(crate) struct People {
    lang: Lang,
    frame: Frame,
    address: String,
    errors: FieldErrors,
    waiting: i64,
    found: Option<Found>,
}

/// What is kept of an address.
struct Found {
    request_id: Uuid,
    rows: Vec<Row>,
    suppression: String,
    /// How many applications went to the address.
    employers: i64,
    /// How many letters that belong to no application went to it.
    letters: usize,
    /// Whether anything can be handed out or erased.
    is_something: bool,
}

pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) candidate: String,
    pub(super) job: String,
    pub(super) employer: String,
    pub(super) client: String,
    pub(super) status: &'static str,
    pub(super) status_name: &'static str,
    pub(super) at: String,
    /// Whether somebody asked for it to be erased.
    pub(super) waits: bool,
}

impl Row {
    pub(super) fn new(row: &ApplicationRow, lang: Lang) -> Self {
        Self {
            id: row.id,
            candidate: row.candidate_name().reveal().clone(),
            job: row.job.clone(),
            employer: row.employer_description.clone(),
            client: row.client_id.to_string(),
            status: row.status.as_str(),
            status_name: texts::status(row.status, lang.0),
            at: time(row.submitted_at),
            waits: row.erasure_request_id.is_some(),
        }
    }
}

/// The fields of the forms; those of a browser, in any order.
#[derive(Default)]
pub(super) struct Fields {
    address: String,
    request_id: Uuid,
    applications: Vec<Uuid>,
}

type Pairs = Result<Form<Vec<(String, String)>>, FormRejection>;

impl Fields {
    fn read(fields: Pairs, lang: Lang) -> Result<Self, Notice> {
        let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
        let mut read = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "address" => value.trim().clone_into(&mut read.address),
                "request_id" => {
                    let id = value.parse();
                    read.request_id = id.map_err(|_| Notice::impossible_form(lang))?;
                }
                "application" => read.applications.extend(value.parse::<Uuid>()),
                _ => {}
            }
        }
        Ok(read)
    }

    fn parsed(&self, lang: Lang) -> Result<EmailAddress, Notice> {
        let parsed = self.address.parse();
        parsed.map_err(|invalid| wrong(lang, &texts::invalid(&invalid, lang.0)))
    }
}

/// The form.
pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
) -> Result<Page<People>, Failure> {
    blank(&app, &signed, String::new(), FieldErrors::none()).await
}

async fn blank(
    app: &App,
    signed: &CurrentOperator,
    address: String,
    errors: FieldErrors,
) -> Result<Page<People>, Failure> {
    let lang = signed.lang;
    let waiting = people::requests_waiting(&app.db).await?;
    let frame = Frame::new(signed, "/admin/people", "");
    Ok(Page::new(People { lang, frame, address, errors, waiting, found: None }))
}

/// Shows what is kept of an address. That it was looked up is recorded first.
pub(crate) async fn find(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Pairs,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let fields = Fields::read(fields, lang)?;
    let address: EmailAddress = match fields.address.parse() {
        Ok(address) => address,
        Err(invalid) => {
            let errors = FieldErrors::new(&[FieldError::new("address", invalid)], lang);
            let page = blank(&app, &signed, fields.address, errors).await?;
            return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    up_to_date(&app, lang).await?;
    let log = app.commands.log();
    let rows = people::applications_of(log, &address).await?;
    let others = people::others_of(log, &address).await?;
    app.commands
        .operators()
        .record_act("person.find", &counted(rows.len()), &signed.cause())
        .await?;
    let suppression = app.commands.suppressions().find(&address).await?;
    let until =
        suppression.map(|it| format!("{}, {}", time(it.until), reason(it.reason.as_str(), lang)));
    let employers = people::applications_to(log, &address).await?;
    let found = Found {
        request_id: app.commands.fresh_id(),
        rows: rows.iter().map(|row| Row::new(row, lang)).collect(),
        suppression: until.unwrap_or_default(),
        employers,
        letters: others.iter().filter(|record| record.is_of::<Message>()).count(),
        is_something: !rows.is_empty() || others.iter().any(hands_out),
    };
    let page = People {
        lang,
        frame: Frame::new(&signed, "/admin/people", ""),
        address: fields.address,
        errors: FieldErrors::none(),
        waiting: people::requests_waiting(&app.db).await?,
        found: Some(found),
    };
    Ok(Page::new(page).into_response())
}

/// Waits for the read models: nobody is told that nothing is kept while they have not seen all.
async fn up_to_date(app: &App, lang: Lang) -> Result<(), Failure> {
    let head = app.commands.log().head().await?;
    let caught_up = (app.caught_up)(head, CATCH_UP).await;
    if caught_up { Ok(()) } else { Err(Notice::unavailable(lang).into()) }
}

/// Whether a record is one that operators hand out or ask to be erased by itself: entries of the
/// suppression list go with their address, and requests are what they make.
fn hands_out(record: &RecordRef) -> bool {
    !record.is_of::<SuppressedAddress>() && !record.is_of::<ErasureCase>()
}

/// The chosen applications, of this address alone, and what goes with them; at least one, where there
/// are any.
async fn chosen(
    app: &App,
    address: &EmailAddress,
    fields: &Fields,
    lang: Lang,
) -> Result<(Vec<Uuid>, Vec<RecordRef>), Failure> {
    up_to_date(app, lang).await?;
    let log = app.commands.log();
    let rows = people::applications_of(log, address).await?;
    let ids = rows.iter().map(|row| row.id);
    let chosen: Vec<_> = ids.filter(|id| fields.applications.contains(id)).collect();
    let meant = people::meant(log, address, &chosen).await?;
    if chosen.is_empty() && !(rows.is_empty() && meant.iter().any(hands_out)) {
        let why = lang.t("admin-people-tick-at-least-one-application");
        return Err(wrong(lang, why).into());
    }
    Ok((chosen, meant))
}

/// Hands out the data of the chosen applications. That they were is recorded first.
pub(crate) async fn export(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Pairs,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let fields = Fields::read(fields, lang)?;
    let address = fields.parsed(lang)?;
    let (chosen, records) = chosen(&app, &address, &fields, lang).await?;
    app.commands
        .operators()
        .record_act("person.export", &subject(&chosen), &signed.cause())
        .await?;
    let dossier = app.commands.people().dossier(&address, &records).await?;
    let attachments = app.commands.attachments().clone();
    Ok(archive::download(dossier, attachments, None).await?)
}

/// Asks for the person behind the chosen applications to be forgotten; another operator must agree.
pub(crate) async fn ask(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Pairs,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let fields = Fields::read(fields, lang)?;
    let address = fields.parsed(lang)?;
    let (_, records) = chosen(&app, &address, &fields, lang).await?;
    let (request, operator, cause) = (fields.request_id, signed.account.id, signed.cause());
    let asked = app
        .commands
        .people()
        .open_erasure_case(request, &address, &records, operator, &cause)
        .await;
    asked.map_err(|error| refused_case(lang, error))?;
    seen(&app).await;
    Ok(Redirect::to("/admin/people/requests?done=erasure-asked").into_response())
}

/// What an act is about: how many applications there were.
fn counted(number: usize) -> String {
    format!("{number} application{}", if number == 1 { "" } else { "s" })
}

/// What an act is about: which applications.
fn subject(ids: &[Uuid]) -> String {
    let listed: Vec<_> = ids.iter().map(Uuid::to_string).collect();
    let told = format!("{}: {}", counted(ids.len()), listed.join(", "));
    told.trim_end_matches(": ").to_owned()
}
