//! The description of these calls (OpenAPI 3.1).

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{earlier, password, register, tokens, user, users};

#[derive(OpenApi)]
#[openapi(
    paths(
        register::register,
        register::confirm,
        tokens::sign_in,
        tokens::refresh,
        tokens::revoke,
        tokens::sign_out,
        user::me,
        password::change,
        password::forgot,
        password::reset,
        users::list,
        users::create,
        users::one,
        users::change,
        users::close,
        earlier::work::sign_up,
        earlier::work::sign_in,
        earlier::work::refresh,
        earlier::work::me,
        earlier::work::forgot,
        earlier::work::reset,
        earlier::jobs::sign_in,
        earlier::jobs::refresh,
    ),
    components(schemas(web::problem::Problem)),
    modifiers(&Bearer),
    tags((name = "accounts", description = "Accounts of candidates and recruiters, and their tokens"))
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("An access token of `/auth/token`."))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The description, to be merged with those of the other audiences.
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}
