//! Who is signed in, and whether they may.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use commands::{Cause, Devices, OperatorAccount, OperatorSession, SessionToken};
use domain::Language;
use url::Url;
use uuid::Uuid;

use super::{Permission, Shows, look};
use web::Failure;
use web::app::App;
use web::lang::{Lang, Spoken};
use web::page::Notice;
use web::request::Context;
use web::security;

/// The cookie that keeps the language of the pages.
const LANGUAGE: &str = "postulo_language";

/// The operator whose session came with the request.
#[derive(Clone)]
pub(crate) struct CurrentOperator {
    pub(crate) operator: OperatorAccount,
    pub(crate) session: OperatorSession,
    pub(crate) lang: Lang,
    pub(crate) context: Context,
}

impl CurrentOperator {
    /// The cause of what this operator does.
    pub(crate) fn cause(&self) -> Cause {
        self.context.operator(self.operator.id)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CurrentOperator {
    type Rejection = Notice;

    /// [`permitted`] has put it there.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Notice> {
        let signed = parts.extensions.get::<Self>().cloned();
        signed.ok_or_else(|| Notice::not_found(language(&parts.headers)))
    }
}

/// The language of the pages: as chosen, or as the browser asks.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    let chosen = CookieJar::from_headers(headers).get(LANGUAGE).map(|it| it.value().to_owned());
    let chosen = chosen.and_then(|code| Language::from_tag(&code));
    chosen.map_or_else(|| Lang::accepted(headers), Lang)
}

pub(crate) fn language_cookie(app: &App, language: Language) -> Cookie<'static> {
    cookie(app, LANGUAGE.to_owned(), language.code().to_owned())
}

/// The name of the session's cookie. Over HTTPS, browsers bind it to this very host.
fn session_name(app: &App) -> &'static str {
    if is_secure(app) { "__Host-postulo_session" } else { "postulo_session" }
}

fn is_secure(app: &App) -> bool {
    app.settings.base_url.scheme() == "https"
}

fn cookie(app: &App, name: String, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_secure(app))
        .build()
}

pub(crate) fn session_cookie(app: &App, token: &SessionToken) -> Cookie<'static> {
    cookie(app, session_name(app).to_owned(), token.reveal().to_owned())
}

/// Takes the session's cookie away.
pub(crate) fn no_session(app: &App) -> Cookie<'static> {
    let mut gone = cookie(app, session_name(app).to_owned(), String::new());
    gone.make_removal();
    gone
}

/// What the browser keeps of a session.
pub(crate) fn token(app: &App, headers: &HeaderMap) -> Option<SessionToken> {
    let jar = CookieJar::from_headers(headers);
    jar.get(session_name(app)).map(|cookie| SessionToken::presented(cookie.value()))
}

/// What the names of device cookies begin with; each operator of a browser has one.
fn device_name(app: &App) -> &'static str {
    if is_secure(app) { "__Host-postulo_device_" } else { "postulo_device_" }
}

/// The device cookies of a browser, a few at most.
pub(crate) fn devices(app: &App, headers: &HeaderMap) -> Vec<String> {
    let jar = CookieJar::from_headers(headers);
    let ours = jar.iter().filter(|cookie| cookie.name().starts_with(device_name(app)));
    ours.take(10).map(|cookie| cookie.value().to_owned()).collect()
}

/// The cookie by which the browser is known from now on as one where this operator signed in.
pub(crate) fn device_cookie(app: &App, operator: Uuid, devices: &[String]) -> Cookie<'static> {
    let devices: Vec<&str> = devices.iter().map(String::as_str).collect();
    let value = app.commands.device_cookie(operator, &devices);
    let name = format!("{}{}", device_name(app), &operator.simple().to_string()[..8]);
    let kept = format!("{name}={value}; Max-Age={}", Devices::VALID_FOR.as_secs());
    let mut device = cookie(app, name, value);
    device.set_max_age(Cookie::parse(kept).ok().and_then(|cookie| cookie.max_age()));
    device
}

