//! The beginning and the end of a session in a browser.

use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{AccountKind as _, OpeningError};

use super::{Members, guard, origin};
use crate::Failure;
use crate::app::App;
use crate::networks::Network;
use crate::request::Context;

/// What a browser told of itself when somebody signs in with it.
#[derive(Clone, Copy, Debug)]
pub struct Browser<'a> {
    /// The request.
    pub context: &'a Context,
    /// Its headers, with the cookies.
    pub headers: &'a HeaderMap,
    /// The network that it came from.
    pub network: Network,
}

/// Opens a session with a fresh token, and leads on; the one that the browser had, if any, ends.
/// `verified` says whether all that is asked for was given, `second_factor` whether a code was.
/// Where the password or the second factor changed since, it leads to the sign-in.
pub async fn open<M: Members>(
    app: &App,
    account: &M::Account,
    (verified, second_factor): (bool, bool),
    browser: Browser<'_>,
    to: &str,
) -> Result<Response, Failure> {
    let Browser { context, headers, network } = browser;
    let identity = app.commands.identity();
    if let Some(old) = guard::token::<M>(app, headers) {
        identity.end_session(&old).await?;
    }
    let cause = M::cause(account, context);
    let token = match identity.open_session(account, verified, second_factor, &cause).await {
        Ok(token) => token,
        Err(OpeningError::Changed) => return Ok(Redirect::to(M::PREMISES.sign_in).into_response()),
        Err(OpeningError::Command(error)) => return Err(error.into()),
    };
    if verified {
        identity.note_origin(&token, &origin::of(headers, network)).await?;
    }
    let session = CookieJar::new().add(guard::session_cookie::<M>(app, &token));
    let devices = guard::devices::<M>(app, headers);
    let known = || CookieJar::new().add(guard::device_cookie::<M>(app, account.id(), &devices));
    // What is told before a page knows who is signed in is in the same language.
    let language = M::language(account).filter(|_| verified);
    let language = language.map(|it| CookieJar::new().add(guard::language_cookie::<M>(app, it)));
    // In this order: the session's cookie first.
    Ok((session, verified.then(known), language, Redirect::to(to)).into_response())
}

/// Ends the session, here and in the browser, and leads to the sign-in.
pub async fn close<M: Members>(app: &App, headers: &HeaderMap) -> Result<Response, Failure> {
    if let Some(token) = guard::token::<M>(app, headers) {
        app.commands.identity().end_session(&token).await?;
    }
    let jar = CookieJar::new().add(guard::no_session::<M>(app));
    Ok((jar, Redirect::to(M::PREMISES.sign_in)).into_response())
}
