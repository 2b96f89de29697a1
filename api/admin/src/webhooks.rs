//! The webhooks of a client platform, and the posts to them.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use commands::webhooks::{self, WebhookDelivery};
use domain::partner::WebhookUrl;
use serde::Deserialize;
use uuid::Uuid;

use super::frame::{Frame, stored_time};
use super::operator::CurrentOperator;
use super::partners::{failed, find};
use super::requests::wrong;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

const PAGE: i64 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    state: String,
    before: Option<i64>,
    done: String,
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct Webhooks {
    lang: Lang,
    frame: Frame,
    id: String,
    name: String,
    hooks: Vec<Hook>,
    state: String,
    rows: Vec<Row>,
    next: Option<i64>,
    /// A secret that was made just now: shown once.
    secret: String,
}

struct Hook {
    id: Uuid,
    url: String,
    paused: bool,
    failing: bool,
}

struct Row {
    webhook: String,
    position: i64,
    application: String,
    event: String,
    state: &'static str,
    ok: bool,
    at: String,
    attempts: i64,
    told: String,
    due: String,
}

impl Row {
    fn new(row: WebhookDelivery, lang: Lang) -> Self {
        let due = row.due_at.as_deref().map(stored_time).unwrap_or_default();
        let status = row.last_status.map(|status| status.to_string());
        Self {
            state: match row.state.as_str() {
                "delivered" => lang.t("admin-platforms-taken"),
                "pending" => lang.t("admin-platforms-pending"),
                _ => lang.t("admin-platforms-failed"),
            },
            ok: row.state == "delivered",
            webhook: row.webhook_id,
            position: row.position,
            application: row.application_id,
            event: row.event_type,
            at: stored_time(row.settled_at.as_deref().unwrap_or(&row.created_at)),
            attempts: row.attempts,
            told: row.last_error.or(status).unwrap_or_default(),
            due,
        }
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    show(&app, &signed, &id, asked, String::new()).await
}

async fn show(
    app: &App,
    signed: &CurrentOperator,
    id: &str,
    asked: Asked,
    secret: String,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let partner = find(app, lang, id).await?;
    let state = Some(asked.state.as_str()).filter(|state| !state.is_empty());
    let mut rows = webhooks::list(&app.db, &partner.id, None, state, asked.before, PAGE).await?;
    // A page ends between two events, never between two posts of one.
    let cut = rows.last().map(|row| row.position);
    let full = i64::try_from(rows.len()).is_ok_and(|shown| shown == PAGE);
    if full && rows.first().map(|row| row.position) != cut {
        rows.retain(|row| Some(row.position) != cut);
    }
    let next = rows.last().filter(|_| full).map(|row| row.position);
    let hooks = partner.webhooks.iter().map(|webhook| Hook {
        id: webhook.id,
        url: webhook.url.to_string(),
        paused: webhook.paused,
        failing: webhook.failing,
    });
    let page = Webhooks {
        lang,
        frame: Frame::new(signed, "/admin/clients", &asked.done),
        id: partner.id.to_string(),
        name: partner.settings.name.to_string(),
        hooks: hooks.collect(),
        rows: rows.into_iter().map(|row| Row::new(row, lang)).collect(),
        state: asked.state,
        next,
        secret,
    };
    Ok(Page::new(page).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Add {
    url: String,
}

/// Registers an address, and shows the secret of its posts once.
pub(crate) async fn add(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<String>,
    fields: Result<Form<Add>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let partner = find(&app, lang, &id).await?;
    let url: WebhookUrl =
        fields.url.parse().map_err(|invalid| wrong(lang, &texts::invalid(&invalid, lang.0)))?;
    let webhook = app.commands.fresh_id();
    let secret = app.commands.webhooks().register(&partner.id, webhook, url, &signed.cause()).await;
    let secret = secret.map_err(|error| failed(lang, error))?;
    show(&app, &signed, &id, Asked::default(), secret.reveal().to_owned()).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    act: String,
    /// Of the one post that is meant; 0 for all that failed.
    position: i64,
}

/// Removes, pauses, resumes, replays, or makes a new secret.
pub(crate) async fn act(
    State(app): State<App>,
    signed: CurrentOperator,
    Path((id, webhook)): Path<(String, Uuid)>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let partner = find(&app, lang, &id).await?;
    // Another platform's webhook is none of this one.
    partner.webhook(webhook).ok_or_else(|| Notice::not_found(lang))?;
    let (commands, cause) = (&app.commands, signed.cause());
    let done = match fields.act.as_str() {
        "remove" => commands
            .webhooks()
            .remove(&partner.id, webhook, &cause)
            .await
            .map(|()| "removed".to_owned()),
        "pause" => {
            let paused = commands.webhooks().disable(&partner.id, webhook, false, &cause).await;
            paused.map(|()| "paused".to_owned())
        }
        "resume" => {
            let resumed = commands.webhooks().enable(&partner.id, webhook, &cause).await;
            resumed.map(|()| "resumed".to_owned())
        }
        "replay" => {
            let one = Some(fields.position).filter(|position| *position > 0);
            let replayed = commands.webhooks().replay(webhook, one, &cause).await;
            replayed.map(|count| format!("replayed:{count}"))
        }
        "rotate" => {
            let secret = commands.webhooks().rotate_secret(&partner.id, webhook, &cause).await;
            let secret = secret.map_err(|error| failed(lang, error))?;
            return show(&app, &signed, &id, Asked::default(), secret.reveal().to_owned()).await;
        }
        _ => return Err(Notice::impossible_form(lang).into()),
    };
    let done = done.map_err(|error| failed(lang, error))?;
    let to = format!("/admin/clients/{}/webhooks?done={done}", partner.id);
    Ok(Redirect::to(&to).into_response())
}
