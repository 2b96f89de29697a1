//! Tokens: signing in for them, renewing them, giving them back.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use commands::{Password, RefreshToken, TokenKind, Tokens, UserAccount};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::App;
use web::api::{Body, bearer_token};
use web::lang::Lang;
use web::problem::Problem;
use web::request::Context;

use super::credentials::Credentials;
use super::problems;

/// The tokens of whoever signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenPair {
    pub(super) access_token: String,
    /// Good for one use, which gives another one.
    pub(super) refresh_token: String,
    #[schema(example = "bearer")]
    pub(super) token_type: &'static str,
}

impl From<Tokens> for TokenPair {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access,
            refresh_token: tokens.refresh.reveal().to_owned(),
            token_type: "bearer",
        }
    }
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
pub(super) struct Presented {
    refresh_token: String,
}

/// The tokens of whoever gives the right password and, where a second factor is set, its code;
/// `wrong` where one of them is not right.
pub(super) async fn signed_in(
    app: &App,
    context: &Context,
    credentials: &Credentials,
    kind: TokenKind<UserAccount>,
    lang: Lang,
    wrong: &Problem,
) -> Result<(UserAccount, Tokens), Problem> {
    let (identity, now) = (app.commands.identity(), app.commands.now());
    let refused = |error| problems::sign_in(error, now, lang, wrong.clone());
    let (name, password) = (credentials.username.as_deref(), credentials.password.as_deref());
    let password = Password::presented(password.unwrap_or_default());
    let account = identity.check_password(name.unwrap_or_default().trim(), password, &[]).await;
    let account: UserAccount = account.map_err(refused)?;
    if account.has_second_factor {
        // None is no wrong one: programs that know of no codes shut nobody out.
        let code = credentials.code.as_deref().filter(|code| !code.trim().is_empty());
        let code = code.ok_or_else(|| wrong.clone())?;
        identity.check_code(&account, code, &[]).await.map_err(refused)?;
    }
    let cause = context.user(account.id);
    let granted = identity.grant_tokens(&account, kind, account.has_second_factor, &cause).await;
    let (_, tokens) = granted.map_err(|error| problems::opening(error, lang, wrong.clone()))?;
    Ok((account, tokens))
}

/// Sign in
#[utoipa::path(
    post,
    path = "/auth/token",
    operation_id = "getTokens",
    tag = "accounts",
    request_body(content((Credentials = "application/json"), (Credentials = "application/x-www-form-urlencoded"), (Credentials = "multipart/form-data"))),
    responses(
        (status = 200, body = TokenPair, description = "The tokens"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody signs in so: one answer for every cause"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The name or the password is missing"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "There were too many attempts; `Retry-After` says when to try again"),
    ),
)]
pub(super) async fn sign_in(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    credentials: Credentials,
) -> Result<Json<TokenPair>, Problem> {
    let lang = Lang::accepted(&headers);
    problems::both_given(lang, &credentials)?;
    let kind = TokenKind::plain(app.commands.accounts().settings().lasting);
    let wrong = problems::wrong_credentials();
    let (_, tokens) = signed_in(&app, &context, &credentials, kind, lang, &wrong).await?;
    Ok(Json(tokens.into()))
}

/// The tokens that follow a refresh token; `wrong` where it is none, or over.
pub(super) async fn renewed(
    app: &App,
    context: &Context,
    token: &str,
    kind: TokenKind<UserAccount>,
    lang: Lang,
    wrong: Problem,
) -> Result<Tokens, Problem> {
    let token = RefreshToken::presented(token);
    let cause = context.cause(event_store::ActorKind::Candidate);
    let renewed = app.commands.identity().refresh(&token, kind, &cause).await;
    let now = app.commands.now();
    let (_, tokens) = renewed.map_err(|error| problems::refresh(error, now, lang, wrong))?;
    Ok(tokens)
}

/// Renew the tokens
#[utoipa::path(
    post,
    path = "/auth/refresh",
    operation_id = "refreshTokens",
    tag = "accounts",
    request_body = Presented,
    responses(
        (status = 200, body = TokenPair, description = "Other tokens, both of them. The same refresh token gives the same successor again for a minute, five times at most"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is not valid, over, or was used before: then all tokens that descend from its sign-in are over too"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The token is missing"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "The token was used too often just now; its successor is good"),
    ),
)]
pub(super) async fn refresh(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(Presented { refresh_token }): Body<Presented>,
) -> Result<Json<TokenPair>, Problem> {
    let kind = TokenKind::plain(app.commands.accounts().settings().lasting);
    let lang = Lang::accepted(&headers);
    let wrong = problems::wrong_refresh_token();
    Ok(Json(renewed(&app, &context, &refresh_token, kind, lang, wrong).await?.into()))
}

/// Give tokens back
#[utoipa::path(
    post,
    path = "/auth/revoke",
    operation_id = "revokeTokens",
    tag = "accounts",
    request_body = Presented,
    responses(
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong"),
        (status = 204, description = "The tokens of this sign-in are over; also where the token was not known (RFC 7009)")),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    Body(Presented { refresh_token }): Body<Presented>,
) -> Result<StatusCode, Problem> {
    let token = RefreshToken::presented(&refresh_token);
    let revoked = app.commands.identity().revoke::<UserAccount>(&token).await;
    revoked.map_err(|error| Problem::unavailable(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out
#[utoipa::path(
    post,
    path = "/auth/logout",
    operation_id = "signOut",
    tag = "accounts",
    security((), ("bearer" = [])),
    responses((status = 204, description = "The tokens of this sign-in are over; also where they were before")),
)]
pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    if let Some(token) = bearer_token(&headers) {
        let ended = app.commands.identity().sign_out::<UserAccount>(token).await;
        ended.map_err(|error| Problem::unavailable(&error))?;
    }
    Ok(StatusCode::NO_CONTENT)
}
