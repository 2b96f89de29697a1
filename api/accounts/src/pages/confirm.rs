//! An address that is confirmed: the link of a letter opens a page with a button, and the button confirms.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use commands::{CommandError, LinkToken, LinkUse, UserAccount};
use domain::account::AccountRefusal;
use event_store::ActorKind;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::audience::guard::language;
use web::lang::Lang;
use web::page::{Notice, Page};
use web::request::Context;

#[derive(Template)]
#[template(path = "pages/confirm.html")]
struct Confirm {
    lang: Lang,
    address: String,
    /// Whether it was confirmed just now.
    done: bool,
}

fn nowhere(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::GONE,
        lang.t("account-link-nowhere"),
        lang.t("account-confirm-nowhere-works"),
        lang.t("account-confirm-nowhere-next"),
    )
}

/// Opening the link changes nothing: mail scanners do so too.
pub(super) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Page<impl Template>, Failure> {
    let lang = language(&headers);
    let token = LinkToken::presented(&token);
    let linked =
        app.commands.identity().linked::<UserAccount>(LinkUse::ConfirmAddress, &token).await?;
    let account = linked.ok_or_else(|| nowhere(lang))?;
    let address = readable(account.wanted_email());
    Ok(Page::new(Confirm { lang, address, done: false }))
}

/// Confirms the address.
pub(super) async fn confirm(
    State(app): State<App>,
    context: Context,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Page<impl Template>, Failure> {
    let lang = language(&headers);
    let token = LinkToken::presented(&token);
    let cause = context.cause(ActorKind::Candidate);
    let account = match app.commands.accounts().confirm_email(&token, &cause).await {
        Ok(Some(account)) => account,
        // Another account confirmed it first.
        Ok(None) | Err(CommandError::Refused(AccountRefusal::EmailTaken)) => {
            return Err(nowhere(lang).into());
        }
        Err(error) => return Err(error.into()),
    };
    let address = readable(account.email.reveal());
    Ok(Page::new(Confirm { lang, address, done: true }))
}
