//! An application's events, one after the other.

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Result, bail};
use serde_json::json;
use uuid::Uuid;

use crate::wiring::Parts;

/// Prints every event of an application, and the state it led to.
pub(super) async fn history(parts: &Parts, id: Uuid, json: bool) -> Result<()> {
    let history = parts.commands.application(id).await?;
    if history.events.is_empty() {
        bail!("there is no application {id}");
    }
    let mut out = std::io::stdout().lock();
    let mut state = domain::JobApplication::default();
    for recorded in &history.events {
        state.apply(recorded.event.clone());
        let status = state.status().map_or("absent", domain::application::Status::as_str);
        let metadata = &recorded.metadata;
        if json {
            let line = json!({
                "position": recorded.position.get(),
                "sequence": recorded.sequence,
                "recorded_at": event_store::timestamp_text(recorded.recorded_at),
                "kind": recorded.event.kind(),
                "actor": metadata.actor,
                "event_id": metadata.event_id,
                "correlation_id": metadata.correlation_id,
                "causation_id": metadata.causation_id,
                "status_after": status,
                "event": recorded.event,
            });
            writeln!(out, "{line}")?;
            continue;
        }
        let actor = serde_json::to_value(metadata.actor.kind)?;
        let actor = actor.as_str().unwrap_or_default().to_owned();
        let name = metadata.actor.id.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
        writeln!(
            out,
            "#{} {}  {}  by {actor}{name}  -> {status}",
            recorded.position.get(),
            event_store::timestamp_text(recorded.recorded_at),
            recorded.event.kind(),
        )?;
        writeln!(
            out,
            "    event {}  because of {}  in {}",
            metadata.event_id, metadata.causation_id, metadata.correlation_id
        )?;
        let payload = serde_json::to_string_pretty(&recorded.event)?;
        for line in payload.lines() {
            writeln!(out, "    {line}")?;
        }
    }
    if std::io::stdout().is_terminal() {
        writeln!(out, "{} events", history.events.len())?;
    }
    Ok(())
}
