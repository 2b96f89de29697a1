//! The description of these calls (OpenAPI 3.1).

use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::{IntoParams, IntoResponses, Modify, OpenApi, ToSchema};
use uuid::Uuid;
use web::problem::Problem;

use crate::{applications, cv, export, history, proof, tasks};

#[derive(OpenApi)]
#[openapi(
    paths(
        applications::list,
        applications::add,
        applications::find,
        applications::change,
        applications::remove,
        applications::add_note,
        history::of_application,
        tasks::list,
        tasks::add,
        tasks::find,
        tasks::change,
        tasks::remove,
        cv::upload,
        cv::download,
        cv::remove,
        export::csv,
        proof::pages::by_program,
    ),
    components(schemas(Problem)),
    modifiers(&CvWhereItWasSent),
    tags((name = "space", description = "What a candidate applied for, their tasks and their CV"))
)]
struct Description;

/// The CV is read and removed where it was sent to as well.
struct CvWhereItWasSent;

impl Modify for CvWhereItWasSent {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let named = |operation: &Option<Operation>, id: &str| -> Option<Operation> {
            let mut operation = operation.clone()?;
            operation.operation_id = Some(id.to_owned());
            Some(operation)
        };
        let paths = &mut openapi.paths.paths;
        let Some(read) = paths.get("/users/cv") else { return };
        let (get, delete) = (named(&read.get, "getSentCv"), named(&read.delete, "removeSentCv"));
        if let Some(sent) = paths.get_mut("/users/upload-cv") {
            (sent.get, sent.delete) = (get, delete);
        }
    }
}

/// The description, to be merged with those of the other audiences.
pub fn description() -> utoipa::openapi::OpenApi {
    let mut all = Description::openapi();
    all.merge(crate::alerts::description());
    all.merge(crate::notifications::description());
    all.merge(crate::profile::description());
    all.merge(crate::recommendations::description());
    all
}

/// What of a list of applications is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what is read from the query")]
pub(crate) struct ApplicationQuery {
    /// A status, in any case and without its accents too; with one that is none, nothing is found.
    status: Option<String>,
    /// Words of what was typed in.
    q: Option<String>,
    /// Only those in the archive, or only those outside it.
    #[param(value_type = Option<String>, pattern = "^(?:true|false|)$")]
    archived: Option<bool>,
    /// What follows a page, as its `Link` names it.
    cursor: Option<String>,
    /// A page of so many; without it, all.
    #[param(minimum = 1, maximum = 10_000)]
    limit: Option<u32>,
}

/// What of a list of tasks is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what is read from the query")]
pub(crate) struct TaskQuery {
    /// A status, in any case and without its accents too; with one that is none, nothing is found.
    status: Option<String>,
    /// What follows a page, as its `Link` names it.
    cursor: Option<String>,
    /// A page of so many; without it, all.
    #[param(minimum = 1, maximum = 10_000)]
    limit: Option<u32>,
}

/// Of which days a signed list is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "they describe what is read from the query")]
pub(crate) struct ProofQuery {
    /// The first day, `YYYY-MM-DD`.
    #[param(value_type = Option<String>, pattern = r"^(?:\d{4}-\d{2}-\d{2}|)$")]
    from: Option<String>,
    /// The last day, `YYYY-MM-DD`.
    #[param(value_type = Option<String>, pattern = r"^(?:\d{4}-\d{2}-\d{2}|)$")]
    to: Option<String>,
    /// The language of the list, `fr` or `en`; without it that of whoever asks.
    lang: Option<String>,
}

/// An application that somebody tells of. What is not known here is passed over.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct NewApplication {
    #[schema(example = "Atelier Roux", max_length = 200)]
    company: String,
    #[schema(example = "Pâtissière", max_length = 200)]
    position: String,
    #[schema(max_length = 200)]
    location: Option<String>,
    /// An address (http or https). Without a description, one is taken from there.
    url: Option<String>,
    /// `YYYY-MM-DD`, a date and time, or seconds since 1970; now, where it is not given.
    application_date: Option<Value>,
    /// `Candidature envoyée`, where it is not given.
    status: Option<String>,
    description: Option<String>,
    notes: Option<Vec<String>>,
    /// true or false.
    archived: Option<Value>,
}

/// What is to be changed of an application; what is left out, or null, stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct ChangedApplication {
    #[schema(max_length = 200)]
    company: Option<String>,
    #[schema(max_length = 200)]
    position: Option<String>,
    /// An empty text clears it.
    #[schema(max_length = 200)]
    location: Option<String>,
    /// An empty text clears it.
    url: Option<String>,
    /// `YYYY-MM-DD`, a date and time, or seconds since 1970.
    application_date: Option<Value>,
    status: Option<String>,
    /// An empty text clears what was typed, never what was generated.
    description: Option<String>,
    /// In the place of all notes.
    notes: Option<Vec<String>>,
    /// true or false.
    archived: Option<Value>,
}

/// A note.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct NewNote {
    #[schema(max_length = 5000)]
    note: String,
}

/// A task.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct NewTask {
    title: String,
    description: Option<String>,
    /// `À faire`, where it is not given.
    status: Option<String>,
    /// `YYYY-MM-DD`, a date and time, or seconds since 1970.
    due_date: Option<Value>,
    /// One of one's own.
    application_id: Option<Uuid>,
}

/// What is to be changed of a task; what is left out, or null, stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct ChangedTask {
    title: Option<String>,
    /// An empty text clears it.
    description: Option<String>,
    status: Option<String>,
    /// `YYYY-MM-DD`, a date and time, or seconds since 1970; an empty text changes nothing.
    due_date: Option<Value>,
    /// One of one's own; an empty text clears it.
    application_id: Option<String>,
    /// true or false.
    archived: Option<Value>,
}

/// A document.
#[derive(ToSchema)]
#[expect(dead_code, reason = "they describe what is read from the body")]
pub(crate) struct CvForm {
    /// PDF, DOC, DOCX or ODT.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// What may go wrong.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "they describe answers")]
pub(crate) enum SpaceProblems {
    /// The body cannot be read, or is no document that is taken.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// The token is missing, not valid or over.
    #[response(status = 401, content_type = "application/problem+json")]
    WrongCredentials(Problem),
    /// It is somebody else's.
    #[response(status = 403, content_type = "application/problem+json")]
    NotYours(Problem),
    /// It is not there.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// The body is longer than is taken.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// A member or a parameter is missing or wrong.
    #[response(status = 422, content_type = "application/problem+json")]
    InvalidFields(Problem),
    /// Too many requests came.
    #[response(status = 429, content_type = "application/problem+json")]
    TooManyRequests(Problem),
    /// Something behind does not answer.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}
