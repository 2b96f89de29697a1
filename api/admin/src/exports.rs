//! Data taken out, as files.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::PartnerId;
use domain::dates::date;
use event_store::{Interval, Period};
use projections::export::{self, Format, Range};
use serde::Deserialize;

use super::frame::Frame;
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::download::disposition;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "exports.html")]
pub(crate) struct Exports {
    lang: Lang,
    frame: Frame,
    clients: Vec<String>,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
) -> Result<Page<Exports>, Failure> {
    let lang = signed.lang;
    let clients = projections::partners::all(&app.db).await?;
    let frame = Frame::new(&signed, "/admin/exports", "");
    let clients = clients.into_iter().map(|client| client.id.to_string()).collect();
    Ok(Page::new(Exports { lang, frame, clients }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    client: String,
    from: String,
    to: String,
}

impl Asked {
    /// When the applications were submitted; `None` where a day cannot be read, or the last one lies
    /// before the first.
    fn submitted(&self) -> Option<Interval> {
        let day = |text: &str| match text.trim() {
            "" => Some(None),
            text => date(text).ok().map(Some),
        };
        let period = Period { from: day(&self.from)?, to: day(&self.to)? };
        let backwards = matches!(period, Period { from: Some(from), to: Some(to) } if from > to);
        (!backwards).then(|| period.interval(&texts::default_zone()))
    }
}

/// The act that is recorded of an export of answers.
const ANSWERS: &str = "export.answers";

/// The act of an export, and its format, by the name of its file.
fn what(file: &str) -> Option<(&'static str, Format)> {
    let (name, format) = file.split_once('.')?;
    let act = match name {
        "answers" => ANSWERS,
        "applications" => "export.applications",
        _ => return None,
    };
    Some((act, format.parse().ok()?))
}

/// The applications of a client, or their answers. What was exported is recorded first.
pub(crate) async fn file(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let (act, format) = what(&file).ok_or_else(|| Notice::not_found(lang))?;
    let client: PartnerId = asked.client.parse().map_err(|_| Notice::not_found(lang))?;
    let known = app.commands.partners().find(&client).await?;
    known.ok_or_else(|| Notice::not_found(lang))?;
    let Some(submitted) = asked.submitted() else {
        return Err(Notice::new(
            lang,
            StatusCode::UNPROCESSABLE_ENTITY,
            lang.t("admin-figures-this-period-cannot-read"),
            lang.t("admin-figures-choose-first-day-and-last-day"),
            lang.t("admin-figures-go-back-to-page-exports-nothing"),
        )
        .into());
    };
    let cause = signed.cause();
    app.commands.operators().record_act(act, client.as_str(), &cause).await?;
    // Written whole to a file without a name, then sent: a failure shows as one.
    let mut to = tempfile::tempfile().map_err(Failure::of)?;
    let range = Range { partner: Some(client.clone()), submitted };
    let log = app.commands.log();
    let written = match act {
        ANSWERS => export::answers(log, &range, format, &mut to).await,
        _ => export::applications(log, &range, format, &mut to).await,
    };
    written.map_err(Failure::of)?;
    std::io::Seek::rewind(&mut to).map_err(Failure::of)?;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(to));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, disposition(&format!("postulo-{client}-{file}"))),
    ];
    Ok((headers, axum::body::Body::from_stream(stream)).into_response())
}
