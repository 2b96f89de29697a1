//! What goes wrong, for programs: problem details (RFC 9457).

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{CommandError, SubmitError, advice};
use domain::{ApplicationRefusal, FieldError};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};

use crate::upload::FormError;

/// The kinds of problem. Their slugs are public and never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The body is not of the announced form.
    MalformedRequest,
    /// Some fields are wrong; `errors` lists them.
    InvalidFields,
    /// The credentials are missing or wrong.
    WrongCredentials,
    /// The client is shut out.
    ClientDisabled,
    /// The secret or the signature of a webhook is missing or wrong.
    Forbidden,
    /// It belongs to somebody else.
    NotYours,
    /// There is no such thing, for this client.
    NotFound,
    /// The method does not exist here.
    MethodNotAllowed,
    /// The body's media type is not taken.
    UnsupportedMediaType,
    /// The body is larger than is taken.
    TooLarge,
    /// The body is compressed; only plain ones are taken.
    UnsupportedContentCoding,
    /// The `Idempotency-Key` was used for another request.
    IdempotencyKeyReused,
    /// The rules say no.
    Refused,
    /// The client asks too often.
    TooManyRequests,
    /// Something behind does not answer; try again.
    Unavailable,
    /// Our mistake.
    Internal,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::MalformedRequest,
        Self::WrongCredentials,
        Self::ClientDisabled,
        Self::Forbidden,
        Self::NotYours,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Refused,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::UnsupportedContentCoding,
        Self::InvalidFields,
        Self::IdempotencyKeyReused,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The kind that an answer of this status is of, where nothing else is known of it.
    pub fn of_status(status: StatusCode) -> Self {
        let otherwise =
            if status.is_server_error() { Self::Internal } else { Self::MalformedRequest };
        Self::ALL.into_iter().find(|kind| kind.status() == status).unwrap_or(otherwise)
    }

    /// Its public name.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformed-request",
            Self::InvalidFields => "invalid-fields",
            Self::WrongCredentials => "wrong-credentials",
            Self::ClientDisabled => "client-disabled",
            Self::Forbidden => "forbidden",
            Self::NotYours => "not-yours",
            Self::TooManyRequests => "too-many-requests",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::UnsupportedContentCoding => "unsupported-content-coding",
            Self::TooLarge => "too-large",
            Self::IdempotencyKeyReused => "idempotency-key-reused",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// The status it is answered with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MalformedRequest => StatusCode::BAD_REQUEST,
            Self::InvalidFields | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::ClientDisabled | Self::Forbidden | Self::NotYours => StatusCode::FORBIDDEN,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType | Self::UnsupportedContentCoding => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused => StatusCode::CONFLICT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// It in words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::MalformedRequest => "The request cannot be read",
            Self::InvalidFields => "Some fields are not valid",
            Self::WrongCredentials => "The credentials are missing or wrong",
            Self::ClientDisabled => "Your client is disabled",
            Self::Forbidden => "The secret or the signature is missing or wrong",
            Self::TooManyRequests => "There are too many requests",
            Self::NotYours => "This belongs to somebody else",
            Self::NotFound => "There is nothing here",
            Self::MethodNotAllowed => "This method is not available here",
            Self::UnsupportedMediaType => "This media type is not taken",
            Self::UnsupportedContentCoding => "A compressed body is not taken",
            Self::TooLarge => "The request is too large",
            Self::IdempotencyKeyReused => "The Idempotency-Key was used for another request",
            Self::Refused => "This cannot happen now",
            Self::Unavailable => "The service is not available right now",
            Self::Internal => "Something went wrong on our side",
        }
    }
}

/// A problem (RFC 9457), answered as `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem: `/problems/SLUG`; the slug never changes.
    #[serde(rename = "type")]
    #[schema(schema_with = problem_types)]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong in this case, and how to mend it.
    detail: String,
    /// Which fields or parameters are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WrongField>,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// One wrong field, or one wrong parameter of the address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WrongField {
    /// Its name.
    #[schema(example = "candidate_email")]
    field: Cow<'static, str>,
    /// What is wrong, for a program.
    #[schema(example = "email")]
    code: &'static str,
    /// What is wrong and how to mend it, for a person.
    detail: String,
}

impl WrongField {
    /// A wrong field: its name, what is wrong for programs, and for people.
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }

    /// Its name.
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl From<&FieldError> for WrongField {
    fn from(error: &FieldError) -> Self {
        let detail = texts::invalid(&error.invalid, domain::Language::En);
        Self::new(error.field, error.invalid.code(), detail)
    }
}

