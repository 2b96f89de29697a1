//! What the service says of a new password: why it is not taken, or how hard it is to guess.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Form, Json};
use commands::{PasswordError, Strength};
use serde::{Deserialize, Serialize};
use web::Failure;
use web::app::App;
use web::audience::guard::{self, language};
use web::lang::Lang;

use super::users::Users;

/// Why a password is not taken, in words.
pub(super) fn not_taken(error: PasswordError, lang: Lang) -> String {
    match error {
        PasswordError::Length { least, most } => {
            lang.with("account-password-wrong-length", (("minimum", &least), ("maximum", &most)))
        }
        PasswordError::Common => lang.t("account-password-common").to_owned(),
        PasswordError::Named => lang.t("account-password-named").to_owned(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    password: String,
    email: String,
    full_name: String,
}

/// What is said of a password while it is typed.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    /// From 0, nothing, to 4, which nobody guesses.
    score: u8,
    /// Whether it would be taken.
    taken: bool,
    /// The same in words, with what would mend it.
    words: String,
}

/// Says of a password what the form would say of it, and keeps nothing.
pub(super) async fn check(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Json<Said>, Failure> {
    let lang = language(&headers);
    let session = guard::session::<Users>(&app, &headers).await?.filter(|it| it.verified);
    let accounts = app.commands.accounts();
    let strength = if let Some(session) = &session {
        accounts.strength_of(&session.account, &fields.password).await
    } else {
        let names = [&*fields.email, &*fields.full_name];
        accounts.strength(&fields.password, &names, false).await
    };
    Ok(Json(said(strength, fields.password.chars().count(), lang)))
}

fn said(strength: Strength, length: usize, lang: Lang) -> Said {
    let (score, words) = match strength {
        Strength::Refused(PasswordError::Length { most, .. }) if length > most => {
            (1, lang.with("account-password-long", ("maximum", &most)))
        }
        Strength::Refused(PasswordError::Length { least, .. }) => {
            let missing = least.saturating_sub(length);
            let score = u8::from(length * 2 >= least);
            (score, lang.with("account-password-short", ("missing", &missing)))
        }
        Strength::Refused(error) => (1, not_taken(error, lang)),
        Strength::Fair => (2, lang.t("account-password-fair").to_owned()),
        Strength::Good => (3, lang.t("account-password-good").to_owned()),
        Strength::Strong => (4, lang.t("account-password-strong").to_owned()),
    };
    Said { score, taken: !matches!(strength, Strength::Refused(_)), words }
}
