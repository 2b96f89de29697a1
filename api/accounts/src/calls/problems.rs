//! What goes wrong with these calls, each as one sentence. Some are part of the contract with
//! programs that show them, and French in every language, letter for letter.

use axum::http::{StatusCode, header};
use commands::{
    CommandError, NewPasswordError, OpeningError, PasswordError, RefreshError, SignInError,
};
use domain::account::AccountRefusal;
use jiff::Timestamp;
use web::lang::Lang;
use web::problem::{Kind, Problem, WrongField};

use super::credentials::Credentials;

/// In an hour nobody is held up any more.
const AN_HOUR: u64 = 3600;

/// What cannot be done with what was sent: 400.
pub(super) fn not_done(lang: Lang, key: &'static str) -> Problem {
    let problem = Problem::new(Kind::Refused, lang.t(key)).in_language(lang);
    problem.with_status(StatusCode::BAD_REQUEST)
}

/// Somebody has this user name or this address: 400.
pub(super) fn taken() -> Problem {
    let detail = "Un utilisateur avec cet email ou ce nom d'utilisateur existe déjà";
    Problem::agreed(Kind::Refused, detail).with_status(StatusCode::BAD_REQUEST)
}

/// The password that somebody has is another one: 400.
pub(super) fn wrong_present_password() -> Problem {
    let problem = Problem::agreed(Kind::Refused, "Mot de passe actuel incorrect");
    problem.with_status(StatusCode::BAD_REQUEST)
}

/// There is no such account for whoever asks: 404.
pub(super) fn no_such_user() -> Problem {
    Problem::agreed(Kind::NotFound, "Utilisateur non trouvé")
}

/// Nobody signs in with this name and this password: 401.
pub(super) fn wrong_credentials() -> Problem {
    let detail = "Nom d'utilisateur ou mot de passe incorrect";
    with_challenge(Problem::agreed(Kind::WrongCredentials, detail))
}

/// A refresh token is none, or over: 401.
pub(super) fn wrong_refresh_token() -> Problem {
    with_challenge(Problem::agreed(Kind::WrongCredentials, "Refresh token invalide ou expiré"))
}

fn with_challenge(problem: Problem) -> Problem {
    problem.with_header(header::WWW_AUTHENTICATE, "Bearer")
}

/// Nobody is signed in, for the front ends of other services: 401.
pub(super) fn not_signed_in(lang: Lang, key: &'static str) -> Problem {
    with_challenge(Problem::new(Kind::WrongCredentials, lang.t(key)).in_language(lang))
}

/// A member of the body is wrong: 422, with the sentence as its detail.
pub(super) fn wrong(lang: Lang, field: &'static str, code: &'static str, why: &str) -> Problem {
    let detail = format!("{} {why}", lang.colon(lang.t(label(field))));
    let problem = Problem::new(Kind::InvalidFields, detail).in_language(lang);
    problem.with_errors(vec![WrongField::new(field, code, why)])
}

/// A member is missing: 422.
fn missing(lang: Lang, field: &'static str) -> Problem {
    wrong(lang, field, "missing", lang.t("api-member-missing"))
}

/// Refuses credentials of which one is missing, or that ask for something else than tokens for a password.
pub(super) fn both_given(lang: Lang, credentials: &Credentials) -> Result<(), Problem> {
    if credentials.username.is_none() {
        return Err(missing(lang, "username"));
    }
    if credentials.password.is_none() {
        return Err(missing(lang, "password"));
    }
    if credentials.grant_type.as_deref().is_some_and(|it| !matches!(it, "" | "password")) {
        return Err(Problem::new(Kind::InvalidFields, lang.t("api-grant-type")).in_language(lang));
    }
    Ok(())
}

/// What people call a member.
fn label(field: &str) -> &'static str {
    match field {
        "username" => "api-field-username",
        "email" => "api-field-email",
        "full_name" => "api-field-full-name",
        "language" => "api-field-language",
        _ => "api-field-password",
    }
}

/// A password that is not taken.
pub(super) fn weak(lang: Lang, field: &'static str, error: PasswordError) -> Problem {
    match error {
        PasswordError::Length { least, most } => {
            let why = lang.with("api-password-length", (("least", least), ("most", most)));
            wrong(lang, field, "password_length", &why)
        }
        PasswordError::Common => {
            wrong(lang, field, "password_common", lang.t("api-password-common"))
        }
        PasswordError::Named => wrong(lang, field, "password_named", lang.t("api-password-named")),
    }
}

fn too_many(lang: Lang, seconds: u64) -> Problem {
    let problem = Problem::new(Kind::TooManyRequests, lang.t("api-too-many")).in_language(lang);
    problem.retry_after(seconds)
}

fn seconds_until(until: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(until.duration_since(now).as_secs()).unwrap_or_default() + 1
}

/// Why nobody is signed in; `wrong` where the password or the code is.
pub(super) fn sign_in(error: SignInError, now: Timestamp, lang: Lang, wrong: Problem) -> Problem {
    match error {
        SignInError::Wrong => wrong,
        SignInError::TooMany { until } | SignInError::Crowded { until } => {
            too_many(lang, seconds_until(until, now))
        }
        SignInError::Unavailable(error) => Problem::unavailable(&error),
    }
}

/// Why a refresh token gives no other tokens; `wrong` where it is none, or over.
pub(super) fn refresh(
    error: RefreshError<AccountRefusal>,
    now: Timestamp,
    lang: Lang,
    wrong: Problem,
) -> Problem {
    match error {
        RefreshError::Wrong => wrong,
        RefreshError::TooMany { until } => too_many(lang, seconds_until(until, now)),
        RefreshError::Command(error) => command(error, lang),
    }
}

/// Why there are no tokens; `wrong` where what was given was changed meanwhile.
pub(super) fn opening(error: OpeningError<AccountRefusal>, lang: Lang, wrong: Problem) -> Problem {
    match error {
        OpeningError::Changed => wrong,
        OpeningError::Command(error) => command(error, lang),
    }
}

/// Why an account keeps the password that it has.
pub(super) fn new_password(
    error: NewPasswordError,
    now: Timestamp,
    lang: Lang,
    field: &'static str,
) -> Problem {
    match error {
        NewPasswordError::Weak(error) => weak(lang, field, error),
        NewPasswordError::SignIn(error) => sign_in(error, now, lang, wrong_present_password()),
        NewPasswordError::Command(error) => command(error, lang),
    }
}

/// Why nothing was done to an account.
pub(super) fn command(error: CommandError<AccountRefusal>, lang: Lang) -> Problem {
    match error {
        CommandError::Refused(AccountRefusal::UsernameTaken) => {
            not_done(lang, "api-username-taken")
        }
        CommandError::Refused(AccountRefusal::EmailTaken | AccountRefusal::OtherEmail) => {
            not_done(lang, "api-link-nowhere")
        }
        CommandError::Refused(AccountRefusal::SignInFirst) => not_done(lang, "api-sign-in-first"),
        CommandError::Refused(AccountRefusal::TooManyOfAddress) => too_many(lang, AN_HOUR),
        CommandError::Refused(AccountRefusal::NotFound | AccountRefusal::Closed) => no_such_user(),
        error => error.into(),
    }
}
