//! The description of what programs may ask here (OpenAPI 3.1).

use utoipa::{IntoParams, IntoResponses, OpenApi};
use web::problem::Problem;

#[derive(OpenApi)]
#[openapi(
    paths(
        crate::calls::list,
        crate::calls::count,
        crate::calls::figures,
        crate::calls::one,
        crate::calls::hide,
        crate::collecting::collect,
        crate::collecting::run,
    ),
    components(schemas(Problem)),
    tags((name = "job offers", description = "Look for job offers"))
)]
struct Description;

/// The description, to be merged with those of the other audiences.
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// What may be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what `asked` reads")]
pub(crate) struct OfferQuery {
    /// Words, each of which stands somewhere in the offer.
    keywords: Option<String>,
    /// Words of a place, a postal code or the number of a department; `télétravail` or `remote` for what is done
    /// from anywhere.
    location: Option<String>,
    /// Words of the company's name.
    company: Option<String>,
    /// none, hybrid, full, or several of them with commas between; true for the last two.
    remote: Option<String>,
    /// permanent, `fixed_term`, temporary, apprenticeship, internship, freelance, volunteer, other, or several of
    /// them with commas between.
    contract: Option<String>,
    /// `full_time` or `part_time`.
    working_time: Option<String>,
    /// What is paid at least. Offers that do not say what they pay are left out.
    salary_min: Option<u64>,
    /// For how much work that is: hour, day, week, month or year.
    #[param(default = "year")]
    salary_period: Option<String>,
    /// In which currency (ISO 4217).
    #[param(default = "EUR")]
    currency: Option<String>,
}

/// Which part of a list is asked for, and in which order.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what `asked` reads")]
pub(crate) struct PageQuery {
    /// newest or best.
    #[param(default = "newest")]
    sort: Option<String>,
    /// At most so many; as if nothing were said where it is 0 or less.
    #[param(default = 50, maximum = 100)]
    limit: Option<i64>,
    /// Without the first ones.
    #[param(default = 0)]
    skip: Option<u32>,
    /// What follows a page, as its `Link` names it.
    cursor: Option<String>,
}

/// What may go wrong.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "they describe answers")]
pub(crate) enum OfferProblems {
    /// The id is none.
    #[response(status = 400, content_type = "application/problem+json")]
    Unreadable(Problem),
    /// Nobody is signed in, and offers are not for everybody.
    #[response(status = 401, content_type = "application/problem+json")]
    WrongCredentials(Problem),
    /// There is no such offer.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
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
