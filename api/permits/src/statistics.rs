//! The figures: a page, the same as a table to take along, and the file that others read. In the page and
//! the table fewer than five people are told as few.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::permit::DossierState;
use event_store::DbError;
use jiff::civil::Date;
use projections::export::{BYTE_ORDER_MARK, Format, defused};
use projections::permits::files;
use projections::permits::statistics::{self, PermitStatistics};
use web::app::App;
use web::chart::{Count, Days, Rank, Ranks, Words, is_few};
use web::download::disposition;
use web::lang::{Asked, Lang, time};
use web::page::Page;
use web::{Failure, Kept};

use crate::openapi::{FileProblems, StatisticsFile};

/// Countries that are drawn; the table has all.
const COUNTRIES: usize = 12;
/// Months that are drawn; the table has all.
const MONTHS: usize = 12;

/// The figures, which are counted at most once a minute.
pub(crate) type Figures = Kept<Arc<PermitStatistics>>;

async fn now(kept: &Figures, app: &App) -> Result<Arc<PermitStatistics>, DbError> {
    let now = app.commands.now();
    kept.or(now, async { statistics::statistics(&app.db, now).await.map(Arc::new) }).await
}

#[derive(Template)]
#[template(path = "statistics.html")]
pub(crate) struct StatisticsPage {
    lang: Lang,
    at: String,
    figures: Vec<(&'static str, String)>,
    over_time: [Days; 2],
    ranks: [Ranks; 3],
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(kept): Extension<Figures>,
    asked: Asked,
) -> Result<Page<StatisticsPage>, Failure> {
    let lang = asked.or_browser();
    let figures = now(&kept, &app).await?;
    let took = figures.days_to_process.filter(|_| !is_few(figures.granted));
    let days = |days: i64| lang.with("permits-days", ("count", &days));
    Ok(Page::new(StatisticsPage {
        lang,
        at: time(figures.at, lang),
        figures: vec![
            (lang.t("permits-dossiers"), people(figures.dossiers, lang)),
            (lang.t("permits-granted"), people(figures.granted, lang)),
            (
                lang.t("permits-time-to-grant"),
                took.map_or_else(|| lang.t("permits-not-known").to_owned(), days),
            ),
        ],
        over_time: over_time(&figures, lang),
        ranks: ranks(&figures, lang),
    }))
}

fn over_time(figures: &PermitStatistics, lang: Lang) -> [Days; 2] {
    let counts = |days: &[(Date, i64)]| -> Vec<Count> {
        days.iter().map(|(day, all)| Count { day: *day, all: *all, part: 0 }).collect()
    };
    let words = |id, title| Words { id, title, all: lang.t("permits-dossiers"), part: None };
    let by_day = words("chart-days", lang.t("permits-by-day"));
    let by_month = words("chart-months", lang.t("permits-by-month"));
    [
        Days::new(by_day, &counts(&figures.by_day), None, None, lang).hiding_few(),
        Days::by_month(by_month, &counts(&figures.by_month), lang).hiding_few(),
    ]
}

fn ranks(figures: &PermitStatistics, lang: Lang) -> [Ranks; 3] {
    let states = figures.by_state.iter();
    let states = states.map(|(of, count)| Rank::people(state(*of, lang), *count, lang)).collect();
    let countries = figures.by_nationality.iter();
    let countries =
        countries.map(|(name, count)| Rank::people(name.clone(), *count, lang)).collect();
    let months = figures.days_by_month.iter().rev().map(|month| {
        let name = texts::month(month.first_day, lang.0);
        Rank::about(name, month.days, month.permits, lang)
    });
    let by_state = ("chart-states", lang.t("permits-by-state"), lang.t("permits-state"));
    let by_country = ("chart-countries", lang.t("permits-by-country"), lang.t("permits-country"));
    let by_month = ("chart-took", lang.t("permits-took-by-month"), lang.t("permits-month"));
    [
        Ranks::new(lang, by_state, states, vec![]),
        Ranks::new(lang, by_country, countries, vec![]).drawing(COUNTRIES),
        Ranks::new(lang, by_month, months.collect(), vec![]).drawing(MONTHS),
    ]
}

fn state(state: DossierState, lang: Lang) -> &'static str {
    match state {
        DossierState::Draft => lang.t("permits-state-draft"),
        DossierState::Initiated => lang.t("permits-state-initiated"),
        DossierState::Received => lang.t("permits-state-received"),
        DossierState::Closed => lang.t("permits-state-closed"),
        DossierState::Refused => lang.t("permits-state-refused"),
        DossierState::WithoutContinuation => lang.t("permits-state-without-continuation"),
    }
}

/// A number of people as it is told.
fn people(number: i64, lang: Lang) -> String {
    if is_few(number) { lang.t("chart-few").to_owned() } else { number.to_string() }
}

/// The same figures as a table: which of them, of what, how many.
pub(crate) async fn csv(
    State(app): State<App>,
    Extension(kept): Extension<Figures>,
    asked: Asked,
) -> Result<Response, Failure> {
    let lang = asked.or_browser();
    let figures = now(&kept, &app).await?;
    let table = table(&figures, lang).map_err(Failure::of)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(Format::Csv.media_type())),
        (header::CONTENT_DISPOSITION, disposition("permits.csv")),
    ];
    Ok((headers, table).into_response())
}

fn table(figures: &PermitStatistics, lang: Lang) -> Result<Vec<u8>, csv::Error> {
    let mut to = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    to.write_record([lang.t("permits-figure"), lang.t("permits-of"), lang.t("chart-number")])?;
    let mut row = |figure: &str, of: &str, number: String| {
        to.write_record([defused(figure).as_ref(), defused(of).as_ref(), number.as_str()])
    };
    row(lang.t("permits-dossiers"), "", people(figures.dossiers, lang))?;
    row(lang.t("permits-granted"), "", people(figures.granted, lang))?;
    if let Some(days) = figures.days_to_process.filter(|_| !is_few(figures.granted)) {
        row(lang.t("permits-time-to-grant"), "", days.to_string())?;
    }
    for (day, count) in &figures.by_day {
        row(lang.t("permits-by-day"), &day.to_string(), people(*count, lang))?;
    }
    for (month, count) in &figures.by_month {
        let month = month.strftime("%Y-%m").to_string();
        row(lang.t("permits-by-month"), &month, people(*count, lang))?;
    }
    for (of, count) in &figures.by_state {
        row(lang.t("permits-by-state"), state(*of, lang), people(*count, lang))?;
    }
    for (country, count) in &figures.by_nationality {
        row(lang.t("permits-by-country"), country, people(*count, lang))?;
    }
    for month in &figures.days_by_month {
        let few = is_few(month.permits);
        let days = if few { lang.t("chart-few").to_owned() } else { month.days.to_string() };
        let first_day = month.first_day.strftime("%Y-%m").to_string();
        row(lang.t("permits-took-by-month"), &first_day, days)?;
    }
    to.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// Figures of all dossiers
///
/// Charts as labels and datasets, counted in Europe/Paris at most a minute ago; the file stats.json holds
/// the same.
#[utoipa::path(
    get,
    path = "/static/stats.json",
    operation_id = "getPermitStatistics",
    tag = "permits",
    responses((status = 200, description = "The figures", body = StatisticsFile), FileProblems),
    security(())
)]
pub(crate) async fn json(
    State(app): State<App>,
    Extension(kept): Extension<Figures>,
) -> Result<Response, Failure> {
    let figures = now(&kept, &app).await?;
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "max-age=0")];
    Ok((headers, files::statistics_json(&figures)).into_response())
}
