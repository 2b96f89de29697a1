//! Offers for programs: `/job-offers`.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use domain::offer::{JobOffer, KnownOffer, OfferRefusal};
use jiff::Timestamp;
use projections::offers::statistics::{self, Frequent};
use projections::offers::{self, OfferRow};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::App;
use web::api::Bearer;
use web::problem::{Kind, Problem};

use crate::asked::Asked;
use crate::fit::{OfferMatch, fits};
use crate::openapi::OfferProblems;
use crate::reader::Reader;

/// The figures, counted once a minute.
pub(crate) type Figures = web::Kept<statistics::Figures>;

/// A job offer.
#[derive(Serialize, ToSchema)]
pub(crate) struct Offer {
    /// Which.
    id: Uuid,
    /// What the job is called.
    poste: String,
    /// Who offers it.
    entreprise: String,
    /// Where one works, as whoever offers it writes it.
    localisation: Option<String>,
    /// The day on which it was published.
    date: Option<String>,
    /// Its page.
    url: Option<String>,
    /// The page on which it was found.
    source_url: Option<String>,
    /// When it was first seen.
    #[schema(format = DateTime)]
    created_at: String,
    /// When something happened to it last.
    #[schema(format = DateTime)]
    updated_at: String,
    /// The city, made readable.
    city: String,
    /// none, hybrid or full.
    remote: Option<&'static str>,
    /// permanent, `fixed_term`, temporary, apprenticeship, internship, freelance, volunteer or other.
    contract: Option<&'static str>,
    /// `full_time` or `part_time`.
    working_time: Option<&'static str>,
    /// What is paid.
    salary: Option<Salary>,
    /// What one should know.
    skills: Vec<String>,
    /// Until when one may apply.
    #[schema(format = DateTime)]
    valid_through: Option<String>,
    /// desk where it is published here, otherwise the name of a collector.
    source: String,
    /// open, closed, expired or archived.
    status: &'static str,
    /// Its page here.
    page: String,
    /// Whether one may apply on that page.
    applies_here: bool,
    /// In a list, how it fits whoever asks; left out where they have no account, or say nothing of themselves.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    fit: Option<OfferMatch>,
}

/// What is paid.
#[derive(Serialize, ToSchema)]
pub(crate) struct Salary {
    /// At least.
    min: Option<f64>,
    /// At most.
    max: Option<f64>,
    /// In which currency (ISO 4217).
    currency: String,
    /// hour, day, week, month or year.
    period: &'static str,
    /// At most for a year of full-time work.
    yearly: Option<i64>,
}

/// An offer with all that it says.
#[derive(Serialize, ToSchema)]
pub(crate) struct WholeOffer {
    #[serde(flatten)]
    offer: Offer,
    /// What it says, as text.
    description: Option<String>,
    /// The same as HTML of few elements.
    description_html: Option<String>,
    /// What it says, parted by what it tells.
    parts: Option<Parts>,
}

/// A description, parted by what it tells.
#[derive(Serialize, ToSchema)]
pub(crate) struct Parts {
    summary: Option<String>,
    missions: Option<String>,
    skills: Option<String>,
    further: Option<String>,
    /// The model that wrote them; none where they stand so on the page.
    model: Option<String>,
}

/// How many offers there are.
#[derive(Serialize, ToSchema)]
pub(crate) struct Total {
    total: u64,
}

/// What was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Hidden {
    message: &'static str,
}

/// The figures of open offers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Summary {
    total_offers: u64,
    top_websites: Vec<Counted>,
    top_companies: Vec<Counted>,
    top_cities: Vec<Counted>,
}

/// Something that offers have, and how many do.
#[derive(Serialize, ToSchema)]
pub(crate) struct Counted {
    _id: String,
    count: i64,
}

impl From<Frequent> for Counted {
    fn from(Frequent { name, offers }: Frequent) -> Self {
        Self { _id: name, count: offers }
    }
}

/// A time as these calls tell it.
fn told(at: Timestamp) -> String {
    event_store::timestamp_text(at)
}

/// Hundredths as a number of JSON.
#[expect(clippy::cast_precision_loss, reason = "no pay has sixteen digits")]
fn units(cents: i64) -> f64 {
    cents as f64 / 100.0
}

