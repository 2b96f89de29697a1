//! Requests to forget somebody: one operator asks, another one agrees or refuses.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use commands::{CommandError, ForgetError, advice};
use domain::erasure::{ErasureBasis, ErasureCase, ErasureCaseRefusal, RecordRef};
use domain::{ApplicationRefusal, EmailAddress, Personal};
use event_store::DbError;
use jiff::Timestamp;
use projections::applications::{self, ApplicationRow};
use projections::{erasure_cases, people};
use serde::Deserialize;
use uuid::Uuid;

use super::application::operators;
use super::frame::{Done, Frame, distance, time};
use super::operator::CurrentOperator;
use super::people::Row;
use super::requests::wrong;
use super::suppressions::seen;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

/// Applications that wait, shown at once.
const MOST: u32 = 1000;

#[derive(Template)]
#[template(path = "erasures.html")]
pub(crate) struct Erasures {
    lang: Lang,
    frame: Frame,
    requests: Vec<Request>,
}

struct Request {
    id: Uuid,
    asked_by: String,
    /// Whether it is the one who looks at the page.
    own: bool,
    /// Whether it was agreed to and is being carried out.
    under_way: bool,
    at: String,
    address: String,
    rows: Vec<Row>,
    /// Records besides applications.
    others: usize,
}

/// A request that waits for a second operator, or is being carried out.
struct Open {
    id: Uuid,
    waits: bool,
    requested_by: String,
    requested_at: Timestamp,
    address: Personal<String>,
    rows: Vec<ApplicationRow>,
    others: usize,
}

