//! What can go wrong with each operation.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{Content, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type};
use utoipa::{IntoResponses, ToSchema as _};

use web::problem::{Kind, Problem};

/// What can go wrong with any operation.
const ALWAYS: [Kind; 5] = [
    Kind::WrongCredentials,
    Kind::ClientDisabled,
    Kind::TooManyRequests,
    Kind::Internal,
    Kind::Unavailable,
];

/// What can go wrong when an application is submitted.
pub(crate) struct SubmitProblems;

impl IntoResponses for SubmitProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            Kind::MalformedRequest,
            Kind::TooLarge,
            Kind::UnsupportedMediaType,
            Kind::UnsupportedContentCoding,
            Kind::InvalidFields,
            Kind::IdempotencyKeyReused,
        ])
    }
}

/// What can go wrong when applications are listed.
pub(crate) struct ListProblems;

impl IntoResponses for ListProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[Kind::MalformedRequest])
    }
}

/// What can go wrong when one application is read.
pub(crate) struct ReadOneProblems;

impl IntoResponses for ReadOneProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[Kind::MalformedRequest, Kind::NotFound])
    }
}

/// These kinds and those of every operation, by status.
fn problems(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let mut titles: BTreeMap<String, (StatusCode, Vec<&str>)> = BTreeMap::new();
    for kind in kinds.iter().chain(&ALWAYS) {
        let status = kind.status();
        titles.entry(status.as_str().to_owned()).or_insert((status, vec![])).1.push(kind.title());
    }
    let response = |(code, (status, titles)): (String, (StatusCode, Vec<&str>))| {
        (code, RefOr::T(response(status, &titles.join("; or: "))))
    };
    titles.into_iter().map(response).collect()
}

fn response(status: StatusCode, about: &str) -> Response {
    let schema = Ref::from_schema_name(Problem::name());
    let header = |kind: Type, about: &str| {
        let schema = ObjectBuilder::new().schema_type(kind).build();
        HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build()
    };
    let response = ResponseBuilder::new()
        .description(about)
        .content("application/problem+json", Content::new(Some(schema)));
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            response.header("Retry-After", header(Type::Integer, "How many seconds to wait"))
        }
        StatusCode::UNAUTHORIZED => {
            response.header("WWW-Authenticate", header(Type::String, "Basic (RFC 7617)"))
        }
        _ => response,
    }
    .build()
}
