//! `postulo projections …`

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use projections::ProjectionStatus;

use crate::cli::out::{row, say};
use crate::config::Config;
use crate::wiring::Parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show how far each read model has come.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Build a read model anew beside the present one, then swap. Readers and the service go on.
    Rebuild(Rebuild),
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Rebuild {
    /// Which read model.
    name: Option<String>,
    /// All of them, side by side.
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(config: &Config, command: Command) -> Result<()> {
    let parts = Parts::open(config).await?;
    let outcome = match command {
        Command::Status { json } => status(&parts, json).await,
        Command::Rebuild(which) => rebuild(&parts, which).await,
    };
    parts.close().await;
    outcome
}

async fn status(parts: &Parts, json: bool) -> Result<()> {
    let all = projections::status(&parts.log).await?;
    if json {
        return row!("{}", serde_json::to_string_pretty(&all)?);
    }
    for ProjectionStatus { name, position, head, lag, updated_at, stuck } in all {
        let when = updated_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        row!("{name:<20} {position} of {head}, {lag} behind, moved {when}")?;
        if let Some(stuck) = stuck {
            row!("    stuck before {}: {}", stuck.position, stuck.error)?;
        }
    }
    Ok(())
}

async fn rebuild(parts: &Parts, which: Rebuild) -> Result<()> {
    let projections = match which.name {
        Some(name) => vec![projections::named(&name)?],
        None => projections::all(),
    };
    let mut failed = vec![];
    for (name, ended) in projections::rebuild_all(&parts.log, &parts.clock, projections).await {
        match ended {
            Ok(rebuilt) => say!("{name}: rebuilt up to {}", rebuilt.position),
            Err(error) => failed.push(format!("{name}: {error}")),
        }
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    Ok(())
}
