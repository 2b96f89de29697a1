//! The built-in mailbox, in development: what would have been sent.

mod mailbox;

use axum::Router;
use axum::routing::get;

use web::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/dev/mailbox", get(mailbox::list))
        .route("/dev/mailbox/{name}", get(mailbox::email))
        .route("/dev/mailbox/{name}/html", get(mailbox::html))
        .route("/dev/mailbox/{name}/raw", get(mailbox::raw))
        .route("/dev/mailbox/{name}/attachments/{number}", get(mailbox::attachment))
}
