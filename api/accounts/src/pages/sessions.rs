//! Where a user is signed in, and the end of it.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::{OpenSession, SessionOrigin, SessionToken, Spared, UserAccount};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::{Workplace, guard};
use web::lang::Lang;
use web::page::{Notice, Page};

use super::account::stored_time;
use super::frame::{self, Done};
use super::users::{CurrentUser, Users};

#[derive(Template)]
#[template(path = "pages/sessions.html")]
struct Sessions {
    lang: Lang,
    frame: Workplace,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    device: String,
    place: String,
    opened: String,
    used: String,
    is_present: bool,
}

impl Row {
    fn new(session: OpenSession, lang: Lang) -> Self {
        let OpenSession { name, created_at, seen_at, origin, is_present } = session;
        let SessionOrigin { network, browser, system } = origin;
        let device = match (&*browser, &*system) {
            ("", "") => lang.t("account-session-device-unknown").to_owned(),
            (one, "") | ("", one) => one.to_owned(),
            (browser, system) => {
                lang.with("account-session-device", (("browser", &browser), ("system", &system)))
            }
        };
        let place = if network.is_empty() {
            lang.t("account-session-network-unknown").to_owned()
        } else {
            lang.with("account-session-network", ("network", &network))
        };
        let (opened, used) = (stored_time(&created_at, lang), stored_time(&seen_at, lang));
        Self { name, device, place, opened, used, is_present }
    }
}

fn token(app: &App, signed: &CurrentUser, headers: &HeaderMap) -> Result<SessionToken, Failure> {
    let token = guard::token::<Users>(app, headers);
    Ok(token.ok_or_else(|| Notice::not_found(signed.lang))?)
}

/// The open sessions, this one first.
pub(super) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let (lang, id) = (signed.lang, signed.account.id);
    let token = token(&app, &signed, &headers)?;
    let mut open = app.commands.identity().open_sessions::<UserAccount>(id, &token).await?;
    open.sort_by_key(|session| !session.is_present);
    let rows = open.into_iter().map(|session| Row::new(session, lang)).collect();
    let frame = frame::own(&signed, "/account/sessions", &done);
    Ok(Page::new(Sessions { lang, frame, rows }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    end: String,
}

/// Ends the session that is named, or all others. One that has ended already is ended.
pub(super) async fn end(
    State(app): State<App>,
    signed: CurrentUser,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Fields { end }) = fields.map_err(|_| Notice::impossible_form(signed.lang))?;
    let (identity, id) = (app.commands.identity(), signed.account.id);
    let done = if end == "others" {
        let token = token(&app, &signed, &headers)?;
        identity.end_all_but::<UserAccount>(id, Spared::Session(&token)).await?;
        "ended-others"
    } else {
        identity.end_session_named::<UserAccount>(id, &end).await?;
        "ended"
    };
    Ok(Redirect::to(&format!("/account/sessions?done={done}")).into_response())
}
