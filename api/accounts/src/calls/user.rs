//! An account, as programs are told of it.

use axum::Json;
use commands::UserAccount;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::api::Bearer;
use web::problem::Problem;

/// The account of whoever asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct User {
    #[serde(rename = "_id")]
    same_id: Uuid,
    id: Uuid,
    /// The user name; the address, where none was chosen.
    #[schema(example = "mira_k")]
    username: String,
    /// The address; a new one as soon as it is given.
    #[schema(example = "mira@exemple.test")]
    email: String,
    full_name: Option<String>,
    disabled: bool,
    /// Whether this address was confirmed.
    email_confirmed: bool,
    created_at: String,
    last_login: Option<String>,
    /// `candidate`; and `employer` where the account is a member of a company.
    roles: Vec<&'static str>,
    companies: Vec<Company>,
}

/// A company of which the account is a member.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Company {
    id: Uuid,
    name: String,
    role: String,
}

impl From<&UserAccount> for User {
    fn from(account: &UserAccount) -> Self {
        Self {
            same_id: account.id,
            id: account.id,
            username: account.username.reveal().clone(),
            email: account.wanted_email().to_owned(),
            full_name: account.full_name.as_ref().map(|name| name.reveal().clone()),
            disabled: account.disabled,
            email_confirmed: account.wanted_email_confirmed(),
            created_at: account.created_at.clone(),
            last_login: account.last_signed_in_at.clone(),
            roles: vec!["candidate"],
            companies: vec![],
        }
    }
}

/// Who is signed in
#[utoipa::path(
    get,
    path = "/auth/me",
    operation_id = "getMyself",
    tag = "accounts",
    security(("bearer" = [])),
    responses(
        (status = 200, body = User, description = "The account"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The token is missing, not valid or over"),
    ),
)]
pub(super) async fn me(signed: Bearer) -> Json<User> {
    Json(User::from(&signed.account))
}
