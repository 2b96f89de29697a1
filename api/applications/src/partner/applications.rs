//! `POST /api/v1/applications`

use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{Document, IdempotencyKey, advice, recognise};
use domain::application::SubmissionDraft;
use domain::{FieldError, Invalid, Language};
use serde_json::{Map, Number, Value};

use crate::partner::auth::Asker;
use crate::partner::json;
use crate::partner::openapi::{ApplicationBody, ApplicationForm, MAX_INTEGER, SubmitProblems};
use crate::partner::resource::ApplicationResource;
use crate::suppressed::suppressed;
use web::app::App;
use web::problem::{Kind, Problem, WrongField};
use web::request::Context;
use web::upload::{Form, Reading, Trust, announced};

/// A JSON body may be this large, in bytes.
const MAX_JSON: usize = 256 * 1024;

/// Submit an application.
///
/// As JSON in UTF-8, or as `multipart/form-data` with a JSON part `application` and the documents as
/// files, called `attachments` or otherwise: a part with a file name is a document. Field names are
/// those of the form; fields that are not known are ignored. With an `Idempotency-Key` a repeat of the
/// same request gives the first result again. A body with a `Content-Encoding` is not taken.
#[utoipa::path(
    post,
    path = "/api/v1/applications",
    operation_id = "submitApplication",
    tag = "applications",
    request_body(
        content(
            (ApplicationBody = "application/json"),
            (ApplicationForm = "multipart/form-data"),
        )
    ),
    params(
        ("Idempotency-Key" = Option<String>, Header, nullable = false,
            min_length = 1, max_length = 255, pattern = "^[!-~]*[!#-~][!-~]*$",
            description = "1 to 255 visible ASCII characters; a UUID is a good choice. The quotation marks of a structured-field string are taken away."),
    ),
    responses(
        (status = 201, description = "Taken. A repeat carries the header Idempotency-Replayed: true.", body = ApplicationResource,
            headers(
                ("Location" = String, description = "The application"),
                ("Idempotency-Replayed" = Option<String>, description = "true, where this is the result of an earlier request"),
            )),
        SubmitProblems,
    ),
    security(("client" = [])),
)]
pub(crate) async fn submit(
    State(app): State<App>,
    Asker(partner): Asker,
    context: Context,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    // Its documents take up room until the answer is made.
    let (fields, form) = body(&app, &headers, request).await?;
    let (draft, language, mut errors) = draft(&fields);
    errors.extend(form.wrong.iter().map(WrongField::from));
    let documents: Vec<Document> = match recognise(form.files.clone()) {
        Ok(documents) => documents,
        Err(wrong) => {
            errors.extend(wrong.iter().map(WrongField::from));
            vec![]
        }
    };
    let attachments = documents.iter().map(|document| document.attachment.clone()).collect();
    let language = language.unwrap_or(partner.settings.language);
    let submission = match draft.parse(partner.id.clone(), language, attachments) {
        Ok(submission) if errors.is_empty() => submission,
        Ok(_) => return Err(Problem::wrong_fields(errors)),
        Err(wrong) => {
            // What has a wrong type is told once.
            let told: Vec<_> = errors.iter().map(|error| error.field().to_owned()).collect();
            let wrong = wrong.iter().filter(|error| !told.iter().any(|it| *it == error.field));
            errors.extend(wrong.map(WrongField::from));
            return Err(Problem::wrong_fields(errors));
        }
    };
    let (candidate, employer) = (&submission.candidate.email, &submission.employer.email);
    let suppressed = suppressed(&app, candidate.reveal(), employer.reveal()).await?;
    if !suppressed.is_empty() {
        return Err(Problem::fields(&suppressed));
    }
    let cause = context.partner(&partner.id);
    let done =
        app.commands.applications().submit(submission, &documents, key.as_ref(), &cause).await?;
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
    let malformed = |detail: String| Problem::new(Kind::MalformedRequest, detail);
    let (kind, charset) = media_type(headers);
    match kind.as_str() {
        "application/json" => {
            let bytes = axum::body::to_bytes(request.into_body(), MAX_JSON).await;
            let bytes = bytes.map_err(|error| {
                if advice::told(&error).contains("length limit") {
                    Problem::new(Kind::TooLarge, "A JSON body has 256 KiB at most.")
                } else {
                    malformed("The body did not arrive whole. Send it again.".to_owned())
                }
            })?;
            Ok((json::object(&bytes, charset.as_deref())?, Form::default()))
        }
        "multipart/form-data" => {
            let multipart = Multipart::from_request(request, &()).await.map_err(|_| {
                malformed("The Content-Type of a multipart body names its boundary.".to_owned())
            })?;
            // A Blob of a browser comes with a file name.
            let reading = Reading {
                uploads: Some(&app.request_limits.uploads),
                texts: &["application"],
                trust: &|_| Trust::Partner,
                network: None,
            };
            let form = Form::read(multipart, announced(headers), reading).await;
            if let Some(error) = form.stopped {
                return Err(Problem::body(error));
            }
            match form.fields.iter().filter(|(name, _)| name == "application").count() {
                1 => Ok((json::object(form.field("application").as_bytes(), None)?, form)),
                0 => {
                    let detail = "A multipart body has a part `application` that holds JSON.";
                    Err(malformed(detail.to_owned()))
                }
                _ => {
                    let detail = "The part `application` stands more than once: send one.";
                    Err(malformed(detail.to_owned()))
                }
            }
        }
        kind => {
            let missing = if kind.is_empty() { "The Content-Type is missing. " } else { "" };
            let detail =
                format!("{missing}Send application/json, or multipart/form-data with documents.");
            let problem = Problem::new(Kind::UnsupportedMediaType, detail);
            Err(problem.with_header(header::ACCEPT, "application/json, multipart/form-data"))
        }
    }
}

