//! The description of the API (OpenAPI 3.1), made from the handlers.

use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

/// An application as a partner sends it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicationBody {
    #[schema(max_length = 254, example = "camille.martin@example.org")]
    candidate_email: String,
    /// One of the two names is enough.
    #[schema(max_length = 64, example = "Camille")]
    candidate_first_name: Option<String>,
    /// See `candidate_first_name`.
    #[schema(max_length = 64, example = "Martin")]
    candidate_last_name: Option<String>,
    /// A number that exists; without a country prefix it is French, of the mainland or overseas.
    #[schema(max_length = 32, example = "06 12 34 56 78")]
    candidate_phone: String,
    /// The lines of an address of several become one, parted by commas.
    #[schema(max_length = 256, example = "12 rue des Lilas, 75020 Paris")]
    candidate_address: String,
    /// The candidate's id at your side.
    #[schema(max_length = 64, example = "1234567A")]
    candidate_peid: String,
    /// One letter and four digits.
    #[schema(example = "D1102")]
    candidate_rome_code: Option<String>,
    /// Encrypted with Fernet under the key shared with you; kept as it is.
    #[schema(max_length = 4096)]
    candidate_peam_access_token: Option<String>,
    #[schema(max_length = 254, example = "recrutement@boulangerie.example")]
    employer_email: String,
    #[schema(max_length = 256, example = "Boulangerie Dupont")]
    employer_description: String,
    /// 14 digits with their check digit.
    #[schema(example = "73282932000074")]
    siret: String,
    #[schema(max_length = 128, example = "Boulanger (H/F)")]
    job: String,
    #[schema(max_length = 4000, example = "Bonjour, votre fournil me plaît.")]
    message: String,
    /// Whether the candidate gets a copy by e-mail; no unless asked for.
    send_confirmation: Option<bool>,
    /// `fr` or `en`; your client's language unless told.
    #[schema(example = "fr")]
    language: Option<String>,
}

/// An application with documents.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicationForm {
    /// The fields, as JSON.
    application: ApplicationBody,
    /// Documents: PDF, DOC, DOCX, ODT, RTF, TXT, JPEG or PNG, 10 files and 10 MiB together.
    #[schema(value_type = Vec<String>, format = Binary)]
    attachments: Vec<String>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Postulo",
        description = "Applications of candidates, from partner sites to employers.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    paths(
        super::applications::submit,
        super::read::list,
        super::read::one,
        super::read::events
    ),
    modifiers(&Client),
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

/// The description as indented JSON, as served and as kept in `schemas/openapi.json`.
pub fn openapi_json() -> String {
    let text = Description::openapi().to_pretty_json();
    text.expect("a description made by a macro is JSON") + "\n"
}

pub(crate) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], openapi_json())
}
