//! Registering, and confirming the address.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use commands::{LinkToken, LinkUse, Registration, UserAccount};
use domain::account::FullName;
use domain::{EmailAddress, Username};
use event_store::ActorKind;
use serde::Deserialize;
use utoipa::ToSchema;
use web::App;
use web::api::{Bearer, Body};
use web::lang::Lang;
use web::problem::Problem;
use web::request::Context;

use super::user::User;
use super::{fields, problems};

/// What somebody says who registers.
#[derive(Deserialize, ToSchema)]
pub(super) struct Registering {
    #[schema(example = "mira_k")]
    username: String,
    #[schema(example = "mira@exemple.test")]
    email: String,
    password: String,
    #[serde(default)]
    full_name: Option<String>,
}

/// Makes an account of what somebody said.
pub(super) async fn registered(
    app: &App,
    context: &Context,
    lang: Lang,
    username: Option<Username>,
    email: EmailAddress,
    full_name: Option<FullName>,
    password: &str,
) -> Result<UserAccount, Problem> {
    let accounts = app.commands.accounts();
    let names = [username.as_ref().map(Username::as_str), full_name.as_ref().map(FullName::as_str)];
    let names: Vec<_> = names.into_iter().flatten().chain([email.as_str()]).collect();
    let password = accounts.choose_password(password, &names, false).await;
    let password = password.map_err(|error| problems::weak(lang, "password", error))?;
    if app.settings.accounts.tell_taken {
        let unavailable = |error: event_store::DbError| Problem::unavailable(&error);
        let name_taken = match &username {
            Some(name) => accounts.is_username_taken(name).await.map_err(unavailable)?,
            None => false,
        };
        if name_taken || accounts.is_address_known(&email).await.map_err(unavailable)? {
            return Err(problems::taken());
        }
    }
    let language = lang.0;
    let new = Registration { email, username, full_name, language, password };
    let cause = context.cause(ActorKind::Candidate);
    let registered = accounts.register(new, &cause).await;
    registered.map_err(|error| problems::command(error, lang))
}

/// Register
#[utoipa::path(
    post,
    path = "/auth/register",
    operation_id = "register",
    tag = "accounts",
    request_body = Registering,
    responses(
        (status = 201, body = User, description = "The account, whose address is to be confirmed by the link in a letter. It is the same where the address is known: the letter says so"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The user name is taken"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong, or the password too weak"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "The address was given too often"),
    ),
)]
pub(super) async fn register(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(body): Body<Registering>,
) -> Result<(StatusCode, Json<User>), Problem> {
    let lang = Lang::accepted(&headers);
    let username: Username = fields::value(lang, "username", &body.username)?;
    let email: EmailAddress = fields::value(lang, "email", &body.email)?;
    let full_name: Option<FullName> =
        fields::optional(lang, "full_name", body.full_name.as_deref())?;
    let account =
        registered(&app, &context, lang, Some(username), email, full_name, &body.password).await?;
    Ok((StatusCode::CREATED, Json(User::from(&account))))
}

/// What a letter's link holds.
#[derive(Deserialize, ToSchema)]
pub(super) struct Confirming {
    token: String,
}

/// Whether a program is signed in to the account whose address a link confirms.
async fn is_signed_in(
    app: &App,
    signed: Result<Bearer, Problem>,
    token: &LinkToken,
) -> Result<bool, Problem> {
    let signed = match signed {
        Ok(signed) => signed,
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => return Ok(false),
        Err(problem) => return Err(problem),
    };
    let identity = app.commands.identity();
    let linked = identity.linked::<UserAccount>(LinkUse::ConfirmAddress, token).await;
    let linked = linked.map_err(|error| Problem::unavailable(&error))?;
    Ok(linked.is_some_and(|account| account.id == signed.account.id))
}

/// Confirm the address
#[utoipa::path(
    post,
    path = "/auth/confirm-email",
    operation_id = "confirmEmail",
    tag = "accounts",
    security((), ("bearer" = [])),
    request_body = Confirming,
    responses(
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong"),
        (status = 204,
            description = "The address belongs to the account. Without an access token of the \
            account its password no longer counts, all that was signed in to it is over, and a \
            second factor from before its first confirmed address is gone: another password is \
            chosen by /auth/forgot-password"),
        (status = 400, body = Problem, content_type = "application/problem+json",
            description = "The link leads nowhere any more, or the account has a second factor \
            and another confirmed address: then it is confirmed with an access token of the \
            account"),
    ),
)]
pub(super) async fn confirm(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    signed: Result<Bearer, Problem>,
    Body(Confirming { token }): Body<Confirming>,
) -> Result<StatusCode, Problem> {
    let (lang, cause) = (Lang::accepted(&headers), context.cause(ActorKind::Candidate));
    let token = LinkToken::presented(&token);
    let confirmed = if is_signed_in(&app, signed, &token).await? {
        app.commands.accounts().confirm_email(&token, &cause).await
    } else {
        app.commands.accounts().confirm_email_afresh(&token, &cause).await
    };
    match confirmed.map_err(|error| problems::command(error, lang))? {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(problems::not_done(lang, "api-link-nowhere")),
    }
}
