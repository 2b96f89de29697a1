//! The form, sent.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use commands::{IdempotencyKey, SubmitError, recognise};

use crate::app::App;
use crate::embed::form::{FormPage, Given, Opened, draft, next_url, open, suppressed};
use crate::lang::Lang;
use crate::page::{Notice, Page};
use crate::problem::chain;
use crate::request::Context;
use crate::upload::{Form, FormError};

#[derive(Template)]
#[template(path = "embed/done.html")]
struct Done {
    lang: Lang,
    employer: String,
    confirmation: bool,
    next_url: String,
    origins: String,
}

pub(crate) async fn submit(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    multipart: Result<Multipart, MultipartRejection>,
) -> Response {
    let early = Lang::accepted(&headers);
    let Ok(multipart) = multipart else {
        return unreadable(early, &FormError::Malformed);
    };
    let form = match Form::read(multipart).await {
        Ok(form) => form,
        Err(error) => return unreadable(early, &error),
    };
    let given: Given = form.fields.iter().cloned().collect();
    let opened = match open(&app, &given).await {
        Ok(opened) => opened,
        Err(refused) => return refused,
    };
    let ancestors = opened.ancestors.clone();
    let had_files = form.files.iter().any(|file| !file.name.is_empty());
    let again = |errors: &[domain::FieldError]| {
        let page = FormPage::new(&app, &opened, &given, errors).without_files(had_files);
        Page::new(page)
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .framed_by(&ancestors)
            .into_response()
    };
    let (documents, mut errors) = match recognise(form.files) {
        Ok(documents) => (documents, vec![]),
        Err(errors) => (vec![], errors),
    };
    let attachments = documents.iter().map(|document| document.attachment.clone()).collect();
    let client = opened.client.id.clone();
    let submission = match draft(&given).parse(client, opened.lang.0, attachments) {
        Ok(submission) if errors.is_empty() => submission,
        Ok(_) => return again(&errors),
        Err(wrong) => {
            errors.splice(0..0, wrong);
            return again(&errors);
        }
    };
    match suppressed(&app, &given).await {
        Ok(errors) if errors.is_empty() => {}
        Ok(errors) => return again(&errors),
        Err(error) => return unavailable(&opened, &error),
    }
    let key = format!("form-{}", form_id(&given, &app)).parse::<IdempotencyKey>().ok();
    let (employer, confirmation) =
        (submission.employer.description.to_string(), submission.send_confirmation);
    let cause = context.partner(&opened.client.id);
    let taken = app.commands.submit(submission, &documents, key.as_ref(), &cause).await;
    match taken {
        // The same form sent twice with a change in between: the first one counts.
        Ok(_) | Err(SubmitError::KeyReused) => done(&opened, &given, employer, confirmation),
        Err(error) => unavailable(&opened, &error),
    }
}

fn unavailable(opened: &Opened, error: &dyn std::error::Error) -> Response {
    tracing::error!(error = %chain(error), "an application could not be taken");
    let notice = Notice::unavailable(opened.lang);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Page::new(notice).status(status).framed_by(&opened.ancestors).into_response()
}

/// The id the form was made with: a second click sends the same one.
fn form_id(given: &Given, app: &App) -> String {
    let sent = given.get("form_id").and_then(|text| uuid::Uuid::parse_str(text).ok());
    sent.unwrap_or_else(|| app.commands.fresh_id()).to_string()
}

fn done(opened: &Opened, given: &Given, employer: String, confirmation: bool) -> Response {
    let origins: Vec<_> =
        opened.client.settings.origins.iter().map(domain::Origin::as_str).collect();
    let page = Done {
        lang: opened.lang,
        employer,
        confirmation,
        next_url: next_url(given).unwrap_or_default(),
        origins: origins.join(" "),
    };
    Page::new(page).framed_by(&opened.ancestors).into_response()
}

fn unreadable(lang: Lang, error: &FormError) -> Response {
    let (status, message) = match error {
        FormError::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            lang.say(
                "Les pièces jointes dépassent 10 Mio au total.",
                "The attachments are larger than 10 MiB together.",
            ),
        ),
        FormError::Malformed | FormError::Field => (
            StatusCode::BAD_REQUEST,
            lang.say(
                "L’envoi est arrivé incomplet ou abîmé.",
                "What was sent arrived incomplete or damaged.",
            ),
        ),
    };
    let notice = Notice::new(
        lang,
        status,
        lang.say("Votre candidature n’a pas été envoyée", "Your application was not sent"),
        message,
        lang.say(
            "Revenez en arrière, retirez des fichiers ou réduisez-les, puis renvoyez.",
            "Go back, remove files or make them smaller, then send again.",
        ),
    );
    // Whose form it was is not known here; the page holds nothing worth framing.
    Page::new(notice).status(status).framed_by("*").into_response()
}
