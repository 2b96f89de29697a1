//! Who may look for offers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use web::App;
use web::api::Bearer;
use web::lang::Lang;
use web::problem::Problem;

/// A program that may look for offers: anybody where the settings say so, otherwise one that speaks for an account.
pub(crate) struct Reader {
    pub(crate) lang: Lang,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let lang = Lang::accepted(&parts.headers);
        if !app.settings.offers.public {
            Bearer::from_request_parts(parts, app).await?;
        }
        Ok(Self { lang })
    }
}
