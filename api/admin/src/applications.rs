//! The search for applications.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::application::ApplicationStatus;
use domain::dates::date;
use event_store::Period;
use projections::applications::ApplicationRow;
use projections::applications::search::{self, Search};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

/// Applications on a page.
const PAGE: u32 = 25;

/// What is asked for, as the form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    text: String,
    client: String,
    status: String,
    from: String,
    to: String,
    cursor: String,
}

#[derive(Template)]
#[template(path = "applications.html")]
pub(crate) struct Applications {
    lang: Lang,
    frame: Frame,
    asked: Asked,
    statuses: Vec<(&'static str, &'static str)>,
    clients: Vec<String>,
    rows: Vec<Row>,
    next: String,
}

/// One application in a list.
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) candidate: String,
    pub(super) email: String,
    pub(super) job: String,
    pub(super) employer: String,
    pub(super) client: String,
    pub(super) status: &'static str,
    pub(super) status_name: &'static str,
    pub(super) at: String,
}

impl Row {
    pub(super) fn new(row: ApplicationRow, lang: Lang) -> Self {
        Self {
            id: row.id,
            candidate: match row.erased_at {
                Some(_) => lang.t("admin-applications-erased-application").to_owned(),
                None => row.candidate_name().reveal().clone(),
            },
            email: match row.erased_at {
                Some(at) => format!("{} {}", lang.t("admin-applications-on"), time(at)),
                None => readable(row.candidate_email.reveal()),
            },
            job: row.job,
            employer: row.employer_description,
            client: row.client_id.to_string(),
            status: row.status.as_str(),
            status_name: texts::status(row.status, lang.0),
            at: time(row.submitted_at),
        }
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    // An id leads to its application at once.
    if let Ok(id) = asked.text.trim().parse::<Uuid>() {
        return Ok(Redirect::to(&format!("/admin/applications/{id}")).into_response());
    }
    let mut search = Search {
        text: asked.text.clone(),
        partner: Some(asked.client.clone()).filter(|client| !client.is_empty()),
        status: asked.status.parse::<ApplicationStatus>().ok(),
        cursor: asked.cursor.parse().ok(),
        ..Search::default()
    };
    let period = Period { from: date(&asked.from).ok(), to: date(&asked.to).ok() };
    if period != Period::default() {
        search.submitted = Some(period.interval(&texts::default_zone()));
    }
    let found = search::find(app.commands.log(), &search, PAGE).await?;
    let clients = projections::partners::all(&app.db).await?;
    let next = found.next.map(|cursor| link(&asked, &cursor.to_string())).unwrap_or_default();
    let rows = found.items.into_iter().map(|row| Row::new(row, lang));
    let page = Applications {
        lang,
        frame: Frame::new(&signed, "/admin/applications", ""),
        statuses: ApplicationStatus::ALL
            .map(|it| (it.as_str(), texts::status(it, lang.0)))
            .to_vec(),
        clients: clients.into_iter().map(|client| client.id.to_string()).collect(),
        rows: rows.collect(),
        next,
        asked,
    };
    Ok(Page::new(page).into_response())
}

/// Where everything is that this text finds.
pub(super) fn all_of(text: &str) -> String {
    link(&Asked { text: text.to_owned(), ..Asked::default() }, "")
}

/// The same search from another place on.
fn link(asked: &Asked, cursor: &str) -> String {
    let Asked { text, client, status, from, to, .. } = asked;
    let fields = [
        ("text", text.as_str()),
        ("client", client),
        ("status", status),
        ("from", from),
        ("to", to),
        ("cursor", cursor),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    format!("/admin/applications?{}", Serializer::new(String::new()).extend_pairs(fields).finish())
}
