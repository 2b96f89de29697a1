//! The dossiers of a filter, as a file.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use projections::export::{self, Format};
use projections::permits::day_in_paris;

use super::list::Asked;
use super::told::state;
use crate::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::download::disposition;
use web::page::Notice;

/// What is recorded of it.
const ACT: &str = "export.permits";

/// The dossiers that the list shows, on all of its pages. That they were taken out is recorded first.
pub(crate) async fn file(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let format = match file.as_str() {
        "permits.csv" => Format::Csv,
        "permits.xlsx" => Format::Xlsx,
        _ => return Err(Notice::not_found(lang).into()),
    };
    let today = day_in_paris(app.commands.now());
    let filter = asked.filter(&signed, today);
    app.commands.operators().record_act(ACT, &file, &signed.cause()).await?;
    // Written whole to a file without a name, then sent: a failure shows as one.
    let mut to = tempfile::tempfile().map_err(Failure::of)?;
    let named = |of| state(of, lang);
    let written = export::permits(app.commands.log(), &filter, named, format, &mut to).await;
    written.map_err(Failure::of)?;
    std::io::Seek::rewind(&mut to).map_err(Failure::of)?;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(to));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, disposition(&format!("postulo-{today}-{file}"))),
    ];
    Ok((headers, axum::body::Body::from_stream(stream)).into_response())
}
