//! The notifications: what happened of late, unread ones marked, and the count of these in the menu.

use accounts::CurrentUser;
use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::UserAccount;
use event_store::DbError;
use futures::future::BoxFuture;
use projections::space::{
    Notification, Whose, notification, notifications, unread_ids, unread_notifications,
};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{Notice, Page};

use super::moves::Done;
use super::whose;
use crate::notifications::Words;

const SHOWN: usize = 30;

/// How many wait, for the menu.
pub(super) fn unread<'a>(
    app: &'a App,
    account: &'a UserAccount,
) -> BoxFuture<'a, Result<u64, DbError>> {
    Box::pin(async move {
        let (owner, email) = (account.id, account.confirmed_email());
        let whose = Whose { owner, email, now: app.commands.now() };
        unread_notifications(app.commands.log(), whose).await
    })
}

/// A notification on a line.
struct Line {
    id: i64,
    title: String,
    message: String,
    when: String,
    unread: bool,
}

impl Line {
    fn new(notification: &Notification, lang: Lang) -> Self {
        let Words { title, message, .. } = Words::of(notification, lang);
        Self {
            id: notification.id,
            title,
            message,
            when: texts::timestamp(notification.at, &texts::default_zone(), lang.0),
            unread: notification.read_at.is_none(),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/notifications.html")]
struct NotificationsPage {
    lang: Lang,
    frame: Workplace,
    lines: Vec<Line>,
    unread: usize,
    newer: Option<usize>,
    older: Option<usize>,
}

/// Where a page of them begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    after: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    Query(asked): Query<Asked>,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let lang = signed.lang;
    let after = asked.after.parse::<u32>().map_or(0, |after| after as usize);
    let found = notifications(app.commands.log(), whose(&app, &signed), after, SHOWN).await?;
    let mut frame = accounts::frame(&signed, "/me/notifications", "");
    done.tell(&mut frame, "/me/notifications", lang);
    let older = after.saturating_add(SHOWN);
    Ok(Page::new(NotificationsPage {
        lang,
        frame,
        lines: found.items.iter().map(|it| Line::new(it, lang)).collect(),
        unread: found.unread,
        newer: (after > 0).then(|| after.saturating_sub(SHOWN)),
        older: (older < found.total).then_some(older),
    }))
}

pub(crate) async fn read_all(
    State(app): State<App>,
    signed: CurrentUser,
) -> Result<Response, Failure> {
    let ids = unread_ids(app.commands.log(), whose(&app, &signed)).await?;
    app.commands.space().read_notifications(signed.account.id, &ids).await?;
    Ok(Redirect::to("/me/notifications?done=notifications-read").into_response())
}

/// What becomes of one.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    /// open, read or delete.
    what: String,
}

pub(crate) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    Path(text): Path<String>,
    sent: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(Fields { what }) = sent.map_err(|_| Notice::impossible_form(lang))?;
    let id: i64 = text.parse().map_err(|_| Notice::not_found(lang))?;
    let found = notification(app.commands.log(), whose(&app, &signed), id).await?;
    let found = found.ok_or_else(|| Notice::not_found(lang))?;
    let (space, owner) = (app.commands.space(), signed.account.id);
    let to = match &*what {
        "open" => {
            space.read_notifications(owner, &[id]).await?;
            Words::of(&found, lang).to
        }
        "read" => {
            space.read_notifications(owner, &[id]).await?;
            "/me/notifications?done=notifications-read".to_owned()
        }
        "delete" => {
            space.remove_notification(owner, id).await?;
            "/me/notifications?done=notification-removed".to_owned()
        }
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    Ok(Redirect::to(&to).into_response())
}
