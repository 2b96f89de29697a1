//! The CV.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::Invalid;
use serde::Serialize;
use web::App;
use web::api::Bearer;
use web::problem::{Kind, Problem};
use web::upload::{Form, Reading, Trust};
use web::{download, networks};

use crate::openapi::{CvForm, SpaceProblems};
use crate::refused::{cv as refused, unfit};

/// The field that carries it.
const FIELD: &str = "file";

/// The address of a CV, for whom it belongs to.
const ADDRESS: &str = "/users/cv";

#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Uploaded {
    filename: String,
    cv_url: &'static str,
}

/// Upload a CV
#[utoipa::path(
    post,
    path = "/users/upload-cv",
    operation_id = "uploadCv",
    tag = "space",
    security(("bearer" = [])),
    request_body(content = CvForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Uploaded, description = "It is kept in the place of the one before"), SpaceProblems),
)]
pub(crate) async fn upload(
    State(app): State<App>,
    bearer: Bearer,
    request: Request,
) -> Result<Json<Uploaded>, Problem> {
    // Whoever has an account sends as those do who opened a form: each has a share of the room.
    let (share, _) = bearer.account.id.as_u64_pair();
    let trust = move |_: &[(String, String)]| Trust::Form(share);
    let uploads = Some(&app.request_limits.uploads);
    let network = networks::of(&request);
    let form = Form::of(request, Reading { uploads, texts: &[], trust: &trust, network }).await;
    if let Some(error) = form.stopped {
        return Err(Problem::body(error));
    }
    let lang = bearer.lang;
    if let Some(other) = form.sent_as.iter().find(|field| *field != FIELD) {
        let field: String = other.chars().take(64).collect();
        return Err(unfit(
            lang.with("space-unknown-field", (("field", field.as_str()), ("known", FIELD))),
        ));
    }
    let file = form.files.into_iter().next().ok_or_else(|| {
        let detail = texts::invalid(&Invalid::Missing, lang.0);
        unfit(lang.with("space-wrong-field", (("field", FIELD), ("detail", detail.as_str()))))
    })?;
    let (owner, cause) = (bearer.account.id, bearer.cause());
    let receipt = app.commands.space().upload_cv(owner, file, &cause).await;
    let receipt = receipt.map_err(|error| refused(error, lang))?;
    let document = receipt.state.document();
    let filename = document.map(|it| it.name.reveal().to_string()).unwrap_or_default();
    Ok(Json(Uploaded { filename, cv_url: ADDRESS }))
}

/// The CV
#[utoipa::path(
    get,
    path = "/users/cv",
    operation_id = "getCv",
    tag = "space",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The document", content_type = "application/octet-stream"),
        (status = 206, description = "A part of it"),
        (status = 416, description = "It has no such part"),
        SpaceProblems,
    ),
)]
pub(crate) async fn download(
    State(app): State<App>,
    bearer: Bearer,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (space, owner) = (app.commands.space(), bearer.account.id);
    let document = space.cv(owner).await?.ok_or_else(|| absent(&bearer))?;
    match download::document(&space.cvs(), owner, &document, &headers).await {
        Ok(answer) => Ok(answer),
        Err(commands::AttachmentError::Gone) => Err(absent(&bearer)),
        Err(error) => Err(Problem::unavailable(&error)),
    }
}

fn absent(bearer: &Bearer) -> Problem {
    Problem::new(Kind::NotFound, bearer.lang.t("space-no-cv"))
}

/// Remove the CV
#[utoipa::path(
    delete,
    path = "/users/cv",
    operation_id = "removeCv",
    tag = "space",
    security(("bearer" = [])),
    responses((status = 204, description = "There is none any more"), SpaceProblems),
)]
pub(crate) async fn remove(State(app): State<App>, bearer: Bearer) -> Result<Response, Problem> {
    let removed = app.commands.space().remove_cv(bearer.account.id, &bearer.cause()).await;
    removed.map_err(|error| refused(error, bearer.lang))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
