//! The open offers that fit somebody best, each with its reasons.

use axum::Json;
use axum::extract::{OriginalUri, State};
use commands::{CommandError, CvUse, NoText};
use domain::offer::NO_CITY;
use domain::space::{Fit, JobType, LocationType, PlaceFit, SpaceRefusal};
use event_store::timestamp_text;
use projections::space::{Ranked, ranked};
use serde::Serialize;
use utoipa::{IntoParams, IntoResponses, OpenApi, ToSchema};
use uuid::Uuid;
use web::App;
use web::api::Bearer;
use web::lang::Lang;
use web::problem::Problem;
use web::query::Query;

/// Offers where nothing is said of how many.
const SHOWN: usize = 20;
/// Offers at most.
const MOST: usize = 100;

#[derive(OpenApi)]
#[openapi(
    paths(list),
    components(schemas(Problem)),
    tags((name = "recommendations", description = "Which offers fit a candidate"))
)]
struct Description;

/// The description, to be merged with those of the other audiences.
pub(crate) fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// What fits somebody.
pub(crate) struct Fitting {
    /// The offers, the best first.
    pub(crate) offers: Vec<Ranked>,
    /// What became of their CV.
    pub(crate) cv: CvUse,
    /// Whether there is anything that offers can be compared with.
    pub(crate) says_something: bool,
}

/// The offers that fit an account best.
pub(crate) async fn fitting(
    app: &App,
    owner: Uuid,
    limit: usize,
) -> Result<Fitting, CommandError<SpaceRefusal>> {
    let seeking = app.commands.space().seeking(owner).await?;
    let says_something = seeking.seeker.says_something();
    let offers = if says_something {
        let ranked = ranked(&app.db, &seeking.seeker, owner, app.commands.now(), limit);
        ranked.await.map_err(CommandError::Unavailable)?
    } else {
        vec![]
    };
    Ok(Fitting { offers, cv: seeking.cv, says_something })
}

/// What a page says where a CV counts for nothing.
pub(crate) fn about_cv(cv: CvUse, lang: Lang) -> &'static str {
    match cv {
        CvUse::Read => "",
        CvUse::None => lang.t("match-cv-none"),
        CvUse::Unreadable(NoText::Kind) => lang.t("match-cv-kind"),
        CvUse::Unreadable(NoText::Unreadable) => lang.t("match-cv-unreadable"),
        CvUse::Unreadable(NoText::TooMuch) => lang.t("match-cv-too-much"),
    }
}

/// An offer that fits, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct Recommendation {
    id: Uuid,
    title: String,
    company: String,
    location: Option<String>,
    /// `on_site`, hybrid or remote.
    location_type: &'static str,
    job_type: Option<&'static str>,
    /// In whole units of the currency, for the period.
    salary_min: Option<i64>,
    salary_max: Option<i64>,
    salary_currency: Option<String>,
    salary_period: Option<&'static str>,
    #[schema(format = DateTime)]
    posted_at: String,
    url: Option<String>,
    /// How well it fits: 0 to 100.
    score: u8,
    /// Why, in sentences.
    reasons: Vec<String>,
    /// What it asks for, or speaks of, that they can.
    skills_found: Vec<String>,
    /// What it asks for that they do not say.
    skills_missing: Vec<String>,
    /// Whether it is the job that they look for or had: yes, partly, no; none where they say nothing of it.
    title_match: Option<&'static str>,
    /// there, near (the same department), remote, `as_wanted`, elsewhere, `not_said`; none where they do not say.
    place_match: Option<&'static str>,
    /// Whether it is the contract that they want: yes, no, `not_said`; none where they do not say.
    contract_match: Option<&'static str>,
    /// How many days old it is.
    days: u32,
}

impl Recommendation {
    fn of(ranked: Ranked, lang: Lang) -> Self {
        let Ranked { row, fit } = ranked;
        let units = |cents: Option<i64>| cents.map(|cents| cents / 100);
        let city = Some(row.city).filter(|city| city != NO_CITY);
        Self {
            id: row.id,
            title: row.title,
            company: row.company,
            location: city.or(row.place),
            location_type: LocationType::of(row.remote).as_str(),
            job_type: JobType::of(row.working_time, row.contract).map(JobType::as_str),
            salary_min: units(row.salary_min),
            salary_max: units(row.salary_max),
            salary_currency: row.salary_currency,
            salary_period: row.salary_period.map(domain::offer::PayPeriod::as_str),
            posted_at: timestamp_text(row.posted_at.unwrap_or(row.created_at)),
            url: row.url,
            score: fit.score,
            reasons: texts::match_reasons(&fit, lang.0),
            title_match: fit.title.map(Fit::as_str),
            place_match: fit.place.map(PlaceFit::as_str),
            contract_match: fit.contract.map(Fit::as_str),
            days: fit.days,
            skills_found: fit.skills_found,
            skills_missing: fit.skills_missing,
        }
    }
}

/// What fits somebody.
#[derive(Serialize, ToSchema)]
pub(crate) struct FittingOffers {
    /// The open offers that fit best, the best first.
    recommendations: Vec<Recommendation>,
    /// Whether the CV counts: none (there is none), read, or unreadable (the profile alone counts).
    cv: &'static str,
    /// What is said of that to its owner; empty where it was read.
    cv_note: &'static str,
}

/// How many are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what is read from the query")]
pub(crate) struct HowMany {
    /// At most so many offers.
    #[param(default = 20, minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// What may go wrong.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "they describe answers")]
pub(crate) enum RecommendationProblems {
    /// Nobody is signed in.
    #[response(status = 401, content_type = "application/problem+json")]
    WrongCredentials(Problem),
    /// A parameter is wrong.
    #[response(status = 422, content_type = "application/problem+json")]
    InvalidFields(Problem),
    /// Too many requests came.
    #[response(status = 429, content_type = "application/problem+json")]
    TooManyRequests(Problem),
    /// Something behind does not answer.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// Recommend job offers
///
/// The open offers that fit the profile and the CV of whoever asks, the best first. Name, address, age and family count
/// for nothing.
#[utoipa::path(
    get,
    path = "/api/recommendations",
    operation_id = "listRecommendations",
    tag = "recommendations",
    params(HowMany),
    responses((status = 200, description = "What fits", body = FittingOffers), RecommendationProblems),
    security(("bearer" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    bearer: Bearer,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<FittingOffers>, Problem> {
    let mut query = Query::of(&uri, &["limit"]);
    let limit = query.take("limit", bearer.lang.t("notify-limit"), |text| {
        text.parse().ok().filter(|limit| (1..=MOST).contains(limit))
    });
    query.finish_unprocessable()?;
    let fitting = fitting(&app, bearer.account.id, limit.unwrap_or(SHOWN)).await?;
    let told = |ranked| Recommendation::of(ranked, bearer.lang);
    Ok(Json(FittingOffers {
        recommendations: fitting.offers.into_iter().map(told).collect(),
        cv: match fitting.cv {
            CvUse::None => "none",
            CvUse::Read => "read",
            CvUse::Unreadable(_) => "unreadable",
        },
        cv_note: about_cv(fitting.cv, bearer.lang),
    }))
}
