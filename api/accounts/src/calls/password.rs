//! Passwords: changing one's own, and replacing one that was forgotten.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use commands::{LinkToken, LinkUse, Password, Spared, UserAccount};
use event_store::ActorKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::App;
use web::api::{Bearer, Body};
use web::lang::Lang;
use web::problem::Problem;
use web::request::Context;

use super::problems;

/// What happened, in a sentence.
#[derive(Serialize, ToSchema)]
pub(super) struct Message {
    pub(super) message: &'static str,
}

/// The present password and another one.
#[derive(Deserialize, ToSchema)]
pub(super) struct Changing {
    current_password: String,
    new_password: String,
    /// The code of the second factor, where one is set.
    #[serde(default)]
    code: String,
}

/// Change the password
#[utoipa::path(
    post,
    path = "/auth/change-password",
    operation_id = "changePassword",
    tag = "accounts",
    security(("bearer" = [])),
    request_body = Changing,
    responses(
        (status = 200, body = Message, description = "It is changed; all other sessions and tokens are over"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The present password is wrong"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is missing, not valid or over"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The new password is too weak"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "There were too many attempts"),
    ),
)]
pub(super) async fn change(
    State(app): State<App>,
    signed: Bearer,
    Body(body): Body<Changing>,
) -> Result<Json<Message>, Problem> {
    let (lang, present) = (signed.lang, Password::presented(&body.current_password));
    let spared = Spared::Grant(signed.grant);
    let accounts = app.commands.accounts();
    let changed = accounts
        .change_password(
            &signed.account,
            present,
            &body.code,
            &body.new_password,
            spared,
            &signed.cause(),
        )
        .await;
    changed
        .map_err(|error| problems::new_password(error, app.commands.now(), lang, "new_password"))?;
    Ok(Json(Message { message: lang.t("api-password-changed") }))
}

/// Whose password was forgotten.
#[derive(Deserialize, ToSchema)]
pub(super) struct Forgotten {
    /// The address, or the user name.
    email: String,
}

/// Has the letter written, whether or not there is somebody to write to. Nobody waits for it.
pub(super) async fn ask(
    app: &App,
    context: &Context,
    lang: Lang,
    name: &str,
) -> Result<(), Problem> {
    let cause = context.cause(ActorKind::System);
    let asked = app.commands.accounts().forgot_password(name.trim(), cause).await;
    asked.map_err(|error| {
        let wrong = problems::not_done(lang, "api-link-nowhere");
        problems::sign_in(error, app.commands.now(), lang, wrong)
    })
}

/// Ask for a letter to replace a forgotten password
#[utoipa::path(
    post,
    path = "/auth/forgot-password",
    operation_id = "forgotPassword",
    tag = "accounts",
    request_body = Forgotten,
    responses(
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong"),
        (status = 202, body = Message, description = "A letter leaves, where somebody signs in by this name; the answer is the same where nobody does"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "It was asked for too often"),
    ),
)]
pub(super) async fn forgot(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(Forgotten { email }): Body<Forgotten>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    let lang = Lang::accepted(&headers);
    ask(&app, &context, lang, &email).await?;
    Ok((StatusCode::ACCEPTED, Json(Message { message: lang.t("api-reset-letter") })))
}

/// What a letter's link holds, and another password.
#[derive(Deserialize, ToSchema)]
pub(super) struct Resetting {
    token: String,
    password: String,
}

/// Gives the account of a link another password.
pub(super) async fn replace(
    app: &App,
    context: &Context,
    lang: Lang,
    token: &str,
    password: &str,
) -> Result<(), Problem> {
    let token = LinkToken::presented(token);
    let nowhere = || problems::not_done(lang, "api-link-nowhere");
    let identity = app.commands.identity();
    let account = identity.linked::<UserAccount>(LinkUse::ResetPassword, &token).await;
    let account = account.map_err(|error| Problem::unavailable(&error))?.ok_or_else(nowhere)?;
    let accounts = app.commands.accounts();
    let password = accounts.reset_password_of(&account, password).await;
    let password = password.map_err(|error| problems::weak(lang, "password", error))?;
    let cause = context.user(account.id);
    let replaced = accounts.reset_password(&token, &password, &cause).await;
    if replaced.map_err(|error| problems::command(error, lang))? { Ok(()) } else { Err(nowhere()) }
}

/// Replace a forgotten password
#[utoipa::path(
    post,
    path = "/auth/reset-password",
    operation_id = "resetPassword",
    tag = "accounts",
    request_body = Resetting,
    responses(
        (status = 204,
            description = "It is replaced; all sessions and tokens are over, and the address is \
            confirmed, where no other account carries it. A second factor from before the \
            address was confirmed is gone"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The link leads nowhere any more"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The password is too weak"),
    ),
)]
pub(super) async fn reset(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Body(Resetting { token, password }): Body<Resetting>,
) -> Result<StatusCode, Problem> {
    replace(&app, &context, Lang::accepted(&headers), &token, &password).await?;
    Ok(StatusCode::NO_CONTENT)
}