impl Offer {
    fn of(row: OfferRow, app: &App) -> Self {
        let mut page = app.settings.base_url.clone();
        page.set_path(&format!("/offers/{}", row.id));
        let skills = row.skills();
        let salary = match (row.salary_currency, row.salary_period) {
            (Some(currency), Some(period)) => Some(Salary {
                min: row.salary_min.map(units),
                max: row.salary_max.map(units),
                currency,
                period: period.as_str(),
                yearly: row.salary_yearly,
            }),
            _ => None,
        };
        Self {
            id: row.id,
            poste: row.title,
            entreprise: row.company,
            localisation: row.place,
            date: row.posted_at.map(|at| at.strftime("%Y-%m-%d").to_string()),
            url: row.url,
            source_url: row.source_url,
            created_at: told(row.created_at),
            updated_at: told(row.updated_at),
            city: row.city,
            remote: row.remote.map(domain::offer::Remote::as_str),
            contract: row.contract.map(domain::offer::Contract::as_str),
            working_time: row.working_time.map(domain::offer::WorkingTime::as_str),
            salary,
            skills,
            valid_through: row.valid_through.map(told),
            source: row.source,
            status: row.status.as_str(),
            page: page.into(),
            applies_here: row.applies_here && app.settings.offers.client.is_some(),
            fit: None,
        }
    }
}

/// List job offers
///
/// The open offers that have all that is asked for, the newest first; with `sort=best`, those first that have all
/// keywords in the title. What is typed is text: words are compared without accents and endings, in French and
/// English. `Link` names the next page, where there is one.
#[utoipa::path(
    get,
    path = "/job-offers",
    operation_id = "listJobOffers",
    tag = "job offers",
    params(crate::openapi::OfferQuery, crate::openapi::PageQuery),
    responses((status = 200, description = "The offers", body = Vec<Offer>), OfferProblems),
    security((), ("bearer" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    reader: Reader,
    uri: Uri,
) -> Result<Response, Problem> {
    let Asked { filter, order, page } = Asked::of(&uri)?;
    let filter = reader.sees(&app, filter).await?;
    let list = offers::list(&app.db, &filter, order, page).await;
    let list = list.map_err(|error| Problem::unavailable(&error))?;
    let next = list.next.and_then(|cursor| next_page(&app, &uri, &cursor.to_string()));
    let mut fits = fits(&app, reader.account, &list.items).await?;
    let items = list.items.into_iter().map(|row| {
        let fit = fits.remove(&row.id).map(|fit| OfferMatch::of(fit, reader.lang));
        Offer { fit, ..Offer::of(row, &app) }
    });
    let items: Vec<_> = items.collect();
    let mut response = Json(items).into_response();
    if let Some(next) = next {
        response.headers_mut().insert(header::LINK, next);
    }
    Ok(response)
}

/// The address of the page after this one (RFC 8288).
fn next_page(app: &App, uri: &Uri, cursor: &str) -> Option<HeaderValue> {
    let mut next = app.settings.base_url.clone();
    next.set_path(uri.path());
    let given = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let kept = given.filter(|(name, _)| name != "cursor" && name != "skip");
    next.query_pairs_mut().extend_pairs(kept).append_pair("cursor", cursor);
    HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok()
}

/// Count job offers
///
/// How many open offers have all that is asked for: the same as the list would tell.
#[utoipa::path(
    get,
    path = "/job-offers/count",
    operation_id = "countJobOffers",
    tag = "job offers",
    params(crate::openapi::OfferQuery),
    responses((status = 200, description = "How many", body = Total), OfferProblems),
    security((), ("bearer" = []))
)]
pub(crate) async fn count(
    State(app): State<App>,
    reader: Reader,
    uri: Uri,
) -> Result<Json<Total>, Problem> {
    let filter = reader.sees(&app, Asked::of(&uri)?.filter).await?;
    let total = offers::count(&app.db, &filter).await;
    total.map(|total| Json(Total { total })).map_err(|error| Problem::unavailable(&error))
}

