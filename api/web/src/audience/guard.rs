//! Who is signed in, and whether they may.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use commands::{Cause, Devices, Session, SessionToken};
use domain::Language;
use url::Url;
use uuid::Uuid;

use super::{Members, Place, Premises, Shows, look, menu};
use crate::Failure;
use crate::app::App;
use crate::lang::{Lang, Spoken};
use crate::page::Notice;
use crate::request::Context;
use crate::security;

/// The cookie that keeps the language of the pages, the same for every audience.
const LANGUAGE: &str = "postulo_language";

/// The member whose session came with the request.
pub struct Current<M: Members> {
    /// Whose it is.
    pub account: M::Account,
    /// The session.
    pub session: Session<M::Account>,
    /// The language of the pages.
    pub lang: Lang,
    /// The request.
    pub context: Context,
    /// Every titled page of the audience.
    pub places: Arc<[Place<M>]>,
    /// How many things wait for the member, by the addresses of pages.
    pub waiting: Arc<[(&'static str, u64)]>,
}

impl<M: Members> Clone for Current<M> {
    fn clone(&self) -> Self {
        Self {
            account: self.account.clone(),
            session: self.session.clone(),
            lang: self.lang,
            context: self.context.clone(),
            places: Arc::clone(&self.places),
            waiting: Arc::clone(&self.waiting),
        }
    }
}

impl<M: Members> Current<M> {
    /// The cause of what this member does.
    pub fn cause(&self) -> Cause {
        M::cause(&self.account, &self.context)
    }

    /// The titled pages that this member may open.
    pub fn open_places(&self) -> impl Iterator<Item = &Place<M>> {
        self.places.iter().filter(|place| place.is_open_to(&self.account))
    }
}

impl<S: Send + Sync, M: Members> FromRequestParts<S> for Current<M> {
    type Rejection = Notice;

    /// The guard has put it there.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Notice> {
        let current = parts.extensions.get::<Self>().cloned();
        current.ok_or_else(|| Notice::not_found(language(&parts.headers)))
    }
}

/// The language of the pages: as chosen, or as the browser asks.
pub fn language(headers: &HeaderMap) -> Lang {
    let chosen = CookieJar::from_headers(headers).get(LANGUAGE).map(|it| it.value().to_owned());
    let chosen = chosen.and_then(|code| Language::from_tag(&code));
    chosen.map_or_else(|| Lang::accepted(headers), Lang)
}

/// The cookie that keeps the language.
pub fn language_cookie<M: Members>(app: &App, language: Language) -> Cookie<'static> {
    cookie::<M>(app, LANGUAGE.to_owned(), language.code().to_owned())
}

/// The whole name of a cookie. Over HTTPS, browsers bind it to this very host.
fn whole_name(app: &App, name: &str) -> String {
    if is_secure(app) { format!("__Host-{name}") } else { name.to_owned() }
}

fn is_secure(app: &App) -> bool {
    app.settings.base_url.scheme() == "https"
}

fn cookie<M: Members>(app: &App, name: String, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(M::PREMISES.same_site)
        .secure(is_secure(app))
        .build()
}

/// The cookie of a session.
pub fn session_cookie<M: Members>(app: &App, token: &SessionToken) -> Cookie<'static> {
    cookie::<M>(app, whole_name(app, M::PREMISES.session), token.reveal().to_owned())
}

/// Takes the session's cookie away.
pub fn no_session<M: Members>(app: &App) -> Cookie<'static> {
    let mut gone = cookie::<M>(app, whole_name(app, M::PREMISES.session), String::new());
    gone.make_removal();
    gone
}

/// What the browser keeps of a session.
pub fn token<M: Members>(app: &App, headers: &HeaderMap) -> Option<SessionToken> {
    let jar = CookieJar::from_headers(headers);
    let cookie = jar.get(&whole_name(app, M::PREMISES.session));
    cookie.map(|cookie| SessionToken::presented(cookie.value()))
}

/// What the names of device cookies begin with; each member of a browser has one.
fn device_name<M: Members>(app: &App) -> String {
    whole_name(app, M::PREMISES.device)
}