/// The session that came with a request, while it lasts.
pub(crate) async fn session(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<OperatorSession>, Failure> {
    let Some(token) = token(app, headers) else { return Ok(None) };
    Ok(app.commands.session(&token).await?)
}

/// What an address asks for, and whose data it shows.
#[derive(Clone, Copy)]
pub(crate) struct Asks {
    pub(crate) path: &'static str,
    pub(crate) needs: Permission,
    pub(crate) shows: Shows,
}

/// Lets those in who are signed in, with all that is asked for, and may. That they look at data of
/// people is recorded first; where it cannot be, nothing is shown.
pub(crate) async fn permitted(
    State((app, asks)): State<(App, Asks)>,
    mut request: Request,
    next: Next,
) -> Response {
    let lang = language(request.headers());
    let session = match session(&app, request.headers()).await {
        Ok(session) => session,
        Err(failure) => return failure.into_response(),
    };
    let Some(session) = session else {
        return to_sign_in(&request);
    };
    if !session.verified {
        return Redirect::to("/admin/sign-in/code").into_response();
    }
    let operator = session.account.clone();
    let lacks_factor = app.settings.second_factor_required && !operator.has_second_factor;
    if lacks_factor && asks.needs != Permission::BeThemselves {
        return Redirect::to("/admin/account/second-factor").into_response();
    }
    if !asks.needs.is_given_to(operator.role) {
        return forbidden(lang).into_response();
    }
    let context = request.extensions().get::<Context>().cloned().unwrap_or_default();
    let signed = CurrentOperator { operator, session, lang, context };
    if let Some(filters) = asks.shows.recorded(signed.operator.role) {
        let (mut parts, body) = request.into_parts();
        let fields = look::fields(&mut parts, filters).await;
        request = Request::from_parts(parts, body);
        let recorded = app.commands.record_look(asks.path, &fields, &signed.cause()).await;
        if let Err(error) = recorded {
            return Failure::from(error).into_response();
        }
    }
    request.extensions_mut().insert(signed);
    next.run(request).await
}

/// To the sign-in, and back to where the browser wanted to go, where that was a page.
fn to_sign_in(request: &Request) -> Response {
    let wanted = request
        .uri()
        .path_and_query()
        .map(axum::http::uri::PathAndQuery::as_str)
        .unwrap_or_default();
    if request.method() != Method::GET || wanted == "/admin" {
        return Redirect::to("/admin/sign-in").into_response();
    }
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish();
    Redirect::to(&format!("/admin/sign-in?{query}")).into_response()
}

/// Where a browser goes after the sign-in: a page of the admin, and nowhere else. The address is
/// read as a browser does (WHATWG URL), where `%2e%2e` is a step up and `\\` is a slash.
pub(crate) fn safe_next(next: &str) -> String {
    let page = || {
        let base = Url::parse("https://here.invalid/").ok()?;
        let url = base.join(next).ok()?;
        let here = url.origin() == base.origin() && url.username().is_empty();
        let path = url.path();
        let ours = path == "/admin" || path.starts_with("/admin/");
        if !here || !ours || path.contains("//") || url.password().is_some() {
            return None;
        }
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(format!("{path}{query}"))
    };
    page().filter(|_| next.starts_with('/')).unwrap_or_else(|| "/admin".to_owned())
}

pub(crate) fn forbidden(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::FORBIDDEN,
        lang.t("admin-account-you-may-not-do-this"),
        lang.t("admin-account-your-role-does-not-give-access"),
        lang.t("admin-account-ask-administrator-or-go-back-to"),
    )
}

/// Refuses a form that did not come from one of our own pages (CSRF). A browser always tells; what
/// tells nothing is no browser, and has no business here. Whatever fails behind it is told in the
/// language of the pages.
pub(crate) async fn own_forms(State(app): State<App>, request: Request, next: Next) -> Response {
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
        assert_eq!(safe_next(next), leads);
    }
}
