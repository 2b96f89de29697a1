//! The accounts of users: finding one, how it stands, shutting it out and letting it in again. What is
//! searched for is in the body of a form only: never in a link, a log or an act.

mod one;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use commands::UserAccount;
use serde::Deserialize;
use uuid::Uuid;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

use super::frame::{Frame, stored_time};
use super::menu::PEOPLE;
use super::operator::CurrentOperator;
use super::{Entry, Permission, Shows, form, page};

/// The pages of users' accounts.
pub(super) fn entries() -> Vec<Entry> {
    let may = Permission::ManagePeople;
    vec![
        page("/admin/accounts", (may, Shows::Nobody), get(blank))
            .menu(PEOPLE, |lang| lang.t("admin-accounts-title")),
        form("/admin/accounts", (may, Shows::People(&[])), post(find)),
        page("/admin/accounts/{id}", (may, Shows::People(&[])), get(one::page)),
        form("/admin/accounts/{id}", (may, Shows::Nobody), post(one::act)),
    ]
}

#[derive(Template)]
#[template(path = "accounts/list.html")]
struct Accounts {
    lang: Lang,
    frame: Frame,
    sought: String,
    /// What was found; `None` where nothing was sought.
    found: Option<Vec<Row>>,
}

/// One account among several of an address.
struct Row {
    id: Uuid,
    name: String,
    state: &'static str,
    since: String,
}

/// How an account stands, in words.
fn state(account: &UserAccount, lang: Lang) -> &'static str {
    if account.disabled {
        lang.t("admin-accounts-disabled")
    } else if account.email_confirmed {
        lang.t("admin-accounts-confirmed")
    } else {
        lang.t("admin-accounts-unconfirmed")
    }
}

async fn blank(signed: CurrentOperator) -> Page<impl Template> {
    let frame = Frame::new(&signed, "/admin/accounts", "");
    Page::new(Accounts { lang: signed.lang, frame, sought: String::new(), found: None })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    sought: String,
}

/// Leads to the account that was sought, or lists those of an address that nobody confirmed.
async fn find(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let text = fields.sought.trim();
    if text.is_empty() {
        return Ok(Redirect::to("/admin/accounts").into_response());
    }
    let accounts = app.commands.accounts().found_by(text).await?;
    if let [one] = &*accounts {
        return Ok(Redirect::to(&format!("/admin/accounts/{}", one.id)).into_response());
    }
    let rows = accounts.iter().map(|account| Row {
        id: account.id,
        name: readable(account.email.reveal()),
        state: state(account, lang),
        since: stored_time(&account.created_at),
    });
    let frame = Frame::new(&signed, "/admin/accounts", "");
    let found = Some(rows.collect());
    Ok(Page::new(Accounts { lang, frame, sought: text.to_owned(), found }).into_response())
}
