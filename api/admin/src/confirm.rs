//! Credentials once more, before those of somebody change: whoever finds or steals a session does not
//! have them (OWASP, Multifactor Authentication: re-authenticate before a factor changes).

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use commands::Password;

use super::frame::Frame;
use super::operator::{CurrentOperator, Operators};
use super::sign_in::{Refused, refused};
use web::Failure;
use web::app::App;
use web::audience::guard;
use web::lang::Lang;
use web::page::Page;

/// The page that asks for them, and then sends the form again.
#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm<'a> {
    lang: Lang,
    frame: Frame,
    to: &'a str,
    fields: &'a [(&'a str, &'a str)],
    second_factor: bool,
    wrong: String,
}

/// What is wrong with the password or the code that an operator gave of their own; `None` where both
/// are right.
pub(super) async fn objection(
    app: &App,
    signed: &CurrentOperator,
    password: &str,
    code: &str,
) -> Result<Option<Refused>, Failure> {
    let (lang, operator) = (signed.lang, &signed.account);
    let confirmed =
        app.commands.identity().confirm(operator, Password::presented(password), code).await;
    let Err(error) = confirmed else { return Ok(None) };
    let is_wrong = matches!(error, commands::SignInError::Wrong);
    let mut objection = refused(error, app.commands.now(), lang)?;
    if is_wrong && operator.has_second_factor {
        lang.t("admin-system-present-password-or-code-not-right").clone_into(&mut objection.wrong);
    } else if is_wrong {
        lang.t("admin-system-present-password-not-right").clone_into(&mut objection.wrong);
    }
    Ok(Some(objection))
}

/// The page that asks for the credentials, unless they were given a short while ago or come with the
/// form; `to` and `fields` are the form.
pub(super) async fn asked(
    app: &App,
    signed: &CurrentOperator,
    headers: &HeaderMap,
    (password, code): (&str, &str),
    (to, fields): (&str, &[(&str, &str)]),
) -> Result<Option<Response>, Failure> {
    if signed.session.is_confirmed(app.commands.now()) {
        return Ok(None);
    }
    let objection = if password.is_empty() {
        Refused { status: StatusCode::FORBIDDEN, wrong: String::new(), retry_after: None }
    } else if let Some(objection) = objection(app, signed, password, code).await? {
        objection
    } else {
        if let Some(token) = guard::token::<Operators>(app, headers) {
            app.commands.identity().session_confirmed(&token).await?;
        }
        return Ok(None);
    };
    let Refused { status, wrong, retry_after } = objection;
    let page = Confirm {
        lang: signed.lang,
        frame: Frame::new(signed, "", ""),
        to,
        fields,
        second_factor: signed.account.has_second_factor,
        wrong,
    };
    Ok(Some((retry_after, Page::new(page).status(status)).into_response()))
}
