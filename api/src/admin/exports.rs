//! Data taken out, as files.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::ClientId;
use projections::export::{self, Format, Range};
use serde::Deserialize;

use super::frame::Frame;
use super::guard::Signed;
use crate::app::App;
use crate::lang::Lang;
use crate::page::{Notice, Page};
use crate::recruiter::attachment::disposition;

#[derive(Template)]
#[template(path = "admin/exports.html")]
pub(crate) struct Exports {
    lang: Lang,
    frame: Frame,
    clients: Vec<String>,
}

pub(crate) async fn page(State(app): State<App>, signed: Signed) -> Result<Page<Exports>, Notice> {
    let lang = signed.lang;
    let clients = projections::clients::all(&app.db).await;
    let clients = clients.map_err(|error| Notice::failed(lang, &error))?;
    let frame = Frame::new(&signed, "/admin/exports", "");
    let clients = clients.into_iter().map(|client| client.id.to_string()).collect();
    Ok(Page::new(Exports { lang, frame, clients }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    client: String,
}

/// The applications of a client with their answers. What was exported is recorded first.
pub(crate) async fn answers(
    State(app): State<App>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Notice> {
    let lang = signed.lang;
    let client: ClientId = asked.client.parse().map_err(|_| Notice::not_found(lang))?;
    let fail = |error: &dyn std::error::Error| Notice::failed(lang, error);
    let known = app.commands.client(&client).await.map_err(|error| fail(&error))?;
    known.ok_or_else(|| Notice::not_found(lang))?;
    let cause = signed.cause();
    let acted = app.commands.record_act("export.answers", client.as_str(), &cause).await;
    acted.map_err(|error| fail(&error))?;
    // Written whole to a file without a name, then sent: a failure shows as one.
    let mut file = tempfile::tempfile().map_err(|error| fail(&error))?;
    let range = Range::of(client.clone());
    let written = export::answers(&app.db, &range, Format::Csv, &mut file).await;
    written.map_err(|error| fail(&error))?;
    std::io::Seek::rewind(&mut file).map_err(|error| fail(&error))?;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(file));
    let name = format!("postulo-{client}-answers.csv");
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8".parse().map_err(|_| Notice::not_found(lang))?,
        ),
        (header::CONTENT_DISPOSITION, disposition(&name)),
    ];
    Ok((headers, axum::body::Body::from_stream(stream)).into_response())
}
