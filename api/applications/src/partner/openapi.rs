//! The description of the API (OpenAPI 3.1), made from the handlers and the rules of the domain.

mod application;
mod problems;
mod words;

use axum::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use domain::MediaType;
use utoipa::openapi::RefOr;
use utoipa::openapi::encoding::Encoding;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::Described;

pub(crate) use application::{ApplicationBody, ApplicationForm, MAX_INTEGER};
pub(crate) use problems::{ListProblems, ReadOneProblems, SubmitProblems};
pub(crate) use words::{actors, event_kinds, languages, media_types, page_sizes, statuses};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Postulo",
        description = "Applications of candidates, from partner sites to employers. An address answers another method than those listed with 405 and `Allow`; all errors are problem details (RFC 9457).",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    paths(
        super::applications::submit,
        super::read::list,
        super::read::one,
        super::read::events
    ),
    components(schemas(web::problem::Problem)),
    modifiers(&Client, &Parts),
    tags((name = "applications", description = "Send applications and follow them"))
)]
struct Description;

struct Client;

impl Modify for Client {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let basic = HttpBuilder::new()
            .scheme(HttpAuthScheme::Basic)
            .description(Some("Your client id and your client secret."))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("client", SecurityScheme::Http(basic));
    }
}

/// The media types of the parts of a multipart body.
struct Parts;

impl Modify for Parts {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let operations = openapi.paths.paths.values_mut().filter_map(|path| path.post.as_mut());
        for body in operations.filter_map(|operation| operation.request_body.as_mut()) {
            let RefOr::T(body) = body else { continue };
            if let Some(RefOr::T(content)) = body.content.get_mut("multipart/form-data") {
                let json = Encoding::builder().content_type(Some("application/json")).build();
                content.encoding.insert("application".to_owned(), json);
                let kinds = MediaType::ALL.map(MediaType::mime).join(", ");
                let documents = Encoding::builder().content_type(Some(kinds)).build();
                content.encoding.insert("attachments".to_owned(), documents);
            }
        }
    }
}

/// The description, to be merged with those of other audiences.
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// A description as indented JSON, as served and as kept in `schemas/openapi.json`.
pub fn described(description: &utoipa::openapi::OpenApi) -> String {
    let text = description.to_pretty_json();
    text.expect("a description made by a macro is JSON") + "\n"
}

pub(crate) async fn document(Extension(described): Extension<Described>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], described.0.to_string())
}
