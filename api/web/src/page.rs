//! Pages for people: the frame they share, and the page that says something went wrong.

use std::any::Any;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::FieldError;

use crate::lang::Lang;
use crate::security;
use crate::upload::FormError;

/// After so many seconds a page that could not do its work may be asked for again.
pub(crate) const LATER: &str = "5";

/// The policy of an e-mail's HTML in a frame: its own styles, no script, links in a new tab.
pub const EMAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

/// A page that a handler answers with: a template, a status, and who may frame it.
pub struct Page<T> {
    template: T,
    status: StatusCode,
    policy: Option<String>,
}

impl<T: Template> Page<T> {
    /// A page that is answered with 200 and may not be framed.
    pub fn new(template: T) -> Self {
        Self { template, status: StatusCode::OK, policy: None }
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Lets `ancestors` hold the page in a frame (CSP `frame-ancestors`).
    #[must_use]
    pub fn framed_by(mut self, ancestors: &str) -> Self {
        self.policy = Some(security::policy(ancestors, false));
        self
    }

    /// Lets the page show an e-mail, which has its styles inline.
    #[must_use]
    pub fn with_inline_styles(mut self) -> Self {
        self.policy = Some(security::policy("'none'", true));
        self
    }
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let html = match self.template.render() {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let mut response = (self.status, Html(html)).into_response();
        if let Some(policy) = self.policy.and_then(|policy| HeaderValue::from_str(&policy).ok()) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// What is wrong with the fields of a form, in the words of the page's language.
pub struct FieldErrors(Vec<WrongField>);

/// One wrong field, as a page tells it.
pub struct WrongField {
    /// Its name in the form.
    pub name: &'static str,
    /// How people call it.
    pub label: &'static str,
    /// What is wrong and how to mend it.
    pub text: String,
}

impl FieldErrors {
    /// Where nothing is wrong.
    pub const fn none() -> Self {
        Self(vec![])
    }

    /// These errors, told in the language of the page.
    pub fn new(errors: &[FieldError], lang: Lang) -> Self {
        let told = |error: &FieldError| WrongField {
            name: error.field,
            label: label(error.field, lang),
            text: texts::invalid(&error.invalid, lang.0),
        };
        Self(errors.iter().map(told).collect())
    }

    /// These, as they stand.
    pub const fn in_words(wrong: Vec<WrongField>) -> Self {
        Self(wrong)
    }

    /// The first error of the field called `name`; empty when it is fine.
    pub fn of(&self, name: &str) -> &str {
        self.0.iter().find(|wrong| wrong.name == name).map_or("", |wrong| &wrong.text)
    }

    /// All of them, for the summary on top.
    pub fn all(&self) -> &[WrongField] {
        &self.0
    }
}

/// How a page calls the field `name`.
fn label(name: &str, lang: Lang) -> &'static str {
    match name {
        "candidate_first_name" => lang.t("common-first-name"),
        "candidate_last_name" => lang.t("common-last-name"),
        "candidate_email" => lang.t("common-candidates-email"),
        "candidate_phone" | "recruiter_phone" => lang.t("common-phone"),
        "candidate_address" | "recruiter_address" | "address" => lang.t("common-address"),
        "candidate_peid" => lang.t("common-candidates-id"),
        "candidate_rome_code" => lang.t("common-rome-code"),
        "candidate_peam_access_token" => lang.t("common-access-token"),
        "employer_email" => lang.t("common-employers-email"),
        "employer_description" => lang.t("common-employer"),
        "siret" => "SIRET",
        "job" => lang.t("common-job"),
        "message" => lang.t("common-message"),
        "attachments" => lang.t("common-documents"),
        "place" => lang.t("common-place"),
        "date" => lang.t("common-date"),
        "time" => lang.t("common-time"),
        "zone" => lang.t("common-time-zone"),
        "recruiter_name" => lang.t("common-your-name"),
        "recruiter_email" => lang.t("common-your-email"),
        "reason" => lang.t("common-reason"),
        "confirmed" => lang.t("common-confirmation"),
        "client_id" => lang.t("common-id"),
        "name" => lang.t("common-name"),
        "contact_email" => lang.t("common-contact-address"),
        "origins" => lang.t("common-origins"),
        "language" => lang.t("common-language"),
        "attachment_days" => lang.t("common-documents-in-days"),
        "personal_data_months" => lang.t("common-personal-data-in-months"),
        name if name.ends_with("_second") => lang.t("common-second"),
        name if name.ends_with("_minute") => lang.t("common-minute"),
        name if name.ends_with("_hour") => lang.t("common-hour"),
        name if name.starts_with("template_") => lang.t("common-template"),
        _ => lang.t("common-field"),
    }
}

/// A page that says one thing: what happened and what to do next.
#[derive(Template)]
#[template(path = "page/notice.html")]
pub struct Notice {
    /// The language that it is in.
    pub lang: Lang,
    /// What happened, in a few words.
    pub title: String,
    /// What that means.
    pub message: String,
    /// What to do next.
    pub next: String,
    status: StatusCode,
}

impl Notice {
    /// A page that says these three things.
    pub fn new(lang: Lang, status: StatusCode, title: &str, message: &str, next: &str) -> Self {
        let (title, message, next) = (title.to_owned(), message.to_owned(), next.to_owned());
        Self { lang, title, message, next, status }
    }

    /// Nothing is at this address.
    pub fn not_found(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::NOT_FOUND,
            lang.t("common-page-not-found"),
            lang.t("common-there-nothing-at-this-address"),
            lang.t("common-if-you-copied-link-from-email"),
        )
    }

    /// The link was valid once.
    pub fn expired_link(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::GONE,
            lang.t("common-this-link-has-expired"),
            lang.t("common-links-in-our-emails-valid-for"),
            lang.t("common-reply-to-email-that-held-this"),
        )
    }

