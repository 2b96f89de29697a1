//! Who may look for offers.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use projections::offers::OfferFilter;
use uuid::Uuid;
use web::App;
use web::api::Bearer;
use web::lang::Lang;
use web::problem::Problem;

/// A program that may look for offers: anybody where the settings say so, otherwise one that speaks for an account.
pub(crate) struct Reader {
    pub(crate) lang: Lang,
    /// Who that is, where it speaks for one.
    pub(crate) account: Option<Uuid>,
}

impl Reader {
    /// The filter as it holds for this reader: without what they hide.
    pub(crate) async fn sees(
        &self,
        app: &App,
        filter: OfferFilter,
    ) -> Result<OfferFilter, Problem> {
        let Some(account) = self.account else { return Ok(filter) };
        let hides = app.commands.offers().hides_from(account).await;
        let hides = hides.map_err(|error| Problem::unavailable(&error))?;
        Ok(OfferFilter { unhidden_from: hides.then_some(account), ..filter })
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let lang = Lang::accepted(&parts.headers);
        let bearer = Bearer::from_request_parts(parts, app).await;
        let account = match bearer {
            Ok(bearer) => Some(bearer.account.id),
            // A token that is over is that of a stranger; a database that does not answer says nothing of either.
            Err(problem)
                if app.settings.offers.public && problem.status() == StatusCode::UNAUTHORIZED =>
            {
                None
            }
            Err(problem) => return Err(problem),
        };
        Ok(Self { lang, account })
    }
}
