//! Offers for people: a page to look for them, and one for each.

pub(crate) mod apply;
pub(crate) mod list;
pub(crate) mod one;
mod told;

use accounts::Users;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use url::form_urlencoded;
use web::App;
use web::audience::{Members as _, guard};
use web::failure::Failure;

/// Where offers are for those who are signed in: the way to the sign-in and back, for whoever is not.
async fn sign_in(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<Option<Response>, Failure> {
    if app.settings.offers.public {
        return Ok(None);
    }
    let session = guard::session::<Users>(app, headers).await?;
    if session.is_some_and(|session| session.verified) {
        return Ok(None);
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    let here = uri.path_and_query().map_or(uri.path(), |it| it.as_str());
    let query = query.append_pair("next", here).finish();
    Ok(Some(Redirect::to(&format!("{}?{query}", Users::PREMISES.sign_in)).into_response()))
}
