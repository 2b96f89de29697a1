//! Who did what, when.

use std::num::NonZero;

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use domain::application::ApplicationEventKind;
use domain::operator::OperatorEventKind;
use event_store::{ActorKind, timestamp_text};
use projections::audit::{self, Found, Search};
use serde_json::json;
use uuid::Uuid;

use crate::cli::out::{row, tell};
use crate::cli::period::Period;
use crate::wiring::Parts;

/// Rows read at once.
const PAGE: u32 = 500;

#[derive(Args)]
pub(crate) struct Asked {
    /// Who did it.
    #[arg(long, value_name = "KIND", value_parser = actors())]
    actor: Option<String>,
    /// Who did it: a platform's id, a reaction's name, an operator's address or id, command-line.
    #[arg(long, value_name = "ID")]
    actor_id: Option<String>,
    /// What happened: an event type, such as `Submitted` or `OperatorLooked`.
    #[arg(long = "type", value_name = "KIND")]
    kind: Option<String>,
    /// What happened to this application, and who looked at it.
    #[arg(long, value_name = "ID")]
    application: Option<Uuid>,
    #[command(flatten)]
    period: Period,
    /// So many at most; all without it.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<NonZero<usize>>,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

fn actors() -> PossibleValuesParser {
    PossibleValuesParser::new(ActorKind::NAMES)
}

pub(super) async fn search(parts: &Parts, asked: &Asked) -> Result<()> {
    if let Some(kind) = &asked.kind
        && !ApplicationEventKind::ALL.iter().any(|known| known.as_str() == kind)
        && !OperatorEventKind::ALL.iter().any(|known| known.as_str() == kind)
    {
        bail!(
            "nothing of the type {kind} happens to applications or operators; docs/events.md names all"
        );
    }
    if let Some(id) = asked.application
        && parts.commands.applications().find(id).await?.events.is_empty()
    {
        bail!("there is no application {id}");
    }
    let (after, up_to) = asked.period.stretch(&parts.log).await?;
    let mut search = Search {
        actor: asked.actor.as_deref().and_then(|name| name.parse().ok()),
        actor_id: actor_id(parts, asked).await?,
        kind: asked.kind.clone(),
        application: asked.application,
        after: Some(after),
        up_to: Some(up_to),
        before: None,
    };
    let mut left = asked.limit.map_or(usize::MAX, NonZero::get);
    let mut none = true;
    while left > 0 {
        let page = u32::try_from(left).unwrap_or(PAGE).min(PAGE);
        let rows = audit::find(&parts.db, &search, page).await?;
        let Some(last) = rows.last() else { break };
        search.before = Some(last.position);
        none = false;
        left -= rows.len();
        for row in &rows {
            row!("{}", if asked.json { line(row) } else { in_words(row) })?;
        }
    }
    if none {
        tell!("nothing that happened fits");
    }
    Ok(())
}

/// Operators are recorded by their ids.
async fn actor_id(parts: &Parts, asked: &Asked) -> Result<Option<String>> {
    let Some(given) = &asked.actor_id else { return Ok(None) };
    if !given.contains('@') {
        return Ok(Some(given.clone()));
    }
    let operators = parts.commands.operators().all().await?;
    let known = operators.iter().find(|it| it.email.reveal().eq_ignore_ascii_case(given));
    match known {
        Some(operator) => Ok(Some(operator.id.to_string())),
        None => bail!("there is no operator with this address; `postulo admin list` shows them"),
    }
}

fn line(row: &Found) -> String {
    let row = json!({
        "position": row.position.get(),
        "recorded_at": timestamp_text(row.recorded_at),
        "kind": row.kind,
        "actor": row.actor,
        "actor_id": row.actor_id,
        "application_id": row.application_id,
        "operator_id": row.operator_id,
        "action": row.action,
        "subject": row.subject,
    });
    row.to_string()
}

fn in_words(row: &Found) -> String {
    let text = |text: &Option<String>| text.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    let application = row.application_id.map(|id| format!("  application {id}"));
    let what = match &application {
        Some(application) => application.clone(),
        None if row.action.is_none() => format!("  operator{}", text(&row.operator_id)),
        None => String::new(),
    };
    format!(
        "#{} {}  {}  by {}{}{what} {}{}",
        row.position,
        timestamp_text(row.recorded_at),
        row.kind,
        row.actor,
        text(&row.actor_id),
        text(&row.action),
        text(&row.subject),
    )
    .trim_end()
    .to_owned()
}