    /// The candidate was forgotten: whoever opens a link to the application learns that, and no more.
    pub fn erased(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::GONE,
            lang.t("common-this-application-erased"),
            lang.t("common-personal-data-that-it-held-no"),
            lang.t("common-emails-that-received-already-still-in"),
        )
    }

    /// The link was altered, or cut.
    pub fn bad_link(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::NOT_FOUND,
            lang.t("common-this-link-not-valid"),
            lang.t("common-it-may-have-cut-or-altered"),
            lang.t("common-open-it-directly-from-email-or"),
        )
    }

    /// The form came from another site.
    pub fn foreign_form(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::FORBIDDEN,
            lang.t("common-this-form-comes-from-another-site"),
            lang.t("common-for-your-safety-nothing-sent"),
            lang.t("common-open-page-yourself-then-try-again"),
        )
    }

    /// The form, of a link's page, holds what no page of ours sends.
    pub fn unreadable_form(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::BAD_REQUEST,
            lang.t("common-form-could-not-read"),
            lang.t("common-nothing-done"),
            lang.t("common-go-back-to-previous-page-and-try"),
        )
    }

    /// The form, of those who are signed in, asks for what cannot be, such as an act or a role that
    /// there is not.
    pub fn impossible_form(lang: Lang) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, ..Self::unreadable_form(lang) }
    }

    /// The body of a form is not taken: as it is, or for want of room or time now.
    pub fn of_body(error: FormError, lang: Lang) -> Self {
        match error {
            FormError::Busy | FormError::TooSlow => Self::unavailable(lang),
            _ => Self { status: error.status(), ..Self::unreadable_form(lang) },
        }
    }

    /// Something behind does not answer.
    pub fn unavailable(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::SERVICE_UNAVAILABLE,
            lang.t("common-service-unavailable-right-now"),
            lang.t("common-nothing-lost-and-nothing-left-half"),
            lang.t("common-go-back-to-previous-page-and"),
        )
    }

    /// The page for a request that no handler answered.
    pub fn refused(lang: Lang, status: StatusCode) -> Self {
        let (title, message, next) = match status {
            StatusCode::TOO_MANY_REQUESTS => (
                lang.t("common-too-many-requests-come-from-your"),
                lang.t("common-as-precaution-this-one-not-taken"),
                lang.t("common-go-back-to-previous-page-wait"),
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                lang.t("common-what-sent-too-large"),
                lang.t("common-nothing-done"),
                lang.t("common-go-back-to-previous-page-and-send"),
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                lang.t("common-this-page-does-not-open-in"),
                lang.t("common-nothing-done"),
                lang.t("common-open-its-address-in-your-browser"),
            ),
            status if status.is_server_error() => {
                return Self { status, ..Self::unavailable(lang) };
            }
            _ => (
                lang.t("common-request-could-not-read"),
                lang.t("common-nothing-done"),
                lang.t("common-go-back-to-previous-page-and-try"),
            ),
        };
        Self::new(lang, status, title, message, next)
    }
}

impl IntoResponse for Notice {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut response = Page::new(self).status(status).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(LATER));
        }
        response
    }
}

/// The answer for an address that nothing is at.
pub async fn not_found(headers: HeaderMap) -> Notice {
    Notice::not_found(Lang::accepted(&headers))
}

/// The answer when a handler panicked, for [`crate::refusal`] to tell. What the panic says may quote
/// what a person typed, so it is neither shown nor logged; the process's panic hook logs the place.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
