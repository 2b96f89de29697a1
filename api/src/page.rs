//! Pages for people: the frame they share, and the page that says something went wrong.

use std::any::Any;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::FieldError;

use crate::lang::Lang;
use crate::security;

/// The policy of an e-mail's HTML in a frame: its own styles, no script, links in a new tab.
pub(crate) const EMAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

/// A page that a handler answers with: a template, a status, and who may frame it.
pub(crate) struct Page<T> {
    template: T,
    status: StatusCode,
    policy: Option<String>,
}

impl<T: Template> Page<T> {
    /// A page that is answered with 200 and may not be framed.
    pub(crate) fn new(template: T) -> Self {
        Self { template, status: StatusCode::OK, policy: None }
    }

    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Lets `ancestors` hold the page in a frame (CSP `frame-ancestors`).
    pub(crate) fn framed_by(mut self, ancestors: &str) -> Self {
        self.policy = Some(security::policy(ancestors, false));
        self
    }

    /// Lets the page show an e-mail, which has its styles inline.
    pub(crate) fn with_inline_styles(mut self) -> Self {
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
pub(crate) struct FieldErrors(Vec<WrongField>);

/// One wrong field, as a page tells it.
pub(crate) struct WrongField {
    /// Its name in the form.
    pub(crate) name: &'static str,
    /// How people call it.
    pub(crate) label: &'static str,
    /// What is wrong and how to mend it.
    pub(crate) text: String,
}

impl FieldErrors {
    pub(crate) const fn none() -> Self {
        Self(vec![])
    }

    pub(crate) fn new(errors: &[FieldError], lang: Lang) -> Self {
        let told = |error: &FieldError| WrongField {
            name: error.field,
            label: label(error.field, lang),
            text: texts::invalid(&error.invalid, lang.0),
        };
        Self(errors.iter().map(told).collect())
    }

    /// These, as they stand.
    pub(crate) const fn in_words(wrong: Vec<WrongField>) -> Self {
        Self(wrong)
    }

    /// The first error of the field called `name`; empty when it is fine.
    pub(crate) fn of(&self, name: &str) -> &str {
        self.0.iter().find(|wrong| wrong.name == name).map_or("", |wrong| &wrong.text)
    }

    /// All of them, for the summary on top.
    pub(crate) fn all(&self) -> &[WrongField] {
        &self.0
    }
}

/// How a page calls the field `name`.
fn label(name: &str, lang: Lang) -> &'static str {
    match name {
        "candidate_first_name" => lang.say("Prénom", "First name"),
        "candidate_last_name" => lang.say("Nom", "Last name"),
        "candidate_email" => lang.say("E-mail du candidat", "Candidate’s e-mail"),
        "candidate_phone" | "recruiter_phone" => lang.say("Téléphone", "Phone"),
        "candidate_address" | "recruiter_address" | "address" => lang.say("Adresse", "Address"),
        "candidate_peid" => lang.say("Identifiant du candidat", "Candidate’s id"),
        "candidate_rome_code" => lang.say("Code ROME", "ROME code"),
        "candidate_peam_access_token" => lang.say("Jeton d’accès", "Access token"),
        "employer_email" => lang.say("E-mail de l’employeur", "Employer’s e-mail"),
        "employer_description" => lang.say("Employeur", "Employer"),
        "siret" => "SIRET",
        "job" => lang.say("Poste", "Job"),
        "message" => "Message",
        "attachments" => lang.say("Documents", "Documents"),
        "place" => lang.say("Lieu", "Place"),
        "date" => "Date",
        "time" => lang.say("Heure", "Time"),
        "zone" => lang.say("Fuseau horaire", "Time zone"),
        "recruiter_name" => lang.say("Votre nom", "Your name"),
        "recruiter_email" => lang.say("Votre e-mail", "Your e-mail"),
        "reason" => lang.say("Motif", "Reason"),
        "confirmed" => "Confirmation",
        "client_id" => lang.say("Identifiant", "Id"),
        "name" => lang.say("Nom", "Name"),
        "contact_email" => lang.say("Adresse de contact", "Contact address"),
        "origins" => lang.say("Origines", "Origins"),
        "language" => lang.say("Langue", "Language"),
        "attachment_days" => lang.say("Documents, en jours", "Documents, in days"),
        "personal_data_months" => {
            lang.say("Données personnelles, en mois", "Personal data, in months")
        }
        name if name.ends_with("_second") => lang.say("Par seconde", "A second"),
        name if name.ends_with("_minute") => lang.say("Par minute", "A minute"),
        name if name.ends_with("_hour") => lang.say("Par heure", "An hour"),
        name if name.starts_with("template_") => lang.say("Modèle", "Template"),
        _ => lang.say("Champ", "Field"),
    }
}

/// A page that says one thing: what happened and what to do next.
#[derive(Template)]
#[template(path = "page/notice.html")]
pub(crate) struct Notice {
    pub(crate) lang: Lang,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) next: String,
    status: StatusCode,
}

impl Notice {
    pub(crate) fn new(
        lang: Lang,
        status: StatusCode,
        title: &str,
        message: &str,
        next: &str,
    ) -> Self {
        let (title, message, next) = (title.to_owned(), message.to_owned(), next.to_owned());
        Self { lang, title, message, next, status }
    }

