//! The pages in the frame that are not the form: it does not open, it cannot be read, or it was sent.
//! Where a letter came with the request, it stands on the page, to be copied.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use commands::Submitted;
use domain::FieldError;

use crate::embed::opening::{Given, NotOpened, Opened, Reason, origins};
use crate::embed::parameters::next_url;
use web::lang::Lang;
use web::page::Page;
use web::upload::FormError;

/// The page that says why there is no form.
#[derive(Template)]
#[template(path = "embed/refused.html")]
struct Refused {
    lang: Lang,
    origins: String,
    /// What the page that holds the frame is told, in the words of the protocol.
    label: &'static str,
    title: String,
    message: String,
    /// Parameters that are wrong, and the rule for each.
    wrong: Vec<(&'static str, String)>,
    next: String,
    letter: String,
}

fn letter(given: &Given) -> String {
    given.get("message").cloned().unwrap_or_default()
}

/// The form does not open.
pub(crate) fn not_opened(closed: &NotOpened, given: &Given) -> Response {
    let lang = closed.lang;
    let (title, next, status) = match closed.reason {
        Reason::UnknownClient => (
            lang.t("apply-this-form-not-available"),
            lang.t("apply-tell-job-site"),
            StatusCode::FORBIDDEN,
        ),
        Reason::Missing(_) | Reason::Token => (
            lang.t("apply-this-form-cannot-opened"),
            lang.t("apply-reload-page-job-site-then-try"),
            StatusCode::FORBIDDEN,
        ),
        Reason::Unavailable => (
            lang.t("apply-service-unavailable-right-now"),
            lang.t("apply-go-back-to-previous-page-and"),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
    };
    let label = match closed.reason {
        Reason::Unavailable => "#erreur",
        _ => "#erreur-authentification",
    };
    let page = Refused {
        lang,
        origins: closed.origins.clone(),
        label,
        title: title.to_owned(),
        message: closed.message(),
        wrong: vec![],
        next: next.to_owned(),
        letter: letter(given),
    };
    Page::new(page).status(status).framed_by(&closed.ancestors).into_response()
}

/// The form cannot be read, and whose it was is not known.
pub(crate) fn unreadable(closed: &NotOpened, given: &Given, error: FormError) -> Response {
    let lang = closed.lang;
    let page = Refused {
        lang,
        origins: closed.origins.clone(),
        label: "#erreur",
        title: not_sent(lang).to_owned(),
        message: told(lang, error).to_owned(),
        wrong: vec![],
        next: lang.t("apply-go-back-to-previous-page-remove").to_owned(),
        letter: letter(given),
    };
    Page::new(page).status(error.status()).framed_by(&closed.ancestors).into_response()
}

pub(crate) fn not_sent(lang: Lang) -> &'static str {
    lang.t("apply-your-application-not-sent")
}

/// Why a body was not taken, in a sentence for a person.
pub(crate) fn told(lang: Lang, error: FormError) -> &'static str {
    match error {
        FormError::TooLarge => lang.t("apply-attachments-larger-than-10-mib-together"),
        FormError::TooManyParts => lang.t("apply-there-too-many-attachments"),
        FormError::Malformed | FormError::NoForm | FormError::Field => {
            lang.t("apply-what-sent-arrived-incomplete-or-damaged")
        }
        FormError::Busy => lang.t("apply-many-documents-arriving-right-now-send"),
        FormError::TooSlow => lang.t("apply-connection-too-slow-or-it-stopped"),
    }
}

/// The partner's page gave parameters that nothing can be sent with. The log tells it too, by name:
/// the values may be personal.
pub(crate) fn wrong_parameters(opened: &Opened, given: &Given, errors: &[FieldError]) -> Response {
    let lang = opened.lang;
    for FieldError { field, invalid } in errors {
        let (partner, code) = (&opened.partner.id, invalid.code());
        tracing::warn!(client.id = %partner, parameter = field, code, "a platform gives the form a parameter that cannot be used");
    }
    let told = |error: &FieldError| (error.field, texts::invalid(&error.invalid, lang.0));
    let page = Refused {
        lang,
        origins: origins(&opened.partner),
        label: "#erreur",
        title: lang.t("apply-this-form-cannot-opened").into(),
        message: lang.t("apply-job-site-gave-piece-information-that").to_owned(),
        wrong: errors.iter().map(told).collect(),
        next: lang.t("apply-show-this-page-to-job-site").to_owned(),
        letter: letter(given),
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Page::new(page).status(status).framed_by(&opened.ancestors).into_response()
}

/// The page after the form was sent.
#[derive(Template)]
#[template(path = "embed/done.html")]
struct Done {
    lang: Lang,
    employer: String,
    confirmation: bool,
    next_url: String,
    next_host: String,
    origins: String,
}

/// The application was taken, now or by an earlier request of the same form.
pub(crate) fn done(opened: &Opened, given: &Given, submitted: &Submitted) -> Response {
    let submission = submitted.state.known().map(|known| &known.submission).ok();
    let next = next_url(given);
    let page = Done {
        lang: opened.lang,
        employer: submission.map(|it| it.employer.description.to_string()).unwrap_or_default(),
        confirmation: submission.is_some_and(|it| it.send_confirmation),
        next_host: next.as_ref().and_then(|url| url.host_str()).unwrap_or_default().to_owned(),
        next_url: next.map(String::from).unwrap_or_default(),
        origins: origins(&opened.partner),
    };
    Page::new(page).framed_by(&opened.ancestors).into_response()
}
