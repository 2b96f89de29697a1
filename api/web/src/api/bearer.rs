//! Who asks: the account that an access token speaks for (RFC 6750).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use commands::{Cause, UserAccount};
use uuid::Uuid;

use crate::app::App;
use crate::lang::Lang;
use crate::problem::{Kind, Problem};
use crate::request::Context;

/// The account that the access token of a request speaks for. Where there is none, the answer is 401 before
/// the handler is called.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The account, which may sign in.
    pub account: UserAccount,
    /// The grant that the token belongs to.
    pub grant: Uuid,
    /// The language that the program asks for.
    pub lang: Lang,
    /// The request.
    pub context: Context,
}

impl Bearer {
    /// The cause of what the owner of the account asks for.
    pub fn cause(&self) -> Cause {
        self.context.user(self.account.id)
    }
}

/// The token of a request, where it carries one.
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The 401 of these calls; `key` says why.
fn unauthorized(lang: Lang, key: &'static str) -> Problem {
    let problem = Problem::new(Kind::WrongCredentials, lang.t(key)).in_language(lang);
    problem.with_header(header::WWW_AUTHENTICATE, "Bearer")
}

impl FromRequestParts<App> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let lang = Lang::accepted(&parts.headers);
        let token = bearer_token(&parts.headers);
        let token = token.ok_or_else(|| unauthorized(lang, "api-not-authenticated"))?;
        let found = app.commands.identity().access::<UserAccount>(token).await;
        let found = found.map_err(|error| Problem::unavailable(&error))?;
        let (account, grant) =
            found.ok_or_else(|| unauthorized(lang, "api-credentials-not-valid"))?;
        let context = parts.extensions.get::<Context>().cloned().unwrap_or_default();
        Ok(Self { account, grant, lang, context })
    }
}
