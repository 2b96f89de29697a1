//! Offers for people: a page to look for them, and one for each.

pub(crate) mod apply;
pub(crate) mod list;
pub(crate) mod one;
mod told;

use accounts::Users;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use url::form_urlencoded;
use uuid::Uuid;
use web::App;
use web::audience::{Members as _, guard};
use web::failure::Failure;

/// Whoever may look at offers: the account, where somebody is signed in.
struct Visitor(Option<Uuid>);

/// Who looks; where offers are for those who are signed in, the way to the sign-in and back for whoever is not.
async fn visitor(
    app: &App,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Result<Visitor, Response>, Failure> {
    let session = guard::session::<Users>(app, headers).await?;
    let account = session.filter(|session| session.verified).map(|session| session.account.id);
    if account.is_some() || app.settings.offers.public {
        return Ok(Ok(Visitor(account)));
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    let here = uri.path_and_query().map_or(uri.path(), |it| it.as_str());
    let query = query.append_pair("next", here).finish();
    Ok(Err(Redirect::to(&format!("{}?{query}", Users::PREMISES.sign_in)).into_response()))
}
