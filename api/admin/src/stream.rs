//! The history of any stream for auditors: every event, whatever aggregate it is of, as the log holds it.

use askama::Template;
use axum::extract::{Path, State};
use event_store::StreamId;
use projections::events::{self, EventRow};

use super::application::operators;
use super::audit::actor_name;
use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "stream.html")]
pub(crate) struct Stream {
    lang: Lang,
    frame: Frame,
    aggregate: String,
    id: String,
    steps: Vec<Step>,
}

struct Step {
    position: i64,
    sequence: i64,
    at: String,
    kind: String,
    version: String,
    actor: String,
    actor_name: String,
    details: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path((aggregate, id)): Path<(String, String)>,
) -> Result<Page<Stream>, Failure> {
    let lang = signed.lang;
    let rows = events::of(&app.db, StreamId::new(&aggregate, &id)).await?;
    if rows.is_empty() {
        return Err(Notice::not_found(lang).into());
    }
    let names = operators(&app).await?;
    let steps = rows.into_iter().map(|row| Step::new(row, &names, lang)).collect();
    let frame = Frame::new(&signed, "/admin/audit", "");
    Ok(Page::new(Stream { lang, frame, aggregate, id, steps }))
}

impl Step {
    fn new(row: EventRow, names: &[(String, String)], lang: Lang) -> Self {
        let name = |id: String| {
            let known = names.iter().find(|(known, _)| *known == id);
            known.map_or(id, |(_, name)| name.clone())
        };
        // The kind says what `type` says once more.
        let details = match row.details {
            serde_json::Value::Object(mut fields) => {
                fields.remove("type");
                serde_json::Value::Object(fields)
            }
            other => other,
        };
        Self {
            position: row.position.get(),
            sequence: row.sequence,
            at: time(row.recorded_at),
            kind: row.kind,
            version: row.version,
            actor: actor_name(&row.actor, lang).to_owned(),
            actor_name: row.actor_id.map(name).unwrap_or_default(),
            details: format!("{details:#}"),
        }
    }
}
