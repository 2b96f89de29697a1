//! Everything that somebody applied for, as a file for spreadsheets.

use crate::openapi::SpaceProblems;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::Personal;
use projections::export::defused;
use projections::space::{Filter, TrackedItem, Walk, Whose};
use web::App;
use web::api::Bearer;
use web::lang::Lang;
use web::problem::Problem;

use crate::pages::status_name;

/// Rows that are read at once.
const PAGE: u32 = 1000;
/// Tells spreadsheets that it is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Everything somebody applied for, as a file for spreadsheets
#[utoipa::path(
    get,
    path = "/me/export.csv",
    operation_id = "exportTrackedApplications",
    tag = "space",
    security(("bearer" = [])),
    responses((status = 200, description = "UTF-8, with commas", content_type = "text/csv"), SpaceProblems),
)]
pub(crate) async fn csv(State(app): State<App>, bearer: Bearer) -> Result<Response, Problem> {
    file(&app, crate::applications::whose(&app, &bearer), bearer.lang).await
}

/// The file, for who signed in in either way.
pub(crate) async fn file(app: &App, whose: Whose<'_>, lang: Lang) -> Result<Response, Problem> {
    let internal = |error: csv::Error| Problem::internal(&error);
    let mut sheet = begun(lang).map_err(internal)?;
    let mut walk = Walk::new(app.commands.log(), whose, Filter::default(), PAGE);
    while let Some(items) = walk.page().await.map_err(|error| Problem::unavailable(&error))? {
        for item in &items {
            write(&mut sheet, item, lang).map_err(internal)?;
        }
    }
    let sheet = sheet.into_inner().map_err(|error| internal(error.into_error().into()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", lang.t("space-export-file")),
        ),
    ];
    Ok((headers, sheet).into_response())
}

/// A file with the names of its columns.
fn begun(lang: Lang) -> Result<csv::Writer<Vec<u8>>, csv::Error> {
    let mut sheet = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    sheet.write_record([
        lang.t("space-column-company"),
        lang.t("space-column-position"),
        lang.t("space-column-status"),
        lang.t("space-column-applied-on"),
        lang.t("space-column-location"),
        lang.t("space-column-url"),
        lang.t("space-column-tags"),
        lang.t("space-column-notes"),
        lang.t("space-column-description"),
        lang.t("space-column-archived"),
        lang.t("space-column-sent-by"),
    ])?;
    Ok(sheet)
}

fn write(
    sheet: &mut csv::Writer<Vec<u8>>,
    item: &TrackedItem,
    lang: Lang,
) -> Result<(), csv::Error> {
    let text = |text: &Personal<String>| defused(text.reveal()).into_owned();
    let joined = |texts: Vec<&str>, with: &str| defused(&texts.join(with)).into_owned();
    let optional = |it: &Option<Personal<String>>| it.as_ref().map(text).unwrap_or_default();
    sheet.write_record([
        text(&item.company),
        text(&item.position),
        status_name(item.status, lang),
        item.applied_on.day().to_string(),
        optional(&item.location),
        optional(&item.url),
        joined(item.tags.iter().map(|it| it.reveal().as_str()).collect(), ", "),
        joined(item.notes.iter().map(|it| it.text.reveal().as_str()).collect(), "\n\n"),
        optional(&item.description),
        lang.t(if item.archived { "space-yes" } else { "space-no" }).to_owned(),
        if item.is_sent_through_postulo() { "Postulo".to_owned() } else { String::new() },
    ])
}
