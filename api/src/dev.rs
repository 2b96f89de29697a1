//! What development has besides: the built-in mailbox, with what would have been sent, and a site with job offers.

mod mailbox;
mod sample_site;

use axum::Router;
use axum::routing::get;

use web::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(sample_site::SITEMAP, get(sample_site::sitemap))
        .route("/dev/jobs/{number}", get(sample_site::offer))
        .route("/dev/mailbox", get(mailbox::list))
        .route("/dev/mailbox/{name}", get(mailbox::email))
        .route("/dev/mailbox/{name}/html", get(mailbox::html))
        .route("/dev/mailbox/{name}/raw", get(mailbox::raw))
        .route("/dev/mailbox/{name}/attachments/{number}", get(mailbox::attachment))
}