/// The device cookies of a browser, a few at most.
pub fn devices<M: Members>(app: &App, headers: &HeaderMap) -> Vec<String> {
    let (jar, name) = (CookieJar::from_headers(headers), device_name::<M>(app));
    let ours = jar.iter().filter(|cookie| cookie.name().starts_with(&name));
    ours.take(10).map(|cookie| cookie.value().to_owned()).collect()
}

/// The cookie by which the browser is known from now on as one where this member signed in.
pub fn device_cookie<M: Members>(app: &App, member: Uuid, devices: &[String]) -> Cookie<'static> {
    let devices: Vec<&str> = devices.iter().map(String::as_str).collect();
    let value = app.commands.identity().device_cookie(member, &devices);
    let name = format!("{}{}", device_name::<M>(app), &member.simple().to_string()[..8]);
    let kept = format!("{name}={value}; Max-Age={}", Devices::VALID_FOR.as_secs());
    let mut device = cookie::<M>(app, name, value);
    device.set_max_age(Cookie::parse(kept).ok().and_then(|cookie| cookie.max_age()));
    device
}

/// The session that came with a request, while it lasts.
pub async fn session<M: Members>(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<Session<M::Account>>, Failure> {
    let Some(token) = token::<M>(app, headers) else { return Ok(None) };
    Ok(app.commands.identity().session(&token).await?)
}

/// What stands before an address: what it asks for, and whose data it shows.
pub(super) struct Door<M: Members> {
    pub(super) app: App,
    pub(super) path: &'static str,
    pub(super) needs: M::Permission,
    pub(super) shows: Shows<M::Permission>,
    pub(super) places: Arc<[Place<M>]>,
}

impl<M: Members> Clone for Door<M> {
    fn clone(&self) -> Self {
        let Self { path, needs, shows, .. } = *self;
        Self { app: self.app.clone(), path, needs, shows, places: Arc::clone(&self.places) }
    }
}

/// Lets those in who are signed in, with all that is asked for, and may. That they look at data of
/// people is recorded first; where it cannot be, nothing is shown.
pub(super) async fn permitted<M: Members>(
    State(door): State<Door<M>>,
    mut request: Request,
    next: Next,
) -> Response {
    let lang = language(request.headers());
    let app = &door.app;
    let session = match session::<M>(app, request.headers()).await {
        Ok(session) => session,
        Err(failure) => return failure.into_response(),
    };
    let Premises { sign_in, account: own, .. } = M::PREMISES;
    let Some(session) = session else {
        return to_sign_in::<M>(&request);
    };
    if !session.verified {
        return Redirect::to(&format!("{sign_in}/code")).into_response();
    }
    let account = session.account.clone();
    let lang = M::language(&account).map_or(lang, Lang);
    if M::lacks_second_factor(&account, &app.settings) && door.needs != M::THEMSELVES {
        return Redirect::to(&format!("{own}/second-factor")).into_response();
    }
    if !M::may(&account, door.needs) {
        return forbidden(lang).into_response();
    }
    let context = request.extensions().get::<Context>().cloned().unwrap_or_default();
    let waiting = match menu::waiting(&door.places, app, &account).await {
        Ok(waiting) => waiting,
        Err(error) => return Failure::from(error).into_response(),
    };
    let places = Arc::clone(&door.places);
    let current = Current { account, session, lang, context, places, waiting };
    if let Some(filters) = door.shows.recorded::<M>(&current.account) {
        let (mut parts, body) = request.into_parts();
        let fields = look::fields(&mut parts, filters).await;
        request = Request::from_parts(parts, body);
        let cause = current.cause();
        if let Err(error) = M::record_look(&app.commands, door.path, &fields, &cause).await {
            return Failure::from(error).into_response();
        }
    }
    request.extensions_mut().insert(current);
    next.run(request).await
}

/// To the sign-in, and back to where the browser wanted to go, where that was a page.
fn to_sign_in<M: Members>(request: &Request) -> Response {
    let Premises { home, sign_in, .. } = M::PREMISES;
    let wanted = request
        .uri()
        .path_and_query()
        .map(axum::http::uri::PathAndQuery::as_str)
        .unwrap_or_default();
    if request.method() != Method::GET || wanted == home {
        return Redirect::to(sign_in).into_response();
    }
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish();
    Redirect::to(&format!("{sign_in}?{query}")).into_response()
}

/// Where a browser goes after the sign-in: a page of the audience, and nowhere else. The address is
/// read as a browser does (WHATWG URL), where `%2e%2e` is a step up and `\\` is a slash.
pub fn safe_next<M: Members>(next: &str) -> String {
    let Premises { home, leads_to, .. } = M::PREMISES;
    let page = leads_to.iter().find_map(|above| page_below(above, next));
    page.unwrap_or_else(|| home.to_owned())
}

fn page_below(above: &str, next: &str) -> Option<String> {
    let page = || {
        let base = Url::parse("https://here.invalid/").ok()?;
        let url = base.join(next).ok()?;
        let here = url.origin() == base.origin() && url.username().is_empty();
        let path = url.path();
        let below = path.strip_prefix(above)?;
        let ours = below.is_empty() || below.starts_with('/');
        if !here || !ours || path.contains("//") || url.password().is_some() {
            return None;
        }
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(format!("{path}{query}"))
    };
    page().filter(|_| next.starts_with('/'))
}

/// The page for those who are signed in and may not.
pub fn forbidden(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::FORBIDDEN,
        lang.t("workplace-you-may-not-do-this"),
        lang.t("workplace-your-role-does-not-give-access"),
        lang.t("workplace-ask-administrator-or-go-back-to"),
    )
}