    pub(crate) fn not_found(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::NOT_FOUND,
            lang.say("Page introuvable", "Page not found"),
            lang.say("Il n’y a rien à cette adresse.", "There is nothing at this address."),
            lang.say(
                "Si vous avez copié un lien depuis un e-mail, vérifiez qu’il est entier.",
                "If you copied a link from an e-mail, check that it is whole.",
            ),
        )
    }

    pub(crate) fn expired_link(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::GONE,
            lang.say("Ce lien a expiré", "This link has expired"),
            lang.say(
                "Les liens de nos e-mails restent valables 90 jours.",
                "The links in our e-mails are valid for 90 days.",
            ),
            lang.say(
                "Répondez à l’e-mail qui contenait ce lien pour écrire directement à son auteur.",
                "Reply to the e-mail that held this link to write to its author directly.",
            ),
        )
    }

    /// The candidate was forgotten: whoever opens a link to the application learns that, and no more.
    pub(crate) fn erased(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::GONE,
            lang.say("Cette candidature a été effacée", "This application was erased"),
            lang.say(
                "Les données personnelles qu’elle contenait n’existent plus chez nous\u{a0}: ni son message, ni ses documents, ni les réponses.",
                "The personal data that it held no longer exist with us: neither its message, nor its documents, nor the answers.",
            ),
            lang.say(
                "Les e-mails déjà reçus restent dans votre messagerie.",
                "E-mails that were received already are still in your mailbox.",
            ),
        )
    }

    pub(crate) fn bad_link(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::NOT_FOUND,
            lang.say("Ce lien n’est pas valable", "This link is not valid"),
            lang.say(
                "Il a pu être coupé ou modifié en route, par exemple par un retour à la ligne.",
                "It may have been cut or altered on its way, by a line break for instance.",
            ),
            lang.say(
                "Ouvrez-le directement depuis l’e-mail, ou copiez-le en entier.",
                "Open it directly from the e-mail, or copy the whole of it.",
            ),
        )
    }

    pub(crate) fn foreign_form(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::FORBIDDEN,
            lang.say("Ce formulaire vient d’un autre site", "This form comes from another site"),
            lang.say("Par sécurité, rien n’a été envoyé.", "For your safety, nothing was sent."),
            lang.say(
                "Ouvrez la page vous-même, puis recommencez.",
                "Open the page yourself, then try again.",
            ),
        )
    }

    pub(crate) fn unavailable(lang: Lang) -> Self {
        Self::new(
            lang,
            StatusCode::SERVICE_UNAVAILABLE,
            lang.say("Service momentanément indisponible", "Service unavailable right now"),
            lang.say(
                "Rien n’est perdu, et rien n’a été fait à moitié.",
                "Nothing is lost, and nothing was left half done.",
            ),
            lang.say(
                "Revenez à la page précédente et réessayez dans quelques instants.",
                "Go back to the previous page and try again in a moment.",
            ),
        )
    }

    /// The page for a request that no handler answered.
    pub(crate) fn refused(lang: Lang, status: StatusCode) -> Self {
        let (title, message, next) = match status {
            StatusCode::TOO_MANY_REQUESTS => (
                lang.say(
                    "Trop de demandes viennent de votre réseau",
                    "Too many requests come from your network",
                ),
                lang.say(
                    "Par précaution, celle-ci n’a pas été prise\u{a0}: rien n’a été fait.",
                    "As a precaution, this one was not taken: nothing was done.",
                ),
                lang.say(
                    "Revenez à la page précédente, attendez une minute, puis recommencez.",
                    "Go back to the previous page, wait a minute, then try again.",
                ),
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                lang.say("L’envoi est trop volumineux", "What was sent is too large"),
                lang.say("Rien n’a été fait.", "Nothing was done."),
                lang.say(
                    "Revenez à la page précédente et envoyez moins à la fois.",
                    "Go back to the previous page and send less at a time.",
                ),
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                lang.say(
                    "Cette page ne s’ouvre pas de cette façon",
                    "This page does not open in this way",
                ),
                lang.say("Rien n’a été fait.", "Nothing was done."),
                lang.say(
                    "Ouvrez son adresse dans votre navigateur.",
                    "Open its address in your browser.",
                ),
            ),
            status if status.is_server_error() => {
                return Self { status, ..Self::unavailable(lang) };
            }
            _ => (
                lang.say("La demande n’a pas pu être lue", "The request could not be read"),
                lang.say("Rien n’a été fait.", "Nothing was done."),
                lang.say(
                    "Revenez à la page précédente et réessayez.",
                    "Go back to the previous page and try again.",
                ),
            ),
        };
        Self::new(lang, status, title, message, next)
    }

    /// The page for a command that did not happen; the cause goes to the log.
    pub(crate) fn failed(lang: Lang, error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %crate::problem::chain(error), "a page could not do its work");
        Self::unavailable(lang)
    }
}

impl IntoResponse for Notice {
    fn into_response(self) -> Response {
        let status = self.status;
        Page::new(self).status(status).into_response()
    }
}

/// The answer for an address that nothing is at.
pub(crate) async fn not_found(headers: HeaderMap) -> Notice {
    Notice::not_found(Lang::accepted(&headers))
}

/// The answer when a handler panicked, for [`crate::audience`] to tell. What the panic says may quote
/// what a person typed, so it is neither shown nor logged; the process's panic hook logs the place.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
