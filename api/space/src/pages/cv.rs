//! The CV, on a page.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::CvError;
use domain::Invalid;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page, WrongField};
use web::upload::{Form, Reading, Trust};
use web::{Failure, download, networks};

use super::moves::Done;

#[derive(Template)]
#[template(path = "pages/cv.html")]
struct CvPage {
    lang: Lang,
    frame: Workplace,
    name: String,
    size: String,
    errors: FieldErrors,
}

async fn shown(
    app: &App,
    signed: &CurrentUser,
    wrong: Option<String>,
    done: &Done,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let document = app.commands.space().cv(signed.account.id).await?;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let wrong = wrong.map(|text| WrongField { name: "file", label: lang.t("space-cv-file"), text });
    let mut frame = accounts::frame(signed, "/me/cv", "");
    done.tell(&mut frame, "/me/cv", lang);
    let page = CvPage {
        lang,
        frame,
        name: document.as_ref().map(|it| it.name.reveal().to_string()).unwrap_or_default(),
        size: document.map(|it| texts::file_size(it.size, lang.0)).unwrap_or_default(),
        errors: FieldErrors::in_words(wrong.into_iter().collect()),
    };
    Ok(Page::new(page).status(status).into_response())
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    shown(&app, &signed, None, &done).await
}

pub(crate) async fn upload(
    State(app): State<App>,
    signed: CurrentUser,
    request: Request,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let (share, _) = signed.account.id.as_u64_pair();
    let trust = move |_: &[(String, String)]| Trust::Form(share);
    let uploads = Some(&app.request_limits.uploads);
    let network = networks::of(&request);
    let form = Form::of(request, Reading { uploads, texts: &[], trust: &trust, network }).await;
    let none = Done::default();
    if let Some(error) = form.stopped {
        let too_large = Invalid::FilesTooLarge { max_mebibytes: commands::MAX_BYTES / 1024 / 1024 };
        return match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                shown(&app, &signed, Some(texts::invalid(&too_large, lang.0)), &none).await
            }
            _ => Err(Notice::of_body(error, lang).into()),
        };
    }
    let told = |invalid: &Invalid| Some(texts::invalid(invalid, lang.0));
    let file = form.files.into_iter().find(|file| !file.name.is_empty() || !file.bytes.is_empty());
    let Some(file) = file else {
        return shown(&app, &signed, told(&Invalid::Missing), &none).await;
    };
    match app.commands.space().upload_cv(signed.account.id, file, &signed.cause()).await {
        Ok(_) => Ok(Redirect::to("/me/cv?done=cv").into_response()),
        Err(CvError::Unfit(Invalid::FileType)) => {
            shown(&app, &signed, told(&Invalid::CvType), &none).await
        }
        Err(CvError::Unfit(invalid)) => shown(&app, &signed, told(&invalid), &none).await,
        Err(CvError::Attachments(error)) => Err(error.into()),
        Err(CvError::Command(error)) => Err(error.into()),
    }
}

pub(crate) async fn download(
    State(app): State<App>,
    signed: CurrentUser,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (space, owner, lang) = (app.commands.space(), signed.account.id, signed.lang);
    let document = space.cv(owner).await?.ok_or_else(|| Notice::not_found(lang))?;
    match download::document(&space.cvs(), owner, &document, &headers).await {
        Ok(answer) => Ok(answer),
        Err(commands::AttachmentError::Gone) => Err(Notice::not_found(lang).into()),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn remove(
    State(app): State<App>,
    signed: CurrentUser,
) -> Result<Response, Failure> {
    match app.commands.space().remove_cv(signed.account.id, &signed.cause()).await {
        Ok(()) => Ok(Redirect::to("/me/cv?done=cv-removed").into_response()),
        Err(error) => Err(Failure::of(error)),
    }
}
