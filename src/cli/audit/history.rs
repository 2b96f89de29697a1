//! An application's events, one after the other, and what each changed.

use std::io::{IsTerminal as _, Write};

use anyhow::{Result, bail};
use clap::Args;
use commands::replay::{AsOf, PatchOperation, Replay, Step};
use event_store::{Position, timestamp_text};
use jiff::Timestamp;
use uuid::Uuid;

use crate::cli::look;
use crate::cli::out::Output;
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
    let history = parts.commands.applications().find(id).await?;
    if history.events.is_empty() {
        bail!("there is no application {id}");
    }
    let up_to = asked.up_to.map(|position| AsOf::Position(Position::new(position)));
    let as_of = asked.at.map(AsOf::Time).or(up_to).unwrap_or_default();
    let replay = Replay::of(history, as_of);
    if replay.steps.is_empty() {
        bail!("there was no application {id} yet");
    }
    let position = asked.up_to.map(|position| position.to_string());
    let fields = [
        ("id", Some(id.to_string())),
        ("time", asked.at.map(|at| at.to_string())),
        ("position", position),
    ];
    look::record(parts, "audit history", &fields).await?;
    let mut out = Output;
    if asked.state {
        writeln!(out, "{}", serde_json::to_string_pretty(&replay.state)?)?;
        return Ok(());
    }
    for step in &replay.steps {
        if asked.json {
            writeln!(out, "{}", step.to_json())?;
        } else {
            print(&mut out, step)?;
        }
    }
    if !asked.json && std::io::stdout().is_terminal() {
        writeln!(out, "{} events", replay.steps.len())?;
    }
    Ok(())
}

fn print(out: &mut impl Write, step: &Step) -> Result<()> {
    let recorded = &step.recorded;
    let metadata = &recorded.metadata;
    let name = metadata.actor.id.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
    writeln!(
        out,
        "#{} {}  {}  by {}{name}  -> {}",
        recorded.position.get(),
        timestamp_text(recorded.recorded_at),
        recorded.event.kind(),
        metadata.actor.kind.as_str(),
        step.status,
    )?;
    writeln!(
        out,
        "    event {}  because of {}  in {}",
        metadata.event_id, metadata.causation_id, metadata.correlation_id
    )?;
    for line in step.payload().lines() {
        writeln!(out, "    {line}")?;
    }
    for change in step.told_changes() {
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
