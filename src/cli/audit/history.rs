//! An application's events, one after the other, and what each changed.

use std::io::{IsTerminal as _, Write};

use anyhow::{Result, bail};
use clap::Args;
use domain::JobApplication;
use domain::application::{Event, Status};
use event_store::{Recorded, timestamp_text};
use jiff::Timestamp;
use json_patch::PatchOperation;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wiring::Parts;

#[derive(Args)]
pub(crate) struct Asked {
    /// The application's id.
    application_id: Uuid,
    /// As it was at this moment, RFC 3339: 2026-11-20T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// As it was when the log ended at this position.
    #[arg(long, value_name = "POSITION", conflicts_with = "at")]
    up_to: Option<i64>,
    /// Print the state that it led to, as JSON, instead of the events.
    #[arg(long)]
    state: bool,
    /// Print one JSON object a line.
    #[arg(long, conflicts_with = "state")]
    json: bool,
}

/// Prints every event of an application up to then, and what it changed; or the state.
pub(super) async fn history(parts: &Parts, asked: &Asked) -> Result<()> {
    let id = asked.application_id;
    let history = parts.commands.application(id).await?;
    if history.events.is_empty() {
        bail!("there is no application {id}");
    }
    let was_there = |event: &&Recorded<Event>| {
        asked.at.is_none_or(|at| event.recorded_at <= at)
            && asked.up_to.is_none_or(|up_to| event.position.get() <= up_to)
    };
    let events: Vec<_> = history.events.iter().take_while(was_there).collect();
    if events.is_empty() {
        bail!("there was no application {id} yet");
    }
    let mut out = std::io::stdout().lock();
    let mut state = JobApplication::default();
    for recorded in &events {
        let before = shown(&state);
        state.apply(recorded.event.clone());
        let changes = json_patch::diff(&before, &shown(&state));
        if asked.json {
            writeln!(out, "{}", line(recorded, &state, &changes.0))?;
        } else if !asked.state {
            print(&mut out, recorded, &state, &changes.0)?;
        }
    }
    if asked.state {
        writeln!(out, "{}", serde_json::to_string_pretty(&shown(&state))?)?;
    } else if !asked.json && std::io::stdout().is_terminal() {
        writeln!(out, "{} events", events.len())?;
    }
    Ok(())
}

/// The state, alike before and after its end.
fn shown(state: &JobApplication) -> Value {
    json!({ "status": status(state), "application": state.known().ok() })
}

fn status(state: &JobApplication) -> &'static str {
    state.status().map_or("absent", Status::as_str)
}

fn line(recorded: &Recorded<Event>, state: &JobApplication, changes: &[PatchOperation]) -> Value {
    let metadata = &recorded.metadata;
    json!({
        "position": recorded.position.get(),
        "sequence": recorded.sequence,
        "recorded_at": timestamp_text(recorded.recorded_at),
        "kind": recorded.event.kind(),
        "actor": metadata.actor,
        "event_id": metadata.event_id,
        "correlation_id": metadata.correlation_id,
        "causation_id": metadata.causation_id,
        "status_after": status(state),
        "changes": changes,
        "event": recorded.event,
    })
}

fn print(
    out: &mut impl Write,
    recorded: &Recorded<Event>,
    state: &JobApplication,
    changes: &[PatchOperation],
) -> Result<()> {
    let metadata = &recorded.metadata;
    let actor = serde_json::to_value(metadata.actor.kind)?;
    let actor = actor.as_str().unwrap_or_default().to_owned();
    let name = metadata.actor.id.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
    writeln!(
        out,
        "#{} {}  {}  by {actor}{name}  -> {}",
        recorded.position.get(),
        timestamp_text(recorded.recorded_at),
        recorded.event.kind(),
        status(state),
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
    // The first event makes the whole state: its payload says all.
    for change in changes.iter().filter(|_| recorded.sequence > 1) {
        writeln!(out, "    changes {}", in_words(change))?;
    }
    Ok(())
}

/// A change of the state (RFC 6902) on one line.
fn in_words(change: &PatchOperation) -> String {
    match change {
        PatchOperation::Add(it) => format!("{}: + {}", it.path, it.value),
        PatchOperation::Replace(it) => format!("{}: {}", it.path, it.value),
        PatchOperation::Remove(it) => format!("{}: gone", it.path),
        other => other.path().to_string(),
    }
}
