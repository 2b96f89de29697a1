//! One's own account under its id. Those of others are not there; operators have pages for them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use commands::{Password, ProfileChange, UserAccount};
use domain::account::{ClosingReason, FullName};
use domain::{EmailAddress, Language, Username};
use serde::Deserialize;
use utoipa::ToSchema;
use web::App;
use web::api::{Bearer, Body};
use web::problem::{Kind, Problem};

use super::user::User;
use super::{fields, problems};

/// Nobody who has an account here may: 403.
fn forbidden(signed: &Bearer) -> Problem {
    let detail = signed.lang.t("api-for-operators");
    Problem::new(Kind::Forbidden, detail).in_language(signed.lang)
}

/// The accounts of all, which operators look at in their pages
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "listUsers",
    tag = "accounts",
    security(("bearer" = [])),
    responses(
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is missing, not valid or over"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "This is for operators"),
    ),
)]
pub(super) async fn list(signed: Bearer) -> Problem {
    forbidden(&signed)
}

/// An account for somebody else, which nobody makes
#[utoipa::path(
    post,
    path = "/users",
    operation_id = "createUser",
    tag = "accounts",
    security(("bearer" = [])),
    responses(
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is missing, not valid or over"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "People register themselves"),
    ),
)]
pub(super) async fn create(signed: Bearer) -> Problem {
    forbidden(&signed)
}

/// What is somebody else's is not there.
fn own(signed: &Bearer, id: &str) -> Result<(), Problem> {
    if id == signed.account.id.to_string() { Ok(()) } else { Err(problems::no_such_user()) }
}

/// One's own account
#[utoipa::path(
    get,
    path = "/users/{id}",
    operation_id = "getUser",
    tag = "accounts",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "One's own id")),
    responses(
        (status = 200, body = User, description = "The account"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is missing, not valid or over"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "The id is somebody else's, or nobody's"),
    ),
)]
pub(super) async fn one(signed: Bearer, Path(id): Path<String>) -> Result<Json<User>, Problem> {
    own(&signed, &id)?;
    Ok(Json(User::from(&signed.account)))
}

/// What is to be changed; what is left out, or null, stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub(super) struct Change {
    username: Option<String>,
    /// An empty text takes the name away.
    full_name: Option<String>,
    /// `fr` or `en`.
    language: Option<String>,
    /// It is the account's once it is confirmed by the link in a letter.
    email: Option<String>,
}

/// Change one's own account
#[utoipa::path(
    put,
    path = "/users/{id}",
    operation_id = "changeUser",
    tag = "accounts",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "One's own id")),
    request_body = Change,
    responses(
        (status = 200, body = User, description = "The account as it is now"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The user name is taken"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is missing, not valid or over"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "The id is somebody else's, or nobody's"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is wrong"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "The address was given too often"),
    ),
)]
pub(super) async fn change(
    State(app): State<App>,
    signed: Bearer,
    Path(id): Path<String>,
    body: Result<Body<Change>, Problem>,
) -> Result<Json<User>, Problem> {
    own(&signed, &id)?;
    let Body(body) = body?;
    let (lang, account, cause) = (signed.lang, &signed.account, signed.cause());
    let change = ProfileChange {
        username: username(&signed, body.username.as_deref())?,
        full_name: match body.full_name.as_deref() {
            None => None,
            text => Some(fields::optional::<FullName>(lang, "full_name", text)?),
        },
        language: fields::optional::<Language>(lang, "language", body.language.as_deref())?,
    };
    let email = fields::optional::<EmailAddress>(lang, "email", body.email.as_deref())?;
    let accounts = app.commands.accounts();
    let changed = accounts.change(account, change, email, &cause).await;
    changed.map_err(|error| problems::command(error, lang))?;
    let changed = accounts.find(account.id).await.map_err(|it| Problem::unavailable(&it))?;
    let changed = changed.ok_or_else(problems::no_such_user)?;
    Ok(Json(User::from(&changed)))
}

/// A user name that is to be the account's; the one that it goes by stays, also where that is its address.
fn username(signed: &Bearer, text: Option<&str>) -> Result<Option<Username>, Problem> {
    let other = text.filter(|text| text != signed.account.username.reveal());
    fields::optional(signed.lang, "username", other)
}

/// The password, given again.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub(super) struct Closing {
    password: String,
    /// The code of the second factor, where one is set.
    code: String,
}

/// Close one's own account
#[utoipa::path(
    delete,
    path = "/users/{id}",
    operation_id = "closeUser",
    tag = "accounts",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "One's own id")),
    request_body = Closing,
    responses(
        (status = 204, description = "It is closed, and what was kept of its owner is erased"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "The password is wrong"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is missing, not valid or over"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "The id is somebody else's, or nobody's"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "A member is missing or wrong"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "There were too many attempts"),
    ),
)]
pub(super) async fn close(
    State(app): State<App>,
    signed: Bearer,
    Path(id): Path<String>,
    body: Result<Body<Closing>, Problem>,
) -> Result<StatusCode, Problem> {
    own(&signed, &id)?;
    let Body(body) = body?;
    let (lang, account) = (signed.lang, &signed.account);
    confirmed(&app, account, &body, &signed).await?;
    let (reason, cause) = (ClosingReason::Owner, signed.cause());
    let closed = app.commands.accounts().close(account.id, reason, &cause).await;
    closed.map_err(|error| problems::command(error, lang))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether whoever asks has the password, and the code where a second factor is set.
async fn confirmed(
    app: &App,
    account: &UserAccount,
    body: &Closing,
    signed: &Bearer,
) -> Result<(), Problem> {
    let password = Password::presented(&body.password);
    let confirmed = app.commands.identity().confirm(account, password, &body.code).await;
    confirmed.map_err(|error| {
        let wrong = problems::wrong_present_password();
        problems::sign_in(error, app.commands.now(), signed.lang, wrong)
    })
}
