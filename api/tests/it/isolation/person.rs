//! Somebody with an account, who asks with a browser and with a program.

use axum::body::Body;
use axum::http::{Method, Request, header};
use commands::{Lasting, LinkUse, Password, Registration, SessionToken, TokenKind, UserAccount};
use domain::{Language, examples};
use serde_json::Value;
use testing::cause;
use testing::http::{Answer, Fields, Site};

use super::routes::Route;

/// The password of everybody.
pub(super) const PASSWORD: &str = "un cheval correct et agrafé";

pub(super) struct Person<'a> {
    pub(super) site: &'a Site,
    pub(super) account: UserAccount,
    cookie: String,
    token: String,
}

impl<'a> Person<'a> {
    /// Somebody whose address is confirmed, signed in.
    pub(super) async fn new(site: &'a Site, email: &str, full_name: &str) -> Self {
        let (accounts, identity) = (site.commands.accounts(), site.commands.identity());
        let registration = Registration {
            email: examples::valid(email),
            username: None,
            full_name: Some(examples::valid(full_name)),
            language: Language::Fr,
            password: Password::new(PASSWORD).unwrap(),
        };
        let account = accounts.register(registration, &cause()).await.unwrap();
        let link = identity.make_link(&account, LinkUse::ConfirmAddress).await.unwrap();
        let account = accounts.confirm_email(&link.token, &cause()).await.unwrap().unwrap();
        let kind = TokenKind::<UserAccount>::plain(Lasting::default());
        let granted = identity.grant_tokens(&account, kind, false, &cause()).await;
        let token = granted.unwrap().1.access;
        let fields = [("name", email), ("password", PASSWORD)];
        let answer = site.post("/account/sign-in", &fields).await;
        let cookies = answer.set_cookies().filter_map(|it| it.split(';').next());
        let cookie = cookies.collect::<Vec<_>>().join("; ");
        assert!(cookie.contains("postulo_user_session="), "{}", answer.body);
        Self { site, account, cookie, token }
    }

    /// What names her session to her.
    pub(super) async fn session(&self) -> String {
        let (identity, id) = (self.site.commands.identity(), self.account.id);
        let other = SessionToken::presented("");
        let open = identity.open_sessions::<UserAccount>(id, &other).await.unwrap();
        assert_eq!(open.len(), 1);
        open[0].name.clone()
    }

    /// Reads a page.
    pub(super) async fn page(&self, path: &str) -> Answer {
        self.site.get_as(path, &self.cookie).await
    }

    /// Sends a form.
    pub(super) async fn form(&self, path: &str, fields: Fields<'_>) -> Answer {
        self.site.post_as(path, &self.cookie, fields).await
    }

    /// Calls as a program.
    pub(super) async fn call(&self, method: &Method, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.site.send(request.unwrap()).await
    }

    /// Asks a route at this address: a form with the fields, a call with the body.
    pub(super) async fn ask(
        &self,
        route: &Route,
        path: &str,
        fields: Fields<'_>,
        body: Option<Value>,
    ) -> Answer {
        match (route.is_page, &route.method) {
            (false, method) => self.call(method, path, body).await,
            (true, &Method::GET) => self.page(path).await,
            (true, &Method::POST) => self.form(path, fields).await,
            (true, method) => panic!("{method} {path}: say how a browser asks"),
        }
    }
}
