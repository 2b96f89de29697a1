//! The description of what programs may ask of job alerts (OpenAPI 3.1).

use utoipa::{IntoParams, IntoResponses, OpenApi, ToSchema};
use web::problem::Problem;

use super::calls;
use super::wire::Criteria;

#[derive(OpenApi)]
#[openapi(
    paths(
        calls::list,
        calls::create,
        calls::find,
        calls::replace,
        calls::change,
        calls::delete,
        calls::toggle,
        calls::preview,
        calls::preview_unsaved,
        calls::summary,
    ),
    components(schemas(Problem)),
    tags((name = "job alerts", description = "Be told of new job offers"))
)]
struct Description;

/// The description, to be merged with those of the other audiences.
pub(crate) fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// A new alert.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read")]
pub(crate) struct AlertBody {
    /// What its owner calls it: 1 to 200 characters.
    name: String,
    /// What is looked for: one thing at least.
    criteria: Criteria,
    /// daily, weekly or monthly, in any case.
    #[schema(default = "daily")]
    frequency: Option<String>,
    /// In which time zone (IANA) it is 09:00 then.
    #[schema(default = "Europe/Paris")]
    time_zone: Option<String>,
}

/// What of an alert changes; what is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read")]
pub(crate) struct ChangeBody {
    name: Option<String>,
    /// All of it: it takes the place of what was there.
    criteria: Option<Criteria>,
    frequency: Option<String>,
    time_zone: Option<String>,
    is_active: Option<bool>,
}

/// What would be looked for.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read")]
pub(crate) struct PreviewBody {
    criteria: Criteria,
}

/// Which alerts are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what is read")]
pub(crate) struct ListQuery {
    /// Only those that are switched on (true or 1), or off (false or 0); anything else asks for all.
    is_active: Option<String>,
}

/// How much of a preview is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what is read")]
pub(crate) struct PreviewQuery {
    /// At most so many offers.
    #[param(default = 20, maximum = 20)]
    limit: Option<u32>,
}

/// What may go wrong.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "they describe answers")]
pub(crate) enum AlertProblems {
    /// A parameter stands there twice, or cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// Nobody is signed in.
    #[response(status = 401, content_type = "application/problem+json")]
    WrongCredentials(Problem),
    /// There is no such alert, or it is somebody else's.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// A field is wrong, or there are 20 alerts already.
    #[response(status = 422, content_type = "application/problem+json")]
    InvalidFields(Problem),
    /// Too many requests came.
    #[response(status = 429, content_type = "application/problem+json")]
    TooManyRequests(Problem),
    /// Something behind does not answer.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}
