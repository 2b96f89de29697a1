//! The pages in the frame that are not the form: it does not open, it cannot be read, or it was sent.
//! Where a letter came with the request, it stands on the page, to be copied.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use commands::Submitted;
use domain::FieldError;

use crate::embed::opening::{Given, NotOpened, Opened, Reason, origins};
use crate::embed::parameters::next_url;
use crate::lang::Lang;
use crate::page::Page;
use crate::upload::FormError;

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
            lang.say("Ce formulaire n’est pas disponible", "This form is not available"),
            lang.say("Prévenez le site d’emploi.", "Tell the job site."),
            StatusCode::FORBIDDEN,
        ),
        Reason::Missing(_) | Reason::Token => (
            lang.say("Ce formulaire ne peut pas s’ouvrir", "This form cannot be opened"),
            lang.say(
                "Rechargez la page du site d’emploi, puis réessayez.",
                "Reload the page of the job site, then try again.",
            ),
            StatusCode::FORBIDDEN,
        ),
        Reason::Unavailable => (
            lang.say("Service momentanément indisponible", "Service unavailable right now"),
            lang.say(
                "Revenez à la page précédente et réessayez dans quelques instants.",
                "Go back to the previous page and try again in a moment.",
            ),
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
        next: lang
            .say(
                "Revenez à la page précédente, retirez des fichiers ou réduisez-les, puis renvoyez.",
                "Go back to the previous page, remove files or make them smaller, then send again.",
            )
            .to_owned(),
        letter: letter(given),
    };
    Page::new(page).status(error.status()).framed_by(&closed.ancestors).into_response()
}

pub(crate) fn not_sent(lang: Lang) -> &'static str {
    lang.say("Votre candidature n’a pas été envoyée", "Your application was not sent")
}

/// Why a body was not taken, in a sentence for a person.
pub(crate) fn told(lang: Lang, error: FormError) -> &'static str {
    match error {
        FormError::TooLarge => lang.say(
            "Les pièces jointes dépassent 10 Mio au total.",
            "The attachments are larger than 10 MiB together.",
        ),
        FormError::TooManyParts => {
            lang.say("Il y a trop de pièces jointes.", "There are too many attachments.")
        }
        FormError::Malformed | FormError::NoForm | FormError::Field => lang.say(
            "L’envoi est arrivé incomplet ou abîmé.",
            "What was sent arrived incomplete or damaged.",
        ),
        FormError::Busy => lang.say(
            "Beaucoup de documents arrivent en ce moment\u{a0}: renvoyez dans quelques instants.",
            "Many documents are arriving right now: send again in a moment.",
        ),
        FormError::TooSlow => lang.say(
            "La connexion est trop lente ou s’est interrompue. Renvoyez quand elle sera meilleure, ou avec des fichiers plus petits.",
            "The connection is too slow, or it stopped. Send again when it is better, or with smaller files.",
        ),
    }
}

/// The partner's page gave parameters that nothing can be sent with. The log tells it too, by name:
/// the values may be personal.
pub(crate) fn wrong_parameters(opened: &Opened, given: &Given, errors: &[FieldError]) -> Response {
    let lang = opened.lang;
    for FieldError { field, invalid } in errors {
        let (client, code) = (&opened.client.id, invalid.code());
        tracing::warn!(client.id = %client, parameter = field, code, "a platform gives the form a parameter that cannot be used");
    }
    let told = |error: &FieldError| (error.field, texts::invalid(&error.invalid, lang.0));
    let page = Refused {
        lang,
        origins: origins(&opened.client),
        label: "#erreur",
        title: lang.say("Ce formulaire ne peut pas s’ouvrir", "This form cannot be opened").into(),
        message: lang
            .say(
                "Le site d’emploi a transmis une information qui ne convient pas. Ce n’est pas de votre fait, et vous ne pouvez pas la corriger ici.",
                "The job site gave a piece of information that cannot be used. It is not your doing, and you cannot mend it here.",
            )
            .to_owned(),
        wrong: errors.iter().map(told).collect(),
        next: lang
            .say(
                "Montrez cette page au site d’emploi\u{a0}: elle nomme le paramètre et la règle.",
                "Show this page to the job site: it names the parameter and the rule.",
            )
            .to_owned(),
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
        origins: origins(&opened.client),
    };
    Page::new(page).framed_by(&opened.ancestors).into_response()
}
