//! Undelivered e-mails: which ones, why, and the application from which each can be sent again.

use askama::Template;
use axum::extract::{Query, State};
use event_store::Position;
use projections::emails::undelivered::{self, Cursor, Undelivered};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::application::letter_name;
use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::Page;

const PAGE: u32 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    reason: String,
    /// Where the page before ended: the position and the id of its last e-mail.
    before: Option<i64>,
    id: String,
}

#[derive(Template)]
#[template(path = "undelivered.html")]
pub(crate) struct UndeliveredPage {
    lang: Lang,
    frame: Frame,
    reason: &'static str,
    reasons: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    next: String,
}

struct Row {
    application: Uuid,
    letter: &'static str,
    recipient: String,
    partner: String,
    reason: &'static str,
    /// What a mail server said, where it is kept.
    cause: String,
    at: String,
    /// Names the e-mail as it was sent; empty for one that never left.
    message_id: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Query(asked): Query<Asked>,
) -> Result<Page<UndeliveredPage>, Failure> {
    let lang = signed.lang;
    let reason = Undelivered::ALL.into_iter().find(|reason| reason.as_str() == asked.reason);
    let after = asked.before.map(|before| Cursor { position: Position::new(before), id: asked.id });
    let mut rows = undelivered::list(app.commands.log(), reason, after.as_ref(), PAGE + 1).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let reason = reason.map(Undelivered::as_str).unwrap_or_default();
    let next = rows.last().filter(|_| more).map(|last| {
        let before = last.position.get().to_string();
        let fields = [("reason", reason), ("before", before.as_str()), ("id", last.id.as_str())];
        format!("/admin/emails?{}", Serializer::new(String::new()).extend_pairs(fields).finish())
    });
    let rows = rows.into_iter().map(|row| Row {
        letter: letter_name(&row.kind, lang),
        recipient: readable(row.recipient.reveal()),
        partner: row.client_id.clone(),
        reason: Undelivered::of(&row).map(|reason| in_words(reason, lang)).unwrap_or_default(),
        cause: row.cause.as_ref().map(|cause| cause.reveal().clone()).unwrap_or_default(),
        at: time(row.settled_at.unwrap_or(row.queued_at)),
        application: row.application_id,
        message_id: row.message_id.unwrap_or_default(),
    });
    Ok(Page::new(UndeliveredPage {
        lang,
        frame: Frame::new(&signed, "/admin/emails", ""),
        reasons: Undelivered::ALL.map(|reason| (reason.as_str(), in_words(reason, lang))).to_vec(),
        rows: rows.collect(),
        next: next.unwrap_or_default(),
        reason,
    }))
}

fn in_words(reason: Undelivered, lang: Lang) -> &'static str {
    match reason {
        Undelivered::Withheld => lang.t("admin-held-back-by-our-fault"),
        Undelivered::Failed => lang.t("admin-never-left"),
        Undelivered::Bounced => lang.t("admin-bounced"),
        Undelivered::Blocked => lang.t("admin-blocked-by-provider"),
        Undelivered::Spam => lang.t("admin-called-spam"),
    }
}
