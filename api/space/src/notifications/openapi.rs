//! The description of what programs may ask of notifications (OpenAPI 3.1).

use utoipa::{IntoParams, IntoResponses, OpenApi};
use web::problem::Problem;

use super::calls;

#[derive(OpenApi)]
#[openapi(
    paths(calls::list, calls::unread_count, calls::read, calls::read_all, calls::delete),
    components(schemas(Problem)),
    tags((name = "notifications", description = "What happened of late: new matches, answers, interviews"))
)]
struct Description;

/// The description, to be merged with those of the other audiences.
pub(crate) fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Which notifications are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what is read")]
pub(crate) struct ListQuery {
    /// At most so many.
    #[param(default = 20, minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// After so many.
    #[param(default = 0)]
    offset: Option<u32>,
}

/// What may go wrong.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "they describe answers")]
pub(crate) enum NotificationProblems {
    /// Nobody is signed in.
    #[response(status = 401, content_type = "application/problem+json")]
    WrongCredentials(Problem),
    /// There is no such notification, or it is somebody else's.
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