/// What the Content-Type says: the media type in lower case, and the charset.
fn media_type(headers: &HeaderMap) -> (String, Option<String>) {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = text.unwrap_or_default().split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let charset = parts.filter_map(|part| part.split_once('=')).find_map(|(name, value)| {
        let value = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("charset").then(|| value.to_owned())
    });
    (kind, charset)
}

/// The texts that some programs send as numbers.
const NUMBERS: [&str; 3] = ["candidate_phone", "candidate_peid", "siret"];

/// The digits of a whole number that every program writes alike.
fn digits(number: &Number) -> Option<String> {
    let whole = number.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0)?;
    let digits = format!("{:.0}", whole.abs());
    let small = digits.parse::<u64>().is_ok_and(|number| number <= MAX_INTEGER);
    small.then_some(digits)
}

/// The fields as text. What has another type than the description of the API says, or is longer,
/// is an error of that field.
fn draft(fields: &Map<String, Value>) -> (SubmissionDraft, Option<Language>, Vec<WrongField>) {
    let (mut draft, mut language, mut errors) = (SubmissionDraft::default(), None, vec![]);
    for name in SubmissionDraft::FIELDS {
        match fields.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => match SubmissionDraft::longest(name) {
                Some(max) if text.chars().nth(max).is_some() => {
                    errors.push((&FieldError::new(name, Invalid::TooLong { max })).into());
                }
                _ => {
                    draft.set(name, text.clone());
                }
            },
            Some(Value::Number(number)) => {
                if let Some(digits) = digits(number).filter(|_| NUMBERS.contains(&name)) {
                    draft.set(name, digits);
                } else {
                    let detail = "Write this number as text, in quotation marks: a number loses its leading zeros.";
                    errors.push(WrongField::new(name, "type", detail));
                }
            }
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                let detail = "Write this value as text, in quotation marks.";
                errors.push(WrongField::new(name, "type", detail));
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
        errors.push(WrongField::from(&FieldError::new("attachments", Invalid::NotFiles)));
    }
    match fields.get("send_confirmation") {
        None | Some(Value::Null) => {}
        Some(Value::Bool(yes)) => draft.send_confirmation = *yes,
        Some(_) => {
            let detail = "Write true or false, without quotation marks.";
            errors.push(WrongField::new("send_confirmation", "boolean", detail));
        }
    }
    match fields.get("language") {
        None | Some(Value::Null) => {}
        Some(Value::String(tag)) if Language::from_tag(tag).is_some() => {
            language = Language::from_tag(tag);
        }
        Some(_) => errors.push((&FieldError::new("language", Invalid::Language)).into()),
    }
    (draft, language, errors)
}
