//! `/api/auth`: an address and a password, tokens with the user beside them, 24 hours. The server of the front
//! end signs people in, so all come from one network: accounts are limited, and networks only behind proxies
//! that the settings name.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use commands::{Lasting, TokenKind, UserAccount};
use domain::EmailAddress;
use domain::account::FullName;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::App;
use web::api::{Bearer, Body};
use web::lang::Lang;
use web::problem::Problem;
use web::request::Context;

use super::super::credentials::Credentials;
use super::super::password::{self, Message};
use super::super::tokens::{TokenPair, renewed, signed_in};
use super::super::{fields, problems, register};
use super::names;

/// The tokens of this service.
fn kind(app: &App) -> TokenKind<UserAccount> {
    let refresh = app.commands.accounts().settings().lasting.refresh;
    TokenKind::plain(Lasting { access: SignedDuration::from_hours(24), refresh })
}

/// The user, as this service told it.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct WorkUser {
    id: Uuid,
    email: String,
    first_name: String,
    last_name: String,
    #[schema(example = "candidate")]
    role: &'static str,
    image: Option<String>,
}

impl From<&UserAccount> for WorkUser {
    fn from(account: &UserAccount) -> Self {
        let (first_name, last_name) = names::parts(account);
        Self {
            id: account.id,
            email: account.wanted_email().to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            role: "candidate",
            image: None,
        }
    }
}

/// The tokens, and whose they are.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct WorkTokens {
    #[serde(flatten)]
    tokens: TokenPair,
    user: WorkUser,
}

/// What somebody says who registers. The role is read by nobody: membership of a company makes an employer.
#[derive(Deserialize, ToSchema)]
pub(in super::super) struct SigningUp {
    email: String,
    password: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
}

/// Register and sign in
#[utoipa::path(
    post,
    path = "/api/auth/signup",
    operation_id = "workRegister",
    tag = "accounts",
    request_body = SigningUp,
    responses(
        (status = 201, body = WorkTokens, description = "The tokens, and whose they are"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong, or the password too weak"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "The address was given too often"),
    ),
)]
pub(in super::super) async fn sign_up(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(body): Body<SigningUp>,
) -> Result<(StatusCode, Json<WorkTokens>), Problem> {
    let lang = Lang::accepted(&headers);
    let email: EmailAddress = fields::value(lang, "email", &body.email)?;
    let full_name = names::whole(&body.first_name, &body.last_name);
    let full_name: Option<FullName> = fields::optional(lang, "full_name", Some(&full_name))?;
    let account =
        register::registered(&app, &context, lang, None, email, full_name, &body.password).await?;
    let cause = context.user(account.id);
    let granted = app.commands.identity().grant_tokens(&account, kind(&app), false, &cause).await;
    let wrong = problems::not_signed_in(lang, "api-wrong-credentials");
    let (_, tokens) = granted.map_err(|error| problems::opening(error, lang, wrong))?;
    let user = WorkUser::from(&account);
    Ok((StatusCode::CREATED, Json(WorkTokens { tokens: tokens.into(), user })))
}

/// An address and a password.
#[derive(Deserialize, ToSchema)]
pub(in super::super) struct SigningIn {
    email: String,
    password: String,
    /// The code of the second factor, where one is set.
    #[serde(default)]
    code: Option<String>,
}

/// Sign in
#[utoipa::path(
    post,
    path = "/api/auth/signin",
    operation_id = "workGetTokens",
    tag = "accounts",
    request_body = SigningIn,
    responses(
        (status = 200, body = WorkTokens, description = "The tokens, and whose they are"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Nobody signs in so"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The address or the password is missing"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "There were too many attempts"),
    ),
)]
pub(in super::super) async fn sign_in(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(body): Body<SigningIn>,
) -> Result<Json<WorkTokens>, Problem> {
    let lang = Lang::accepted(&headers);
    let credentials = Credentials {
        username: Some(body.email),
        password: Some(body.password),
        code: body.code,
        grant_type: None,
    };
    let wrong = problems::not_signed_in(lang, "api-wrong-credentials");
    let signed_in = signed_in(&app, &context, &credentials, kind(&app), lang, &wrong);
    let (account, tokens) = signed_in.await?;
    Ok(Json(WorkTokens { tokens: tokens.into(), user: WorkUser::from(&account) }))
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
pub(in super::super) struct Renewing {
    refresh_token: String,
}

/// Renew the tokens
#[utoipa::path(
    post,
    path = "/api/auth/refresh",
    operation_id = "workRefreshTokens",
    tag = "accounts",
    request_body = Renewing,
    responses(
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong"),
        (status = 200, body = TokenPair, description = "Other tokens, both of them"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is not valid, over, or was used before"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "The token was used too often just now"),
    ),
)]
pub(in super::super) async fn refresh(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(Renewing { refresh_token }): Body<Renewing>,
) -> Result<Json<TokenPair>, Problem> {
    let lang = Lang::accepted(&headers);
    let wrong = problems::not_signed_in(lang, "api-refresh-token-not-valid");
    Ok(Json(renewed(&app, &context, &refresh_token, kind(&app), lang, wrong).await?.into()))
}

/// Who is signed in, as this service told it.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct WorkMe {
    #[serde(flatten)]
    user: WorkUser,
    name: String,
    is_active: bool,
}

/// Who is signed in
#[utoipa::path(
    get,
    path = "/api/auth/me",
    operation_id = "workGetMyself",
    tag = "accounts",
    security(("bearer" = [])),
    responses(
        (status = 200, body = WorkMe, description = "The account"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is missing, not valid or over"),
    ),
)]
pub(in super::super) async fn me(signed: Bearer) -> Json<WorkMe> {
    let account = &signed.account;
    let name = account.full_name.as_ref().unwrap_or(&account.username).reveal().clone();
    Json(WorkMe { user: WorkUser::from(account), name, is_active: !account.disabled })
}

/// Whose password was forgotten.
#[derive(Deserialize, ToSchema)]
pub(in super::super) struct WorkForgotten {
    email: String,
}

/// Ask for a letter to replace a forgotten password
#[utoipa::path(
    post,
    path = "/api/auth/forgot-password",
    operation_id = "workForgotPassword",
    tag = "accounts",
    request_body = WorkForgotten,
    responses(
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong"),
        (status = 200, body = Message, description = "A letter leaves, where somebody has this address; the answer is the same where nobody has"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "It was asked for too often"),
    ),
)]
pub(in super::super) async fn forgot(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(WorkForgotten { email }): Body<WorkForgotten>,
) -> Result<Json<Message>, Problem> {
    let lang = Lang::accepted(&headers);
    password::ask(&app, &context, lang, &email).await?;
    Ok(Json(Message { message: lang.t("api-reset-letter") }))
}

/// What a letter's link holds, and another password.
#[derive(Deserialize, ToSchema)]
pub(in super::super) struct WorkResetting {
    token: String,
    new_password: String,
}

/// Replace a forgotten password
#[utoipa::path(
    post,
    path = "/api/auth/reset-password",
    operation_id = "workResetPassword",
    tag = "accounts",
    request_body = WorkResetting,
    responses(
        (status = 200, body = Message, description = "It is replaced; all sessions and tokens are over"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The link leads nowhere any more"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The password is too weak"),
    ),
)]
pub(in super::super) async fn reset(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(WorkResetting { token, new_password }): Body<WorkResetting>,
) -> Result<Json<Message>, Problem> {
    let lang = Lang::accepted(&headers);
    password::replace(&app, &context, lang, &token, &new_password).await?;
    Ok(Json(Message { message: lang.t("api-password-changed") }))
}
