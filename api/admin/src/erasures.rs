//! Requests to forget somebody: one operator asks, another one agrees or refuses.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use commands::{CommandError, ForgetError, Will};
use domain::{ApplicationRefusal, EmailAddress};
use event_store::DbError;
use projections::applications::ApplicationRow;
use projections::people;
use serde::Deserialize;
use uuid::Uuid;

use super::application::operators;
use super::frame::{Done, Frame, distance, time};
use super::guard::CurrentOperator;
use super::people::Row;
use super::requests::{unreadable, wrong};
use super::suppressions::seen;
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
    at: String,
    address: String,
    rows: Vec<Row>,
}

/// What waits, by request, longest waiting first.
async fn waiting(app: &App) -> Result<Vec<(Uuid, Vec<ApplicationRow>)>, DbError> {
    let mut requests: Vec<(Uuid, Vec<ApplicationRow>)> = vec![];
    for row in people::erasures_waiting(&app.db, MOST).await? {
        let Some(id) = row.erasure_request_id else { continue };
        match requests.iter_mut().find(|(known, _)| *known == id) {
            Some((_, rows)) => rows.push(row),
            None => requests.push((id, vec![row])),
        }
    }
    Ok(requests)
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(done): Query<Done>,
) -> Result<Page<Erasures>, Notice> {
    let (lang, now) = (signed.lang, app.commands.now());
    let fail = |error: &dyn std::error::Error| Notice::failed(lang, error);
    let names = operators(&app).await.map_err(|error| fail(&error))?;
    let myself = signed.operator.id.to_string();
    let requests = waiting(&app).await.map_err(|error| fail(&error))?;
    let requests = requests.into_iter().filter_map(|(id, rows)| {
        let first = rows.first()?;
        let by = first.erasure_requested_by.clone().unwrap_or_default();
        let at = first.erasure_requested_at?;
        Some(Request {
            id,
            own: by == myself,
            at: format!("{} ({})", time(at), distance(at, now, lang)),
            address: readable(first.candidate_email.reveal()),
            rows: rows.iter().map(|row| Row::new(row, lang)).collect(),
            asked_by: names.iter().find(|(id, _)| *id == by).map_or(by, |(_, name)| name.clone()),
        })
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
) -> Result<Response, Notice> {
    let lang = signed.lang;
    let fail = |error: &dyn std::error::Error| Notice::failed(lang, error);
    let Form(fields) = fields.map_err(|_| unreadable(lang))?;
    let requests = waiting(&app).await.map_err(|error| fail(&error))?;
    let rows = requests.into_iter().find(|(id, _)| *id == fields.request_id);
    let Some((request, rows)) = rows else {
        return Err(wrong(lang, &texts::refusal(&ApplicationRefusal::NoSuchRequest, lang.0)));
    };
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let cause = signed.cause();
    let done = match fields.act.as_str() {
        "refuse" => {
            let refused = app.commands.refuse_erasure(&ids, request, &cause).await;
            refused.map_err(|error| refusal_of(lang, &error))?;
            "erasure-refused".to_owned()
        }
        "agree" => {
            let address = rows.first().map(|row| row.candidate_email.reveal().as_str());
            let address: EmailAddress =
                address.unwrap_or_default().parse().map_err(|_| unreadable(lang))?;
            let will = Will::Operator(signed.operator.id);
            let forgotten = app.commands.forget_person(&address, &ids, will, &cause).await;
            format!("erased:{}", forgotten.map_err(|error| unfinished(lang, &error))?)
        }
        _ => return Err(unreadable(lang)),
    };
    seen(&app).await;
    Ok(Redirect::to(&format!("/admin/people/requests?done={done}")).into_response())
}

fn refusal_of(lang: Lang, error: &CommandError<ApplicationRefusal>) -> Notice {
    match error {
        CommandError::Refused(refusal) => wrong(lang, &texts::refusal(refusal, lang.0)),
        error => Notice::failed(lang, error),
    }
}

/// Before the first key is gone nothing was done; after it the service goes on by itself.
fn unfinished(lang: Lang, error: &ForgetError) -> Notice {
    match error {
        ForgetError::Command(error) => refusal_of(lang, error),
        error => {
            tracing::error!(error = %web::problem::chain(error), "an erasure is not finished");
            Notice::new(
                lang,
                StatusCode::SERVICE_UNAVAILABLE,
                lang.t("admin-people-erasure-not-finished"),
                lang.t("admin-people-keys-one-application-at-least-destroyed"),
                lang.t("admin-people-go-back-to-list-in-few"),
            )
        }
    }
}
