//! The description of what programs may ask of a profile (OpenAPI 3.1).

use utoipa::{IntoResponses, OpenApi, ToSchema};
use web::problem::Problem;

use super::calls;

#[derive(OpenApi)]
#[openapi(
    paths(
        calls::find,
        calls::change,
        calls::add_experience,
        calls::change_experience,
        calls::remove_experience,
        calls::add_education,
        calls::change_education,
        calls::remove_education,
        calls::add_skill,
        calls::change_skill,
        calls::remove_skill,
    ),
    components(schemas(Problem)),
    tags((name = "profile", description = "What a candidate is, can, and looks for"))
)]
struct Description;

/// The description, to be merged with those of the other audiences.
pub(crate) fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// What of a profile changes; what is left out, or null, stays, and an empty text clears. Others are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct ChangedProfile {
    #[schema(example = "Pâtissière", max_length = 200)]
    title: Option<String>,
    #[schema(max_length = 5000)]
    summary: Option<String>,
    #[schema(max_length = 40)]
    phone: Option<String>,
    /// Where they want to work: a city with its postal code, the number of a department, or `remote`.
    #[schema(example = "44000 Nantes", max_length = 200)]
    location: Option<String>,
    linkedin_url: Option<String>,
    website_url: Option<String>,
    #[schema(maximum = 70)]
    years_experience: Option<u8>,
    /// In whole euros a year.
    salary_expectation_min: Option<u64>,
    salary_expectation_max: Option<u64>,
    /// In the place of those that were there, in the words of job alerts.
    job_types: Option<Vec<String>>,
    /// In the place of those that were there: `on_site`, hybrid, remote.
    location_types: Option<Vec<String>>,
}

/// A post.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct NewExperience {
    #[schema(max_length = 200)]
    title: String,
    #[schema(max_length = 200)]
    company: String,
    location: Option<String>,
    /// `YYYY-MM`.
    start_date: Option<String>,
    /// `YYYY-MM`.
    end_date: Option<String>,
    is_current: Option<bool>,
    #[schema(max_length = 2000)]
    description: Option<String>,
}

/// What of a post changes; what is left out, or null, stays, and an empty text clears.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct ChangedExperience {
    title: Option<String>,
    company: Option<String>,
    location: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
    is_current: Option<bool>,
    description: Option<String>,
}

/// A course.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct NewEducation {
    #[schema(max_length = 200)]
    degree: String,
    #[schema(max_length = 200)]
    school: String,
    location: Option<String>,
    /// `YYYY-MM`.
    start_date: Option<String>,
    /// `YYYY-MM`.
    end_date: Option<String>,
    #[schema(max_length = 2000)]
    description: Option<String>,
}

/// What of a course changes; what is left out, or null, stays, and an empty text clears.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct ChangedEducation {
    degree: Option<String>,
    school: Option<String>,
    location: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
    description: Option<String>,
}

/// A skill.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct NewSkill {
    #[schema(example = "Levain", max_length = 80)]
    name: String,
    #[schema(max_length = 40)]
    level: Option<String>,
    #[schema(max_length = 40)]
    category: Option<String>,
}

/// What of a skill changes; what is left out, or null, stays, and an empty text clears.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct ChangedSkill {
    name: Option<String>,
    level: Option<String>,
    category: Option<String>,
}

/// What may go wrong.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "they describe answers")]
pub(crate) enum ProfileProblems {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// Nobody is signed in.
    #[response(status = 401, content_type = "application/problem+json")]
    WrongCredentials(Problem),
    /// There is no such entry in this profile.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// A field is wrong, or there are as many entries as there may be.
    #[response(status = 422, content_type = "application/problem+json")]
    InvalidFields(Problem),
    /// Too many requests came.
    #[response(status = 429, content_type = "application/problem+json")]
    TooManyRequests(Problem),
    /// Something behind does not answer.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}
