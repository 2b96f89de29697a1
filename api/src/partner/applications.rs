//! `POST /api/v1/applications`

use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{Document, IdempotencyKey, recognise};
use domain::application::SubmissionDraft;
use domain::{FieldError, Invalid, Language};
use serde_json::{Map, Value};

use crate::app::App;
use crate::partner::auth::Asker;
use crate::partner::resource::ApplicationResource;
use crate::problem::{Kind, Problem};
use crate::request::{self, Context};
use crate::upload::{Form, Reading, Trust, announced};

/// A JSON body may be this large, in bytes.
const MAX_JSON: usize = 256 * 1024;

/// Submit an application.
///
/// As JSON, or as `multipart/form-data` with a JSON part `application` and the documents as files,
/// called `attachments` or otherwise: a part with a file name is a document. Field names are those of the form; fields that are not known are ignored.
/// With an `Idempotency-Key` a repeat of the same request gives the first result again.
#[utoipa::path(
    post,
    path = "/api/v1/applications",
    tag = "applications",
    request_body(
        content(
            (super::openapi::ApplicationBody = "application/json"),
            (super::openapi::ApplicationForm = "multipart/form-data"),
        )
    ),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters; a UUID is a good choice")),
    responses(
        (status = 201, description = "Taken. A repeat carries the header Idempotency-Replayed: true.", body = ApplicationResource,
            headers(("Location" = String, description = "The application"))),
        (status = 400, description = "The body cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The credentials are missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Your client is disabled", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The media type is not taken", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Some fields are wrong, or the Idempotency-Key was used for another request", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; Retry-After says how long to wait", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Try again in a few seconds", body = Problem, content_type = "application/problem+json"),
    ),
    security(("client" = [])),
)]
pub(crate) async fn submit(
    State(app): State<App>,
    Asker(client): Asker,
    context: Context,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    // Its documents take up room until the answer is made.
    let (fields, form) = body(&app, &headers, request).await?;
    let (draft, language, mut errors) = draft(&fields);
    errors.extend(form.wrong.clone());
    let documents: Vec<Document> = match recognise(form.files.clone()) {
        Ok(documents) => documents,
        Err(wrong) => {
            errors.extend(wrong);
            vec![]
        }
    };
    let attachments = documents.iter().map(|document| document.attachment.clone()).collect();
    let language = language.unwrap_or(client.settings.language);
    let submission = match draft.parse(client.id.clone(), language, attachments) {
        Ok(submission) if errors.is_empty() => submission,
        Ok(_) => return Err(Problem::fields(&errors)),
        Err(wrong) => {
            // What has a wrong type is told once.
            let told: Vec<_> = errors.iter().map(|error| error.field).collect();
            errors.extend(wrong.into_iter().filter(|error| !told.contains(&error.field)));
            return Err(Problem::fields(&errors));
        }
    };
    let (candidate, employer) = (&submission.candidate.email, &submission.employer.email);
    let suppressed = request::suppressed(&app, candidate.reveal(), employer.reveal()).await?;
    if !suppressed.is_empty() {
        return Err(Problem::fields(&suppressed));
    }
    let cause = context.partner(&client.id);
    let done = app.commands.submit(submission, &documents, key.as_ref(), &cause).await?;
    let application = done.state.known().map_err(|_| Problem::not_found())?;
    let resource = ApplicationResource::written(
        done.id,
        done.position.get(),
        done.state.status(),
        application,
    );
    let location = format!("/api/v1/applications/{}", done.id);
    let mut response =
        (StatusCode::CREATED, [(header::LOCATION, location)], Json(resource)).into_response();
    if done.replayed {
        let name = HeaderName::from_static("idempotency-replayed");
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().ok().and_then(|text| text.parse().ok());
    key.map(Some)
        .ok_or_else(|| Problem::new(Kind::MalformedRequest, commands::InvalidKey.to_string()))
}

/// The JSON object of either kind of body, and the form that its files are in.
async fn body(
    app: &App,
    headers: &HeaderMap,
    request: Request,
) -> Result<(Map<String, Value>, Form), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match kind.to_ascii_lowercase().as_str() {
        "application/json" => {
            let bytes =
                axum::body::to_bytes(request.into_body(), MAX_JSON).await.map_err(|_| {
                    let detail = "A JSON body has 256 KiB at most, and must arrive whole.";
                    Problem::new(Kind::TooLarge, detail)
                })?;
            Ok((object(&bytes)?, Form::default()))
        }
        "multipart/form-data" => {
            let multipart = Multipart::from_request(request, &()).await.map_err(|_| {
                let detail = "The Content-Type of a multipart body names its boundary.";
                Problem::new(Kind::MalformedRequest, detail)
            })?;
            // A Blob of a browser comes with a file name.
            let reading = Reading {
                uploads: Some(&app.request_limits.uploads),
                texts: &["application"],
                trust: &|_| Trust::Known,
            };
            let form = Form::read(multipart, announced(headers), reading).await;
            if let Some(error) = form.stopped {
                return Err(Problem::body(error));
            }
            if !form.fields.iter().any(|(name, _)| name == "application") {
                let detail = "A multipart body has a part `application` that holds JSON.";
                return Err(Problem::new(Kind::MalformedRequest, detail));
            }
            let fields = object(form.field("application").as_bytes())?;
            Ok((fields, form))
        }
        _ => {
            let detail = "Send application/json, or multipart/form-data with documents.";
            Err(Problem::new(Kind::UnsupportedMediaType, detail))
        }
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    let malformed = |detail: String| Problem::new(Kind::MalformedRequest, detail);
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(malformed("The JSON is not an object of fields.".to_owned())),
        // Line and column only: what serde quotes may be personal.
        Err(error) => Err(malformed(format!(
            "The JSON cannot be read beyond line {}, column {}.",
            error.line(),
            error.column()
        ))),
    }
}

/// The fields as text; what has a type that none of them takes is an error of that field.
fn draft(fields: &Map<String, Value>) -> (SubmissionDraft, Option<Language>, Vec<FieldError>) {
    let (mut draft, mut language, mut errors) = (SubmissionDraft::default(), None, vec![]);
    for name in SubmissionDraft::FIELDS {
        match fields.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => {
                draft.set(name, text.clone());
            }
            Some(Value::Number(number)) => {
                draft.set(name, number.to_string());
            }
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                errors.push(FieldError::new(name, Invalid::Choice { allowed: "a string" }));
            }
        }
    }
    // Documents in the JSON would be dropped.
    let documents = fields.get("attachments").is_some_and(|value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    });
    if documents {
        errors.push(FieldError::new("attachments", Invalid::NotFiles));
    }
    let confirmation = match fields.get("send_confirmation") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(yes)) => Ok(*yes),
        Some(Value::String(text)) => SubmissionDraft::boolean(text),
        Some(_) => Err(Invalid::Boolean),
    };
    match confirmation {
        Ok(yes) => draft.send_confirmation = yes,
        Err(invalid) => errors.push(FieldError::new("send_confirmation", invalid)),
    }
    match fields.get("language") {
        None | Some(Value::Null) => {}
        Some(Value::String(tag)) if Language::from_tag(tag).is_some() => {
            language = Language::from_tag(tag);
        }
        Some(_) => errors.push(FieldError::new("language", Invalid::Language)),
    }
    (draft, language, errors)
}
