//! The operators: who they are, what they may do, and letting them in again.

use std::collections::BTreeSet;

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use commands::CommandError;
use domain::operator::{OperatorRefusal, Role};
use domain::{Department, EmailAddress};
use serde::Deserialize;
use uuid::Uuid;

use super::confirm;
use super::frame::{Done, Frame, role, stored_time, time};
use super::operator::CurrentOperator;
use super::requests::wrong;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "operators.html")]
struct Operators {
    lang: Lang,
    frame: Frame,
    rows: Vec<Row>,
    roles: Vec<(&'static str, &'static str)>,
    /// A password that was made just now, and whose: shown once.
    password: Option<(String, String)>,
}

struct Row {
    id: Uuid,
    email: String,
    role: &'static str,
    role_name: &'static str,
    /// The departments whose work permits they see; `None` where their role sees none.
    departments: Option<String>,
    disabled: bool,
    second_factor: bool,
    last: String,
    /// Sign-ins that were refused since the last one, and since when.
    refused: Option<(i64, String)>,
    /// Until when devices that are not known are refused.
    locked_until: Option<String>,
    is_self: bool,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    show(&app, &signed, &done.done, None).await
}

async fn show(
    app: &App,
    signed: &CurrentOperator,
    done: &str,
    password: Option<(String, String)>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let operators = app.commands.operators().all().await?;
    let mut rows = vec![];
    for operator in operators {
        let locked = app.commands.identity().locked_until(&operator).await?;
        let since = operator.refused_since.as_deref().map(stored_time);
        rows.push(Row {
            is_self: operator.id == signed.account.id,
            id: operator.id,
            email: readable(operator.email.reveal()),
            role: operator.role.as_str(),
            role_name: role(operator.role, lang),
            departments: (operator.role == Role::Permits).then(|| operator.departments.join(" ")),
            disabled: operator.disabled,
            second_factor: operator.has_second_factor,
            last: operator.last_signed_in_at.as_deref().map(stored_time).unwrap_or_default(),
            refused: since.map(|since| (operator.refused_sign_ins, since)),
            locked_until: locked.map(time),
        });
    }
    let page = Operators {
        lang,
        frame: Frame::new(signed, "/admin/operators", done),
        rows,
        roles: Role::ALL.map(|it| (it.as_str(), role(it, lang))).to_vec(),
        password,
    };
    Ok(Page::new(page).into_response())
}

fn failed(lang: Lang, error: CommandError<OperatorRefusal>) -> Failure {
    match error {
        CommandError::Refused(OperatorRefusal::AlreadyCreated) => {
            wrong(lang, lang.t("admin-account-there-operator-with-this-address-already"))
        }
        CommandError::Refused(OperatorRefusal::NotFound) => Notice::not_found(lang),
        CommandError::Refused(OperatorRefusal::LastAdministrator) => {
            wrong(lang, lang.t("admin-account-this-last-administrator-who-may-sign"))
        }
        error => return error.into(),
    }
    .into()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Create {
    email: String,
    role: String,
    present: String,
    present_code: String,
}

/// Lets someone in, with a password that is shown once.
pub(crate) async fn create(
    State(app): State<App>,
    signed: CurrentOperator,
    headers: HeaderMap,
    fields: Result<Form<Create>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let email: EmailAddress = fields
        .email
        .trim()
        .parse()
        .map_err(|invalid| wrong(lang, &texts::invalid(&invalid, lang.0)))?;
    let role: Role = fields.role.parse().map_err(|_| Notice::impossible_form(lang))?;
    let credentials = (fields.present.as_str(), fields.present_code.as_str());
    let form = [("email", fields.email.as_str()), ("role", fields.role.as_str())];
    let form = ("/admin/operators", &form[..]);
    if let Some(page) = confirm::asked(&app, &signed, &headers, credentials, form).await? {
        return Ok(page);
    }
    let password = app.commands.identity().fresh_password();
    let created = app.commands.operators().create(&email, role, &password, &signed.cause()).await;
    created.map_err(|error| failed(lang, error))?;
    let shown = (email.readable().into_owned(), password.reveal().to_owned());
    show(&app, &signed, "", Some(shown)).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Change {
    act: String,
    role: String,
    departments: String,
    present: String,
    present_code: String,
}

/// The departments of a text, each once; `None` where one is not the number of a department.
fn departments(text: &str) -> Option<Vec<Department>> {
    let between = |c: char| c.is_whitespace() || c == ',';
    let numbers = text.split(between).filter(|number| !number.is_empty());
    let departments: BTreeSet<Department> =
        numbers.map(|number| number.parse().ok()).collect::<Option<_>>()?;
    Some(departments.into_iter().collect())
}

/// Changes a role or the departments, shuts out, lets in again, lifts a lock-out, makes a new password, takes a lost
/// factor away.
pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    fields: Result<Form<Change>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let known = app.commands.operators().find(id).await?;
    let known = known.ok_or_else(|| Notice::not_found(lang))?;
    let (commands, cause) = (&app.commands, signed.cause());
    // Nobody locks themselves out: the last administrator would be the one to do so.
    if id == signed.account.id && matches!(fields.act.as_str(), "role" | "disable") {
        let why = lang.t("admin-account-another-administrator-must-do-this-for");
        return Err(wrong(lang, why).into());
    }
    if id == signed.account.id && matches!(fields.act.as_str(), "password" | "factor") {
        let why = lang.t("admin-account-your-own-password-and-second-factor");
        return Err(wrong(lang, why).into());
    }
    if matches!(fields.act.as_str(), "role" | "password" | "factor") {
        let credentials = (fields.present.as_str(), fields.present_code.as_str());
        let to = format!("/admin/operators/{id}");
        let form = [("act", fields.act.as_str()), ("role", fields.role.as_str())];
        let form = (to.as_str(), &form[..]);
        if let Some(page) = confirm::asked(&app, &signed, &headers, credentials, form).await? {
            return Ok(page);
        }
    }
    let done = match fields.act.as_str() {
        "role" => {
            let role: Role = fields.role.parse().map_err(|_| Notice::impossible_form(lang))?;
            commands.operators().change_role(id, role, &cause).await
        }
        "departments" => {
            let departments = departments(&fields.departments)
                .ok_or_else(|| wrong(lang, lang.t("admin-permits-wrong-departments")))?;
            commands.operators().limit_departments(id, departments, &cause).await
        }
        "disable" => commands.operators().disable(id, true, &cause).await,
        "enable" => commands.operators().disable(id, false, &cause).await,
        "unlock" => commands.identity().unlock(&known, &cause).await,
        "factor" => commands.identity().remove_second_factor(&known, &cause).await,
        "password" => {
            let password = commands.identity().fresh_password();
            let set = commands.identity().set_password(&known, &password, &cause).await;
            set.map_err(|error| failed(lang, error))?;
            let shown = (readable(known.email.reveal()), password.reveal().to_owned());
            return show(&app, &signed, "", Some(shown)).await;
        }
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    done.map_err(|error| failed(lang, error))?;
    Ok(Redirect::to("/admin/operators?done=changed").into_response())
}
