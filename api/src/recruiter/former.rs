//! Links in e-mails of the service that ran before this one: `/candidature/reponse/{uuid}/{n}`.

use axum::http::StatusCode;

use crate::lang::Asked;
use crate::page::Notice;

/// What to do instead. The same for every such address: whose application it was is not known here.
pub(crate) async fn page(asked: Asked) -> Notice {
    let lang = asked.or_browser();
    Notice::new(
        lang,
        StatusCode::GONE,
        lang.say(
            "Ce lien ne permet plus de répondre",
            "This link no longer takes an answer",
        ),
        lang.say(
            "L’e-mail qui le contenait a été envoyé par notre ancien service. La candidature reste valable, mais ce lien ne s’ouvre plus, et rien n’a été envoyé au candidat.",
            "The e-mail that held it was sent by our former service. The application still stands, but this link no longer opens, and nothing was sent to the candidate.",
        ),
        lang.say(
            "Répondez simplement à cet e-mail\u{a0}: votre réponse arrivera chez le candidat. Son adresse et son numéro de téléphone se trouvent aussi dans l’e-mail.",
            "Simply reply to that e-mail: your reply reaches the candidate. Their address and phone number are in the e-mail, too.",
        ),
    )
}