impl Problem {
    /// A problem of a kind, and what it is in this case.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{}", kind.slug()),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: detail.into(),
            errors: vec![],
            headers: vec![],
        }
    }

    /// A problem whose detail is a sentence of a contract with programs that show it: French in
    /// every language, letter for letter.
    pub fn agreed(kind: Kind, detail: &'static str) -> Self {
        Self::new(kind, detail).with_header(header::CONTENT_LANGUAGE, "fr")
    }

    /// With this header on the answer, in the place of the one that it has by its status.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// With its detail in this language.
    #[must_use]
    pub fn in_language(self, lang: crate::lang::Lang) -> Self {
        self.with_header(header::CONTENT_LANGUAGE, lang.code())
    }

    /// With another status than the kind's.
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status: status.as_u16(), ..self }
    }

    /// With the fields that are wrong.
    #[must_use]
    pub fn with_errors(self, errors: Vec<WrongField>) -> Self {
        Self { errors, ..self }
    }

    /// The status that it is answered with.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// With the seconds after which the same request may be sent again (RFC 9110 10.2.3).
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.headers.push((header::RETRY_AFTER, seconds.into()));
        self
    }

    /// The problem behind an answer whose words are not for programs. Its status stays.
    pub fn of_status(status: StatusCode) -> Self {
        let kind = Kind::of_status(status);
        let detail = match kind {
            Kind::Unavailable => {
                "No answer was ready in time. Send the same request again in a few seconds, with the same Idempotency-Key where it submits an application."
            }
            Kind::Internal => "This is our mistake. Tell us the X-Request-Id of this answer.",
            _ => "The request is not one that this address takes. /docs lists what there is.",
        };
        Self { status: status.as_u16(), ..Self::new(kind, detail) }
    }

    /// There is no such thing for this client.
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is nothing at this address for your client.")
    }

    /// Every wrong field at once.
    pub fn fields(errors: &[FieldError]) -> Self {
        Self::wrong_fields(errors.iter().map(Into::into).collect())
    }

    /// As [`Problem::fields`], of what is told already.
    pub fn wrong_fields(errors: Vec<WrongField>) -> Self {
        let detail = "Mend the fields listed under `errors` and send the request again.";
        Self { errors, ..Self::new(Kind::InvalidFields, detail) }
    }

    /// Every wrong parameter of an address at once.
    pub fn parameters(errors: Vec<WrongField>) -> Self {
        let told: Vec<_> = errors.iter().map(|error| error.detail.as_str()).collect();
        let detail = told.join(" ");
        Self { errors, ..Self::new(Kind::MalformedRequest, detail) }
    }

    /// The same where the contract of a call has 422 for it.
    pub fn invalid_parameters(errors: Vec<WrongField>) -> Self {
        let Self { detail, errors, .. } = Self::parameters(errors);
        Self { errors, ..Self::new(Kind::InvalidFields, detail) }
    }

    /// A multipart body that is not taken.
    pub fn body(error: FormError) -> Self {
        let kind = match error {
            FormError::TooLarge | FormError::TooManyParts => Kind::TooLarge,
            FormError::Malformed | FormError::NoForm | FormError::Field => Kind::MalformedRequest,
            FormError::Busy | FormError::TooSlow => Kind::Unavailable,
        };
        let problem = Self::new(kind, error.to_string());
        match error {
            FormError::Busy | FormError::TooSlow => problem.with_header(header::RETRY_AFTER, "5"),
            // What was not read of it would stand before the next request.
            FormError::TooLarge => problem.with_header(header::CONNECTION, "close"),
            _ => problem,
        }
    }

    /// Something behind does not answer. The cause goes to the log, with the request's id.
    pub fn unavailable(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %advice::told(cause), "a request could not be served");
        let detail = "Nothing was lost. Send the same request again in a few seconds.";
        Self::new(Kind::Unavailable, detail).with_header(header::RETRY_AFTER, "5")
    }

    /// Our mistake. The cause goes to the log, with the request's id.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %advice::told(cause), "a request failed");
        let detail = "This is our mistake. Tell us the X-Request-Id of this answer.";
        Self::new(Kind::Internal, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            let challenge = "Basic realm=\"Postulo\", charset=\"UTF-8\"";
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"));
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        (status, headers, Json(self)).into_response()
    }
}

impl<R: std::error::Error + 'static> From<CommandError<R>> for Problem {
    fn from(error: CommandError<R>) -> Self {
        match error {
            CommandError::Refused(refusal) => Self::new(Kind::Refused, refusal.to_string()),
            CommandError::TooLarge => Self::new(Kind::TooLarge, error.to_string()),
            CommandError::Contended
            | CommandError::Busy
            | CommandError::Unavailable(_)
            | CommandError::Locked(_) => Self::unavailable(&error),
            CommandError::Invalid(_) | CommandError::Unreadable(_) => Self::internal(&error),
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::KeyReused => Self::new(Kind::IdempotencyKeyReused, error.to_string()),
            SubmitError::Attachments(error) => Self::unavailable(&error),
            SubmitError::Command(CommandError::Refused(ApplicationRefusal::NotFound)) => {
                Self::not_found()
            }
            SubmitError::Command(error) => error.into(),
        }
    }
}

/// The types of problem, in descriptions of what programs are answered.
fn problem_types() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("What kind of problem; a type is never renamed."))
        .enum_values(Some(Kind::ALL.map(|kind| format!("/problems/{}", kind.slug()))))
        .build()
}
