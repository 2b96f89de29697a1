//! An address that is confirmed: the link of a letter opens a page with a button, and the button confirms.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use commands::{CommandError, LinkToken, LinkUse, UserAccount};
use domain::account::AccountRefusal;
use event_store::ActorKind;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::audience::guard::{self, language};
use web::lang::Lang;
use web::page::{Notice, Page};
use web::request::Context;

use super::account::{full_name, stored_time, username};
use super::users::Users;

#[derive(Template)]
#[template(path = "pages/confirm.html")]
struct Confirm {
    lang: Lang,
    address: String,
    /// The name that the account goes by beside the address; empty for none.
    name: String,
    since: String,
    /// How many other accounts are erased by it.
    rivals: usize,
    /// Whether this browser is signed in to the account.
    signed_in: bool,
    /// Where somebody signs in who does so first, and comes back; empty where nobody has to.
    sign_in: String,
}

#[derive(Template)]
#[template(path = "pages/confirmed.html")]
struct Confirmed {
    lang: Lang,
    address: String,
    /// Where another password is chosen; empty where the present one stays.
    choose: String,
}

/// Whether this browser is signed in to the account.
async fn is_signed_in(
    app: &App,
    headers: &HeaderMap,
    account: &UserAccount,
) -> Result<bool, Failure> {
    let session = guard::session::<Users>(app, headers).await?;
    Ok(session.is_some_and(|session| session.verified && session.account.id == account.id))
}

/// The account whose address the link confirms.
async fn linked(app: &App, token: &LinkToken, lang: Lang) -> Result<UserAccount, Failure> {
    let linked = app.commands.identity().linked(LinkUse::ConfirmAddress, token).await?;
    Ok(linked.ok_or_else(|| nowhere(lang))?)
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
    let account = linked(&app, &token, lang).await?;
    Ok(Page::new(asked(&app, &headers, &token, &account).await?))
}

/// What the page of a link asks.
async fn asked(
    app: &App,
    headers: &HeaderMap,
    token: &LinkToken,
    account: &UserAccount,
) -> Result<Confirm, Failure> {
    let lang = language(headers);
    let signed_in = is_signed_in(app, headers, account).await?;
    let sign_in = if signed_in || !account.changes_address_signed_in() {
        String::new()
    } else {
        format!("/account/sign-in?next=/account/confirm/{}", token.reveal())
    };
    let name = Some(username(account)).filter(|name| !name.is_empty());
    Ok(Confirm {
        lang,
        address: readable(account.wanted_email()),
        name: name.unwrap_or_else(|| full_name(account)),
        since: stored_time(&account.created_at, lang),
        rivals: app.commands.accounts().rivals_of(account).await?,
        signed_in,
        sign_in,
    })
}

/// Confirms the address. Whoever is not signed in to the account here chooses another password: the
/// present one may be that of somebody else, who registered with the address.
pub(super) async fn confirm(
    State(app): State<App>,
    context: Context,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let token = LinkToken::presented(&token);
    let cause = context.cause(ActorKind::Candidate);
    let (accounts, account) = (app.commands.accounts(), linked(&app, &token, lang).await?);
    let signed_in = is_signed_in(&app, &headers, &account).await?;
    let confirmed = if signed_in {
        accounts.confirm_email(&token, &cause).await
    } else {
        accounts.confirm_email_afresh(&token, &cause).await
    };
    let account = match confirmed {
        Ok(Some(account)) => account,
        Err(CommandError::Refused(AccountRefusal::SignInFirst)) => {
            let page = Page::new(asked(&app, &headers, &token, &account).await?);
            return Ok(page.status(StatusCode::FORBIDDEN).into_response());
        }
        // Another account confirmed it first.
        Ok(None) | Err(CommandError::Refused(AccountRefusal::EmailTaken)) => {
            return Err(nowhere(lang).into());
        }
        Err(error) => return Err(error.into()),
    };
    let choose = if signed_in {
        String::new()
    } else {
        let identity = app.commands.identity();
        let link = identity.make_link(&account, LinkUse::ResetPassword).await?;
        format!("/account/sign-in/reset/{}", link.token.reveal())
    };
    let address = readable(account.email.reveal());
    Ok(Page::new(Confirmed { lang, address, choose }).into_response())
}
