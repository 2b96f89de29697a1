//! How a user is called: their name, and a user name to sign in with beside the address.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::{CommandError, ProfileChange};
use domain::Username;
use domain::account::{AccountRefusal, FullName};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page, WrongField};

use super::account::{full_name, username};
use super::frame::frame;
use super::refused::Objection;
use super::users::CurrentUser;

#[derive(Template)]
#[template(path = "pages/name.html")]
struct NamePage {
    lang: Lang,
    frame: Workplace,
    full_name: String,
    username: String,
    errors: FieldErrors,
}

fn shown(signed: &CurrentUser, fields: Fields, objection: Objection) -> Response {
    let Objection { status, errors, retry_after } = objection;
    let Fields { full_name, username } = fields;
    let frame = frame(signed, "/account", "");
    let page = NamePage { lang: signed.lang, frame, full_name, username, errors };
    (retry_after, Page::new(page).status(status)).into_response()
}

/// The form, as the account has it.
pub(super) async fn page(signed: CurrentUser) -> Response {
    let (full_name, username) = (full_name(&signed.account), username(&signed.account));
    shown(&signed, Fields { full_name, username }, Objection::none())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    full_name: String,
    username: String,
}

/// Keeps both; an empty field takes the name away. A user name is changed, and stays.
pub(super) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let mut wrong = vec![];
    let mut refuse = |name, label, text| wrong.push(WrongField { name, label, text });
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let full_name = given(&fields.full_name).map(|name| name.parse::<FullName>()).transpose();
    let full_name = full_name.map_err(|invalid| {
        refuse("full_name", lang.t("account-full-name"), texts::invalid(&invalid, lang.0));
    });
    let username = given(&fields.username).map(|name| name.parse::<Username>()).transpose();
    let username = username.map_err(|invalid| {
        refuse("username", lang.t("account-username"), texts::invalid(&invalid, lang.0));
    });
    if username == Ok(None) && signed.account.has_username {
        let text = lang.t("account-username-stays").to_owned();
        refuse("username", lang.t("account-username"), text);
    }
    let (Ok(full_name), Ok(username)) = (full_name, username) else {
        return Ok(shown(&signed, fields, Objection::to(wrong)));
    };
    if !wrong.is_empty() {
        return Ok(shown(&signed, fields, Objection::to(wrong)));
    }
    let (accounts, cause) = (app.commands.accounts(), signed.cause());
    let change = ProfileChange { username, full_name: Some(full_name), language: None };
    match accounts.change_profile(signed.account.id, change, &cause).await {
        Ok(()) => Ok(Redirect::to("/account?done=changed").into_response()),
        Err(CommandError::Refused(AccountRefusal::UsernameTaken)) => {
            let (label, text) = (lang.t("account-username"), lang.t("account-username-taken"));
            let objection = Objection::to_one("username", label, text.to_owned());
            Ok(shown(&signed, fields, objection))
        }
        Err(error) => Err(error.into()),
    }
}