/// Refuses a form that did not come from one of our own pages (CSRF). A browser always tells; what
/// tells nothing is no browser, and has no business here. Whatever fails behind it is told in the
/// language of the pages.
pub(super) async fn own_forms(State(app): State<App>, request: Request, next: Next) -> Response {
    Spoken::of(request.extensions()).settle(language(request.headers()));
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let headers = request.headers();
    let tells = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    if reads || (tells && security::is_own(headers, &app)) {
        return next.run(request).await;
    }
    Notice::foreign_form(language(headers)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("/admin", "/admin")]
    #[case("/admin/applications?text=a%40b", "/admin/applications?text=a%40b")]
    #[case("https://evil.example/admin", "/admin")]
    #[case("//evil.example/admin", "/admin")]
    #[case("/admin//evil.example", "/admin")]
    #[case("/\\evil.example", "/admin")]
    #[case("/admin/../r/token", "/admin")]
    #[case("/administrator", "/admin")]
    #[case("/r/token", "/admin")]
    #[case("", "/admin")]
    #[case("applications", "/admin")]
    #[case("/admin/%2e%2e/r", "/admin")]
    #[case("/admin/%2E%2E/r", "/admin")]
    #[case("/admin/.%2e/r", "/admin")]
    #[case("/admin/./%2e./r/token", "/admin")]
    #[case("/admin\\..\\r", "/admin")]
    #[case("/admin/.\t./r", "/admin")]
    #[case("/admin/.\n./r", "/admin")]
    #[case("/\t/evil.example/admin", "/admin")]
    #[case("/%5cevil.example", "/admin")]
    #[case("/\\/evil.example/admin/", "/admin")]
    #[case("https://here.invalid@evil.example/admin", "/admin")]
    #[case("https://here.invalid/admin", "/admin")]
    #[case("javascript:alert(1)//admin", "/admin")]
    #[case("/admin/%2fevil.example", "/admin/%2fevil.example")]
    #[case("/admin/clients/../people", "/admin/people")]
    #[case("/admin/people#top", "/admin/people")]
    #[case("/admin/applications?text=zoé", "/admin/applications?text=zo%C3%A9")]
    fn a_sign_in_leads_to_a_page_of_ours(#[case] next: &str, #[case] leads: &str) {
        let page = page_below("/admin", next);
        assert_eq!(page.unwrap_or_else(|| "/admin".to_owned()), leads);
    }
}
