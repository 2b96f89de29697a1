//! One account: how it stands, and what an operator may do about it. Each act is an event of the account, with
//! who did it.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::{AccountKind as _, UserAccount};
use serde::Deserialize;
use uuid::Uuid;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

use super::state;
use crate::confirm;
use crate::frame::{Done, Frame, stored_time, time};
use crate::operator::CurrentOperator;

#[derive(Template)]
#[template(path = "accounts/one.html")]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
struct Account {
    lang: Lang,
    frame: Frame,
    id: Uuid,
    name: String,
    facts: Vec<(&'static str, String)>,
    disabled: bool,
    confirmed: bool,
    second_factor: bool,
    /// Whether the letter was asked for just now, and too often.
    not_resent: bool,
    /// Until when devices that are not known are refused; empty where they are not.
    locked_until: String,
    /// Whether sign-ins were refused that count still.
    has_refused: bool,
}

async fn known(app: &App, id: Uuid, lang: Lang) -> Result<UserAccount, Failure> {
    let known = UserAccount::load(&app.commands, id).await?;
    Ok(known.ok_or_else(|| Notice::not_found(lang))?)
}

pub(super) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let lang = signed.lang;
    let account = known(&app, id, lang).await?;
    let locked = app.commands.identity().locked_until(&account).await?;
    let never = lang.t("admin-accounts-never");
    let told = |at: &Option<String>| at.as_deref().map_or_else(|| never.to_owned(), stored_time);
    let refused = match (account.refused_sign_ins, &account.refused_since) {
        (0, _) | (_, None) => lang.t("admin-accounts-refused-none").to_owned(),
        (number, Some(since)) => lang.with(
            "admin-accounts-refused-since",
            (("number", &number), ("time", &stored_time(since))),
        ),
    };
    let factor = if account.has_second_factor {
        lang.t("admin-accounts-factor-set")
    } else {
        lang.t("admin-accounts-factor-none")
    };
    let mut facts = vec![
        (lang.t("admin-accounts-state"), state(&account, lang).to_owned()),
        (lang.t("admin-accounts-registered"), stored_time(&account.created_at)),
        (lang.t("admin-accounts-last"), told(&account.last_signed_in_at)),
        (lang.t("admin-accounts-refused"), refused),
        (lang.t("admin-accounts-factor"), factor.to_owned()),
        (lang.t("admin-accounts-password"), told(&account.password_changed_at)),
        (lang.t("admin-accounts-language"), Lang(account.language).name().to_owned()),
    ];
    if let Some(new) = &account.new_email {
        facts.insert(1, (lang.t("admin-accounts-new-address"), readable(new.reveal())));
    }
    let locked_until = locked.map(time).unwrap_or_default();
    Ok(Page::new(Account {
        lang,
        frame: Frame::new(&signed, "/admin/accounts", &done.done),
        id,
        name: readable(account.email.reveal()),
        facts,
        disabled: account.disabled,
        confirmed: account.wanted_email_confirmed(),
        second_factor: account.has_second_factor,
        not_resent: done.done == "account-not-resent",
        has_refused: account.refused_sign_ins > 0 || !locked_until.is_empty(),
        locked_until,
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    act: String,
    present: String,
    present_code: String,
}

/// Shuts an account out, lets it in again, lifts a lock-out, sends the letter that confirms its address again,
/// takes a lost factor away.
pub(super) async fn act(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let account = known(&app, id, lang).await?;
    let (commands, cause) = (&app.commands, signed.cause());
    let done = match &*fields.act {
        "disable" => {
            commands.accounts().disable(id, true, &cause).await?;
            "account-disabled"
        }
        "enable" => {
            commands.accounts().disable(id, false, &cause).await?;
            "account-enabled"
        }
        "unlock" => {
            commands.identity().unlock(&account, &cause).await?;
            "account-unlocked"
        }
        "resend" => {
            let sent = commands.accounts().ask_confirmation(&account, &cause).await?;
            if sent { "account-resent" } else { "account-not-resent" }
        }
        "factor" => {
            let credentials = (fields.present.as_str(), fields.present_code.as_str());
            let to = format!("/admin/accounts/{id}");
            let form = (to.as_str(), &[("act", "factor")][..]);
            if let Some(page) = confirm::asked(&app, &signed, &headers, credentials, form).await? {
                return Ok(page);
            }
            commands.identity().remove_second_factor(&account, &cause).await?;
            "account-factor"
        }
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    Ok(Redirect::to(&format!("/admin/accounts/{id}?done={done}")).into_response())
}
