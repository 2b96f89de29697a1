//! The pages of users: who gets in, who is kept out, and what each page does.

mod credentials;
mod looks;
mod safety;
mod sign_in;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use commands::{AccountKind as _, LinkUse, UserAccount};
use event_store::testing::Engine;
use testing::Fixture;
use testing::http::{Answer, Site, form, with_cookie};
use web::Settings;

const ADDRESS: &str = "camille@candidats.example";
const PASSWORD: &str = "green horses like apples";
const ANOTHER: &str = "seven lamps above the river";

async fn space(engine: Engine) -> Site {
    set_up(engine, |_| {}).await
}

async fn set_up(engine: Engine, change: impl FnOnce(&mut Settings)) -> Site {
    let http = Fixture::new(engine).await.http().settings(change);
    http.routes(|app| accounts::page_routes(accounts::audience(), app))
}

/// The cookie that is set whose name begins so, as a browser sends it back.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.set_cookies().find(|text| text.starts_with(name))?;
    Some(set.split(';').next().unwrap().to_owned())
}

fn session(answer: &Answer) -> Option<String> {
    cookie(answer, "postulo_user_session=")
}

fn device(answer: &Answer) -> Option<String> {
    cookie(answer, "postulo_user_device_")
}

/// Reads a page in English with these cookies.
async fn get(site: &Site, path: &str, cookie: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "en").body(Body::empty());
    site.send(with_cookie(request.unwrap(), cookie)).await
}

/// Sends a form of an English page with these cookies.
async fn post(site: &Site, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let mut request = form(path, fields, "same-origin");
    request.headers_mut().insert(header::ACCEPT_LANGUAGE, "en".parse().unwrap());
    site.send(with_cookie(request, cookie)).await
}

/// Registers somebody; what was answered.
async fn registers(site: &Site, address: &str) -> Answer {
    let fields = [("email", address), ("full_name", "Camille Martin"), ("password", PASSWORD)];
    post(site, "/account/register", "", &fields).await
}

/// Registers somebody; the session.
async fn registered(site: &Site) -> String {
    let answer = registers(site, ADDRESS).await;
    answer.leads_to();
    session(&answer).unwrap()
}

async fn signs_in(site: &Site, name: &str, password: &str, cookies: &str) -> Answer {
    post(site, "/account/sign-in", cookies, &[("name", name), ("password", password)]).await
}

/// The newest account of the address.
async fn account(site: &Site) -> UserAccount {
    let ids = UserAccount::named(&site.commands, ADDRESS).await.unwrap().ids;
    site.commands.accounts().find(ids[0]).await.unwrap().unwrap()
}

/// The path of a link as a letter holds it.
async fn link(site: &Site, account: &UserAccount, link: LinkUse) -> String {
    let made = site.commands.identity().make_link(account, link).await.unwrap();
    let page = match link {
        LinkUse::ResetPassword => "/account/sign-in/reset",
        LinkUse::ConfirmAddress => "/account/confirm",
    };
    format!("{page}/{}", made.token.reveal())
}

/// Whether a session opens the pages of its user.
async fn is_open(site: &Site, session: &str) -> bool {
    get(site, "/account", session).await.status == StatusCode::OK
}
