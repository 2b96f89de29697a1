//! `/api/token`: a user name and a password, two tokens, one hour. The front end reads who is signed in from the
//! access token itself: its user name is the one personal value that any token holds.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use commands::{Lasting, TokenKind, Tokens, UserAccount};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::App;
use web::api::Body;
use web::lang::Lang;
use web::problem::Problem;
use web::request::Context;

use super::super::credentials::Credentials;
use super::super::problems;
use super::super::tokens::{renewed, signed_in};

/// The tokens of this service.
fn kind(app: &App) -> TokenKind<UserAccount> {
    let refresh = app.commands.accounts().settings().lasting.refresh;
    let lasting = Lasting { access: SignedDuration::from_hours(1), refresh };
    TokenKind { lasting, claims }
}

/// What its front end reads from an access token. Where no user name was chosen, the id stands in its place: an
/// address is in no token.
fn claims(account: &UserAccount) -> Map<String, Value> {
    let id = account.id.to_string();
    let username = if account.has_username { account.username.reveal() } else { &id };
    let claims: [(&str, Value); 5] = [
        ("user_id", id.as_str().into()),
        ("username", username.as_str().into()),
        ("role", "CANDIDAT".into()),
        ("is_recruteur", false.into()),
        ("is_candidat", true.into()),
    ];
    claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The tokens, as this service names them.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct JobsTokens {
    refresh: String,
    access: String,
}

impl From<Tokens> for JobsTokens {
    fn from(tokens: Tokens) -> Self {
        Self { refresh: tokens.refresh.reveal().to_owned(), access: tokens.access }
    }
}

/// Sign in
#[utoipa::path(
    post,
    path = "/api/token",
    operation_id = "jobsGetTokens",
    tag = "accounts",
    request_body = Credentials,
    responses(
        (status = 200, body = JobsTokens, description = "The tokens"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody signs in so"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The name or the password is missing"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "There were too many attempts"),
    ),
)]
pub(in super::super) async fn sign_in(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    credentials: Credentials,
) -> Result<Json<JobsTokens>, Problem> {
    let lang = Lang::accepted(&headers);
    problems::both_given(lang, &credentials)?;
    let wrong = problems::not_signed_in(lang, "api-wrong-credentials");
    let (_, tokens) = signed_in(&app, &context, &credentials, kind(&app), lang, &wrong).await?;
    Ok(Json(tokens.into()))
}

/// A refresh token, as this service names it.
#[derive(Deserialize, ToSchema)]
pub(in super::super) struct JobsRenewing {
    refresh: String,
}

/// Renew the tokens
#[utoipa::path(
    post,
    path = "/api/token/refresh",
    operation_id = "jobsRefreshTokens",
    tag = "accounts",
    request_body = JobsRenewing,
    responses(
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong"),
        (status = 200, body = JobsTokens, description = "Other tokens, both of them"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is not valid, over, or was used before"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "The token was used too often just now"),
    ),
)]
pub(in super::super) async fn refresh(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(JobsRenewing { refresh }): Body<JobsRenewing>,
) -> Result<Json<JobsTokens>, Problem> {
    let lang = Lang::accepted(&headers);
    let wrong = problems::not_signed_in(lang, "api-refresh-token-not-valid");
    Ok(Json(renewed(&app, &context, &refresh, kind(&app), lang, wrong).await?.into()))
}