/// What is open, longest waiting first: the cases, and what stands in applications alone, asked for
/// before there were cases.
async fn open(app: &App) -> Result<Vec<Open>, DbError> {
    let mut found: Vec<Open> = vec![];
    for row in people::erasures_waiting(app.commands.log(), MOST).await? {
        let (Some(id), Some(requested_at)) = (row.erasure_request_id, row.erasure_requested_at)
        else {
            continue;
        };
        if let Some(request) = found.iter_mut().find(|known| known.id == id) {
            request.rows.push(row);
            continue;
        }
        let requested_by = row.erasure_requested_by.clone().unwrap_or_default();
        let address = row.candidate_email.clone();
        let rows = vec![row];
        found.push(Open { id, waits: true, requested_by, requested_at, address, rows, others: 0 });
    }
    for case in erasure_cases::open(app.commands.log(), MOST).await? {
        let (records, mut rows) = (case.records(), vec![]);
        for id in records.iter().filter_map(RecordRef::as_application) {
            rows.extend(applications::find(app.commands.log(), id).await?);
        }
        // What went meanwhile is not shown.
        rows.retain(|row| row.erased_at.is_none());
        found.push(Open {
            id: case.id,
            waits: case.waits(),
            requested_by: case.requested_by,
            requested_at: case.requested_at,
            address: case.address,
            others: records.iter().filter(|it| it.as_application().is_none()).count(),
            rows,
        });
    }
    found.sort_by_key(|request| request.requested_at);
    Ok(found)
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(done): Query<Done>,
) -> Result<Page<Erasures>, Failure> {
    let (lang, now) = (signed.lang, app.commands.now());
    let names = operators(&app).await?;
    let myself = signed.account.id.to_string();
    let requests = open(&app).await?;
    let requests = requests.into_iter().map(|request| {
        let (by, at) = (request.requested_by, request.requested_at);
        Request {
            id: request.id,
            own: by == myself,
            under_way: !request.waits,
            at: format!("{} ({})", time(at), distance(at, now, lang)),
            address: readable(request.address.reveal()),
            rows: request.rows.iter().map(|row| Row::new(row, lang)).collect(),
            others: request.others,
            asked_by: names.iter().find(|(id, _)| *id == by).map_or(by, |(_, name)| name.clone()),
        }
    });
    Ok(Page::new(Erasures {
        lang,
        requests: requests.collect(),
        frame: Frame::new(&signed, "/admin/people/requests", &done.done),
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    request_id: Uuid,
    act: String,
}

/// Agrees to a request, or refuses it.
pub(crate) async fn decide(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let case = app.commands.people().erasure_case(fields.request_id).await?;
    let done = if case.events.is_empty() {
        decide_without_case(&app, &signed, &fields).await?
    } else {
        decide_case(&app, &signed, &fields, &case.state).await?
    };
    seen(&app).await;
    Ok(Redirect::to(&format!("/admin/people/requests?done={done}")).into_response())
}

/// Decides a case. What was agreed to is carried out at once, and where that is cut off, by the
/// service.
async fn decide_case(
    app: &App,
    signed: &CurrentOperator,
    fields: &Fields,
    state: &ErasureCase,
) -> Result<String, Failure> {
    let (lang, cause) = (signed.lang, signed.cause());
    let (id, operator) = (fields.request_id, signed.account.id);
    match fields.act.as_str() {
        "refuse" => {
            let refused = app.commands.people().turn_down_erasure(id, operator, &cause).await;
            refused.map_err(|error| refused_case(lang, error))?;
            Ok("erasure-refused".to_owned())
        }
        "agree" => {
            let agreed = app.commands.people().agree_to_erasure(id, operator, &cause).await;
            agreed.map_err(|error| refused_case(lang, error))?;
            let left = state.open().into_iter().flat_map(|case| &case.left);
            let applications = left.filter_map(RecordRef::as_application).count();
            let carried_out = app.commands.people().carry_out_erasure(id, &cause).await;
            carried_out.map_err(|error| unfinished(lang, error))?;
            Ok(format!("erased:{applications}"))
        }
        _ => Err(Notice::impossible_form(lang).into()),
    }
}

/// Decides a request that stands in applications alone.
async fn decide_without_case(
    app: &App,
    signed: &CurrentOperator,
    fields: &Fields,
) -> Result<String, Failure> {
    let (lang, cause) = (signed.lang, signed.cause());
    let requests = open(app).await?;
    let request = requests.into_iter().find(|request| request.id == fields.request_id);
    let Some(Open { id, address, rows, .. }) = request else {
        let why = texts::refusal(&ApplicationRefusal::NoSuchRequest, lang.0);
        return Err(wrong(lang, &why).into());
    };
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    match fields.act.as_str() {
        "refuse" => {
            let refused = app.commands.people().refuse_erasure(&ids, id, &cause).await;
            refused.map_err(|error| refusal_of(lang, error))?;
            Ok("erasure-refused".to_owned())
        }
        "agree" => {
            let impossible = || Notice::impossible_form(lang);
            let address: EmailAddress = address.reveal().parse().map_err(|_| impossible())?;
            let operator = signed.account.id.to_string().parse();
            let basis = ErasureBasis::Operator(operator.map_err(|_| impossible())?);
            let records = people::meant(app.commands.log(), &address, &ids).await?;
            let forgotten =
                app.commands.people().forget_person(&address, &records, &basis, &cause).await;
            let forgotten = forgotten.map_err(|error| unfinished(lang, error))?;
            let applications = forgotten.iter().filter_map(RecordRef::as_application).count();
            Ok(format!("erased:{applications}"))
        }
        _ => Err(Notice::impossible_form(lang).into()),
    }
}

/// Why a case is not as an operator would have it.
pub(super) fn refused_case(lang: Lang, error: CommandError<ErasureCaseRefusal>) -> Failure {
    match error {
        CommandError::Refused(refusal) => {
            wrong(lang, texts::erasure_refusal(&refusal, lang.0)).into()
        }
        error => error.into(),
    }
}

fn refusal_of(lang: Lang, error: CommandError<ApplicationRefusal>) -> Failure {
    match error {
        CommandError::Refused(refusal) => wrong(lang, &texts::refusal(&refusal, lang.0)).into(),
        error => error.into(),
    }
}

/// Before the first key is gone nothing was done; after it the service goes on by itself.
fn unfinished(lang: Lang, error: ForgetError) -> Failure {
    match error {
        ForgetError::Command(error) => refusal_of(lang, error),
        error => {
            tracing::error!(error = %advice::told(&error), "an erasure is not finished");
            Notice::new(
                lang,
                StatusCode::SERVICE_UNAVAILABLE,
                lang.t("admin-people-erasure-not-finished"),
                lang.t("admin-people-keys-one-application-at-least-destroyed"),
                lang.t("admin-people-go-back-to-list-in-few"),
            )
            .into()
        }
    }
}
