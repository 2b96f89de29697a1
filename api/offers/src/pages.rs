//! Offers for people: a page to look for them, and one for each.

pub(crate) mod list;
pub(crate) mod one;
mod told;

use axum::http::StatusCode;
use web::App;
use web::lang::Lang;
use web::page::Notice;

/// Refuses where offers are for those who are signed in.
fn refused(app: &App, lang: Lang) -> Option<Notice> {
    let refused = Notice::new(
        lang,
        StatusCode::FORBIDDEN,
        lang.t("offers-not-public"),
        lang.t("offers-not-public-means"),
        lang.t("offers-not-public-next"),
    );
    (!app.settings.offers.public).then_some(refused)
}