/// Figures of job offers
///
/// How many are open, and the sites, companies and cities that most of them have; ten of each at most. They are
/// counted once a minute.
#[utoipa::path(
    get,
    path = "/job-offers/stats/summary",
    operation_id = "jobOfferFigures",
    tag = "job offers",
    responses((status = 200, description = "The figures", body = Summary), OfferProblems),
    security((), ("bearer" = []))
)]
pub(crate) async fn figures(
    State(app): State<App>,
    Extension(figures): Extension<Figures>,
    _: Reader,
) -> Result<Json<Summary>, Problem> {
    let counted = figures.or(app.commands.now(), statistics::figures(&app.db)).await;
    let counted = counted.map_err(|error| Problem::unavailable(&error))?;
    let top = |all: Vec<Frequent>| all.into_iter().map(Counted::from).collect();
    Ok(Json(Summary {
        total_offers: counted.total,
        top_websites: top(counted.sites),
        top_companies: top(counted.companies),
        top_cities: top(counted.cities),
    }))
}

/// The id in an address.
fn id(path: Result<Path<String>, PathRejection>) -> Result<Uuid, Problem> {
    let id = path.ok().and_then(|Path(id)| id.parse::<Uuid>().ok());
    id.ok_or_else(|| Problem::agreed(Kind::MalformedRequest, "ID invalide"))
}

fn not_found() -> Problem {
    Problem::agreed(Kind::NotFound, "Offre non trouvée")
}

/// Hide a job offer
///
/// From the lists and counts of whoever asks; it stays what it is for everybody else, and at its own address.
#[utoipa::path(
    delete,
    path = "/job-offers/{id}",
    operation_id = "hideJobOffer",
    tag = "job offers",
    params(("id" = Uuid, Path, description = "Which.")),
    responses((status = 200, description = "It is hidden", body = Hidden), OfferProblems),
    security(("bearer" = []))
)]
pub(crate) async fn hide(
    State(app): State<App>,
    bearer: Bearer,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Hidden>, Problem> {
    let id = id(path)?;
    let found = found(&app, id).await.map_err(|error| Problem::unavailable(&error))?;
    if found.is_none() {
        return Err(not_found());
    }
    let hidden = app.commands.offers().hide_from(bearer.account.id, id).await;
    hidden.map_err(|error| Problem::unavailable(&error))?;
    Ok(Json(Hidden { message: "Offre supprimée" }))
}

/// One job offer
///
/// With all that it says, be it open or not; one that was removed is not there any more.
#[utoipa::path(
    get,
    path = "/job-offers/{id}",
    operation_id = "findJobOffer",
    tag = "job offers",
    params(("id" = Uuid, Path, description = "Which.")),
    responses((status = 200, description = "The offer", body = WholeOffer), OfferProblems),
    security((), ("bearer" = []))
)]
pub(crate) async fn one(
    State(app): State<App>,
    _: Reader,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<WholeOffer>, Problem> {
    let id = id(path)?;
    let found = found(&app, id).await.map_err(|error| Problem::unavailable(&error))?;
    let (row, known) = found.ok_or_else(not_found)?;
    let content = &known.content;
    let text = |part: &Option<domain::offer::DescriptionPart>| {
        part.as_ref().map(|part| part.as_str().to_owned())
    };
    let parts = known.description.as_ref().map(|parts| Parts {
        summary: text(&parts.summary),
        missions: text(&parts.missions),
        skills: text(&parts.skills),
        further: text(&parts.further),
        model: parts.model.as_ref().map(|model| model.as_str().to_owned()),
    });
    Ok(Json(WholeOffer {
        offer: Offer::of(row, &app),
        description: content.description.as_ref().map(domain::offer::OfferText::text),
        description_html: content.description.as_ref().map(|text| text.as_html().to_owned()),
        parts,
    }))
}

/// An offer as the read model has it, and all that is known of it.
pub(crate) async fn found(
    app: &App,
    id: Uuid,
) -> Result<Option<(OfferRow, Box<KnownOffer>)>, commands::CommandError<OfferRefusal>> {
    let row = offers::find(&app.db, id).await;
    let Some(row) = row.map_err(commands::CommandError::Unavailable)? else { return Ok(None) };
    Ok(match app.commands.offers().current(id).await? {
        JobOffer::Known(known) => Some((row, known)),
        JobOffer::Absent | JobOffer::Removed => None,
    })
}
