//! Links in e-mails of the service that ran before this one: `/candidature/reponse/{uuid}/{n}`.

use axum::http::StatusCode;

use web::lang::Asked;
use web::page::Notice;

/// What to do instead. The same for every such address: whose application it was is not known here.
pub(crate) async fn page(asked: Asked) -> Notice {
    let lang = asked.or_browser();
    Notice::new(
        lang,
        StatusCode::GONE,
        lang.t("recruiter-this-link-no-longer-takes-answer"),
        lang.t("recruiter-email-that-held-it-sent-by"),
        lang.t("recruiter-simply-reply-to-that-email-your"),
    )
}
